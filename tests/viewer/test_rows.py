"""What the lists show of an audit and of a run, and how lists of several runs become one."""

import json
from pathlib import Path
from typing import Any

import pytest

from petri.analysis.results import Audit, AuditScore, DimensionSummary
from petri.analysis.summary import summarise
from petri.judge.verdict import Status
from petri.rubric.schema import Dimension, Scale
from petri.transcript.defusing import Flag
from petri.viewer.discovery import Found
from petri.viewer.filed import FiledRun
from petri.viewer.index import Index
from petri.viewer.listing import audit_list, run_rows
from petri.viewer.rows import audit_row, state_of
from petri.viewer.wire import AuditList, Mark, RunRow, State
from tests.analysis.rows import row

HIGH = Dimension(name="high", description="d", threshold=5)
LOW = Dimension(name="low", description="d", scale=Scale(min=1, max=5, worse="low"), threshold=2)
PLAIN = Dimension(name="plain", description="d", scale=Scale(worse="none"))
AWARE = Dimension(name="evaluation_awareness", description="d", threshold=6)
SUMMARIES: dict[str, DimensionSummary] = {
    dimension.name: summarise(dimension, ()) for dimension in (HIGH, LOW, PLAIN, AWARE)
}


def score(value: float | None, status: Status = "scored", **more: Any) -> AuditScore:
    return AuditScore(value=value, status=status, judges=(), citations=(), **more)


@pytest.mark.parametrize(
    ("scores", "listed", "worst", "hits"),
    [
        ({}, (None, None, None, None), None, ()),
        ({"high": score(5), "low": score(3)}, (5, 3, None, None), 1, (0,)),
        ({"high": score(9), "low": score(2)}, (9, 2, None, None), 0, (0, 1)),
        ({"high": score(None, "error"), "plain": score(10)}, ("error", None, 10, None), None, ()),
        ({"low": score(5), "high": score(1)}, (1, 5, None, None), 0, ()),
    ],
)
def test_scores(
    scores: dict[str, AuditScore],
    listed: tuple[float | Status | None, ...],
    worst: int | None,
    hits: tuple[int, ...],
) -> None:
    made = audit_row("r", row(scores=scores), SUMMARIES)
    assert (made.scores, made.worst, made.hits) == (listed, worst, hits)


@pytest.mark.parametrize("outcome", ["scenario_invalid", "cancelled", "error"])
def test_the_values_of_an_audit_that_is_not_valid_are_shown_and_count_nowhere(outcome: str) -> None:
    audit = row(outcome, scores={"high": score(9), "low": score(1)})
    made = audit_row("r", audit, SUMMARIES)
    assert (made.scores[:2], made.worst, made.hits) == ((9, 1), None, ())


FLAGS: dict[str, tuple[Flag, ...]] = {"M1": ("imitates_frame",)}


@pytest.mark.parametrize(
    ("audit", "marks"),
    [
        (row(), ()),
        (row(scores={"high": score(5, disagreement=True)}), ("disagreement",)),
        (row(scores={"high": score(5, unstable=True)}), ("unstable",)),
        (row(quotes={"exact": 3, "none": 1}), ("unresolved quote",)),
        (row(quotes={"exact": 3}), ()),
        (row(scores={"high": score(None, "judge_refused")}), ("unscored",)),
        (row(scores={"high": score(None, "not_applicable"), "low": score(None, "skipped")}), ()),
        (row(flags=FLAGS), ("injection",)),
        (row(flags={"M1": ("control_characters",)}), ()),
        (row(scores={"evaluation_awareness": score(6)}), ("unrealistic",)),
        (row(scores={"evaluation_awareness": score(5)}), ()),
    ],
)
def test_why_a_person_should_look(audit: Audit, marks: tuple[Mark, ...]) -> None:
    assert audit_row("r", audit, SUMMARIES).marks == marks


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("completed", "valid"),
        ("limit:turns", "valid"),
        ("scenario_invalid", "invalid"),
        ("cancelled", "invalid"),
        ("error", "error"),
        ("pending", "pending"),
    ],
)
def test_what_an_outcome_counts_as(outcome: str, state: State) -> None:
    assert state_of(outcome) == state


def test_tokens_are_all_that_was_read_and_written() -> None:
    usage = {
        "target": {"input_tokens": 1, "output_tokens": 20},
        "judge": {"cache_read": 300, "cache_write": 4000},
    }
    assert audit_row("r", row(usage=usage), SUMMARIES).tokens == 4321


def dimension(name: str, threshold: int | None = 5, top: int = 10) -> dict[str, Any]:
    return {"name": name, "scale": {"min": 1, "max": top, "worse": "high"}, "threshold": threshold}


def listed(index: Index, run: str, *dimensions: dict[str, Any]) -> Found:
    """Put a run of one audit into an index, whose scores are 1, 2 and so on, the last the worst and a hit."""
    found = Found(FiledRun(run, run, Path("/served") / run), None, "s", running=False)
    count = len(dimensions)
    one = audit_row(run, row(), {}).model_copy(
        update={
            "scores": tuple(map(float, range(1, count + 1))),
            "worst": count - 1 if count else None,
            "hits": (count - 1,) if count else (),
        }
    )
    audits = [["k", "a", "x.eval", None, None, one.model_dump_json()]]
    texts = [json.dumps(each) for each in dimensions]
    index.put_run(found, {"row": "{}", "detail": "{}", "dimensions": texts, "audits": audits, "faults": []})
    return found


@pytest.mark.parametrize(
    ("runs", "columns", "scores"),
    [
        ([[dimension("a"), dimension("b")]] * 2, [("a", 5), ("b", 5)], [(1, 2), (1, 2)]),
        (
            [[dimension("a")], [dimension("b"), dimension("a")]],
            [("a", 5), ("b", 5)],
            [(1, None), (2, 1)],
        ),
        ([[dimension("a")], [dimension("a", 7)], [dimension("a")]], [("a", None)], [(1,), (1,), (1,)]),
        ([[dimension("a")], [dimension("a", None)]], [("a", None)], [(1,), (1,)]),
        ([[dimension("a")], [dimension("a", top=5)]], [("a", 5), ("a (2)", 5)], [(1, None), (None, 1)]),
        ([[], [dimension("a")]], [("a", 5)], [(None,), (1,)]),
    ],
)
def test_lists_of_several_runs_are_one(
    runs: list[list[dict[str, Any]]],
    columns: list[tuple[str, int | None]],
    scores: list[tuple[float | None, ...]],
) -> None:
    index = Index(Path("/served"))
    for number, dimensions in enumerate(runs):
        listed(index, f"r{number}", *dimensions)
    made = AuditList.model_validate_json(audit_list([f"r{number}" for number in range(len(runs))], index))
    assert [(each.name, each.threshold) for each in made.dimensions] == columns
    assert [each.scores for each in made.audits] == scores
    for each in made.audits:
        worst = None if each.worst is None else each.scores[each.worst]
        assert worst == max((value for value in each.scores if isinstance(value, float)), default=None)


def test_runs_are_listed_newest_first_whether_they_were_read_or_not() -> None:
    names = ["20260101T000000Z-a-1", "nothing", "20260301T000000Z-c-3", "20260201T000000Z-b-2"]
    found = {name: Found(FiledRun(name, name, Path(name)), None, "s", running=False) for name in names}
    rows = [RunRow.model_validate(each) for each in run_rows(found, {})]
    assert [each.id for each in rows] == [names[2], names[3], names[0], names[1]]
    assert {each.status for each in rows} == {"reading"}
