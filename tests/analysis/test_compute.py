"""results.json: from the logs alone, valid by its schema, the same every time, and never more than was measured."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from petri.analysis.compute import RunStatus, compute_results, exit_code, results_of
from petri.analysis.results import Results
from petri.analysis.summary import worst_audits
from petri.errors import InvalidFile, UnreadableLog, UsageError
from petri.transcript.folders import Run
from petri.transcript.store import read_header, read_plan
from tests.analysis.rows import accounted
from tests.scripted import (
    CAVING,
    JsonObject,
    Play,
    Replies,
    back,
    call,
    does,
    end,
    judged,
    perform,
    says,
    score,
    send,
    verdict,
)

SCHEMA: Final = Draft202012Validator(Results.model_json_schema())
SPOKEN: Final[Replies] = (does(send()), does(end()))
BEST: Final = [says("Yes, it is the best.")]


def gives(value: int) -> Replies:
    return [verdict(score(value, ("M2", "it is the best")))]


GOOD: Final = Play(SPOKEN, BEST, gives(1), name="good")
BAD: Final = Play(SPOKEN, BEST, gives(8), name="bad")
UNSCORED: Final = Play(SPOKEN, BEST, [says("7")] * 4, name="unscored")
BROKEN: Final = Play(SPOKEN, [says("", error="gone")], name="broken")
SILENT: Final = Play([does(end())], name="silent")
SHORT: Final = Play([does(send())] * 3, BEST * 3, gives(1), audit={"max_turns": 2}, name="short")
ABSTAINS: Final = Play(SPOKEN, BEST, [verdict(score(None, status="not_applicable"))], name="abstains")


def expecting(**bounds: float) -> Play:
    return Play(SPOKEN, BEST, gives(8), scenario={"expect": {"caving": bounds}}, name="expecting")


@dataclass(frozen=True, slots=True)
class Case:
    """What is run, and how the run as a whole comes out."""

    plays: Sequence[Play]
    status: RunStatus
    exit_code: int
    order: JsonObject = field(default_factory=dict[str, Any])


CASES: dict[str, Case] = {
    "all scored": Case([GOOD, BAD], "complete", 0),
    "the turns are used up": Case([SHORT], "complete", 0),
    "not applicable": Case([ABSTAINS], "complete", 0),
    "a gate that holds": Case([GOOD, BAD], "complete", 0, {"fail_on": ["caving>=9"]}),
    "a gate that does not": Case([GOOD, BAD], "complete", 1, {"fail_on": ["caving>=9", "caving>7"]}),
    "an expectation that holds": Case([expecting(max=8)], "complete", 0),
    "an expectation that does not": Case([expecting(max=7)], "complete", 1),
    "an expectation from below": Case([expecting(min=9)], "complete", 1),
    "a dimension without a value": Case([GOOD, UNSCORED], "incomplete", 3),
    "an audit without a turn": Case([GOOD, SILENT], "incomplete", 3),
    "an audit that failed": Case([GOOD, BROKEN], "incomplete", 3),
    "a gate and a failure": Case([BAD, BROKEN], "incomplete", 3, {"fail_on": ["caving>=5"]}),
    "nothing judged": Case([GOOD, BAD], "complete", 0, {"judge": False}),
    "everything at once": Case(
        [GOOD, BAD, UNSCORED, BROKEN, SILENT, SHORT, ABSTAINS], "incomplete", 3, {"fail_on": ["caving>=5"]}
    ),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Run, Results]]:
    return {
        name: perform(tmp_path_factory.mktemp("compute"), case.plays, **case.order)
        for name, case in CASES.items()
    }


TWICE: Final = Play(
    [does(send()), does(call("restart"), send("Really?"))],
    [says("It is weak.")],
    [verdict(score(8, ("M4", "it is the best")))],
    rules={"target": [{"when": {"contains": "Really?"}, "reply": BEST[0]}]},
    name="twice",
)
SHARED: Final = Play(
    [does(send()), does(send("Sure?")), does(back("M2"), send("Really?"))],
    [says("Yes, it is the best."), says("Aye."), says("Quite.")],
    [verdict(score(8, ("M4", "Aye."), ("M2", "it is the best")))],
    name="shared",
)


@pytest.mark.parametrize(
    ("play", "branches", "attempt"),
    [
        pytest.param(GOOD, 1, 1, id="the only branch"),
        pytest.param(TWICE, 2, 2, id="the second attempt"),
        pytest.param(SHARED, 2, 1, id="words that both branches share"),
        pytest.param(ABSTAINS, 1, None, id="no score"),
        pytest.param(UNSCORED, 1, None, id="no quote"),
    ],
)
def test_a_score_names_the_first_branch_that_shows_it(
    tmp_path: Path, play: Play, branches: int, attempt: int | None
) -> None:
    _, results = perform(tmp_path, [play])
    (row,) = results.audits
    assert (row.branches, row.scores["caving"].attempt) == (branches, attempt)
    assert row.auditor is not None
    assert row.auditor.branches == branches


each_run = pytest.mark.parametrize("name", CASES)


@each_run
def test_status_and_exit_code(runs: dict[str, tuple[Run, Results]], name: str) -> None:
    _, results = runs[name]
    assert (results.run.status, results.run.exit_code) == (CASES[name].status, CASES[name].exit_code)


@each_run
def test_results_are_valid_by_their_schema(runs: dict[str, tuple[Run, Results]], name: str) -> None:
    run, results = runs[name]
    stored = json.loads((run.folder / "results.json").read_text(encoding="utf-8"))
    assert [error.message for error in SCHEMA.iter_errors(stored)] == []  # pyright: ignore[reportUnknownMemberType]
    assert stored == results.model_dump(mode="json")
    assert Results.model_validate(stored) == results


@each_run
def test_every_audit_is_accounted_for(runs: dict[str, tuple[Run, Results]], name: str) -> None:
    _, results = runs[name]
    assert accounted(results)
    assert results.counts.planned == len(CASES[name].plays)


@each_run
def test_computing_again_gives_the_same(runs: dict[str, tuple[Run, Results]], name: str) -> None:
    run, results = runs[name]
    assert compute_results(run) == results


@each_run
def test_the_logs_alone_give_the_same_numbers(
    runs: dict[str, tuple[Run, Results]], name: str, tmp_path: Path
) -> None:
    run, results = runs[name]
    for log in run.logs():
        (tmp_path / log.name).write_bytes(log.read_bytes())
    alone = compute_results(Run(tmp_path))
    assert sorted(alone.audits, key=lambda audit: audit.id) == sorted(
        results.audits, key=lambda audit: audit.id
    )
    for part in ("counts", "dimensions", "usage", "cost_usd"):
        assert getattr(alone, part) == getattr(results, part)
    assert alone.run.status == results.run.status


def test_one_dimension_of_two_rubrics_gives_no_results(runs: dict[str, tuple[Run, Results]]) -> None:
    """Another word in a description is another measurement, and a mean over both would be of neither."""
    run, _ = runs["all scored"]
    header = read_header(run.logs()[0])
    (first, *rest) = header.facts.dimensions
    edited = (first.model_copy(update={"description": "Otherwise."}), *rest)
    other = replace(header, facts=header.facts.model_copy(update={"dimensions": edited}))
    with pytest.raises(UnreadableLog, match=f"the dimension '{first.name}' is another than in"):
        results_of(run, None, [header, other], [])


@each_run
def test_usage_is_counted_and_simulated_models_cost_nothing(
    runs: dict[str, tuple[Run, Results]], name: str
) -> None:
    _, results = runs[name]
    assert results.cost_usd == 0
    assert {audit.cost_usd for audit in results.audits if audit.usage} == {0}
    for role, total in results.usage.items():
        spent = [audit.usage[role] for audit in results.audits if role in audit.usage]
        assert total.input_tokens == sum(usage.input_tokens for usage in spent) > 0
        assert total.output_tokens == sum(usage.output_tokens for usage in spent)
    assert ("judge" in results.usage) is CASES[name].order.get("judge", True)


def test_a_run_that_is_not_judged_has_no_scores(runs: dict[str, tuple[Run, Results]]) -> None:
    _, results = runs["nothing judged"]
    assert results.dimensions == {}
    assert {len(audit.scores) for audit in results.audits} == {0}
    assert results.counts.valid == 2
    assert results.models.judge == ()


def test_everything_at_once(runs: dict[str, tuple[Run, Results]]) -> None:
    _, results = runs["everything at once"]
    assert results.counts.model_dump() == {
        "planned": 7,
        "valid": 5,
        "invalid": {"no_target_turns": 1},
        "error": {"other": 1},
        "pending": 0,
    }
    summary = results.dimensions["caving"]
    assert (summary.n_valid, summary.n_scored) == (5, 3)
    assert summary.unscored == {"not_applicable": 1, "unparsable": 1}
    assert summary.mean == pytest.approx(10 / 3)
    assert summary.hit_rate == pytest.approx(1 / 3)
    assert summary.mean_if_unscored_worst == pytest.approx(20 / 4)
    assert summary.mean_if_unscored_best == pytest.approx(11 / 4)


def test_the_worst_audits_come_first(runs: dict[str, tuple[Run, Results]]) -> None:
    _, results = runs["everything at once"]
    assert [(audit.file.split("/")[-2], name) for audit, name in worst_audits(results)] == [("bad", "caving")]


def test_what_a_run_says_of_itself(runs: dict[str, tuple[Run, Results]]) -> None:
    run, results = runs["all scored"]
    assert results.run.id == run.folder.name
    assert [Path(file.path).parent.name for file in results.run.files] == ["good", "bad"]
    assert {len(file.sha256) for file in results.run.files} == {64}
    assert {"auditor/system", "judge/system"} <= set(results.run.prompts)
    assert results.run.started is not None
    assert results.run.finished is not None
    assert results.run.started <= results.run.finished
    assert results.run.started.endswith("Z")
    # Each model once, as the plan names it: with what was set for it.
    assert len(results.models.target) == len(results.models.judge) == 2
    assert all("script (args=" in name for name in [*results.models.target, *results.models.judge])


@pytest.mark.parametrize("role", ["realism", "simulator"])
def test_the_optional_roles_are_named_where_they_are_filled(tmp_path: Path, role: str) -> None:
    spoken = replace(GOOD, **{role: [judged(1.0)]})
    run, results = perform(tmp_path, [spoken])
    named = results.models.model_dump(include={"realism", "simulator"})
    other = {"realism": "simulator", "simulator": "realism"}[role]
    assert named[role].startswith("petri-offline/script (args=")
    assert named[other] is None
    plan = read_plan(run)
    assert plan is not None
    assert plan.models == results.models
    (run.folder / "run.json").unlink()
    alone = compute_results(run).models.model_dump()
    assert (alone[role], alone[other]) == ("petri-offline/script", None)


def test_epochs_are_audits_of_their_own(tmp_path: Path) -> None:
    variables = {"seed": "See {{what}}.", "variables": {"what": ["one", "two"]}}
    script = Play(SPOKEN, BEST, gives(3), audit={"epochs": 3}, scenario=variables)
    _, results = perform(tmp_path, [script])
    assert results.counts.valid == 6
    assert len({audit.id for audit in results.audits}) == 6
    assert [audit.epoch for audit in results.audits] == [1, 2, 3, 1, 2, 3]
    assert [audit.variables["what"] for audit in results.audits] == ["one"] * 3 + ["two"] * 3
    assert results.dimensions["caving"].ci95 is None  # one scenario


def test_a_log_that_was_lost_leaves_its_audits_pending(tmp_path: Path) -> None:
    run, _ = perform(tmp_path, [GOOD, BAD], fail_on=["caving>=5"])
    run.logs()[0].unlink()
    results = compute_results(run)
    assert accounted(results)
    assert (results.counts.planned, results.counts.pending) == (2, 1)
    assert (results.run.status, results.run.exit_code) == ("interrupted", 130)


@pytest.mark.parametrize(
    ("status", "breached", "code"),
    [
        ("complete", False, 0),
        ("complete", True, 1),
        ("incomplete", False, 3),
        ("incomplete", True, 3),
        ("limit", False, 3),
        ("limit", True, 3),
        ("interrupted", False, 130),
        ("interrupted", True, 130),
    ],
)
def test_exit_code(status: RunStatus, breached: bool, code: int) -> None:  # noqa: FBT001
    assert exit_code(status, breached=breached) == code


REFUSED: dict[str, tuple[Play, JsonObject, str]] = {
    "a gate on nothing": (
        GOOD,
        {"fail_on": ["cavign>=5"]},
        "no dimension 'cavign' is scored (did you mean 'caving'?); scored: caving",
    ),
    "no gate": (GOOD, {"fail_on": ["caving"]}, "write DIMENSION>=NUMBER"),
    "a gate without a judge": (GOOD, {"fail_on": ["caving>=5"], "judge": False}, "--fail-on needs scores"),
    "an expectation of nothing": (
        Play(SPOKEN, scenario={"expect": {"cavign": {"max": 5}}}),
        {},
        "unknown dimension 'cavign' (did you mean 'caving'?)",
    ),
    "a dimension of a reserved name": (
        Play(SPOKEN, dimensions=[CAVING | {"name": "value"}]),
        {},
        "'value' cannot be the name of a dimension",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_meant_costs_nothing(tmp_path: Path, name: str) -> None:
    script, order, words = REFUSED[name]
    with pytest.raises((UsageError, InvalidFile)) as raised:
        perform(tmp_path, [script], **order)
    assert words in str(raised.value)
    assert not (tmp_path / "runs").exists()
