"""Words looked for in transcripts without a page: the same index, and the ids that people know."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from petri.errors import UsageError
from petri.transcript.folders import Run
from petri.viewer.library import Library

JsonObject = dict[str, Any]

Told = Callable[[int, int], None]
"""Is told how many transcripts are read for searching, and how many there are."""


@dataclass(frozen=True, slots=True)
class Find:
    """A message in which something was found."""

    run: str
    """The run's id."""
    audit: str
    """The audit's id."""
    label: str
    """The message's."""
    parts: tuple[str, ...]
    """Of its text; every second one is what was looked for."""


@dataclass(frozen=True, slots=True)
class Finds:
    """What a search found."""

    audits: int
    """Audits with a find."""
    messages: int
    best: tuple[Find, ...]
    unreadable: tuple[str, ...]
    """What could not be read, and was not searched."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, and where."""

    query: str
    folder: Path
    """Of runs."""
    runs: tuple[Run, ...] = ()
    """Those of them that are searched; all, where none is named."""
    limit: int = 20
    """At most so many finds, the best first."""


async def search_texts(search: Search, cache: Path, told: Told) -> Finds:
    """Give where words stand in transcripts; first reads what the index in the folder ``cache`` does not have yet.

    Raises ``UsageError`` for words that cannot be looked for, and for a run that is not among those in the folder.
    """
    async with _opened(Library(search.folder, cache=cache)) as library:
        unreadable = await _indexed(library, told)
        listed: list[JsonObject] = json.loads(await library.runs())["runs"]
        ids = {str(row["key"]): str(row["id"]) for row in listed}
        keys = [key for run in search.runs for key in _keys(library, run)]
        answer = json.loads(await library.search(search.query, keys, search.limit))
        if answer["fault"] is not None:
            raise UsageError(f"{search.query!r}: {answer['fault']}")
        found = sorted({str(snippet["run"]) for snippet in answer["snippets"]})
        rows: list[JsonObject] = json.loads(await library.audits(found))["audits"] if found else []
        names = {(str(row["run"]), str(row["key"])): str(row["id"]) for row in rows}
        best = (
            Find(
                ids[one["run"]],
                names[one["run"], one["audit"]],
                str(one["label"]),
                tuple(map(str, one["parts"])),
            )
            for one in answer["snippets"]
        )
        counts = [int(number) for _, _, number in answer["audits"]]
        return Finds(len(counts), sum(counts), tuple(best), unreadable)


def _keys(library: Library, run: Run) -> list[str]:
    keys = library.keys_of(run)
    if not keys:
        raise UsageError(f"{run.id} cannot be searched on its own; name its run, or the folder that holds it")
    return keys


@asynccontextmanager
async def _opened(library: Library) -> AsyncGenerator[Library]:
    await library.start()
    try:
        await library.ready()
        yield library
    finally:
        await library.close()


async def _indexed(library: Library, told: Told) -> tuple[str, ...]:
    """Wait until all texts can be searched; give what could not be read."""
    async with aclosing(library.changes()) as changes:
        async for change in changes:
            now = json.loads(change)["indexing"]
            told(now["texts_done"], now["texts"])
            await library.ready()  # raises where nothing is read any more
            if (now["runs_done"], now["texts_done"]) == (now["runs"], now["texts"]):
                return tuple(map(str, now["unreadable"]))
    return ()
