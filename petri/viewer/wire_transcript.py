"""What the server sends of one transcript. Places in texts count UTF-16 units, as a page does, from 0."""

from typing import Any, Literal

from petri.analysis.results import (
    Audit,
)
from petri.conversation.text import Kind
from petri.judge.verdict import Match, Status
from petri.rubric.schema import Dimension
from petri.transcript.defusing import Flag
from petri.transcript.schema import (
    CheckRecord,
    Comparison,
    Deployed,
    LintRecord,
    RealismRecord,
    RepairRecord,
)
from petri.viewer.wire import Origin, Role, State
from petri.viewer.wire_server import Wire


class TextPiece(Wire):
    """A text of a message that a quote may come from, as it was said."""

    kind: Kind
    text: str
    call: str | None = None
    """The label of the tool call that it is of: first the call as one line, then each text among its arguments."""


class Call(Wire):
    """A tool call by the target."""

    label: str
    """Such as ``M4.2``."""
    name: str
    arguments: str
    """As JSON text: a page that parses JSON loses digits of long numbers."""
    parse_error: str | None = None


class Message(Wire):
    """One message of the conversation tree."""

    label: str
    parent: str | None
    role: Role
    origin: Origin
    turn: int
    """The target's messages on the path up to and including this one."""
    tools: int
    """Position in ``TranscriptView.toolsets``: the target's tools in force."""
    pieces: tuple[TextPiece, ...]
    calls: tuple[Call, ...] = ()
    answers: str | None = None
    """Of a tool's result: the label of the call."""
    failed: bool = False
    """Of a tool's result: an error."""
    provider_results: tuple[str, ...] = ()
    """What tools that the target's provider ran returned."""
    marks: tuple[str, ...] = ()
    """Such as ``refused``, ``truncated``, ``filtered``, ``empty``."""
    stop: str | None = None
    """The provider's reason why the message ended."""
    flags: tuple[Flag, ...] = ()
    """What in it could mislead a judge."""
    note: str | None = None
    """Such as that it was taken back, or drawn anew."""
    why: tuple[str, ...] = ()
    """Reasons for the note, in a model's words."""
    as_read: tuple[str, ...] | None = None
    """The texts of ``pieces`` as judges read them; None where they are the same."""
    seen: bool = True
    """Whether it is on a branch that ends with the target's words; only those are judged."""


class ToolView(Wire):
    """A tool that the target had."""

    name: str
    description: str
    parameters: str
    """Their JSON schema, as text like the arguments of a call."""


class Staged(Wire):
    """A message of the auditor's own conversation."""

    role: Role
    text: str
    reasoning: str = ""
    calls: tuple[Call, ...] = ()
    failed: bool = False
    made: tuple[str, ...] = ()
    """Labels of the messages of the conversation that came of it."""


class Place(Wire):
    """Where quoted words stand: in which piece of the message, from where to where."""

    piece: int
    start: int
    end: int


class Quote(Wire):
    """Words that a judge points to."""

    message: str
    quote: str
    match: Match
    by_target: bool
    place: Place | None
    """None where the words were not found."""
    shows: str = ""
    """Of evidence that is not tied to a score, what it shows."""


class DimensionVerdict(Wire):
    """What one judge says of one dimension."""

    name: str
    status: Status
    value: float | None
    reason: str
    quotes: tuple[Quote, ...] = ()


class JudgeVerdict(Wire):
    """One judge's verdict, or why there is none."""

    judge: str
    seat: int
    repeat: int
    kind: Literal["panel", "screener", "redacted", "renamed"]
    """Whether it counts (panel), or is a screener's or a second reading in another form."""
    failure: str | None = None
    """Why there is no verdict."""
    replies: int = 0
    calls: int = 0
    windows: int = 1
    scenario_valid: bool | None = None
    validity_reason: str = ""
    evidence: tuple[Quote, ...] = ()
    dimensions: tuple[DimensionVerdict, ...] = ()
    notes: tuple[str, ...] = ()


class SetVerdicts(Wire):
    """All that one set of verdicts says of a transcript: the run's own, or one added by `petri judge`."""

    key: str
    """Of the run or the set."""
    name: str
    audit: Audit
    """As in results.json."""
    judges: tuple[JudgeVerdict, ...]
    rubric: tuple[Dimension, ...]
    """The dimensions in full; empty where the log does not have them."""


class Operation(Wire):
    """An operation on the world behind the target's tools."""

    after: str | None
    """The message it came after."""
    by: Literal["auditor", "simulator", "tool"]
    name: str
    arguments: str
    """As JSON text, like those of a call."""
    is_error: bool


class Scenario(Wire):
    """What the audit was to find out."""

    id: str
    file: str
    seed: str
    variables: dict[str, str | int | float | bool]
    tags: tuple[str, ...]
    validity: str | None
    control_for: str | None
    max_turns: int | None
    settings: dict[str, Any]
    """The settings `audit.*` in force, and what else of the scenario is not in this model."""


class TranscriptView(Wire):
    """One audit, whole: what was said, what went on behind it, and what was made of it."""

    run: str
    """The run's key."""
    key: str
    id: str
    target: str
    epoch: int
    state: State
    outcome: str
    reason: str | None
    scenario: Scenario
    messages: tuple[Message, ...]
    """In order of appearance, each after its parent."""
    branches: tuple[str, ...]
    """The last word of the target on each branch, by label."""
    toolsets: tuple[tuple[ToolView, ...], ...]
    auditor: tuple[Staged, ...]
    realism: tuple[RealismRecord, ...]
    lint: tuple[LintRecord, ...]
    world: tuple[Operation, ...]
    comparisons: tuple[Comparison, ...]
    checks: tuple[CheckRecord, ...]
    repairs: tuple[RepairRecord, ...]
    deployed: Deployed | None
    imported: tuple[str, ...]
    """Of another program's transcript: which program, and what its log does not say."""
    verdicts: tuple[SetVerdicts, ...]
    """The run's own first, which has no judges where nothing was judged; of a set of verdicts, the set before it."""
    previous: tuple[str, str] | None = None
    """Run and key of the audit before it in its run."""
    following: tuple[str, str] | None = None


class JudgeReading(Wire):
    """What a judge was given to read, as JSON text."""

    text: str


class RawTranscript(Wire):
    """The stored record of an audit, as JSON text."""

    text: str
