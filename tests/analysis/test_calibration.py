"""Labels against verdicts: every fault has its place, every label its account, every judge its card."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petri.analysis.agreement import Estimate
from petri.analysis.calibrated_dimension import Reading, compare
from petri.analysis.calibration import Judged, make_cards
from petri.analysis.calibration_card import Card, judge_card, rubric_digest, save_card
from petri.analysis.calibration_labels import Labels, read_labels
from petri.analysis.results import AuditScore, JudgeScore
from petri.errors import InvalidFile, NothingToRun, UnreadableLog, UsageError
from petri.judge.verdict import Status
from petri.rubric.schema import Dimension, Scale
from tests.analysis.rows import row

CAVING: Final = Dimension(name="caving", description="Gives in.", threshold=5)
HEAD: Final = "transcript,dimension,value,annotator\n"


def written(folder: Path, text: str, name: str = "labels.csv") -> Labels:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return read_labels(path)


# What is read


ROW: Final = ("a-1", "caving", 7.0, "ann")
READABLE: dict[str, tuple[str, str]] = {
    "CSV": ("labels.csv", f"{HEAD}a-1,caving,7,ann\n"),
    "columns in any order, with a note": (
        "labels.csv",
        'Annotator, note ,value,dimension,transcript\r\nann,"so, ""well""",7.0,caving,a-1\r\n',
    ),
    "a cell with a line break": ("labels.csv", f'{HEAD[:-1]},note\n\na-1,caving,7,ann,"two\nlines"'),
    "no line end at the end": ("labels.csv", f"{HEAD}a-1,caving,7,ann"),
    "a byte order mark": ("labels.csv", f"\ufeff{HEAD}a-1,caving,7,ann\n"),
    "JSON lines": (
        "labels.jsonl",
        '\n{"transcript": "a-1", "dimension": "caving", "v\\u0061lue": 7, "annotator": "ann"}\n  \n',
    ),
}


@pytest.mark.parametrize("name", READABLE)
def test_labels_are_read(tmp_path: Path, name: str) -> None:
    file, text = READABLE[name]
    found = written(tmp_path, text, file)
    assert found.faults == ()
    rows = [label.row for label in found.labels]
    assert [(r.transcript, r.dimension, r.value, r.annotator) for r in rows] == [ROW]


@pytest.mark.parametrize(
    ("transcript", "run", "audit"),
    [
        pytest.param("a-1", None, "a-1", id="an audit"),
        pytest.param("run/a-1", "run", "a-1", id="with its run"),
        pytest.param("some/folder/a-1", "some/folder", "a-1", id="with its run's folder"),
    ],
)
def test_a_label_names_its_transcript(tmp_path: Path, transcript: str, run: str | None, audit: str) -> None:
    (label,) = written(tmp_path, f"{HEAD}{transcript},caving,7,ann\n").labels
    assert (label.run, label.audit) == (run, audit)


def line(**changed: Any) -> str:
    whole = {"transcript": "a-1", "dimension": "caving", "value": 7, "annotator": "ann"}
    return json.dumps(whole | changed)


# file, text -> where the faults are, and words of each
FAULTY: dict[str, tuple[str, str, list[tuple[int, int, str]]]] = {
    "empty": ("labels.csv", "", [(0, 0, "holds no labels")]),
    "only a head": ("labels.csv", HEAD, [(0, 0, "holds no labels")]),
    "no columns": ("labels.csv", "a-1,caving,7,ann\n", [(1, 1, "missing: transcript, dim")]),
    "a column misspelt": (
        "labels.csv",
        "transcript,dimension,value,anotator\n",
        [(1, 1, "missing: annotator"), (1, 28, "did you mean 'annotator'")],
    ),
    "a column twice": ("labels.csv", f"value,{HEAD}", [(1, 28, "'value' is there twice")]),
    "no number": (
        "labels.csv",
        f"{HEAD}a-1,caving,high,ann\n",
        [(2, 12, "'value' should be a number, found 'high'")],
    ),
    "not a number": (
        "labels.csv",
        f"{HEAD}a-1,caving,nan,ann\n",
        [(2, 12, "should be a number, found 'nan'")],
    ),
    "no value": ("labels.csv", f"{HEAD}a-1,caving,,ann\n", [(2, 12, "'value' should be a number, found ''")]),
    "a cell too few": ("labels.csv", f"{HEAD}a-1,caving,7\n", [(2, 1, "3 cells")]),
    "quotes that stay open": ("labels.csv", f'{HEAD}"a-1,caving,7,ann\n', [(2, 1, "not closed")]),
    "faults on many lines": (
        "labels.csv",
        f"{HEAD},caving,7,ann\na-1,Caving!,x,ann\n",
        [(2, 1, "'transcript' is empty"), (3, 5, "such as 'caving'"), (3, 13, "found 'x'")],
    ),
    "no JSON": ("labels.jsonl", '{"transcript": }\n', [(1, 16, "not JSON")]),
    "no object": ("labels.jsonl", "[1]\n", [(1, 1, "one label, a JSON object, found a list")]),
    "a key twice": ("labels.jsonl", '{"value": 1, "value": 2}\n', [(1, 1, "duplicate key 'value'")]),
    "too deep": ("labels.jsonl", f"{'[' * 100_000}\n", [(1, 1, "not JSON that can be used")]),
    "text for a number": (
        "labels.jsonl",
        f"{line()}\n{line(value='7')}\n",
        [(2, 55, "should be a number, found '7'")],
    ),
    "an unknown key": ("labels.jsonl", f"{line(score=3)}\n", [(1, 78, "unknown key 'score'")]),
    "an infinite number": ("labels.jsonl", line().replace("7", "1e999"), [(1, 55, "finite")]),
    "half a character": ("labels.jsonl", line(annotator="\ud800"), [(1, 71, "annotator")]),
}


@pytest.mark.parametrize("name", FAULTY)
def test_every_fault_has_its_place(tmp_path: Path, name: str) -> None:
    file, text, expected = FAULTY[name]
    found = written(tmp_path, text, file).faults
    assert [(fault.line, fault.col) for fault in sorted(found)] == [(at, col) for at, col, _ in expected]
    for fault, (_, _, words) in zip(sorted(found), expected, strict=True):
        assert words in fault.message


# One dimension


def key(number: int) -> tuple[str, str]:
    return "run", f"a-{number:03}"


def readings(*values: float | Status | tuple[float, ...] | None) -> dict[tuple[str, str], Reading]:
    """Readings by transcript: a value, several, a status, or None where the judge was not asked."""
    made: dict[tuple[str, str], Reading] = {}
    for number, value in enumerate(values):
        if isinstance(value, str):
            made[key(number)] = Reading(status=value)
        elif isinstance(value, tuple):
            made[key(number)] = Reading(value)
        elif value is not None:
            made[key(number)] = Reading((float(value),))
    return made


def labels(*values: Sequence[float]) -> dict[tuple[str, str], Mapping[str, float]]:
    """Labels by transcript, by annotators a, b, …; none where a transcript has no label."""
    return {
        key(number): dict(zip("abcd", given_, strict=False)) for number, given_ in enumerate(values) if given_
    }


RECORDED: Final = {key(number) for number in range(40)}


def test_what_cannot_be_compared_is_counted() -> None:
    card = compare(
        CAVING,
        readings(3, "judge_refused", "unparsable", "judge_refused", None, 8),
        labels([3], [1], [2], [3], [4], []) | {("run", "elsewhere"): {"a": 5}},
        RECORDED,
    )
    assert card.coverage.model_dump() == {
        "labelled": 6,
        "compared": 1,
        "unscored": {"judge_refused": 2, "unparsable": 1},
        "without_verdict": {"no audit": 1, "not judged": 1},
        "unlabelled": 1,
    }


CELL: Final = st.tuples(
    st.sampled_from([None, "error", "skipped", 1, 5, 9, (2, 8)]), st.lists(st.integers(1, 10), max_size=3)
)


@given(st.lists(CELL, min_size=1, max_size=12))
def test_every_labelled_transcript_is_accounted_for(cells: list[tuple[Any, list[int]]]) -> None:
    given_ = readings(*(value for value, _ in cells))
    coverage = compare(CAVING, given_, labels(*(found for _, found in cells)), RECORDED).coverage
    assert coverage.labelled == sum(bool(found) for _, found in cells)
    assert coverage.labelled == (
        coverage.compared + sum(coverage.unscored.values()) + sum(coverage.without_verdict.values())
    )


def test_errors_at_the_threshold() -> None:
    """Truth is the median label: hits are 5 and more, so 4.5 is none."""
    card = compare(CAVING, readings(9, 4, 6, 1), labels([8, 8], [5, 9], [4, 5], [1]), RECORDED)
    assert card.sensitivity is not None
    assert card.specificity is not None
    assert (card.sensitivity.value, card.sensitivity.n) == (0.5, 2)
    assert (card.specificity.value, card.specificity.n) == (0.5, 2)
    assert card.rate is not None
    assert (card.rate.observed, card.rate.corrected) == (0.5, None)


def test_perfect_judges_have_errors_to_be_found() -> None:
    card = compare(CAVING, readings(*[9] * 6, *[1] * 14), labels(*[[9]] * 6, *[[1]] * 14), RECORDED)
    assert card.sensitivity is not None
    assert card.sensitivity.ci95 is not None
    assert (card.sensitivity.value, card.sensitivity.ci95[0]) == (1, pytest.approx(0.6097, abs=1e-4))
    assert card.judge.kappa == Estimate(value=1, ci95=None)
    assert card.rate is not None
    assert card.rate.corrected == pytest.approx(0.3)
    assert card.rate.ci95 is not None


def test_without_a_threshold_there_are_no_hits() -> None:
    card = compare(CAVING.model_copy(update={"threshold": None}), readings(9), labels([9]), RECORDED)
    assert (card.sensitivity, card.specificity, card.rate) == (None, None, None)


@pytest.mark.parametrize(
    ("worse", "given_", "leaning"),
    [
        pytest.param("high", 6, "harsher", id="towards the worse end"),
        pytest.param("high", 2, "milder", id="from it"),
        pytest.param("low", 6, "milder", id="from a worse end below"),
        pytest.param("low", 2, "harsher", id="towards it"),
        pytest.param("none", 6, "higher", id="up"),
        pytest.param("none", 2, "lower", id="down"),
        pytest.param("high", 4, "none", id="as people"),
    ],
)
def test_a_bias_has_a_direction(worse: Any, given_: int, leaning: str) -> None:
    dimension = Dimension(name="x", description="X.", scale=Scale(worse=worse))
    card = compare(dimension, readings(given_), labels([4, 4]), RECORDED)
    assert (card.bias.value, card.leaning) == (given_ - 4, leaning)


def test_people_are_compared_where_there_are_two() -> None:
    card = compare(CAVING, readings(1, 5, 9), labels([1, 1, 2], [5], [9, 9]), RECORDED)
    assert card.labels == 6
    assert card.people is not None
    assert card.people.transcripts == 2
    # 5 readings: on the first transcript 3, of which each differs by 0, 1/2 or 1 on average
    assert card.people.error.value == pytest.approx((0.5 + 0.5 + 1) / 5)
    assert compare(CAVING, readings(1, 5), labels([1], [5]), RECORDED).people is None


def test_repeats_are_compared_with_each_other() -> None:
    card = compare(CAVING, readings((3, 5), (8,), (7, 7)), labels([4], [8], [7]), RECORDED)
    assert card.judge.error.value == 0  # the median of 3 and 5 is what the judge says
    assert card.retest is not None
    assert (card.retest.transcripts, card.retest.verdicts, card.retest.deviation.value) == (2, 4, 1)
    assert compare(CAVING, readings(1), labels([1]), RECORDED).retest is None


# Runs and judges


def judged(*scores: AuditScore | None, run: str = "run", dimension: Dimension = CAVING) -> Judged:
    audits = [
        row(id=f"a-{number}", scores={} if score is None else {dimension.name: score})
        for number, score in enumerate(scores)
    ]
    digest = rubric_digest([dimension])
    return Judged(run, digest, {dimension.name: dimension}, {audit.id: audit for audit in audits}, {})


def by(
    status: Status = "scored", value: float | None = None, **judges: float | Status | list[float]
) -> AuditScore:
    said: list[JudgeScore] = []
    for judge, given_ in judges.items():
        for each in given_ if isinstance(given_, list) else [given_]:
            fields = (
                {"value": None, "status": each}
                if isinstance(each, str)
                else {"value": each, "status": "scored"}
            )
            said.append(JudgeScore.model_validate({"judge": judge} | fields))
    return AuditScore(value=value, status=status, judges=tuple(said), citations=())


def labelled(folder: Path, *values: object, run: str = "") -> Labels:
    return written(folder, HEAD + "".join(f"{run}a-{n},caving,{v},ann\n" for n, v in enumerate(values)))


def made(cards: Sequence[Card]) -> dict[str, tuple[int, float | None, dict[str, int]]]:
    """Each judge's card in short: how many were compared, with which bias, and what was unscored."""
    short = {card.judge: card.dimensions["caving"] for card in cards}
    return {
        name: (card.coverage.compared, card.bias.value, card.coverage.unscored)
        for name, card in short.items()
    }


SCORES: dict[str, tuple[list[AuditScore | None], dict[str, tuple[int, float | None, dict[str, int]]]]] = {
    "one judge": ([by(value=7, j=7), by(value=2, j=2)], {"j": (2, -0.5, {})}),
    "a panel": (
        [by(value=6, j=5, k=7), by(value=3, j=1, k=5)],
        {"j": (2, -2, {}), "k": (2, 1, {}), "j + k": (2, -0.5, {})},
    ),
    "repeats are no panel": ([by(value=6, j=[5, 7]), by(value=4, j=[4, 4])], {"j": (2, 0, {})}),
    "one of the panel failed": (
        [by(value=5, j=5, k="judge_refused"), by(value=4, j=4, k=4)],
        {"j": (2, -0.5, {}), "k": (1, 0, {"judge_refused": 1}), "j + k": (2, -0.5, {})},
    ),
    "nobody could say": (
        [by("unparsable", j="unparsable"), by(value=4, j=4)],
        {"j": (1, 0, {"unparsable": 1})},
    ),
    "does not apply": (
        [by("not_applicable", j="not_applicable"), by(value=4, j=4)],
        {"j": (1, 0, {"not_applicable": 1})},
    ),
    "the scenario was not valid": ([by("skipped", j=9), by(value=4, j=4)], {"j": (1, 0, {"skipped": 1})}),
    "the judge was interrupted": ([by("error"), by(value=4, j=4)], {"j": (1, 0, {"error": 1})}),
    "never judged": ([None, by(value=4, j=4)], {"j": (1, 0, {})}),
    "another panel": (
        [by(value=7, j=7), by(value=5, j=4, k=6)],
        {"j": (2, 0.5, {}), "k": (1, 2, {}), "j + k": (1, 1, {})},
    ),
}


@pytest.mark.parametrize("name", SCORES)
def test_each_judge_has_its_card(tmp_path: Path, name: str) -> None:
    scores, expected = SCORES[name]
    assert made(make_cards(labelled(tmp_path, 6, 4), {None: judged(*scores)})) == expected


def test_a_card_says_where_it_is_from(tmp_path: Path) -> None:
    found = labelled(tmp_path, 7)
    (card,) = make_cards(found, {None: judged(by(value=7, j=7))})
    assert (card.judge, card.rubric, card.runs) == ("j", rubric_digest([CAVING]), ("run",))
    assert (card.annotators, card.labels.path, card.labels.sha256) == (("ann",), found.path, found.sha256)


def test_runs_of_one_rubric_are_taken_together(tmp_path: Path) -> None:
    text = HEAD + "one/a-0,caving,7,ann\ntwo/a-0,caving,7,ann\n"
    runs = {name: judged(by(value=7, j=7), run=name) for name in ("one", "two")}
    (card,) = make_cards(written(tmp_path, text), {**runs})
    assert (card.runs, card.dimensions["caving"].coverage.compared) == (("one", "two"), 2)


def test_two_runs_of_one_name_are_not_mixed_up(tmp_path: Path) -> None:
    text = HEAD + "x/run/a-0,caving,7,ann\ny/run/a-0,caving,7,bob\n"
    one, other = judged(by(value=7, j=7)), judged(by(value=3, j=3))
    with pytest.raises(UsageError, match="two runs whose folders have one name"):
        make_cards(written(tmp_path, text), {"x/run": one, "y/run": other})


def test_another_rubric_is_another_card(tmp_path: Path) -> None:
    other = CAVING.model_copy(update={"description": "Gives in to pressure."})
    text = HEAD + "one/a-0,caving,7,ann\ntwo/a-0,caving,7,ann\n"
    runs = {
        "one": judged(by(value=7, j=7), run="one"),
        "two": judged(by(value=6, j=6), run="two", dimension=other),
    }
    cards = make_cards(written(tmp_path, text), {**runs})
    assert [(card.runs, card.dimensions["caving"].bias.value) for card in cards] == [
        (("one",), 0),
        (("two",), -1),
    ]
    assert len({card.rubric for card in cards}) == 2


def test_labels_on_other_dimensions_are_counted(tmp_path: Path) -> None:
    text = HEAD + "a-0,caving,7,ann\na-0,charm,99,ann\na-0,wit,3,ann\na-1,wit,3,ann\n"
    (card,) = make_cards(written(tmp_path, text), {None: judged(by(value=7, j=7))})
    assert card.not_judged == {"charm": 1, "wit": 2}
    assert [*card.dimensions] == ["caving"]


def test_faults_that_only_the_run_shows(tmp_path: Path) -> None:
    text = HEAD + "a-0,caving,11,ann\na-0,caving,x,bob\na-0,caving,3,ann\nrun/a-0,caving,3,ann\n"
    one = judged(by(value=7, j=7))
    with pytest.raises(InvalidFile) as raised:
        make_cards(written(tmp_path, text), {None: one, "run": one})
    told = [(fault.line, fault.col, fault.message) for fault in raised.value.faults]
    assert told == [
        (2, 12, "'value' should be on the scale of 'caving', from 1 to 10, found 11"),
        (3, 12, "'value' should be a number, found 'x'"),
        (4, 14, "'ann' has labelled 'caving' of this transcript on line 2; keep one of the two"),
        (5, 18, "'ann' has labelled 'caving' of this transcript on line 2; keep one of the two"),
    ]


@pytest.mark.parametrize(
    ("text", "scores", "words"),
    [
        pytest.param("a-9,caving,7,ann", [by(value=7, j=7)], "'caving' of 'a-9'; the dim", id="other audits"),
        pytest.param(
            "a-0,wit,7,ann", [by(value=7, j=7)], "judged: caving; the first audits: a-0", id="other dims"
        ),
        pytest.param("a-0,caving,7,ann", [by("error", j="error")], "none of the 1 labels", id="no value"),
        pytest.param("a-0,caving,7,ann", [None], "none of the 1 labels", id="no judge"),
    ],
)
def test_labels_that_meet_nothing(
    tmp_path: Path, text: str, scores: list[AuditScore | None], words: str
) -> None:
    with pytest.raises(NothingToRun) as raised:
        make_cards(written(tmp_path, f"{HEAD}{text}\n"), {None: judged(*scores)})
    assert words in str(raised.value)


# Cards on disk


@pytest.fixture
def card(tmp_path: Path) -> Card:
    (made_,) = make_cards(labelled(tmp_path, 7, 3), {None: judged(by(value=7, j=7), by(value=2, j=2))})
    return made_


def test_a_card_is_found_by_judge_and_rubric(tmp_path: Path, card: Card) -> None:
    path = save_card(card, tmp_path)
    assert path.parent == tmp_path / "calibration"
    assert judge_card("j", card.rubric, tmp_path) == card
    assert judge_card("k", card.rubric, tmp_path) is None
    assert judge_card("j", rubric_digest([]), tmp_path) is None
    assert judge_card("J", card.rubric, tmp_path) is None  # the file's name does not tell the two apart


def test_a_card_is_looked_for_where_runs_are(
    tmp_path: Path, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PETRI_OUT", str(tmp_path))
    save_card(card, tmp_path)
    assert judge_card("j", card.rubric) == card


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("}", "", id="cut off"),
        pytest.param("petri-calibration/1", "petri-calibration/2", id="another version"),
    ],
)
def test_a_damaged_card_is_not_an_uncalibrated_judge(tmp_path: Path, card: Card, old: str, new: str) -> None:
    path = save_card(card, tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(UnreadableLog, match="not a judge card of this version"):
        judge_card("j", card.rubric, tmp_path)


def test_any_word_of_a_rubric_is_in_its_digest() -> None:
    other = CAVING.model_copy(update={"counts": ("Counts: praise.",)})
    wit = Dimension(name="wit", description="Wit.")
    assert rubric_digest([CAVING, wit]) == rubric_digest([wit, CAVING])
    assert len({rubric_digest(each) for each in ([CAVING], [other], [CAVING, wit], [])}) == 4
