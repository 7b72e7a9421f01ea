"""What `petri scenarios` shows: a line for each scenario, one in full, and what a collection covers as a heat map."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from petri.display.safe import flat, printable
from petri.display.table import add_numbers, make_table, print_table
from petri.library.coverage import FACETS, Coverage, facets_of, family_of
from petri.library.entry import Entry
from petri.library.twins import differing_sentences

_HEAT: Final = (
    *("white on #10324a", "white on #155a75"),
    *("black on #2fb394", "black on #e0b030", "white on #b03020"),
)
"""From few to many, legible on any terminal; the numbers say the same without colour."""
_SHORTEST: Final = 5
_INDENT: Final = "  "


def scenario_data(entry: Entry) -> dict[str, Any]:
    """Give what the list says of a scenario, as one object."""
    scenario, facets = entry.scenario, facets_of(entry)
    return {
        "event": "scenario",
        "id": entry.id,
        "file": entry.file.path,
        "family": entry.file.spec.family,
        "severity": scenario.severity,
        "tactic": scenario.tactic,
        "domain": scenario.domain,
        "language": facets["language"][0],
        "modality": list(facets["modality"]),
        "tags": list(dict.fromkeys((*entry.file.spec.tags, *scenario.tags))),
        "control_for": scenario.control_for,
        "cells": len(scenario.cells()),
        "dimensions": list(scenario.dimensions),
    }


def print_list(console: Console, entries: Sequence[Entry], twins: Mapping[str, str]) -> None:
    """Print one line for each scenario; ``twins`` gives the twin of an id."""
    table = make_table("id", (entry.id for entry in entries))
    for heading in ("family", "severity", "tactic", "domain", "language", "twin"):
        table.add_column(heading, overflow="fold")
    add_numbers(table, ("cells",))
    for entry in entries:
        scenario = entry.scenario
        twin = f"of {scenario.control_for}" if scenario.control_for else "yes" if entry.id in twins else ""
        words = (
            *(family_of(entry), scenario.severity or "", scenario.tactic or "", scenario.domain or ""),
            *(scenario.language or "en", twin),
        )
        table.add_row(*(Text(flat(word)) for word in (entry.id, *words)), f"{len(scenario.cells()):,}")
    print_table(console, table)


def print_scenario(console: Console, entry: Entry, twin: Entry | None) -> None:
    """Print all that a scenario says, and the sentences in which its twin (or its original) differs."""
    scenario = entry.scenario
    _say(console, f"{entry.id}  ({entry.file.path}:{entry.place.line(())})", "bold")
    for name, values in _facts(entry):
        _say(console, f"{name}: {', '.join(values)}", indent=1)
    for key in ("seed", "observable", "validity", "stop_when", "guidance", "system"):
        text = getattr(scenario, key)
        if text:
            _say(console, key, "bold")
            console.print(Padding(Text(printable(text.strip())), (0, 0, 0, len(_INDENT))))
    if twin is not None:
        ours, theirs = differing_sentences(scenario, twin.scenario)
        _say(console, f"differs from {twin.id}", "bold")
        for sign, sentences, style in (("-", theirs, "red"), ("+", ours, "green")):
            for sentence in sentences:
                _say(console, f"{sign} {sentence}", style, indent=1)


def _facts(entry: Entry) -> Iterable[tuple[str, Sequence[str]]]:
    """Yield what a scenario says in single words, where it says something."""
    scenario, spec = entry.scenario, entry.file.spec
    facets = facets_of(entry)
    named = {name: [str(value) for value in values] for name, values in scenario.variables.items()}
    facts: dict[str, Sequence[str]] = {
        "family": [family_of(entry)],
        **{name: facets[name] for name in FACETS},
        "tags": list(dict.fromkeys((*spec.tags, *scenario.tags))),
        "dimensions": scenario.dimensions,
        "rubrics": spec.judge.rubric,
        "needs": scenario.needs,
        "checks": list(scenario.checks.given()),
        "tools": [tool.name for tool in scenario.tools],
        "variables": [f"{name} ({' | '.join(values)})" for name, values in named.items()],
        "cells": [f"{len(scenario.cells())}"],
        "turns": [f"{spec.audit.max_turns}"],
        "date": [str(scenario.date)] if scenario.date else [],
        "locale": [scenario.locale] if scenario.locale else [],
        "twin of": [scenario.control_for] if scenario.control_for else [],
    }
    yield from ((name, values) for name, values in facts.items() if values)


def print_coverage(console: Console, coverage: Coverage) -> None:
    """Print counts by family, and heat maps of family by each facet, as wide as the terminal; then the thin cells."""
    paired = sum(coverage.twins.values())
    told = f"scenarios: {coverage.originals} (with twins {coverage.scenarios}); families: {len(coverage.families)}"
    _say(console, told, "bold")
    columns = {"all": coverage.families, "twin": coverage.twins}
    rows = {
        family: {name: counts[family] for name, counts in columns.items()} for family in coverage.families
    }
    _Map("family", rows, list(columns)).print(console)
    for facet in FACETS:
        console.print()
        _Map(facet, coverage.cells[facet], coverage.values(facet)).print(console)
    console.print()
    thin = coverage.thin()
    share = f"{paired / coverage.originals:.0%}" if coverage.originals else "none"
    _say(
        console,
        f"{share} have a twin; thin for the size of the family:" if thin else f"{share} have a twin",
        "bold",
    )
    for cell in thin:
        _say(console, str(cell), indent=1)


@dataclass(frozen=True, slots=True)
class _Map:
    """Counts in rows and columns; a column is headed by the shortest beginning that is its own."""

    heading: str
    rows: Mapping[str, Mapping[str, int]]
    columns: Sequence[str]

    @property
    def most(self) -> int:
        """The largest count."""
        return max((count for row in self.rows.values() for count in row.values()), default=1)

    def print(self, console: Console) -> None:
        """Print it in blocks of columns that fit, and what the headings stand for."""
        short = _abbreviated(self.columns)
        names = max([len(self.heading), *(len(flat(row)) for row in self.rows)]) + 1
        width = max([_SHORTEST, *(len(word) for word in short.values())]) + 1
        block = max(1, (console.width - names) // width)
        for start in range(0, len(self.columns), block):
            console.print(self._table(self.columns[start : start + block], short), crop=False)
        cut = [f"{short[column]} {flat(column)}" for column in self.columns if short[column] != flat(column)]
        if cut:
            _say(console, ", ".join(cut), "dim", indent=1)

    def _table(self, columns: Sequence[str], short: Mapping[str, str]) -> Table:
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
        table.add_column(self.heading, no_wrap=True)
        for column in columns:
            table.add_column(short[column], justify="right", no_wrap=True)
        for name, counts in self.rows.items():
            table.add_row(Text(flat(name)), *(_heat(counts.get(column, 0), self.most) for column in columns))
        totals = [sum(counts.get(column, 0) for counts in self.rows.values()) for column in columns]
        table.add_row(Text("all"), *(Text(f"{total}") for total in totals), style="bold")
        return table


def _heat(count: int, most: int) -> Text:
    if not count:
        return Text("·", style="dim")
    step = (len(_HEAT) - 1) * (count - 1) // max(1, most - 1)
    return Text(f"{count}", style=_HEAT[step])


def _abbreviated(words: Sequence[str]) -> dict[str, str]:
    """Give each word's shortest beginning that no other has, of five letters at least."""
    shown = {word: flat(word) for word in words}
    return {
        word: next(
            (
                told[:length]
                for length in range(_SHORTEST, len(told))
                if not any(other != told and other.startswith(told[:length]) for other in shown.values())
            ),
            told,
        )
        for word, told in shown.items()
    }


def _say(console: Console, line: str, style: str = "", indent: int = 0) -> None:
    """Print a line, folded between words where the terminal is narrower."""
    console.print(Padding(Text(flat(line), style=style), (0, 0, 0, indent * len(_INDENT))))
