"""What was planned, as run.json and the logs' headers hold it: read once, strictly, and then trusted."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from petri.plan import CellHeader
from petri.rubric.schema import Dimension
from petri.transcript.estimated import RunEstimate


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class FileDigest(_Stored):
    """A file that went into a run, and what it held."""

    path: str
    """As it was named."""
    sha256: str
    """Of the file's bytes."""


class ModelNames(_Stored):
    """The models by role."""

    auditor: str | None
    """null where no log has begun."""
    target: tuple[str, ...]
    """With what was set for each, in brackets."""
    judge: tuple[str, ...]
    """Empty with `--no-judge`."""
    realism: str | None = None
    """Checks what is staged where a threshold is set; null where none is named."""
    simulator: str | None = None
    """Answers the target's tool calls; null where the auditor does."""


class PlannedAudit(_Stored):
    """One planned audit."""

    id: str
    cell: CellHeader
    target: str
    epoch: int


class Judging(_Stored):
    """What a set of verdicts is about, and how its judges were asked."""

    of: str
    """The run whose transcripts were judged."""
    logs: tuple[FileDigest, ...]
    """Its logs, as they were then."""
    rubrics: tuple[FileDigest, ...]
    """The rubric files."""
    settings: dict[str, Any]
    """The settings `judge.*` of a scenario file that were in force."""
    prompts: dict[str, str]
    """The SHA-256 of each of the judge's prompts."""


class Ordered(_Stored):
    """What selected the audits, beside the settings: enough to plan the same run again."""

    scenarios: tuple[str, ...]
    """Files, folders and `library:` selectors, as they were named."""
    only: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    limit: int | None = None
    offline: bool = False
    judge: bool = True
    max_cost: float | None = None
    """USD that the run may come to, with all that resumes it."""
    max_tokens: int | None = None
    max_seconds: float | None = None
    """Of one process."""
    rpm: dict[str, int] = {}
    assumed_price: tuple[float, float] | None = None
    """USD for a million tokens in and out, where a price is not known."""


class RunFile(_Stored):
    """run.json: what was planned before anything was spent."""

    format: Literal["petri-run/1"] = "petri-run/1"
    id: str
    started: str
    petri: str
    inspect_ai: str
    python: str
    files: tuple[FileDigest, ...]
    models: ModelNames
    settings: dict[str, Any]
    """What flags put in the place of the files' own values."""
    fail_on: tuple[str, ...]
    """The gates of `--fail-on`."""
    audits: tuple[PlannedAudit, ...]
    judging: Judging | None = None
    """Of a set of verdicts on stored transcripts; null for a run of its own."""
    order: Ordered | None = None
    """What selected the audits; null for a set of verdicts, and where another version wrote the run."""
    rubrics: tuple[FileDigest, ...] = ()
    """The rubric files."""
    prompts: dict[str, str] = {}
    """The SHA-256 of each prompt in use."""
    stopped: Literal["interrupted", "disk_full", "cost", "tokens", "time", "model"] | None = None
    """What stopped the run: a signal, the disk, a cap, a model out of reach; or null."""
    stopped_because: str | None = None
    """The same for a person, with the remedy."""
    estimate: RunEstimate | None = None
    """What the run was expected to come to; null where nobody asked."""


class LogFacts(_Stored):
    """What a log's header says of its audits: enough to account for those that it does not hold."""

    target: str | None
    """The target's label; None where the role decides."""
    files: tuple[FileDigest, ...]
    prompts: dict[str, str]
    cells: tuple[CellHeader, ...]
    dimensions: tuple[Dimension, ...]
    """What is scored; empty where nothing is."""
    again: tuple[PlannedAudit, ...] | None = None
    """Of verdicts on stored transcripts: the audits that were judged; their ids are those of the log's samples."""
    resumed: tuple[PlannedAudit, ...] | None = None
    """Of a resumed run: the audits that this log goes on with; their ids are those of its samples."""
