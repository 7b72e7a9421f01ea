"""A conversation with tools as one without: their definitions, calls and results as text. Pure.

What is sent are messages that every provider takes: one system message, then user and assistant in turns, no tool role,
no calls, no ids. Equal messages give equal text, and a conversation that grows only ever appends, so that prompt caches
hit.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    Content,
    ContentText,
)
from inspect_ai.tool import ToolCall, ToolInfo

from petri.conversation.text import text_of
from petri.prompts.files import OURS, Prompts

_BETWEEN: Final = "\n\n"
_Numbers = Mapping[str | None, tuple[int, str]]
"""Calls of the last assistant message by id: the number and the name that a result is told by."""


def instructions(tools: Sequence[ToolInfo], prompts: Prompts = OURS) -> str:
    """Give the text that tells a model its tools and how to call them."""
    lines = (
        _json(
            {
                "tool": tool.name,
                "description": tool.description,
                "parameters": tool.parameters.model_dump(mode="json", exclude_none=True),
            }
        )
        for tool in tools
    )
    return prompts.render("protocol/tools", tools="\n".join(lines))


def as_text(
    messages: Sequence[ChatMessage], tools: Sequence[ToolInfo], prompts: Prompts = OURS
) -> list[ChatMessage]:
    """Give the conversation as plain text messages, the system message with what it says of the tools.

    A message keeps its id. Messages of one role in a row, such as tool results and the user's words after them, become
    one, and have the id of the first.
    """
    system = [message for message in messages if isinstance(message, ChatMessageSystem)]
    said = [message.text for message in system] + ([instructions(tools, prompts)] if tools else [])
    sent: list[ChatMessage] = []
    if said:
        first = system[0].id if system else "tools"
        sent.append(ChatMessageSystem(id=first, content=_BETWEEN.join(said)))
    numbers: _Numbers = {}
    for message in messages:
        if isinstance(message, ChatMessageSystem):
            continue
        if isinstance(message, ChatMessageAssistant):
            numbers = _numbers(message)
        plain = _plain(message, numbers)
        if sent and sent[-1].role == plain.role:
            plain.id, plain.content = sent[-1].id, _joined([*_parts(sent.pop()), *_parts(plain)])
        sent.append(plain)
    return sent


def call_block(call: ToolCall) -> str:
    """Give a call as a model is asked to write it."""
    return _fenced("tool", {"tool": call.function, "arguments": call.arguments})


def _plain(message: ChatMessage, numbers: _Numbers) -> ChatMessageUser | ChatMessageAssistant:
    """Give a message without tools: calls and results stand in its text."""
    if isinstance(message, ChatMessageTool):
        return ChatMessageUser(id=message.id, content=_result_block(message, numbers))
    if not isinstance(message, ChatMessageAssistant):
        return ChatMessageUser(id=message.id, content=_joined(_parts(message)))
    # The words of a call that could not be read are in the text already.
    calls = [call_block(call) for call in message.tool_calls or () if not call.parse_error]
    parts = [*_parts(message), *(ContentText(text=call) for call in calls)]
    return ChatMessageAssistant(
        id=message.id, content=_joined(parts), model=message.model, source=message.source
    )


def _result_block(message: ChatMessageTool, numbers: _Numbers) -> str:
    """Give a tool result as one line of JSON: whatever it holds cannot begin a line, and so is no call and no fence."""
    number, name = numbers[message.tool_call_id]
    return _fenced(
        "result", {"call": number, "of": name, "error" if message.error else "result": text_of(message)}
    )


def _numbers(message: ChatMessageAssistant) -> _Numbers:
    return {call.id: (n, call.function) for n, call in enumerate(message.tool_calls or (), start=1)}


def _parts(message: ChatMessage) -> list[Content]:
    return [part for part in message.content_list if not isinstance(part, ContentText) or part.text]


def _joined(parts: Iterable[Content]) -> str | list[Content]:
    """Give the parts with texts in a row made one; a plain string where there is nothing but text."""
    joined: list[Content] = []
    for part in parts:
        before = joined[-1] if joined else None
        if isinstance(part, ContentText) and isinstance(before, ContentText):
            joined[-1] = ContentText(text=before.text + _BETWEEN + part.text)
        else:
            joined.append(part)
    if not joined:
        return ""
    only = joined[0]
    return only.text if len(joined) == 1 and isinstance(only, ContentText) else joined


def _fenced(label: str, data: dict[str, Any]) -> str:
    return f"```{label}\n{_json(data)}\n```"


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)
