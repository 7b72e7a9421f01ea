"""One request to a provider, read the same way whichever wire format it came in, and the reply to it."""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

JsonObject = dict[str, Any]
Wire = Literal["chat", "responses", "messages"]
Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call the client says the model made."""

    id: str
    name: str
    arguments: JsonObject


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The client's answer to a call; only Messages says whether it is an error."""

    id: str
    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What one party said at once; tool results are turns of the role `tool` on every wire."""

    role: Role
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_results: tuple[ToolResult, ...] = ()
    reasoning: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A valid request. `number` counts from 1 and makes the reply's ids unique."""

    number: int
    wire: Wire
    model: str
    system: str
    turns: tuple[Turn, ...]
    tools: Mapping[str, JsonObject]
    tool_choice: str
    """`auto`, `required`, `none` or `tool:<name>`; empty if the request names none."""
    headers: Mapping[str, str]
    body: JsonObject

    @property
    def estimated_tokens(self) -> int:
        """A plausible size of the prompt, growing with it."""
        return 1 + len(str(self.body)) // 4


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one reply; `input_tokens` leaves out those read from or written to the cache."""

    input_tokens: int
    output_tokens: int
    cache_read: int = 0
    cache_write: int = 0

    @property
    def prompt_tokens(self) -> int:
        """All tokens of the prompt, cached or not."""
        return self.input_tokens + self.cache_read + self.cache_write


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model says. With another status than 200, `text` is the message of the provider's error."""

    text: str = ""
    tool_calls: tuple[tuple[str, JsonObject], ...] = ()
    status: int = 200
    raw_body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    usage: Usage | None = None
    reasoning: str = ""
    """What the model thinks before it speaks."""

    def usage_for(self, exchange: Exchange) -> Usage:
        """The usage given, or a plausible one."""
        said = 1 + len(self.text + str(self.tool_calls)) // 4
        return self.usage or Usage(exchange.estimated_tokens, said)


def seal(reasoning: str) -> str:
    """Reasoning in the form that only its provider reads: a signature of it, or all that comes back of it."""
    return base64.b64encode(reasoning.encode()).decode()


def unsealed(sealed: str) -> str:
    """The reasoning again."""
    return base64.b64decode(sealed, validate=True).decode()


Responder = Callable[[Exchange], Reply]


def joined(turns: Iterable[Turn], *roles: Role) -> tuple[Turn, ...]:
    """The turns, neighbours of the same role made one where the role is among `roles`."""
    merged: list[Turn] = []
    for turn in turns:
        if merged and merged[-1].role == turn.role and turn.role in roles:
            before = merged.pop()
            text = "\n".join(filter(None, (before.text, turn.text)))
            calls = before.tool_calls + turn.tool_calls
            thought = "\n".join(filter(None, (before.reasoning, turn.reasoning)))
            merged.append(Turn(turn.role, text, calls, before.tool_results + turn.tool_results, thought))
        else:
            merged.append(turn)
    return tuple(merged)


def split_system(turns: Sequence[Turn]) -> tuple[str, tuple[Turn, ...]]:
    """The text of the system turns that lead, and the turns from there on."""
    lead = next((index for index, turn in enumerate(turns) if turn.role != "system"), len(turns))
    return "\n".join(turn.text for turn in turns[:lead]), tuple(turns[lead:])
