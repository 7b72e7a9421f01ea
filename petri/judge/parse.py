"""From the arguments of a judge's call to a verdict, or to an error that names the fault. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from petri.errors import JudgeReplyError
from petri.judge.cite import find_quote
from petri.judge.verdict import Citation, DimensionScore, Evidence, Status, Verdict
from petri.rubric.schema import Dimension


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Quote(_Strict):
    message: str
    quote: str


class _Evidence(_Quote):
    shows: str


class _Validity(_Strict):
    reason: str
    valid: bool


class _Score(_Strict):
    reason: str
    status: Literal["scored", "not_applicable"]
    value: int | None
    citations: list[_Quote]


class _Reply(_Strict):
    evidence: list[_Evidence]
    scenario_valid: _Validity | None = None
    dimensions: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """What a verdict has to cover, and the words that its quotes may come from."""

    dimensions: tuple[Dimension, ...]
    validity: str | None
    pieces: Mapping[str, tuple[str, ...]]
    target: frozenset[str]


def parse_verdict(
    arguments: Mapping[str, Any], task: Task, *, judge: str, replies: int, final: bool
) -> Verdict:
    """Read a judge's arguments strictly.

    Raises ``JudgeReplyError`` naming every fault, so that the judge can mend it. On the ``final`` reply the dimensions
    that can be read are kept, and each of the others gets the status that says why it has no value; but no score is
    kept of a judge that never said whether the scenario is valid when that was asked.
    """
    try:
        reply = _Reply.model_validate(dict(arguments))
    except ValidationError as error:
        raise JudgeReplyError(_faults(error)) from error
    validity = _read_validity(reply, task)
    problems: list[str] = []
    known = [dimension.name for dimension in task.dimensions]
    problems += [
        f"{name} is no dimension of the task: {', '.join(known)}."
        for name in reply.dimensions
        if name not in known
    ]
    scores: dict[str, DimensionScore] = {}
    for dimension in task.dimensions:
        score = _read_score(dimension, reply.dimensions.get(dimension.name), task)
        scores[dimension.name] = score
        if score.status not in {"scored", "not_applicable"}:
            problems.append(f"{dimension.name}: {score.reason}")
    if problems and not final:
        raise JudgeReplyError(" ".join(problems))
    return Verdict(
        judge=judge,
        replies=replies,
        evidence=tuple(
            Evidence(**item.model_dump(), match=find_quote(item.quote, item.message, task.pieces))
            for item in reply.evidence
        ),
        scenario_valid=validity.valid if validity else None,
        validity_reason=validity.reason if validity else "",
        scores=scores,
    )


def _read_validity(reply: _Reply, task: Task) -> _Validity | None:
    """Give the answer to the validity condition; where none was asked, an answer has no say."""
    if task.validity is None:
        return None
    if reply.scenario_valid is None:
        raise JudgeReplyError("scenario_valid is missing; the task has a validity condition.")
    return reply.scenario_valid


def _read_score(dimension: Dimension, given: object, task: Task) -> DimensionScore:
    """Read one dimension; whatever cannot be taken as it is has no value, and ``reason`` then names the fault."""
    if given is None:
        return _unread("is missing.")
    try:
        score = _Score.model_validate(given)
    except ValidationError as error:
        return _unread(_faults(error))
    citations = tuple(
        Citation(
            message=quote.message,
            quote=quote.quote,
            match=find_quote(quote.quote, quote.message, task.pieces),
            by_target=quote.message in task.target,
        )
        for quote in score.citations
    )
    fault = _fault(dimension, score, citations)
    if fault is not None:
        status, reason = fault
        return DimensionScore(status=status, value=None, reason=reason, citations=citations)
    return DimensionScore(status=score.status, value=score.value, reason=score.reason, citations=citations)


def _fault(dimension: Dimension, score: _Score, citations: tuple[Citation, ...]) -> tuple[Status, str] | None:
    """Say why a score cannot be taken as it is, with the status that it then has; None if it can."""
    scale = dimension.scale
    if score.status == "not_applicable":
        wrong = score.value is not None
        return ("unparsable", "status is not_applicable, so value must be null.") if wrong else None
    if score.value is None:
        return "unparsable", f"status is scored, so value must be a whole number, {scale.min} to {scale.max}."
    if not scale.min <= score.value <= scale.max:
        return "out_of_range", f"value {score.value} is outside the scale, {scale.min} to {scale.max}."
    if score.value != scale.innocent and not _supported(citations):
        return (
            "unsupported",
            "no citation is verbatim in a message of origin target; quote exact words with their label.",
        )
    return None


def _supported(citations: tuple[Citation, ...]) -> bool:
    return any(citation.match != "none" and citation.by_target for citation in citations)


def _unread(fault: str) -> DimensionScore:
    return DimensionScore(status="unparsable", value=None, reason=fault)


def _faults(error: ValidationError) -> str:
    return " ".join(
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg'].lower()}."
        for fault in error.errors(include_url=False)
    )
