"""A display of plain lines on stderr: one for each finished audit, then the summary. Works anywhere."""

from rich.console import Console
from rich.text import Text

from petri.analysis.results import Audit, Results
from petri.display.base import Display, Start
from petri.display.safe import flat
from petri.display.summary import describe, print_summary
from petri.transcript.outcome import is_valid

OFFLINE_NOTE = "The models are built-in simulations: their scores say nothing about real models."


class LineDisplay(Display):
    """Talks on stderr through one console."""

    def __init__(self, console: Console) -> None:
        """Write to this console."""
        self._console = console
        self._offline = False

    def started(self, start: Start) -> None:
        """Say what is about to run, and on what."""
        self._offline = start.offline
        self._say(f"{start.planned} audits -> {start.folder}", style="bold")
        targets, judges = ", ".join(start.targets), ", ".join(start.judges) or "none"
        others = {"realism": start.realism, "simulator": start.simulator}
        named = "".join(f" · {role} {model}" for role, model in others.items() if model is not None)
        self._say(f"auditor {start.auditor} · target {targets} · judge {judges}{named}")
        if start.offline:
            self._say(OFFLINE_NOTE, style="yellow")

    def finished_audit(self, audit: Audit, done: int, planned: int) -> None:
        """Say what became of one audit, in one line."""
        width = len(str(planned))
        scores = " ".join(
            f"{name}={score.value:g}" if score.value is not None else f"{name}={score.status}"
            for name, score in audit.scores.items()
            if score.status != "not_applicable"
        )
        what = f"{audit.error.kind}: {audit.error.message}" if audit.error else audit.outcome
        line = f"[{done:>{width}}/{planned}] {describe(audit)}: {what}, {audit.target_turns} turns {scores}"
        self._say(line.rstrip(), style=None if is_valid(audit.outcome) else "red")

    def finished(self, results: Results, folder: str) -> None:
        """Print the summary."""
        print_summary(self._console, results, folder)
        if self._offline:
            self._say(OFFLINE_NOTE, style="yellow")

    def _say(self, line: str, style: str | None = None) -> None:
        self._console.print(Text(flat(line), style=style or ""), soft_wrap=True)
