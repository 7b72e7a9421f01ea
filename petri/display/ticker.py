"""Something that is done again and again while a run goes on, whatever the run itself is busy with."""

from collections.abc import Callable
from threading import Event, Thread


class Ticker:
    """Calls a function at an interval, in a thread of its own, until it is stopped."""

    def __init__(self, seconds: float, tick: Callable[[], None]) -> None:
        """Call this function at this interval."""
        self._seconds = seconds
        self._tick = tick
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="petri-display", daemon=True)

    def start(self) -> None:
        """Begin; the first call comes after one interval."""
        self._thread.start()

    def stop(self) -> None:
        """End; after this returns nothing is called any more."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._seconds):
            try:
                self._tick()
            except OSError:
                # The terminal or the pipe is gone. That ends the display, never the run: what reads it is away.
                return
