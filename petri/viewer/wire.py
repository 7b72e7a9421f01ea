"""What the server sends to the page and takes from it: the only source of the page's types.

``python scripts/wire.py`` writes the JSON Schema of every model here; from it the page's types and its check of what
arrives are generated. Places in texts count UTF-16 units, as a page does, from 0.
"""

from typing import Any, Literal

from pydantic import Field

from petri.analysis.results import (
    Audit,
    AuditScore,
    Counts,
    DimensionSummary,
    GateBreach,
    JudgeCard,
    RunInfo,
    UndecidedGate,
    Usage,
)
from petri.conversation.text import Kind
from petri.judge.verdict import Match, Status
from petri.rubric.schema import Dimension, Scale
from petri.transcript.defusing import Flag
from petri.transcript.planned import ModelNames
from petri.transcript.schema import (
    CheckRecord,
    Comparison,
    Deployed,
    LintRecord,
    RealismRecord,
    RepairRecord,
    WorldRecord,
)
from petri.viewer.wire_server import Wire

Origin = Literal["auditor", "target", "prefill", "prefix", "simulated_tool", "real_tool"]
Role = Literal["system", "user", "assistant", "tool"]
State = Literal["valid", "invalid", "error", "pending"]
"""What an audit counts as: ``planned = valid + invalid + error + pending``."""

Mark = Literal["disagreement", "unstable", "unresolved quote", "unscored", "injection", "unrealistic"]
"""Why a person should look at an audit."""


# ---- what there is -------------------------------------------------------------------------------------------------


class VerdictSet(Wire):
    """Verdicts that `petri judge` added to a run; its results are a run of their own."""

    key: str
    name: str


class RunRow(Wire):
    """One run, set of verdicts or log, in the list of runs."""

    key: str
    """Names it in addresses; follows from its id."""
    id: str
    of: str | None = None
    """Of a set of verdicts, the key of the run that it is about."""
    status: Literal[
        "running", "complete", "incomplete", "interrupted", "limit", "unreadable", "reading", "foreign"
    ]
    """``reading``: not read yet; ``foreign``: of another program; else as in results.json."""
    started: str | None
    finished: str | None
    models: ModelNames | None
    files: tuple[str, ...]
    counts: Counts | None
    unscored: dict[str, int]
    """How many scores of valid audits have no value, by status, over all dimensions."""
    hits: int | None
    """Valid audits with a score past a threshold; None where nothing has one."""
    cost_usd: float | None
    breaches: int
    verdicts: tuple[VerdictSet, ...] = ()
    error: str | None = None
    """Why it cannot be read, or what stopped it."""


class RunList(Wire):
    """All runs, newest first."""

    runs: tuple[RunRow, ...]


class RunDetail(Wire):
    """A run with its numbers, as results.json has them, without its audits."""

    row: RunRow
    run: RunInfo | None
    dimensions: dict[str, DimensionSummary]
    targets: dict[str, dict[str, DimensionSummary]]
    breaches: tuple[GateBreach, ...]
    undecided: tuple[UndecidedGate, ...]
    judge_cards: tuple[JudgeCard, ...]
    usage: dict[str, Usage]
    settings: dict[str, Any]
    """What flags put in the place of the files' own values."""


# ---- the list of audits --------------------------------------------------------------------------------------------


class ListDimension(Wire):
    """A column of scores."""

    name: str
    scale: Scale
    threshold: int | None
    """None where there are no hits, or where the listed runs do not agree on it."""


class AuditRow(Wire):
    """One audit in the list."""

    key: str
    """Names it in addresses, within its run."""
    run: str
    """The run's key."""
    id: str
    scenario: str
    file: str
    target: str
    epoch: int
    variables: dict[str, str | int | float | bool]
    state: State
    outcome: str
    turns: int
    branches: int
    cost_usd: float | None
    tokens: int
    """Of all roles, read and written; 0 where nobody counted."""
    scores: tuple[float | Status | None, ...]
    """By position in ``AuditList.dimensions``: a value, why there is none, or None where it was not asked for."""
    worst: int | None
    """Position of the score that is furthest towards its worse end; None where nothing was scored."""
    hits: tuple[int, ...]
    """Positions of the scores past their thresholds."""
    hit_turn: int | None = None
    """The earliest turn of the target that a hit quotes, from 1; None where none does, or nothing was read yet."""
    marks: tuple[Mark, ...] = ()


class AuditList(Wire):
    """The audits of the runs that were asked for."""

    dimensions: tuple[ListDimension, ...]
    audits: tuple[AuditRow, ...]


class Snippet(Wire):
    """Where a search found something: parts of a text, every second one of which is what was looked for."""

    run: str
    audit: str
    label: str
    role: Role
    origin: Origin
    parts: tuple[str, ...]


class SearchAnswer(Wire):
    """What a search in the texts found."""

    query: str
    audits: tuple[tuple[str, str, int], ...]
    """Run, audit and number of messages, of every audit with a find, most finds first."""
    snippets: tuple[Snippet, ...]
    """Of the best finds."""
    complete: bool
    """False while there are texts that were not read yet."""
    fault: str | None = None
    """Why this cannot be looked for, for a person."""


# ---- one transcript ------------------------------------------------------------------------------------------------


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
    arguments: dict[str, Any]
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
    parameters: dict[str, Any]


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
    world: tuple[WorldRecord, ...]
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


# ---- comparison ----------------------------------------------------------------------------------------------------


class ComparedPair(Wire):
    """One audit of each side, of the same scenario, cell and epoch."""

    left: tuple[str, str]
    """Run and audit."""
    right: tuple[str, str]
    left_target: str
    right_target: str
    scenario: str
    variables: dict[str, str | int | float | bool]
    epoch: int
    left_state: State
    right_state: State
    scores: tuple[tuple[float | Status | None, float | Status | None], ...]
    """By position in ``Comparison.dimensions``."""


class ComparedDimension(Wire):
    """One dimension over all pairs."""

    name: str
    scale: Scale
    threshold: int | None
    pairs: int
    """Pairs of valid audits that were asked for it."""
    scored: int
    """Those with two values."""
    unscored: dict[str, int]
    left_mean: float | None
    right_mean: float | None
    difference: float | None
    """Right less left, over the pairs with two values."""
    ci95: tuple[float, float] | None
    """Clustered by scenario; None where undefined."""
    left_hits: int | None
    right_hits: int | None


class ComparedSide(Wire):
    """One side of a comparison."""

    run: str
    """The run's key."""
    id: str
    target: str | None
    """None where it is all targets of the run."""


class ComparisonView(Wire):
    """Two runs, targets or sets of verdicts, paired by scenario, cell and epoch."""

    left: ComparedSide
    right: ComparedSide
    paired: int
    invalid: int
    """Pairs in which one or both are not valid."""
    only_left: int
    only_right: int
    dimensions: tuple[ComparedDimension, ...]
    pairs: tuple[ComparedPair, ...]
    different: tuple[str, ...]
    """Dimensions that mean different things on the two sides, and are not compared."""
    one_sided: tuple[str, ...]
    fault: str | None = None
    """Why they cannot be compared, for a person; everything else is empty then."""


# ---- annotation ----------------------------------------------------------------------------------------------------

Triage = Literal["clean", "concerning", "invalid"]
Mode = Literal["random", "stratified", "disagreement", "low_confidence"]


class AnnotateSession(Wire):
    """What an annotator is to do."""

    annotator: str
    mode: Mode
    queue: tuple[str, ...]
    """Keys of items, in order; nothing follows from a key."""
    done: tuple[str, ...]
    """Those of them that this annotator has submitted."""
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
    """What is not submitted yet, kept so that closing the page loses nothing."""

    key: str
    triage: Triage | None
    labels: dict[str, LabelValue]
    note: str = Field(default="", max_length=20_000)
    seconds: float = Field(ge=0)


class Reveal(Wire):
    """What the judges said, shown only after an item was submitted."""

    key: str
    scores: dict[str, AuditScore]
    target: str
    own: Annotation
    """What this annotator had answered before."""
