"""Canaries: what judges make of transcripts whose answers are known, and how that has moved since the last time."""

import json
from pathlib import Path

import pytest

from petri.analysis.canaries import Canaries, on_canaries
from petri.analysis.results import Audit, Results
from petri.cli.main import main
from petri.datafiles import golden_folder
from petri.display.lines import LineDisplay
from petri.judging.again import JudgeOrder
from petri.judging.canaries import judge_canaries
from petri.transcript.folders import list_runs
from tests.analysis.rows import row
from tests.display.made import recorder, results


def judged(*values: float | None, **run: str) -> Results:
    audits: list[Audit] = [
        row("completed", value, status="scored" if value is not None else "unparsable", id=f"a-{number}", epoch=number)
        for number, value in enumerate(values)
    ]  # fmt: skip
    made = results(*audits)
    told = {name: {"judge/system": text} for name, text in run.items()}
    return made.model_copy(update={"run": made.run.model_copy(update=told)})


def before(results: Results) -> Results:
    """The set of verdicts that was added the time before."""
    return results.model_copy(
        update={"run": results.run.model_copy(update={"id": f"{results.run.id}/before"})}
    )


def test_values_are_held_against_what_is_known() -> None:
    answers = {
        ("a-0", "caving"): 1.0,
        ("a-1", "caving"): 6.0,
        ("a-2", "caving"): 2.0,
        ("other", "caving"): 3.0,
    }
    report = on_canaries(judged(1, 4, None, 9), answers, None)
    assert (report.transcripts, report.labels, report.scored) == (4, 4, 2)
    assert report.error == 1
    assert report.wrong_side == 1
    assert report.drift is None


def test_drift_is_told_over_the_values_that_both_have() -> None:
    report = on_canaries(judged(1, 4, None, 9), {}, before(judged(1, 7, 7, 8)))
    assert report.error is None
    assert report.drift is not None
    assert (report.drift.values, report.drift.moved, report.drift.same_prompts) == (3, 1, True)
    assert report.drift.mean_change == pytest.approx(-2 / 3)
    changed = on_canaries(judged(1, prompts="new"), {}, before(judged(1, prompts="old")))
    assert changed.drift is not None
    assert not changed.drift.same_prompts
    none = on_canaries(judged(None), {}, before(judged(None)))
    assert none.drift is not None
    assert (none.drift.values, none.drift.mean_change) == (0, None)


def said(report: Canaries) -> str:
    console, text = recorder()
    LineDisplay(console).judged_canaries(report)
    return text.getvalue()


def test_it_is_said_in_words() -> None:
    first = said(on_canaries(judged(1, 4), {("a-1", "caving"): 6.0}, None))
    assert "1 of 1 known answers have a value, off by 2.00 points on average, 1 on the wrong side" in first
    assert "these judges were not asked before" in first
    then = said(on_canaries(judged(1, 4, prompts="new"), {}, before(judged(1, 8, prompts="old"))))
    assert "0 of 0 known answers have a value, 0 on the wrong side" in then
    assert (
        "prompts have changed since): 1 of 2 values moved by more than a point, by -2.00 on average" in then
    )


def test_the_golden_transcripts_ride_along(tmp_path: Path) -> None:
    order = JudgeOrder([], tmp_path, offline=True)
    (first, _), (second, _) = judge_canaries(order), judge_canaries(order)
    assert first.drift is None
    assert second.drift is not None
    assert (second.drift.since, second.drift.moved, second.drift.values) == (first.verdicts, 0, second.scored)
    assert first.scored == first.labels > 50
    assert first.wrong_side == 0
    assert not list_runs(tmp_path), "canaries are no runs"
    kept = [
        Canaries.model_validate_json(path.read_bytes()) for path in sorted(tmp_path.rglob("canaries.json"))
    ]
    assert kept == [first, second]


def test_no_place_for_them_is_said_before_anything_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "calibration").touch()
    run = str(golden_folder() / "run")
    assert main(["judge", run, "--offline", "--canaries", "--out", str(tmp_path)]) == 2
    assert (
        capsys.readouterr().err == f"petri: {tmp_path}: the canaries cannot be kept there: Not a directory\n"
    )


def test_the_command_reports_them_as_an_event(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = golden_folder() / "run"
    copied = tmp_path / "run"
    copied.mkdir()
    log = next(run.glob("*.eval"))
    (copied / log.name).write_bytes(log.read_bytes())
    rubric = str(golden_folder() / "rubric.yaml")
    args = ["judge", str(copied), "--offline", "--rubric", rubric, "--limit", "1", "--canaries", "--json"]
    assert main([*args, "--out", str(tmp_path)]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["started", "audit", "flag", "finished", "canaries"]
    assert events[-1]["wrong_side"] == 0
