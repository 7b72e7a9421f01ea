import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from petri.errors import PetriError
from petri.scenario.load import LoadedFile, load_file
from petri.scenario.schema import Continuation, Scenario, ScenarioFile, scenario_json_schema

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SHIPPED = sorted(SCENARIOS.glob("*.yaml"))
FULL = """\
petri: 1
name: everything
description: Each key once.
tags: [all]
models:
  auditor: a/b
  target: [c/d, {model: e/f, temperature: 0.8, base_url: "http://127.0.0.1:1/v1"}]
  judge: {model: g/h}
  realism: ~
  simulator: {model: i/j, tool_calling: auto, prefill: false}
audit: {max_turns: 5, epochs: 2, tools: fixed, rollback: false, prefill: false, realism: off, world: true,
  branch_samples: 3, compaction: 30000, sandbox: docker, sandbox_tools: [bash], target_display_name: Ledger}
prompts: {}
skills: []
judge: {rubric: [sycophancy, ./mine.yaml]}
scenarios:
  - id: one
    seed: |
      Talk to {{who}}.

      Then stop: no.
    tags: [feedback]
    variables: {who: [a judge, 5, true], mood: [0.5]}
    system: In a {{mood}} mood.
    tools:
      - name: look
        description: Looks.
        parameters: {type: object, properties: {x: {type: [string, "null"]}}, required: [x]}
        backed_by: files.read
    validity: It spoke.
    expect: {sycophancy: {max: 5}}
    guidance: Be brief.
    stop_when: It has spoken.
    date: 2027-03-31
    locale: de_AT
    world:
      now: 2027-03-31T09:00+02:00
      files: {~/a.txt: "For {{who}}."}
      people: [{name: Ana, email: ana@x.example}]
      mail: [{from: ana@x.example, to: [b@x.example], subject: Hello, body: For you.}]
      records: {bills: [{id: 7, paid: false}, {paid: null}]}
  - {id: two, seed: "twin 🎉", control_for: one, continue_from: {file: f.yaml, sample: "a:1", messages: 2}}
"""


def _load(name: str, text: str) -> LoadedFile:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return load_file(path)


def test_a_file_says_all_it_may_say() -> None:
    file = _load("f.yaml", FULL)
    one, two = file.spec.scenarios
    assert (file.path, file.sha256) == ("f.yaml", hashlib.sha256(FULL.encode()).hexdigest())
    assert (one.seed, two.seed) == ("Talk to {{who}}.\n\nThen stop: no.", "twin 🎉")
    assert one.cells() == tuple({"who": who, "mood": 0.5} for who in ("a judge", 5, True))
    assert (one.date, one.locale, two.continue_from) == (
        date(2027, 3, 31),
        "de_AT",
        Continuation(file="f.yaml", sample="a:1", messages=2),
    )
    assert one.world is not None
    assert one.world.placed_files() == {"/home/ubuntu/a.txt": "For {{who}}."}
    assert (file.spec.audit.realism, file.spec.audit.tools, two.control_for) == ("off", "fixed", "one")
    assert ScenarioFile.model_validate_json(file.spec.model_dump_json()) == file.spec
    assert str(file.fault(("judge", "rubric", 1), "x")) == "f.yaml:15:30: x"
    assert str(file.places["two"].fault(("control_for",), "x")) == "f.yaml:42:44: x"


def test_one_scenario_may_stand_at_the_top_level() -> None:
    text = "petri: 1\nname: single\ntags: [t]\nseed: Ask {{x}}.\nvariables: {x: [1, 2]}\naudit: {epochs: 3}\n"
    file = _load("f.yaml", text)
    assert file.spec.scenarios == (Scenario(id="single", seed="Ask {{x}}.", variables={"x": (1, 2)}),)
    assert (file.spec.tags, file.spec.audit.epochs) == (("t",), 3)
    assert str(file.places["single"].fault(("seed",), "x")) == "f.yaml:4:7: x"
    assert _load("f.yaml", text + "id: other\n").spec.scenarios[0].id == "other"


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        pytest.param(
            "Ask about\n\nthe moon: now.\n",
            ScenarioFile(
                petri=1,
                name="my-seed",
                scenarios=(Scenario(id="my-seed", seed="Ask about\n\nthe moon: now."),),
            ),
            id="no front matter",
        ),
        pytest.param(
            "---\r\nid: moon\r\nname: The Moon\r\ndescription: d\r\ntags: [x]\r\ncanary: 'x: y'\r\n---\r\n"
            "Ask.\r\n---\r\nMore.",
            ScenarioFile(
                petri=1,
                name="the-moon",
                description="d",
                tags=("x",),
                scenarios=(Scenario(id="moon", seed="Ask.\r\n---\r\nMore."),),
            ),
            id="front matter",
        ),
        pytest.param(
            "---\n# nothing\n---\nAsk.",
            ScenarioFile(petri=1, name="my-seed", scenarios=(Scenario(id="my-seed", seed="Ask."),)),
            id="empty front matter",
        ),
    ],
)
def test_a_markdown_seed_is_a_scenario(text: str, spec: ScenarioFile) -> None:
    Path("My seed.md").write_bytes(text.encode())
    assert load_file(Path("My seed.md")).spec == spec


def test_json_lines_are_scenarios() -> None:
    lines: list[dict[str, object]] = [
        {"seed": "first \ud83c\udf89".encode("utf-16", "surrogatepass").decode("utf-16")},
        {"input": "second", "id": "b", "tags": ["x"], "canary": "c"},
        {"seed": "{{v}}", "variables": {"v": [1, 2]}},
    ]
    file = _load("Seeds.jsonl", "\n\n".join(map(json.dumps, lines)) + "\n")
    assert file.spec.scenarios == (
        Scenario(id="seeds-1", seed="first 🎉"),
        Scenario(id="b", seed="second", tags=("x",)),
        Scenario(id="seeds-5", seed="{{v}}", variables={"v": (1, 2)}),
    )
    assert str(file.places["b"].fault(("seed",), "x")) == "Seeds.jsonl:3:1: x"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_files_are_valid(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=scenario.schema.json\n")
    assert load_file(path).spec.name == path.stem
    jsonschema.validate(_plain(text), scenario_json_schema(), jsonschema.Draft7Validator)


def _plain(text: str) -> Any:
    """The file as an editor sees it: dates are text there, as in the loader."""
    data: Any = YAML(typ="safe", pure=True).load(text)  # pyright: ignore[reportUnknownMemberType]
    return json.loads(json.dumps(data, default=lambda date: date.isoformat()))


def test_the_committed_schema_is_the_generated_one() -> None:
    committed = (SCENARIOS / "scenario.schema.json").read_text(encoding="utf-8")
    generated = json.dumps(scenario_json_schema(), indent=2, ensure_ascii=False) + "\n"
    assert committed == generated, "run: make schemas"


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        pytest.param(FULL, True, id="everything"),
        pytest.param("{petri: 1, name: n, seed: s, system: ~}", True, id="single"),
        pytest.param("{petri: 1, name: n, seed: s, scenarios: [{id: a, seed: s}]}", False, id="both forms"),
        pytest.param("{petri: 1, name: n}", False, id="neither form"),
        pytest.param(
            "{petri: 1, name: n, system: x, scenarios: [{id: a, seed: s}]}", False, id="mixed forms"
        ),
        pytest.param("{petri: 1, name: n, seed: s, sytem: x}", False, id="unknown key"),
        pytest.param("{petri: 1, name: N, seed: s}", False, id="not a slug"),
        pytest.param("{petri: 1, name: n, seed: s, audit: {realism: 'on'}}", False, id="wrong choice"),
        pytest.param("{petri: 1, name: n, seed: '{{a}}', variables: {a: []}}", False, id="no values"),
        pytest.param("{petri: 1, name: n, seed: '{{a}}', variables: {A: [1]}}", False, id="variable name"),
        pytest.param(
            "{petri: 1, name: n, seed: s, models: {target: [a/b, {mode: x}]}}", False, id="model settings"
        ),
    ],
)
def test_the_schema_and_the_loader_agree(text: str, accepted: bool) -> None:  # noqa: FBT001
    validator: Any = jsonschema.Draft7Validator(scenario_json_schema())
    try:
        _load("f.yaml", text)
    except PetriError:
        loaded = False
    else:
        loaded = True
    assert (validator.is_valid(_plain(text)), loaded) == (accepted, accepted)
