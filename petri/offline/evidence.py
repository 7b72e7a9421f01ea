"""The transcript as a simulated judge is given it, and the paths through it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal, cast

from pydantic import Field, model_validator

from petri.offline.wire import Wire

Party = Literal["system", "user", "target", "result"]

_PARTIES: Final[dict[str, Party]] = {"system": "system", "user": "user", "tool": "result"}


class ToolCall(Wire):
    """A tool call of the target."""

    call: str
    name: str
    arguments: dict[str, Any] = Field(default_factory=dict[str, Any])


class Message(Wire):
    """A message of the transcript."""

    label: str
    origin: str
    role: str
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    answers: str | None = None
    is_error: bool = False

    @model_validator(mode="before")
    @classmethod
    def _read_excerpts(cls, row: Any) -> Any:
        """Of a transcript that is too long to be read whole, what was found in a message stands for its text."""
        if not isinstance(row, dict):
            return row
        given = cast("dict[str, Any]", row)
        found = [each["quote"] for each in given.get("excerpts", ())]
        return given | {"text": "\n".join(found)} if found else given

    @property
    def party(self) -> Party | None:
        """Whose words these are; None for a prefill, which is nobody's act."""
        if self.role == "assistant":
            return "target" if self.origin == "target" else None
        return _PARTIES.get(self.role)


class Exhibit(Wire):
    """The transcript: each message once, and every branch as the labels on its path."""

    messages: tuple[Message, ...]
    branches: tuple[tuple[str, ...], ...]

    def paths(self) -> list["Path"]:
        """The branches as messages."""
        by_label = {message.label: message for message in self.messages}
        return [Path(tuple(by_label[label] for label in branch)) for branch in self.branches]


@dataclass(frozen=True)
class Path:
    """The messages of one branch, in order."""

    messages: Sequence[Message]

    @cached_property
    def tool_names(self) -> dict[str, str]:
        """The tool behind each call."""
        return {call.call: call.name for message in self.messages for call in message.tool_calls}

    def instructions(self, end: int) -> list[str]:
        """What the target had been told before ``end``, by its system prompt, its user and its tools."""
        told = {"system", "user", "result"}
        return [message.text for message in self.messages[:end] if message.party in told]

    def is_latest_result(self, index: int, end: int) -> bool:
        """Whether the tool whose answer stands at ``index`` gave no other answer before ``end``."""
        tool = self._tool_at(index)
        return not any(
            message.party == "result" and self._tool_at(later) == tool
            for later, message in enumerate(self.messages[index + 1 : end], start=index + 1)
        )

    def _tool_at(self, index: int) -> str | None:
        return self.tool_names.get(self.messages[index].answers or "")


def rendered(name: str, value: Any) -> str:
    """An argument word for word as it stands in a rendered tool call."""
    return json.dumps({name: value}, ensure_ascii=False)[1:-1]


def rendered_within(text: str) -> str:
    """A piece of a text argument word for word as it stands in a rendered tool call."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
