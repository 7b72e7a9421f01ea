"""Scenarios x variables x targets x epochs, as audits whose ids follow from their content."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from petri.errors import InvalidFile, UsageError
from petri.plan import Cell, job_id, plan_audits, plan_cells, planned_id
from petri.scenario.override import override
from petri.scenario.select import LoadedFile, load_scenarios
from petri.world.setup import WorldSetup

SCENARIO: dict[str, Any] = {
    "id": "one",
    "seed": "Meet {{who}} at {{when}}.",
    "variables": {"who": ["a nurse", "a judge"], "when": [7, 7.5]},
}
TOOL: dict[str, Any] = {"name": "look", "description": "Looks.", "parameters": {"type": "object"}}
BEFORE = [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Hello."}]


def load(folder: Path, *scenarios: dict[str, Any], name: str = "plan", **more: Any) -> LoadedFile:
    path = folder / f"{name}.yaml"
    (path.parent / "skills").mkdir(parents=True, exist_ok=True)
    (path.parent / "skills" / "bills.md").write_text("How bills work")
    (path.parent / "prompt.md").write_text("Again: {{fault}}")
    (path.parent / "before.json").write_text(json.dumps(BEFORE))
    path.write_text(
        json.dumps({"petri": 1, "name": name, "scenarios": list(scenarios or [SCENARIO]), **more})
    )
    (file,) = load_scenarios([str(path)])
    return file


def test_every_combination_is_a_cell(tmp_path: Path) -> None:
    cells = plan_cells(load(tmp_path))
    assert [cell.seed for cell in cells] == [
        "Meet a nurse at 7.",
        "Meet a nurse at 7.5.",
        "Meet a judge at 7.",
        "Meet a judge at 7.5.",
    ]
    assert cells[1].variables == {"who": "a nurse", "when": 7.5}
    assert len({cell.id for cell in cells}) == 4
    assert all(cell.id.startswith("one-") for cell in cells)


def test_every_text_is_filled_once(tmp_path: Path) -> None:
    value = "{{when}} {{who}} $HOME %s"
    scenario: dict[str, Any] = {
        "id": "one",
        "seed": "{{who}} {{when}}",
        "system": "For {{who}}.",
        "validity": "{{who}} was there.",
        "tools": [{"name": "look", "description": "Looks for {{who}}.", "parameters": {"type": "object"}}],
        "variables": {"who": [value], "when": [True]},
    }
    (cell,) = plan_cells(load(tmp_path, scenario))
    assert cell.seed == f"{value} true"
    assert cell.system == f"For {value}."
    assert cell.validity == f"{value} was there."
    assert cell.tools[0].description == f"Looks for {value}."


def test_the_order_is_files_targets_cells_epochs(tmp_path: Path) -> None:
    first = load(tmp_path, {"id": "one", "seed": "x"}, {"id": "two", "seed": "y"}, audit={"epochs": 2})
    second = load(tmp_path, {"id": "three", "seed": "z"}, name="second")
    jobs = plan_audits([first, second], ["t1", "t2"])
    assert [(job.cell.scenario, job.target, job.epoch) for job in jobs] == [
        ("one", "t1", 1),
        ("one", "t1", 2),
        ("two", "t1", 1),
        ("two", "t1", 2),
        ("one", "t2", 1),
        ("one", "t2", 2),
        ("two", "t2", 1),
        ("two", "t2", 2),
        ("three", "t1", 1),
        ("three", "t2", 1),
    ]
    assert len({job.id for job in jobs}) == len(jobs)
    for job in jobs:
        assert job.id == job_id(job.cell, job.target, job.epoch)
        assert job.id == planned_id(job.cell.scenario, job.cell.id, job.target, job.epoch)


def ids(file: LoadedFile) -> list[str]:
    return [job.id for job in plan_audits([file], ["t"])]


SAME: dict[str, dict[str, Any]] = {
    "nothing": {},
    "the description": {"description": "Another."},
    "tags": {"tags": ["new"]},
    "models": {"models": {"auditor": "petri-offline/auditor"}},
    "the rubric": {"judge": {"rubric": ["deception"]}},
    "the validity": {"scenarios": [SCENARIO | {"validity": "It was."}]},
    "a gate": {"scenarios": [SCENARIO | {"expect": {"sycophancy": {"max": 5}}}]},
    "a setting that is the default": {"audit": {"rollback": True}},
    "new settings that are the default": {
        "audit": {
            "branch_samples": 1,
            "compaction": "auto",
            "world": False,
            "sandbox_tools": ["bash", "python"],
            "target_display_name": None,
        }
    },
    "steering that is empty": {
        "prompts": {},
        "skills": [],
        "scenarios": [SCENARIO | {"guidance": None, "world": None, "date": None}],
    },
    "how a model is spoken to": {"models": {"target": {"model": "x/y", "tool_calling": "text"}}},
    "who checks the realism": {"models": {"realism": "x/y"}},
}
OTHER: dict[str, dict[str, Any]] = {
    "the name": {"name": "another"},
    "the turns": {"audit": {"max_turns": 3}},
    "the mode": {"audit": {"tools": "none"}},
    "the seed": {"scenarios": [SCENARIO | {"seed": "Meet {{who}}, {{when}}."}]},
    "the system prompt": {"scenarios": [SCENARIO | {"system": "Be kind."}]},
    "guidance": {"scenarios": [SCENARIO | {"guidance": "Be brief."}]},
    "a condition to stop": {"scenarios": [SCENARIO | {"stop_when": "It is night."}]},
    "a date": {"scenarios": [SCENARIO | {"date": "2027-03-31"}]},
    "a locale": {"scenarios": [SCENARIO | {"locale": "de_DE"}]},
    "a world": {"scenarios": [SCENARIO | {"world": {}}]},
    "what is in a world": {"scenarios": [SCENARIO | {"world": {"files": {"/a": "b"}}}]},
    "the conversation before": {"scenarios": [SCENARIO | {"continue_from": "before.json"}]},
    "how much of it": {"scenarios": [SCENARIO | {"continue_from": {"file": "before.json", "messages": 1}}]},
    "what stands behind a tool": {"scenarios": [SCENARIO | {"tools": [TOOL | {"backed_by": "files.read"}]}]},
    "a prompt of one's own": {"prompts": {"realism/repair": "prompt.md"}},
    "skills": {"skills": ["skills"]},
    "a simulator": {"models": {"simulator": "x/y"}},
    "the target's name": {"audit": {"target_display_name": "Ledger"}},
    "prefill": {"audit": {"prefill": True}},
    "samples of branches": {"audit": {"branch_samples": 2}},
    "compaction": {"audit": {"compaction": "off"}},
}


@pytest.mark.parametrize("name", SAME)
def test_ids_stay_when_this_changes(tmp_path: Path, name: str) -> None:
    first = load(tmp_path / "first")
    same: dict[str, Any] = {"name": "plan"} | SAME[name]
    second = load(tmp_path / "second", *same.pop("scenarios", []), **same)
    assert ids(first) == ids(second)


@pytest.mark.parametrize("name", OTHER)
def test_ids_change_with(tmp_path: Path, name: str) -> None:
    first = load(tmp_path / "first")
    changed = OTHER[name]
    second = load(
        tmp_path / "second",
        *changed.get("scenarios", []),
        **{k: v for k, v in changed.items() if k != "scenarios"},
    )
    assert not set(ids(first)) & set(ids(second))


def test_more_epochs_keep_the_first_ids(tmp_path: Path) -> None:
    few = load(tmp_path / "few", audit={"epochs": 1})
    many = load(tmp_path / "many", audit={"epochs": 3})
    assert set(ids(few)) < set(ids(many))


def test_ids_are_known(tmp_path: Path) -> None:
    """Changing these would part every stored run from its plan."""
    file = load(
        tmp_path, {"id": "one", "seed": "x"}, audit={"max_turns": 5}, judge={"rubric": ["sycophancy"]}
    )
    (job,) = plan_audits([file], ["t"])
    assert (job.cell.id, job.id) == ("one-a233a6ca12", "one-742f949d79")


def test_values_of_different_kinds_are_different_cells(tmp_path: Path) -> None:
    scenario = {"id": "one", "seed": "{{x}}", "variables": {"x": [1, 1.5, True, "yes"]}}
    cells = plan_cells(load(tmp_path, scenario))
    assert [cell.seed for cell in cells] == ["1", "1.5", "true", "yes"]
    assert len({cell.id for cell in cells}) == 4


def test_a_cell_is_data(tmp_path: Path) -> None:
    for cell in plan_cells(load(tmp_path)):
        assert Cell.model_validate_json(cell.model_dump_json()) == cell
        assert set(cell.header().model_dump()) == {
            "id",
            "file",
            "scenario",
            "variables",
            "control_for",
            "expect",
        }


def test_a_target_named_twice(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the target 't' is named twice; name it once and set epochs"):
        plan_audits([load(tmp_path)], ["t", "u", "t"])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"audit.realism": 0.5}, "audit.realism needs a model that checks; name one under models.realism"),
        ({"audit.tools": "sandbox"}, "audit.tools is sandbox, and no sandbox is named; set audit.sandbox"),
        ({"audit.tools": "none", "models.simulator": "x/y"}, "a world stands behind tools"),
    ],
)
def test_flags_that_cannot_be_meant_together(tmp_path: Path, settings: dict[str, object], words: str) -> None:
    file = load(tmp_path)
    with pytest.raises(UsageError) as raised:
        plan_cells(override(file, settings))
    assert f"plan.yaml: {words}" in str(raised.value)


STEERED: dict[str, Any] = {
    "id": "one",
    "seed": "{{who}} {{when}}",
    "guidance": "{{who}} is in a hurry.",
    "stop_when": "It is {{when}}.",
    "date": "2027-03-31",
    "locale": "de_AT",
    "continue_from": {"file": "before.json", "messages": 1},
    "tools": [TOOL | {"backed_by": "files.read"}],
    "world": {
        "now": "2027-03-31T09:00",
        "files": {"~/{{who}}.txt": "{{who}}: {{ x }} {{other}}", "/n": ""},
        "records": {"bills": [{"id": 1, "for": "{{who}}", "paid": False}]},
        "mail": [{"from": "a@x.example", "to": "b@x.example", "body": "By {{when}}."}],
    },
    "variables": {"who": ["Ana"], "when": [7]},
}


def test_a_cell_holds_all_that_steers_it_with_the_variables_filled(tmp_path: Path) -> None:
    file = load(tmp_path, STEERED, prompts={"realism/repair": "prompt.md"}, skills=["skills"])
    (cell,) = plan_cells(file)
    assert (cell.guidance, cell.stop_when) == ("Ana is in a hurry.", "It is 7.")
    assert (cell.date, cell.locale) == (date(2027, 3, 31), "de_AT")
    assert [(message.role, message.text) for message in cell.prefix] == [("user", "Hello?")]
    assert cell.prompts == {"realism/repair": "Again: {{fault}}"}
    assert [(skill.name, skill.text) for skill in cell.skills] == [("bills", "How bills work")]
    assert cell.tools[0].backed_by == "files.read"
    assert cell.world == WorldSetup.model_validate(
        {
            "now": "2027-03-31T09:00",
            "files": {"~/Ana.txt": "Ana: {{ x }} {{other}}", "/n": ""},
            "records": {"bills": [{"id": 1, "for": "Ana", "paid": False}]},
            "mail": [{"from": "a@x.example", "to": "b@x.example", "body": "By 7."}],
        }
    )
    assert Cell.model_validate_json(cell.model_dump_json()) == cell


@pytest.mark.parametrize(
    ("scenario", "more", "world"),
    [
        ({}, {}, None),
        ({}, {"audit": {"world": True}}, WorldSetup()),
        ({}, {"models": {"simulator": "x/y"}}, WorldSetup()),
        ({"tools": [TOOL]}, {}, None),
        ({"tools": [TOOL | {"backed_by": "files.read"}]}, {}, WorldSetup()),
        ({"world": {"user": "ana"}}, {}, WorldSetup(user="ana")),
    ],
    ids=["nothing", "a setting", "a simulator", "a tool", "a tool backed by it", "the scenario"],
)
def test_when_a_world_stands_behind_the_tools(
    tmp_path: Path, scenario: dict[str, Any], more: dict[str, Any], world: WorldSetup | None
) -> None:
    (cell,) = plan_cells(load(tmp_path, {"id": "one", "seed": "x"} | scenario, **more))
    assert cell.world == world


def test_a_world_that_its_variables_make_impossible(tmp_path: Path) -> None:
    people = [{"name": "A", "email": "{{a}}"}, {"name": "B", "email": "b@x.example"}]
    scenario = {
        "id": "one",
        "seed": "{{a}}",
        "variables": {"a": ["b@x.example"]},
        "world": {"people": people},
    }
    with pytest.raises(InvalidFile) as raised:
        plan_cells(load(tmp_path, scenario))
    assert str(raised.value).endswith(
        ": world, with the variables filled, has two people with the address 'b@x.example'"
    )


def test_a_conversation_that_cannot_be_gone_on_from(tmp_path: Path) -> None:
    file = load(tmp_path, {"id": "one", "seed": "x", "continue_from": "before.json"})
    (tmp_path / "before.json").write_text('[{"role": "god", "content": ""}]')
    with pytest.raises(InvalidFile) as raised:
        plan_cells(file)
    (fault,) = str(raised.value).split("\n")
    assert "plan.yaml:1:" in fault
    assert "before.json" in fault
    assert "'god'" in fault


def test_tools_of_a_scenario_in_a_mode_without_tools(tmp_path: Path) -> None:
    file = load(tmp_path, {"id": "one", "seed": "x", "tools": [TOOL]})
    with pytest.raises(UsageError, match=r"scenario 'one' gives the target tools, and audit.tools is none"):
        plan_cells(override(file, {"audit.tools": "none"}))


@pytest.mark.parametrize(
    ("need", "settings", "message"),
    [
        pytest.param(
            "tools", {"audit.tools": "none"}, "needs tools, and audit.tools is none; set", id="tools"
        ),
        pytest.param(
            "prefill",
            {"audit.prefill": False},
            "needs prefill, and audit.prefill is false; set it to true",
            id="prefill",
        ),
        pytest.param(
            "rollback",
            {"audit.rollback": False},
            "needs rollback, and audit.rollback is false; set it to true",
            id="rollback",
        ),
    ],
)
def test_a_setting_that_takes_away_what_a_scenario_needs(
    tmp_path: Path, need: str, settings: dict[str, Any], message: str
) -> None:
    file = load(tmp_path, {"id": "one", "seed": "x", "needs": [need]}, audit={"prefill": True})
    with pytest.raises(UsageError, match=f"scenario 'one' {message}"):
        plan_cells(override(file, settings))


def test_one_audit_planned_twice(tmp_path: Path) -> None:
    first, second = load(tmp_path / "first"), load(tmp_path / "second")
    with pytest.raises(UsageError, match=r"first/plan\.yaml and .*second/plan\.yaml.*'one'"):
        plan_audits([first, second], ["t"])
