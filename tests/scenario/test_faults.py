"""What people get wrong in scenario files, and the exact answer to each."""

from pathlib import Path

import pytest

from petri.errors import InvalidFile
from petri.scenario.load import load_file

HEAD = "petri: 1\nname: n\n"
BODY = (
    "severity, observable, dimensions, needs, tactic, domain, language, seed, tags, variables, system, tools, "
    "validity, guidance, stop_when, date, locale, continue_from, world, control_for, expect, checks"
)
AUDIT = (
    "max_turns, epochs, tools, sandbox, sandbox_tools, world, rollback, branch_samples, prefill, realism, compaction, "
    "target_display_name"
)
ONE = HEAD + "scenarios:\n  - id: a\n    seed: s\n"


def _faults(text: str, name: str = "f.yaml") -> list[str]:
    path = Path(name)
    path.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(InvalidFile) as caught:
        load_file(path)
    return str(caught.value).split("\n")


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        pytest.param(
            ONE + "    sed: x\n",
            [
                (
                    "f.yaml:6:5: unknown key 'sed' in 'scenarios' item 1 (did you mean 'seed'?); "
                    f"known keys: {BODY}, id"
                )
            ],
            id="unknown key",
        ),
        pytest.param(
            HEAD + "audit: {epoch: 1, turns: 2}\nscenarios: [{id: a, seed: s}]",
            [
                f"f.yaml:3:9: unknown key 'epoch' in 'audit' (did you mean 'epochs'?); known keys: {AUDIT}",
                f"f.yaml:3:19: unknown key 'turns' in 'audit' (did you mean 'max_turns'?); known keys: {AUDIT}",
            ],
            id="unknown keys",
        ),
        pytest.param(
            "petri: 1\nscenarios:\n  - seed: s\n  - id: b\n",
            [
                "f.yaml:1:1: missing key 'name' in the file; required there: petri, name, scenarios",
                "f.yaml:3:5: missing key 'id' in 'scenarios' item 1; required there: seed, id",
                "f.yaml:4:5: missing key 'seed' in 'scenarios' item 2; required there: seed, id",
            ],
            id="missing keys",
        ),
        pytest.param("[a]", ["f.yaml:1:1: the file should be a mapping, found a list"], id="not a mapping"),
        pytest.param(
            HEAD + "scenarios: []",
            ["f.yaml:3:12: 'scenarios' is empty; it needs at least one entry"],
            id="no scenario",
        ),
        pytest.param(
            ONE.replace("seed: s", "seed: ''"),
            ["f.yaml:5:11: 'seed' is empty; write something, or remove the key"],
            id="empty text",
        ),
        pytest.param(
            ONE.replace("petri: 1", "petri: 2"),
            ["f.yaml:1:8: 'petri' should be 1, found 2"],
            id="format version",
        ),
        pytest.param(
            ONE.replace("name: n", "name: My File"),
            [
                (
                    "f.yaml:2:7: 'name' should be lower-case letters, digits, '-' and '_' (at most 64), such as "
                    "'my-file', "
                    "found 'My File'"
                )
            ],
            id="not a slug",
        ),
        pytest.param(
            ONE + "    tags: [fine, 5]\n",
            ["f.yaml:6:18: 'tags' item 2 should be text, found 5; put it in quotes: \"5\""],
            id="number for text",
        ),
        pytest.param(
            HEAD + 'audit: {max_turns: "20", rollback: no, epochs: 1.5}\nscenarios: [{id: a, seed: s}]',
            [
                "f.yaml:3:20: 'max_turns' should be a whole number, found '20'",
                "f.yaml:3:36: 'rollback' should be true or false, found 'no'; write true or false",
                "f.yaml:3:48: 'epochs' should be a whole number, found 1.5",
            ],
            id="wrong types",
        ),
        pytest.param(
            HEAD + "audit: {max_turns: 0, tools: simulate, realism: 2}\nscenarios: [{id: a, seed: s}]",
            [
                "f.yaml:3:20: 'max_turns' should be at least 1, found 0",
                (
                    "f.yaml:3:30: 'tools' should be 'simulated', 'fixed', 'none' or 'sandbox', found 'simulate' "
                    "(did you mean 'simulated'?)"
                ),
                "f.yaml:3:49: 'realism' should be at most 1, found 2",
            ],
            id="wrong values",
        ),
        pytest.param(
            HEAD + "audit: {realism: on}\nscenarios: [{id: a, seed: s}]",
            ["f.yaml:3:18: 'realism' should be 'off' or a number, found 'on'"],
            id="neither of two kinds",
        ),
        pytest.param(
            HEAD + "models:\n  auditor: 5\n  target:\n    - x/y\n    - {model: x/z, temprature: 1}\n"
            "  judge: {temperature: hot}\nscenarios: [{id: a, seed: s}]",
            [
                "f.yaml:4:12: 'auditor' should be text or a mapping, found 5",
                (
                    "f.yaml:7:20: unknown key 'temprature' in 'target' item 2 (did you mean 'temperature'?); known "
                    "keys: "
                    "model, base_url, args, temperature, top_p, top_k, max_tokens, seed, stop_seqs, reasoning_effort, "
                    "reasoning_tokens, timeout, attempt_timeout, max_retries, max_connections, rpm, extra_body, "
                    "tool_calling, prefill, batch, quirk"
                ),
                "f.yaml:8:10: missing key 'model' in 'judge'; required there: model",
                "f.yaml:8:24: 'temperature' should be a number, found 'hot'",
            ],
            id="models in all their forms",
        ),
        pytest.param(
            HEAD + "models:\nscenarios: [{id: a, seed: s}]",
            ["f.yaml:3:1: 'models' should be a mapping, found nothing; remove the key, or give it a value"],
            id="a section left empty",
        ),
        pytest.param(
            ONE + "    seed: t\n",
            ["f.yaml:6:5: duplicate key 'seed'; it is already on line 5"],
            id="duplicate key",
        ),
        pytest.param(
            ONE + "  - id: a\n    seed: t\n",
            ["f.yaml:6:9: duplicate scenario id 'a'; it is already on line 4"],
            id="duplicate id",
        ),
        pytest.param(
            ONE + "    tags: *t\n    system: !x y\n",
            [
                "f.yaml:6:11: alias '*t'; write the value out again",
                "f.yaml:7:13: tag '!x'; tags are not used here: remove it",
            ],
            id="alias and tag",
        ),
        pytest.param(
            ONE + "    <<: *t\n    idd: b\n",
            [
                "f.yaml:6:9: alias '*t'; write the value out again",
                (
                    "f.yaml:7:5: unknown key 'idd' in 'scenarios' item 1 (did you mean 'id'?); "
                    f"known keys: {BODY}, id"
                ),
            ],
            id="merge key, and what the types say, together",
        ),
        pytest.param(ONE + "\tsystem: x\n", ["f.yaml:6:1: indented with a tab; use spaces"], id="tab"),
        pytest.param(
            HEAD + "seed: s\nscenarios: [{id: a, seed: s}]",
            [
                (
                    "f.yaml:3:1: 'seed' and 'scenarios' together; a file holds one scenario at the top level or a list "
                    "of them"
                )
            ],
            id="both forms",
        ),
        pytest.param(
            HEAD + "seed: s\nsede: t\n",
            [
                (
                    f"f.yaml:4:1: unknown key 'sede' in the file (did you mean 'seed'?); known keys: {BODY}, "
                    "petri, name, description, family, models, audit, judge, prompts, skills, id"
                )
            ],
            id="unknown key at the top level of a single scenario",
        ),
        pytest.param(
            HEAD + "dimensions: []",
            ["f.yaml:3:1: a rubric file, where a scenario file is wanted; name rubrics under judge: rubric"],
            id="a rubric",
        ),
    ],
)
def test_the_form_of_a_file(text: str, faults: list[str]) -> None:
    assert _faults(text) == faults


@pytest.mark.parametrize(
    ("more", "faults"),
    [
        pytest.param(
            "    system: I am {{persona}} and {{persno}}.\n    variables: {persona: [x, y]}\n",
            ["f.yaml:6:34: unknown variable {{persno}} (did you mean 'persona'?); variables: persona"],
            id="unknown variable",
        ),
        pytest.param(
            "    system: |\n      One {{x}}\n      🎉 é {{x}}\n",
            ["f.yaml:7:11: unknown variable {{x}}; variables: none"],
            id="unknown variable, said once",
        ),
        pytest.param(
            "    validity: Saw {{ x }}.\n    variables: {x: [1]}\n",
            [
                (
                    "f.yaml:6:19: '{{ x }}' is not a placeholder; write {{name}} without spaces, the name in "
                    "lower-case "
                    "letters, digits, '-' and '_'"
                ),
                "f.yaml:7:17: variable 'x' is never used; write {{x}} in the seed, or remove it",
            ],
            id="malformed placeholder",
        ),
        pytest.param(
            "    variables:\n      used: [1]\n      unused: [1]\n"
            "    tools: [{name: t, description: 'for {{used}}'}]\n",
            ["f.yaml:8:7: variable 'unused' is never used; write {{unused}} in the seed, or remove it"],
            id="unused variable",
        ),
        pytest.param(
            "    variables: {Bad: [1], e: [], l: [[1]]}\n",
            [
                (
                    "f.yaml:6:17: the key 'Bad' should be lower-case letters, digits, '-' and '_' (at most 64), such "
                    "as "
                    "'bad', found 'Bad'"
                ),
                "f.yaml:6:30: 'e' is empty; it needs at least one entry",
                "f.yaml:6:38: 'l' item 1 should be text, a whole number, a number or true or false, found a list",
            ],
            id="variables of the wrong form",
        ),
        pytest.param(
            "    system: '{{x}}'\n    variables: {x: [1, a, \"1\"]}\n",
            ["f.yaml:7:27: '1' is in 'x' twice; both would be one cell"],
            id="a value twice",
        ),
        pytest.param(
            "    system: '"
            + "".join(f"{{{{v{n}}}}}" for n in range(5))
            + "'\n    variables:\n"
            + "".join(f"      v{n}: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n" for n in range(5)),
            ["f.yaml:7:5: the variables make 100,000 combinations; 10,000 at most"],
            id="too many cells",
        ),
        pytest.param(
            "    control_for: b\n  - {id: c, seed: s}\n",
            ["f.yaml:6:18: 'control_for' names no scenario of this file: 'b'; ids: c"],
            id="control of nothing",
        ),
        pytest.param(
            "    control_for: a\n",
            ["f.yaml:6:18: 'control_for' names the scenario itself; name the one it is a control for"],
            id="control of itself",
        ),
        pytest.param(
            "    tools:\n      - {name: read file, description: d}\n",
            [
                (
                    "f.yaml:7:16: 'name' should be letters, digits, '_' and '-' (at most 64), starting with a letter "
                    "or "
                    "'_', found 'read file'"
                )
            ],
            id="tool name",
        ),
        pytest.param(
            "    tools:\n      - {name: t, description: d}\n      - {name: t, description: d}\n",
            ["f.yaml:8:16: duplicate tool name 't'"],
            id="tool twice",
        ),
        pytest.param(
            "    tools:\n      - {name: t, description: d, parameters: {type: array}}\n",
            ["f.yaml:7:54: the parameters of 't' should be a JSON Schema with 'type: object'"],
            id="parameters of another type",
        ),
        pytest.param(
            "    tools:\n      - name: t\n        description: d\n        parameters:\n          type: object\n"
            "          properties: {a: {type: strng}, b: {enum: 5}}\n          required: a\n",
            [
                (
                    "f.yaml:11:34: not a JSON Schema: 'type' should be array, boolean, integer, null, number, object "
                    "or "
                    "string, found 'strng'"
                ),
                "f.yaml:11:52: not a JSON Schema: 5 is not of type 'array'",
                "f.yaml:12:21: not a JSON Schema: 'a' is not of type 'array'",
            ],
            id="parameters that are no schema",
        ),
        pytest.param(
            "    expect: {x: {min: 5, max: 2.5}, y: {}}\n",
            [
                "f.yaml:6:17: no score can pass: 'min' 5 is above 'max' 2.5",
                "f.yaml:6:40: the gate on 'y' is empty; give 'min', 'max' or both",
            ],
            id="gates that gate nothing",
        ),
    ],
)
def test_what_a_scenario_says(more: str, faults: list[str]) -> None:
    assert _faults(ONE + more) == faults


def _model(settings: str) -> str:
    return HEAD + f"models:\n  target: {{model: a/b, {settings}}}\nscenarios: [{{id: a, seed: s}}]\n"


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ("args: {api_key: v}", "api_key"),
        ("args: {client: {x-api-key: v}}", "x-api-key"),
        ("args: {headers: [{Authorization: v}]}", "Authorization"),
        ("args: {apikey: v}", "apikey"),
        ("extra_body: {auth: [[{api-key: v}]]}", "api-key"),
        ("extra_body: {token: v}", "token"),
    ],
)
def test_a_secret_is_refused_wherever_it_stands(settings: str, name: str) -> None:
    (fault,) = _faults(_model(settings))
    assert fault.endswith(
        f"should hold no secret such as {name!r}: keys come from the environment or .env, for files are shared"
    )


@pytest.mark.parametrize("url", ["https://me:hunter2@host/v1", "http://hunter2@host"])
def test_a_password_in_an_address_is_refused_and_not_repeated(url: str) -> None:
    assert _faults(_model(f"base_url: '{url}'")) == [
        (
            "f.yaml:4:34: 'base_url' should hold no user name or password before '@': keys come from the environment "
            "or .env, for files are shared"
        )
    ]


def test_what_is_no_secret_is_accepted() -> None:
    settings = "base_url: 'http://host/a@b', args: {max_tokens: 5, keys: [1]}, extra_body: {a: {b: 1}}"
    Path("f.yaml").write_text(_model(settings))
    load_file(Path("f.yaml"))


NO_TOOLS = "a world stands behind tools, and audit.tools is none; choose simulated or fixed"


@pytest.mark.parametrize(
    ("settings", "faults"),
    [
        pytest.param("models: {realism: a/b}\naudit: {realism: 0.5}\n", [], id="a model that checks"),
        pytest.param(
            "models: {realism: a/b}\n", [], id="a model that checks, for a flag to set the threshold"
        ),
        pytest.param(
            "audit: {realism: 0.5}\n",
            ["f.yaml:3:18: audit.realism needs a model that checks; name one under models.realism"],
            id="realism without a model",
        ),
        pytest.param("audit: {tools: sandbox, sandbox: docker}\n", [], id="a sandbox"),
        pytest.param(
            "audit: {tools: sandbox}\n",
            [
                "f.yaml:3:16: audit.tools is sandbox, and no sandbox is named; set audit.sandbox, such as docker"
            ],
            id="no sandbox named",
        ),
        pytest.param(
            "models: {simulator: a/b}\naudit: {tools: sandbox, sandbox: docker}\n",
            ["f.yaml:3:21: tools of a sandbox are real; leave models.simulator empty"],
            id="a simulator of real tools",
        ),
        pytest.param(
            "audit: {tools: none, world: true}\n", [f"f.yaml:3:16: {NO_TOOLS}"], id="nothing shows it"
        ),
        pytest.param(
            "audit: {tools: none}\nmodels: {simulator: a/b}\n",
            [f"f.yaml:3:16: {NO_TOOLS}"],
            id="a simulator of no tools",
        ),
        pytest.param(
            "models: {simulator: a/b}\naudit: {tools: fixed}\n", [], id="a simulator of fixed tools"
        ),
        pytest.param(
            "audit: {branch_samples: 0, compaction: 500, sandbox_tools: [bash, vim]}\n",
            [
                "f.yaml:3:25: 'branch_samples' should be at least 1, found 0",
                "f.yaml:3:40: 'compaction' should be at least 1000, found 500",
                (
                    "f.yaml:3:67: 'sandbox_tools' item 2 should be 'bash', 'python' or 'text_editor', "
                    "found 'vim'"
                ),
            ],
            id="wrong values",
        ),
        pytest.param(
            "models: {target: {model: a/b, tool_calling: texts, prefill: yes}}\n",
            [
                (
                    "f.yaml:3:45: 'tool_calling' should be 'native', 'text' or 'auto', found 'texts' "
                    "(did you mean 'text'?)"
                ),
                "f.yaml:3:61: 'prefill' should be true or false, found 'yes'; write true or false",
            ],
            id="how a model is spoken to",
        ),
    ],
)
def test_settings_that_cannot_be_meant_together(settings: str, faults: list[str]) -> None:
    text = HEAD + settings + "seed: s\n"
    if faults:
        assert _faults(text) == faults
    else:
        Path("f.yaml").write_text(text)
        load_file(Path("f.yaml"))


def test_tools_where_there_are_to_be_none() -> None:
    text = (
        HEAD
        + "audit: {tools: none}\nscenarios:\n  - id: a\n    seed: s\n    tools: [{name: t, description: d}]\n"
    )
    fault = "f.yaml:7:5: tools are given, but 'audit: tools' is 'none'; remove one of the two"
    assert _faults(text) == [fault]


@pytest.mark.parametrize(
    ("audit", "needs", "faults"),
    [
        pytest.param("{}", "tools, rollback", [], id="met by the defaults"),
        pytest.param("{prefill: true, tools: fixed}", "tools, prefill", [], id="met"),
        pytest.param(
            "{rollback: false, tools: none}",
            "rollback, prefill, tools",
            [
                "f.yaml:4:38: the scenario needs rollback, and audit.rollback is false; set it to true",
                "f.yaml:4:48: the scenario needs prefill, and audit.prefill is false; set it to true",
                "f.yaml:4:57: the scenario needs tools, and audit.tools is none; set it to simulated",
            ],
            id="unmet",
        ),
        pytest.param("{}", "tools, tools", ["f.yaml:4:45: 'tools' is named twice"], id="twice"),
    ],
)
def test_what_a_scenario_cannot_do_without(audit: str, needs: str, faults: list[str]) -> None:
    text = f"petri: 1\nname: n\naudit: {audit}\n{{seed: s, id: a, needs: [{needs}]}}\n"
    text = text.replace("{seed", "scenarios: [{seed").replace("]}", "]}]")
    if faults:
        assert _faults(text) == faults
    else:
        Path("f.yaml").write_text(text)
        load_file(Path("f.yaml"))


def test_faults_are_the_same_with_a_BOM_and_CRLF() -> None:  # noqa: N802 -- as people write it
    text = "\ufeff" + (ONE + "    sytem: x\n").replace("\n", "\r\n")
    assert _faults(text)[0].startswith(
        "f.yaml:6:5: unknown key 'sytem' in 'scenarios' item 1 (did you mean 'system'?)"
    )


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        pytest.param(
            "---\ntags: [a]\ndocker_image: x\n---\nseed",
            [
                (
                    "f.md:3:1: unknown key 'docker_image' in the front matter; known keys: id, name, description, "
                    "tags, "
                    "canary"
                )
            ],
            id="unknown key",
        ),
        pytest.param(
            "---\ntags: [a]\n---\n \n",
            ["f.md:4:1: no text below the front matter; it is the seed"],
            id="no body",
        ),
        pytest.param(
            "---\ntags: [a]\n",
            ["f.md:1:1: the front matter is not closed; end it with a line '---'"],
            id="open",
        ),
        pytest.param("Say {{x}}", ["f.md:1:5: unknown variable {{x}}; variables: none"], id="placeholder"),
    ],
)
def test_markdown_seeds(text: str, faults: list[str]) -> None:
    assert _faults(text, "f.md") == faults


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        pytest.param(
            '{"seed": "a"}\n\n{"sede": "b"}\nnot json\n[1]\n{"seed": "c", "seed": "d"}\n{"seed": "e", "input": "f"}',
            [
                "f.jsonl:3:1: missing key 'seed' in line 3; required there: seed",
                (
                    "f.jsonl:3:1: unknown key 'sede' in line 3 (did you mean 'seed'?); "
                    f"known keys: {BODY}, id, name, description, canary"
                ),
                "f.jsonl:4:1: not JSON: Expecting value",
                "f.jsonl:5:1: each line should be a mapping with 'seed', found a list",
                "f.jsonl:6:1: not JSON that can be used: duplicate key 'seed'",
                "f.jsonl:7:1: 'seed' and 'input' together; they mean the same, keep one",
            ],
            id="each line",
        ),
        pytest.param(
            '{"seed": NaN}',
            ["f.jsonl:1:1: not JSON that can be used: NaN is not a number that can be used here"],
            id="NaN",
        ),
        pytest.param(
            '{"seed": "x\\ud83c"}',
            [
                "f.jsonl:1:1: not JSON that can be used: it holds half of a character; write the character itself"
            ],
            id="half",
        ),
        pytest.param(
            '{"seed": "x", "id": "a"}\n{"seed": "x", "id": "a"}',
            ["f.jsonl:2:1: duplicate scenario id 'a'; it is already on line 1"],
            id="duplicate id",
        ),
        pytest.param("\n", ["f.jsonl:0:0: the file is empty"], id="empty"),
    ],
)
def test_json_lines(text: str, faults: list[str]) -> None:
    assert _faults(text, "f.jsonl") == faults


def test_json_nested_beyond_reason_is_a_fault() -> None:
    assert _faults('{"seed": ' + "[" * 200_000, "f.jsonl")[0].startswith(
        "f.jsonl:1:1: not JSON that can be used: "
    )
