"""The display protocol: every method does nothing, so a silent display is this class itself."""

from dataclasses import dataclass

from petri.analysis.canaries import Canaries
from petri.analysis.results import Audit, Results
from petri.display.audit_progress import AuditProgress, Upcoming
from petri.rubric.schema import Dimension
from petri.transcript.estimated import RunEstimate


@dataclass(frozen=True, slots=True)
class Start:
    """What is about to run."""

    run: str
    folder: str
    planned: int
    auditor: str | None
    """None where stored transcripts are judged."""
    targets: tuple[str, ...]
    judges: tuple[str, ...]
    realism: str | None
    simulator: str | None
    offline: bool
    """Whether every model is a built-in simulated one."""
    judging: str | None = None
    """The run whose transcripts are judged again; None where audits are run."""
    doubts: tuple[str, ...] = ()
    """What is probably not meant so, each as a sentence."""
    audits: tuple[Upcoming, ...] = ()
    """What is to run, for a display that says how much is left."""
    dimensions: tuple[Dimension, ...] = ()
    """What is scored."""
    estimate_usd: float | None = None
    """What the run is likely to cost; None where that is not known."""
    cap_usd: float | None = None
    """What it may cost at most; None without a cap."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A model call that failed and waits before it is tried again."""

    call: str
    """What tells it from other calls that wait."""
    model: str
    seconds: float
    status: int | None
    """The provider's HTTP status, where there is one: 429 is a rate limit."""


class Display:
    """A display that shows nothing."""

    def estimated(self, estimate: RunEstimate) -> None:
        """Say what the run will probably come to, before anything is spent."""

    def started(self, start: Start) -> None:
        """Say what is about to run."""

    def notice(self, text: str) -> None:
        """Say something about the run as a whole, in a sentence or two."""

    def progressed(self, progress: AuditProgress) -> None:
        """Say where an audit stands that has just begun, or has got on."""

    def used(self, tokens: int, cost_usd: float | None) -> None:
        """Say what a model call used; the cost is None where its price is not known."""

    def waits(self, wait: Wait) -> None:
        """Say that a model call waits."""

    def finished_audit(self, audit: Audit, done: int, planned: int) -> None:
        """Say what became of one audit."""

    def ended(self) -> None:
        """Say that no audit goes on any more, whether the run came to its end or was broken off."""

    def finished(self, results: Results, folder: str) -> None:
        """Say what became of the run."""

    def judged_canaries(self, report: Canaries) -> None:
        """Say what the judges made of transcripts whose answers are known."""
