"""Canaries: transcripts with known answers, judged along with every batch, so that a judge that drifts is noticed."""

import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from statistics import fmean
from typing import Final

from petri.analysis.calibration_labels import read_labels
from petri.analysis.canaries import REPORT, Canaries, canaries_folder, on_canaries
from petri.analysis.compute import compute_results
from petri.analysis.results import Results
from petri.datafiles import golden_folder
from petri.display.base import Display
from petri.errors import UsageError
from petri.judging.again import JudgeOrder, judge_again
from petri.transcript.folders import Run
from petri.transcript.store import file_sha256, read_plan, write_json

_SHORT: Final = 12


def judge_canaries(order: JudgeOrder) -> tuple[Canaries, Results]:
    """Let an order's judges judge the golden transcripts by the golden rubric, and compare with what is known.

    The verdicts stand below the out folder, in ``calibration/canaries/``; each time adds a set.
    """
    golden, run = golden_folder(), canary_run(order.out)
    ours = replace(
        order,
        runs=[str(run.folder)],
        settings=dict(order.settings) | {"judge.rubric": [str(golden / "rubric.yaml")]},
        only=(),
        limit=None,
        name=None,
    )
    ((verdicts, results),) = judge_again(ours, Display())
    before = _before(run, verdicts, results)
    report = on_canaries(
        results, _answers(golden / "labels.csv"), None if before is None else compute_results(before)
    )
    write_json(verdicts.folder / REPORT, report.model_dump(mode="json"))
    return report, results


def canary_run(out: Path) -> Run:
    """Give the golden logs where verdicts can be added; raises ``UsageError`` where they cannot.

    Logs of another version have another folder.
    """
    try:
        return _copied(golden_folder(), canaries_folder(out))
    except OSError as error:
        raise UsageError(f"{out}: the canaries cannot be kept there: {error.strerror or error}") from error


def _copied(golden: Path, folder: Path) -> Run:
    logs = sorted((golden / "run").glob("*.eval"))
    digest = "".join(map(file_sha256, logs))
    place = folder / sha256(digest.encode()).hexdigest()[:_SHORT]
    if not place.is_dir():
        draft = place.with_suffix(".part")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(golden / "run", draft)
        draft.replace(place)
    return Run(place)


def _answers(path: Path) -> dict[tuple[str, str], float]:
    """Give what is known, by audit and dimension: the mean of what was said of it."""
    said: dict[tuple[str, str], list[float]] = {}
    for label in read_labels(path).labels:
        said.setdefault((label.audit, label.row.dimension), []).append(label.row.value)
    return {key: fmean(values) for key, values in said.items()}


def _before(run: Run, verdicts: Run, results: Results) -> Run | None:
    """Give the last set of verdicts by the same judges."""
    earlier = [known for known in run.verdict_sets() if known.id != verdicts.id]
    plans = [(known, plan) for known in earlier if (plan := read_plan(known)) is not None]
    same = [known for known, plan in plans if plan.models.judge == results.models.judge]
    return same[-1] if same else None
