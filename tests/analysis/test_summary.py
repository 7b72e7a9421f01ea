"""A dimension over a table of audits: what is averaged, what is counted beside it, and between which bounds it lies."""

from dataclasses import dataclass
from typing import Any

import pytest

from petri.analysis.results import Audit, JudgeScore
from petri.analysis.summary import badness, count, missing, summarise
from petri.rubric.schema import Dimension, Scale
from tests.analysis.rows import row

HIGH = Dimension(name="caving", description="x", threshold=5)
LOW = Dimension(name="caving", description="x", scale=Scale(min=0, max=5, worse="low"), threshold=2)
PLAIN = Dimension(name="caving", description="x", scale=Scale(min=1, max=3, worse="none"))
UNMARKED = Dimension(name="caving", description="x")


def rows(*values: float | None, scenarios: str = "") -> list[Audit]:
    names = scenarios or "a" * len(values)
    return [row(value=value, scenario=name) for value, name in zip(values, names, strict=True)]


@dataclass(frozen=True, slots=True)
class Case:
    """A dimension, audits, and the numbers."""

    dimension: Dimension
    audits: list[Audit]
    n: tuple[int, int]
    unscored: dict[str, int]
    mean: float | None
    hit_rate: float | None
    bounds: tuple[float | None, float | None]
    """The mean with every hidden value the worst, and the best."""


CASES: dict[str, Case] = {
    "no audits": Case(HIGH, [], (0, 0), {}, None, None, (None, None)),
    "all scored": Case(HIGH, rows(1, 4, 7), (3, 3), {}, 4, 1 / 3, (4, 4)),
    "at the threshold is a hit": Case(HIGH, rows(4, 5), (2, 2), {}, 4.5, 0.5, (4.5, 4.5)),
    "a panel's half": Case(HIGH, rows(4.5), (1, 1), {}, 4.5, 0, (4.5, 4.5)),
    "low is worse": Case(LOW, rows(5, 2, 1, 3), (4, 4), {}, 2.75, 0.5, (2.75, 2.75)),
    "no worse end": Case(PLAIN, rows(1, 3), (2, 2), {}, 2, None, (None, None)),
    "no threshold": Case(UNMARKED, rows(1, 9), (2, 2), {}, 5, None, (5, 5)),
    "hidden values": Case(
        HIGH,
        [*rows(1, 3), row(status="judge_refused"), row(status="unparsable")],
        (4, 2),
        {"judge_refused": 1, "unparsable": 1},
        2,
        0,
        ((1 + 3 + 10 + 10) / 4, (1 + 3 + 1 + 1) / 4),
    ),
    "every hidden status": Case(
        HIGH,
        [
            row(status=status)
            for status in ("judge_refused", "unparsable", "out_of_range", "unsupported", "error")
        ],
        (5, 0),
        {"error": 1, "judge_refused": 1, "out_of_range": 1, "unparsable": 1, "unsupported": 1},
        None,
        None,
        (10, 1),
    ),
    "low is worse, hidden": Case(LOW, [*rows(4), row(status="error")], (2, 1), {"error": 1}, 4, 0, (2, 4.5)),
    "no worse end, hidden": Case(
        PLAIN, [*rows(2), row(status="error")], (2, 1), {"error": 1}, 2, None, (None, None)
    ),
    "not applicable is an answer and hides nothing": Case(
        HIGH, [*rows(6), row(status="not_applicable")], (2, 1), {"not_applicable": 1}, 6, 1, (6, 6)
    ),
    "only not applicable": Case(
        HIGH, [row(status="not_applicable")], (1, 0), {"not_applicable": 1}, None, None, (None, None)
    ),
    "invalid audits do not count": Case(
        HIGH,
        [
            *rows(2),
            row("no_target_turns", status="skipped"),
            row("auditor_refused", status="skipped"),
            row("auditor_stalled", status="skipped"),
            row("error"),
            row("cancelled"),
            row("pending"),
            row("scenario_invalid", 10),
        ],
        (1, 1),
        {},
        2,
        0,
        (2, 2),
    ),
    "audits that ended at a limit count": Case(
        HIGH,
        [row(f"limit:{name}", 3) for name in ("turns", "tokens", "cost", "time", "context")],
        (5, 5),
        {},
        3,
        0,
        (3, 3),
    ),
    "audits that were not asked for it": Case(HIGH, [*rows(2), row(scores={})], (1, 1), {}, 2, 0, (2, 2)),
}


@pytest.mark.parametrize("name", CASES)
def test_summary(name: str) -> None:
    case = CASES[name]
    summary = summarise(case.dimension, case.audits)
    assert (summary.n_valid, summary.n_scored) == case.n
    assert summary.unscored == case.unscored
    assert summary.n_valid == summary.n_scored + sum(summary.unscored.values())
    assert summary.mean == (None if case.mean is None else pytest.approx(case.mean))
    assert summary.hit_rate == (None if case.hit_rate is None else pytest.approx(case.hit_rate))
    found = (summary.mean_if_unscored_worst, summary.mean_if_unscored_best)
    assert found == tuple(None if bound is None else pytest.approx(bound) for bound in case.bounds)
    assert (summary.hit_rate_ci95 is None) == (summary.hit_rate is None)


@pytest.mark.parametrize(
    ("values", "scenarios", "expected"),
    [
        pytest.param((3,), "a", None, id="one audit"),
        pytest.param((3, 5, 9), "aaa", None, id="one scenario"),
        pytest.param((4, 4), "ab", None, id="no spread"),
        pytest.param((4, 5, 6), "abc", (5 - 2.484137, 5 + 2.484137), id="three scenarios"),
        pytest.param((2, 9), "ab", (1, 10), id="cut at the ends of the scale"),
    ],
)
def test_interval(values: tuple[float, ...], scenarios: str, expected: tuple[float, float] | None) -> None:
    found = summarise(HIGH, rows(*values, scenarios=scenarios)).ci95
    assert found == (None if expected is None else pytest.approx(expected))


OUTCOMES: list[tuple[list[str], dict[str, Any]]] = [
    ([], {"planned": 0, "valid": 0, "invalid": {}, "error": {}, "pending": 0}),
    (
        ["completed", "limit:turns", "limit:context"],
        {"planned": 3, "valid": 3, "invalid": {}, "error": {}, "pending": 0},
    ),
    (
        ["no_target_turns", "cancelled", "scenario_invalid", "no_target_turns", "auditor_refused"],
        {
            "planned": 5,
            "valid": 0,
            "invalid": {"auditor_refused": 1, "cancelled": 1, "no_target_turns": 2, "scenario_invalid": 1},
            "error": {},
            "pending": 0,
        },
    ),
    (
        ["completed", "error", "pending", "auditor_stalled", "error"],
        {"planned": 5, "valid": 1, "invalid": {"auditor_stalled": 1}, "error": {"timeout": 2}, "pending": 1},
    ),
]


@pytest.mark.parametrize(("outcomes", "expected"), OUTCOMES)
def test_count(outcomes: list[str], expected: dict[str, Any]) -> None:
    assert count([row(outcome) for outcome in outcomes]).model_dump() == expected


@pytest.mark.parametrize(
    ("audit", "expected"),
    [
        (row(value=3), []),
        (row(status="not_applicable"), []),
        (row(status="skipped"), []),
        (row(status="unsupported"), ["caving"]),
        (row(status="error"), ["caving"]),
        (row("no_target_turns", status="skipped"), []),
        (row("scenario_invalid", status="error"), []),
    ],
)
def test_missing(audit: Audit, expected: list[str]) -> None:
    assert missing(audit) == expected


@pytest.mark.parametrize(
    ("scale", "values"),
    [
        (Scale(min=1, max=10, worse="high"), {1: 0, 10: 1, 5.5: 0.5}),
        (Scale(min=0, max=4, worse="low"), {0: 1, 4: 0, 3: 0.25}),
        (Scale(min=1, max=3, worse="none"), {1: 0, 3: 0}),
    ],
)
def test_badness(scale: Scale, values: dict[float, float]) -> None:
    assert {value: badness(value, scale) for value in values} == values


def test_scenarios_of_two_files_are_two_clusters() -> None:
    audits = [row(value=value, file=file) for value, file in ((2, "a.yaml"), (8, "b.yaml"), (5, "c.yaml"))]
    assert summarise(HIGH, audits).ci95 is not None


def test_a_judge_that_failed_beside_one_that_did_not_is_counted() -> None:
    audit = row(value=7)
    failed = JudgeScore(judge="other", value=None, status="error", reason="gone")
    score = audit.scores["caving"].model_copy(update={"judges": (*audit.scores["caving"].judges, failed)})
    audit = audit.model_copy(update={"scores": {"caving": score}})
    assert summarise(HIGH, [audit]).judge_failures == {"error": 1}
    assert missing(audit) == ["caving"]
