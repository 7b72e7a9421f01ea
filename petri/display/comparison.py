"""Two runs, or two sets of verdicts, side by side in the terminal."""

from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from petri.analysis.compare import Compared, DimensionComparison
from petri.display.numbers import NONE, interval, listed, number, p_value, signed
from petri.display.report_compared import CLAIMS, adjusted, equivalence, shown
from petri.display.safe import flat
from petri.display.table import add_numbers, make_table, print_table

_HEADINGS: Final = (
    "scored / pairs",
    "scenarios",
    "first",
    "second",
    "difference",
    "95 % interval",
    "hits",
    "moved",
    "unscored",
)
_CLAIM: Final = "a difference is"
_TESTED: Final = ("p", "p adjusted", "detectable", "margin", "smaller than the margin")
_MOST: Final = 5


def print_comparison(console: Console, compared: Compared) -> None:
    """Print each dimension's numbers and what may be claimed of it, what could not be paired, and what moved most."""
    for number_, side in enumerate(compared.sides):
        _say(console, f"{('first ', 'second')[number_]}  {side}", "bold")
    asked = {name: row for name, row in compared.dimensions.items() if shown(row)}
    table = make_table("dimension", asked)
    add_numbers(table, _HEADINGS)
    _print_rows(console, table, {name: _cells(row) for name, row in asked.items()})
    console.print()
    if asked:
        marked = {name + " (primary)" * row.primary: _claim(row) for name, row in asked.items()}
        table = make_table("dimension", marked)
        table.add_column(_CLAIM, justify="right", no_wrap=True)  # the one word that matters is never folded
        add_numbers(table, _TESTED)
        _print_rows(console, table, marked)
        console.print()
        _say(console, CLAIMS)
        _say(console, adjusted(compared.dimensions.values()))
    _print_unpaired(console, compared, len(compared.dimensions) - len(asked))
    for pair in compared.moved[:_MOST]:
        ids = pair.first if pair.first == pair.second else f"{pair.first} and {pair.second}"
        _say(console, f"{pair.dimension}: {pair.values[0]:g} and {pair.values[1]:g} in {ids}")
    if len(compared.moved) > _MOST:
        _say(
            console,
            f"{len(compared.moved) - _MOST} more moved by more than a point; --json has them all.",
            "dim",
        )


def _print_rows(console: Console, table: Table, rows: Mapping[str, tuple[str, ...]]) -> None:
    for name, cells in rows.items():
        table.add_row(*(Text(flat(cell)) for cell in (name, *cells)))
    print_table(console, table)


def _print_unpaired(console: Console, compared: Compared, folded: int) -> None:
    first, second = compared.only
    alone = f"{first} audits are in the first alone, {second} in the second alone"
    _say(
        console,
        f"{compared.paired} audits on both sides, {compared.invalid} of them not valid on both; {alone}.",
    )
    if folded:
        _say(console, f"{folded} dimensions applied to no pair.", "dim")
    if compared.different:
        _say(
            console,
            f"Not compared, for their scales, thresholds or words differ: {', '.join(compared.different)}",
            "yellow",
        )
    if compared.one_sided:
        _say(console, f"On one side alone: {', '.join(compared.one_sided)}", "dim")


def _cells(row: DimensionComparison) -> tuple[str, ...]:
    means = (NONE, NONE) if row.means is None else tuple(map(number, row.means))
    return (
        f"{row.scored} / {row.pairs}",
        str(row.scenarios),
        *means,
        signed(row.difference),
        interval(row.ci95, "+.2f"),
        NONE if row.hits is None else f"{row.hits[0]}, {row.hits[1]}",
        str(row.moved),
        listed(row.unscored),
    )


def _claim(row: DimensionComparison) -> tuple[str, ...]:
    return (
        NONE if row.claim is None else row.claim,
        p_value(row.p),
        p_value(row.p_adjusted),
        number(row.detectable),
        f"{row.margin:g}",
        equivalence(row),
    )


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(Text(flat(line), style=style), soft_wrap=True)
