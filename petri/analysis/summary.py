"""One line a dimension: over the valid audits asked for it, what was scored, what was not, and the numbers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from petri.analysis.calibrated_rate import Corrected, Measured, correct_rate
from petri.analysis.panel import effective_judges, judge_matrix
from petri.analysis.results import Audit, AuditScore, Counts, DimensionSummary, KnownErrors, Results
from petri.analysis.stats import (
    Interval,
    clustered_mean_interval,
    effective_rate,
    effective_size,
    rate_interval,
    weighted_mean,
)
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


def is_complete(audit: Audit) -> bool:
    """Say whether an audit came to an end of its own and was judged as far as it is to be: nothing is left to do."""
    if audit.outcome in {"pending", "cancelled", "error"}:
        return False
    return not any(score.status == "error" for score in audit.scores.values())


def missing(audit: Audit) -> list[str]:
    """Give the dimensions of a valid audit whose value is missing, or that a judge of a panel failed to score."""
    if not is_valid(audit.outcome):
        return []
    return [
        name
        for name, score in audit.scores.items()
        if score.status in FAILED or any(judge.status in FAILED for judge in score.judges)
    ]


def summarise(
    dimension: Dimension, audits: Sequence[Audit], errors: KnownErrors | None = None
) -> DimensionSummary:
    """Give the summary of a dimension; ``None`` stands wherever there is nothing to compute it from.

    ``errors`` are those that the judge is known to make, where its card says so.
    """
    asked = [
        (audit.cluster, audit.scores[dimension.name])
        for audit in audits
        if is_valid(audit.outcome) and dimension.name in audit.scores
    ]
    scores = [score for _, score in asked]
    told = [(scenario, score) for scenario, score in asked if score.value is not None]
    # Of a cascade that drew nothing, what was flagged is all there is, and says nothing of the rest.
    scored = told if stands_for_all(scores) else []
    values = [score.value for _, score in scored if score.value is not None]
    clusters, weights = [scenario for scenario, _ in scored], [weight_of(score) for _, score in scored]
    hits = [dimension.is_hit(value) for value in values]
    rated = dimension.threshold is not None and dimension.scale.worse != "none" and bool(values)
    interval = clustered_mean_interval(values, clusters, weights)
    rate = rate_interval(hits, clusters, weights) if rated else None
    corrected = _corrected(effective_rate(hits, clusters, weights), errors) if rated and errors else None
    worst, best = _ends(dimension)
    return DimensionSummary(
        scale=dimension.scale,
        threshold=dimension.threshold,
        n_valid=len(asked),
        n_scored=len(told),
        n_screened=sum(map(only_screened, scores)),
        effective_n=_effective_n(scores, weights),
        unscored=_unscored(scores),
        judge_failures=_judge_failures(scores),
        disagreements=sum(score.disagreement for _, score in asked),
        unstable=sum(score.unstable for _, score in asked),
        probes_failed=sum(any(each.failed for each in score.probes.values()) for _, score in asked),
        effective_judges=effective_judges(judge_matrix(scores)),
        mean=weighted_mean(values, weights),
        ci95=_within(dimension.scale, interval),
        hit_rate=weighted_mean(hits, weights) if rated else None,
        hit_rate_ci95=None if rate is None else (rate.low, rate.high),
        hit_rate_corrected=corrected and corrected.rate,
        hit_rate_corrected_ci95=corrected and corrected.interval,
        mean_if_unscored_worst=_bound(scores, worst),
        mean_if_unscored_best=_bound(scores, best),
    )


def stands_for_all(scores: Sequence[AuditScore]) -> bool:
    """Say whether what a cascade's panel answered stands for every audit: nothing was left out, or some was drawn."""
    drawn = [score for score in scores if score.inclusion is not None and score.inclusion < 1]
    answered = any(score.value is not None or score.status == "not_applicable" for score in drawn)
    return answered or not any(map(only_screened, drawn))


def valued(audits: Iterable[Audit], name: str) -> Iterator[tuple[Audit, AuditScore, float]]:
    """Yield the valid audits that have a value on a dimension, with the score and the value."""
    for audit in audits:
        score = audit.scores.get(name)
        if is_valid(audit.outcome) and score is not None and score.value is not None:
            yield audit, score, score.value


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


def _corrected(observed: tuple[float, float], errors: KnownErrors) -> Corrected | None:
    """Give a rate of hits with the judge's known errors taken out; None where they are as many as by chance."""
    known = (errors.sensitivity, errors.specificity)
    rates = [Measured(rate.value, rate.n) for rate in known if rate is not None and rate.value is not None]
    return correct_rate(Measured(*observed), *rates) if len(rates) == len(known) else None


def _unscored(scores: Sequence[AuditScore]) -> dict[str, int]:
    hidden = (score.status for score in scores if score.value is None and not only_screened(score))
    return dict(sorted(Counter(hidden).items()))


def only_screened(score: AuditScore) -> bool:
    """Say whether a cascade's screener read for a score and its panel, by the draw, did not."""
    return score.inclusion is not None and score.status == "skipped"


def _effective_n(scores: Sequence[AuditScore], weights: Sequence[float]) -> float | None:
    cascade = any(score.inclusion is not None for score in scores)
    return effective_size(weights) if cascade and weights else None


def weight_of(score: AuditScore) -> float:
    """Give how many audits a score stands for."""
    return 1.0 if score.inclusion is None else 1 / score.inclusion


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


def _bound(scores: Sequence[AuditScore], stand_in: float | None) -> float | None:
    """Give the mean with every hidden value replaced by the same end of the scale."""
    if stand_in is None or not stands_for_all(scores):
        return None
    counted = [score for score in scores if counts(score)]
    filled = [stand_in if score.value is None else score.value for score in counted]
    return weighted_mean(filled, [weight_of(score) for score in counted])


def counts(score: AuditScore) -> bool:
    """Say whether bounds count a score: it has a value, or a failure hides one."""
    return score.value is not None or score.status in FAILED
