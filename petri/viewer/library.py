"""What is served, as the server asks for it: ready JSON, made by the reader or taken from the index."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict
from pathlib import Path

from petri.errors import UnknownKey, UnreadableLog
from petri.transcript.folders import Run
from petri.viewer.changes import Changes
from petri.viewer.filed import FiledAudit, FiledRun, Neighbours
from petri.viewer.index import Index
from petri.viewer.indexing import Indexer
from petri.viewer.listing import audit_list, run_detail, run_rows
from petri.viewer.reader import Reader
from petri.viewer.search import find, parse, snippets

MOST_SNIPPETS = 200


class Library:
    """The runs below a folder, or one run or log; light, so that the server is up at once.

    Every method gives JSON of the model that is named, as bytes. Raises ``UnknownKey`` for a key that is not served,
    ``UnreadableLog`` for a log that cannot be read (its message has no path but below what is served).
    """

    def __init__(
        self,
        root: Path,
        log: Path | None = None,
        *,
        cache: Path | None = None,
        reader: Reader | None = None,
        searched: bool = True,
    ) -> None:
        """Serve a folder (of runs, or a run's own), or one ``log`` in it; indexes are kept in the folder ``cache``.

        Without ``cache`` the index is in memory, and gone with the process. A ``reader`` that is given is running, and
        stays when the library is closed. A library that is not ``searched`` reads no texts, and its lists do not know
        the turns of hits.
        """
        self.root = root.absolute()
        self._own_reader = reader is None
        self.reader = reader or Reader()
        """Runs heavy functions elsewhere: ``await library.reader.call("annotating.item", ...)``."""
        name = None if log is None else log.name
        self._index = Index(self.root if name is None else self.root / name, cache)
        self._changes = Changes(self.look, lambda: self._indexer.progress, self._ended)
        self._indexer = Indexer(
            (self.root, name), self._index, self.reader, self._changes.tell, searched=searched
        )
        self._working: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the reader and look what there is; returns before anything was read."""
        if self._own_reader:
            self.reader.start()
        await self._indexer.look()
        self._working = asyncio.create_task(self._indexer.work())
        self._working.add_done_callback(self._ended)

    async def close(self) -> None:
        """Stop the reader and close the index."""
        if self._working is not None:
            self._working.cancel()
            await asyncio.wait([self._working])  # what ended it before was told
        await self._changes.close()
        if self._own_reader:
            await self.reader.close()
        self._index.close()

    async def look(self) -> None:
        """Look whether anything has changed on disk; what has is read in the background."""
        await self._indexer.look()

    async def ready(self) -> None:
        """Return when all runs and audits are listed; texts may still be read for searching."""
        await self._indexer.listed()

    def indexing(self) -> bytes:
        """Give ``Indexing``: how far the server is."""
        return self._indexer.progress.model_dump_json().encode()

    async def runs(self) -> bytes:
        """Give ``RunList``."""
        known = await asyncio.to_thread(self._index.runs)
        return json.dumps({"runs": run_rows(self._indexer.found, known)}).encode()

    async def run(self, run: str) -> bytes:
        """Give ``RunDetail``."""
        self._indexer.filed(run)
        await self._indexer.listed(run)
        known = await asyncio.to_thread(self._index.runs)
        row = next(row for row in run_rows(self._indexer.found, known) if row["key"] == run)
        return (await asyncio.to_thread(run_detail, row, self._index)).encode()

    async def audits(self, runs: Sequence[str] = ()) -> bytes:
        """Give ``AuditList`` of these runs; without any, of all that are no sets of verdicts.

        Named runs that were not read yet are read first; of all, those that were.
        """
        for run in runs:
            self._indexer.filed(run)
            await self._indexer.listed(run)
        chosen = [*dict.fromkeys(runs)] or [
            row["key"] for row in json.loads(await self.runs())["runs"] if row["of"] is None
        ]
        return (await asyncio.to_thread(audit_list, chosen, self._index)).encode()

    async def transcript(self, run: str, audit: str) -> bytes:
        """Give ``TranscriptView``."""
        filed = await self.place(run, audit)
        before, after = await asyncio.to_thread(self._index.neighbours, run, audit)
        beside = Neighbours(*(None if key is None else (run, key) for key in (before, after)))
        judged = await asyncio.to_thread(self._judged, filed)
        return await self._read("reading.transcript", filed, judged, beside)

    async def reading(self, run: str, audit: str, judged: str | None = None) -> bytes:
        """Give ``JudgeReading``, as judges of the run, or of the set of verdicts with the key ``judged``, had it."""
        return await self._read("reading.judge_reading", await self.place(judged or run, audit))

    async def raw(self, run: str, audit: str) -> bytes:
        """Give ``RawTranscript``."""
        return await self._read("reading.raw", await self.place(run, audit))

    async def search(self, query: str, runs: Sequence[str] = (), limit: int = 50) -> bytes:
        """Give ``SearchAnswer`` with at most so many snippets; without ``runs``, over all.

        Of a set of verdicts, the texts of the run that it is about are searched.
        """
        progress = self._indexer.progress
        answer: dict[str, object] = {
            "query": query,
            "audits": [],
            "snippets": [],
            "complete": progress.texts_done == progress.texts
            and progress.runs_done == progress.runs
            and not self._indexer.lost,
            "fault": None,
        }
        parsed = parse(query)
        if isinstance(parsed, str):
            return json.dumps(answer | {"fault": parsed}).encode()
        owners = {self._owner(run).key: run for run in runs}
        found = await asyncio.to_thread(find, self._index, parsed, owners)
        hits = await asyncio.to_thread(snippets, self._index, parsed, found, min(limit, MOST_SNIPPETS))
        answer["audits"] = [(owners.get(run, run), audit, count) for _, run, audit, count in found]
        answer["snippets"] = [asdict(hit) | {"run": owners.get(hit.run, hit.run)} for hit in hits]
        return json.dumps(answer).encode()

    async def recorded(self, run: str) -> frozenset[str]:
        """Give the keys of the audits of a run that a log holds which is there."""
        self._indexer.filed(run)
        await self._indexer.listed(run)
        return await asyncio.to_thread(self._index.recorded, run)

    def keys_of(self, run: Run) -> list[str]:
        """Give the keys of a run, of a log, or of the logs in a folder that are runs of their own."""
        folder = run.folder.resolve()
        among = [one.filed for one in self._indexer.found.values() if one.filed.folder.resolve() == folder]
        return [
            filed.key
            for filed in among
            if run.log is None or [log.name for log in filed.run.logs()] == [run.log.name]
        ]

    async def compare(
        self, left: str, right: str, left_target: str | None = None, right_target: str | None = None
    ) -> bytes:
        """Give ``ComparisonView`` of two runs or sets of verdicts, or of one target of each."""
        sides = [self._indexer.filed(key) for key in (left, right)]
        return await self._read("reading.comparison", *sides, left_target, right_target)

    async def report(self, run: str) -> bytes:
        """Give ``ReportView``."""
        return await self._read("reading.report", self._indexer.filed(run))

    def changes(self) -> AsyncGenerator[bytes]:
        """Yield a ``Change`` at once, and then whenever something changes on disk or in the index."""
        return self._changes.listen()

    async def place(self, run: str, audit: str) -> FiledAudit:
        """Give where an audit is recorded, for functions of the reader."""
        filed = self._indexer.filed(run)
        await self._indexer.listed(run)
        found = await asyncio.to_thread(self._index.audit, filed, audit)
        if found is None:
            raise UnknownKey(f"run {run} has recorded no audit with the key {audit[:40]!r}")
        return found

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._indexer.ended(task)

    def _judged(self, filed: FiledAudit) -> list[FiledAudit]:
        """Give the records of an audit in the sets of verdicts on its run, and of one in a set, in its run."""
        run = self._owner(filed.run.key)
        sets = [one.filed for one in self._indexer.found.values() if one.of == run.folder]
        others = [other for other in (run, *sets) if other.key != filed.run.key]
        found = (self._index.audit(other, filed.key) for other in others)
        return [each for each in found if each is not None]

    def _owner(self, run: str) -> FiledRun:
        """Give the run that holds the transcripts: of a set of verdicts, the one that it is about."""
        of = self._indexer.found[self._indexer.filed(run).key].of
        about = [one.filed for one in self._indexer.found.values() if one.filed.folder == of]
        return about[0] if about else self._indexer.filed(run)

    async def _read(self, name: str, *args: object) -> bytes:
        try:
            return await self.reader.call(name, *args)
        except UnreadableLog as error:
            raise type(error)(self._indexer.without_root(str(error))) from error
