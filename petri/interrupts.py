"""Signals that ask a process to stop: what Ctrl-C does at some moment, SIGTERM and a closed terminal do then too."""

import signal
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

Handler = Callable[[int, FrameType | None], Any]

SOFT: Final = (signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))
"""What asks a process to stop in another way than Ctrl-C."""


@contextmanager
def handled(numbers: Iterable[signal.Signals], handler: Handler, *, ignored: bool = False) -> Generator[None]:
    """Give signals to a handler while the block runs.

    Those that the process was started to ignore, as under nohup, stay ``ignored`` unless it is said otherwise. Outside
    the main thread nothing happens, for Python gives nobody signals there.
    """
    ours = threading.current_thread() is threading.main_thread()
    found = {number: signal.getsignal(number) for number in numbers if ours}
    before = {
        number: was
        for number, was in found.items()
        if was is not None and (ignored or was is not signal.SIG_IGN)
    }
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, was)


def as_interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 -- Python's signature
    """Do what Ctrl-C does at this moment: an event loop that runs cancels its tasks, anything else is broken off."""
    interrupt = signal.getsignal(signal.SIGINT)
    if not callable(interrupt):
        raise KeyboardInterrupt
    interrupt(signal.SIGINT, frame)
