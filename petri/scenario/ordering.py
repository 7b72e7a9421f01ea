"""The order of messages that every provider accepts, and ids that every provider accepts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
)
from inspect_ai.tool import ToolCall

_CALL_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a file: its number there, from 1, and its line (0 where that is not known)."""

    number: int
    line: int
    message: ChatMessage


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Why a message cannot stand where it does."""

    said: Said
    reason: str


def put_in_order(said: Sequence[Said], mark: str) -> tuple[tuple[ChatMessage, ...], tuple[Misplaced, ...]]:
    """Give the messages as one legal path, and what is misplaced (the path then is not to be used).

    System prompts at the start are joined. Messages get the ids ``mark-1``, ``mark-2`` and so on; ids of calls are
    kept, but for those that are used again or that some provider does not take.
    """
    ordering = _Ordering(mark, _CallIds(said))
    for item in said:
        ordering.add(item)
    return tuple(ordering.messages), tuple(ordering.misplaced)


class _CallIds:
    """The ids of tool calls as they will be sent."""

    def __init__(self, said: Sequence[Said]) -> None:
        self._taken = {call.id for item in said for call in _calls(item.message)}
        self._used: set[str] = set()
        self._numbers = count(1)

    def sent(self, id_: str) -> str:
        """Give the id itself the first time it is used, if every provider takes it; else a new one."""
        if id_ in self._used or not _CALL_ID.fullmatch(id_):
            made = (f"call_{number}" for number in self._numbers)
            id_ = next(new for new in made if new not in self._taken)
        self._used.add(id_)
        return id_


@dataclass(slots=True)
class _Ordering:
    """A path in the making; ``_open`` are the calls without a result, by the ids in the file."""

    mark: str
    ids: _CallIds
    messages: list[ChatMessage] = field(default_factory=list[ChatMessage])
    misplaced: list[Misplaced] = field(default_factory=list[Misplaced])
    _open: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])

    def add(self, item: Said) -> None:
        """Add the next message, or note why it cannot stand here."""
        message = item.message
        if isinstance(message, ChatMessageTool):
            self._result(item, message)
            return
        if self._open:
            waiting = ", ".join(map(repr, self._open))
            self._misplaced(item, f"follows the tool calls {waiting}, which have no result")
            self._open = {}
        if isinstance(message, ChatMessageSystem):
            self._system(item, message)
        elif isinstance(message, ChatMessageAssistant):
            self._assistant(item, message)
        else:
            self._put(message)

    def _put(self, message: ChatMessage, **changes: object) -> None:
        id_ = f"{self.mark}-{len(self.messages) + 1}"
        self.messages.append(message.model_copy(update={**changes, "id": id_}))

    def _misplaced(self, item: Said, reason: str) -> None:
        self.misplaced.append(Misplaced(item, reason))

    def _result(self, item: Said, message: ChatMessageTool) -> None:
        call = self._open.pop(str(message.tool_call_id), None)
        if call is None:
            waiting = ", ".join(map(repr, self._open)) or "none"
            self._misplaced(
                item,
                f"answers the tool call {message.tool_call_id!r}, which does not wait for a result; "
                f"waiting: {waiting}",
            )
            return
        id_, function = call
        self._put(message, tool_call_id=id_, function=message.function or function)

    def _system(self, item: Said, message: ChatMessageSystem) -> None:
        if not self.messages:
            self._put(message)
        elif isinstance(self.messages[-1], ChatMessageSystem):
            joined = f"{self.messages.pop().text}\n\n{message.text}"
            self._put(message, content=joined)
        else:
            self._misplaced(item, "is a system prompt; it can only start a conversation")

    def _assistant(self, item: Said, message: ChatMessageAssistant) -> None:
        calls = list(_calls(message))
        given = [call.id for call in calls]
        twice = sorted({id_ for id_ in given if given.count(id_) > 1})
        if twice:
            self._misplaced(item, f"makes more than one tool call with the id {', '.join(map(repr, twice))}")
        if not self.messages or self.messages[-1].role not in {"user", "tool"}:
            self._misplaced(item, "is the assistant's, which must follow a user message or tool results")
        sent = [replace(call, id=self.ids.sent(call.id)) for call in calls]
        self._open = {old: (new.id, new.function) for old, new in zip(given, sent, strict=True)}
        self._put(message, tool_calls=sent or None)


def _calls(message: ChatMessage) -> Iterator[ToolCall]:
    if isinstance(message, ChatMessageAssistant):
        yield from message.tool_calls or ()
