"""The display of `--json`: one JSON object a line on stdout, and nothing else there."""

import time
from dataclasses import asdict
from threading import RLock
from typing import Final, TextIO

from pydantic import BaseModel

from petri.analysis.canaries import Canaries
from petri.analysis.results import Audit, Results
from petri.display.base import Start
from petri.display.console import echo_json
from petri.display.event_schema import AuditEnded, Beat, CanariesJudged, Finished, Flagged, Notice, Started
from petri.display.flags import flag_of
from petri.display.following import Clock, FollowingDisplay
from petri.transcript.estimated import RunEstimate

HEARTBEAT: Final = 60.0
"""Seconds between two ``progress`` events."""


class EventDisplay(FollowingDisplay):
    """Writes the events of ``petri.display.event_schema``, each when it comes."""

    def __init__(self, stream: TextIO, clock: Clock = time.monotonic) -> None:
        """Write to this stream."""
        super().__init__(HEARTBEAT, clock)
        self._stream = stream
        self._writing = RLock()
        """A notice may come from a signal handler, which interrupts whoever is writing."""
        self._folder = ""
        self._estimate: RunEstimate | None = None

    def estimated(self, estimate: RunEstimate) -> None:
        """Keep what the run will probably come to, for the first event."""
        self._estimate = estimate

    def started(self, start: Start) -> None:
        """Write what is about to run, and what it will probably come to, as that stands in run.json."""
        self._folder = start.folder
        told = {
            name: getattr(start, name) for name in Started.model_fields if name not in {"event", "estimate"}
        }
        self._write(Started(**told, estimate=self._estimate))
        super().started(start)

    def notice(self, text: str) -> None:
        """Write something about the run as a whole."""
        self._write(Notice(text=text))

    def beat(self) -> None:
        """Write where the run stands."""
        with self.lock:
            state, now = self.state, self.clock()
            beat = Beat(
                elapsed=round(now - state.began, 1),
                done=state.done,
                planned=state.planned,
                active={phase.value: number for phase, number in state.phases().items()},
                seconds_left=state.seconds_left(now),
                waiting=len(state.waiting(now)),
                tokens=state.tokens,
                cost_usd=state.cost_usd if state.tokens else None,
            )
        self._write(beat)

    def finished_audit(self, audit: Audit, done: int, planned: int) -> None:
        """Write an audit's row, as it stands in results.json, and why a person should look at it."""
        super().finished_audit(audit, done, planned)
        self._write(AuditEnded(done=done, planned=planned, audit=audit))
        flag = flag_of(audit, self.state.dimensions, self._folder)
        if flag is not None:
            self._write(Flagged(**asdict(flag)))

    def finished(self, results: Results, folder: str) -> None:
        """Write the run, its counts and its dimensions, as they stand in results.json."""
        kept = {"run", "counts", "dimensions", "usage", "cost_usd"}
        self._write(Finished(folder=folder, **{name: getattr(results, name) for name in kept}))

    def judged_canaries(self, report: Canaries) -> None:
        """Write the report."""
        self._write(CanariesJudged(**dict(report)))

    def _write(self, event: BaseModel) -> None:
        """Write an event on a line of its own, its name first."""
        data = event.model_dump(mode="json")
        with self._writing:
            echo_json({"event": data.pop("event"), **data}, self._stream)
