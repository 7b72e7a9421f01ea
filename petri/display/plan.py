"""What `petri plan` shows: the matrix, what each role will use and cost, and what the run could show."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from petri.costs.power import Detectable
from petri.display.estimate import amount, dollars, priced_range
from petri.display.safe import flat
from petri.display.table import add_numbers, make_table, print_table
from petri.transcript.estimated import RoleEstimate, RunEstimate, Spread

_INDENT: Final = "  "
_WIDTH: Final = 10
_HEAD: Final = "The smallest difference between two targets that would be found (4 times of 5, at 5 %)"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """What one file comes to."""

    file: str
    scenarios: int
    cells: int
    targets: int
    epochs: int

    @property
    def audits(self) -> int:
        """Every cell, with every target, as often as it is repeated."""
        return self.cells * self.targets * self.epochs


@dataclass(frozen=True, slots=True)
class PlanReport:
    """All that a plan says."""

    matrix: Sequence[MatrixRow]
    estimate: RunEstimate
    detectable: Sequence[Detectable]

    def as_json(self) -> dict[str, Any]:
        """Give it as one object."""
        return {
            "event": "plan",
            "matrix": [asdict(row) | {"audits": row.audits} for row in self.matrix],
            "estimate": self.estimate.model_dump(mode="json"),
            "detectable": [asdict(each) for each in self.detectable],
        }


def print_plan(console: Console, report: PlanReport) -> None:
    """Print the plan."""
    _print_matrix(console, report.matrix)
    console.print()
    _print_roles(console, report.estimate)
    if report.detectable:
        console.print()
        _print_detectable(console, report.detectable)


def _print_matrix(console: Console, rows: Sequence[MatrixRow]) -> None:
    table = make_table("file", [row.file for row in rows])
    add_numbers(table, ("scenarios", "cells", "targets", "epochs", "audits"))
    for row in rows:
        numbers = (row.scenarios, row.cells, row.targets, row.epochs, row.audits)
        table.add_row(flat(row.file), *(f"{number:,}" for number in numbers))
    if len(rows) > 1:
        table.add_row("all", "", "", "", "", f"{sum(row.audits for row in rows):,}", style="bold")
    print_table(console, table)


def _print_roles(console: Console, estimate: RunEstimate) -> None:
    heads = [f"{row.role} {flat(row.model)}" for row in estimate.roles]
    for row, head in zip(estimate.roles, heads, strict=True):
        table = make_table(head, [*heads, f"{_INDENT}of them cached"])
        add_numbers(table, ("median", "90 %", "ceiling"))
        for column in table.columns[1:]:
            column.min_width = _WIDTH
        for name, figures in _figures(row):
            table.add_row(f"{_INDENT}{name}", *figures)
        print_table(console, table)
        _say(console, _whence(row), "dim", len(_INDENT))
    total = estimate.usd
    limit = None if total is None or estimate.unpriced else total.ceiling
    bound = "no ceiling" if limit is None else f"ceiling {dollars(limit)}"
    _say(console, f"altogether {priced_range(estimate)}, {bound}", "bold")


def _figures(row: RoleEstimate) -> Iterable[tuple[str, tuple[str, str, str]]]:
    """Yield each figure of a role with its median, its 90th percentile and its ceiling."""
    yield "calls", _three(row.calls, amount)
    yield "input tokens", _three(row.input_tokens, amount)
    yield "of them cached", _three(row.cached_tokens, amount)
    yield "output tokens", _three(row.output_tokens, amount)
    yield "USD", ("?", "?", "?") if row.usd is None else _three(row.usd, dollars)


def _three(spread: Spread, shown: Callable[[float], str]) -> tuple[str, str, str]:
    ceiling = "none" if spread.ceiling is None else shown(spread.ceiling)
    return shown(spread.median), shown(spread.p90), ceiling


def _whence(row: RoleEstimate) -> str:
    price = row.price_source or "price not known (petri-prices.yaml can say it)"
    limit = f"; no ceiling: {row.no_ceiling}" if row.no_ceiling else ""
    return f"{row.source}; {price}{limit}"


def _print_detectable(console: Console, every: Sequence[Detectable]) -> None:
    """Print what could be found, dimensions of which the same is true together."""
    _say(console, _HEAD, "bold")
    alike: dict[tuple[str, ...], list[Detectable]] = {}
    for each in every:
        alike.setdefault(_cells(each), []).append(each)
    names = {cells: _named(group) for cells, group in alike.items()}
    table = make_table("dimension", names.values())
    add_numbers(table, ("scenarios", "audits", "mean", "hit rate", "if no hits"))
    for cells, name in names.items():
        table.add_row(flat(name), *cells[:5])
    print_table(console, table)
    if any("—" in cells for cells in names):
        _say(
            console,
            "—: cannot be told from so few scenarios, or nothing counts as a hit",
            "dim",
            len(_INDENT),
        )
    for line in dict.fromkeys(filter(None, (each.reason for each in every))):
        _say(console, f"cannot answer: {line}", "yellow", len(_INDENT))
    for line in dict.fromkeys(_assumed(each) for each in every):
        _say(console, line, "dim", len(_INDENT))


def _cells(each: Detectable) -> tuple[str, ...]:
    mean = "—" if each.mean is None else f"{each.mean:.2f}"
    rate = "—" if each.rate is None else f"{each.rate:.0%}"
    none = "—" if each.none_found is None else f"< {each.none_found:.0%}"
    return f"{each.scenarios}", f"{each.audits}", mean, rate, none, _assumed(each)


def _assumed(each: Detectable) -> str:
    told = each.variation
    return (
        f"assumed ({told.source}): standard deviation {told.sd:.2f}, {told.icc:.0%} of the variance between scenarios, "
        f"hit rate {told.rate:.0%}"
    )


def _named(group: Sequence[Detectable]) -> str:
    first, more = group[0].dimension, len(group) - 1
    return first if not more else f"{first} + {more} more"


def _say(console: Console, line: str, style: str = "", indent: int = 0) -> None:
    """Print a line, folded between words where the terminal is narrower."""
    console.print(Padding(Text(flat(line), style=style), (0, 0, 0, indent)))
