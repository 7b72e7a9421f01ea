"""What of a run is given away: which of its audits, one after the other. Whoever writes them cleans them."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Self

from petri.errors import NothingToRun, RunNotFound, UnreadableLog, UsageError
from petri.transcript.folders import Run
from petri.viewer.filed import FiledRun
from petri.viewer.library import Library

JsonObject = dict[str, Any]

_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which audits are given away; all, where nothing is said."""

    audits: tuple[str, ...] = ()
    """Ids, or unmistakable parts of them."""
    limit: int | None = None
    """At most so many of each run, in the order planned."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A run, or a set of verdicts on it, and what of its list is given away."""

    filed: FiledRun
    row: JsonObject
    """Its ``RunRow``."""
    listed: JsonObject
    """Its ``AuditList``."""

    positions: Mapping[str, int]
    """Where the list has each audit of which anything is recorded, by id."""

    @classmethod
    def of(cls, filed: FiledRun, row: JsonObject, listed: JsonObject) -> Self:
        """Make a shelf of what the library says."""
        rows = enumerate(listed["audits"])
        return cls(filed, row, listed, {str(one["id"]): at for at, one in rows if one["state"] != "pending"})

    def beside(self, position: int, step: int) -> list[str] | None:
        """Give run and key of the recorded audit before or after a place in the list."""
        rows = self.listed["audits"]
        at = position + step
        while 0 <= at < len(rows):
            if rows[at]["state"] != "pending":
                return [self.filed.key, str(rows[at]["key"])]
            at += step
        return None


@dataclass(frozen=True, slots=True)
class SharedRun:
    """A run that is given away, opened; all of it as it was read."""

    library: Library
    shelves: tuple[Shelf, ...]
    """The run itself first, then its sets of verdicts."""
    audits: tuple[str, ...]
    """The ids of what is given away, in the order planned."""
    recorded: int
    """How many could be."""

    @property
    def id(self) -> str:
        """The run's id."""
        return self.shelves[0].filed.id

    @property
    def whole(self) -> bool:
        """Whether all is given away of which anything is recorded."""
        return len(self.audits) == self.recorded

    async def view(self, audit: str, shelf: Shelf | None = None) -> JsonObject | None:
        """Give the ``TranscriptView`` of an audit, as the run or a set of verdicts has it; None where it has none.

        Its neighbours are among those that are given away too. Raises ``UnreadableLog`` where it is damaged.
        """
        shelf = shelf or self.shelves[0]
        position = shelf.positions.get(audit)
        if position is None:
            return None
        key = shelf.listed["audits"][position]["key"]
        view: JsonObject = json.loads(await self.library.transcript(shelf.filed.key, key))
        return view | {"previous": shelf.beside(position, -1), "following": shelf.beside(position, 1)}

    async def record(self, audit: str) -> JsonObject:
        """Give the stored record of an audit, a ``petri-transcript/1``; raises as ``view`` does."""
        answer = json.loads(await self.library.raw(self.shelves[0].filed.key, self.key(audit)))
        record: JsonObject = json.loads(answer["text"])
        return record

    def key(self, audit: str) -> str:
        """Give the key of an audit that is given away."""
        first = self.shelves[0]
        return str(first.listed["audits"][first.positions[audit]]["key"])


@asynccontextmanager
async def shared_run(run: Run, wanted: Wanted) -> AsyncGenerator[SharedRun]:
    """Open a run to give it away.

    Raises ``UsageError`` for a set of verdicts, ``RunNotFound`` for an audit that is not clear, ``NothingToRun`` where
    nothing is recorded.
    """
    if "/" in run.id:
        raise UsageError(
            f"{run.id} is a set of verdicts; export its run, which holds them: {run.id.partition('/')[0]}"
        )
    library = Library(run.folder, run.log)
    await library.start()
    try:
        await library.ready()
        yield await _opened(run, library, wanted)
    finally:
        await library.close()


async def _opened(run: Run, library: Library, wanted: Wanted) -> SharedRun:
    rows: list[JsonObject] = json.loads(await library.runs())["runs"]
    (row,) = [one for one in rows if one["of"] is None]
    if row["status"] == "unreadable":
        raise UnreadableLog(f"{run.id}: {row['error']}")
    listed: JsonObject = json.loads(await library.audits([row["key"]]))
    recorded = [str(one["id"]) for one in listed["audits"] if one["state"] != "pending"]
    chosen = _chosen(run.id, recorded, wanted)
    whole = len(chosen) == len(recorded)
    shelves = [Shelf.of(_filed(run, row), row, listed if whole else _narrowed(listed, chosen))]
    folders = {one.id: one for one in run.verdict_sets()}
    for one in rows:
        if one["of"] == row["key"] and one["status"] != "unreadable":
            its = json.loads(await library.audits([one["key"]]))
            filed = _filed(folders[one["id"]], one)
            shelves.append(Shelf.of(filed, one, its if whole else _narrowed(its, chosen)))
    return SharedRun(library, tuple(shelves), chosen, len(recorded))


def _filed(run: Run, row: Mapping[str, Any]) -> FiledRun:
    return FiledRun(str(row["key"]), str(row["id"]), run.folder, run.log and run.log.name)


def _narrowed(listed: JsonObject, chosen: Sequence[str]) -> JsonObject:
    kept = frozenset(chosen)
    return listed | {"audits": [one for one in listed["audits"] if one["id"] in kept]}


def _chosen(run: str, recorded: Sequence[str], wanted: Wanted) -> tuple[str, ...]:
    chosen = {_found(run, name, recorded) for name in wanted.audits} if wanted.audits else {*recorded}
    if not chosen:
        raise NothingToRun(f"{run}: nothing is recorded of any of its audits")
    return tuple(id_ for id_ in recorded if id_ in chosen)[: wanted.limit]


def _found(run: str, name: str, recorded: Sequence[str]) -> str:
    fitting = [name] if name in recorded else [id_ for id_ in recorded if name in id_]
    if len(fitting) == 1:
        return fitting[0]
    problem = f"{name!r} fits {len(fitting)} audits" if fitting else f"no audit {name!r} is recorded"
    raise RunNotFound(f"{problem} in {run}: {', '.join((fitting or recorded)[:_SHOWN])}")
