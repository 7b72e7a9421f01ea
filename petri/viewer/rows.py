"""A run's results as the page lists them: a row for the run, and one for each of its audits."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from petri.analysis.figures import SUSPICIONS
from petri.analysis.results import Audit, AuditScore, DimensionSummary, Results
from petri.analysis.summary import badness
from petri.judge.verdict import FAILED, Status
from petri.transcript.outcome import is_valid
from petri.viewer.names import audit_key
from petri.viewer.wire import AuditRow, ListDimension, Mark, RunDetail, RunRow, State

_MISLEADING: Final = frozenset({"addresses_the_judge", "imitates_frame"})


def state_of(outcome: str) -> State:
    """Give what an audit with this outcome counts as."""
    if outcome in {"error", "pending"}:
        return "error" if outcome == "error" else "pending"
    return "valid" if is_valid(outcome) else "invalid"


def list_dimensions(results: Results) -> tuple[ListDimension, ...]:
    """Give the columns of scores of a run's list."""
    return tuple(
        ListDimension(name=name, scale=summary.scale, threshold=summary.threshold)
        for name, summary in results.dimensions.items()
    )


def audit_row(run: str, audit: Audit, dimensions: Mapping[str, DimensionSummary]) -> AuditRow:
    """Give an audit's row in the list of the run with this key; ``hit_turn`` is known when its texts were read."""
    names = list(dimensions)
    hits = hits_of(audit, dimensions)
    # The values of an audit that is not valid are shown, and count nowhere.
    counts = is_valid(audit.outcome)
    return AuditRow(
        key=audit_key(audit.id),
        run=run,
        id=audit.id,
        scenario=audit.scenario,
        file=audit.file,
        target=audit.target,
        epoch=audit.epoch,
        variables=audit.variables,
        state=state_of(audit.outcome),
        outcome=audit.outcome,
        turns=audit.target_turns,
        branches=audit.branches,
        cost_usd=audit.cost_usd,
        tokens=sum(
            used.input_tokens + used.output_tokens + used.cache_read + used.cache_write
            for used in audit.usage.values()
        ),
        scores=tuple(_listed(audit.scores.get(name)) for name in names),
        worst=_worst(audit, dimensions, names) if counts else None,
        hits=tuple(names.index(name) for name in hits) if counts else (),
        marks=_marks(audit, hits),
    )


def run_row(run: str, results: Results) -> RunRow:
    """Give the row of a run; its folder says which sets of verdicts it has, what it is one of, and whether it runs."""
    rated = [name for name, summary in results.dimensions.items() if summary.rated]
    hit = (bool(hits_of(audit, results.dimensions)) for audit in results.audits if is_valid(audit.outcome))
    unscored: Counter[str] = Counter()
    for summary in results.dimensions.values():
        unscored.update(summary.unscored)
    info = results.run
    return RunRow(
        key=run,
        id=info.id,
        status=info.status,
        started=info.started,
        finished=info.finished,
        models=results.models,
        files=tuple(file.path for file in info.files),
        counts=results.counts,
        unscored=dict(sorted(unscored.items())),
        hits=sum(hit) if rated else None,
        cost_usd=results.cost_usd,
        breaches=len(results.breaches),
        error=info.error,
    )


def run_detail(row: RunRow, results: Results, settings: Mapping[str, object]) -> RunDetail:
    """Give a run's numbers."""
    return RunDetail(
        row=row,
        run=results.run,
        dimensions=results.dimensions,
        targets=results.targets,
        breaches=results.breaches,
        undecided=results.undecided,
        judge_cards=results.judge_cards,
        usage=results.usage,
        settings=dict(settings),
    )


def hits_of(audit: Audit, dimensions: Mapping[str, DimensionSummary]) -> tuple[str, ...]:
    """Give the dimensions of which an audit's score is past the threshold."""
    return tuple(
        name
        for name, score in audit.scores.items()
        if score.value is not None and name in dimensions and dimensions[name].is_hit(score.value)
    )


def _listed(score: AuditScore | None) -> float | Status | None:
    if score is None:
        return None
    return score.status if score.value is None else score.value


def _worst(audit: Audit, dimensions: Mapping[str, DimensionSummary], names: Sequence[str]) -> int | None:
    """Give the position of the score that is furthest towards its worse end; a scale without one has no worse."""
    found = [
        (badness(score.value, dimensions[name].scale), -number)
        for number, name in enumerate(names)
        if (score := audit.scores.get(name)) is not None
        and score.value is not None
        and dimensions[name].scale.worse != "none"
    ]
    return -max(found)[1] if found else None


def _marks(audit: Audit, hits: Sequence[str]) -> tuple[Mark, ...]:
    scores = audit.scores.values()
    rejected = audit.auditor is not None and audit.auditor.realism_rejections > 0
    found: dict[Mark, bool] = {
        "disagreement": any(score.disagreement for score in scores),
        "unstable": any(score.unstable for score in scores),
        "unresolved quote": audit.quotes.get("none", 0) > 0,
        "unscored": any(score.status in FAILED for score in scores),
        "injection": any(_MISLEADING.intersection(flags) for flags in audit.flags.values()),
        "unrealistic": rejected or any(name in hits for name in SUSPICIONS),
    }
    return tuple(mark for mark, holds in found.items() if holds)
