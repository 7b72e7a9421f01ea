"""The events of `--json`: what a line may hold, for whoever reads it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from petri.analysis.canaries import Canaries
from petri.analysis.results import Audit, Counts, DimensionSummary, RunInfo, Usage
from petri.transcript.estimated import RunEstimate


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Started(_Event):
    """What is about to run; the first event."""

    event: Literal["started"] = "started"
    run: str
    """The run's id."""
    folder: str
    planned: int
    """Audits, or transcripts that are judged again."""
    auditor: str | None
    """null where stored transcripts are judged."""
    targets: tuple[str, ...]
    judges: tuple[str, ...]
    realism: str | None
    simulator: str | None
    offline: bool
    """Whether every model is a built-in simulated one."""
    judging: str | None
    """The run whose transcripts are judged again; null where audits are run."""
    doubts: tuple[str, ...]
    """What is probably not meant so, each as a sentence."""
    estimate: RunEstimate | None
    """What the run will probably come to, as run.json has it; null where stored transcripts are judged."""
    cap_usd: float | None
    """What it may cost at most; null without a cap."""


class Beat(_Event):
    """Where the run stands, once a minute."""

    event: Literal["progress"] = "progress"
    elapsed: float
    """Seconds since the run began."""
    done: int
    planned: int
    active: dict[Literal["setting up", "talking", "rolling back", "judging"], int]
    """Audits that are under way, by what goes on in them; those without are left out."""
    seconds_left: tuple[float | None, float] | None
    """At least and at most, by the turns that are left; null while nothing is known."""
    waiting: int
    """Model calls that failed and wait before they are tried again."""
    tokens: int
    """Of all calls so far."""
    cost_usd: float | None
    """Of all calls so far; null = not known, never 0."""


class AuditEnded(_Event):
    """What became of one audit."""

    event: Literal["audit"] = "audit"
    done: int
    """How many have ended with this one."""
    planned: int
    audit: Audit
    """As in results.json."""


class Flagged(_Event):
    """An audit that a person should look at; follows its `audit` event."""

    event: Literal["flag"] = "flag"
    kind: Literal["hit", "invalid", "error"]
    """A score at or past the threshold of its dimension, an audit that is not valid, or an error."""
    audit: str
    what: str
    """In one line, for people."""
    command: str
    """The command that opens it."""


class Notice(_Event):
    """Something about the run as a whole: that it is stopping, what a resumed one will do, how to go on."""

    event: Literal["notice"] = "notice"
    text: str
    """A sentence or two, for people."""


class Finished(_Event):
    """What became of the run; each as in results.json."""

    event: Literal["finished"] = "finished"
    folder: str
    run: RunInfo
    counts: Counts
    dimensions: dict[str, DimensionSummary]
    usage: dict[str, Usage]
    cost_usd: float | None


class CanariesJudged(Canaries):
    """What the judges made of transcripts whose answers are known."""

    event: Literal["canaries"] = "canaries"


AnyEvent = Annotated[
    Started | Beat | AuditEnded | Flagged | Notice | Finished | CanariesJudged, Field(discriminator="event")
]
EVENTS: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


def events_json_schema() -> dict[str, Any]:
    """Give the JSON Schema of one line of `--json`."""
    return EVENTS.json_schema() | {"title": "Event"}
