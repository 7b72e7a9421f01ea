"""What each setting of a variable adds, by a mixed model of all variables together; or why there is none. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from petri.analysis.contrasts import Observed, Setting, setting_key
from petri.analysis.fitting import ABSENT, Design, Fit, fit
from petri.analysis.quantiles import student, student_beyond
from petri.analysis.report_schema import EffectRow
from petri.analysis.stats import LEVEL

LEAST: Final = 6
"""Scenarios with both settings below which nothing is said of how scenarios differ in them."""
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Modelled:
    """What a mixed model of a dimension says."""

    rows: tuple[EffectRow, ...]
    reason: str | None
    """Why there are none, or none of some variables; None where all are there, or nothing varies within scenarios."""


@dataclass(frozen=True, slots=True)
class _Factor:
    """A variable, with the settings that enough scenarios share with its first."""

    variable: str
    settings: Mapping[str, Setting]
    """By key; the reference comes first."""
    scenarios: Mapping[str, int]
    """For each setting but the reference, how many scenarios have it and the reference."""

    def level(self, each: Observed) -> int | None:
        """Give which setting an observation has, ``ABSENT`` without the variable, None where it is left out."""
        if self.variable not in each.variables:
            return ABSENT
        key = setting_key(each.variables[self.variable])
        return list(self.settings).index(key) if key in self.settings else None


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A fit, and the variables that scenarios may answer to differently in it."""

    fit: Fit
    slopes: frozenset[str]


def effects(dimension: str, observed: Sequence[Observed]) -> Modelled:
    """Fit one dimension on all variables that vary within enough scenarios, and on the target where there are several.

    value = constant + target + which variables the scenario has + settings + scenario + scenario's own part of each
    setting + rest; the last three are drawn (Baayen, Davidson and Bates 2008; Barr et al. 2013). A scenario's own part
    of a variable is left out where every scenario has each setting once, for it is then part of the rest, and where the
    fit puts it at nothing (Matuschek et al. 2017). Tests and intervals are Student's with one degree of freedom less
    than there are scenarios with both settings: few scenarios are no large sample.
    """
    variables = dict.fromkeys(name for each in observed for name in each.variables)
    found = {name: _factor(name, observed) for name in variables}
    factors = [factor for factor in found.values() if isinstance(factor, _Factor)]
    left_out = [reason for reason in found.values() if isinstance(reason, str)]
    if not factors:
        return Modelled((), "; ".join(left_out) or None)
    held = [
        (each, tuple(level for level in levels if level is not None))
        for each in observed
        if None not in (levels := [factor.level(each) for factor in factors])
        and any(level != ABSENT for level in levels)
    ]
    values = [each for each, _ in held]
    design = _design(factors, values, np.array([levels for _, levels in held], dtype=np.int64))
    fitted = _unfit(design) or _fitted(design, factors)
    if isinstance(fitted, str):
        return Modelled((), fitted)
    return Modelled(tuple(_rows(dimension, factors, fitted, len(held))), "; ".join(left_out) or None)


def _factor(name: str, observed: Sequence[Observed]) -> _Factor | str | None:
    """Give a variable for the model; why it cannot be in it, or None where no scenario has two settings of it."""
    settings: dict[str, Setting] = {}
    places: dict[str, set[str]] = {}
    for each in observed:
        if name in each.variables:
            key = setting_key(each.variables[name])
            settings.setdefault(key, each.variables[name])
            places.setdefault(key, set()).add(each.scenario)
    reference = next(iter(settings))
    shared = {key: len(places[key] & places[reference]) for key in settings if key != reference}
    kept = {key: count for key, count in shared.items() if count >= LEAST}
    if kept:
        return _Factor(name, {key: settings[key] for key in (reference, *kept)}, kept)
    most = max(
        (len(one & two) for one in places.values() for two in places.values() if one is not two), default=0
    )
    if not most:
        return None
    return f"{name}: {most} scenario{'s' * (most != 1)} with two of its settings, and a model needs {LEAST}"


def _design(factors: Sequence[_Factor], observed: Sequence[Observed], levels: NDArray[np.int64]) -> Design:
    """Give the columns: constant, targets, patterns of variables, and last of all the settings of each variable."""
    scenarios = sorted({each.scenario for each in observed})
    targets = sorted({each.target for each in observed})
    having = [tuple(row) for row in (levels != ABSENT).tolist()]
    columns = [[True] * len(observed)]
    columns += [[each.target == target for each in observed] for target in targets[1:]]
    columns += [[row == pattern for row in having] for pattern in sorted(set(having))[1:]]
    columns += [
        (of_factor == level).tolist()
        for factor, of_factor in zip(factors, levels.T, strict=True)
        for level in range(1, len(factor.settings))
    ]
    return Design(
        values=np.array([each.value for each in observed], dtype=float),
        fixed=np.array(columns, dtype=float).T,
        groups=np.array([scenarios.index(each.scenario) for each in observed], dtype=np.int64),
        slopes=tuple(levels.T),
    )


def _unfit(design: Design) -> str | None:
    """Say why there is nothing to fit, or None."""
    values = design.values
    if np.ptp(values) <= _ROUNDING:
        return f"every value is {values[0]:g}"
    if np.linalg.matrix_rank(design.fixed) < design.fixed.shape[1]:
        return "its settings cannot be told apart: some occur only together"
    scenarios = np.eye(int(design.groups.max()) + 1)[design.groups]
    every = np.column_stack([scenarios, design.fixed])
    rest = values - every @ np.linalg.lstsq(every, values)[0]
    if float(np.abs(rest).max()) <= _ROUNDING * max(1.0, float(np.abs(values).max())):
        return "scenario and settings give every value exactly, so that nothing says how far chance reaches"
    return None


def _fitted(design: Design, factors: Sequence[_Factor]) -> _Fitted | str:
    """Fit with every scenario's own part of each variable that the data can tell from the rest, then without nothings.

    A fit that fails is not tried again with less: what is left out would be missing in the errors.
    """
    told = [
        number
        for number, levels in enumerate(design.slopes)
        if len({*zip(design.groups.tolist(), levels.tolist(), strict=True)}) < len(levels)
    ]
    while True:
        found = fit(replace(design, slopes=tuple(design.slopes[number] for number in told)))
        if isinstance(found, str):
            return f"the model cannot be fitted: {found}"
        least = min(found.slopes, default=None)
        if least is None or not found.is_nothing(least):
            break
        told.pop(found.slopes.index(least))
    if not told and found.is_nothing(found.intercept):
        return "scenarios differ no more than audits of one scenario do, so that the model is singular"
    return _Fitted(found, frozenset(factors[number].variable for number in told))


def _rows(dimension: str, factors: Sequence[_Factor], fitted: _Fitted, values: int) -> Iterator[EffectRow]:
    settings = [(factor, key) for factor in factors for key in list(factor.settings)[1:]]
    of_settings = zip(
        settings, fitted.fit.estimates[-len(settings) :], fitted.fit.errors[-len(settings) :], strict=True
    )
    for (factor, key), estimate, error in of_settings:
        freedom = factor.scenarios[key] - 1
        half = student((1 + LEVEL) / 2, freedom) * float(error)
        yield EffectRow(
            dimension=dimension,
            variable=factor.variable,
            setting=factor.settings[key],
            reference=next(iter(factor.settings.values())),
            estimate=float(estimate),
            error=float(error),
            ci95=(float(estimate) - half, float(estimate) + half),
            p=2 * student_beyond(abs(float(estimate)) / float(error), freedom),
            scenarios=factor.scenarios[key],
            values=values,
            slopes=factor.variable in fitted.slopes,
        )
