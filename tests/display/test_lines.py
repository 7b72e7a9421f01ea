"""The line that says on what a run goes."""

import pytest

from petri.display.base import Start
from petri.display.lines import LineDisplay
from tests.analysis.rows import scored
from tests.display.made import audit, recorder, score


@pytest.mark.parametrize(
    ("realism", "simulator", "more"),
    [
        pytest.param(None, None, "", id="none"),
        pytest.param("some/checker", None, " · realism some/checker", id="realism"),
        pytest.param(None, "some/player", " · simulator some/player", id="simulator"),
        pytest.param("a/b", "c/d", " · realism a/b · simulator c/d", id="both"),
    ],
)
def test_the_start_names_the_models_that_are_there(
    realism: str | None, simulator: str | None, more: str
) -> None:
    console, written = recorder()
    start = Start("run", "runs/run", 3, "x/a", ("x/t",), (), realism, simulator, offline=False)
    LineDisplay(console).started(start)
    assert written.getvalue().splitlines() == [
        "3 audits -> runs/run",
        f"auditor x/a · target x/t · judge none{more}",
    ]


def test_what_is_probably_not_meant_is_asked_about() -> None:
    console, written = recorder()
    start = Start("run", "runs/run", 3, "x/a", (), (), None, None, offline=False, doubts=("It is odd.",))
    LineDisplay(console).started(start)
    assert written.getvalue().splitlines()[2:] == ["Is this meant? It is odd."]


def test_a_finished_audit_leaves_out_what_did_not_apply() -> None:
    console, written = recorder()
    idle = score(None).model_copy(update={"status": "not_applicable"})
    LineDisplay(console).finished_audit(audit(scores={"a": score(3), "b": idle, "c": score(None)}), 1, 4)
    assert written.getvalue() == "[1/4] case on some/model #1: completed, 2 turns a=3 c=unparsable\n"


def test_why_a_judge_failed_is_said_once() -> None:
    console, written = recorder()
    display = LineDisplay(console)
    wrong_key = scored(None, "error")
    for number in (1, 2):
        display.finished_audit(audit(scores={"a": wrong_key, "b": wrong_key, "c": score(None)}), number, 2)
    assert written.getvalue().splitlines() == [
        "[1/2] case on some/model #1: completed, 2 turns a=error b=error c=unparsable",
        "  Because.",
        "[2/2] case on some/model #1: completed, 2 turns a=error b=error c=unparsable",
    ]
