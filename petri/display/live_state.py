"""A run while it goes on, folded from what the display is told: who is active, what is left, and for how long."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import fmean
from typing import Final

from petri.analysis.results import Audit
from petri.display.audit_progress import AuditProgress, Phase
from petri.display.base import Start, Wait
from petri.display.flags import hits
from petri.rubric.schema import Dimension
from petri.transcript.outcome import is_valid

_ENOUGH: Final = 20
"""Finished audits from which on their own lengths bound what is to come, and not the most that is allowed."""
_LONG: Final = 0.9
"""The part of the finished audits that is shorter than what the upper end of an estimate takes for granted."""

SecondsLeft = tuple[float | None, float]
"""At least (None: not known) and at most."""


@dataclass(slots=True)
class Row:
    """An audit that is under way."""

    progress: AuditProgress
    since: float
    judged_since: float | None = None


@dataclass(slots=True)
class Tally:
    """What a dimension has so far."""

    scored: int = 0
    hits: int = 0


@dataclass(slots=True)
class LiveState:
    """All that a display shows; each method takes the time at which it is called, in seconds of one clock."""

    run: str = ""
    folder: str = ""
    planned: int = 0
    done: int = 0
    began: float = 0.0
    estimate_usd: float | None = None
    cap_usd: float | None = None
    tokens: int = 0
    cost_usd: float | None = 0.0
    """None once a call had no known price."""
    rows: dict[str, Row] = field(default_factory=dict[str, Row])
    """Active audits by id, the one that began first first."""
    dimensions: Mapping[str, Dimension] = field(default_factory=dict[str, Dimension])
    tallies: dict[str, Tally] = field(default_factory=dict[str, Tally])
    waits: dict[str, tuple[Wait, float]] = field(default_factory=dict[str, tuple[Wait, float]])
    """Calls that wait, by what tells them apart, with the end of the wait."""
    _to_come: dict[str, int] = field(default_factory=dict[str, int])
    """The most turns of each audit that has not begun."""
    _lengths: list[int] = field(default_factory=list[int])
    """Turns of finished valid audits."""
    _talked: float = 0.0
    _talked_turns: int = 0
    _judged: float = 0.0
    _judgings: int = 0
    _at_once: int = 1

    def start(self, start: Start, now: float) -> None:
        """Take what is about to run."""
        self.run, self.folder, self.planned, self.began = start.run, start.folder, start.planned, now
        self.estimate_usd, self.cap_usd = start.estimate_usd, start.cap_usd
        self.dimensions = {each.name: each for each in start.dimensions}
        rated = (name for name, each in self.dimensions.items() if each.threshold is not None)
        self.tallies = {name: Tally() for name in rated}
        self._to_come = {audit.id: audit.turns or 0 for audit in start.audits}

    def progress(self, progress: AuditProgress, now: float) -> None:
        """Take where an audit stands."""
        audit = progress.audit.id
        row = self.rows.setdefault(audit, Row(progress, now))
        row.progress = progress
        if progress.phase is Phase.JUDGING and row.judged_since is None:
            row.judged_since = now
        self._to_come.pop(audit, None)
        self._at_once = max(self._at_once, len(self.rows))

    def finish(self, audit: Audit, done: int, planned: int, now: float) -> None:
        """Take what became of an audit."""
        self.done, self.planned = done, planned
        self._to_come.pop(audit.id, None)
        row = self.rows.pop(audit.id, None)
        if row is not None:
            self._time(row, now)
        if is_valid(audit.outcome):
            self._lengths.append(audit.target_turns)
        past = hits(audit, self.dimensions)
        for name, tally in self.tallies.items():
            score = audit.scores.get(name)
            tally.scored += score is not None and score.value is not None
            tally.hits += name in past

    def use(self, tokens: int, cost_usd: float | None) -> None:
        """Take what a call used."""
        self.tokens += tokens
        self.cost_usd = None if cost_usd is None or self.cost_usd is None else self.cost_usd + cost_usd

    def wait(self, wait: Wait, now: float) -> None:
        """Take that a call waits before it is tried again."""
        self.waits[wait.call] = (wait, now + wait.seconds)

    def waiting(self, now: float) -> list[Wait]:
        """Give the calls that wait at this moment; those whose wait has ended are forgotten."""
        self.waits = {call: (wait, end) for call, (wait, end) in self.waits.items() if end > now}
        return [wait for wait, _ in self.waits.values()]

    def phases(self) -> Counter[Phase]:
        """Count the active audits by what goes on in them."""
        return Counter(row.progress.phase for row in self.rows.values())

    def seconds_left(self, now: float) -> SecondsLeft | None:
        """Give how long the rest takes, by the turns that are left and the time that turns and judging took so far.

        At least: every audit is as long as the finished ones were on average. At most: as long as it may be; once
        many have finished, as the long ones of them. None where nothing is known yet, and where nothing is left.
        """
        if not self.rows and not self._to_come:
            return None
        per_turn = self._seconds_per_turn(now)
        judging = self._judged / self._judgings if self._judgings else per_turn
        if judging is None:
            return None
        low = fmean(self._lengths) if self._lengths else None
        high = self._long_length()
        most = self._left(now, per_turn or 0.0, judging, high)
        least = None if low is None else self._left(now, per_turn or 0.0, judging, low)
        return (None if least is None else min(least, most), most)

    def _time(self, row: Row, now: float) -> None:
        """Take how long the parts of a finished audit took."""
        self._talked += (row.judged_since or now) - row.since
        self._talked_turns += row.progress.longest
        if row.judged_since is not None:
            self._judged += now - row.judged_since
            self._judgings += 1

    def _seconds_per_turn(self, now: float) -> float | None:
        rows = self.rows.values()
        turns = self._talked_turns + sum(row.progress.longest for row in rows)
        seconds = self._talked + sum((row.judged_since or now) - row.since for row in rows)
        return seconds / turns if turns else None

    def _long_length(self) -> float | None:
        """Give the turns that few audits go past, where enough have finished to tell."""
        if len(self._lengths) < _ENOUGH:
            return None
        return float(sorted(self._lengths)[int(len(self._lengths) * _LONG)])

    def _left(self, now: float, per_turn: float, judging: float, length: float | None) -> float:
        """Give the seconds left if audits have this length (None: the most they may have)."""
        active = [*self._active_left(now, per_turn, judging, length)]
        new = [_turns(most, 0, length) * per_turn + judging for most in self._to_come.values()]
        together = (sum(active) + sum(new)) / max(self._at_once, 1)
        return max([together, *active, *new[:1]])

    def _active_left(
        self, now: float, per_turn: float, judging: float, length: float | None
    ) -> Iterator[float]:
        for row in self.rows.values():
            if row.judged_since is not None:
                yield max(judging - (now - row.judged_since), 0.0)
            else:
                most = row.progress.audit.turns or 0
                yield _turns(most, row.progress.longest, length) * per_turn + judging


def _turns(most: int, had: int, length: float | None) -> float:
    """Give the turns that an audit has left, which so far is no longer than others were, or goes on for one more."""
    expected = most if length is None else max(min(length, most), had + 1)
    return max(min(expected, most) - had, 0)
