"""The line that says on what a run goes."""

import pytest

from petri.display.base import Start
from petri.display.lines import LineDisplay
from tests.display.made import recorder


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
