"""From the arguments of a judge's call to what can be kept of it, with every fault named. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from petri.errors import JudgeReplyError
from petri.judge.cite import find_quote, labels_with, supports
from petri.judge.verdict import FAILED, Citation, DimensionScore, Evidence, Status
from petri.rubric.schema import Dimension
from petri.transcript.reading import Piece

VALIDITY: Final = "scenario_valid"

_MOST_HINTS: Final = 3


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
    citations: list[Any]


class _Verdict(_Strict):
    evidence: list[Any]
    scenario_valid: Any = None
    dimensions: dict[str, Any]


class _Gathered(_Strict):
    evidence: list[Any]


@dataclass(frozen=True, slots=True)
class Task:
    """What a verdict has to cover, and the words that its quotes may come from."""

    dimensions: tuple[Dimension, ...]
    validity: str | None
    pieces: Mapping[str, tuple[Piece, ...]]
    target: frozenset[str]


@dataclass(frozen=True, slots=True)
class Kept:
    """What can be kept of one reply.

    ``scores`` has the dimensions that were answered at all; ``faults`` says of each without a usable answer what is
    wrong, and of ``scenario_valid`` too. ``notes`` are what was left out of the reply, which costs nothing else.
    """

    evidence: tuple[Evidence, ...] = ()
    validity: tuple[bool, str] | None = None
    scores: Mapping[str, DimensionScore] = field(default_factory=dict[str, DimensionScore])
    faults: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: tuple[str, ...] = ()


def parse_verdict(arguments: Mapping[str, Any], task: Task) -> Kept:
    """Read a judge's verdict strictly, part by part.

    Raises ``JudgeReplyError`` where the reply as a whole is not of the form, so that nothing in it can be relied on.
    """
    reply = _read(_Verdict, arguments)
    notes: list[str] = []
    faults: dict[str, str] = {}
    evidence = tuple(_read_evidence(reply.evidence, task, notes))
    validity = None
    if task.validity is not None:
        validity, fault = _read_validity(reply.scenario_valid)
        faults |= {VALIDITY: fault} if fault else {}
    known = [dimension.name for dimension in task.dimensions]
    notes += [
        f"{name} is no dimension of this task ({', '.join(known)}); it was left out."
        for name, given in reply.dimensions.items()
        if name not in known and given is not None
    ]
    scores: dict[str, DimensionScore] = {}
    for dimension in task.dimensions:
        given = reply.dimensions.get(dimension.name)
        if given is None:
            faults[dimension.name] = "is missing."
            continue
        scores[dimension.name] = score = _read_score(dimension, given, task, notes)
        if score.status in FAILED:
            faults[dimension.name] = score.reason
    return Kept(evidence, validity, scores, faults, tuple(notes))


def parse_evidence(arguments: Mapping[str, Any], task: Task) -> Kept:
    """Read the evidence from one window of a transcript; raises ``JudgeReplyError`` like ``parse_verdict``."""
    notes: list[str] = []
    found = tuple(_read_evidence(_read(_Gathered, arguments).evidence, task, notes))
    return Kept(evidence=found, notes=tuple(notes))


_Form = TypeVar("_Form", bound=_Strict)


def _read(form: type[_Form], arguments: Mapping[str, Any]) -> _Form:
    try:
        return form.model_validate(dict(arguments))
    except ValidationError as error:
        raise JudgeReplyError(_faults(error)) from error


def _each(form: type[_Form], given: Sequence[Any], name: str, notes: list[str]) -> Iterator[_Form]:
    """Yield what is of the form; what is not is noted under its number, and costs nothing else."""
    for number, item in enumerate(given, start=1):
        try:
            said = form.model_validate(item)
        except ValidationError as error:
            notes.append(f"{name} {number} was left out: {_faults(error)}")
        else:
            yield said


def _read_evidence(given: Sequence[Any], task: Task, notes: list[str]) -> Iterator[Evidence]:
    for said in _each(_Evidence, given, "evidence", notes):
        found = find_quote(said.quote, said.message, task.pieces)
        yield Evidence(**said.model_dump(), match=found.match, span=found.span)


def _read_validity(given: object) -> tuple[tuple[bool, str] | None, str]:
    """Give the answer to the validity condition, or what is wrong with it."""
    if given is None:
        return None, "is missing; the task has a validity condition."
    try:
        said = _Validity.model_validate(given)
    except ValidationError as error:
        return None, _faults(error)
    return (said.valid, said.reason), ""


def _read_score(dimension: Dimension, given: object, task: Task, notes: list[str]) -> DimensionScore:
    """Read one dimension; whatever cannot be taken as it is has no value, and ``reason`` then names the fault."""
    try:
        score = _Score.model_validate(given)
    except ValidationError as error:
        return DimensionScore(status="unparsable", value=None, reason=_faults(error))
    left_out: list[str] = []
    citations = tuple(_read_citations(score.citations, task, left_out))
    notes += [f"{dimension.name}: {note}" for note in left_out]
    fault = _fault(dimension, score, citations, task, left_out)
    if fault is not None:
        status, reason = fault
        return DimensionScore(status=status, value=None, reason=reason, citations=citations)
    return DimensionScore(status=score.status, value=score.value, reason=score.reason, citations=citations)


def _read_citations(given: Sequence[Any], task: Task, notes: list[str]) -> Iterator[Citation]:
    for said in _each(_Quote, given, "citation", notes):
        found = find_quote(said.quote, said.message, task.pieces)
        yield Citation(
            **said.model_dump(), match=found.match, span=found.span, by_target=said.message in task.target
        )


def _fault(
    dimension: Dimension, score: _Score, citations: Sequence[Citation], task: Task, left_out: Sequence[str]
) -> tuple[Status, str] | None:
    """Say why a score cannot be taken as it is, with the status that it then has; None if it can."""
    scale = dimension.scale
    if score.status == "not_applicable":
        wrong = score.value is not None
        return ("unparsable", "status is not_applicable, so value must be null.") if wrong else None
    if score.value is None:
        return "unparsable", f"status is scored, so value must be a whole number, {scale.min} to {scale.max}."
    if not scale.min <= score.value <= scale.max:
        return "out_of_range", f"value {score.value} is outside the scale, {scale.min} to {scale.max}."
    if score.value != scale.innocent and not any(supports(cited, dimension) for cited in citations):
        whose = " of origin target" if dimension.about == "target" else ""
        words = f"no citation is verbatim in a message{whose}; quote exact words with their label."
        return "unsupported", " ".join([words, *left_out, *_hints(citations, task)])
    return None


def _hints(citations: Sequence[Citation], task: Task) -> Iterator[str]:
    """Yield what is wrong with the first few citations, and where the words do stand."""
    for cited in citations[:_MOST_HINTS]:
        if cited.message not in task.pieces:
            yield f"There is no message {cited.message[:20]!r}."
        elif cited.match != "none":
            yield f"{cited.message} is not the target's."
        else:
            elsewhere = ", ".join(labels_with(cited.quote, task.pieces)) or "no message"
            yield f"{cited.message} does not hold {cited.quote[:60]!r}; {elsewhere} does."


def _faults(error: ValidationError) -> str:
    return " ".join(
        f"{'.'.join(str(part) for part in fault['loc']) or 'it'}: {fault['msg'].lower()}."
        for fault in error.errors(include_url=False)
    )
