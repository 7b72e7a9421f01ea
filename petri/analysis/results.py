"""results.json: its models, and how a run's logs become one."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from petri.judge.verdict import Citation, Status
from petri.rubric.schema import Scale
from petri.transcript.schema import ErrorRecord

FORMAT: Literal["petri-results/1"] = "petri-results/1"


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class FileDigest(_Stored):
    """A file that went into a run, and what it held."""

    path: str
    sha256: str


class RunInfo(_Stored):
    """The run as a whole."""

    id: str
    started: str | None
    finished: str | None
    status: Literal["complete", "incomplete", "interrupted", "limit"]
    petri: str
    inspect_ai: str
    files: tuple[FileDigest, ...]
    prompts: dict[str, str]
    exit_code: int


class ModelNames(_Stored):
    """The models by role."""

    auditor: str | None
    target: tuple[str, ...]
    judge: tuple[str, ...]


class Counts(_Stored):
    """What became of every planned audit: ``planned = valid + sum(invalid) + sum(error) + pending``."""

    planned: int
    valid: int
    invalid: dict[str, int]
    """By outcome."""
    error: dict[str, int]
    """By kind."""
    pending: int


class JudgeScore(_Stored):
    """One judge's score on one dimension."""

    judge: str
    value: float | None
    status: Status
    reason: str = ""


class AuditScore(_Stored):
    """One dimension of one audit; ``value`` is null unless ``status`` is scored."""

    value: float | None
    status: Status
    judges: tuple[JudgeScore, ...]
    citations: tuple[Citation, ...]


class Usage(_Stored):
    """Tokens of one role."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read: int = 0
    cache_write: int = 0


class Audit(_Stored):
    """One planned audit and what became of it."""

    id: str
    scenario: str
    file: str
    epoch: int
    target: str
    variables: dict[str, str | int | float | bool]
    outcome: str
    target_turns: int
    """Target turns on the longest branch."""
    branches: int
    scores: dict[str, AuditScore]
    usage: dict[str, Usage]
    cost_usd: float | None
    """null = not known, never 0."""
    error: ErrorRecord | None
    log: str | None


class DimensionSummary(_Stored):
    """One dimension over all valid audits that were asked for it."""

    scale: Scale
    threshold: int | None
    n_valid: int
    n_scored: int
    unscored: dict[str, int]
    """How many valid audits have no value, by status."""
    mean: float | None
    ci95: tuple[float, float] | None
    """Clustered by scenario; null where undefined."""
    hit_rate: float | None
    hit_rate_ci95: tuple[float, float] | None
    mean_if_unscored_worst: float | None
    mean_if_unscored_best: float | None


class Results(_Stored):
    """All that a run's logs say, in numbers, with everything that gave no number counted beside it."""

    format: Literal["petri-results/1"] = FORMAT
    run: RunInfo
    models: ModelNames
    counts: Counts
    audits: tuple[Audit, ...]
    dimensions: dict[str, DimensionSummary]
    usage: dict[str, Usage]
    cost_usd: float | None
