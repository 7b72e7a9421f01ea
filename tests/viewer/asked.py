"""A library, asked as the server asks it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any, TypeVar

from petri.viewer.library import Library
from petri.viewer.reader import Reader, answer
from petri.viewer.wire import AuditList, ComparisonView, RunDetail, RunList, SearchAnswer
from petri.viewer.wire_report import ReportView
from petri.viewer.wire_server import Change, Indexing
from petri.viewer.wire_transcript import JudgeReading, RawTranscript, TranscriptView

T = TypeVar("T")

PATIENCE = 60.0


class ReaderHere(Reader):
    """Reads in this process: starting another takes longer than what is tried, and hides it from coverage."""

    async def call(self, name: str, *args: object, **options: object) -> bytes:
        return await asyncio.to_thread(answer, name, args, options)

    async def renew(self) -> None:
        await asyncio.sleep(0)


class Asking:
    """Opens libraries for tests, which read in this process or in one of their own."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.reader = ReaderHere()

    def __call__(
        self,
        root: Path,
        ask: Callable[["Answers"], Awaitable[T]],
        log: Path | None = None,
        cache: Path | None = None,
        *,
        apart: bool = False,
    ) -> T:
        """Open a library, with a reader of its own where it is ``apart``; ask it once all is listed, and close it."""

        async def session() -> T:
            library = Library(root, log, cache=cache, reader=None if apart else self.reader)
            await library.start()
            try:
                await library.ready()
                return await ask(Answers(library))
            finally:
                await library.close()

        return self.runner.run(session())


class Answers:
    """What a library answers, read as the page reads it: what is not as ``wire.py`` says fails."""

    def __init__(self, library: Library) -> None:
        self.library = library

    async def runs(self) -> RunList:
        return RunList.model_validate_json(await self.library.runs())

    async def run(self, key: str) -> RunDetail:
        return RunDetail.model_validate_json(await self.library.run(key))

    async def audits(self, *keys: str) -> AuditList:
        return AuditList.model_validate_json(await self.library.audits(keys))

    async def transcript(self, run: str, audit: str) -> TranscriptView:
        return TranscriptView.model_validate_json(await self.library.transcript(run, audit))

    async def reading(self, run: str, audit: str, judged: str | None = None) -> dict[str, Any]:
        found = JudgeReading.model_validate_json(await self.library.reading(run, audit, judged))
        return json.loads(found.text)

    async def raw(self, run: str, audit: str) -> dict[str, Any]:
        return json.loads(RawTranscript.model_validate_json(await self.library.raw(run, audit)).text)

    async def search(self, query: str, *runs: str, limit: int = 50) -> SearchAnswer:
        return SearchAnswer.model_validate_json(await self.library.search(query, runs, limit))

    async def compare(self, left: str, right: str, *targets: str | None) -> ComparisonView:
        return ComparisonView.model_validate_json(await self.library.compare(left, right, *targets))

    async def report(self, key: str) -> ReportView:
        return ReportView.model_validate_json(await self.library.report(key))

    def indexing(self) -> Indexing:
        return Indexing.model_validate_json(self.library.indexing())

    async def until(self, holds: Callable[[Indexing], bool]) -> Indexing:
        """Wait until the index is as far as wanted."""
        async with asyncio.timeout(PATIENCE), aclosing(self.library.changes()) as changes:
            async for change in changes:
                now = Change.model_validate_json(change).indexing
                if holds(now):
                    return now
        raise AssertionError("the changes came to an end")

    async def texts(self) -> Indexing:
        """Wait until all texts can be searched."""
        return await self.until(lambda now: now.texts > 0 and now.texts_done == now.texts)
