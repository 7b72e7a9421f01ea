"""A display of plain lines on stderr: one for each finished audit, one a minute, then the summary. Works anywhere."""

import time
from typing import Final

from rich.console import Console
from rich.text import Text

from petri.analysis.canaries import Canaries
from petri.analysis.results import Audit, Results
from petri.display.base import Start
from petri.display.cards import said_of_canaries, said_of_drift
from petri.display.estimate import estimate_lines
from petri.display.figures import heartbeat
from petri.display.following import Clock, FollowingDisplay
from petri.display.safe import flat
from petri.display.summary import describe, print_summary
from petri.transcript.estimated import RunEstimate
from petri.transcript.outcome import is_valid

OFFLINE_NOTE = "The models are built-in simulations: their scores say nothing about real models."


HEARTBEAT: Final = 60.0
"""Seconds between two lines that say where the run stands."""


class LineDisplay(FollowingDisplay):
    """Talks on stderr through one console."""

    def __init__(self, console: Console, clock: Clock = time.monotonic) -> None:
        """Write to this console."""
        super().__init__(HEARTBEAT, clock)
        self._console = console
        self._offline = False
        self._failures: set[str] = set()

    def estimated(self, estimate: RunEstimate) -> None:
        """Say what the run will probably cost."""
        for line in estimate_lines(estimate):
            self._say(line)

    def started(self, start: Start) -> None:
        """Say what is about to run, and begin to follow it."""
        self.announce(start)
        super().started(start)

    def beat(self) -> None:
        """Say where the run stands, in one line."""
        with self.lock:
            line = heartbeat(self.state, self.clock())
        self._say(line, style="dim")

    def notice(self, text: str) -> None:
        """Say something about the run as a whole."""
        self._say(text, style="bold")

    def announce(self, start: Start) -> None:
        """Say what is about to run, and on what."""
        self._offline = start.offline
        what = "audits" if start.judging is None else f"transcripts of {start.judging}"
        self._say(f"{start.planned} {what} -> {start.folder}", style="bold")
        targets, judges = ", ".join(start.targets), ", ".join(start.judges) or "none"
        others = {"realism": start.realism, "simulator": start.simulator}
        named = "".join(f" · {role} {model}" for role, model in others.items() if model is not None)
        auditor = f"auditor {start.auditor} · " if start.auditor is not None else ""
        self._say(f"{auditor}target {targets} · judge {judges}{named}")
        for doubt in start.doubts:
            self._say(f"Is this meant? {doubt}", style="yellow")
        if start.offline:
            self._say(OFFLINE_NOTE, style="yellow")

    def finished_audit(self, audit: Audit, done: int, planned: int) -> None:
        """Say what became of one audit, in one line."""
        super().finished_audit(audit, done, planned)
        width = len(str(planned))
        unread = audit.screened is not None and not audit.screened.drawn
        scores = " ".join(
            f"{name}={score.value:g}" if score.value is not None else f"{name}={score.status}"
            for name, score in audit.scores.items()
            if score.status != "not_applicable" and not (unread and score.status == "skipped")
        )
        scores += " screened, not drawn for the panel" if unread else ""
        what = f"{audit.error.kind}: {audit.error.message}" if audit.error else audit.outcome
        line = f"[{done:>{width}}/{planned}] {describe(audit)}: {what}, {audit.target_turns} turns {scores.strip()}"
        self._say(line.rstrip(), style=None if is_valid(audit.outcome) else "red")
        said = [answer for score in audit.scores.values() for answer in score.judges]
        for reason in dict.fromkeys(answer.reason for answer in said if answer.status == "error"):
            if reason not in self._failures:  # of a wrong key, say, once is enough
                self._failures.add(reason)
                self._say(f"  {reason}", style="red")

    def finished(self, results: Results, folder: str) -> None:
        """Print the summary."""
        print_summary(self._console, results, folder)
        if self._offline:
            self._say(OFFLINE_NOTE, style="yellow")

    def judged_canaries(self, report: Canaries) -> None:
        """Say how far off the judges were, and how they have moved."""
        self._say(said_of_canaries(report))
        moved = report.drift is not None and report.drift.moved
        self._say(said_of_drift(report.drift), style="yellow" if moved else None)

    def _say(self, line: str, style: str | None = None) -> None:
        self._console.print(Text(flat(line), style=style or ""), soft_wrap=True)
