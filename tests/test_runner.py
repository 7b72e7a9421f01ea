"""A run as a function: it leaves its process as it was, and has it to itself."""

import gc
import os
import sys
from pathlib import Path

import pytest
from inspect_ai.event import ModelEvent

from petri.display.base import Display, Start
from petri.errors import UsageError
from petri.runner import Order, run
from petri.scenario.override import REALISM_THRESHOLD
from petri.transcript.store import samples, transcript_of

SCENARIO = "petri: 1\nname: poem\naudit: {max_turns: 1}\nscenarios: [{id: sonnet, seed: A sonnet.}]\n"


@pytest.fixture
def order(tmp_path: Path) -> Order:
    (tmp_path / "poem.yaml").write_text(SCENARIO, encoding="utf-8")
    return Order(["poem.yaml"], tmp_path / "runs", offline=True)


def state() -> tuple[object, ...]:
    return gc.get_threshold(), gc.get_freeze_count(), sys.stdout, os.environ.get("INSPECT_TRACE_LEVEL")


class Failing(Display):
    def started(self, start: Start) -> None:
        raise KeyError(start.run)


def test_a_run_leaves_its_process_as_it_was(order: Order) -> None:
    before = state()
    run(order)
    assert state() == before
    with pytest.raises(KeyError):
        run(order, Failing())
    assert state() == before


class Greedy(Display):
    """Starts a second run when the first has started, and counts what it is told."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.refused = ""
        self.told: list[tuple[int, int]] = []

    def started(self, start: Start) -> None:
        with pytest.raises(UsageError) as refusal:
            run(self.order)
        self.refused = str(refusal.value)

    def finished_audit(self, audit: object, done: int, planned: int) -> None:
        self.told.append((done, planned))


def test_one_run_at_a_time_and_then_another(order: Order, tmp_path: Path) -> None:
    for number in (1, 2):
        display = Greedy(order)
        _, results = run(order, display)
        assert "one run at a time" in display.refused
        assert display.told == [(1, 1)]
        assert results.counts.valid == 1
        assert len([*(tmp_path / "runs").iterdir()]) == number


CHECKED = {"models.realism": "petri-offline/realism"}


@pytest.mark.parametrize(
    ("head", "settings", "realism"),
    [
        pytest.param("", {}, "off", id="nothing"),
        pytest.param("", CHECKED, REALISM_THRESHOLD, id="a model alone"),
        pytest.param("", CHECKED | {"audit.realism": 0.2}, 0.2, id="a model and a threshold"),
        pytest.param("", CHECKED | {"audit.realism": "off"}, "off", id="a model, for nothing"),
        pytest.param(
            "models: {realism: x/y}\naudit: {max_turns: 1, realism: 0.4}\n",
            CHECKED,
            0.4,
            id="the file's threshold",
        ),
        pytest.param(
            "models: {realism: petri-offline/realism}\n",
            {},
            REALISM_THRESHOLD,
            id="a model in the file alone",
        ),
        pytest.param(
            "models: {realism: petri-offline/realism}\naudit: {realism: off}\n",
            {},
            "off",
            id="a model that is off",
        ),
        pytest.param("", {"models.realism": None}, "off", id="no model"),
    ],
)
def test_the_threshold_of_the_realism_check(
    tmp_path: Path, head: str, settings: dict[str, object], realism: float | str
) -> None:
    Path("one.yaml").write_text(f"petri: 1\nname: one\nseed: A sonnet.\n{head}")
    folder, _ = run(
        Order(["one.yaml"], tmp_path, settings={"audit.max_turns": 1} | settings, offline=True, judge=False)
    )
    (log,) = folder.logs()
    (sample,) = samples(log)
    cell = transcript_of(sample, "t").cell
    assert cell.audit.realism == realism
    called = {event.role for event in sample.events if isinstance(event, ModelEvent)}
    assert ("realism" in called) == (realism != "off")


def test_a_dimension_means_one_thing_in_a_run() -> None:
    for name, scale in (("one", "{min: 1, max: 5, worse: low}"), ("two", "{min: 1, max: 10, worse: high}")):
        Path(f"{name}-rubric.yaml").write_text(
            f"petri: 1\nname: {name}\ndimensions: [{{name: candour, description: x, scale: {scale}}}]\n"
        )
        Path(f"{name}.yaml").write_text(
            f"petri: 1\nname: {name}\nseed: x\njudge: {{rubric: [./{name}-rubric.yaml]}}\n"
        )
    with pytest.raises(UsageError, match="'candour' is another than in"):
        run(Order(["one.yaml", "two.yaml"], Path("out"), offline=True))
    assert not Path("out").exists()
