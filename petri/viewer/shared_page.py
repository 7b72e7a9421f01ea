"""Runs as one page that holds them: what it shows of each, by the routes by which a server would be asked for it."""

import json
from collections.abc import Iterator
from itertools import permutations
from typing import Final
from urllib.parse import quote

from petri import __version__
from petri.errors import UnreadableLog
from petri.viewer.cleaned_view import clean_view
from petri.viewer.cleaning import Cleaner, Mode
from petri.viewer.embedding import Routes
from petri.viewer.sharing import JsonObject, SharedRun, Shelf

_COMPARISONS: Final = 24
"""At most so many, each in both directions: they are as many as there are pairs."""

Side = tuple[Shelf, str | None]
"""A run or a set of verdicts, and which target of it; None for all."""


class SharedPage:
    """Writes the page's data."""

    def __init__(self, routes: Routes, cleaner: Cleaner) -> None:
        """Write to these routes."""
        self._routes = routes
        self.cleaner = cleaner
        self._runs: list[SharedRun] = []
        self._lists: list[JsonObject] = []
        self._compared: list[Side] = []
        self._left_out: set[str] = set()

    async def begin(self, run: SharedRun) -> None:
        """Write the run and its sets of verdicts: their numbers, their lists, their comparisons."""
        self._runs.append(run)
        for shelf in run.shelves:
            key = shelf.filed.key
            self._add(f"/api/runs/{key}", json.loads(await run.library.run(key)), "ours")
            self._add(f"/api/audits?run={key}", shelf.list)
        self._lists.append(self.cleaner.data(run.shelves[0].list))
        if run.whole:
            await self._compare(run)
        else:
            self._left_out.add("comparisons")

    async def audit(self, run: SharedRun, audit: str) -> None:
        """Write an audit, as the run has it and as each set of verdicts has it."""
        for shelf in run.shelves:
            view = await run.view(audit, shelf)
            if view is not None:
                key = shelf.filed.key
                reading = json.loads(await run.library.reading(key, view["key"]))
                route = f"/api/transcripts/{key}/{view['key']}"
                self._add(route, clean_view(view, self.cleaner))
                self._add(f"{route}/reading", reading)
                for of in run.shelves:
                    self._routes.alias(f"{route}/reading?set={of.filed.key}", f"{route}/reading")

    async def end(self) -> None:
        """Write what there is to say of all runs, and of the page itself."""
        shelves = [shelf for run in self._runs for shelf in run.shelves]
        self._add("/api/runs", {"runs": [shelf.row for shelf in shelves]}, "ours")
        self._write("/api/audits", _joined(self._lists))
        about = {
            "petri": __version__,
            "mode": "export",
            "title": self.cleaner.ours(", ".join(run.id for run in self._runs)),
            "indexing": None,
            "note": " ".join(self._note()),
        }
        self._write("/api/about", about)

    async def _compare(self, run: SharedRun) -> None:
        """Write the comparisons of a run with what is there already, and of its own parts."""
        before, mine = self._compared, [(shelf, None) for shelf in run.shelves]
        self._compared = [*before, *mine]
        targets = sorted({str(row["target"]) for row in run.shelves[0].list["audits"]})
        own = [(run.shelves[0], target) for target in targets] if len(targets) > 1 else []
        pairs = [pair for pair in permutations(self._compared, 2) if pair[0] in mine or pair[1] in mine]
        pairs += permutations(own, 2)
        if len(pairs) > _COMPARISONS:
            self._left_out.add("some comparisons")
        for left, right in pairs[:_COMPARISONS]:
            (one, one_target), (two, two_target) = left, right
            found = await run.library.reader.call(
                "reading.comparison", one.filed, two.filed, one_target, two_target
            )
            self._add(_comparison_route(left, right), json.loads(found))

    def _note(self) -> Iterator[str]:
        given, recorded = (sum(len(run.audits) for run in self._runs), sum(run.recorded for run in self._runs))
        if given < recorded:
            yield f"This file holds {given} of {recorded} audits; the numbers of the run are those of all."
        missing = ", ".join(["stored records", "search", *sorted(self._left_out)])
        yield f"Left out: {missing}."
        removed = self.cleaner.removed
        yield f"Secrets were removed in {removed} place{'' if removed == 1 else 's'}."

    def _add(self, route: str, data: JsonObject, mode: Mode = "open") -> None:
        self._write(route, self.cleaner.data(data, mode))

    def _write(self, route: str, data: JsonObject) -> None:
        self._routes.add(route, json.dumps(data, ensure_ascii=False, allow_nan=False).encode())
