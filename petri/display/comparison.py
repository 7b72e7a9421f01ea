"""Two runs, or two sets of verdicts, side by side in the terminal."""

from typing import Final

from rich.console import Console
from rich.text import Text

from petri.analysis.compare import Compared, DimensionComparison
from petri.display.safe import flat
from petri.display.table import add_numbers, make_table, print_table

_HEADINGS: Final = (
    "scored / pairs",
    "first",
    "second",
    "difference",
    "95 % interval",
    "hits",
    "moved",
    "unscored",
)
_NONE: Final = "—"
_MOST: Final = 5


def print_comparison(console: Console, compared: Compared) -> None:
    """Print a row for each dimension, what could not be paired, and the audits whose values moved most."""
    for number, side in enumerate(compared.sides):
        _say(console, f"{('first ', 'second')[number]}  {side}", "bold")
    asked = {name: row for name, row in compared.dimensions.items() if row.scored or _failed(row)}
    table = make_table("dimension", asked)
    add_numbers(table, _HEADINGS)
    for name, row in asked.items():
        table.add_row(*(Text(flat(cell)) for cell in (name, *_cells(row))))
    print_table(console, table)
    console.print()
    first, second = compared.only
    alone = f"{first} audits are in the first alone, {second} in the second alone"
    _say(
        console,
        f"{compared.paired} audits on both sides, {compared.invalid} of them not valid on both; {alone}.",
    )
    if folded := len(compared.dimensions) - len(asked):
        _say(console, f"{folded} dimensions applied to no pair.", "dim")
    if compared.different:
        _say(
            console,
            f"Not compared, for their scales, thresholds or wording differ: {', '.join(compared.different)}",
            "yellow",
        )
    if compared.one_sided:
        _say(console, f"On one side alone: {', '.join(compared.one_sided)}", "dim")
    for pair in compared.moved[:_MOST]:
        ids = pair.first if pair.first == pair.second else f"{pair.first} and {pair.second}"
        _say(console, f"{pair.dimension}: {pair.values[0]:g} and {pair.values[1]:g} in {ids}")
    if len(compared.moved) > _MOST:
        _say(
            console,
            f"{len(compared.moved) - _MOST} more moved by more than a point; --json has them all.",
            "dim",
        )


def _failed(row: DimensionComparison) -> bool:
    return bool({*row.unscored} - {"not_applicable"})


def _cells(row: DimensionComparison) -> tuple[str, ...]:
    means = (_NONE, _NONE) if row.means is None else tuple(f"{mean:.2f}" for mean in row.means)
    return (
        f"{row.scored} / {row.pairs}",
        *means,
        _NONE if row.difference is None else f"{row.difference:+.2f}",
        _NONE if row.ci95 is None else f"{row.ci95[0]:+.2f} to {row.ci95[1]:+.2f}",
        _NONE if row.hits is None else f"{row.hits[0]}, {row.hits[1]}",
        str(row.moved),
        ", ".join(f"{number} {status}" for status, number in row.unscored.items()) or "0",
    )


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(Text(flat(line), style=style), soft_wrap=True)
