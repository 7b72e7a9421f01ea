"""Reading what is served into the index, in the background, in steps that are short enough to wait for."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final

from petri.errors import PetriError, ReaderDied, UnreadableLog
from petri.viewer.discovery import Found, discover, found_apart
from petri.viewer.filed import FiledAudit
from petri.viewer.index import Index
from petri.viewer.reader import Reader
from petri.viewer.search import put_texts
from petri.viewer.wire_server import Indexing

_STEP: Final = 0.25
"""Seconds that a step should take, which is how long a request may have to wait."""
_MOST_AT_ONCE: Final = 64
_MOST_FAULTS: Final = 50
_WORTH_RENEWING: Final = 200
"""Samples after whose reading the reader is larger than it need be."""


class Pace:
    """How many samples fit into a step, learnt from how long the last ones took."""

    def __init__(self) -> None:
        """Start with a few."""
        self.size = 4

    def learn(self, count: int, seconds: float) -> None:
        """Take into account that so many took so long."""
        fitting = int(count * _STEP / max(seconds, 0.001))
        self.size = max(1, min(fitting, 2 * self.size, _MOST_AT_ONCE))


class Indexer:
    """Keeps the index like the disk."""

    def __init__(self, root: Path, log: str | None, index: Index, reader: Reader, tell: Callable[[set[str]], None]) -> None:
        """Index a folder, or one log in it; ``tell`` is called with the keys of runs that are others now."""
        self._root = root
        self._log = log
        self._index = index
        self._reader = reader
        self._tell = tell
        self._todo: dict[str, Found] = {}
        self._unlisted: tuple[str, ...] = ()
        self._faults: dict[str, str] = {}
        self._listed = asyncio.Event()
        self._wake = asyncio.Event()
        self._paces = {"records": Pace(), "texts": Pace()}
        self._read = 0
        self._looking = asyncio.Lock()
        self.found: dict[str, Found] = {}
        """All that is served, by key; folders whose logs are runs of their own are not."""
        self.progress = Indexing(runs_done=0, runs=0, texts_done=0, texts=0)

    async def look(self) -> None:
        """Look what is on disk, and plan to read what is new or another than it was."""
        async with self._looking:
            discovery = await asyncio.to_thread(discover, self._root, self._log)
            known = await asyncio.to_thread(self._index.runs)
            found: dict[str, Found] = {}
            todo: dict[str, Found] = {}
            for each in discovery.found:
                was = known.get(each.filed.key)
                apart = () if was is None or was.signature != each.signature else found_apart(each, was.apart)
                for one in apart or (each,):
                    found[one.filed.key] = one
                    before = known.get(one.filed.key)
                    if before is None or before.signature != one.signature:
                        todo[one.filed.key] = one
            folders = {each.filed.key for each in discovery.found}
            gone = [key for key in known if key not in found and key not in folders]
            if gone:
                await asyncio.to_thread(self._index.forget, gone)
            changed = set(gone) | (set(found) ^ set(self.found)) | {k for k in todo if todo[k] != self._todo.get(k)}
            self.found, self._todo, self._unlisted = found, todo, discovery.faults
            self._note()
            if changed:
                self._wake.set()
                await self._measure()
                self._tell(changed)

    async def work(self) -> None:
        """Read for as long as the server is up: first what the lists need, then texts."""
        while True:
            self._wake.clear()
            if self._todo:
                # The newest run is what a person looks for first.
                await self._survey(self._todo[max(self._todo, key=lambda key: self._todo[key].filed.id)])
            elif not await self._read_texts():
                if self._read >= _WORTH_RENEWING:
                    self._read = 0
                    await self._reader.renew()
                await self._wake.wait()

    async def listed(self, key: str | None = None) -> None:
        """Return when a run is listed, or when all are."""
        while self._todo if key is None else key in self._todo:
            if key is not None:
                await self._survey(self._todo[key])
            else:
                self._listed.clear()
                await self._listed.wait()
