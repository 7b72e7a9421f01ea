"""What a collection of scenarios covers, counted in each direction, and where it is thin for its size."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from petri.document.wording import did_you_mean
from petri.errors import NothingToRun
from petri.library.entry import Entry

NONE: Final = "-"
"""Stands where a scenario does not say."""
FACETS: Final = ("tactic", "domain", "modality", "language", "severity")
EXPECTED: Final = 3
"""Scenarios that a family would have in a cell, were the cells of the whole collection spread evenly over families. At
three, an empty cell is no accident: of a count whose mean is three, one in twenty is zero (Poisson)."""
_THIN: Final = 4
"""A cell is thin with less than a quarter of what would be expected."""
_LEAST_TWINS: Final = 0.5
"""The share of scenarios with a twin, from which a family is not thin in them."""
_ENOUGH: Final = 8
"""Scenarios of a family, from which its twins are looked at."""


@dataclass(frozen=True, slots=True)
class Thin:
    """A cell with fewer scenarios than the size of its family lets expect."""

    family: str
    facet: str
    value: str
    found: int
    expected: float

    def __str__(self) -> str:
        """Give it as a line for people."""
        if self.facet == "twin":
            return f"{self.family}: {self.found} with a twin, where half of them would be {self.expected:.0f}"
        return f"{self.family}: {self.found} with {self.facet} {self.value}, where {self.expected:.0f} would be even"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts over scenarios that are no twins: of each family, and of each family by the value of each facet.

    A scenario with several modalities is counted under each. ``twins`` counts scenarios that have one.
    """

    families: dict[str, int]
    cells: dict[str, dict[str, dict[str, int]]]
    twins: dict[str, int]
    scenarios: int
    """Twins among them."""

    @property
    def originals(self) -> int:
        """Scenarios that are no twins."""
        return sum(self.families.values())

    def values(self, facet: str) -> list[str]:
        """Give the values of a facet, the most frequent first."""
        totals = Counter[str]()
        for counts in self.cells[facet].values():
            totals.update(counts)
        return sorted(totals, key=lambda value: (-totals[value], value))

    def total(self, facet: str, value: str) -> int:
        """Give the scenarios of every family with a value."""
        return sum(counts.get(value, 0) for counts in self.cells[facet].values())

    def thin(self) -> tuple[Thin, ...]:
        """Give the thin cells: of each family, what is rare in it and frequent elsewhere, and twins."""
        return (*self._thin_cells(), *self._thin_twins())

    def _thin_cells(self) -> Iterable[Thin]:
        for facet in FACETS:
            for family, count in self.families.items():
                for value in self.values(facet):
                    others = self.total(facet, value) / self.originals
                    found, expected = self.cells[facet][family].get(value, 0), count * others
                    if value != NONE and expected >= EXPECTED and found * _THIN < expected:
                        yield Thin(family, facet, value, found, expected)

    def _thin_twins(self) -> Iterable[Thin]:
        for family, count in self.families.items():
            if count >= _ENOUGH and self.twins[family] < _LEAST_TWINS * count:
                yield Thin(family, "twin", "yes", self.twins[family], _LEAST_TWINS * count)

    def as_json(self) -> dict[str, Any]:
        """Give it as one object."""
        return {
            "event": "coverage",
            "scenarios": self.scenarios,
            "originals": self.originals,
            "families": {
                family: {"scenarios": count, "with_twin": self.twins[family]}
                | {facet: self.cells[facet][family] for facet in FACETS}
                for family, count in self.families.items()
            },
            "thin": [
                {"family": each.family, "facet": each.facet, "value": each.value, "found": each.found}
                | {"expected": round(each.expected, 1)}
                for each in self.thin()
            ],
        }


def cover(entries: Sequence[Entry]) -> Coverage:
    """Give what scenarios cover; the largest family comes first."""
    originals = [entry for entry in entries if entry.scenario.control_for is None]
    paired = {(entry.file.path, entry.scenario.control_for) for entry in entries}
    counts = Counter(family_of(entry) for entry in originals)
    families = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    cells: dict[str, dict[str, Counter[str]]] = {
        facet: {family: Counter() for family in families} for facet in FACETS
    }
    for entry in originals:
        for facet, values in facets_of(entry).items():
            cells[facet][family_of(entry)].update(values)
    twins = Counter(family_of(entry) for entry in originals if (entry.file.path, entry.id) in paired)
    return Coverage(
        families=families,
        cells={
            facet: {family: dict(count) for family, count in rows.items()} for facet, rows in cells.items()
        },
        twins={family: twins[family] for family in families},
        scenarios=len(entries),
    )


def matching(entries: Sequence[Entry], wanted: Mapping[str, Sequence[str]]) -> list[Entry]:
    """Give the scenarios with one of the values of each facet; raises ``NothingToRun`` where there are none."""
    facets = [facets_of(entry) | {"family": (family_of(entry),)} for entry in entries]
    for name, values in wanted.items():
        known = sorted({value for each in facets for value in each[name]})
        for value in values:
            if value not in known:
                hint = did_you_mean(value, known)
                raise NothingToRun(
                    f"no scenario has the {name} {value!r}{hint}; there are: {', '.join(known)}"
                )
    kept = [
        entry
        for entry, has in zip(entries, facets, strict=True)
        if all(set(has[name]) & set(values) for name, values in wanted.items())
    ]
    if not kept:
        raise NothingToRun("no scenario has all of this; leave one of the filters out")
    return kept


def family_of(entry: Entry) -> str:
    """Give the family of a scenario's file."""
    return entry.file.spec.family or NONE


def facets_of(entry: Entry) -> dict[str, tuple[str, ...]]:
    """Give the values of each facet of a scenario."""
    scenario = entry.scenario
    return {
        "tactic": (scenario.tactic or NONE,),
        "domain": (scenario.domain or NONE,),
        "modality": modalities(entry),
        "language": (scenario.language or "en",),
        "severity": (scenario.severity or NONE,),
    }


def modalities(entry: Entry) -> tuple[str, ...]:
    """Give what the conversation is made of, as far as the file says; `chat` where it is nothing but words."""
    scenario, audit = entry.scenario, entry.file.spec.audit
    world = scenario.world is not None or audit.world
    tools = world or bool(scenario.tools) or "tools" in scenario.needs or audit.tools in {"fixed", "sandbox"}
    has = {
        "tools": tools,
        "world": world,
        "continuation": scenario.continue_from is not None,
        "prefill": "prefill" in scenario.needs,
        "checks": bool(scenario.checks.given()),
    }
    kinds = tuple(kind for kind, given in has.items() if given)
    return kinds if set(kinds) - {"checks", "continuation", "prefill"} else ("chat", *kinds)
