"""Means, rates and their intervals. Pure; whatever is undefined is None, never a number that looks like one."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

LEVEL = 0.95
_ROUNDING = 1e-9


class Interval(NamedTuple):
    """A confidence interval."""

    low: float
    high: float


def clustered_mean_interval(values: Sequence[float], clusters: Sequence[str]) -> Interval | None:
    """Give the 95 % interval of a mean whose observations come in clusters (here: scenarios).

    The variance is the sum over clusters of the squared sums of deviations, over n², times C/(C-1); the quantile is
    Student's with C-1 degrees of freedom (Miller 2024, arXiv 2411.00640, with the small-sample correction). None with
    fewer than two clusters, and where the clusters do not differ: neither says how scenarios differ.
    """
    names = sorted(set(clusters))
    count = len(names)
    if count < 2:  # noqa: PLR2004 -- see above
        return None
    data = np.asarray(values, dtype=float)
    keys = np.asarray(clusters)
    deviations = data - data.mean()
    sums = np.array([deviations[keys == name].sum() for name in names])
    error = math.sqrt(float((sums**2).sum()) * count / (count - 1)) / len(data)
    if error <= _ROUNDING * max(1.0, float(np.abs(data).max())):
        return None
    half = float(stats.t.ppf((1 + LEVEL) / 2, count - 1)) * error
    return Interval(float(data.mean()) - half, float(data.mean()) + half)


def rate_interval(hits: Sequence[bool], clusters: Sequence[str]) -> Interval | None:
    """Give the 95 % Wilson interval of a rate; None without observations.

    Observations of one scenario are not independent: the sample size is divided by the design effect, estimated from
    the clusters where it can be and never taken below 1 (Korn and Graubard 1998).
    """
    total = len(hits)
    if total == 0:
        return None
    rate = sum(hits) / total
    size = total / _design_effect(hits, clusters)
    z = float(stats.norm.ppf((1 + LEVEL) / 2))
    centre = (rate + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * math.sqrt(rate * (1 - rate) / size + z**2 / (4 * size**2))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def _design_effect(hits: Sequence[bool], clusters: Sequence[str]) -> float:
    """Give the ratio of the clustered variance of a rate to the binomial one; at least 1, at most the cluster size."""
    total, names = len(hits), set(clusters)
    largest = max(list(clusters).count(name) for name in names)
    rate = sum(hits) / total
    if largest == 1:
        return 1.0
    if len(names) == 1 or rate in {0.0, 1.0}:
        return total / len(names)
    data = np.asarray(hits, dtype=float) - rate
    keys = np.asarray(clusters)
    sums = np.array([data[keys == name].sum() for name in sorted(names)])
    clustered = float((sums**2).sum()) * len(names) / (len(names) - 1) / total**2
    return min(max(clustered / (rate * (1 - rate) / total), 1.0), float(largest))
