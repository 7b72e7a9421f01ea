"""Means of one dimension by two variables: whether what one of them changes depends on the other. Pure."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from petri.analysis.contrasts import Observed, Setting, setting_key
from petri.analysis.report_schema import Interaction, InteractionCell
from petri.analysis.stats import weighted_mean


def interactions(dimension: str, observed: Sequence[Observed]) -> Iterator[Interaction]:
    """Yield a table of means for each pair of variables that both vary within a scenario.

    Only scenarios in which both do are counted, so that no cell is of other scenarios for want of the variable.
    """
    variables = dict.fromkeys(name for each in observed for name in each.variables)
    for rows, columns in combinations(variables, 2):
        both = _varied(rows, observed) & _varied(columns, observed)
        held = [each for each in observed if each.scenario in both]
        if held:
            yield _table(dimension, (rows, columns), held)


def _varied(variable: str, observed: Sequence[Observed]) -> set[str]:
    """Give the scenarios with two settings of a variable."""
    seen: dict[str, set[str]] = {}
    for each in observed:
        if variable in each.variables:
            seen.setdefault(each.scenario, set()).add(setting_key(each.variables[variable]))
    return {scenario for scenario, settings in seen.items() if len(settings) > 1}


def _table(dimension: str, variables: tuple[str, str], held: Sequence[Observed]) -> Interaction:
    rows, columns = (_settings(name, held) for name in variables)
    cells: dict[tuple[str, str], list[Observed]] = {}
    for each in held:
        row, column = (setting_key(each.variables[name]) for name in variables)
        cells.setdefault((row, column), []).append(each)
    return Interaction(
        dimension=dimension,
        rows=variables[0],
        columns=variables[1],
        row_settings=tuple(rows.values()),
        column_settings=tuple(columns.values()),
        cells=tuple(tuple(_cell(cells.get((row, column), [])) for column in columns) for row in rows),
    )


def _settings(variable: str, held: Sequence[Observed]) -> dict[str, Setting]:
    return {setting_key(each.variables[variable]): each.variables[variable] for each in held}


def _cell(held: Sequence[Observed]) -> InteractionCell:
    weights = [1 / each.inclusion for each in held]
    return InteractionCell(
        mean=weighted_mean([each.value for each in held], weights),
        n=len(held),
        scenarios=len({each.scenario for each in held}),
    )
