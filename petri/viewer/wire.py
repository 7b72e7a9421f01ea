"""What the server sends to the page and takes from it: the only source of the page's types.

``python scripts/wire.py`` writes the JSON Schema of every model here; from it the page's types and its check of what
arrives are generated. Places in texts count UTF-16 units, as a page does, from 0.
"""

from typing import Any, Literal

from petri.analysis.results import (
    Counts,
    DimensionSummary,
    GateBreach,
    JudgeCard,
    RunInfo,
    UndecidedGate,
    Usage,
)
from petri.judge.verdict import Status
from petri.rubric.schema import Scale
from petri.transcript.planned import ModelNames
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
