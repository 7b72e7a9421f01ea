"""`petri calibrate`: the golden set works as it lies here, and whatever is wrong with labels is told at once."""

import csv
import json
import re
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Final

import pytest
from rich.console import Console

from petri.analysis.agreement import Estimate
from petri.analysis.calibration_card import Card, CorrectedRate, Retest, judge_card
from petri.cli.main import main
from petri.display.calibration import corrected, print_card
from petri.plan import plan_audits
from petri.roles import as_choices, target_label
from petri.scenario.load import load_file
from petri.transcript.folders import Run, list_runs
from petri.transcript.store import read_header, sample_keys

ROOT: Final = Path(__file__).parents[2]
GOLDEN: Final = ROOT / "transcripts" / "golden"
LABELS, RUN = str(GOLDEN / "labels.csv"), str(GOLDEN / "run")
HEAD: Final = "transcript,dimension,value,annotator\n"

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def petri(capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*args: str) -> tuple[int, str, str]:
        code = main(args)
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture(scope="module")
def golden_cards(tmp_path_factory: pytest.TempPathFactory) -> list[Card]:
    """The cards of the golden set."""
    said = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", said)
        assert (
            main(["calibrate", LABELS, "--run", RUN, "--json", "--out", str(tmp_path_factory.mktemp("out"))])
            == 0
        )
    return [Card.model_validate_json(line) for line in said.getvalue().splitlines()]


# The golden set


def test_the_golden_logs_are_those_of_the_golden_scenarios() -> None:
    """Otherwise the ids in labels.csv would fit no longer: run scripts/golden.py and label anew."""
    file = load_file(GOLDEN / "golden.yaml")
    targets = [target_label(target) for target in as_choices(file.spec.models.target)]
    held = {(read_header(log).target, *key) for log in Run(Path(RUN)).logs() for key in sample_keys(log)}
    assert held == {(job.target, job.cell.id, job.epoch) for job in plan_audits([file], targets)}


def test_the_golden_set_is_small_and_names_no_machine() -> None:
    files = [path for path in GOLDEN.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 300 * 1024
    facts = [read_header(log).log.model_dump_json() for log in Run(Path(RUN)).logs()]
    assert not re.search(r'"(/|[A-Z]:\\)', "".join(facts))


def test_every_golden_label_meets_a_value(golden_cards: list[Card]) -> None:
    (card,) = golden_cards
    labels = [*csv.DictReader((GOLDEN / "labels.csv").read_text(encoding="utf-8").splitlines())]
    assert sum(dimension.labels for dimension in card.dimensions.values()) == len(labels)
    for dimension in card.dimensions.values():
        coverage = dimension.coverage
        assert coverage.labelled == coverage.compared == coverage.unlabelled + 25


def test_the_offline_judge_finds_what_was_planted(golden_cards: list[Card]) -> None:
    (card,) = golden_cards
    assert card.judge == "petri-offline/judge"
    for dimension in card.dimensions.values():
        assert dimension.sensitivity is not None
        assert dimension.specificity is not None
        assert (dimension.sensitivity.value, dimension.specificity.value) == (1, 1)


def test_the_golden_run_is_not_listed_among_runs() -> None:
    assert "golden" not in {run.id for run in list_runs(GOLDEN.parent)}


# The command


def test_a_table_and_a_card(petri: Command, tmp_path: Path) -> None:
    code, out, err = petri("calibrate", LABELS, "--run", RUN, "--out", str(tmp_path))
    assert code == 0
    assert out.splitlines()[0].startswith("petri-offline/judge against construction, reader (rubric ")
    assert [line.split()[0] for line in out.splitlines() if re.match(r" *[a-z]+ +25 ", line)] == [
        *("sycophancy", "people", "deception", "people", "sabotage", "people")
    ]
    assert "25 labelled = 25 compared + 0 unscored + 0 without verdict; 0 verdicts without label" in out
    (path,) = (tmp_path / "calibration").glob("*.json")
    assert err == f"The card of petri-offline/judge is kept in {path}\n"
    kept = Card.model_validate_json(path.read_bytes())
    assert judge_card("petri-offline/judge", kept.rubric, tmp_path) == kept


def test_the_numbers_are_the_same_every_time(petri: Command, golden_cards: list[Card]) -> None:
    code, out, _ = petri("calibrate", LABELS, "--run", RUN, "--json")
    again = Card.model_validate_json(out)
    assert code == 0
    assert (again.dimensions, again.rubric) == (golden_cards[0].dimensions, golden_cards[0].rubric)


def test_the_page_shows_what_the_command_prints(petri: Command) -> None:
    page = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```\n(petri-offline/judge against .*?)^```$", page, re.DOTALL | re.MULTILINE)
    _, out, _ = petri("calibrate", LABELS, "--run", RUN)
    assert shown == [f"{out.strip()}\n"]


def test_labels_may_name_their_run(petri: Command, tmp_path: Path) -> None:
    shutil.copytree(RUN, tmp_path / "20260101-golden")
    rows = [*csv.DictReader((GOLDEN / "labels.csv").read_text(encoding="utf-8").splitlines())]
    lines = [
        json.dumps(r | {"transcript": f"golden/{r['transcript']}", "value": int(r["value"])}) for r in rows
    ]
    (tmp_path / "labels.jsonl").write_text("\n".join(lines), encoding="utf-8")
    code, out, _ = petri("calibrate", "labels.jsonl", "--out", str(tmp_path), "--json")
    assert (code, Card.model_validate_json(out).runs) == (0, ("20260101-golden",))


def test_all_faults_are_told_at_once(petri: Command, tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text(f"{HEAD}gone/a-1,caving,x,ann\na-1,caving,3,ann\n", encoding="utf-8")
    code, out, err = petri("calibrate", "l.csv")
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "l.csv:2:17: 'value' should be a number, found 'x'",
        "l.csv:3:1: names no run; write run/audit, or give --run RUN",
    ]


def test_a_run_that_is_not_there(petri: Command, tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text(f"{HEAD}gone/a-1,caving,3,ann\n", encoding="utf-8")
    code, out, err = petri("calibrate", "l.csv")
    assert (code, out) == (2, "")
    assert err == "l.csv:2:1: no run 'gone' in transcripts/; there are none yet\n"


def test_labels_that_meet_nothing(petri: Command, tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text(f"{HEAD}a-1,wit,3,ann\n", encoding="utf-8")
    code, out, err = petri("calibrate", "l.csv", "--run", RUN)
    assert (code, out) == (5, "")
    assert err.startswith("petri: l.csv: none of the 1 labels meets a value by a judge")
    assert not (tmp_path / "transcripts").exists()


# What is shown


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        pytest.param(
            (0.5, 0.4, (0.1, 0.7)), "2 of 4 are hits (0.50), corrected 0.40 (0.10 to 0.70)", id="plain"
        ),
        pytest.param(
            (0.0, -0.1, (-0.3, 0.2)),
            "0 of 4 are hits (0.00), corrected 0.00 (0.00 to 0.20; clipped to 0 to 1)",
            id="below 0",
        ),
        pytest.param(
            (0.5, None, None),
            "2 of 4 are hits (0.50), not corrected: the judge's errors are unknown, or as many as by chance",
            id="not to be corrected",
        ),
    ],
)
def test_a_clipped_rate_is_said_to_be(
    rate: tuple[float, float | None, tuple[float, float] | None], words: str
) -> None:
    observed, corrected_, ci95 = rate
    assert corrected(CorrectedRate(n=4, observed=observed, corrected=corrected_, ci95=ci95)) == words


def test_nothing_is_said_of_hits_without_a_threshold() -> None:
    assert corrected(None) == ""


def test_what_is_missing_is_shown(golden_cards: list[Card]) -> None:
    whole = golden_cards[0].dimensions["sycophancy"]
    none = Estimate(value=None, ci95=None)
    changed = {
        "people": None,
        "sensitivity": None,
        "specificity": None,
        "rate": None,
        "leaning": "none",
        "retest": Retest(
            transcripts=3, verdicts=7, deviation=Estimate(value=0.5, ci95=None), alpha=none, within_one=none
        ),
        "coverage": whole.coverage.model_copy(
            update={"unscored": {"error": 2, "skipped": 1}, "without_verdict": {"no audit": 4}}
        ),
    }
    card = golden_cards[0].model_copy(
        update={"dimensions": {"wit": whole.model_copy(update=changed)}, "not_judged": {"charm\x1b[2J": 2}}
    )
    said = StringIO()
    print_card(Console(file=said, width=200, highlight=False), card)
    shown = said.getvalue()
    assert re.search(r"^  itself +3 +— +— +— +0\.50 +— +— +— +—", shown, re.MULTILINE)
    assert "+ 3 unscored (2 error, 1 skipped) + 4 without verdict (4 no audit); 0 verdicts" in shown
    assert "Labels on dimensions that the rubric lacks: 2 charm\\x1b[2J\n" in shown
