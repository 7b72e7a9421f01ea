"""What of a run is given away: which of its audits, one after the other. Whoever writes them cleans them."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from petri.errors import RunNotFound, UnreadableLog, UsageError
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

    row: JsonObject
    """Its ``RunRow``."""
    listed: JsonObject
    """Its ``AuditList``."""

    positions: Mapping[str, int]
    """Where the list has each audit of which anything is recorded, by id."""
    held: frozenset[str]
    """The keys of those that a log holds which is there."""

    filed: FiledRun | None
    """Where it lies; None where nothing of it is there."""

    @classmethod
    async def of(cls, library: Library, row: JsonObject, listed: JsonObject) -> Self:
        """Make a shelf of what the library says."""
        recorded = [(at, one) for at, one in enumerate(listed["audits"]) if one["state"] != "pending"]
        held = await library.recorded(row["key"])
        first = next((one["key"] for _, one in recorded if one["key"] in held), None)
        filed = None if first is None else (await library.place(row["key"], first)).run
        return cls(row, listed, {str(one["id"]): at for at, one in recorded}, held, filed)

    @property
    def key(self) -> str:
        """Its key."""
        return str(self.row["key"])

    def learn(self, view: JsonObject) -> None:
        """Put into the list at which turn the first hit of an audit was said, from its ``TranscriptView``."""
        row = self.listed["audits"][self.positions[view["id"]]]
        hits: list[int] = row["hits"] if row["state"] == "valid" else []
        names = [str(self.listed["dimensions"][at]["name"]) for at in hits]
        said: list[JsonObject] = [
            each["audit"]["scores"] for each in view["verdicts"] if each["key"] == self.key
        ]
        quoted = [cited for scores in said for name in names for cited in _citations(scores, name)]
        turns: dict[str, int] = {message["label"]: message["turn"] for message in view["messages"]}
        own = [str(each["message"]) for each in quoted if each["by_target"] and each["match"] != "none"]
        row["hit_turn"] = min((turns[label] for label in own if label in turns), default=None)

    def lies_in(self, folder: Path) -> bool:
        """Say whether it is that folder's."""
        return self.filed is not None and self.filed.folder.resolve() == folder.resolve()

    def beside(self, position: int, step: int, among: frozenset[str]) -> list[str] | None:
        """Give run and key of the recorded audit before or after a place in the list that is ``among`` these."""
        rows = self.listed["audits"]
        at = position + step
        while 0 <= at < len(rows):
            if rows[at]["key"] in self.held & among:
                return [self.key, str(rows[at]["key"])]
            at += step
        return None


def _citations(scores: JsonObject, name: str) -> list[JsonObject]:
    return scores[name]["citations"]


@dataclass(frozen=True, slots=True)
class SharedRun:
    """A run that is given away, opened; all of it as it was read."""

    library: Library
    shelves: tuple[Shelf, ...]
    """The run itself first, then its sets of verdicts."""
    audits: tuple[str, ...]
    """The ids of what is given away, in the order planned."""
    named: frozenset[str]
    """Which of the names that were wanted are one of its audits."""
    recorded: int
    """How many audits could be given away."""

    @property
    def id(self) -> str:
        """The run's id."""
        return str(self.shelves[0].row["id"])

    @property
    def whole(self) -> bool:
        """Whether all is given away of which anything is recorded."""
        return len(self.audits) == self.recorded

    async def view(self, audit: str, shelf: Shelf | None = None) -> JsonObject | None:
        """Give the ``TranscriptView`` of an audit, as the run or a set of verdicts has it; None where it has none.

        Its neighbours are among those that are given away too. Raises ``UnreadableLog`` where it is damaged, or its log
        is gone.
        """
        shelf = shelf or self.shelves[0]
        position = shelf.positions.get(audit)
        if position is None:
            return None
        key = shelf.listed["audits"][position]["key"]
        if key not in shelf.held:
            if shelf is self.shelves[0]:
                raise UnreadableLog(f"{audit}: its log is not there")
            return None
        view: JsonObject = json.loads(await self.library.transcript(shelf.key, key))
        given = self.shelves[0].held
        return view | {
            "previous": shelf.beside(position, -1, given),
            "following": shelf.beside(position, 1, given),
        }

    async def record(self, audit: str) -> JsonObject:
        """Give the stored record of an audit, a ``petri-transcript/1``; raises as ``view`` does."""
        answer = json.loads(await self.library.raw(self.shelves[0].key, self.key(audit)))
        record: JsonObject = json.loads(answer["text"])
        return record

    def key(self, audit: str) -> str:
        """Give the key of an audit that is given away."""
        first = self.shelves[0]
        return str(first.listed["audits"][first.positions[audit]]["key"])


@asynccontextmanager
async def shared_runs(run: Run, wanted: Wanted) -> AsyncGenerator[tuple[SharedRun, ...]]:
    """Open a run, or the runs in a folder, to give them away; those that hold nothing of what is wanted are left out.

    Raises ``UsageError`` for a set of verdicts, ``UnreadableLog`` for a run that is damaged, ``RunNotFound`` for an
    audit that fits several.
    """
    if "/" in run.id:
        raise UsageError(
            f"{run.id} is a set of verdicts; export its run, which holds them: {run.id.partition('/')[0]}"
        )
    library = Library(run.folder, run.log, searched=False)
    await library.start()
    try:
        await library.ready()
        rows: list[JsonObject] = json.loads(await library.runs())["runs"]
        opened = [await _opened(library, row, rows, wanted) for row in rows if row["of"] is None]
        yield tuple(one for one in opened if one.audits)
    finally:
        await library.close()


async def _opened(library: Library, row: JsonObject, rows: Sequence[JsonObject], wanted: Wanted) -> SharedRun:
    if row["status"] == "unreadable":
        raise UnreadableLog(f"{row['id']}: {row['error']}")
    first: JsonObject = json.loads(await library.audits([row["key"]]))
    recorded = [str(one["id"]) for one in first["audits"] if one["state"] != "pending"]
    named = {name: found for name in wanted.audits if (found := _found(str(row["id"]), name, recorded))}
    ids = {*named.values()} if wanted.audits else {*recorded}
    chosen = tuple(id_ for id_ in recorded if id_ in ids)[: wanted.limit]
    shelves: list[Shelf] = []
    for one in (row, *(one for one in rows if one["of"] == row["key"] and one["status"] != "unreadable")):
        listed: JsonObject = json.loads(await library.audits([one["key"]]))
        kept = listed if len(chosen) == len(recorded) else _narrowed(listed, chosen)
        shelves.append(await Shelf.of(library, one, kept))
    return SharedRun(library, tuple(shelves), chosen, frozenset(named), len(recorded))


def _narrowed(listed: JsonObject, chosen: Sequence[str]) -> JsonObject:
    kept = frozenset(chosen)
    return listed | {"audits": [one for one in listed["audits"] if one["id"] in kept]}


def _found(run: str, name: str, recorded: Sequence[str]) -> str | None:
    fitting = [name] if name in recorded else [id_ for id_ in recorded if name in id_]
    if len(fitting) > 1:
        raise RunNotFound(f"{name!r} fits {len(fitting)} audits in {run}: {', '.join(fitting[:_SHOWN])}")
    return fitting[0] if fitting else None
