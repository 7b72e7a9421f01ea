"""The process that reads logs, so that the server need not: it alone loads Inspect and what else is heavy."""

import asyncio
import gc
import importlib
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import connection, get_context, parent_process
from typing import Final

from petri.errors import ReaderDied

_PACKAGE: Final = "petri.viewer"
_FIRST: Final = ("calling", "reading", "surveying", "texts")
"""What every reader needs, loaded before anybody asks."""

LONGEST: Final = 300.0
"""Seconds that one call may take, such as comparing two runs."""
LONGEST_OF_AUDITS: Final = 30.0
"""Seconds that a call may take that reads one audit, or a few: while it does, nobody else is answered."""
_OF_AUDITS: Final = frozenset(
    ("reading.transcript", "reading.judge_reading", "reading.raw", "surveying.records", "texts.texts")
)


class Reader:
    """One process that runs functions by name, one call after the other; started anew where it dies."""

    def __init__(self, longest: float = LONGEST) -> None:
        """Have no process yet."""
        self._longest = longest
        self._pool: ProcessPoolExecutor | None = None
        self._pid: Future[int] | None = None
        self._turn = asyncio.Lock()

    def start(self) -> None:
        """Start the process in the background; a call waits until it is up."""
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_prepare)
        self._pid = self._pool.submit(os.getpid)

    async def call(self, name: str, *args: object, **options: object) -> bytes:
        """Run ``petri.viewer.MODULE``'s public ``FUNCTION``, named ``MODULE.FUNCTION``, and give the bytes it returns.

        Arguments are what JSON has, tuples, and the dataclasses of ``filed.py``. Raises the function's ``PetriError``,
        ``UnreadableLog`` for whatever else it raises, and ``ReaderDied`` where the call killed the process or would
        not end.
        """
        async with self._turn:
            if self._pool is None:
                self.start()
            assert self._pool is not None  # noqa: S101 -- just started
            assert self._pid is not None  # noqa: S101 -- just started
            longest = min(self._longest, LONGEST_OF_AUDITS) if name in _OF_AUDITS else self._longest
            try:
                # Not by `wait_for`: before Python 3.12 it drops a cancellation that comes with the answer.
                async with asyncio.timeout(self._longest):
                    await asyncio.shield(asyncio.wrap_future(self._pid))
                running = self._pool.submit(answer, name, args, options)
                async with asyncio.timeout(longest):
                    return await asyncio.wrap_future(running)
            except BrokenProcessPool as error:
                self.start()
                raise ReaderDied(
                    "reading it killed the reading process; it may be damaged, or too large"
                ) from error
            except TimeoutError as error:
                self._kill()
                self.start()
                raise ReaderDied(f"reading it took longer than {longest:g} s and was broken off") from error

    async def renew(self) -> None:
        """Take a fresh process in the place of this one, whose memory has grown by all that it read."""
        old, old_pid = self._pool, self._pid
        fresh = Reader(self._longest)
        fresh.start()
        assert fresh._pid is not None  # noqa: S101 -- just started
        with suppress(BrokenProcessPool):
            await asyncio.wrap_future(fresh._pid)
        async with self._turn:
            self._pool, self._pid = fresh._pool, fresh._pid
        _end(old, old_pid)

    async def close(self) -> None:
        """End the process; whoever waits for a call gets ``CancelledError``."""
        pool, pid = self._pool, self._pid
        self._pool = self._pid = None
        _end(pool, pid)

    @property
    def pid(self) -> int | None:
        """The process, once it is up."""
        return self._pid.result() if self._pid is not None and self._pid.done() else None

    def _kill(self) -> None:
        _end(self._pool, self._pid)


def _end(pool: ProcessPoolExecutor | None, pid: Future[int] | None) -> None:
    if pool is None:
        return
    pool.shutdown(wait=False, cancel_futures=True)
    if pid is not None and pid.done() and not pid.cancelled() and pid.exception() is None:
        with suppress(ProcessLookupError):
            os.kill(pid.result(), signal.SIGKILL)


def _prepare() -> None:
    """Make this process ready: it ends with its parent, and Ctrl-C is its parent's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for name in _FIRST:
        importlib.import_module(f"{_PACKAGE}.{name}")
    gc.collect()
    gc.freeze()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)


def answer(name: str, args: tuple[object, ...], options: dict[str, object]) -> bytes:
    """Run a function in this process, as ``Reader.call`` does in its own."""
    module, _, function = name.partition(".")
    # By name, because whoever asks must not load what it names.
    found: Callable[..., bytes] = getattr(importlib.import_module(f"{_PACKAGE}.{module}"), function)
    attempt: Callable[[Callable[[], bytes]], bytes] = importlib.import_module(f"{_PACKAGE}.calling").attempt
    return attempt(lambda: found(*args, **options))
