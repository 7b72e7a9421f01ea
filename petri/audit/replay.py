"""An audit that was stopped, led back to where it stood: each call of a model is answered from the log.

What the loop does follows from what the models replied, so the loop itself restores all that it keeps: the tree, the
world, the summaries, the names of calls. That it came out at the same place is checked against the operations that were
recorded. Nothing is sent to anybody until the record is used up.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from inspect_ai.event import Event, InfoEvent, ModelEvent
from inspect_ai.model import ModelOutput
from pydantic import BaseModel, ConfigDict, ValidationError

from petri.errors import Diverged, UnreadableLog
from petri.protocol.probe import READY
from petri.transcript.record import Op, recorded_ops

SOURCE: Final = "petri-replay"
"""The source of the event that begins the record of a resumed sample."""

_ROLES: Final = frozenset({"auditor", "target", "realism", "simulator"})
_AT_THE_END: Final = frozenset({"lint", "error", "comparison", "check"})
"""What is also recorded where an audit breaks off, of that breaking off: such a tail is not gone back to."""


class Reply(BaseModel):
    """What a model replied in a role."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: str
    output: ModelOutput


class Replayed(BaseModel):
    """How a resumed sample began, so that its record is whole without the ones before it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    replies: tuple[Reply, ...] = ()
    """The replies that were taken from earlier records."""
    restarted: str | None = None
    """Why the audit began anew."""


@dataclass(frozen=True, slots=True)
class Past:
    """What is recorded of an audit that was stopped."""

    began: datetime
    replies: tuple[Reply, ...]
    """In the order in which the models were called."""
    ops: tuple[Op, ...]


def read_past(events: Iterable[Event]) -> Past | None:
    """Give an audit's past from its sample's events; None where nothing is recorded that it could go on from."""
    replies: list[Reply] = []
    ops: list[Op] = []
    for event in events:
        if isinstance(event, InfoEvent) and event.source == SOURCE:
            replies, ops = list(_replayed(event).replies), []
        elif isinstance(event, ModelEvent) and _is_reply(event):
            replies.append(Reply(role=str(event.role), output=event.output))
        else:
            ops += recorded_ops(event)
    began = next((op["at"] for op in ops if op["op"] == "begin"), None)
    if began is None or not replies:
        return None
    last = replies[-1].output
    if ops[-1]["op"] in _AT_THE_END and _failed(ops) and (last.error or last.stop_reason == "content_filter"):
        replies.pop()  # a request that was turned away is made once more
    return Past(datetime.fromisoformat(began), tuple(replies), tuple(ops))


def is_begun(events: Iterable[Event]) -> bool:
    """Say whether a resumed sample has a record of its own yet."""
    return any(isinstance(event, InfoEvent) and event.source == SOURCE for event in events)


def _replayed(event: InfoEvent) -> Replayed:
    try:
        return Replayed.model_validate(event.data)
    except ValidationError as error:
        raise UnreadableLog(f"the log does not say how an audit was resumed: {error}") from error


def _is_reply(event: ModelEvent) -> bool:
    """Say whether a call was answered; whether a model takes tools at all is found out anew."""
    answered = not event.pending and event.error is None and bool(event.output.choices)
    return answered and event.role in _ROLES and not any(tool.name == READY for tool in event.tools)


def _failed(ops: Sequence[Op]) -> bool:
    return any(op["op"] == "error" for op in ops)


class Replay:
    """The way back: recorded replies in their order, and the check of where they led."""

    def __init__(self, past: Past) -> None:
        """Begin with the first reply."""
        self._past = past
        self._left = deque(past.replies)

    def take(self, role: str) -> ModelOutput | None:
        """Give the next reply; None where the record is used up, and raises ``Diverged`` where another was called."""
        if not self._left:
            return None
        if self._left[0].role != role:
            raise Diverged(f"the {role} is called where the record has a reply of the {self._left[0].role}'s")
        return self._left.popleft().output.model_copy(deep=True)

    def arrive(self, ops: Sequence[Op]) -> Replayed:
        """Give what begins the new record; raises ``Diverged`` where these operations are not the recorded ones."""
        if self._left:
            raise Diverged(f"{len(self._left)} recorded replies are left at the audit's end")
        recorded = [op for op in self._past.ops if op not in _REPEATED]
        while recorded and recorded[-1]["op"] in _AT_THE_END:
            recorded.pop()
        for number, was in enumerate(recorded):
            now = ops[number] if number < len(ops) else {"op": "nothing"}
            if _nameless(was) != _nameless(now):
                raise Diverged(
                    f"operation {number + 1} is {now['op']!r}, and the record has another {was['op']!r}"
                )
        return Replayed(replies=self._past.replies)

    @property
    def repeated(self) -> int:
        """How many calls were made again because a reply could not be read; such calls are not replayed."""
        return sum(op in _REPEATED for op in self._past.ops)


_REPEATED: Final[tuple[Op, ...]] = ({"op": "count", "what": "bad_response"},)


def _nameless(op: Op) -> Op:
    """Give an operation without its message's id, which is drawn anew."""
    if op["op"] not in {"node", "auditor"}:
        return op
    message: Op = op["message"]
    return op | {"message": {key: value for key, value in message.items() if key != "id"}}
