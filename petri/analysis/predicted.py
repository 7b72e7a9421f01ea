"""Means over many judged transcripts, put right by the few that people labelled (prediction-powered). Pure."""

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from petri.analysis.quantiles import student
from petri.analysis.stats import LEVEL, Interval, mean_error

_ROUNDING: Final = 1e-9
LEAST: Final = 10
"""Labelled transcripts, and scenarios of them, below which the judge's bias is not known well enough."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A transcript that the judge scored: its scenario, and the judge's value."""

    scenario: str
    value: float
    weight: float = 1.0
    """How many transcripts it stands for."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A transcript that a person scored too; which ones was left to chance."""

    scenario: str
    judge: float
    person: float
    weight: float = 1.0
    """1 / the probability with which it was drawn."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """A mean as people would have given it over all transcripts."""

    mean: float
    interval: Interval | None
    bias: float
    """How much more people give than the judge, over the labelled transcripts."""


def predict(judged: Sequence[Judged], labelled: Sequence[Labelled]) -> Predicted | None:
    """Give the mean that people would have given: the judge's over all, plus its mean error over the labelled.

    This is the estimate of Angelopoulos et al. (2023, Science 382:669-674): right however bad the judge is, if those
    that people labelled were drawn with known probabilities; a good judge makes the interval narrow. Each label counts
    1 / its probability times, over the sum of these (Hájek 1971), so that any known design of the draw will do, as in
    Fisch et al. (2024, arXiv 2406.04291) for strata. The labelled transcripts are among the judged ones, so that the
    variance has three parts: of either mean, and twice their covariance, each clustered by scenario; the degrees of
    freedom are Welch's and Satterthwaite's. None with fewer than ten labels, and no interval with fewer than ten
    labelled scenarios, or where the error does not differ between them.
    """
    if not judged or len(labelled) < LEAST:
        return None
    of_judge = _Part.of([(each.scenario, each.value, each.weight) for each in judged])
    of_error = _Part.of([(each.scenario, each.person - each.judge, each.weight) for each in labelled])
    mean = of_judge.mean + of_error.mean
    if of_error.error is None or len(of_error.sums) < LEAST:
        return Predicted(mean, None, of_error.mean)
    known = [each for each in (of_judge.error, of_error.error) if each is not None]
    separate = sum(error**2 for error, _ in known)
    variance = separate + 2 * _covariance(of_judge, of_error)
    if variance <= _ROUNDING * separate:
        return Predicted(mean, None, of_error.mean)
    freedom = separate**2 / sum(error**4 / degrees for error, degrees in known)
    half = student((1 + LEVEL) / 2, freedom) * math.sqrt(variance)
    return Predicted(mean, Interval(mean - half, mean + half), of_error.mean)


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the two means that are added up."""

    mean: float
    error: tuple[float, float] | None
    """As ``mean_error`` gives it."""
    sums: Mapping[str, float]
    """What each scenario adds to the difference of the mean from the true one."""

    @classmethod
    def of(cls, rows: Sequence[tuple[str, float, float]]) -> Self:
        """Give the weighted mean of values, each with its scenario and weight."""
        scenarios, values, weights = (
            [row[0] for row in rows],
            [row[1] for row in rows],
            [row[2] for row in rows],
        )
        total = sum(weights)
        mean = sum(map(operator.mul, weights, values)) / total
        sums = dict.fromkeys(scenarios, 0.0)
        for scenario, value, weight in rows:
            sums[scenario] += weight * (value - mean) / total
        return cls(mean, mean_error(values, scenarios, weights), sums)


def _covariance(one: _Part, other: _Part) -> float:
    """Give the covariance of two means over the same scenarios, clustered as the variances are."""
    count = len(one.sums)
    shared = sum(value * other.sums.get(scenario, 0.0) for scenario, value in one.sums.items())
    return shared * count / (count - 1) if count > 1 else 0.0
