"""Runs as one page that holds them: what it shows of each, by the routes by which a server would be asked for it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from petri import __version__
from petri.analysis.report_schema import Report
from petri.viewer.cleaned_view import clean_view
from petri.viewer.cleaning import Cleaner, Mode
from petri.viewer.embedding import Routes
from petri.viewer.reporting import clean_report_view, view_of
from petri.viewer.sharing import JsonObject, SharedRun, Shelf

_COMPARISONS: Final = 24
"""At most so many of each run, in both directions: they are as many as there are pairs."""

Side = tuple[Shelf, str | None]
"""A run or a set of verdicts, and which target of it; None for all."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The report that a page opens with."""

    report: Report
    folder: Path
    """Of the run, or of the set of verdicts, that it is of."""


class SharedPage:
    """Writes the page's data."""

    def __init__(self, routes: Routes, cleaner: Cleaner, opening: Opening | None = None) -> None:
        """Write to these routes; the page opens with the runs, or else with a report."""
        self._routes = routes
        self.cleaner = cleaner
        self._opening = opening
        self._opens: str | None = None
        self._runs: list[SharedRun] = []
        self._compared: list[Side] = []
        self._left_out: set[str] = set()

    async def begin(self, run: SharedRun) -> None:
        """Write the run and its sets of verdicts: their numbers and their comparisons."""
        self._runs.append(run)
        for shelf in run.shelves:
            self._add(f"/api/runs/{shelf.key}", json.loads(await run.library.run(shelf.key)), "ours")
        if run.whole:
            await self._compare(run)
            for shelf in run.shelves:
                await self._tell(run, shelf)
        else:
            self._left_out |= {"comparisons", "reports"}

    async def audit(self, run: SharedRun, audit: str) -> None:
        """Write an audit, as the run has it and as each set of verdicts has it."""
        views = [(shelf, await run.view(audit, shelf)) for shelf in run.shelves]
        found = [(shelf.key, view) for shelf, view in views if view is not None]
        readings = [json.loads(await run.library.reading(key, view["key"])) for key, view in found]
        for shelf, view in views:
            if view is not None:
                shelf.learn(view)
        for (key, view), reading in zip(found, readings, strict=True):
            text: JsonObject = self.cleaner.data(json.loads(reading["text"]), "said")
            route = f"/api/transcripts/{key}/{view['key']}"
            self._write(route, clean_view(view, self.cleaner))
            self._write(f"{route}/reading", {"text": json.dumps(text, ensure_ascii=False)})
            for of in run.shelves:
                self._routes.alias(f"{route}/reading?set={of.key}", f"{route}/reading")

    async def end(self, unreadable: int) -> None:
        """Write what there is to say of all runs, and of the page itself; so many audits could not be read."""
        shelves = [shelf for run in self._runs for shelf in run.shelves]
        self._add("/api/runs", {"runs": [shelf.row for shelf in shelves]}, "ours")
        lists = [self._write_lists(run) for run in self._runs]
        if len(self._runs) == 1:
            self._routes.alias("/api/audits", f"/api/audits?run={shelves[0].key}")
        else:
            self._write("/api/audits", _joined(lists))
        about = {
            "petri": __version__,
            "mode": "export" if self._opens is None else "report",
            "title": self.cleaner.ours(", ".join(run.id for run in self._runs)),
            "indexing": None,
            "note": " ".join(self._note(unreadable)),
            "report": self._opens,
        }
        self._write("/api/about", about)

    def _write_lists(self, run: SharedRun) -> JsonObject:
        """Write the lists of a run and of its sets of verdicts, and give the run's own."""
        lists = [self.cleaner.data(shelf.listed) for shelf in run.shelves]
        for shelf, listed in zip(run.shelves, lists, strict=True):
            self._write(f"/api/audits?run={shelf.key}", listed)
        return lists[0]

    async def _compare(self, run: SharedRun) -> None:
        """Write the comparisons of the run's own parts, and with what is there already."""
        mine: list[Side] = [(shelf, None) for shelf in run.shelves]
        # A report compares all with its baseline: those come first where not all comparisons have room.
        baseline = None if self._opening is None else self._opening.report.baseline
        known = {str(row["target"]) for row in run.shelves[0].listed["audits"]}
        targets = sorted(known, key=lambda target: (target != baseline, target))
        distinct = len({*map(self.cleaner.ours, targets)}) == len(targets) > 1
        own: list[Side] = [(run.shelves[0], target) for target in targets] if distinct else []
        new = permutations([*self._compared, *mine], 2)
        pairs = [*permutations(own, 2), *(pair for pair in new if pair[0] in mine or pair[1] in mine)]
        self._compared += mine
        if len(pairs) > _COMPARISONS:
            self._left_out.add("some comparisons")
        for left, right in pairs[:_COMPARISONS]:
            (one, one_target), (two, two_target) = left, right
            if one.filed is not None and two.filed is not None:
                args = (one.filed, two.filed, one_target, two_target)
                found = json.loads(await run.library.reader.call("reading.comparison", *args))
                self._add(self._comparison_route(left, right), found)

    async def _tell(self, run: SharedRun, shelf: Shelf) -> None:
        """Write the report of a run or set of verdicts: the one that was given, or else as it is made."""
        if self._opening is not None and shelf.lies_in(self._opening.folder):
            self._opens = shelf.key
            view: JsonObject = json.loads(view_of(shelf.key, self._opening.report).model_dump_json())
        else:
            view = json.loads(await run.library.report(shelf.key))
        self._write(f"/api/runs/{shelf.key}/report", clean_report_view(view, self.cleaner))

    def _comparison_route(self, left: Side, right: Side) -> str:
        """Give the route as the page spells it, which knows targets by what is left of their names."""
        sides = {"left": left[0].key, "right": right[0].key}
        targets = {"left_target": left[1], "right_target": right[1]}
        given = sides | {name: self.cleaner.ours(target) for name, target in targets.items() if target}
        return f"/api/compare?{'&'.join(f'{name}={_encoded(value)}' for name, value in given.items())}"

    def _note(self, unreadable: int) -> Iterator[str]:
        given, recorded = (
            sum(len(run.audits) for run in self._runs),
            sum(run.recorded for run in self._runs),
        )
        if given < recorded:
            yield f"This file holds {given} of {recorded} audits; the numbers of the run are those of all."
        if unreadable:
            yield f"Audits that could not be read, and are not in it: {unreadable}."
        missing = ", ".join(["stored records", "search", *sorted(self._left_out)])
        yield f"Left out: {missing}."
        removed = self.cleaner.removed
        yield f"Secrets were removed in {removed} place{'' if removed == 1 else 's'}."

    def _add(self, route: str, data: JsonObject, mode: Mode = "open") -> None:
        self._write(route, self.cleaner.data(data, mode))

    def _write(self, route: str, data: JsonObject) -> None:
        self._routes.add(route, json.dumps(data, ensure_ascii=False, allow_nan=False).encode())


def _encoded(text: str) -> str:
    """Give a text as ``encodeURIComponent`` spells it."""
    return quote(text, safe="!'()*-._~")


def _joined(lists: Sequence[JsonObject]) -> JsonObject:
    """Give several lists of audits as one, each row's positions those of the common columns."""
    columns: dict[str, JsonObject] = {}
    for column in (column for listed in lists for column in listed["dimensions"]):
        known = columns.setdefault(_meaning(column), column)
        if known["threshold"] != column["threshold"]:
            columns[_meaning(column)] = known | {"threshold": None}
    places = {meaning: place for place, meaning in enumerate(columns)}
    return {
        "dimensions": [*columns.values()],
        "audits": [
            _placed(row, [places[_meaning(column)] for column in listed["dimensions"]], len(columns))
            for listed in lists
            for row in listed["audits"]
        ],
    }


def _meaning(column: JsonObject) -> str:
    return json.dumps([column["name"], column["scale"]], sort_keys=True)


def _placed(row: JsonObject, places: Sequence[int], columns: int) -> JsonObject:
    scores: list[Any] = [None] * columns
    for place, score in zip(places, row["scores"], strict=True):
        scores[place] = score
    worst = None if row["worst"] is None else places[int(row["worst"])]
    return row | {"scores": scores, "worst": worst, "hits": [places[hit] for hit in row["hits"]]}
