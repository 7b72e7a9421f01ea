"""What displays of a run that goes on have in common: its state, and a beat at an interval."""

import time
from collections.abc import Callable
from threading import Lock

from petri.analysis.results import Audit
from petri.display.audit_progress import AuditProgress
from petri.display.base import Display, Start, Wait
from petri.display.live_state import LiveState
from petri.display.ticker import Ticker

Clock = Callable[[], float]


class FollowingDisplay(Display):
    """Keeps the state of the run; from its start to its end ``beat`` is called at an interval, from another thread."""

    def __init__(self, seconds: float, clock: Clock = time.monotonic) -> None:
        """Beat at this interval."""
        self.state = LiveState()
        self.lock = Lock()
        """Held while the state is changed or read. Nothing is written meanwhile: who writes may wait for a reader."""
        self.clock = clock
        self._seconds = seconds
        self._ticker: Ticker | None = None

    def beat(self) -> None:
        """Show where the run stands."""

    def started(self, start: Start) -> None:
        """Begin to follow."""
        with self.lock:
            self.state = LiveState()
            self.state.start(start, self.clock())
        self._ticker = Ticker(self._seconds, self.beat)
        self._ticker.start()

    def progressed(self, progress: AuditProgress) -> None:
        """Take where an audit stands."""
        with self.lock:
            self.state.progress(progress, self.clock())

    def used(self, tokens: int, cost_usd: float | None) -> None:
        """Take what a call used."""
        with self.lock:
            self.state.use(tokens, cost_usd)

    def waits(self, wait: Wait) -> None:
        """Take that a call waits."""
        with self.lock:
            self.state.wait(wait, self.clock())

    def finished_audit(self, audit: Audit, done: int, planned: int) -> None:
        """Take what became of an audit."""
        with self.lock:
            self.state.finish(audit, done, planned, self.clock())

    def ended(self) -> None:
        """Beat no more."""
        if self._ticker is not None:
            self._ticker.stop()
            self._ticker = None
