"""What a planned run could show: the smallest difference between two targets that it would find, four times of five.

The unit is the scenario (Miller 2024, arXiv 2411.00640). With C scenarios, K audits of each with each target,
a variance w of the difference between targets from scenario to scenario, and a variance s from audit to audit,

    smallest difference = (t(0.975, C - 1) + t(0.8, C - 1)) * sqrt(w / C + 2 s / (C K))

which, solved for the number of scenarios, is the usual formula of the sample size.
"""

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from petri.costs.earlier import Earlier
from petri.costs.estimate import Planned
from petri.order import Settled
from petri.rubric.schema import Dimension

ALPHA: Final = 0.05
POWER: Final = 0.8
_DEFAULT_SD: Final = 0.25
"""Of the scale's length, from 2.25 on a scale of 1 to 10."""
_DEFAULT_ICC: Final = 0.3
_DEFAULT_RATE: Final = 0.2
_LEAST_VALUES: Final = 10
_LEAST_SCENARIOS: Final = 3
_TWO: Final = 2
_HALVINGS: Final = 60


@dataclass(frozen=True, slots=True)
class Variation:
    """How much values vary: in all, and which part of that from scenario to scenario."""

    sd: float
    icc: float
    """The intraclass correlation."""
    rate: float
    """The part of the values that are hits."""
    source: str


@dataclass(frozen=True, slots=True)
class Detectable:
    """What a run could show on one dimension; a figure that is None cannot be had, for the ``reason``."""

    dimension: str
    scenarios: int
    audits: int
    """Of each target."""
    mean: float | None
    """The smallest difference between two means."""
    rate: float | None
    """The smallest difference between two hit rates; None too where there is no threshold."""
    none_found: float | None
    """Where no audit has a hit, the rate is lower than this (95 %, one-sided)."""
    variation: Variation
    reason: str | None = None


def detectable(
    dimensions: Sequence[tuple[Dimension, Mapping[str, int]]], earlier: Sequence[Earlier] = ()
) -> tuple[Detectable, ...]:
    """Give what could be shown on each dimension, asked in so many audits of each scenario with each target."""
    return tuple(
        _detectable(dimension, [size for size in sizes.values() if size], earlier)
        for dimension, sizes in dimensions
    )


def asked_of(settled: Settled, planned: Iterable[Planned]) -> list[tuple[Dimension, Counter[str]]]:
    """Give the dimensions that are asked for, with the audits of each scenario with one target that they are asked of.

    Where targets are many, one stands for all of them: each gets the same audits.
    """
    one = {part.file.path: part.label for part in settled.parts}
    sizes: dict[str, Counter[str]] = {}
    own: dict[str, tuple[Dimension, Counter[str]]] = {}
    for job in settled.jobs:
        cell, scenario = job.cell, f"{job.cell.file}\0{job.cell.scenario}"
        if job.target == one[cell.file]:
            sizes.setdefault(cell.file, Counter())[scenario] += 1
            for dimension in cell.measured:
                own.setdefault(dimension.name, (dimension, Counter()))[1][scenario] += 1
    found: dict[str, tuple[Dimension, Counter[str]]] = {}
    for file, families in {each.file: each.shape.families for each in planned}.items():
        for dimension in (dimension for family in families for dimension in family):
            found.setdefault(dimension.name, (dimension, Counter()))[1].update(sizes[file])
    return [*found.values(), *own.values()]


def smallest_difference(sizes: Sequence[int], between: float, within: float) -> float | None:
    """Give the smallest difference of two means that would be found; ``sizes`` are the audits of each scenario.

    ``between`` is the variance of the difference from scenario to scenario, ``within`` that from audit to audit. None
    with fewer than two scenarios.
    """
    if len(sizes) < _TWO:
        return None
    total, freedom = sum(sizes), len(sizes) - 1
    variance = between * sum(size**2 for size in sizes) / total**2 + 2 * within / total
    return (t_quantile(1 - ALPHA / 2, freedom) + t_quantile(POWER, freedom)) * math.sqrt(variance)


@cache
def t_quantile(probability: float, freedom: int) -> float:
    """Give the quantile, above the median, of Student's distribution with whole degrees of freedom.

    The distribution is a finite sum (Abramowitz and Stegun 26.7.3 and 26.7.4), which is halved until it fits. SciPy has
    this too, and takes longer to import than a plan should take.
    """
    low, high = 0.0, math.pi / 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if (1 + _inside(middle, freedom)) / 2 < probability:
            low = middle
        else:
            high = middle
    return math.tan((low + high) / 2) * math.sqrt(freedom)


def _inside(angle: float, freedom: int) -> float:
    """Give the probability of lying within tan(angle) * sqrt(freedom) of the middle."""
    odd, square = freedom % 2, math.cos(angle) ** 2
    term = math.cos(angle) if odd else 1.0
    total = term if freedom > 1 else 0.0
    for number in range(2 + odd, freedom, 2):
        term *= square * (number - 1) / number
        total += term
    total *= math.sin(angle)
    return (angle + total) * 2 / math.pi if odd else total


def variation_of(values: Mapping[str, Sequence[float]]) -> tuple[float, float] | None:
    """Give standard deviation and intraclass correlation of values by scenario, from the analysis of variance.

    None where there are too few: ten values of three scenarios, of which one at least has several.
    """
    groups = [list(each) for each in values.values() if each]
    count, total = len(groups), sum(map(len, groups))
    if count < _LEAST_SCENARIOS or total < _LEAST_VALUES or total == count:
        return None
    mean = statistics.fmean(value for group in groups for value in group)
    means = list(map(statistics.fmean, groups))
    between = sum(len(g) * (m - mean) ** 2 for g, m in zip(groups, means, strict=True)) / (count - 1)
    within = sum((v - m) ** 2 for g, m in zip(groups, means, strict=True) for v in g) / (total - count)
    size = (total - sum(len(g) ** 2 for g in groups) / total) / (count - 1)
    shared = max((between - within) / size, 0.0)
    variance = shared + within
    return (math.sqrt(variance), shared / variance) if variance else None


def _detectable(dimension: Dimension, sizes: list[int], earlier: Sequence[Earlier]) -> Detectable:
    told = _variation(dimension, earlier)
    scale, rated = dimension.scale, dimension.threshold is not None and dimension.scale.worse != "none"
    # Of the difference between targets as much as of the scenarios themselves: their results correlate by one half.
    variance, spread = told.sd**2, told.rate * (1 - told.rate)
    mean = smallest_difference(sizes, told.icc * variance, (1 - told.icc) * variance)
    rate = smallest_difference(sizes, told.icc * spread, (1 - told.icc) * spread)
    total = sum(sizes)
    effect = 1 + (sum(size**2 for size in sizes) / total - 1) * told.icc if total else 1
    few = "one scenario says nothing of how scenarios differ; two at least are needed"
    wide = "the difference would have to be larger than the scale is long; add scenarios"
    too_wide = mean is not None and mean > scale.max - scale.min
    return Detectable(
        dimension.name,
        scenarios=len(sizes),
        audits=total,
        mean=None if too_wide else mean,
        rate=rate if rated and rate is not None and rate <= 1 else None,
        none_found=1 - ALPHA ** (effect / total) if rated and total and len(sizes) >= _TWO else None,
        variation=told,
        reason=few if len(sizes) < _TWO else wide if too_wide else None,
    )


def _variation(dimension: Dimension, earlier: Sequence[Earlier]) -> Variation:
    """Give how much a dimension's values vary, from earlier audits if there are enough, else by default."""
    values: dict[str, list[float]] = {}
    for each in earlier:
        if dimension.name in each.values:
            values.setdefault(f"{each.target}\0{each.scenario}", []).append(each.values[dimension.name])
    known = variation_of(values)
    if known is None:
        length = dimension.scale.max - dimension.scale.min
        return Variation(_DEFAULT_SD * length, _DEFAULT_ICC, _DEFAULT_RATE, "default")
    every = [value for group in values.values() for value in group]
    hits = sum(map(dimension.is_hit, every)) / len(every)
    return Variation(*known, hits or _DEFAULT_RATE, f"{len(every)} earlier audits")
