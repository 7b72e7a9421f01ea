"""What a variable of a scenario changes: paired contrasts of its values, everything else equal. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from petri.analysis.significance import sign_flip_p
from petri.analysis.stats import Interval, clustered_mean_interval, mean_error

Setting = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Observed:
    """One value of one dimension: of which scenario, in which cell and epoch, with which target."""

    scenario: str
    target: str
    variables: Mapping[str, Setting]
    epoch: int
    value: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """How much more one setting of a variable gives than another: ``second`` less ``first``."""

    variable: str
    first: Setting
    second: Setting
    scenarios: int
    pairs: int
    """Pairs of audits that differ in this variable alone."""
    difference: float
    """The mean over pairs."""
    interval: Interval | None
    """Clustered by scenario; None where undefined, as with one scenario."""
    error: tuple[float, float] | None
    """Standard error and degrees of freedom; None likewise."""
    p: float | None
    """Of the scenarios' mean differences; None with fewer than two that differ."""


def contrasts(observed: Sequence[Observed]) -> tuple[Contrast, ...]:
    """Give every contrast of two settings of a variable that share a scenario.

    Two audits are a pair where scenario, target, epoch and all other variables are the same. Settings come in the order
    in which they first appear, so the first is the reference that a file's author wrote first.
    """
    variables = dict.fromkeys(name for each in observed for name in each.variables)
    return tuple(contrast for name in variables for contrast in _of_variable(name, observed))


def _of_variable(name: str, observed: Sequence[Observed]) -> Iterator[Contrast]:
    held = [each for each in observed if name in each.variables]
    settings = {_key(each.variables[name]): each.variables[name] for each in held}
    cells: dict[str, dict[tuple[str, ...], tuple[str, float]]] = {key: {} for key in settings}
    for each in held:
        cells[_key(each.variables[name])][_place(each, name)] = (each.scenario, each.value)
    for first, second in combinations(settings, 2):
        shared = [place for place in cells[first] if place in cells[second]]
        if shared:
            changes = [cells[second][place][1] - cells[first][place][1] for place in shared]
            clusters = [cells[first][place][0] for place in shared]
            yield _contrast(name, (settings[first], settings[second]), changes, clusters)


def _contrast(
    name: str, settings: tuple[Setting, Setting], changes: Sequence[float], clusters: Sequence[str]
) -> Contrast:
    by_scenario: dict[str, list[float]] = {}
    for cluster, change in zip(clusters, changes, strict=True):
        by_scenario.setdefault(cluster, []).append(change)
    return Contrast(
        variable=name,
        first=settings[0],
        second=settings[1],
        scenarios=len(by_scenario),
        pairs=len(changes),
        difference=fmean(changes),
        interval=clustered_mean_interval(changes, clusters),
        error=mean_error(changes, clusters),
        p=sign_flip_p([sum(each) for each in by_scenario.values()]),
    )


def _place(each: Observed, name: str) -> tuple[str, ...]:
    others = {other: setting for other, setting in each.variables.items() if other != name}
    return each.scenario, each.target, str(each.epoch), json.dumps(others, sort_keys=True)


def _key(setting: Setting) -> str:
    """Give what tells settings apart: true is not 1, and "1" is neither."""
    return json.dumps(setting)
