"""How a run is stopped: nothing new is sent, what is under way may finish, and everything is recorded.

The first signal holds each audit before its next call; when all are held, or after ten seconds, Inspect is told to
cancel, as it is by Ctrl-C, and records where each audit stood. The second signal does so at once. A disk that is almost
full holds the audits in the same way, while there is still room to write them down: that of the run, that of Inspect's
data, which holds what is not yet in a log, and that of temporary files, where a log is put together.
"""

import asyncio
import errno
import os
import shlex
import shutil
import signal
import sqlite3
import tempfile
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import ClassVar, Final, Literal

from inspect_ai.hooks import Hooks, RunEnd, RunStart, SampleEnd, SampleStart, hooks

from petri.errors import DiskFull
from petri.interrupts import SOFT, Handler, as_interrupt, handled

GRACE: Final = 10.0
"""Seconds that running turns and judges have to finish."""
_SETTLING: Final = 3.0
"""Seconds that Inspect has at most to write down the audits that have just ended, before it is told to cancel."""
LEAST_FREE: Final = 32 * 1024 * 1024
"""Bytes on the disk below which no call is made: room to write down the audits that are under way."""
_LOOK_EVERY: Final = 0.5

Why = Literal["interrupted", "disk_full"]
_SAID: Final = {
    "interrupted": "stopping: nothing new is sent; what runs has {grace:g} s to finish; interrupt again to stop now",
    "disk_full": "the disk of {full} is almost full: nothing more is sent, and what runs is written down",
}


class Stop:
    """Whether a run is to stop, and how far it has got with it."""

    def __init__(self, folder: Path, say: Callable[[str], None], least_free: int = LEAST_FREE) -> None:
        """Watch the disks that a run in ``folder`` writes to; ``say`` tells a person what happens."""
        self.why: Why | None = None
        self._disks = tuple(map(_nearest, (folder, _inspect_data(), Path(tempfile.gettempdir()))))
        self._full = folder
        self._say = say
        self._least_free = least_free
        self._active = 0
        self._held = 0
        self._inside = 0
        self._signals = 0
        self._looked: float | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._interrupt: Handler | None = None
        self._cancelled = False
        self._waits = False
        """Whether everything is to be cancelled as soon as that loses nothing."""
        self._is_deaf = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        """Whether Ctrl-C is not for this process: a shell's script has put it into the background."""
        self._over = False
        self._late = 0

    def began(self) -> None:
        """Take over from the event loop's own handling of Ctrl-C; it is what cancels in the end."""
        handler = signal.getsignal(signal.SIGINT)
        self._loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread() and callable(handler):
            self._interrupt = handler
            self._listen()

    def _listen(self) -> None:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN if self._is_deaf else self.on_signal)

    def ended(self) -> None:
        """Note that there is nothing any more that could be held or cancelled."""
        self._over = True

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Take a signal, whichever it is.

        Before the first audit it is an interrupt like any other. One that comes after the last is only noted, for then
        results are being written; only another breaks that off.
        """
        if self._over:
            self._late += 1
            if self._late > 1:
                raise KeyboardInterrupt
            self.why = self.why or "interrupted"
        elif self._loop is None or self._interrupt is None:
            as_interrupt(number, frame)
        else:
            self._signals += 1
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._signalled)

    @contextmanager
    def audits(self) -> Generator[None]:
        """Run audits in the block: an interrupt that breaks them off ends the block, and is noted as why it did."""
        try:
            yield
        except KeyboardInterrupt:
            self._signals += 1
        finally:
            self.ended()
            self._listen()
        if self._signals:  # the last of them may have come too late for the event loop
            self.why = self.why or "interrupted"

    def _signalled(self) -> None:
        if self._signals == 1 and self.why is None:
            self._stop("interrupted")
        else:
            self._cancel()

    def _stop(self, why: Why) -> None:
        """Hold every audit before its next call, and cancel when all are held, or time is up."""
        self.why = why
        if self._loop is not None:
            self._loop.call_later(GRACE, self._cancel)
        with suppress(OSError):  # a terminal that is gone
            self._say(self._said(why))
        self._settle()

    def sample_began(self) -> None:
        """Count an audit that is under way."""
        self._active += 1

    def sample_ended(self) -> None:
        """Count it no more."""
        self._active -= 1
        self._settle()

    async def hold(self) -> None:
        """Let a call through, or wait for the end where the run is to stop."""
        self._look_at_disk()
        if self.why is None:
            return
        if self._interrupt is None:  # nobody can cancel from here
            raise DiskFull(self._said("disk_full"))
        self._held += 1
        self._settle()
        try:
            await asyncio.Event().wait()
        finally:
            self._held -= 1

    def _look_at_disk(self) -> None:
        now = monotonic()
        if self.why is not None or (self._looked is not None and now - self._looked < _LOOK_EVERY):
            return
        self._looked = now
        full = next((disk for disk in self._disks if shutil.disk_usage(disk).free < self._least_free), None)
        if full is not None:
            self._full = full
            self._stop("disk_full")

    def _said(self, why: Why) -> str:
        return _SAID[why].format(grace=GRACE, full=self._full)

    @asynccontextmanager
    async def cancellable(self) -> AsyncGenerator[None]:
        """Count an audit that may be cancelled in the block; while all are being cancelled, none leaves it."""
        self._inside += 1
        if self._waits:
            self._cancel()
        try:
            yield
            if self._cancelled:
                await asyncio.Event().wait()
        finally:
            self._inside -= 1

    def _settle(self) -> None:
        if self._waits or (self.why is not None and self._held >= self._active):
            self._cancel()

    def _cancel(self) -> None:
        """Cancel everything as soon as no audit is in a place where Inspect would lose it: soon, for each is passed."""
        if self._inside >= self._active or self._signals >= _BREAK_OFF:
            self._cancel_now()
        elif not self._waits and self._loop is not None:
            self._loop.call_later(_SETTLING, self._cancel_now)
        self._waits = True

    def _cancel_now(self) -> None:
        """Let the event loop cancel everything, as Ctrl-C does; asked a third time, it breaks off."""
        interrupt, loop = self._interrupt, self._loop
        if interrupt is None or loop is None or (self._cancelled and self._signals < _BREAK_OFF):
            return
        self._cancelled = True
        interrupt(signal.SIGINT, None)


_BREAK_OFF: Final = 3


def _inspect_data() -> Path:
    """Give where Inspect keeps what is not yet in a log."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share", "inspect_ai")


def _nearest(folder: Path) -> Path:
    """Give the folder, or what there is of the way to it."""
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())


@hooks(name="petri_stopper", description="Stops a run in good order.")  # pyright: ignore[reportUntypedClassDecorator] -- Inspect leaves it untyped
class Stopper(Hooks):
    """Tells the ``Stop`` that is in place what goes on; without one it is switched off."""

    stop: ClassVar[Stop | None] = None

    def enabled(self) -> bool:
        """Say whether a run can be stopped."""
        return Stopper.stop is not None

    async def on_run_start(self, data: RunStart) -> None:  # noqa: ARG002 -- Inspect's signature
        """Take over the handling of signals, now that there is a loop."""
        if Stopper.stop is not None:
            Stopper.stop.began()

    async def on_run_end(self, data: RunEnd) -> None:  # noqa: ARG002 -- Inspect's signature
        """Note that every log is written."""
        if Stopper.stop is not None:
            Stopper.stop.ended()

    async def on_sample_start(self, data: SampleStart) -> None:  # noqa: ARG002 -- Inspect's signature
        """Count an audit that begins."""
        if Stopper.stop is not None:
            Stopper.stop.sample_began()

    async def on_sample_end(self, data: SampleEnd) -> None:  # noqa: ARG002 -- Inspect's signature
        """Count an audit that is recorded."""
        if Stopper.stop is not None:
            Stopper.stop.sample_ended()


async def hold() -> None:
    """Let an audit's next call through; where the run is to stop, wait for it to be cancelled."""
    if Stopper.stop is not None:
        await Stopper.stop.hold()


@asynccontextmanager
async def cancellable() -> AsyncGenerator[None]:
    """Mark where an audit may be cancelled and is recorded as far as it got.

    Inspect does not protect what it does with a sample in between: one that is cancelled after its judge has answered,
    and before it is written down, would be in no log.
    """
    if Stopper.stop is None:
        yield
        return
    async with Stopper.stop.cancellable():
        yield


@contextmanager
def room_to_write(folder: Path) -> Generator[None]:
    """Turn what a full disk makes the block raise into ``DiskFull``."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        if getattr(error, "errno", None) != errno.ENOSPC and "disk is full" not in str(error):
            raise
        raise DiskFull(
            f"the disk that holds {folder} (or Inspect's data, or temporary files) is full; what was recorded is safe: "
            f"make room, then petri resume {shlex.quote(str(folder))}"
        ) from error


@contextmanager
def stoppable(folder: Path, say: Callable[[str], None], least_free: int = LEAST_FREE) -> Generator[Stop]:
    """Stop in good order on SIGINT, SIGTERM, SIGHUP and a disk that is almost full while the block runs.

    Outside the main thread, where Python gives nobody signals, only the disk is watched.
    """
    stop = Stop(folder, say, least_free)
    Stopper.stop = stop
    # The event loop takes Ctrl-C only where nobody else has; what then follows is for all three signals.
    with handled(SOFT, stop.on_signal), handled([signal.SIGINT], signal.default_int_handler, ignored=True):
        try:
            yield stop
        finally:
            Stopper.stop = None
