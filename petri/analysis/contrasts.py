"""What a variable of a scenario changes: paired contrasts of its values, everything else equal. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from petri.analysis.significance import sign_flip_p
from petri.analysis.stats import Interval, clustered_difference_interval

Setting = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Observed:
    """One value of one dimension: of which scenario, in which cell and epoch, with which target."""

    scenario: str
    target: str
    variables: Mapping[str, Setting]
    epoch: int
    value: float
    inclusion: float = 1.0
    """The probability with which it has a value: below 1 where a cascade's panel read a part."""


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
    """The mean over pairs, each weighted by 1 / the probability that both have a value."""
    interval: Interval | None
    """Clustered by scenario; None where undefined, as with one scenario."""
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
    settings = {setting_key(each.variables[name]): each.variables[name] for each in held}
    cells: dict[str, dict[tuple[str, ...], Observed]] = {key: {} for key in settings}
    for each in held:
        cells[setting_key(each.variables[name])][_place(each, name)] = each
    for first, second in combinations(settings, 2):
        pairs = [
            (each, cells[second][place]) for place, each in cells[first].items() if place in cells[second]
        ]
        if pairs:
            yield _contrast(name, (settings[first], settings[second]), pairs)


def _contrast(
    name: str, settings: tuple[Setting, Setting], pairs: Sequence[tuple[Observed, Observed]]
) -> Contrast:
    changes = [second.value - first.value for first, second in pairs]
    weights = [1 / (first.inclusion * second.inclusion) for first, second in pairs]
    clusters = [first.scenario for first, _ in pairs]
    by_scenario = dict.fromkeys(clusters, 0.0)
    for cluster, change, weight in zip(clusters, changes, weights, strict=True):
        by_scenario[cluster] += change * weight
    return Contrast(
        variable=name,
        first=settings[0],
        second=settings[1],
        scenarios=len(by_scenario),
        pairs=len(changes),
        difference=sum(by_scenario.values()) / sum(weights),
        interval=clustered_difference_interval(changes, clusters, weights),
        p=sign_flip_p(list(by_scenario.values())),
    )


def _place(each: Observed, name: str) -> tuple[str, ...]:
    others = {other: setting for other, setting in each.variables.items() if other != name}
    return each.scenario, each.target, str(each.epoch), json.dumps(others, sort_keys=True)


def setting_key(setting: Setting) -> str:
    """Give what tells settings apart: true is not 1, and "1" is neither."""
    return json.dumps(setting)
