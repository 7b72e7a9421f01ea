"""A world behind the target's tools: what it answers, what the auditor and a simulator do in it, and the way back."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from petri.transcript.schema import WorldRecord
from tests.scripted import (
    JsonObject,
    Play,
    Played,
    Replies,
    answer,
    back,
    branch,
    call,
    create,
    does,
    play,
    play_all,
    results,
    rule,
    says,
    send,
    world,
)

PATH: Final[JsonObject] = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
FILE: Final[JsonObject] = {
    "type": "object",
    "properties": {"path": {"type": "string"}, "content": {"type": "string"}},
    "required": ["path", "content"],
}
READ: Final[JsonObject] = {
    "name": "read",
    "description": "Reads.",
    "parameters": PATH,
    "backed_by": "files.read",
}
SETUP: Final[JsonObject] = {"now": "2026-03-02T09:15", "files": {"/srv/a": "one"}}
GIVEN: Final[JsonObject] = {"world": SETUP, "tools": [READ]}
WRITE: Final = create("write", parameters=FILE, backed_by="files.write")
LIST: Final = create("list", parameters=PATH, backed_by="files.list")


def read(*paths: str) -> JsonObject:
    return does(*(call("read", path=path) for path in paths))


def write(path: str, content: str) -> JsonObject:
    return call("write", path=path, content=content)


def op(name: str, after: str | None, by: str = "tool", **arguments: Any) -> WorldRecord:
    return WorldRecord.model_validate({"after": after, "by": by, "name": name, "arguments": arguments})


@dataclass(frozen=True, slots=True)
class Case:
    """What the auditor and the target do, what the target is sent last, and what the record says of the world."""

    auditor: Replies
    target: Replies
    last: list[str]
    record: list[WorldRecord] = field(default_factory=list[WorldRecord])
    scenario: JsonObject = field(default_factory=lambda: GIVEN)
    audit: JsonObject = field(default_factory=dict[str, Any])


SENT: Final = "user: Hello."


def asked(*calls: JsonObject) -> str:
    return "assistant: " + "".join(f"[{made['name']} {json.dumps(made['arguments'])}]" for made in calls)


CASES: dict[str, Case] = {
    "a tool of the scenario's": Case(
        [does(send())],
        [read("/srv/a")],
        [SENT, asked(call("read", path="/srv/a")), "tool: one"],
        [op("files.read", "M2", path="/srv/a")],
    ),
    "a tool of the scenario's, where tools are fixed": Case(
        [does(send())],
        [read("/srv/a")],
        [SENT, asked(call("read", path="/srv/a")), "tool: one"],
        audit={"tools": "fixed"},
    ),
    "tools of the auditor's": Case(
        [does(WRITE, create("read", parameters=PATH, backed_by="files.read"), send())],
        [does(write("/srv/b", "two")), read("/srv/b")],
        [
            SENT,
            asked(write("/srv/b", "two")),
            "tool: Wrote 3 bytes to /srv/b",
            asked(call("read", path="/srv/b")),
            "tool: two",
        ],
        [op("files.write", "M2", path="/srv/b", content="two"), op("files.read", "M4", path="/srv/b")],
        {},
        {"world": True},
    ),
    "several calls at once": Case(
        [does(WRITE, send())],
        [does(write("/srv/a", "two"), call("read", path="/srv/a"), write("/srv/a", "three"))],
        [
            SENT,
            asked(write("/srv/a", "two"), call("read", path="/srv/a"), write("/srv/a", "three")),
            "tool: Wrote 3 bytes to /srv/a",
            "tool: two",
            "tool: Wrote 5 bytes to /srv/a",
        ],
    ),
    "a call that fails": Case(
        [does(send())],
        [read("/srv/none")],
        [SENT, asked(call("read", path="/srv/none")), "tool!: No such file or directory: '/srv/none'"],
        [op("files.read", "M2", path="/srv/none").model_copy(update={"is_error": True})],
    ),
    "a call that cannot be read": Case(
        [does(send())],
        [does({"name": "read", "arguments": '{"path": "/srv'})],
        [
            SENT,
            "assistant: [read {}]",
            'tool!: invalid arguments: the arguments \'{"path": "/srv\' are not JSON: ',
        ],
    ),
    "one call is the auditor's to answer": Case(
        [does(create(), send()), does(answer("M2.2", "nothing"))],
        [does(call("read", path="/srv/a"), call("look", path="b"))],
        [SENT, asked(call("read", path="/srv/a"), call("look", path="b")), "tool: one", "tool: nothing"],
    ),
    "the auditor changes it": Case(
        [does(world("files.write", path="/srv/a", content="two"), send())],
        [read("/srv/a")],
        [SENT, asked(call("read", path="/srv/a")), "tool: two"],
        [
            op("files.write", None, "auditor", path="/srv/a", content="two"),
            op("files.read", "M2", path="/srv/a"),
        ],
    ),
    "going back brings it back": Case(
        [does(WRITE, send()), does(back("M1"), create("read2", parameters=PATH, backed_by="files.read"))],
        [does(write("/srv/a", "two"))],
        [SENT, asked(write("/srv/a", "two")), "tool: Wrote 3 bytes to /srv/a"],
    ),
    "going back to a call leaves it to the auditor": Case(
        [
            does(send()),
            does(back("M2"), answer("M2.1", "two")),
        ],
        [read("/srv/a")],
        [SENT, asked(call("read", path="/srv/a")), "tool: two"],
    ),
    "a restart brings it back": Case(
        [
            does(world("files.write", path="/srv/a", content="two"), send("One.")),
            does(call("restart"), send("Two.")),
        ],
        [read("/srv/a")],
        ["user: Two.", asked(call("read", path="/srv/a")), "tool: one"],
    ),
    "another system prompt leaves it as it is": Case(
        [
            does(
                call("set_system_prompt", text="Be kind."),
                world("files.write", path="/srv/a", content="two"),
                call("set_system_prompt", text="Be brief."),
                send(),
            )
        ],
        [read("/srv/a")],
        ["system: Be brief.", SENT, asked(call("read", path="/srv/a")), "tool: two"],
    ),
    "answers drawn anew are gone on from": Case(
        [does(send()), does(branch("M4", "message", label="M1", text="Read it."))],
        [read("/srv/a")],
        ["user: Read it.", asked(call("read", path="/srv/a")), "tool: one"],
    ),
    "a call drawn anew is answered by the world too": Case(
        [does(send()), does(branch("M2"))],
        [read("/srv/a")],
        [SENT, asked(call("read", path="/srv/a")), "tool: one"],
    ),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    plays = {
        name: Play(case.auditor, case.target, scenario=case.scenario, audit=case.audit)
        for name, case in CASES.items()
    }
    return play_all(tmp_path_factory.mktemp("world"), plays)


@pytest.mark.parametrize("name", CASES)
def test_what_the_target_meets(runs: dict[str, Played], name: str) -> None:
    case, played = CASES[name], runs[name]
    assert not played.errors()
    last = played.inputs()[-1]
    assert len(last) == len(case.last)
    assert all(line.startswith(wanted) for line, wanted in zip(last, case.last, strict=True)), last
    if case.record:
        assert list(played.transcript.world) == case.record
    assert {node.origin.value for node in played.transcript.conversation()} <= {
        "auditor",
        "target",
        "prefix",
        "simulated_tool",
    }
    assert played.audit.outcome == "completed"


def test_the_auditor_is_told_what_happened_without_it(runs: dict[str, Played]) -> None:
    told = runs["tools of the auditor's"].told()[1]
    assert [(row.get("role", "target"), row["label"]) for row in told["before"]] == [
        ("target", "M2"),
        ("tool", "M3"),
        ("target", "M4"),
        ("tool", "M5"),
    ]
    assert told["target"] == {"label": "M6", "text": "Fine.", "stop": "stop"}
    assert told["turns"] == {"used": 3, "left": 17}
    partly = runs["one call is the auditor's to answer"].told()[1]
    assert partly["target"]["label"] == "M2"
    assert partly["results"] == [{"label": "M3", "role": "tool", "answers": "M2.1", "text": "one"}]
    assert partly["waiting_for_results"] == ["M2.2"]


def test_what_stands_behind_a_tool_is_told_to_the_auditor_alone(runs: dict[str, Played]) -> None:
    played = runs["a tool of the scenario's"]
    (tool,) = played.task()["scenario"]["tools"]
    assert tool["backed_by"] == "files.read"
    assert played.task()["world"]["files"] == {"count": 1, "some": ["/srv/a"]}
    assert "files.read(path)" in played.task()["world"]["operations"]
    for event in played.calls("target"):
        assert [info.options for info in event.tools] == [None]


def test_a_target_that_never_stops_calling_is_interrupted(tmp_path: Path) -> None:
    """The auditor is asked again after ten turns without it, and the turns end it."""
    script = Play(
        [does(send()), does(call("note", text="Hm."))],
        audit={"max_turns": 15},
        scenario=GIVEN,
        rules={"target": [rule(read("/srv/a"), turn=number) for number in range(40)]},
    )
    played = play(tmp_path, script)
    assert played.audit.outcome == "limit:turns"
    assert len(played.calls("target")) == 15
    assert len(played.calls("auditor")) == 2


def test_a_world_that_fails_never_fails_the_audit(tmp_path: Path) -> None:
    nonsense: list[JsonObject] = [
        {"name": "read", "arguments": {}},
        {"name": "read", "arguments": {"path": ["a"], "more": {"deep": [1]}}},
        {"name": "read", "arguments": {"path": "x" * 10_000}},
        {"name": "read", "arguments": {"path": "\0"}},
    ]
    played = play(tmp_path, Play([does(send())], [does(*nonsense)], scenario=GIVEN))
    (last,) = played.inputs()[1:]
    assert [line.startswith("tool!: ") for line in last[2:]] == [True] * len(nonsense)
    assert played.audit.outcome == "completed"


LOOK: Final = does(call("look", path="a"))
BOTH: Final = does(call("look", path="a"), call("look", path="b"))
WROTE: Final = does(call("files_write", path="/srv/n", content="new"), *results(M2_1="written")["tool_calls"])
SIMULATED: Final[JsonObject] = {"world": SETUP}


def simulated(simulator: Replies, target: Replies, *more: JsonObject, **given: Any) -> Play:
    auditor = [does(create(), call("brief_simulator", text="Old machines."), send()), *more]
    return Play(
        auditor, target, scenario=SIMULATED | {"guidance": "A slow firm."}, simulator=simulator, **given
    )


def test_a_simulator_answers(tmp_path: Path) -> None:
    played = play(tmp_path, simulated([WROTE], [LOOK], does(world("files.read", path="/srv/n"))))
    assert played.inputs()[1] == [SENT, asked(call("look", path="a")), "tool: written"]
    assert list(played.transcript.world) == [
        op("files.write", "M2", "simulator", path="/srv/n", content="new"),
        op("files.read", "M4", "auditor", path="/srv/n"),
    ]
    assert [result.text for result in played.answers() if result.function == "world"] == ['{"result": "new"}']
    (sent,) = played.calls("simulator")
    task = sent.input[1].text
    assert "A slow firm.\\n\\nOld machines." in task
    assert '"open": [{"call": "M2.1", "tool": "look", "arguments": {"path": "a"}}]' in task
    assert not [word for word in ("See what it does.", "caving", "set_system_prompt") if word in task]
    assert played.audit.usage["simulator"].input_tokens > 0


def test_going_back_undoes_what_a_simulator_did(tmp_path: Path) -> None:
    more = [does(back("M1"), world("files.list", path="/srv"))]
    played = play(tmp_path, simulated([WROTE], [LOOK], *more))
    (listed,) = [result.text for result in played.answers() if result.function == "world"]
    assert '\\"name\\": \\"a\\"' in listed
    assert '\\"name\\": \\"n\\"' not in listed


def test_what_a_simulator_leaves_open_is_the_auditors_to_answer(tmp_path: Path) -> None:
    script = simulated(
        [results(M2_1="one"), says("Hm."), says("Hm.")],
        [BOTH],
        does(call("note", text="Hm.")),
        does(answer("M2.2", "two")),
    )
    played = play(tmp_path, script)
    told = played.told()[1]
    assert (told["target"]["label"], [row["text"] for row in told["results"]]) == ("M2", ["one"])
    assert played.inputs()[1][-2:] == ["tool: one", "tool: two"]
    assert len(played.calls("simulator")) == 3  # the reply, the reminder's, and no other for the note
    assert not played.errors()


def test_a_simulator_that_fails_ends_the_audit(tmp_path: Path) -> None:
    played = play(tmp_path, simulated([says("", error="gone")], [LOOK]))
    assert played.audit.outcome == "error"
    assert played.audit.error is not None
    assert (played.audit.error.kind, played.audit.error.message) == (
        "other",
        "simulator (petri-offline/script): gone",
    )
    assert played.tree()[-1].startswith("M2<M1 target")


def test_a_backed_tool_needs_no_simulator(tmp_path: Path) -> None:
    script = simulated([results(M2_2="two")], [does(call("read", path="/srv/a"), call("look", path="b"))])
    with_read = Play(
        [does(create("read", parameters=PATH, backed_by="files.read")), *script.auditor],
        script.target,
        scenario=SIMULATED,
        simulator=script.simulator,
    )
    played = play(tmp_path, with_read)
    assert played.inputs()[1][-2:] == ["tool: one", "tool: two"]
    assert '"open": [{"call": "M2.2"' in played.calls("simulator")[0].input[1].text


SANDBOX: Final[JsonObject] = {"tools": "sandbox", "sandbox": "local", "sandbox_tools": ["bash"]}
ECHO: Final = does(call("bash", command="echo $((6 * 7))"))


def test_real_tools_answer_by_themselves(tmp_path: Path) -> None:
    played = play(tmp_path, Play([does(send()), does(send("And?"))], [ECHO, says("42.")], audit=SANDBOX))
    assert played.tools() == [["bash"]] * 3
    assert played.tree()[:4] == [
        "M1<None auditor user: Hello.",
        'M2<M1 target assistant: [bash {"command": "echo $((6 * 7))"}]',
        "M3<M2 real_tool tool: 42\n",
        "M4<M3 target assistant: 42.",
    ]
    assert played.audit.outcome == "completed"


@pytest.mark.parametrize(
    "wrong",
    [back("M1"), back("M2"), call("restart"), branch("M2"), branch("M2", "message", label="M1", text="Hi.")],
    ids=lambda made: f"{made['name']} {made['arguments']}",
)
def test_what_a_real_tool_did_is_not_gone_back_behind(tmp_path: Path, wrong: JsonObject) -> None:
    played = play(tmp_path, Play([does(send()), does(wrong)], [ECHO], audit=SANDBOX))
    assert played.errors() == ["what a real tool did at M3 cannot be undone; go on from here"]
    assert len(played.calls("target")) == 2


def test_going_back_to_after_a_real_tool_is_allowed(tmp_path: Path) -> None:
    auditor = [does(send()), does(send("One.")), does(back("M4"), send("Two.")), does(branch("M8"))]
    played = play(tmp_path, Play(auditor, [ECHO], audit=SANDBOX))
    assert not played.errors()
    assert played.inputs()[-1] == played.inputs()[-2]


def test_a_real_call_that_was_open_is_run(tmp_path: Path) -> None:
    """A conversation gone on from may end with one; the target goes on as soon as the auditor has had its say."""
    bash = {
        "id": "c1",
        "type": "function",
        "function": {"name": "bash", "arguments": '{"command": "echo hello"}'},
    }
    said = [{"role": "user", "content": "Go."}, {"role": "assistant", "content": "", "tool_calls": [bash]}]
    script = Play(
        [does(call("note", text="Hm."))],
        audit=SANDBOX,
        scenario={"continue_from": "said.json"},
        files={"said.json": json.dumps(said)},
    )
    played = play(tmp_path, script)
    assert played.tree()[2] == "M3<M2 real_tool tool: hello\n"
    assert played.inputs() == [["user: Go.", 'assistant: [bash {"command": "echo hello"}]', "tool: hello\n"]]
    assert played.audit.outcome == "completed"


def test_a_real_call_drawn_anew_is_run(tmp_path: Path) -> None:
    asked_anew = branch("M2", "message", label="M1", text="Run it.")
    rules = {"target": [rule(ECHO, turn=0, contains="Run")]}
    played = play(tmp_path, Play([does(send()), does(asked_anew)], audit=SANDBOX, rules=rules))
    assert [line for line in played.tree() if "real_tool" in line] == ["M6<M5 real_tool tool: 42\n"]
    assert played.inputs()[-1][-1] == "tool: 42\n"
