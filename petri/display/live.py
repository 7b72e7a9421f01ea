"""The display of a terminal: what goes on stays in place below, what needs a look is said above it as it comes."""

import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from petri.analysis.canaries import Canaries
from petri.analysis.results import Audit, Results
from petri.display.base import Start
from petri.display.flags import Flag, flag_of
from petri.display.following import Clock, FollowingDisplay
from petri.display.frame import frame
from petri.display.lines import LineDisplay
from petri.display.safe import flat

INTERVAL: Final = 0.25
"""Seconds between two frames."""
_STYLE: Final = {"hit": "red", "invalid": "yellow", "error": "red"}
_RECENT: Final = 8
"""Things that are said again on a screen that was wiped because its size has changed."""


class LiveDisplay(FollowingDisplay):
    """Draws on a terminal at most four times a second, and leaves nothing but the flags and the summary."""

    def __init__(self, console: Console, clock: Clock = time.monotonic, interval: float = INTERVAL) -> None:
        """Draw on this console, at this interval in seconds."""
        super().__init__(interval, clock)
        self._console = console
        self._lines = LineDisplay(console)
        self._live: Live | None = None
        self._folder = ""
        self._unsaid: deque[Text] = deque()
        """What is to be said above; only the thread that draws says it, for a notice may come from a signal handler,
        which interrupts whoever holds a lock."""
        self._recent: deque[Text] = deque(maxlen=_RECENT)
        self._size = console.size

    def started(self, start: Start) -> None:
        """Say what is about to run, and begin to draw."""
        self._lines.announce(start)
        self._folder = start.folder
        self._recent.clear()
        self._size = self._console.size
        self._live = Live(
            console=self._console,
            get_renderable=self._frame,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
        )
        self._live.start()
        super().started(start)

    def notice(self, text: str) -> None:
        """Say something about the run as a whole."""
        if self._live is None:
            self._lines.notice(text)
        else:
            self._unsaid.append(Text(flat(text), style="bold"))

    def finished_audit(self, audit: Audit, done: int, planned: int) -> None:
        """Take what became of an audit, and whether a person should look at it."""
        super().finished_audit(audit, done, planned)
        flag = flag_of(audit, self.state.dimensions, self._folder)
        if flag is not None:
            self._unsaid.append(_said(flag))

    def beat(self) -> None:
        """Say what is to be said, and draw."""
        live = self._live
        if live is None:
            return
        if self._console.size != self._size:
            self._wipe()
        self._say()
        live.refresh()

    def ended(self) -> None:
        """Draw no more: the screen is as it was, with the flags on it and the cursor back."""
        live, self._live = self._live, None
        try:
            super().ended()
        finally:  # also where a second interrupt comes just now
            if live is not None:
                with suppress(OSError):  # a terminal that is gone; the run's results are still to be written
                    live.stop()
                    self._say()

    def finished(self, results: Results, folder: str) -> None:
        """Print the summary."""
        self._lines.finished(results, folder)

    def judged_canaries(self, report: Canaries) -> None:
        """Say how far off the judges were."""
        self._lines.judged_canaries(report)

    def _frame(self) -> Group:
        width, height = self._console.size
        with self.lock:
            return Group(*frame(self.state, self.clock(), width, height))

    def _say(self) -> None:
        """Print what is unsaid."""
        said = [self._unsaid.popleft() for _ in range(len(self._unsaid))]
        self._recent.extend(said)
        self._print(said)

    def _print(self, texts: Iterable[Text]) -> None:
        if lines := [*texts]:
            self._console.print(Group(*lines), soft_wrap=True)

    def _wipe(self) -> None:
        """Clear a screen whose lines the terminal has folded anew, so that what was drawn cannot be found again."""
        self._size = self._console.size
        self._console.clear()
        self._print(self._recent)


def _said(flag: Flag) -> Text:
    said = Text(f"{flag.kind}  ", style=f"bold {_STYLE[flag.kind]}").append(flat(flag.what), style="not bold")
    return said.append(f"\n  {flat(flag.command)}", style="dim not bold")
