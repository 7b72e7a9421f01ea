"""Where one audit stands while it goes on, folded from the operations that it records."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, cast

from petri.conversation.tree import Origin
from petri.display.safe import one_line
from petri.plan import AuditJob, CellHeader

_LONGEST: Final = 200
"""Characters of an event that can be of use on one line."""


class Phase(StrEnum):
    """What goes on in an audit."""

    SETTING_UP = "setting up"
    """The target has not answered yet."""
    TALKING = "talking"
    ROLLING_BACK = "rolling back"
    """The auditor went back, and the target has not answered since."""
    JUDGING = "judging"


@dataclass(frozen=True, slots=True)
class Upcoming:
    """An audit that is to run, or a transcript that is to be judged."""

    id: str
    name: str
    """The scenario, and the values of its variables."""
    target: str
    epoch: int = 1
    turns: int | None = None
    """Target turns that it may have; None where it is only judged."""
    cell: str | None = None
    """The cell, where samples are named by it and not by the audit."""

    @classmethod
    def of_job(cls, job: AuditJob) -> "Upcoming":
        """Give what is to be shown of a planned audit."""
        return cls(
            job.id, named(job.cell), job.target, job.epoch, turns=job.cell.audit.max_turns, cell=job.cell.id
        )


def named(cell: CellHeader) -> str:
    """Name a cell for a person."""
    values = ", ".join(map(str, cell.variables.values()))
    return f"{cell.scenario} ({values})" if values else cell.scenario


@dataclass(frozen=True, slots=True)
class AuditProgress:
    """Where an audit stands."""

    audit: Upcoming
    phase: Phase = Phase.SETTING_UP
    turn: int = 0
    """Target turns on the branch at hand."""
    longest: int = 0
    """Target turns on the longest branch."""
    branch: int = 1
    """Which branch is at hand, counted from 1."""
    event: str = ""
    """What happened last: one line, printable."""
    cost_usd: float | None = None
    """Of its calls so far; None where a price is not known, or nothing was called."""


_WHO: Final = {"assistant": "target", "tool": "tool", "system": "system", "user": "user"}
_GOES_BACK: Final = {"roll_back", "restart"}
"""The auditor's tools for that."""
_BACK: Final = {"roll_back", "restart", "compare", "change"}
"""Why a head moves when the target is to answer anew; for other reasons it never saw what is taken back."""


class Follower:
    """Follows one audit by what it records, without a copy of the conversation."""

    def __init__(self, audit: Upcoming) -> None:
        """Follow this audit from its beginning."""
        self._audit = audit
        self._phase = Phase.SETTING_UP
        self._longest = 0
        self._branches = 1
        self._at: dict[str | None, tuple[int, int]] = {None: (0, 1)}
        """Target turns up to each message, and the branch that it was made on."""
        self._parents: dict[str, str | None] = {}
        self._answered: set[str | None] = set()
        """Messages that the target has an answer to, at some distance: a second way on from there is a branch."""
        self._head: str | None = None
        self._event = ""
        self._calls: set[str] = set()
        self._cost: float | None = 0.0

    def progress(self) -> AuditProgress:
        """Give where the audit stands."""
        turn, branch = self._at[self._head]
        cost = self._cost if self._calls else None
        return AuditProgress(
            self._audit, self._phase, turn, self._longest, branch, self._event, cost_usd=cost
        )

    def take(self, ops: Iterable[Mapping[str, Any]]) -> None:
        """Take recorded operations, in order; those that say nothing about where the audit stands are passed over."""
        for op in ops:
            match op.get("op"):
                case "node":
                    self._add(op)
                case "head":
                    self._move(op["to"], op["why"])
                case "end":
                    self._event = one_line(f"ended by {op['by']}: {op['reason']}"[:_LONGEST], _LONGEST)
                case "error":
                    self._event = one_line(f"{op['kind']}: {op['message']}"[:_LONGEST], _LONGEST)
                case "check":
                    self._event = one_line(f"check {op.get('kind', '')}", _LONGEST)
                case _:
                    pass

    def take_call(self, call: str, cost_usd: float | None, tools: Iterable[str] = ()) -> None:
        """Take a finished model call, its price, and the tools that it calls if it is the auditor's.

        A call that is known already, by its id, is passed over. Operations are recorded when the target has answered;
        that it is asked to answer anew is to be seen before.
        """
        if call in self._calls:
            return
        self._calls.add(call)
        self._cost = None if cost_usd is None or self._cost is None else self._cost + cost_usd
        if self._longest and not _GOES_BACK.isdisjoint(tools):
            self._go_back("auditor: goes back")

    def judging(self) -> None:
        """Take that the conversation is over."""
        self._phase = Phase.JUDGING

    def _add(self, op: Mapping[str, Any]) -> None:
        label, parent = op["label"], op["parent"]
        turn, branch = self._at[parent]
        if parent in self._answered:
            self._branches += 1
            branch = self._branches
        if op["origin"] == Origin.TARGET:
            turn += 1
            self._longest = max(self._longest, turn)
            self._mark(parent)
            if self._phase is not Phase.JUDGING:
                self._phase = Phase.TALKING
        self._at[label] = (turn, branch)
        self._parents[label] = parent
        self._head = label
        self._event = _said(op["message"])

    def _mark(self, label: str | None) -> None:
        """Note that the target has an answer to a message, and so to all before it."""
        while label not in self._answered:
            self._answered.add(label)
            if label is None:
                return
            label = self._parents[label]

    def _move(self, to: str | None, why: str) -> None:
        self._head = to
        place = "the beginning" if to is None else to
        if why in _BACK and self._longest:
            self._go_back(f"back to {place}")
        else:
            self._event = one_line(f"taken back to {place}", _LONGEST)

    def _go_back(self, said: str) -> None:
        self._event = one_line(said, _LONGEST)
        if self._phase is not Phase.JUDGING:
            self._phase = Phase.ROLLING_BACK


def _said(message: Mapping[str, Any]) -> str:
    """Give a message on one line: who, the beginning of the text, the names of what was called."""
    who = _WHO.get(str(message.get("role")), "message")
    called = [str(call.get("function")) for call in message.get("tool_calls") or ()]
    words = [_text(message.get("content")), f"(calls {', '.join(called)})" if called else ""]
    return one_line(f"{who}: {' '.join(filter(None, words))}"[:_LONGEST], _LONGEST)


def _text(content: object) -> str:
    """Give the beginning of a recorded message's text."""
    if isinstance(content, str):
        return content[:_LONGEST]
    blocks = cast("list[dict[str, object]]", content) if isinstance(content, list) else []
    texts = (block.get("text") for block in blocks if block.get("type") == "text")
    return " ".join(text[:_LONGEST] for text in texts if isinstance(text, str))
