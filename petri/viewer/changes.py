"""Who is to be told when something changes, while somebody listens."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final

from petri.viewer.wire_server import Change, Indexing

EVERY: Final = 2.0
"""Seconds between two looks at the disk."""
_PAUSE: Final = 0.5
"""Seconds between two changes that are told, so that a page is not kept busy."""


class Changes:
    """Tells every listener what is another now; looks at the disk only while there is one."""

    def __init__(
        self,
        look: Callable[[], Awaitable[None]],
        progress: Callable[[], Indexing],
        ended: Callable[[asyncio.Task[None]], None],
    ) -> None:
        """Look with ``look``; ``progress`` is how far the index is; ``ended`` is told when no more is looked."""
        self._look = look
        self._progress = progress
        self._ended = ended
        self._listeners: set[_Listener] = set()
        self._looking: asyncio.Task[None] | None = None

    def tell(self, runs: set[str]) -> None:
        """Tell all listeners, soon."""
        for listener in self._listeners:
            listener.runs |= runs
            listener.wake.set()

    async def listen(self) -> AsyncGenerator[bytes]:
        """Yield how things stand, and then every ``Change``, as JSON."""
        listener = _Listener()
        self._listeners.add(listener)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._keep_looking())
            self._looking.add_done_callback(self._ended)
        try:
            while True:
                runs, listener.runs = listener.runs, set()
                change = Change(runs=tuple(sorted(runs)), indexing=self._progress())
                yield change.model_dump_json().encode()
                await listener.wake.wait()
                await asyncio.sleep(_PAUSE)
                listener.wake.clear()
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                await self.close()

    async def close(self) -> None:
        """Look no more."""
        task, self._looking = self._looking, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])  # what ended it before was told

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            await self._look()


class _Listener:
    """One page that listens."""

    def __init__(self) -> None:
        self.runs: set[str] = set()
        self.wake = asyncio.Event()
