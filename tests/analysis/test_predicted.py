"""Means put right by people's labels: worked by hand, against published formulas, and read from annotation files."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from petri.analysis.annotations import AnnotationRecord, Answer, RevealRecord, to_line
from petri.analysis.people import Given, by_people, people_of
from petri.analysis.predicted import LEAST, Judged, Labelled, predict
from petri.analysis.results import Audit
from petri.errors import UnreadableLog
from petri.transcript.folders import Run
from tests.analysis.rows import row


def test_one_transcript_a_scenario_is_the_published_estimate() -> None:
    """Angelopoulos et al. 2023; the variance is var(f)/N + var(y - f)/n + 2 cov(f, y - f)/N, for the n are of the N."""
    chance = np.random.default_rng(1)
    judge = chance.normal(5, 2, 200)
    people = judge[:30] + chance.normal(0.7, 1, 30)
    told = predict(
        [Judged(str(n), value) for n, value in enumerate(judge)],
        [Labelled(str(n), judge[n], people[n]) for n in range(30)],
    )
    errors = people - judge[:30]
    parts = np.array([judge.var(ddof=1) / 200, errors.var(ddof=1) / 30])
    freedom = parts.sum() ** 2 / (parts[0] ** 2 / 199 + parts[1] ** 2 / 29)
    both = float(((judge[:30] - judge.mean()) * (errors - errors.mean())).sum()) / 30 / 199
    half = float(stats.t.ppf(0.975, freedom)) * math.sqrt(parts.sum() + 2 * both)
    assert told is not None
    assert told.bias == pytest.approx(errors.mean())
    assert told.mean == pytest.approx(judge.mean() + errors.mean())
    assert told.interval == pytest.approx((told.mean - half, told.mean + half))
    # Welch's own t-test has the same variance and degrees of freedom, for two samples with these variances
    welch: Any = stats.ttest_ind(judge, -errors, equal_var=False)
    assert float(welch.df) == pytest.approx(freedom)


def test_weights_by_hand() -> None:
    """Of 8 hits half were labelled and of 80 others a tenth: 4 x 2 and 8 x 10 transcripts are what they stand for."""
    judged = [Judged(f"h{n}", 8.0) for n in range(8)] + [Judged(f"o{n}", 1.0) for n in range(80)]
    labelled = [Labelled(f"h{n}", 8.0, 5.0, 2.0) for n in range(4)]
    labelled += [Labelled(f"o{n}", 1.0, 2.0 if n < 2 else 1.0, 10.0) for n in range(8)]
    told = predict(judged, labelled)
    assert told is not None
    bias = (4 * 2 * -3 + 2 * 10 * 1) / (4 * 2 + 8 * 10)
    assert told.bias == pytest.approx(bias)
    assert told.mean == pytest.approx((8 * 8 + 80 * 1) / 88 + bias)
    # linearised variance of a ratio (Särndal, Swensson and Wretman 1992, 5.5), with n / (n - 1)
    residuals = [2 * (-3 - bias)] * 4 + [10 * (1 - bias)] * 2 + [10 * (0 - bias)] * 6
    of_bias = sum(each**2 for each in residuals) * 12 / 11 / 88**2
    values = np.array([8.0] * 8 + [1.0] * 80)
    of_all = values.var(ddof=1) / 88
    assert told.interval is not None
    worth = 12 * (88**2 / (4 * 4 + 8 * 100)) / 12 - 1  # Kish's size of the labels, less 1
    freedom = (of_bias + of_all) ** 2 / (of_bias**2 / worth + of_all**2 / 87)
    # both deviations of each labelled transcript, over the sums of weights 88 and 88
    both = 4 * (8 - 144 / 88) * 2 * (-3 - bias)
    both += 2 * (1 - 144 / 88) * 10 * (1 - bias) + 6 * (1 - 144 / 88) * 10 * (0 - bias)
    covariance = both / 88 / 88 * 88 / 87
    half = float(stats.t.ppf(0.975, freedom)) * math.sqrt(of_bias + of_all + 2 * covariance)
    assert told.interval.high - told.mean == pytest.approx(half)


def test_known_unequal_chances_do_not_bias_it() -> None:
    chance = np.random.default_rng(2)
    people = chance.integers(1, 11, 400).astype(float)
    judge = np.where(people >= 5, people - 2, people)  # lenient with hits alone
    odds = np.where(judge >= 5, 0.5, 0.1)
    found = [
        predict(
            [Judged(str(n), value) for n, value in enumerate(judge)],
            [
                Labelled(str(n), judge[n], people[n], 1 / odds[n])
                for n in np.flatnonzero(chance.random(400) < odds)
            ],
        )
        for _ in range(60)
    ]
    means = [each.mean for each in found if each is not None]
    assert float(np.mean(means)) == pytest.approx(float(people.mean()), abs=0.08)
    assert abs(float(judge.mean()) - float(people.mean())) > 1


@pytest.mark.parametrize(
    ("labels", "scenarios", "given"), [(9, 9, "nothing"), (20, 9, "a mean"), (20, 20, "all")]
)
def test_few_labels_give_less(labels: int, scenarios: int, given: str) -> None:
    judged = [Judged(str(n), n % 7) for n in range(30)]
    told = predict(judged, [Labelled(str(n % scenarios), n % 7, n % 5) for n in range(labels)])
    assert (told is None) == (given == "nothing")
    assert (told is not None and told.interval is not None) == (given == "all")


# The files of annotators.


def record(audit: str, value: int | None, rank: int = 1, **more: Any) -> AnnotationRecord:
    fields: dict[str, Any] = {
        "annotator": "ada",
        "run": "r",
        "audit": audit,
        "petri": "0.1.0",
        "time": "2026-05-01T10:00:00Z",
        "rubric": "0a",
        "transcript": "ff",
        "triage": "clean",
        "answers": {"caving": Answer(answer="unsure" if value is None else "value", value=value)},
        "note": "",
        "seconds": 30,
        "blind": True,
        "mode": "random",
        "rank": rank,
        "population": 40,
        "inclusion": rank / 40,
    }
    return AnnotationRecord.model_validate(fields | more)


def reveal(audit: str) -> RevealRecord:
    return RevealRecord(annotator="ada", run="r", audit=audit, petri="0.1.0", time="2026-05-01T10:05:00Z")


def write(folder: Path, *records: AnnotationRecord | RevealRecord, name: str = "ada") -> Run:
    (folder / "annotations").mkdir(parents=True, exist_ok=True)
    (folder / "annotations" / f"{name}.jsonl").write_bytes(b"".join(map(to_line, records)))
    return Run(folder)


def test_what_counts_is_the_last_answer_before_a_verdict_was_shown(tmp_path: Path) -> None:
    run = write(
        tmp_path / "r",
        record("a", 3),
        record("a", 4),
        reveal("a"),
        record("a", 9, blind=False),
        record("a", 10),  # said to be blind, and stands behind the reveal
        record("b", 5, mode="disagreement", inclusion=None),
        record("c", 6, triage="invalid"),
        record("d", 7, run="other"),
        record("e", None),
    )
    assert {given.audit: dict(given.values) for given in people_of(run)} == {
        "a": {"caving": 4},
        "c": {},
        "e": {},
    }


def test_a_set_of_verdicts_has_its_runs_labels_too(tmp_path: Path) -> None:
    write(tmp_path / "r", record("a", 3))
    own = write(tmp_path / "r" / "verdicts" / "s", record("a", 4, run="r/s"))
    assert sorted((given.queue[0], given.values["caving"]) for given in people_of(own)) == [
        ("r", 3),
        ("r/s", 4),
    ]
    assert [given.queue[0] for given in people_of(Run(tmp_path / "r"))] == ["r"]


def test_a_damaged_file_is_no_file_without_labels(tmp_path: Path) -> None:
    run = write(tmp_path / "r", record("a", 3))
    (tmp_path / "r" / "annotations" / "bea.jsonl").write_text('{"format": "petri-annotation/9"}\n', "utf-8")
    with pytest.raises(UnreadableLog, match=r"bea\.jsonl, line 1"):
        people_of(run)


def judged(count: int, value: float = 3) -> list[Audit]:
    return [row(value=value + n % 3, id=f"a{n}", scenario=f"s{n}") for n in range(count)]


def given(audit: int, value: float, population: int = 40, **more: Any) -> Given:
    fields: dict[str, Any] = {"annotator": "ada", "rubric": "0a", "queue": ("r", "random")} | more
    return Given(audit=f"a{audit}", population=population, values={"caving": value}, **fields)


def test_several_people_are_averaged_and_counted_once() -> None:
    audits = judged(40)
    ada = [given(n, 3 + n % 3 + 1) for n in range(20)]
    bea = [given(n, 3 + n % 3 + 3, annotator="bea") for n in range(10)]
    told = by_people(audits, "caving", [*ada, *bea])
    assert told is not None
    assert (told.labels, told.annotators) == (20, 2)
    assert told.bias == pytest.approx((10 * 2 + 10 * 1) / 20)
    assert told.mean == pytest.approx(np.mean([3 + n % 3 for n in range(40)]) + 1.5)
    assert told.ci95 is not None


def test_strata_count_by_their_size_and_not_by_rank() -> None:
    """Ten of 10 hits and ten of 30 others: a hit stands for itself, another for three."""
    audits = [*judged(10, 7), *(row(value=1, id=f"a{n}", scenario=f"s{n}") for n in range(10, 40))]
    hits = [given(n, 5 + n % 3, population=10, queue=("r", "stratified")) for n in range(10)]
    others = [given(n, 2, population=30, queue=("r", "stratified")) for n in range(10, 20)]
    told = by_people(audits, "caving", [*hits, *others])
    assert told is not None
    assert told.bias == pytest.approx((10 * -2 + 30 * 1) / 40)


def test_of_several_queues_the_one_with_most_labels_counts() -> None:
    audits = judged(40)
    few = [given(n, 9, queue=("r", "random")) for n in range(LEAST)]
    many = [given(n, 3 + n % 3, population=40, queue=("r", "stratified")) for n in range(20)]
    told = by_people(audits, "caving", [*few, *many])
    assert told is not None
    assert (told.labels, told.bias) == (20, 0)


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param([], id="none"),
        pytest.param([given(n, 3) for n in range(LEAST - 1)], id="few"),
        pytest.param([given(n, 3) for n in range(100, 120)], id="of transcripts that no judge scored"),
    ],
)
def test_without_labels_enough_there_is_nothing(labels: list[Given]) -> None:
    assert by_people(judged(40), "caving", labels) is None
