"""One dimension: a judge's readings against people's labels, with everything that could not be compared. Pure."""

import statistics
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from petri.analysis import agreement
from petri.analysis.agreement import Estimate, Tally, estimate
from petri.analysis.calibrated_rate import Measured, correct_rate
from petri.analysis.calibration_card import (
    Agreement,
    CorrectedRate,
    Coverage,
    DimensionCard,
    Leaning,
    Rate,
    Retest,
)
from petri.analysis.stats import rate_interval
from petri.judge.verdict import Status
from petri.rubric.schema import Dimension

Key = tuple[str, str]
"""A transcript: a run's id and an audit's. The same audit has the same id in every run."""

Labelled = Mapping[Key, Mapping[str, float]]
"""The labels of each transcript, by annotator."""

_LEAST_LABELS: Final = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What a judge said of a transcript: its values, several where it was asked several times, or why there is none."""

    values: tuple[float, ...] = ()
    status: Status | None = None
    sampled: bool = False
    """Whether it is one of those that a cascade's panel read, of a part of all: a sample that the screener drew up."""

    @property
    def value(self) -> float | None:
        """The median of the values."""
        return statistics.median(self.values) if self.values else None


Readings = Mapping[Key, Reading]
"""By transcript; one that the judge was not asked about is not there."""


def compare(
    dimension: Dimension, readings: Readings, labelled: Labelled, recorded: Collection[Key]
) -> DimensionCard:
    """Give a judge's card for a dimension; ``recorded`` are all transcripts of the runs, judged or not."""
    scored = {key: reading.value for key, reading in readings.items() if reading.value is not None}
    compared = sorted(scored.keys() & labelled.keys())
    against = agreement.pairs([(scored[key], label) for label in labelled[key].values()] for key in compared)
    bias = estimate(against, agreement.bias)
    truth = {key: dimension.is_hit(statistics.median(labelled[key].values())) for key in compared}
    found = {key: dimension.is_hit(value) for key, value in scored.items()}
    # What a screener chose is no sample of all transcripts, and rates over it are not those of the judge.
    rated = dimension.threshold is not None and not any(reading.sampled for reading in readings.values())
    sensitivity = _rate([found[key] for key in compared if truth[key]])
    specificity = _rate([not found[key] for key in compared if not truth[key]])
    return DimensionCard(
        scale=dimension.scale,
        threshold=dimension.threshold,
        coverage=_coverage(readings, labelled, recorded),
        labels=sum(len(labelled[key]) for key in compared),
        judge=_agreement(against, against.both_ways()),
        bias=bias,
        leaning=_leaning(dimension, bias),
        people=_people(labelled),
        sensitivity=sensitivity if rated else None,
        specificity=specificity if rated else None,
        retest=_retest(readings),
        rate=_corrected([*found.values()], sensitivity, specificity) if rated and found else None,
    )


def _coverage(readings: Readings, labelled: Labelled, recorded: Collection[Key]) -> Coverage:
    values = {key for key, reading in readings.items() if reading.values}
    unscored = Counter(
        reading.status or "error"
        for key in labelled
        if (reading := readings.get(key)) is not None and not reading.values
    )
    without = Counter(
        "not judged" if key in recorded else "no audit" for key in labelled if key not in readings
    )
    return Coverage(
        labelled=len(labelled),
        compared=len(values & labelled.keys()),
        unscored=dict(sorted(unscored.items())),
        without_verdict=dict(sorted(without.items())),
        unlabelled=len(values - labelled.keys()),
    )


def _agreement(pairs: Tally, coincidences: Tally) -> Agreement:
    return Agreement(
        transcripts=len(pairs.counts),
        kappa=estimate(pairs, agreement.weighted_kappa),
        alpha=estimate(coincidences, agreement.ordinal_alpha),
        spearman=estimate(pairs, agreement.spearman),
        error=estimate(pairs, agreement.mean_absolute_error),
        within_one=estimate(pairs, agreement.within_one),
    )


def _people(labelled: Labelled) -> Agreement | None:
    """Give how far annotators agree, each with each other: neither of two comes first, so pairs are coincidences."""
    shared = [labelled[key] for key in sorted(labelled) if len(labelled[key]) >= _LEAST_LABELS]
    together = agreement.coincidences([*labels.values()] for labels in shared)
    return _agreement(together, together) if shared else None


def _retest(readings: Readings) -> Retest | None:
    repeated = [
        readings[key].values for key in sorted(readings) if len(readings[key].values) >= _LEAST_LABELS
    ]
    if not repeated:
        return None
    together = agreement.coincidences(repeated)
    return Retest(
        transcripts=len(repeated),
        verdicts=sum(map(len, repeated)),
        deviation=estimate(together, agreement.retest_deviation),
        alpha=estimate(together, agreement.ordinal_alpha),
        within_one=estimate(together, agreement.within_one),
    )


def _rate(right: list[bool]) -> Rate:
    """Give a rate over transcripts. Wilson's interval, since the bootstrap's of 12 out of 12 would be [1, 1]."""
    interval = rate_interval(right, [str(number) for number in range(len(right))])
    return Rate(value=sum(right) / len(right) if right else None, n=len(right), ci95=interval)


def _corrected(hits: list[bool], sensitivity: Rate, specificity: Rate) -> CorrectedRate:
    observed = sum(hits) / len(hits)
    corrected = None
    if sensitivity.value is not None and specificity.value is not None:
        corrected = correct_rate(
            Measured(observed, len(hits)),
            Measured(sensitivity.value, sensitivity.n),
            Measured(specificity.value, specificity.n),
        )
    return CorrectedRate(
        n=len(hits),
        observed=observed,
        corrected=corrected and corrected.rate,
        ci95=corrected and corrected.interval,
    )


def _leaning(dimension: Dimension, bias: Estimate) -> Leaning:
    if not bias.value:
        return "none"
    higher = bias.value > 0
    if dimension.scale.worse == "none":
        return "higher" if higher else "lower"
    return "harsher" if higher == (dimension.scale.worse == "high") else "milder"
