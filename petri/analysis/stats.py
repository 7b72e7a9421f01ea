"""Means, rates and their intervals. Pure; whatever is undefined is None, never a number that looks like one."""

import math
import operator
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from petri.analysis.quantiles import normal, student

LEVEL = 0.95
_ROUNDING = 1e-9
_LEAST_UNLIKE = 3
"""Clusters that have to differ from the others where most are alike: with fewer an interval covers too little."""


class Interval(NamedTuple):
    """A confidence interval."""

    low: float
    high: float


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float | None:
    """Give the mean of what was observed with unequal probabilities, each value weighted by 1 / its probability.

    This is Hájek's estimate: both sums are unbiased, their quotient nearly so, and a scale's ends still bound it.
    """
    total = sum(weights)
    return sum(map(operator.mul, weights, values)) / total if total else None


def effective_size(weights: Sequence[float]) -> float:
    """Give how many observations of equal weight say as much as these (Kish): their number where all are equal."""
    return sum(weights) ** 2 / sum(weight**2 for weight in weights) if weights else 0.0


def clustered_mean_interval(
    values: Sequence[float], clusters: Sequence[str], weights: Sequence[float] | None = None
) -> Interval | None:
    """Give the 95 % interval of a mean whose observations come in clusters (here: scenarios).

    The variance is the sum over clusters of the squared sums of weighted deviations, over the squared sum of weights,
    times C/(C-1), which is the linearised one of a weighted mean; the quantile is Student's with C-1 degrees of freedom
    (Miller 2024, arXiv 2411.00640, with the small-sample correction), fewer where few observations carry most of the
    weight: C counts in the ratio of effective to actual size.

    Scores of audits are skewed, and Student's interval then lies too near the innocent end. Both ends are therefore
    mapped through Hall's cubic transformation, which takes out the skewness of the clusters' sums (Hall 1992, Journal
    of the Royal Statistical Society B 54:221-228); without skewness they stay where they are.

    None with fewer than two clusters, where the clusters do not differ, and where most of them are alike and fewer than
    three are not: none of these says how scenarios differ.
    """
    spread = _spread(values, clusters, weights)
    if spread is None:
        return None
    mean, scaled, size = spread.mean, spread.scaled, spread.effective
    count = len(scaled)
    deviation = float(np.sqrt((scaled**2).sum() / (count - 1)))
    skewness = float((scaled**3).mean()) / deviation**3
    quantile = student((1 + LEVEL) / 2, max(size - 1, 1.0)) / math.sqrt(count)
    low, high = (deviation * _unskewed(end, skewness, count) for end in (quantile, -quantile))
    return Interval(mean - low, mean - high)


def clustered_difference_interval(
    changes: Sequence[float], clusters: Sequence[str], weights: Sequence[float] | None = None
) -> Interval | None:
    """Give the 95 % interval of a mean of paired differences, whose pairs come in clusters; None as for a mean.

    It is Student's, from the error that ``mean_error`` gives. Differences of sides that are alike lie evenly about 0:
    what skewness a few of them show is chance, and taking it out as for a mean makes the interval too narrow (over
    300 simulated runs a row it held the difference in 84 to 97 % of them, this one in 92 to 99 %).
    """
    found = mean_error(changes, clusters, weights)
    if found is None:
        return None
    error, freedom = found
    half = student((1 + LEVEL) / 2, freedom) * error
    mean = weighted_mean(changes, [1.0] * len(changes) if weights is None else weights)
    return None if mean is None else Interval(mean - half, mean + half)


def mean_error(
    values: Sequence[float], clusters: Sequence[str], weights: Sequence[float] | None = None
) -> tuple[float, float] | None:
    """Give the standard error of a mean of clustered observations, and its degrees of freedom.

    It is None where ``clustered_mean_interval`` is, which says how both are computed.
    """
    spread = _spread(values, clusters, weights)
    if spread is None:
        return None
    count = len(spread.scaled)
    error = math.sqrt(float((spread.scaled**2).sum()) / (count - 1) / count)
    return error, max(spread.effective - 1, 1.0)


class _Spread(NamedTuple):
    """How clusters differ about a mean."""

    mean: float
    scaled: NDArray[np.float64]
    """Of each cluster the sum of its weighted deviations, times the number of clusters, over the sum of weights."""
    effective: float
    """As many clusters as these are worth, where few observations carry most of the weight."""


def _spread(
    values: Sequence[float], clusters: Sequence[str], weights: Sequence[float] | None
) -> _Spread | None:
    names = sorted(set(clusters))
    count = len(names)
    if count < 2:  # noqa: PLR2004 -- one cluster says nothing of how clusters differ
        return None
    data = np.asarray(values, dtype=float)
    keys = np.asarray(clusters)
    weight = np.ones(len(data)) if weights is None else np.asarray(weights, dtype=float)
    mean = float((weight * data).sum() / weight.sum())
    deviations = weight * (data - mean)
    scaled = np.array([deviations[keys == name].sum() for name in names]) * count / float(weight.sum())
    tolerance = _ROUNDING * max(1.0, float(np.abs(data).max()))
    means = [float((weight * data)[keys == name].sum() / weight[keys == name].sum()) for name in names]
    alike = max(sum(abs(other - each) <= tolerance for other in means) for each in means)
    if float(np.abs(scaled).max()) <= tolerance or (alike > count / 2 and count - alike < _LEAST_UNLIKE):
        return None
    return _Spread(mean, scaled, count * effective_size(weight.tolist()) / len(data))


def _unskewed(end: float, skewness: float, count: int) -> float:
    """Give the end of an interval, in standard deviations, with the skewness taken out: Hall's inverse."""
    if abs(skewness) < _ROUNDING:
        return end
    return 3 * (float(np.cbrt(1 + skewness * (end - skewness / (6 * count)))) - 1) / skewness


def rate_interval(
    hits: Sequence[bool], clusters: Sequence[str], weights: Sequence[float] | None = None
) -> Interval | None:
    """Give the 95 % Wilson interval of a rate; None without observations.

    Observations of one scenario are not independent: the sample size is divided by the design effect, estimated
    from the clusters where it can be and never taken below 1 (Korn and Graubard 1998). Where it is above 1, and so
    rests on how few clusters differ, the size is multiplied by the squared ratio of the normal quantile to
    Student's with C-1 degrees of freedom (likewise). The size of weighted observations is their effective size.
    That is wider than the linearised variance would have it, and has to be: where the few that weigh most hold no
    hit, that variance knows nothing of the hits that they might have held.
    """
    if not hits:
        return None
    rate, size = effective_rate(hits, clusters, weights)
    z = normal((1 + LEVEL) / 2)
    count = len(set(clusters))
    given = [1.0] * len(hits) if weights is None else weights
    if count > 1 and 0 < rate < 1 and size < effective_size(given) - _ROUNDING:
        size *= (z / student((1 + LEVEL) / 2, count - 1)) ** 2
    centre = (rate + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * math.sqrt(rate * (1 - rate) / size + z**2 / (4 * size**2))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def effective_rate(
    hits: Sequence[bool], clusters: Sequence[str], weights: Sequence[float] | None = None
) -> tuple[float, float]:
    """Give a rate, and the number of independent observations of equal weight that would say as much; of some hits."""
    given = [1.0] * len(hits) if weights is None else weights
    rate = sum(map(operator.mul, given, hits)) / sum(given)
    return rate, effective_size(given) / _design_effect(hits, clusters, given, rate)


def _design_effect(
    hits: Sequence[bool], clusters: Sequence[str], weights: Sequence[float], rate: float
) -> float:
    """Give the ratio of the clustered variance of a rate to the binomial one; at least 1, at most the cluster size."""
    total, names = len(hits), set(clusters)
    largest = max(list(clusters).count(name) for name in names)
    if largest == 1:
        return 1.0
    if len(names) == 1 or rate in {0.0, 1.0}:
        return total / len(names)
    data = np.asarray(weights) * (np.asarray(hits, dtype=float) - rate)
    keys = np.asarray(clusters)
    sums = np.array([data[keys == name].sum() for name in sorted(names)])
    clustered = float((sums**2).sum()) * len(names) / (len(names) - 1) / sum(weights) ** 2
    return min(max(clustered / (rate * (1 - rate) / effective_size(weights)), 1.0), float(largest))
