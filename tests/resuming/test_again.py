"""A stopped run finished in its own folder: what is complete stays, the rest goes on, a change is refused."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.event import ModelEvent

from petri.analysis.results import Results
from petri.budget import Caps, Price
from petri.display.base import Display
from petri.errors import RunLocked, UsageError
from petri.governor import Limits
from petri.judging.again import JudgeOrder, judge_again
from petri.resuming.again import ResumeOrder, resume
from petri.resuming.spending import what_is_left
from petri.runner import Order, run
from petri.transcript.folders import Run
from petri.transcript.locking import locked
from petri.transcript.store import read_plan, samples, transcript_of
from tests.scripted import JsonObject, Play, does, says, send, verdict

pytestmark = pytest.mark.long

DOWN = says("", error="the provider is down")
TALK = Play([does(send("One.")), does(send("Two.")), does(send("Three."))])


class Notices(Display):
    """A display that keeps what it is told."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.said: list[str] = []

    def notice(self, text: str) -> None:
        """Keep it."""
        self.said.append(text)


def write(folder: Path, play: Play) -> Path:
    """Write a play with two cells; it may be written again into the same place."""
    file = play.write(folder)
    data = json.loads(file.read_text())
    data["scenarios"] = [
        {"id": "one", "seed": "See what it does."},
        {"id": "two", "seed": "See what it does then."},
    ]
    file.write_text(json.dumps(data))
    return file


def script(file: Path, role: str, change: Mapping[str, Any]) -> None:
    """Change the script of a role: what a model does is no part of the plan."""
    path = file.parent / f"{role}.yaml"
    data = json.loads(path.read_text())
    data["roles"]["judge" if role.startswith("judge") else role] |= change
    path.write_text(json.dumps(data))


def calls(found: Run, role: str) -> int:
    """How often a role was called in the latest log."""
    events = (event for sample in samples(found.logs()[-1]) for event in sample.events)
    return sum(isinstance(event, ModelEvent) and event.role == role for event in events)


def failing(folder: Path, **order: Any) -> tuple[Run, Results, Path]:
    """A run whose target fails at its third turn, in one of two audits."""
    file = write(folder, TALK)
    third = {"when": {"contains": "Three."}, "reply": DOWN}
    script(file, "target", {"rules": [third]})
    found, results = run(Order([str(file)], folder / "runs", **order))
    script(file, "target", {"rules": []})
    return found, results, file


def again(found: Run, display: Display | None = None, **order: Any) -> tuple[Run, Results]:
    return resume(ResumeOrder(str(found.folder), found.folder.parent, **order), display)


def test_what_failed_goes_on_from_its_last_turn(tmp_path: Path) -> None:
    found, results, _ = failing(tmp_path)
    assert results.counts.error == {"other": 2}
    notices = Notices()
    same, results = again(found, notices)
    assert same == found
    assert notices.said == ["0 of 2 complete; 2 go on from their last turn"]
    assert (results.run.status, results.counts.valid, results.run.exit_code) == ("complete", 2, 0)
    assert [audit.target_turns for audit in results.audits] == [3, 3]
    # Each goes on with the target's third turn; the auditor had spoken for it already, and then ends.
    assert (calls(found, "target"), calls(found, "auditor")) == (2, 2)
    assert len({audit.id for audit in results.audits}) == 2
    (transcript, *_) = [transcript_of(sample, "t") for sample in samples(found.logs()[-1])]
    assert [node.message.text for node in transcript.conversation() if node.origin == "target"] == [
        "Fine."
    ] * 3
    assert transcript.epoch == 1


def test_usage_is_that_of_all_samples(tmp_path: Path) -> None:
    found, _, _ = failing(tmp_path)
    _, resumed = again(found)
    (tmp_path / "other").mkdir()
    file = write(tmp_path / "other", TALK)
    _, whole = run(Order([str(file)], tmp_path / "other" / "runs"))
    assert resumed.usage == whole.usage


def test_what_is_complete_is_not_run_again(tmp_path: Path) -> None:
    found, results = run(Order([str(write(tmp_path, TALK))], tmp_path / "runs"))
    notices = Notices()
    _, same = again(found, notices)
    assert notices.said == ["2 of 2 complete; nothing is left to do"]
    assert len(found.logs()) == 1
    assert same == results


def test_what_ended_and_was_not_judged_only_wants_its_judge(tmp_path: Path) -> None:
    file = write(tmp_path, TALK)
    script(file, "judge0", {"otherwise": DOWN})
    found, results = run(Order([str(file)], tmp_path / "runs"))
    assert {score.status for audit in results.audits for score in audit.scores.values()} == {"error"}
    script(file, "judge0", {"otherwise": verdict()})
    notices = Notices()
    _, results = again(found, notices)
    assert notices.said == ["0 of 2 complete; 2 only want their judge"]
    assert [calls(found, role) for role in ("auditor", "target", "judge")] == [0, 0, 2]
    assert results.run.status == "complete"


def test_epochs_and_targets_are_added(tmp_path: Path) -> None:
    file = write(tmp_path, TALK)
    found, before = run(Order([str(file)], tmp_path / "runs"))
    notices = Notices()
    _, results = again(found, notices, epochs=2, targets=["petri-offline/honest"])
    assert notices.said == ["2 of 8 complete; 6 begin"]
    assert results.counts.valid == 8
    assert (
        sorted((audit.target, audit.epoch) for audit in results.audits)[:2]
        == [("petri-offline/honest", 1)] * 2
    )
    assert {audit.id for audit in before.audits} < {audit.id for audit in results.audits}
    _, same = again(found)
    assert same.audits == results.audits
    with pytest.raises(UsageError, match="the run has 2; epochs are added"):
        again(found, epochs=1)


def test_a_resumed_run_is_stopped_and_resumed(tmp_path: Path) -> None:
    found, _, file = failing(tmp_path)
    script(file, "auditor", {"rules": [{"when": {"turn": 3}, "reply": DOWN}]})
    _, results = again(found)
    assert results.counts.error == {"other": 2}
    script(file, "auditor", {"rules": []})
    notices = Notices()
    _, results = again(found, notices)
    assert notices.said == ["0 of 2 complete; 2 go on from their last turn"]
    assert (results.run.status, calls(found, "target"), calls(found, "auditor")) == ("complete", 0, 2)
    assert len(found.logs()) == 3


def test_verdicts_on_a_resumed_run(tmp_path: Path) -> None:
    found, _, _ = failing(tmp_path)
    again(found)
    ((_, judged),) = judge_again(JudgeOrder([str(found.folder)], tmp_path / "runs", offline=True))
    assert [(audit.outcome, audit.target_turns) for audit in judged.audits] == [("completed", 3)] * 2
    assert all("error" not in {score.status for score in audit.scores.values()} for audit in judged.audits)


CHANGES: dict[str, tuple[str, JsonObject, str]] = {
    "a scenario": ("audit.yaml", {"description": "New."}, r"audit\.yaml has changed"),
    "a rubric": ("rubric.yaml", {"description": "New."}, r"rubric .*rubric\.yaml has changed"),
}


@pytest.mark.parametrize(("name", "change", "why"), CHANGES.values(), ids=CHANGES)
def test_what_has_changed_is_refused(name: str, change: JsonObject, why: str, tmp_path: Path) -> None:
    found, _, file = failing(tmp_path)
    path = file.parent / name
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(UsageError, match=why):
        again(found)
    assert len(found.logs()) == 1
    forked, results = again(found, fork=True)
    assert forked != found
    assert results.counts.valid == 2


def test_a_prompt_that_has_changed_is_refused(tmp_path: Path) -> None:
    found, _, _ = failing(tmp_path)
    path = found.folder / "run.json"
    plan = json.loads(path.read_text())
    plan["prompts"]["auditor/system"] = "0" * 64
    del plan["prompts"]["auditor/task" if "auditor/task" in plan["prompts"] else "auditor/summary"]
    path.write_text(json.dumps(plan))
    with pytest.raises(UsageError, match=r"is new; the prompt auditor/system has changed"):
        again(found)


@pytest.mark.parametrize("order", [None, "missing"])
def test_a_run_that_does_not_say_how_it_was_ordered(order: str | None, tmp_path: Path) -> None:
    found, _, _ = failing(tmp_path)
    path = found.folder / "run.json"
    plan = json.loads(path.read_text())
    plan["order"] = None
    path.write_text(json.dumps(plan)) if order is None else path.unlink()
    with pytest.raises(UsageError, match="says how it was ordered"):
        again(found)


def test_two_processes_do_not_write_one_run(tmp_path: Path) -> None:
    found, _, _ = failing(tmp_path)
    with locked(found), pytest.raises(RunLocked, match=r"is being written by process \d+ on .*, since 20"):
        again(found)
    (found.folder / "run.lock").write_text("what a killed process left")
    _, results = again(found)
    assert results.run.status == "complete"
    assert not (found.folder / "run.lock").exists()


def test_a_lock_that_says_nothing(tmp_path: Path) -> None:
    with locked(Run(tmp_path)):
        (tmp_path / "run.lock").write_text("")
        with pytest.raises(RunLocked, match="another process"), locked(Run(tmp_path)):
            pass


def test_caps_count_what_was_spent_before(tmp_path: Path) -> None:
    limits = Limits(Caps(tokens=100_000_000))
    found, results, _ = failing(tmp_path, limits=limits)
    with pytest.raises(UsageError, match="used up its --max-tokens 10; name a higher one"):
        again(found, limits=Limits(Caps(tokens=10)))
    _, results = again(found)
    assert results.run.status == "complete"
    plan = read_plan(found)
    assert plan is not None
    assert plan.order is not None
    assert plan.order.max_tokens == 100_000_000


def test_a_cap_on_a_cost_that_is_not_known(tmp_path: Path) -> None:
    _, results, _ = failing(tmp_path)
    unpriced = results.model_copy(update={"cost_usd": None})
    with pytest.raises(UsageError, match="a price is missing"):
        what_is_left(Limits(Caps(cost=1), assumed=Price(1, 1)), unpriced)
    assert what_is_left(Limits(Caps(cost=1)), results).caps.cost == 1
