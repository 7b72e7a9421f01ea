"""The exact text a reader cites: what a judge is shown of a message, and what a quote is looked for in.

Text is given as it was said, character for character. Nothing here interprets it.
"""

import json
from collections.abc import Iterator
from typing import Any, Final, Literal, cast

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    Content,
    ContentReasoning,
    ContentText,
    ContentToolUse,
)
from inspect_ai.tool import ToolCall

Kind = Literal["text", "reasoning", "tool_call", "tool_result"]
"""What a piece is; a tool_result in a target's message comes from a tool that its provider ran."""

_JOIN: Final = "\n"


def text_of(message: ChatMessage) -> str:
    """Give the text of a message: its parts, a line break between them; what is not text as ``[image]`` and so on.

    Reasoning is left out; ``reasoning_of`` gives it. Of a failed tool call it is the error, for that is what a provider
    passes on.
    """
    if isinstance(message, ChatMessageTool) and message.error:
        return message.error.message
    if isinstance(message.content, str):
        return message.content
    shown = (part for part in message.content if not isinstance(part, ContentReasoning))
    return _JOIN.join(_shown(part) for part in shown)


def reasoning_of(message: ChatMessage) -> str:
    """Give the reasoning of a message that can be read (of redacted reasoning, its summary); may be empty."""
    if isinstance(message.content, str):
        return ""
    parts = (_readable(part) for part in message.content if isinstance(part, ContentReasoning))
    return _JOIN.join(part for part in parts if part)


def call_text(call: ToolCall) -> str:
    """Give a tool call as one line: ``name {"argument": "value"}``."""
    return f"{call.function} {arguments_text(call)}"


def arguments_text(call: ToolCall) -> str:
    """Give the arguments of a tool call as JSON on one line."""
    return json.dumps(call.arguments, ensure_ascii=False, default=str)


def citable(message: ChatMessage) -> tuple[tuple[Kind, str], ...]:
    """Give every piece of a message that a quote may come from, in reading order; empty pieces are left out."""
    return tuple((kind, text) for kind, text in _pieces(message) if text)


def _pieces(message: ChatMessage) -> Iterator[tuple[Kind, str]]:
    yield "reasoning", reasoning_of(message)
    if isinstance(message.content, str) or isinstance(message, ChatMessageTool):
        yield "text", text_of(message)
    else:
        own = [part for part in message.content if not isinstance(part, ContentReasoning | ContentToolUse)]
        yield "text", _JOIN.join(map(_shown, own))
        for part in message.content:
            if isinstance(part, ContentToolUse):
                yield "tool_call", f"{part.name} {part.arguments}"
                yield "tool_result", _shown(part)
    if isinstance(message, ChatMessageAssistant):
        for call in message.tool_calls or ():
            yield "tool_call", call_text(call)
            # As one line of JSON, a text has its quotation marks and line breaks escaped; people quote the text.
            for text in _strings(call.arguments):
                yield "tool_call", text


def _strings(arguments: dict[str, Any]) -> Iterator[str]:
    """Yield the texts in a tool call's arguments in their order, however deep."""
    todo: list[Any] = [arguments]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            todo.extend(reversed(cast("dict[str, Any]", value).values()))
        elif isinstance(value, list):
            todo.extend(reversed(cast("list[Any]", value)))


def _shown(part: Content) -> str:
    """Give a part as text: a tool that the provider ran by what it returned, other media by their kind."""
    if isinstance(part, ContentText):
        return part.text
    if isinstance(part, ContentToolUse):
        return f"[{part.tool_type}] {part.error or part.result}"
    return f"[{part.type}]"


def _readable(part: ContentReasoning) -> str:
    return (not part.redacted and part.reasoning) or part.summary or ""
