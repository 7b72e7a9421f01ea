"""Means and rates on tables small enough to work out by hand."""

import math
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as student
from scipy.optimize import brentq

from petri.analysis.stats import clustered_mean_interval, mean_error, rate_interval

T1 = 12.706204736432095  # Student's t, 97.5 %, 1 degree of freedom
T2 = 4.302652729911275  # 2 degrees
Z2 = 1.959963984540054**2

# values, clusters -> half width of the interval, None where there is none
MEANS: dict[str, tuple[list[float], str, float | None]] = {
    "nothing": ([], "", None),
    "one value": ([5], "a", None),
    "one cluster": ([1, 5, 9], "aaa", None),
    "no spread": ([5, 5, 5], "abc", None),
    "no spread between clusters": ([1, 9, 1, 9], "aabb", None),
    "two clusters of one": ([2, 6], "ab", T1 * 2),
    "two clusters of two": ([1, 3, 5, 7], "aabb", T1 * 2),
    "three clusters of one: the textbook": ([1, 2, 3], "abc", T2 / math.sqrt(3)),
    "most are alike, and two are not": ([1, 1, 1, 1, 5, 9], "abcdef", None),
}
# values, clusters -> deviations of the clusters about the mean, times their number, over the number of values
SKEWED: dict[str, tuple[list[float], str, list[float]]] = {
    "clusters of unequal size": ([1, 2, 6, 7], "aabc", [-15 / 4, 6 / 4, 9 / 4]),
    "a long tail": ([1, 1, 2, 3, 9], "abcde", [-2.2, -2.2, -1.2, -0.2, 5.8]),
    "most are alike, and three are not": ([1, 1, 1, 1, 3, 5, 9], "abcdefg", [-2, -2, -2, -2, 0, 2, 6]),
}


@pytest.mark.parametrize("name", MEANS)
def test_mean(name: str) -> None:
    values, clusters, half = MEANS[name]
    interval = clustered_mean_interval(values, list(clusters))
    if half is None:
        assert interval is None
        return
    assert interval is not None
    mean = sum(values) / len(values)
    assert interval == pytest.approx((mean - half, mean + half))


@pytest.mark.parametrize("name", SKEWED)
def test_a_skewed_mean(name: str) -> None:
    """The ends are where Hall's transformation of the studentised mean has Student's quantiles, found by bisection."""
    values, clusters, deviations = SKEWED[name]
    interval = clustered_mean_interval(values, list(clusters))
    assert interval is not None
    mean, count = sum(values) / len(values), len(deviations)
    spread = math.sqrt(sum(d**2 for d in deviations) / (count - 1))
    skew = sum(d**3 for d in deviations) / count / spread**3

    def studentised(end: float) -> float:
        u = (mean - end) / spread
        hall = u + skew * u**2 / 3 + skew**2 * u**3 / 27 + skew / (6 * count)
        return math.sqrt(count) * hall

    t = float(student.t.ppf(0.975, count - 1))
    for end, wanted in zip(interval, (t, -t), strict=True):
        assert studentised(end) == pytest.approx(wanted)
    assert brentq(lambda end: studentised(end) - t, mean - 99, mean + 99) == pytest.approx(interval.low)
    assert (interval.high - mean > mean - interval.low) == (skew > 0)


def test_the_standard_error_is_that_of_a_published_regression() -> None:
    """Liang and Zeger's with C/(C-1), as statsmodels has it for a constant with clustered groups."""
    values, clusters = [1.0, 4, 2, 8, 5, 7], list("aabbcd")
    told = mean_error(values, clusters)
    mean = sum(values) / 6
    sums = [sum(v - mean for v, c in zip(values, clusters, strict=True) if c == each) for each in "abcd"]
    assert told is not None
    assert told[0] == pytest.approx(math.sqrt(sum(each**2 for each in sums) * 4 / 3) / 6)
    assert told[1] == 3


@pytest.mark.parametrize("weights", [None, [1.0, 4, 4, 1, 2, 1, 10, 1]])
def test_the_standard_error_is_statsmodels_clustered_one(weights: list[float] | None) -> None:
    """A regression on a constant, weighted where values are, with clusters; its factor then is C/(C-1)."""
    values, clusters = [1.0, 4, 2, 8, 6, 7, 3, 3], [0, 0, 1, 1, 2, 3, 3, 4]
    library: Any = import_module("statsmodels.regression.linear_model")
    model = library.WLS(values, [1.0] * 8, weights=weights or [1.0] * 8)
    theirs: Any = model.fit(cov_type="cluster", cov_kwds={"groups": np.array(clusters)})
    told = mean_error(values, list(map(str, clusters)), weights)
    assert told is not None
    assert told[0] == pytest.approx(float(theirs.bse[0]))


def wilson(hits: float, size: float) -> tuple[float, float]:
    rate, z2 = hits / size, Z2
    centre = rate + z2 / (2 * size)
    half = math.sqrt(z2 * (rate * (1 - rate) / size + z2 / (4 * size**2)))
    return (centre - half) / (1 + z2 / size), (centre + half) / (1 + z2 / size)


# hits, clusters -> the effective number of hits and of observations
RATES: dict[str, tuple[str, str, tuple[float, float] | None]] = {
    "nothing": ("", "", None),
    "one hit": ("x", "a", (1, 1)),
    "one miss": (".", "a", (0, 1)),
    "each its own cluster": ("x.x.", "abcd", (2, 4)),
    # one degree of freedom, and the size of two goes down by (1.96 / 12.71)²
    "clusters that agree count once": ("xx..", "aabb", (Z2 / T1**2, 2 * Z2 / T1**2)),
    "clusters that are mixed count in full": ("x.x.", "aabb", (2, 4)),
    "no hit in clusters of two": ("....", "aabb", (0, 2)),
    "only hits in one cluster": ("xxxx", "aaaa", (1, 1)),
    "mixed in one cluster": ("xx..", "aaaa", (0.5, 1)),
}


@pytest.mark.parametrize("name", RATES)
def test_rate(name: str) -> None:
    hits, clusters, effective = RATES[name]
    interval = rate_interval([hit == "x" for hit in hits], list(clusters))
    if effective is None:
        assert interval is None
        return
    assert interval == pytest.approx(wilson(*effective))


OBSERVED = st.lists(st.tuples(st.integers(1, 10), st.sampled_from("abcd")), min_size=1, max_size=20)


@given(OBSERVED)
def test_an_interval_holds_its_estimate(rows: list[tuple[int, str]]) -> None:
    values, clusters = [float(value) for value, _ in rows], [cluster for _, cluster in rows]
    interval = clustered_mean_interval(values, clusters)
    if interval is not None:
        assert interval.low < sum(values) / len(values) < interval.high
    hits = [value >= 5 for value in values]
    rate = rate_interval(hits, clusters)
    assert rate is not None
    assert 0 <= rate.low <= sum(hits) / len(hits) + 1e-9
    assert sum(hits) / len(hits) - 1e-9 <= rate.high <= 1


@given(OBSERVED)
def test_the_order_of_rows_does_not_matter(rows: list[tuple[int, str]]) -> None:
    first, second = (
        clustered_mean_interval([float(value) for value, _ in order], [cluster for _, cluster in order])
        for order in (rows, sorted(rows))
    )
    assert (first is None) == (second is None)
    assert first is None or first == pytest.approx(second)


def test_clusters_that_do_not_differ_give_no_interval() -> None:
    assert clustered_mean_interval([1, 2, 4, 1, 2, 4], ["a", "a", "a", "b", "b", "b"]) is None
