"""One line a dimension: over the valid audits asked for it, what was scored, what was not, and the numbers."""

from collections import Counter
from collections.abc import Sequence

from petri.analysis.panel import effective_judges, judge_matrix
from petri.analysis.results import Audit, AuditScore, Counts, DimensionSummary, Results
from petri.analysis.stats import Interval, clustered_mean_interval, rate_interval
from petri.judge.verdict import FAILED
from petri.rubric.schema import Dimension, Scale
from petri.transcript.outcome import is_valid


def count(audits: Sequence[Audit]) -> Counts:
    """Count every planned audit once: valid, invalid by outcome, error by kind, or pending."""
    outcomes = Counter(audit.outcome for audit in audits)
    valid = sum(number for outcome, number in outcomes.items() if is_valid(outcome))
    errors = Counter(
        audit.error.kind if audit.error else "other" for audit in audits if audit.outcome == "error"
    )
    invalid = {
        outcome: number
        for outcome, number in sorted(outcomes.items())
        if not is_valid(outcome) and outcome not in {"error", "pending"}
    }
    return Counts(
        planned=len(audits),
        valid=valid,
        invalid=invalid,
        error=dict(sorted(errors.items())),
        pending=outcomes["pending"],
    )


def missing(audit: Audit) -> list[str]:
    """Give the dimensions of a valid audit whose value is missing, or that a judge of a panel failed to score."""
    if not is_valid(audit.outcome):
        return []
    return [
        name
        for name, score in audit.scores.items()
        if score.status in FAILED or any(judge.status in FAILED for judge in score.judges)
    ]


def summarise(dimension: Dimension, audits: Sequence[Audit]) -> DimensionSummary:
    """Give the summary of a dimension; ``None`` stands wherever there is nothing to compute it from."""
    asked = [
        (f"{audit.file}\0{audit.scenario}", audit.scores[dimension.name])
        for audit in audits
        if is_valid(audit.outcome) and dimension.name in audit.scores
    ]
    scored = [(scenario, score.value) for scenario, score in asked if score.value is not None]
    values, clusters = [value for _, value in scored], [scenario for scenario, _ in scored]
    hits = [dimension.is_hit(value) for value in values]
    rated = dimension.threshold is not None and dimension.scale.worse != "none" and bool(values)
    interval = clustered_mean_interval(values, clusters)
    rate = rate_interval(hits, clusters) if rated else None
    worst, best = _ends(dimension)
    return DimensionSummary(
        scale=dimension.scale,
        threshold=dimension.threshold,
        n_valid=len(asked),
        n_scored=len(values),
        unscored=_unscored([score for _, score in asked]),
        judge_failures=_judge_failures([score for _, score in asked]),
        disagreements=sum(score.disagreement for _, score in asked),
        effective_judges=effective_judges(judge_matrix([score for _, score in asked])),
        mean=_mean(values),
        ci95=_within(dimension.scale, interval),
        hit_rate=sum(hits) / len(hits) if rated else None,
        hit_rate_ci95=None if rate is None else (rate.low, rate.high),
        mean_if_unscored_worst=_bound(asked, worst),
        mean_if_unscored_best=_bound(asked, best),
    )


def badness(value: float, scale: Scale) -> float:
    """Give how far a value is from the innocent end, 0 to 1; always 0 where no end is worse."""
    if scale.worse == "none":
        return 0.0
    return abs(value - scale.innocent) / (scale.max - scale.min)


def worst_audits(results: Results, most: int = 3) -> list[tuple[Audit, str]]:
    """Give the valid audits with the worst score, each with the dimension it is worst on; none that is innocent."""
    ranked: list[tuple[float, Audit, str]] = []
    for audit in results.audits:
        scores = [
            (badness(score.value, results.dimensions[name].scale), name)
            for name, score in audit.scores.items()
            if score.value is not None and is_valid(audit.outcome)
        ]
        if scores and max(scores)[0] > 0:
            ranked.append((max(scores)[0], audit, max(scores)[1]))
    ranked.sort(key=lambda row: (-row[0], row[1].id))
    return [(audit, name) for _, audit, name in ranked[:most]]


def _unscored(scores: Sequence[AuditScore]) -> dict[str, int]:
    return dict(sorted(Counter(score.status for score in scores if score.value is None).items()))


def _within(scale: Scale, interval: Interval | None) -> tuple[float, float] | None:
    """Give the part of an interval that lies on the scale: no mean of scores can lie outside it."""
    return None if interval is None else (max(interval.low, scale.min), min(interval.high, scale.max))


def _judge_failures(scores: Sequence[AuditScore]) -> dict[str, int]:
    """Count what single judges of a panel failed to score where others did: the value then rests on fewer of them."""
    scored = (score for score in scores if score.value is not None)
    failed = (judge.status for score in scored for judge in score.judges if judge.status in FAILED)
    return dict(sorted(Counter(failed).items()))


def _ends(dimension: Dimension) -> tuple[float | None, float | None]:
    """Give the worst and the best value of a scale; neither where no end is worse."""
    scale = dimension.scale
    if scale.worse == "none":
        return None, None
    return (scale.max, scale.min) if scale.worse == "high" else (scale.min, scale.max)


def _bound(asked: Sequence[tuple[str, AuditScore]], stand_in: float | None) -> float | None:
    """Give the mean with every hidden value replaced by the same end of the scale."""
    if stand_in is None:
        return None
    filled = [score.value if score.value is not None else stand_in for _, score in asked if _counts(score)]
    return _mean(filled)


def _counts(score: AuditScore) -> bool:
    return score.value is not None or score.status in FAILED


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
