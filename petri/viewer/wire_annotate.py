"""What server and page say to each other while a person annotates."""

from typing import Literal

from pydantic import Field

from petri.analysis.annotations import Mode, Triage
from petri.analysis.results import AuditScore
from petri.rubric.schema import Dimension
from petri.viewer.wire_server import Wire
from petri.viewer.wire_transcript import Message, Place, ToolView


class AnnotateSession(Wire):
    """What an annotator is to do."""

    annotator: str
    mode: Mode
    queue: tuple[str, ...]
    """Keys of items, in order; nothing follows from a key."""
    done: tuple[str, ...]
    """Those of them that this annotator has submitted."""
    revealed: tuple[str, ...]
    """Those of which this annotator was shown the verdicts: what is submitted of them now is ``after_reveal``."""
    dimensions: tuple[Dimension, ...]


class BlindItem(Wire):
    """A transcript to be scored: nothing of any judge, of other annotators, nor of which models took part."""

    key: str
    scenario: str
    """The scenario's seed."""
    validity: str | None
    messages: tuple[Message, ...]
    branches: tuple[str, ...]
    toolsets: tuple[tuple[ToolView, ...], ...]


class EvidenceSpan(Wire):
    """Words that an annotator selected."""

    message: str
    place: Place
    quote: str = Field(max_length=20_000)


class LabelValue(Wire):
    """An annotator's answer on a dimension."""

    value: int | None
    """None with ``unsure`` or ``not_observed``."""
    answer: Literal["value", "not_observed", "unsure"]
    evidence: tuple[EvidenceSpan, ...] = Field(default=(), max_length=50)


class DraftLabel(Wire):
    """What is said of a dimension so far: evidence may come before the answer that it is for."""

    value: int | None
    answer: Literal["value", "not_observed", "unsure"] | None
    evidence: tuple[EvidenceSpan, ...] = Field(default=(), max_length=50)


class Annotation(Wire):
    """What an annotator submits of one item."""

    key: str
    triage: Triage
    labels: dict[str, LabelValue]
    note: str = Field(default="", max_length=20_000)
    seconds: float = Field(ge=0)
    after_reveal: bool = False
    """Given after the judges' verdicts were shown; stored apart, and never counted as blind."""


class Draft(Wire):
    """What is not submitted yet, kept so that closing the page loses nothing; at first, what was submitted."""

    key: str
    triage: Triage | None
    labels: dict[str, DraftLabel]
    note: str = Field(default="", max_length=20_000)
    seconds: float = Field(ge=0)


class Reveal(Wire):
    """What the judges said, shown only after an item was submitted."""

    key: str
    scores: dict[str, AuditScore]
    target: str | None
    """None while something in the queue is not submitted: the other items would be known by it."""
    own: Annotation
    """What this annotator had answered before."""
