"""The comparisons of a report in Markdown: what may be claimed of each difference, and by which numbers."""

from collections.abc import Iterable, Iterator
from typing import Final

from petri.analysis.compare import Compared, DimensionComparison
from petri.analysis.report_schema import Report
from petri.display.markdown import code, prose, table
from petri.display.numbers import NONE, interval, listed, number, p_value, signed

CLAIMS: Final = (
    '"Supported": the sides differ. "Not supported": a difference as large as the margin would have been found, or '
    'is shown not to be there. "Underpowered": these data cannot tell. A dash: too few scenarios to say even that.'
)
_HEADINGS: Final = [
    "dimension",
    "a difference is",
    "difference",
    "95 % interval",
    "p",
    "p adjusted",
    "margin",
    "detectable",
    "smaller than the margin",
    "means",
    "hits",
    "scored / pairs",
    "scenarios",
    "without a value",
]


def comparisons(report: Report) -> Iterator[str]:
    """Yield the section; nothing where there is one target."""
    if not report.comparisons and not report.not_compared:
        return
    yield from ("", "## Comparisons", "", CLAIMS)
    for target, compared in report.comparisons.items():
        yield from ("", f"### {code(target)} against {code(report.baseline or '?')}", "")
        yield from _compared(compared)
    if report.comparisons:
        yield from (
            "",
            adjusted(row for each in report.comparisons.values() for row in each.dimensions.values()),
        )
    for target, why in report.not_compared.items():
        yield from ("", f"### {code(target)}: not compared", "", prose(why))


def _compared(compared: Compared) -> Iterator[str]:
    first, second = compared.only
    yield (
        f"{compared.paired} audits on both sides, {compared.invalid} of them not valid on both; "
        f"{first} in the first alone, {second} in the second alone. A difference is the second less the first."
    )
    asked = {name: row for name, row in compared.dimensions.items() if shown(row)}
    if asked:
        yield from ("", *table(_HEADINGS, [_row(name, row) for name, row in asked.items()]), "")
    if idle := len(compared.dimensions) - len(asked):
        yield f"{idle} dimensions applied to no pair."
    if compared.different:
        yield f"Not compared, for their scales, thresholds or words differ: {', '.join(map(code, compared.different))}."


def shown(row: DimensionComparison) -> bool:
    """Whether anything is to be said of a dimension: not where it applied to no pair."""
    return bool(row.scored or {*row.unscored} - {"not_applicable"})


def adjusted(rows: Iterable[DimensionComparison]) -> str:
    """Say for what the p-values of these rows are adjusted, together."""
    tested = [row for row in rows if row.p is not None]
    primary = sum(row.primary for row in tested)
    rest = len(tested) - primary
    if not tested:
        return "There is no p-value: on no dimension two scenarios differ."
    if primary:
        return f"p adjusted: Holm for the {primary} primary, Benjamini and Hochberg for the {rest} others."
    return f"p adjusted: Benjamini and Hochberg, for {rest} differences; none was named as primary."


def equivalence(row: DimensionComparison) -> str:
    """Say whether the difference is shown to be smaller than the margin."""
    return NONE if row.equivalent is None else "shown" if row.equivalent else "not shown"


def _row(name: str, row: DimensionComparison) -> list[str]:
    return [
        code(name) + (" (primary)" if row.primary else ""),
        NONE if row.claim is None else f"**{row.claim}**",
        signed(row.difference),
        interval(row.ci95, "+.2f"),
        p_value(row.p),
        p_value(row.p_adjusted),
        f"{row.margin:g}",
        number(row.detectable),
        equivalence(row),
        NONE if row.means is None else " / ".join(map(number, row.means)),
        NONE if row.hits is None else f"{row.hits[0]} / {row.hits[1]}",
        f"{row.scored} / {row.pairs}",
        str(row.scenarios),
        listed(row.unscored),
    ]
