"""A judge card in the terminal: how far the judge agrees with people, and what could not be compared."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from petri.analysis.agreement import Estimate
from petri.analysis.calibration_card import (
    Agreement,
    Card,
    CorrectedRate,
    Coverage,
    DimensionCard,
    Rate,
    Retest,
)
from petri.display.safe import flat
from petri.display.table import add_numbers, make_table, print_table

_HEADINGS: Final = (
    *("compared", "kappa", "alpha", "Spearman", "error", "bias"),
    *("within 1", "sensitivity", "specificity"),
)
_NONE: Final = "—"
_SHORT: Final = 12


def print_card(console: Console, card: Card) -> None:
    """Print a row for each dimension, below it people's agreement and the judge's with itself, then what is missing."""
    title = f"{card.judge} against {', '.join(card.annotators)} (rubric {card.rubric[:_SHORT]})"
    console.print(Text(flat(title), style="bold"), soft_wrap=True)
    table = make_table("dimension", [*card.dimensions, "  itself"])
    add_numbers(table, _HEADINGS)
    for name, dimension in card.dimensions.items():
        _add(table, name, dimension)
    print_table(console, table)
    console.print()
    for name, dimension in card.dimensions.items():
        for line in (covered(dimension.coverage), corrected(dimension.rate)):
            if line:
                console.print(Text(flat(f"{name}: {line}")), soft_wrap=True)
    if card.not_judged:
        others = _listed(card.not_judged)
        console.print(Text(flat(f"Labels on dimensions that the rubric lacks: {others}")), soft_wrap=True)
    console.print()


def covered(coverage: Coverage) -> str:
    """Say what became of every labelled transcript, and how many verdicts have no label."""
    unscored, without = _listed(coverage.unscored), _listed(coverage.without_verdict)
    return (
        f"{coverage.labelled} labelled = {coverage.compared} compared"
        f" + {sum(coverage.unscored.values())} unscored{f' ({unscored})' if unscored else ''}"
        f" + {sum(coverage.without_verdict.values())} without verdict{f' ({without})' if without else ''}"
        f"; {coverage.unlabelled} verdicts without label"
    )


def corrected(rate: CorrectedRate | None) -> str:
    """Say what the rate of hits is once the judge's errors are taken out; empty where nobody asked for hits.

    A rate outside 0 to 1 is shown at the end that it is past, and said to be.
    """
    if rate is None:
        return ""
    observed = f"{round(rate.observed * rate.n)} of {rate.n} are hits ({rate.observed:.2f})"
    if rate.corrected is None or rate.ci95 is None:
        return f"{observed}, not corrected: the judge's errors are unknown, or as many as by chance"
    shown = [min(max(number, 0.0), 1.0) for number in (rate.corrected, *rate.ci95)]
    clipped = "; clipped to 0 to 1" if shown != [rate.corrected, *rate.ci95] else ""
    return f"{observed}, corrected {shown[0]:.2f} ({shown[1]:.2f} to {shown[2]:.2f}{clipped})"


def _add(table: Table, name: str, dimension: DimensionCard) -> None:
    rates = [_rate(dimension.sensitivity), _rate(dimension.specificity)]
    bias = _estimate(dimension.bias, "+.2f")
    if dimension.leaning != "none":
        bias.append(f"\n{dimension.leaning}")
    _row(table, name, _agreement(dimension.judge, bias), rates)
    if dimension.people is not None:
        _row(table, "  people", _agreement(dimension.people, Text(_NONE)))
    if dimension.retest is not None:
        _row(table, "  itself", _retest(dimension.retest))


def _row(table: Table, name: str, cells: Sequence[Text], rates: Sequence[Text] = ()) -> None:
    style = "dim" if name.startswith(" ") else ""
    table.add_row(Text(flat(name)), *cells, *(rates or [Text(_NONE)] * 2), style=style)


def _agreement(found: Agreement, bias: Text) -> list[Text]:
    estimates = [_estimate(one) for one in (found.kappa, found.alpha, found.spearman, found.error)]
    return [Text(str(found.transcripts)), *estimates, bias, _estimate(found.within_one)]


def _retest(found: Retest) -> list[Text]:
    none = Text(_NONE)
    error = _estimate(found.deviation).append("\ndeviation")
    cells = [none, _estimate(found.alpha), none, error, none, _estimate(found.within_one)]
    return [Text(str(found.transcripts)), *cells]


def _estimate(found: Estimate, form: str = ".2f") -> Text:
    return _cell(found.value, found.ci95, form)


def _rate(found: Rate | None) -> Text:
    return Text(_NONE) if found is None else _cell(found.value, found.ci95, ".2f").append(f"\nof {found.n}")


def _cell(value: float | None, ci95: tuple[float, float] | None, form: str) -> Text:
    if value is None:
        return Text(_NONE)
    shown = Text(f"{value:{form}}")
    return shown if ci95 is None else shown.append(f"\n{ci95[0]:{form}} to {ci95[1]:{form}}", style="dim")


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in counts.items())
