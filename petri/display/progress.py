"""From Inspect's hooks to our display: each audit is shown as it ends."""

from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from typing import ClassVar, Final

from inspect_ai.hooks import Hooks, SampleEnd, hooks

from petri.analysis.audits import audit_row
from petri.display.base import Display
from petri.errors import UsageError

_WATCHED: Final = Lock()
"""Held while a run goes on: Inspect makes one hook for the process, which so can follow one run."""


@hooks(name="petri_progress", description="Shows each audit as it ends.")  # pyright: ignore[reportUntypedClassDecorator] -- Inspect leaves it untyped
class Progress(Hooks):
    """Tells the display that ``watching`` put in place; without one it is switched off."""

    display: ClassVar[Display | None] = None
    planned: ClassVar[int] = 0
    done: ClassVar[int] = 0

    def enabled(self) -> bool:
        """Say whether anybody watches: rows are not made for a display that shows nothing."""
        return Progress.display is not None and type(Progress.display) is not Display

    async def on_sample_end(self, data: SampleEnd) -> None:
        """Show one finished audit."""
        if Progress.display is not None:
            Progress.done += 1
            Progress.display.finished_audit(
                audit_row(data.sample, "target", None), Progress.done, Progress.planned
            )


@contextmanager
def watching(display: Display, planned: int) -> Generator[None]:
    """Show finished audits on this display while the block runs; raises ``UsageError`` while another one runs."""
    if not _WATCHED.acquire(blocking=False):
        raise UsageError("a process makes one run at a time; wait for its end, or start another process")
    Progress.display, Progress.planned, Progress.done = display, planned, 0
    try:
        yield
    finally:
        Progress.display = None
        _WATCHED.release()
