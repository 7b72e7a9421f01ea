"""A message as a judge is shown it: the same message, every text in it defused or redacted; what in it is suspect."""

from collections.abc import Iterator

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    Content,
    ContentReasoning,
    ContentText,
    ContentToolUse,
)
from inspect_ai.tool import ToolCall, ToolCallError

from petri.conversation.text import citable
from petri.transcript.defusing import DEFUSING, FLAGS, Flag, Showing, suspects


def shown_message(message: ChatMessage, showing: Showing = DEFUSING) -> ChatMessage:
    """Give the message as it is shown, with all that it holds of a model's or a tool's text."""
    content = message.content
    changes: dict[str, object] = {
        "content": showing.text(content)
        if isinstance(content, str)
        else [_part(part, showing) for part in content]
    }
    if isinstance(message, ChatMessageAssistant) and message.tool_calls:
        changes["tool_calls"] = [_call(call, showing) for call in message.tool_calls]
    if isinstance(message, ChatMessageTool) and message.error is not None:
        changes["error"] = ToolCallError(message.error.type, showing.text(message.error.message))
    return message.model_copy(update=changes)


def flags_of(message: ChatMessage, *beside: str) -> tuple[Flag, ...]:
    """Give what is suspicious in a message, and in texts shown ``beside`` it, as said, in the order of ``FLAGS``."""
    found = {suspect.flag for text in (*_texts(message), *beside) for suspect in suspects(text)}
    return tuple(flag for flag in FLAGS if flag in found)


def _texts(message: ChatMessage) -> Iterator[str]:
    yield from (text for _, text in citable(message))
    if isinstance(message, ChatMessageAssistant):
        yield from (call.parse_error for call in message.tool_calls or () if call.parse_error)


def _call(call: ToolCall, showing: Showing) -> ToolCall:
    return ToolCall(
        id=call.id,
        function=showing.text(call.function),
        arguments=showing.value(call.arguments),
        parse_error=showing.text(call.parse_error) if call.parse_error else None,
        type=call.type,
    )


def _part(part: Content, showing: Showing) -> Content:
    if isinstance(part, ContentText):
        return part.model_copy(update={"text": showing.text(part.text)})
    if isinstance(part, ContentReasoning):
        summary = part.summary and showing.text(part.summary)
        return part.model_copy(update={"reasoning": showing.text(part.reasoning), "summary": summary})
    if isinstance(part, ContentToolUse):
        texts = {"name": part.name, "arguments": part.arguments, "result": part.result, "error": part.error}
        return part.model_copy(update={key: text and showing.text(text) for key, text in texts.items()})
    return part
