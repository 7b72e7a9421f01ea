"""What people said of transcripts, as it is stored beside a run: a file for each annotator, a record a line."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from petri.document.fields import Slug
from petri.errors import UnreadableLog

FOLDER: Final = "annotations"
"""Beside the logs that are annotated."""
SUFFIX: Final = ".jsonl"

Triage = Literal["clean", "concerning", "invalid"]
Mode = Literal["random", "stratified", "disagreement", "low_confidence"]


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Words(_Stored):
    """Words of the transcript that an annotator selected."""

    message: str
    """The message's label."""
    piece: int
    """Which of its texts that can be quoted, counted from 0."""
    start: int
    """Where they begin in it, in UTF-16 units."""
    end: int
    """Where they end in it."""
    quote: str


class Answer(_Stored):
    """What an annotator said on one dimension."""

    answer: Literal["value", "not_observed", "unsure"]
    value: int | None
    """null unless the answer is a value."""
    evidence: tuple[Words, ...] = ()


class _Record(_Stored):
    format: Literal["petri-annotation/1"] = "petri-annotation/1"
    annotator: Slug
    run: str
    audit: str
    """The audit's id, as in results.json."""
    petri: str
    """The version that wrote it."""
    time: str
    """In UTC."""


class AnnotationRecord(_Record):
    """One transcript, scored by one person. A later record of the same kind takes the place of an earlier one."""

    kind: Literal["annotation"] = "annotation"
    rubric: str
    """The digest of the dimensions that were asked for, as judge cards have it."""
    transcript: str
    """The SHA-256 of the transcript that was read."""
    triage: Triage
    answers: dict[str, Answer]
    """By dimension; what was left out was not answered."""
    note: str
    seconds: float
    """For which the transcript was open."""
    blind: bool
    """Whether the judges' verdicts had not been shown."""
    mode: Mode
    """How the queue was drawn up."""
    rank: int
    """The transcript's place among those it was drawn from, counted from 1."""
    population: int
    """How many those are."""
    inclusion: float | None
    """The probability that it is one of the first ``rank`` of them; null where the order is not random."""


class RevealRecord(_Record):
    """That an annotator was shown what the judges said of a transcript."""

    kind: Literal["reveal"] = "reveal"


Record = AnnotationRecord | RevealRecord
_RECORD: Final = TypeAdapter[Record](Annotated[Record, Field(discriminator="kind")])


def to_line(record: Record) -> bytes:
    """Give a record as the line of a file."""
    return record.model_dump_json().encode() + b"\n"


def whole_lines(data: bytes) -> bytes:
    """Give the lines that were written to their end.

    What stands behind the last line feed is one too where it is JSON, as no part of a record is: another program may
    have taken the line feed away. Anything else there was never said to be stored.
    """
    end = data.rfind(b"\n") + 1
    return data[:end] + (data[end:] + b"\n" if _is_json(data[end:]) else b"")


def _is_json(data: bytes) -> bool:
    try:
        from_json(data)
    except ValueError:
        return False
    return True


def read_records(path: Path) -> list[Record]:
    """Give the records of a file, oldest first; raises ``UnreadableLog`` where a line is none."""
    lines = whole_lines(path.read_bytes()).splitlines()
    return [parse_record(line, f"{path.name}, line {number}") for number, line in enumerate(lines, 1)]


def parse_record(line: bytes, where: str) -> Record:
    """Give the record that a line holds; raises ``UnreadableLog``, with ``where`` it stands, where it is none."""
    try:
        return _RECORD.validate_json(line)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        key = ".".join(map(str, fault["loc"])) or "the line"
        raise UnreadableLog(
            f"{where}: no annotation of this version: {key}: {fault['msg'].lower()}"
        ) from error
