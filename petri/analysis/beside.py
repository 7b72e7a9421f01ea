"""What stands beside a run's results and belongs in a report on it: its plan, people's labels, the judges' canaries."""

from dataclasses import dataclass
from typing import Final

from petri.analysis.canaries import Canaries, canaries_of
from petri.analysis.people import Given, people_of
from petri.analysis.results import Results
from petri.transcript.folders import Run
from petri.transcript.planned import RunFile
from petri.transcript.store import read_plan


@dataclass(frozen=True, slots=True)
class Beside:
    """What there is; None and empty where there is nothing, or where nobody looked."""

    plan: RunFile | None = None
    people: tuple[Given, ...] = ()
    """As ``people_of`` gives it."""
    canaries: Canaries | None = None


NOTHING: Final = Beside()


def beside(run: Run, results: Results) -> Beside:
    """Look what stands beside a run; raises ``UnreadableLog`` for a damaged file."""
    return Beside(read_plan(run), people_of(run), canaries_of(run, results.models.judge))
