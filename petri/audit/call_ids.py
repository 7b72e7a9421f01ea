"""Ids of tool calls that every provider takes: models send empty ones, the same one twice, and very long ones."""

import re
from collections.abc import Iterable
from typing import Final, TypeVar

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool
from inspect_ai.tool import ToolCall

M = TypeVar("M", bound=ChatMessage)

_USABLE: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""OpenAI's limit is 40 characters; Anthropic's alphabet is this one."""


class CallIds:
    """Gives tool calls ids that are new in a conversation, and their results the same ids."""

    def __init__(self, earlier: Iterable[ChatMessage] = ()) -> None:
        """Begin after the messages that the conversation holds."""
        self._number = 0
        self._renamed: dict[str, str] = {}
        self._taken: set[str] = set()
        for message in earlier:
            self._number += 1
            if isinstance(message, ChatMessageAssistant):
                self._taken.update(call.id for call in message.tool_calls or ())

    def renewed(self, message: M) -> M:
        """Give the message with such ids; those that its provider gave stand in its metadata."""
        self._number += 1
        if isinstance(message, ChatMessageTool):
            given = str(message.tool_call_id)
            return message.model_copy(update={"tool_call_id": self._renamed.get(given, given)})
        if not isinstance(message, ChatMessageAssistant) or not message.tool_calls:
            return message
        calls = [self._call(call, place) for place, call in enumerate(message.tool_calls, start=1)]
        renamed = {
            new.id: old.id for new, old in zip(calls, message.tool_calls, strict=True) if new is not old
        }
        if not renamed:
            return message
        metadata = (message.metadata or {}) | {"call_ids": renamed}
        return message.model_copy(update={"tool_calls": calls, "metadata": metadata})

    def _call(self, call: ToolCall, place: int) -> ToolCall:
        usable = call.id not in self._taken and _USABLE.fullmatch(call.id) is not None
        new_id = call.id if usable else f"call_{self._number}_{place}"
        while not usable and new_id in self._taken:
            new_id += "_"
        self._taken.add(new_id)
        self._renamed[call.id] = new_id
        return (
            call if usable else ToolCall(new_id, call.function, call.arguments, parse_error=call.parse_error)
        )
