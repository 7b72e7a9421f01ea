"""What the scenarios' variables change, and where the variation comes from, in Markdown."""

from collections.abc import Iterator
from typing import Final

from petri.analysis.components import Purchase
from petri.analysis.report_schema import ComponentRow, ContrastRow, EffectRow, Interaction, Report
from petri.display.markdown import code, prose, table
from petri.display.numbers import NONE, interval, number, p_value, percent, signed

_CONTRASTS: Final = [
    *("dimension", "variable", "second less first", "difference", "95 % interval", "p", "p adjusted"),
    *("pairs", "scenarios"),
]
_EFFECTS: Final = [
    *("dimension", "variable", "setting against reference", "effect", "standard error", "95 % interval", "p"),
    *("values", "scenarios", "scenarios may differ in"),
]
_COMPONENTS: Final = [
    *("target", "dimension", "scenario", "epoch", "judge", "reading", "standard error", "what to buy next"),
]
_BOUGHT: Final[dict[Purchase, str]] = {
    "scenarios": "more scenarios",
    "epochs": "more epochs",
    "judges": "more judges",
}


def variables(report: Report) -> Iterator[str]:
    """Yield the sections that there is anything in."""
    if report.contrasts:
        yield from (
            "",
            "## What variables change",
            "",
            "Pairs of audits that differ in one variable alone.",
            "",
        )
        yield from table(_CONTRASTS, [_contrast(row) for row in report.contrasts])
    if report.effects or report.not_modelled:
        yield from ("", "## Effects, by a mixed model", "")
        yield "All variables together, with a random intercept for each scenario."
    if report.effects:
        yield from ("", *table(_EFFECTS, [_effect(row) for row in report.effects]))
    if report.not_modelled:
        yield from ("", *(f"- {code(name)}: {prose(why)}" for name, why in report.not_modelled.items()))
    for interaction in report.interactions:
        yield from _interaction(interaction)
    if report.components:
        yield from ("", "## Where the variation comes from", "")
        yield from table(_COMPONENTS, [_component(row) for row in report.components])


def _contrast(row: ContrastRow) -> list[str]:
    return [
        code(row.dimension),
        code(row.variable),
        f"{code(str(row.second))} less {code(str(row.first))}",
        signed(row.difference),
        interval(row.ci95, "+.2f"),
        p_value(row.p),
        p_value(row.p_adjusted),
        str(row.pairs),
        str(row.scenarios),
    ]


def _effect(row: EffectRow) -> list[str]:
    return [
        code(row.dimension),
        code(row.variable),
        f"{code(str(row.setting))} against {code(str(row.reference))}",
        signed(row.estimate),
        number(row.error),
        interval(row.ci95, "+.2f"),
        p_value(row.p),
        str(row.values),
        str(row.scenarios),
        "level and effect" if row.slopes else "level",
    ]


def _interaction(found: Interaction) -> Iterator[str]:
    head = f"{code(found.dimension)} by {code(found.rows)} and {code(found.columns)}"
    yield from ("", f"### {head}", "", "Means, with the number of values and of scenarios behind each.", "")
    columns = [code(found.rows), *(code(str(setting)) for setting in found.column_settings)]
    rows = [
        [code(str(setting)), *(f"{number(cell.mean)} ({cell.n} of {cell.scenarios})" for cell in cells)]
        for setting, cells in zip(found.row_settings, found.cells, strict=True)
    ]
    yield from table(columns, rows)


def _component(row: ComponentRow) -> list[str]:
    shares = [
        percent(row.shares["scenario"]) if "scenario" in row.shares else NONE,
        percent(row.shares["epoch"]) if "epoch" in row.shares else NONE,
        percent(row.shares["judge"]) if "judge" in row.shares else NONE,
        percent(row.shares["reading"]) if "reading" in row.shares else NONE,
    ]
    return [code(row.target), code(row.dimension), *shares, number(row.error), _advice(row)]


def _advice(row: ComponentRow) -> str:
    """Say what would make the mean most certain, and what else could be bought."""
    best = f"{_BOUGHT[row.advice]}: twice as many give {number(row.if_twice[row.advice])}"
    others = [f"{what} {number(error)}" for what, error in row.if_twice.items() if what != row.advice]
    return f"{best} ({', '.join(others)})" if others else best
