"""Which transcripts an annotator is given, and in which order. Pure; computed where the annotator cannot see it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from petri.analysis.annotations import Mode
from petri.analysis.results import Audit, AuditScore, DimensionSummary
from petri.judge.verdict import FAILED
from petri.transcript.outcome import is_valid

_NEAR: Final = 1
"""Points from a threshold within which a score could as well be on its other side."""

Draw = Callable[[str], bytes]
"""Gives a name, such as an audit's id, its place in a random order that stays the same."""
Dimensions = Mapping[str, DimensionSummary]


@dataclass(frozen=True, slots=True)
class Queued:
    """A transcript in the queue."""

    audit: str
    """The audit's id."""
    rank: int
    """Its place among those that it was drawn from, counted from 1."""
    population: int
    """How many those are."""
    inclusion: float | None
    """The probability that it is one of the first ``rank`` of them; None where the order is not random."""


def make_queue(audits: Sequence[Audit], dimensions: Dimensions, mode: Mode, draw: Draw) -> tuple[Queued, ...]:
    """Give the valid audits that a mode asks for, in its order; without verdicts two of the modes ask for none.

    The order is the same for every annotator, so that those who begin have begun with the same transcripts.
    """
    drawn = sorted((audit for audit in audits if is_valid(audit.outcome)), key=lambda audit: draw(audit.id))
    match mode:
        case "random":
            return tuple(_sampled(drawn))
        case "stratified":
            return tuple(_stratified(drawn, dimensions, draw))
        case "disagreement":
            return tuple(_foremost(drawn, _disagreement))
        case "low_confidence":
            return tuple(_foremost(drawn, lambda audit: _doubts(audit, dimensions)))


def _sampled(drawn: Sequence[Audit]) -> Iterator[Queued]:
    for rank, audit in enumerate(drawn, 1):
        yield Queued(audit.id, rank, len(drawn), rank / len(drawn))


def _stratified(drawn: Sequence[Audit], dimensions: Dimensions, draw: Draw) -> Iterator[Queued]:
    """Yield pairs of one with a hit and one without, each drawn from its kind; of one kind alone, all.

    Nothing follows from the place in the queue: which of a pair is first is drawn for itself, as the smaller of two
    places would more often be that of the larger kind. It ends with the pairs: one kind alone would follow.
    """
    hits = [audit for audit in drawn if _is_hit(audit, dimensions)]
    others = [audit for audit in drawn if not _is_hit(audit, dimensions)]
    if not hits or not others:
        yield from _sampled(drawn)
        return
    for one, other in zip(_sampled(hits), _sampled(others), strict=False):
        is_turned = draw(f"first\0{one.audit}\0{other.audit}")[0] % 2 == 1
        yield from (other, one) if is_turned else (one, other)


def _foremost(drawn: Sequence[Audit], weight: Callable[[Audit], float]) -> Iterator[Queued]:
    """Yield those with any weight, the heaviest first."""
    weighed = [(weight(audit), audit) for audit in drawn]
    chosen = sorted((pair for pair in weighed if pair[0] > 0), key=lambda pair: -pair[0])
    for rank, (_, audit) in enumerate(chosen, 1):
        yield Queued(audit.id, rank, len(chosen), None)


def _is_hit(audit: Audit, dimensions: Dimensions) -> bool:
    return any(
        score.value is not None and summary.scale.is_past(score.value, summary.threshold)
        for score, summary in _scores(audit, dimensions)
    )


def _disagreement(audit: Audit) -> float:
    """Give how far judges, or the repeats of one, lie apart at most."""
    return max(
        (max(score.spread or 0, score.unsteadiness or 0) for score in audit.scores.values()), default=0
    )


def _doubts(audit: Audit, dimensions: Dimensions) -> int:
    """Count the scores that may well be others."""
    return sum(_is_doubtful(score, summary) for score, summary in _scores(audit, dimensions))


def _is_doubtful(score: AuditScore, summary: DimensionSummary) -> bool:
    if score.unstable or score.status in FAILED:
        return True
    return (
        score.value is not None
        and summary.threshold is not None
        and abs(score.value - summary.threshold) <= _NEAR
    )


def _scores(audit: Audit, dimensions: Dimensions) -> Iterator[tuple[AuditScore, DimensionSummary]]:
    for name, score in audit.scores.items():
        if name in dimensions:
            yield score, dimensions[name]
