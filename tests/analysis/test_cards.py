"""Which card holds for a run's judges, and what rates come to with their errors taken out."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from petri.analysis.agreement import Estimate
from petri.analysis.calibrated_rate import Measured, correct_rate
from petri.analysis.calibration_card import Card, Rate, rubric_digest, save_card
from petri.analysis.cards import judge_cards, known_errors
from petri.analysis.compute import compute_results
from petri.analysis.results import Audit, AuditScore, JudgeScore, KnownErrors
from petri.analysis.summary import summarise
from petri.cli.main import main
from petri.rubric.schema import Dimension, Scale
from petri.transcript.folders import Run
from tests.analysis.rows import row

GOLDEN: Final = Path(__file__).parents[2] / "transcripts" / "golden"
CAVING: Final = Dimension(name="caving", description="Gives in.", threshold=5)
PROMPTS: Final = {"judge/system": "s", "auditor/system": "other"}


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs that holds the golden run, and the card of its judge."""
    out = tmp_path_factory.mktemp("out")
    shutil.copytree(GOLDEN / "run", out / "run")
    assert main(["calibrate", str(GOLDEN / "labels.csv"), "--run", str(out / "run"), "--out", str(out)]) == 0
    return out


@pytest.fixture
def card(golden: Path) -> Card:
    (path,) = (golden / "calibration").iterdir()
    return Card.model_validate_json(path.read_bytes())


def judged(*panel: str, value: float = 7) -> Audit:
    judges = tuple(JudgeScore(judge=name, value=value, status="scored") for name in panel)
    return row(scores={"caving": AuditScore(value=value, status="scored", judges=judges, citations=())})


# A whole run


def test_results_name_the_card_that_lies_beside_the_run(golden: Path, card: Card) -> None:
    results = compute_results(Run(golden / "run"))
    (entry,) = results.judge_cards
    assert (entry.judge, entry.status) == ("petri-offline/judge", "calibrated")
    assert entry.card is not None
    assert json.loads((golden / entry.card).read_bytes())["judge"] == "petri-offline/judge"
    for name, errors in entry.dimensions.items():
        known = card.dimensions[name]
        assert (errors.n, errors.kappa) == (25, known.judge.kappa)
        assert (errors.sensitivity, errors.specificity) == (known.sensitivity, known.specificity)
        summary = results.dimensions[name]
        assert summary.hit_rate_corrected == pytest.approx(summary.hit_rate)  # this judge made no error
        assert summary.hit_rate_corrected_ci95 is not None
    assert {name for dimensions in results.targets.values() for name in dimensions} == {*entry.dimensions}


def test_a_run_elsewhere_is_computed_without(golden: Path, tmp_path: Path) -> None:
    shutil.copytree(golden / "run", tmp_path / "run")
    results = compute_results(Run(tmp_path / "run"))
    assert [(card.judge, card.status) for card in results.judge_cards] == [
        ("petri-offline/judge", "uncalibrated")
    ]
    assert {summary.hit_rate_corrected for summary in results.dimensions.values()} == {None}


# Which card holds


def place(out: Path, card: Card, **changed: object) -> None:
    usual = {"judge": "j", "rubric": rubric_digest([CAVING]), "prompts": {"judge/system": "s"}}
    dimensions = {"caving": card.dimensions["sycophancy"]}
    save_card(card.model_copy(update=usual | {"dimensions": dimensions} | changed), out)


STATUSES: Final[dict[str, tuple[Mapping[str, object] | None, str]]] = {
    "none": (None, "uncalibrated"),
    "this one": ({}, "calibrated"),
    "other prompts": ({"prompts": {"judge/system": "older"}}, "other prompts"),
    "another rubric": ({"rubric": "0" * 64}, "other rubric"),
    "another judge's": ({"judge": "j-mini"}, "uncalibrated"),
}


@pytest.mark.parametrize("name", STATUSES)
def test_a_card_holds_for_its_judge_rubric_and_prompts(tmp_path: Path, card: Card, name: str) -> None:
    changed, status = STATUSES[name]
    if changed is not None:
        place(tmp_path, card, **changed)
    audits = [judged("j")]
    (entry,) = cards = judge_cards(Run(tmp_path / "run"), audits, [CAVING], PROMPTS)
    assert entry.status == status
    assert (entry.card is not None) == bool(entry.dimensions) == (status in {"calibrated", "other prompts"})
    assert bool(known_errors(cards, audits)) == (status == "calibrated")


def test_a_damaged_card_costs_no_results(tmp_path: Path, card: Card) -> None:
    place(tmp_path, card)
    (path,) = (tmp_path / "calibration").iterdir()
    path.write_text("{}", encoding="utf-8")
    (entry,) = judge_cards(Run(tmp_path / "run"), [judged("j")], [CAVING], PROMPTS)
    assert (entry.status, entry.card, entry.dimensions) == ("unreadable", f"calibration/{path.name}", {})


def test_a_set_of_verdicts_has_the_cards_of_its_runs_folder(tmp_path: Path, card: Card) -> None:
    place(tmp_path, card)
    run = Run(tmp_path / "run" / "verdicts" / "set")
    assert judge_cards(run, [judged("j")], [CAVING], PROMPTS)[0].status == "calibrated"


def test_a_panel_has_a_card_of_its_own(tmp_path: Path, card: Card) -> None:
    place(tmp_path, card)
    place(tmp_path, card, judge="j + k")
    audits = [judged("k", "j"), judged("j", "k")]
    cards = judge_cards(Run(tmp_path / "run"), audits, [CAVING], PROMPTS)
    assert [(entry.judge, entry.status) for entry in cards] == [
        ("j", "calibrated"),
        ("k", "uncalibrated"),
        ("j + k", "calibrated"),
    ]
    assert {*known_errors(cards, audits)} == {"caving"}


def test_scores_of_several_panels_have_no_errors_in_common(tmp_path: Path, card: Card) -> None:
    place(tmp_path, card)
    audits = [judged("j"), judged("j", "k")]
    cards = judge_cards(Run(tmp_path / "run"), audits, [CAVING], PROMPTS)
    assert known_errors(cards, audits) == {}


@pytest.mark.parametrize("audits", [[], [row()], [row(value=None, status="skipped", scores={})]])
def test_without_scores_there_is_nothing_to_say(tmp_path: Path, audits: list[Audit]) -> None:
    cards = judge_cards(Run(tmp_path / "run"), audits, [CAVING], PROMPTS)
    assert (cards, known_errors(cards, audits)) == ((), {})


# Corrected rates


def errors(sensitivity: Rate | None, specificity: Rate | None) -> KnownErrors:
    none = Estimate(value=None, ci95=None)
    return KnownErrors(n=40, kappa=none, sensitivity=sensitivity, specificity=specificity)


def rate(value: float | None, n: int = 20) -> Rate:
    return Rate(value=value, n=n, ci95=None)


def test_a_rate_is_corrected_by_rogan_and_gladen() -> None:
    audits = [row(id=str(n), scenario=str(n), value=7 if n < 4 else 1) for n in range(10)]
    found = summarise(CAVING, audits, errors(rate(0.8), rate(0.9)))
    expected = correct_rate(Measured(0.4, 10), Measured(0.8, 20), Measured(0.9, 20))
    assert expected is not None
    assert (found.hit_rate, found.hit_rate_corrected) == (0.4, pytest.approx((0.4 + 0.9 - 1) / 0.7))
    assert found.hit_rate_corrected_ci95 == pytest.approx(tuple(expected.interval))


def test_repeats_of_one_scenario_say_less_than_as_many_scenarios() -> None:
    known = errors(rate(0.8), rate(0.9))
    apart = [row(id=str(n), scenario=str(n), value=7 if n < 4 else 1) for n in range(8)]
    alike = [row(id=str(n), scenario=str(n // 2), value=7 if n < 4 else 1) for n in range(8)]
    wide, narrow = (summarise(CAVING, rows, known).hit_rate_corrected_ci95 for rows in (alike, apart))
    assert wide is not None
    assert narrow is not None
    assert wide[1] - wide[0] > narrow[1] - narrow[0]


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(None, id="no card"),
        pytest.param(errors(None, None), id="no threshold then"),
        pytest.param(errors(rate(None, 0), rate(0.9)), id="no labelled hit"),
        pytest.param(errors(rate(0.1), rate(0.9)), id="no better than chance"),
    ],
)
def test_a_rate_that_cannot_be_corrected(known: KnownErrors | None) -> None:
    found = summarise(CAVING, [row(value=7)], known)
    assert (found.hit_rate, found.hit_rate_corrected, found.hit_rate_corrected_ci95) == (1, None, None)


def test_no_hits_no_correction() -> None:
    plain = CAVING.model_copy(update={"threshold": None, "scale": Scale(worse="none")})
    assert summarise(plain, [row(value=7)], errors(rate(0.8), rate(0.9))).hit_rate_corrected is None
    assert summarise(CAVING, [row()], errors(rate(0.8), rate(0.9))).hit_rate_corrected is None
