"""Verdicts on transcripts whose answers are known: how far off they are, how they moved since the last time."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Final

from pydantic import BaseModel, ConfigDict

from petri.analysis.calibration_card import FOLDER as CALIBRATION
from petri.analysis.compare import DimensionComparison, compare
from petri.analysis.results import Results
from petri.transcript.folders import Run, list_runs
from petri.transcript.store import read_json

REPORT: Final = "canaries.json"
_FOLDER: Final = "canaries"


class Drift(BaseModel):
    """How the canaries' values have moved since the same judges were last asked."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    since: str
    """The earlier set of verdicts."""
    values: int
    """Values that both sets have."""
    same_prompts: bool
    """Whether the judges' prompts are what they were."""
    moved: int
    """Those that differ by more than a point."""
    mean_change: float | None
    """null without any value."""


class Canaries(BaseModel):
    """What judges made of transcripts whose answers are known."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    verdicts: str
    """The set of verdicts on them, beside their transcripts."""
    judges: tuple[str, ...]
    transcripts: int
    labels: int
    """Answers that are known, each of one dimension of one transcript."""
    scored: int
    """Those of them for which there is a value."""
    error: float | None
    """The mean distance of value and answer, in points; null without any value."""
    wrong_side: int
    """Values on the other side of the threshold than the answer."""
    drift: Drift | None
    """null where the same judges were never asked before."""


def canaries_folder(out: Path) -> Path:
    """Give the folder of the golden logs on which judges of the runs in a folder are tried, below it."""
    return out / CALIBRATION / _FOLDER


def canaries_of(run: Run, judges: Sequence[str]) -> Canaries | None:
    """Give what these judges last made of the canaries beside a run; None where they were never asked together.

    Raises ``UnreadableLog`` for a damaged report.
    """
    golden = list_runs(canaries_folder(run.judged.folder.absolute().parent))
    sets = sorted(
        (found for each in golden for found in each.verdict_sets()), key=lambda one: one.folder.name
    )
    files = (one.folder / REPORT for one in reversed(sets))
    found = (read_json(file, Canaries, "report on canaries") for file in files if file.is_file())
    return next((each for each in found if each.judges == tuple(judges)), None)


def on_canaries(
    results: Results, answers: Mapping[tuple[str, str], float], before: Results | None
) -> Canaries:
    """Compare verdicts with what is known (by audit and dimension), and with earlier verdicts of the same judges."""
    pairs = [
        (results.dimensions[dimension], score.value, answers[audit.id, dimension])
        for audit in results.audits
        for dimension, score in audit.scores.items()
        if (audit.id, dimension) in answers and score.value is not None
    ]
    errors = [abs(value - answer) for _, value, answer in pairs]
    return Canaries(
        verdicts=results.run.id,
        judges=results.models.judge,
        transcripts=len(results.audits),
        labels=len(answers),
        scored=len(pairs),
        error=fmean(errors) if errors else None,
        wrong_side=sum(
            summary.scale.is_past(value, summary.threshold)
            != summary.scale.is_past(answer, summary.threshold)
            for summary, value, answer in pairs
        ),
        drift=None if before is None else _drift(before, results),
    )


def _drift(then: Results, now: Results) -> Drift:
    compared = compare(then, now)
    rows: Sequence[DimensionComparison] = [row for row in compared.dimensions.values() if row.scored]
    told = [(row.difference, row.scored) for row in rows if row.difference is not None]
    weight = sum(scored for _, scored in told)
    return Drift(
        since=then.run.id,
        values=sum(row.scored for row in rows),
        same_prompts=then.run.prompts == now.run.prompts,
        moved=sum(row.moved for row in rows),
        mean_change=sum(change * scored for change, scored in told) / weight if weight else None,
    )
