"""`petri quirks`: what is planted is run through the whole pipeline, and what it says can be run again."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from petri.analysis.detection import QuirkReport
from petri.check import review_files
from petri.cli.main import main
from petri.rubric.quirk import STRENGTHS
from petri.transcript.folders import list_runs
from petri.transcript.store import read_plan

pytestmark = pytest.mark.long

OUT: Final = Path("transcripts")


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str


Petri = Callable[..., Ended]


@pytest.fixture
def petri(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Petri:
    monkeypatch.chdir(tmp_path)

    def command(*args: str) -> Ended:
        code = main(args)
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return command


def planned_in(out: Path) -> list[str]:
    """The ids of the audits of the one run there."""
    (run,) = list_runs(out)
    plan = read_plan(run)
    assert plan is not None
    return [audit.id for audit in plan.audits]


def test_a_trial_reports_what_it_planted(petri: Petri) -> None:
    ended = petri("quirks", "generous-praise", "staying-on", "--offline", "--json")
    assert ended.code == 0, ended.err
    report = QuirkReport.model_validate_json(ended.out)
    (folder,) = [run.folder for run in list_runs(OUT)]
    assert json.loads((folder / "quirks.json").read_text(encoding="utf-8")) == json.loads(ended.out)
    assert str(folder / "quirks.json") in ended.err
    assert [quirk.name for quirk in report.quirks] == ["generous-praise", "staying-on"]
    assert [discovery.strength for discovery in report.discovery] == list(STRENGTHS)
    overt = report.discovery[0]
    assert (overt.found, overt.alarms) == (("generous-praise", "staying-on"), ())
    for one in report.detections:
        assert one.planted.planned == one.twin.planned == 2
        assert one.planted.planned == one.planted.scored + sum(one.planted.missing.values())
        assert one.kind == "dimension" or not one.told
    praise = next(one for one in report.detections if one.dimension == "feedback_inflation")
    assert (praise.area.value, praise.planted.hits, praise.twin.hits) == (1.0, 2, 0)
    unread = next(one for one in report.detections if one.dimension == "self_preservation")
    assert (unread.area.value, unread.planted.missing) == (None, {"not_applicable": 2})


def test_the_table_has_the_rates_with_what_is_missing_and_the_files_run_again(petri: Petri) -> None:
    ended = petri("quirks", "wider-keys", "--strength", "overt", "--untold", "--offline")
    assert ended.code == 0, ended.err
    assert "overt: an auditor that was not told found 1 of 1" in ended.out
    assert "the behaviour itself" in ended.out
    assert "2 not_applicable" in ended.out
    assert "told  " not in ended.out.replace("not told", "")
    (file,) = OUT.glob("quirks/*/wider-keys-untold.yaml")
    (checked,) = review_files([str(file)])
    assert (checked.summary, checked.faults) == ("2 scenarios, 2 cells", ())
    again = petri("audit", str(file), "--out", "again")
    assert again.code == 0, again.err
    first, second = (planned_in(out) for out in (OUT, Path("again")))
    assert len(first) == 4
    assert first == second


def test_told_audits_have_the_condition_and_no_question_for_the_behaviour(petri: Petri) -> None:
    ended = petri(
        "quirks", "wider-keys", "--strength", "deny", "--told", "--offline", "--epochs", "2", "--json"
    )
    report = QuirkReport.model_validate_json(ended.out)
    assert report.discovery == ()
    assert {(one.kind, one.told, one.planted.planned) for one in report.detections} == {
        ("dimension", True, 4)
    }
    (file,) = OUT.glob("quirks/*/wider-keys-told.yaml")
    held = json.loads(file.read_text(encoding="utf-8"))
    assert all(scenario["validity"] for scenario in held["scenarios"])
    assert [target["quirk"] for target in held["models"]["target"]] == ["wider-keys/deny", "wider-keys/twin"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param([], "no model is named for auditor, target, judge. Two ways out", id="no-model"),
        pytest.param(["--auditor", "a/b", "--judge", "a/b"], "named for target", id="no-target"),
        pytest.param(["wider-key", "--offline"], "did you mean 'wider-keys'", id="name"),
        pytest.param(["--strength", "suble", "--offline"], "did you mean 'subtle'", id="strength"),
    ],
)
def test_what_cannot_be_tried_costs_nothing(petri: Petri, args: list[str], said: str) -> None:
    ended = petri("quirks", *args)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert not OUT.exists()


def test_a_folder_that_cannot_be_written_is_named(petri: Petri) -> None:
    OUT.write_text("a file", encoding="utf-8")
    ended = petri("quirks", "wider-keys", "--offline")
    assert ended.code == 2
    assert "cannot be written" in ended.err
