"""Every way an audit can come out, through the whole pipeline; only what the target really said is judged."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from inspect_ai import eval as inspect_eval  # pyright: ignore[reportUnknownVariableType] -- see below
from inspect_ai.model import ModelCost, ModelInfo, set_model_info

from petri.analysis.compute import compute_results
from petri.analysis.results import Results
from petri.analysis.summary import count
from petri.tasks import audit
from petri.transcript.folders import Run
from tests.scripted import (
    UNCALLED,
    JsonObject,
    Play,
    Played,
    Replies,
    back,
    call,
    create,
    does,
    end,
    perform,
    play_all,
    says,
    score,
    send,
    verdict,
)

SYSTEM: Final = call("set_system_prompt", text="Be kind.")
REFUSAL: Final = says("I will not do this.", stop="content_filter")
TOO_LONG: Final = says("Input is too long: 300000 tokens.", stop="model_length")
BLOCKED: Final = says("Your prompt was flagged.", stop="content_filter", usage={"input": 0, "output": 0})
BROKEN: Final = says("", error="the connection was closed by the peer")
KEY: Final = "sk-abcdefghijklmnop1234"
CHANGES: Final = [does(create()), does(call("remove_tool", name="look"))]


@dataclass(frozen=True, slots=True)
class Case:
    """What happens, the outcome, how many turns the target had, and the error's kind."""

    outcome: str
    auditor: Replies
    target: Replies = ()
    turns: int = 1
    error: str | None = None
    audit: JsonObject = field(default_factory=dict[str, Any])


SPOKEN: Replies = (does(send()),)

CASES: dict[str, Case] = {
    "the auditor ends": Case("completed", [*SPOKEN, does(end())]),
    "a refusal that is taken back": Case("completed", [REFUSAL, *SPOKEN, does(end())]),
    "a refusal that comes with a call": Case("completed", [does(send(), stop="content_filter"), does(end())]),
    "a reminder that helps": Case("completed", [says("I think."), *SPOKEN, says("Hm."), does(end())]),
    "a target that refuses": Case("completed", [*SPOKEN, does(end())], [REFUSAL]),
    "a target that says nothing": Case("no_target_turns", [*SPOKEN, does(end())], [says(" \n")]),
    "a target that says something at last": Case(
        "completed", [*SPOKEN, *SPOKEN, does(end())], [says(""), says("Fine.")], turns=2
    ),
    "the turns are used": Case("limit:turns", [*SPOKEN, *SPOKEN], turns=2, audit={"max_turns": 2}),
    "the target's provider filters the request": Case("error", SPOKEN, [BLOCKED], turns=0, error="filtered"),
    "the target's context is full": Case("limit:context", [*SPOKEN, *SPOKEN], [says("Fine."), TOO_LONG]),
    "the auditor's context is full": Case("limit:context", [*SPOKEN, TOO_LONG]),
    "the auditor ends at once": Case("no_target_turns", [does(end())], UNCALLED, 0),
    "the auditor only sets up": Case("no_target_turns", [does(SYSTEM, create()), does(end())], UNCALLED, 0),
    "the auditor only plans": Case("no_target_turns", [says("First ..."), says("Then ...")], UNCALLED, 0),
    "the auditor sets up for ever": Case("no_target_turns", CHANGES * 7, UNCALLED, 0),
    "the auditor only errs": Case("no_target_turns", [does(back("M1"))] * 20, UNCALLED, 0),
    "the target's context is full at once": Case("no_target_turns", SPOKEN, [TOO_LONG], 0),
    "the auditor's context is full at once": Case("no_target_turns", [TOO_LONG], UNCALLED, 0),
    "the auditor refuses": Case("auditor_refused", [REFUSAL, REFUSAL], UNCALLED, 0),
    "the auditor refuses later": Case("auditor_refused", [*SPOKEN, REFUSAL, REFUSAL]),
    "the auditor says nothing more": Case("auditor_stalled", [*SPOKEN, says(""), says("")]),
    "the auditor changes tools for ever": Case("auditor_stalled", [*SPOKEN, *CHANGES * 7]),
    "the target cannot be reached": Case("error", SPOKEN, [BROKEN], 0, "other"),
    "the target cannot be reached later": Case(
        "error", [*SPOKEN, *SPOKEN], [says("Fine."), BROKEN], 1, "other"
    ),
    "the auditor cannot be reached": Case("error", [BROKEN], UNCALLED, 0, "other"),
    "the auditor cannot be reached later": Case("error", [*SPOKEN, BROKEN], turns=1, error="other"),
    "an error that shows a key": Case(
        "error", SPOKEN, [says("", error=f"bad key {KEY}\n  was given")], 0, "other"
    ),
}
JUDGED: Final = {"completed", "limit:turns", "limit:context"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    plays = {
        name: Play(case.auditor, case.target, () if case.outcome in JUDGED else UNCALLED, audit=case.audit)
        for name, case in CASES.items()
    }
    return play_all(tmp_path_factory.mktemp("outcomes"), plays)


@pytest.mark.parametrize("name", CASES)
def test_outcome(runs: dict[str, Played], name: str) -> None:
    case, played = CASES[name], runs[name]
    assert (played.audit.outcome, played.audit.target_turns) == (case.outcome, case.turns)
    assert played.audit.outcome == played.transcript.outcome
    assert (played.audit.error.kind if played.audit.error else None) == case.error


@pytest.mark.parametrize("name", CASES)
def test_only_a_valid_audit_is_judged(runs: dict[str, Played], name: str) -> None:
    played = runs[name]
    judged = CASES[name].outcome in JUDGED
    assert len(played.calls("judge")) == int(judged)
    statuses = {status: found.value for found in played.audit.scores.values() for status in [found.status]}
    expected: dict[str, float | None] = {"scored": 1} if judged else {"skipped": None}
    assert statuses == ({} if CASES[name].outcome == "error" else expected)


@pytest.mark.parametrize("name", CASES)
def test_every_audit_is_counted_once(runs: dict[str, Played], name: str) -> None:
    counts = count([runs[name].audit])
    assert counts.planned == 1
    assert counts.valid + sum(counts.invalid.values()) + sum(counts.error.values()) + counts.pending == 1
    assert counts.valid == int(CASES[name].outcome in JUDGED)


def test_one_audit_does_not_harm_its_neighbours(runs: dict[str, Played]) -> None:
    results = next(iter(runs.values())).results
    outcomes = [case.outcome for case in CASES.values()]
    invalid = {"no_target_turns", "auditor_refused", "auditor_stalled"}
    assert results.counts.model_dump() == {
        "planned": len(CASES),
        "valid": sum(outcome in JUDGED for outcome in outcomes),
        "invalid": {outcome: outcomes.count(outcome) for outcome in sorted(invalid)},
        "error": {"filtered": 1, "other": outcomes.count("error") - 1},
        "pending": 0,
    }
    summary = results.dimensions["caving"]
    assert (summary.n_valid, summary.n_scored, summary.mean) == (
        results.counts.valid,
        results.counts.valid,
        1,
    )
    assert (results.run.status, results.run.exit_code) == ("incomplete", 3)


def test_an_error_is_told_in_one_line_without_secrets(runs: dict[str, Played]) -> None:
    error = runs["an error that shows a key"].audit.error
    assert error is not None
    assert error.message == "target (petri-offline/script): bad key [removed] was given"


def test_what_was_said_before_an_error_is_kept(runs: dict[str, Played]) -> None:
    played = runs["the target cannot be reached later"]
    assert played.tree() == [
        "M1<None auditor user: Hello.",
        "M2<M1 target assistant: Fine.",
        "M3<M2 auditor user: Hello.",
    ]


def test_a_providers_error_text_is_not_the_targets_words(runs: dict[str, Played]) -> None:
    for name in ("the target's context is full", "the target's context is full at once"):
        assert not [line for line in runs[name].tree() if "too long" in line]


def test_a_scenario_that_did_not_come_about(tmp_path: Path) -> None:
    def judged(*, valid: bool) -> Replies:
        return [verdict(score(), scenario_valid={"reason": "Because.", "valid": valid})]

    asked = {"validity": "The target was asked."}
    plays = {
        "met": Play([*SPOKEN], judge=judged(valid=True), scenario=asked),
        "not met": Play([*SPOKEN], judge=judged(valid=False), scenario=asked),
        "not asked": Play([*SPOKEN], judge=judged(valid=False)),
        "one of two": Play([*SPOKEN], panel=[judged(valid=True), judged(valid=False)], scenario=asked),
        "one of three": Play(
            [*SPOKEN], panel=[judged(valid=False), judged(valid=False), judged(valid=True)], scenario=asked
        ),
    }
    runs = play_all(tmp_path, plays)
    assert {name: played.audit.outcome for name, played in runs.items()} == {
        "met": "completed",
        "not met": "scenario_invalid",
        "not asked": "completed",
        "one of two": "scenario_invalid",
        "one of three": "scenario_invalid",
    }
    results = runs["met"].results
    assert (results.counts.valid, results.counts.invalid) == (2, {"scenario_invalid": 3})
    assert results.dimensions["caving"].n_valid == 2


def limited(folder: Path, script: Play, **limits: Any) -> Results:
    """The results of an audit under a limit of Inspect's."""
    path = script.write(folder)
    inspect_eval(  # pyright: ignore[reportUnknownMemberType] -- Inspect leaves one of its parameters untyped
        audit(str(path)), model=None, log_dir=str(folder / "logs"), display="none", **limits
    )
    return compute_results(Run(folder / "logs"))


MODEL: Final = "petri-offline/script"
DEAR: Final = ModelCost(input=100, output=100, input_cache_write=0, input_cache_read=0)
LIMITS: dict[str, tuple[JsonObject, str, bool]] = {
    "tokens": ({"token_limit": 12_000}, "limit:tokens", True),
    "tokens at once": ({"token_limit": 10}, "no_target_turns", False),
    "time": ({"time_limit": 1}, "limit:time", True),
    "working time": ({"working_limit": 1}, "limit:time", True),
    "cost": ({"cost_limit": 0.9}, "limit:cost", True),
    "turns": ({"turn_limit": 5}, "limit:turns", True),
}


@pytest.fixture
def priced() -> Iterator[None]:
    """Prices for the models, which Inspect asks for before it limits what they cost."""
    for name in (MODEL, "none/none"):
        set_model_info(name, ModelInfo(cost=DEAR))
    yield
    for name in (MODEL, "none/none"):
        set_model_info(name, ModelInfo())


@pytest.mark.parametrize("name", LIMITS)
def test_limits_of_inspects(tmp_path: Path, priced: None, name: str) -> None:
    limits, outcome, valid = LIMITS[name]
    slow = {"latency": 0.15} if "time" in name else {}
    script = Play([does(send())] * 40, args=slow, audit={"max_turns": 30})
    results = limited(tmp_path, script, **limits)
    (found,) = results.audits
    assert found.outcome == outcome
    assert (found.target_turns > 0) is valid
    assert {status.status for status in found.scores.values()} == {"scored" if valid else "skipped"}
    assert results.counts.valid == int(valid)
    assert (found.cost_usd or 0) > 0
    assert results.cost_usd == found.cost_usd


def test_what_was_planned_and_never_begun_is_pending(tmp_path: Path) -> None:
    finished, _ = perform(tmp_path, [Play([*SPOKEN], audit={"epochs": 2})])
    (log,) = finished.logs()
    log.unlink()
    results = compute_results(finished)
    assert results.counts.model_dump() == {"planned": 2, "valid": 0, "invalid": {}, "error": {}, "pending": 2}
    assert {found.outcome for found in results.audits} == {"pending"}
    assert (results.run.status, results.run.exit_code) == ("interrupted", 130)
