"""Means over many judged transcripts, put right by the few that people labelled (prediction-powered). Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from petri.analysis.quantiles import student
from petri.analysis.stats import LEVEL, Interval, mean_error, weighted_mean

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
    Fisch et al. (2024, arXiv 2406.04291) for strata. The variances of the two means add up, each clustered by
    scenario, with the degrees of freedom of Welch and Satterthwaite. None with fewer than ten labels, and no interval
    with fewer than ten labelled scenarios, or where the error does not differ between them.
    """
    if not judged or len(labelled) < LEAST:
        return None
    errors, weights = [each.person - each.judge for each in labelled], [each.weight for each in labelled]
    of_judge = weighted_mean([each.value for each in judged], [each.weight for each in judged])
    bias = weighted_mean(errors, weights)
    if of_judge is None or bias is None:
        return None
    mean = of_judge + bias
    of_bias = mean_error(errors, [each.scenario for each in labelled], weights)
    of_all = mean_error(
        [each.value for each in judged],
        [each.scenario for each in judged],
        [each.weight for each in judged],
    )
    if of_bias is None or len({each.scenario for each in labelled}) < LEAST:
        return Predicted(mean, None, bias)
    known = [each for each in (of_all, of_bias) if each is not None]
    variance = sum(error**2 for error, _ in known)
    freedom = variance**2 / sum(error**4 / degrees for error, degrees in known)
    half = student((1 + LEVEL) / 2, freedom) * math.sqrt(variance)
    return Predicted(mean, Interval(mean - half, mean + half), bias)
