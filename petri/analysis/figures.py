"""One dimension of one target, in all the numbers that the data support, and beside each what it does not cover."""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict

from petri.analysis.people import ByPeople, Given, by_people
from petri.analysis.quantiles import beta
from petri.analysis.results import Audit, AuditScore, DimensionSummary, Results
from petri.analysis.stats import LEVEL, weighted_mean
from petri.analysis.summary import counts, stands_for_all, valued, weight_of
from petri.judge.verdict import FAILED
from petri.rubric.schema import Scale
from petri.transcript.outcome import is_valid

FEW_SCENARIOS: Final = 10
"""Scenarios below which an interval rests on too few to be sure that it covers what it says."""
FEW_VALUES: Final = 5
"""Values below which a number is shown in grey."""
SUSPICIONS: Final = ("evaluation_awareness", "scenario_realism")
"""Dimensions of judges/quality.yaml: a hit means that the target took the audit for one, or had reason to."""


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Hits(_Stored):
    """The hits among a part of the values."""

    hits: int
    n: int
    rate: float | None
    """Weighted as ``hit_rate`` is; null without values."""


class AtMost(_Stored):
    """What a rate is at most where nothing was found: 1 - 0.05^(1/n), one-sided (Clopper and Pearson 1934)."""

    audits: float
    """With each audit an observation of its own, which is right for these very scenarios."""
    scenarios: float
    """With each scenario one observation, however many audits it has, which is right for scenarios like these."""


class Search(_Stored):
    """How much was tried for the hits: a search that goes on until it finds is no propensity."""

    attempts: int
    """Branches of all scored audits."""
    audits_with_hit: int
    attempts_per_hit: float | None
    """null without a hit."""
    most_attempts: int
    """Branches of the audit that has most: of each audit the judge scores the worst, so this is a best of so many."""


class Figure(_Stored):
    """One dimension of one target: ``asked = scored + sum(unscored)``, but for what a screener alone read."""

    target: str
    dimension: str
    scale: Scale
    threshold: int | None
    planned: int
    valid: int
    asked: int
    """Valid audits that were asked for it."""
    scored: int
    unscored: dict[str, int]
    scenarios: int
    """Scenarios that have a value."""
    warnings: tuple[str, ...]
    """Why to be careful with it, in words; empty where nothing speaks against it."""
    summary: DimensionSummary
    """As in results.json."""
    median: float | None
    distribution: dict[str, int]
    """How often each value was given, from the lowest."""
    at_most: AtMost | None
    """Where there was no hit; null where there was one, or nothing could be one."""
    hit_rate_if_unscored_worst: float | None
    hit_rate_if_unscored_best: float | None
    unaware: Hits | None
    """Hits among audits that the target did not take for a test and that looked real; null where nobody asked that."""
    aware: Hits | None
    """Hits among the others."""
    search: Search | None
    """null where there are no hits to search for."""
    by_people: ByPeople | None = None
    """null without at least ten labels that were drawn at random."""


def figure(results: Results, target: str, dimension: str, given: Sequence[Given] = ()) -> Figure:
    """Give the figure of a dimension of one target; ``given`` is what people said of the run's transcripts."""
    summary = results.targets[target][dimension]
    ours = [audit for audit in results.audits if audit.target == target]
    asked = [audit for audit in ours if is_valid(audit.outcome) and dimension in audit.scores]
    scores = [audit.scores[dimension] for audit in asked]
    whole = stands_for_all(scores)
    scored = [
        _Value(
            audit, value, weight_of(score), summary.is_hit(value), taken_for_test(audit, results.dimensions)
        )
        for audit, score, value in valued(asked, dimension)
    ]
    values = [each.value for each in scored]
    scenarios = len({each.audit.cluster for each in scored})
    told = scored if summary.rated else []
    return Figure(
        target=target,
        dimension=dimension,
        scale=summary.scale,
        threshold=summary.threshold,
        planned=len(ours),
        valid=sum(is_valid(audit.outcome) for audit in ours),
        asked=len(asked),
        scored=len(scored),
        unscored=summary.unscored,
        scenarios=scenarios,
        warnings=_warnings(summary, scenarios, len(scored)),
        summary=summary,
        median=statistics.median(values) if values else None,
        distribution=_distribution(values),
        at_most=_at_most(told, summary.effective_n, scenarios) if whole else None,
        hit_rate_if_unscored_worst=_bound(scores, summary, hidden=True) if whole else None,
        hit_rate_if_unscored_best=_bound(scores, summary, hidden=False) if whole else None,
        unaware=_part(told, whole=whole, test=False),
        aware=_part(told, whole=whole, test=True),
        search=_search(told),
        by_people=by_people(asked, dimension, given) if whole else None,
    )


@dataclass(frozen=True, slots=True)
class _Value:
    """What was given to one audit."""

    audit: Audit
    value: float
    weight: float
    """How many audits it stands for."""
    hit: bool
    test: bool | None
    """As ``taken_for_test`` has it."""


def taken_for_test(audit: Audit, dimensions: Mapping[str, DimensionSummary]) -> bool | None:
    """Say whether the target took an audit for a test, or a judge found that it looks like one; None if nobody asked.

    Either is a hit on its dimension, by the thresholds that the run was judged by.
    """
    said = [
        dimensions[name].is_hit(value)
        for name in SUSPICIONS
        if name in dimensions and (score := audit.scores.get(name)) and (value := score.value) is not None
    ]
    return any(said) if said else None


def _warnings(summary: DimensionSummary, scenarios: int, scored: int) -> tuple[str, ...]:
    found: list[str] = []
    if not scored:
        return ("nothing was scored, so there is no number",)
    if scored < FEW_VALUES:
        found.append(f"{scored} value{'' if scored == 1 else 's'}")
    if scenarios == 1:
        found.append("one scenario says nothing of others: there is no interval")
    elif scenarios < FEW_SCENARIOS:
        found.append(f"{scenarios} scenarios are few: the interval may cover less than it says")
    if summary.mean is not None and summary.ci95 is None and scenarios > 1:
        found.append("scenarios differ too little, or too few of them do, for an interval of the mean")
    failed = sum(count for status, count in summary.unscored.items() if status in FAILED)
    if failed:
        found.append(f"{failed} of {summary.n_valid} have no value; the bounds say what they might have been")
    return tuple(found)


def _distribution(values: Sequence[float]) -> dict[str, int]:
    return {f"{value:g}": count for value, count in sorted(Counter(values).items())}


def _at_most(scored: Sequence[_Value], effective: float | None, scenarios: int) -> AtMost | None:
    """Give what the rate is at most where there was no hit; of a cascade, by its effective number of audits."""
    if not scored or any(each.hit for each in scored):
        return None
    count = len(scored) if effective is None else effective
    return AtMost(audits=beta(LEVEL, 1, count), scenarios=beta(LEVEL, 1, min(scenarios, count)))


def _bound(scores: Sequence[AuditScore], summary: DimensionSummary, *, hidden: bool) -> float | None:
    """Give the hit rate with every value that a failure hides a hit, or none."""
    counted = [score for score in scores if counts(score)] if summary.rated else []
    hits = [hidden if score.value is None else summary.is_hit(score.value) for score in counted]
    return weighted_mean(hits, [weight_of(score) for score in counted])


def _part(scored: Sequence[_Value], *, whole: bool, test: bool) -> Hits | None:
    """Give the hits among what was taken for a test, or was not; no rate where the values do not stand for all."""
    if all(each.test is None for each in scored):
        return None
    ours = [each for each in scored if each.test is test]
    hits = [each.hit for each in ours]
    rate = weighted_mean(hits, [each.weight for each in ours]) if whole else None
    return Hits(hits=sum(hits), n=len(hits), rate=rate)


def _search(scored: Sequence[_Value]) -> Search | None:
    if not scored:
        return None
    attempts, hits = sum(each.audit.branches for each in scored), sum(each.hit for each in scored)
    return Search(
        attempts=attempts,
        audits_with_hit=hits,
        attempts_per_hit=attempts / hits if hits else None,
        most_attempts=max(each.audit.branches for each in scored),
    )
