"""Reading what is served into the index, in the background, in steps that are short enough to wait for."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

from petri.errors import IndexLost, PetriError, ReaderDied, UnknownKey, UnreadableLog
from petri.viewer.discovery import Found, discover, found_apart
from petri.viewer.filed import FiledAudit, FiledRun
from petri.viewer.index import Index, IndexedRun
from petri.viewer.reader import Reader
from petri.viewer.search import put_texts
from petri.viewer.wire_server import Indexing

_STEP: Final = 0.25
"""Seconds that a step should take, which is how long a request may have to wait."""
_MOST_AT_ONCE: Final = 64
_PATIENCE: Final = 1.0
"""Seconds until what failed is tried again, such as writing an index that another process holds."""
_LOOKING: Final = "what is on disk cannot be followed"
_KEEPING: Final = "the index cannot be kept"
_LONGEST_WAIT: Final = 120.0
"""Seconds that somebody waits for one run to be listed."""
_REST: Final = 8
"""Times as long as reading it took, a run that is being written is left alone."""
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

    def __init__(
        self,
        served: tuple[Path, str | None],
        index: Index,
        reader: Reader,
        tell: Callable[[set[str]], None],
        *,
        searched: bool = True,
    ) -> None:
        """Index a folder, or one log in it; ``tell`` is called with the keys of runs that are others now.

        Texts are read only where they are to be ``searched``.
        """
        self._root, self._log = served
        self._index = index
        self._reader = reader
        self._tell = tell
        self._searched = searched
        self._todo: dict[str, Found] = {}
        self._wanted: list[str] = []
        self._rest: dict[str, float] = {}
        self._faults: dict[str, str] = {}
        self._unlisted: tuple[str, ...] = ()
        self._settled = asyncio.Condition()
        self._wake = asyncio.Event()
        self._ended = False
        self._is_idle = False
        self._looking = asyncio.Lock()
        self._paces = {"surveying.records": Pace(), "texts.texts": Pace()}
        self._read = 0
        self.found: dict[str, Found] = {}
        """All that is served, by key; no folder whose logs are runs of their own."""
        self.progress = Indexing(runs_done=0, runs=0, texts_done=0, texts=0)
        self.lost = 0
        """Of how many audits the texts could not be read."""

    async def look(self) -> None:
        """Look what is on disk, and plan to read what is new or another than it was; what fails is told."""
        await self._tried(_LOOKING, self._look)

    async def _look(self) -> None:
        async with self._looking:
            known = await asyncio.to_thread(self._index.runs)
            found, folders, self._unlisted = await asyncio.to_thread(self._on_disk, known)
            there = folders | found
            gone = [key for key in known if key not in there]
            if gone:
                await asyncio.to_thread(self._index.forget, gone)
            changed = set(gone) | (set(found) ^ set(self.found))
            for key, one in there.items():
                was = known.get(key)
                rested = time.monotonic() >= self._rest.get(key, 0)
                if was is None or (was.signature != one.signature and rested):
                    self._todo[key] = one
            self._todo = {key: one for key, one in self._todo.items() if key in there}
            self.found = found
        await self._measure()
        if self._todo or changed:
            self._wake.set()
            self._tell(changed)

    async def work(self) -> None:
        """Read for as long as the server is up: first what the lists need, then texts."""
        try:
            while True:
                self._wake.clear()
                if not await self._tried(_KEEPING, self._work) or _LOOKING in self._faults:
                    await asyncio.sleep(_PATIENCE)
                    await self.look()  # it may be empty now
                elif self._is_idle:
                    await self._wake.wait()
        finally:
            self._ended = True
            async with self._settled:
                self._settled.notify_all()

    def ended(self, task: asyncio.Task[None]) -> None:
        """Tell of a background task that ended by itself, as none should."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._fail("what changes on disk is followed no more; start anew", error)

    async def _work(self) -> None:
        """Read one thing."""
        self._is_idle = False
        if self._todo:
            await self._survey(self._todo[self._next()])
        elif not self._searched or not await self._read_texts():
            await self._renew()
            self._is_idle = True

    async def _tried(self, what: str, step: Callable[[], Awaitable[None]]) -> bool:
        """Say whether a step came to its end; where it did not, it is told ``what`` failed, until it does not."""
        try:
            await step()
            if self._faults.pop(what, None) is not None:
                await self._settle(set())
        except (OSError, sqlite3.Error, UnreadableLog) as error:
            self._fail(what, error)
            return False
        return True

    def _fail(self, what: str, error: BaseException) -> None:
        why = error if isinstance(error, PetriError | sqlite3.Error) else f"{type(error).__name__}: {error}"
        self._faults[what] = self.without_root(f"{what}: {why}")
        faults = dict.fromkeys((*self._faults.values(), *self.progress.unreadable))
        self.progress = self.progress.model_copy(update={"unreadable": (*faults,)[:_MOST_FAULTS]})
        self._wake.set()
        self._tell(set())

    async def listed(self, key: str | None = None) -> None:
        """Return when a run is listed, which comes before others then, or when all are.

        Raises ``UnreadableLog`` where it takes too long, or nothing is read any more.
        """
        if key is not None and key in self._todo:
            self._wanted.append(key)

        def is_listed() -> bool:
            return not self._todo if key is None else key not in self._todo

        try:
            async with asyncio.timeout(None if key is None else _LONGEST_WAIT), self._settled:
                await self._settled.wait_for(lambda: self._ended or is_listed())
        except TimeoutError as error:
            raise UnreadableLog("this run is still being read; ask again") from error
        if not is_listed():
            await asyncio.sleep(0)  # why it has ended is told by now
            raise UnreadableLog(next(iter(self._faults.values()), "the reading of runs has ended"))

    def filed(self, key: str) -> FiledRun:
        """Give where a run lies; raises ``UnknownKey`` where none has this key."""
        found = self.found.get(key)
        if found is None:
            raise UnknownKey(f"no run has the key {key[:40]!r}")
        return found.filed

    def without_root(self, text: str) -> str:
        """Give a text without the path of what is served."""
        return text.replace(f"{self._root}/", "")

    def _on_disk(
        self, known: Mapping[str, IndexedRun]
    ) -> tuple[dict[str, Found], dict[str, Found], tuple[str, ...]]:
        """Give what is served, by key, the folders of it whose logs are runs of their own, and what failed."""
        discovery = discover(self._root, self._log)
        found: dict[str, Found] = {}
        folders: dict[str, Found] = {}
        for each in discovery.found:
            was = known.get(each.filed.key)
            if was is None or was.state != "apart":
                found[each.filed.key] = each
                continue
            folders[each.filed.key] = each
            logs = [log.name for log in each.filed.run.logs()]
            found |= {one.filed.key: one for one in found_apart(each, logs)}
        return found, folders, discovery.faults

    def _next(self) -> str:
        """Give the run that somebody waits for, else the newest, which people look for first."""
        wanted = next((key for key in self._wanted if key in self._todo), None)
        return wanted or max(self._todo, key=lambda key: self._todo[key].filed.id)

    async def _survey(self, found: Found) -> None:
        """Read what the lists need of a run."""
        key = found.filed.key
        began = time.monotonic()
        try:
            document = await self._call("surveying.survey", found.filed)
            if "apart" in document:
                await asyncio.to_thread(self._index.put_apart, found, document["apart"])
            elif "todo" in document:
                await self._summarise(found, document)
            else:
                await asyncio.to_thread(self._index.put_run, found, document)
                await asyncio.to_thread(self._index.drop_records, key)
        except IndexLost:
            raise
        except PetriError as error:
            await asyncio.to_thread(self._index.put_unreadable, found, self.without_root(str(error)))
            document = {}
        if found.running:
            # A run that is being written changes all the time; most of the time is for who looks at it.
            self._rest[key] = time.monotonic() + _REST * (time.monotonic() - began)
        if self._todo.get(key) == found:
            del self._todo[key]
        self._wanted = [wanted for wanted in self._wanted if wanted != key]
        if "apart" in document or key not in self.found:
            await self.look()
        await self._settle({key})

    async def _summarise(self, found: Found, document: Mapping[str, Any]) -> None:
        """List a run from its samples; those that were read before are not read again."""
        filed = found.filed
        known = await asyncio.to_thread(self._index.records, filed.key)
        samples = [(log, sample, epoch, identity) for log, sample, epoch, identity in document["todo"]]
        new = [sample for sample in samples if known.get(sample[:3], ("", ""))[0] != sample[3]]
        faults = list(document["faults"])
        while new:
            batch = new[: self._paces["surveying.records"].size]
            try:
                rows = await self._paced("surveying.records", len(batch), filed, batch)
            except ReaderDied as error:
                if len(batch) > 1:
                    self._paces["surveying.records"].size = 1
                    continue
                faults.append(f"{batch[0][0]}: sample {batch[0][1]}: {error}")
                rows = []
            await asyncio.to_thread(self._index.put_records, filed.key, rows)
            new = new[len(batch) :]
        read = await asyncio.to_thread(self._index.records, filed.key)
        kept = [(sample, read[sample[:3]][1]) for sample in samples if sample[:3] in read]
        faults = [self.without_root(fault) for fault in faults]
        summary = await self._call("surveying.summary", filed, kept, faults)
        await asyncio.to_thread(self._index.put_run, found, summary)

    async def _read_texts(self) -> bool:
        """Read the texts of a few audits; say whether there were any."""
        pace = self._paces["texts.texts"]
        found = self.found
        audits = await asyncio.to_thread(self._index.unread, found, pace.size)
        if not audits:
            return False
        run = audits[0].run.key
        of = found[run].of
        again = of is not None and any(one.filed.folder == of for one in found.values())
        try:
            documents = await self._paced("texts.texts", len(audits), audits, again=again)
        except UnreadableLog as error:
            if len(audits) > 1:
                pace.size = 1
                return True
            documents = [_lost(audits[0], error)]
        for each in documents:
            if each["fault"] is not None:
                fault = self.without_root(each["fault"])
                await asyncio.to_thread(self._index.put_lost, run, each["audit"], fault)
                continue
            await asyncio.to_thread(
                put_texts, self._index, run, each["audit"], each["messages"], each["hit_turn"]
            )
        await self._settle({run} if any(each["hit_turn"] is not None for each in documents) else set())
        return True

    async def _renew(self) -> None:
        """Give back the memory that reading took."""
        if self._read >= _WORTH_RENEWING:
            self._read = 0
            await self._reader.renew()

    async def _call(self, name: str, *args: object) -> dict[str, Any]:
        return json.loads(await self._reader.call(name, *args))

    async def _paced(self, name: str, count: int, *args: object, **options: object) -> list[Any]:
        began = time.monotonic()
        answer = json.loads(await self._reader.call(name, *args, **options))
        self._paces[name].learn(count, time.monotonic() - began)
        self._read += count
        return answer

    async def _settle(self, changed: set[str]) -> None:
        """Say that something was read."""
        await self._measure()
        async with self._settled:
            self._settled.notify_all()
        self._tell(changed)

    async def _measure(self) -> None:
        """Bring ``progress`` up to date."""
        texts, done = await asyncio.to_thread(self._index.texts_read)
        known = await asyncio.to_thread(self._index.faults)
        self.lost = await asyncio.to_thread(self._index.lost)
        told = [*self._faults.values(), *self._unlisted, *known]
        faults = [*([self._index.fault] if self._index.fault else []), *dict.fromkeys(told)]
        more = [f"and {len(faults) - _MOST_FAULTS} more"] if len(faults) > _MOST_FAULTS else []
        self.progress = Indexing(
            runs_done=sum(key not in self._todo for key in self.found),
            runs=len(self.found),
            texts_done=done or 0,
            texts=texts,
            unreadable=(*faults[:_MOST_FAULTS], *more),
        )


def _lost(audit: FiledAudit, error: UnreadableLog) -> dict[str, Any]:
    """Give what is known of texts that nobody can read."""
    return {
        "audit": audit.key,
        "messages": [],
        "hit_turn": None,
        "fault": f"{audit.path}: audit {audit.id}: {error}",
    }
