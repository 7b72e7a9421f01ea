"""Token counts without a tokenizer: four characters are a token."""

from collections.abc import Iterable

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ModelUsage
from inspect_ai.tool import ToolInfo

from petri.offline.turn import Reply

_CHARS_PER_TOKEN = 4


def tokens(characters: int) -> int:
    """The tokens that so many characters count as, at least one."""
    return max(1, -(-characters // _CHARS_PER_TOKEN))


def usage_of(messages: Iterable[ChatMessage], tools: Iterable[ToolInfo], reply: Reply) -> ModelUsage:
    """What a call is said to have used: the conversation and the tools going in, the reply coming out."""
    going_in = tokens(sum(map(_message_length, messages)) + sum(map(_tool_length, tools)))
    out = tokens(
        len(reply.text)
        + len(reply.reasoning or "")
        + sum(len(call.name) + len(str(call.arguments)) for call in reply.calls)
    )
    return ModelUsage(input_tokens=going_in, output_tokens=out, total_tokens=going_in + out)


def message_tokens(messages: Iterable[ChatMessage]) -> int:
    """The tokens of a conversation."""
    return tokens(sum(map(_message_length, messages)))


def _message_length(message: ChatMessage) -> int:
    length = len(message.text)
    if isinstance(message, ChatMessageAssistant) and message.tool_calls:
        length += sum(len(call.function) + len(str(call.arguments)) for call in message.tool_calls)
    return length


def _tool_length(tool: ToolInfo) -> int:
    """The parts of a definition that vary; rendering the whole schema on each call would be most of a call's cost."""
    properties = tool.parameters.properties
    return (
        len(tool.name)
        + len(tool.description)
        + sum(len(name) + len(schema.description or "") for name, schema in properties.items())
    )
