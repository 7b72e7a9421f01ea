"""One call of a simulated model: what it is shown, and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Protocol

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ModelUsage,
    StopReason,
)
from inspect_ai.tool import ToolInfo


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call to make; ``parse_error`` says that its arguments could not be read."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    parse_error: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a role answers. Without ``stop`` it follows from the calls; without ``usage`` it is counted."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    stop: StopReason | None = None
    reasoning: str | None = None
    usage: ModelUsage | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """The conversation and the tools of one call, and the seed that every choice derives from."""

    messages: Sequence[ChatMessage]
    tools: Sequence[ToolInfo]
    seed: int

    @property
    def own(self) -> list[ChatMessageAssistant]:
        """The model's own earlier messages."""
        return [message for message in self.messages if isinstance(message, ChatMessageAssistant)]

    @property
    def user(self) -> list[ChatMessageUser]:
        """What the user said."""
        return [message for message in self.messages if isinstance(message, ChatMessageUser)]

    @property
    def results(self) -> list[ChatMessageTool]:
        """What the tools answered."""
        return [message for message in self.messages if isinstance(message, ChatMessageTool)]

    @property
    def system(self) -> str:
        """The system prompt, or nothing."""
        return "\n".join(message.text for message in self.messages if isinstance(message, ChatMessageSystem))

    def draw(self) -> float:
        """A number in [0, 1) that is the same for the same seed and conversation."""
        return draw(self.seed, *(f"{message.role}:{message.text}" for message in self.messages))


class Role(Protocol):
    """A simulated model: a pure function of the turn."""

    def reply(self, turn: Turn) -> Reply:
        """Answer the turn."""
        ...


def draw(seed: int, *parts: str) -> float:
    """A number in [0, 1) that depends on the seed and the parts alone."""
    digest = blake2b(str(seed).encode(), digest_size=8)
    for part in parts:
        digest.update(b"\0")
        digest.update(part.encode(errors="surrogatepass"))
    return int.from_bytes(digest.digest()) / 2**64


def pick(options: Sequence[str], chance: float) -> str:
    """The option that a number in [0, 1) falls on."""
    return options[int(chance * len(options))]
