"""Tables at the widths of real terminals: ids can be copied, and no number is lost."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text

from petri.analysis.results import Results
from petri.display.audits import print_audits
from petri.display.console import data, talk
from petri.display.summary import print_summary
from petri.display.table import add_numbers, make_table, print_table
from petri.rubric.schema import Scale
from petri.transcript.folders import Run
from tests.display.made import audit, failed, recorder, results, score

LONG = "an-id-that-is-as-long-as-the-id-of-a-scenario-can-be-which-is-64"
IDS = (f"{LONG}-0123456789", "short-0123456789", "middling-scenario-0123456789")
DIMENSIONS = ("sycophancy", "deception", "sabotage", "a_rather_long_dimension_name")

each_width = pytest.mark.parametrize("width", [40, 80, 120, 200])


def many() -> Results:
    scores = {name: score(number) for number, name in enumerate(DIMENSIONS, start=3)}
    values = {"persona": "a nurse who writes at night, and who has more to say than fits on a line"}
    ended = [audit(id_, variables=values, scores=scores) for id_ in IDS]
    return results(*ended, audit("gone-0123456789", outcome="error", error=failed("no", "rate_limit")))


@each_width
def test_audits_keep_their_ids_whole(width: int) -> None:
    console, written = recorder(width)
    print_audits(console, many(), Run(Path("transcripts/run")))
    lines = written.getvalue().splitlines()
    for id_ in (*IDS, "gone-0123456789"):
        (row,) = [line for line in lines if line.startswith(f"{id_} ")]
        if id_ in IDS and width >= 80:
            assert row.split()[-4:] == ["3", "4", "5", "6"], row
    assert any("rate_limit" in line for line in lines)


@each_width
def test_dimensions_keep_their_names_whole(width: int) -> None:
    console, written = recorder(width)
    print_summary(console, many(), "transcripts/run")
    said = written.getvalue()
    rows = said.splitlines()
    assert all(any(row.startswith(f"{name} ") for row in rows) for name in DIMENSIONS)
    assert "…" not in said
    assert "All numbers:  transcripts/run/results.json" in said
    assert f"[{IDS[0]}]" in said


@pytest.mark.parametrize(
    ("best", "worst", "said"),
    [
        pytest.param(4, 8.5, True, id="far apart"),
        pytest.param(4, 4.125, True, id="just too far"),
        pytest.param(4, 4, False, id="nothing missing"),
        pytest.param(None, None, False, id="no end is worse"),
    ],
)
def test_what_missing_scores_could_make_of_a_mean_is_said(
    best: float | None, worst: float | None, *, said: bool
) -> None:
    console, written = recorder()
    made = results(audit(scores={"caving": score(7)}))
    bounds = {"mean_if_unscored_best": best, "mean_if_unscored_worst": worst}
    summary = made.dimensions["caving"].model_copy(update=bounds)
    told = made.model_copy(update={"targets": {"some/model": {"caving": summary}}})
    print_summary(console, told, "transcripts/run")
    assert (f"the mean is {best or 0:.2f}, with the worst {worst or 0:.2f}\n" in written.getvalue()) is said


@each_width
def test_ids_of_a_table_are_whole_whatever_stands_beside(width: int) -> None:
    table = make_table("run", IDS)
    table.add_column("target", overflow="fold")
    add_numbers(table, ("planned", "valid"))
    for id_ in IDS:
        table.add_row(id_, Text("a-model-with-a-long-name " * 4), "12", "12")
    console, written = recorder(width)
    print_table(console, table)
    found = [line.split()[0] for line in written.getvalue().splitlines() if "0123456789" in line]
    assert found == [*IDS]


def test_an_empty_table_has_its_heading() -> None:
    console, written = recorder(80)
    print_table(console, make_table("run", ()))
    assert written.getvalue().strip() == "run"


def test_data_and_talk_go_their_ways(capsys: pytest.CaptureFixture[str]) -> None:
    data().print(Text("d" * 150, style="bold red"))
    talk().print(Text("t" * 150, style="bold red"))
    assert capsys.readouterr() == ("d" * 150 + "\n", "t" * 150 + "\n")


def of_many(*names: str) -> Results:
    """An audit with a dimension by each name: scored 1, and the last 10."""
    values = dict.fromkeys(names, 1) | {names[-1]: 10}
    return results(audit(scores={name: score(value) for name, value in values.items()}))


@pytest.mark.parametrize(
    ("names", "shown", "left_out"),
    [
        pytest.param("abcdef", "abcdef", None, id="few"),
        pytest.param("abcdefgh", "abcdeh", "2 of 8 dimensions left out", id="the worst"),
        pytest.param(
            ["a", "b", "deception", "c", "d", "e", "sabotage", "f"],
            ["a", "b", "deception", "c", "sabotage", "f"],
            "2 of 8 dimensions left out",
            id="the overall ones",
        ),
    ],
)
def test_many_dimensions_are_few_columns(
    names: Sequence[str], shown: Sequence[str], left_out: str | None
) -> None:
    console, written = recorder()
    print_audits(console, of_many(*names), Run(Path("transcripts/run")))
    said = written.getvalue()
    assert said.splitlines()[1].split() == ["audit", "outcome", "turns", "branches", *shown]
    assert ("left out" in said) == (left_out is not None)
    assert left_out is None or left_out in said


def changed(found: Results, **changes: dict[str, Any]) -> Results:
    """The results with changes to the summaries of some dimensions."""
    summaries = {
        name: summary.model_copy(update=changes.get(name, {})) for name, summary in found.dimensions.items()
    }
    targets = dict.fromkeys(found.targets, summaries)
    return found.model_copy(update={"dimensions": summaries, "targets": targets})


IDLE: dict[str, Any] = {"n_scored": 0, "unscored": {"not_applicable": 2}, "mean": None, "hit_rate": None}


@pytest.mark.parametrize(
    ("idle", "folded"),
    [
        pytest.param("", None, id="none"),
        pytest.param("a", "1 more dimension applied to no audit.", id="one"),
        pytest.param("ab", "2 more dimensions applied to no audit.", id="two"),
        pytest.param("abc", "3 dimensions applied to no audit.", id="all"),
    ],
)
def test_dimensions_that_never_applied_are_counted_in_one_line(idle: str, folded: str | None) -> None:
    console, written = recorder()
    print_summary(console, changed(of_many(*"abc"), **dict.fromkeys(idle, IDLE)), "transcripts/run")
    lines = [line.rstrip() for line in written.getvalue().splitlines()]
    rows = [line.split()[0] for line in lines if "1 / 2 / 1" in line]
    assert rows == [name for name in "abc" if name not in idle]
    assert [line for line in lines if "applied" in line] == ([folded] if folded else [])


@pytest.mark.parametrize("unscored", [{"unparsable": 2}, {"not_applicable": 1, "error": 1}, {}])
def test_a_dimension_that_could_not_be_scored_is_not_folded(unscored: dict[str, int]) -> None:
    console, written = recorder()
    print_summary(console, changed(of_many("a"), a=IDLE | {"unscored": unscored}), "transcripts/run")
    assert "0 / 2 / 1" in written.getvalue()
    assert "applied" not in written.getvalue()


def test_scales_on_which_high_is_not_worse_are_marked() -> None:
    console, written = recorder()
    scales = {"a": {"scale": Scale(worse="low")}, "b": {"scale": Scale(worse="none")}}
    print_summary(console, changed(of_many(*"abc"), **scales), "transcripts/run")
    said = written.getvalue()
    assert [line.partition("  ")[0] for line in said.splitlines() if "1 / 2 / 1" in line] == [
        "a (low is worse)",
        "b (descriptive)",
        "c",
    ]
    assert "\nc 10  case on some/model #1" in said


def test_a_bad_low_score_is_marked_as_one() -> None:
    console, written = recorder()
    print_summary(
        console,
        changed(of_many("a", "b"), a={"scale": Scale(worse="low")}, b={"scale": Scale(worse="none")}),
        "x",
    )
    assert "\na (low is worse) 1  case on some/model #1" in written.getvalue()
