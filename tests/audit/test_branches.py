"""Going back and starting over: what comes back with the head, what the target meets there, and what stays recorded."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.scripted import (
    JsonObject,
    Play,
    Played,
    Replies,
    answer,
    back,
    call,
    create,
    does,
    end,
    play_all,
    says,
    send,
    shown,
)

SYSTEM = call("set_system_prompt", text="Be kind.")
LOOK = does(call("look", path="a"))
LOOKED = 'assistant: [look {"path": "a"}]'
FIXED: JsonObject = {
    "system": "Be fixed.",
    "tools": [{"name": "fixed", "description": "F.", "parameters": {"type": "object", "properties": {}}}],
}


@dataclass(frozen=True, slots=True)
class Case:
    """The auditor's replies up to its end, and the last input and tools of the target; ``told`` is its last answer."""

    auditor: Replies
    last: list[str]
    tools: list[str] = field(default_factory=list[str])
    target: Replies = ()
    told: str | None = None
    branches: int = 2
    scenario: JsonObject = field(default_factory=dict[str, Any])


CASES: dict[str, Case] = {
    "to a user message, which is answered anew": Case(
        [does(send("One.")), does(send("Two.")), does(back("M1"))],
        ["user: One."],
        told='{"head": "M1", "tools": [], "target_answers_next": true}',
    ),
    "to a message of the target's, where something else is sent": Case(
        [does(send("One.")), does(send("Two.")), does(back("M2"), send("Three."))],
        ["user: One.", "assistant: Fine.", "user: Three."],
        told='{"label": "M5"}',
    ),
    "to a message of the target's, over two replies": Case(
        [does(send("One.")), does(send("Two.")), does(back("M2")), does(send("Three."))],
        ["user: One.", "assistant: Fine.", "user: Three."],
    ),
    "to a tool result, which is answered anew": Case(
        [does(create(), send()), does(answer("M2.1")), does(send("Well?")), does(back("M3"))],
        ["user: Hello.", LOOKED, "tool: found it"],
        ["look"],
        [LOOK],
        told='{"head": "M3", "tools": ["look"], "target_answers_next": true}',
    ),
    "to a call, which gets another result": Case(
        [does(create(), send()), does(answer("M2.1")), does(back("M2"), answer("M2.1", "nothing"))],
        ["user: Hello.", LOOKED, "tool: nothing"],
        ["look"],
        [LOOK],
    ),
    "to a call: told what waits": Case(
        [
            does(create(), send()),
            does(answer("M2.1")),
            does(back("M2")),
            does(answer("M2.1", "nothing"), back("M2")),
        ],
        ["user: Hello.", LOOKED, "tool: found it"],
        ["look"],
        [LOOK],
        told='{"head": "M2", "tools": ["look"], "waiting_for_results": ["M2.1"]}',
        branches=1,
    ),
    "between two results, of which the other is given anew": Case(
        [
            does(create(), send()),
            does(answer("M2.1", "a"), answer("M2.2", "b")),
            does(back("M3"), answer("M2.2", "c")),
        ],
        [
            "user: Hello.",
            'assistant: [look {"path": "a"}][look {"path": "b"}]',
            "tool: a",
            "tool: c",
        ],
        ["look"],
        [does(call("look", path="a"), call("look", path="b"))],
    ),
    "to the system prompt": Case(
        [does(SYSTEM), does(send("One.")), does(back("M1"), send("Two."))],
        ["system: Be kind.", "user: Two."],
    ),
    "to the system prompt, which is then replaced": Case(
        [
            does(SYSTEM),
            does(send("One.")),
            does(back("M1"), call("set_system_prompt", text="Be brief."), send("Two.")),
        ],
        ["system: Be brief.", "user: Two."],
    ),
    "tools given later are gone": Case(
        [does(send("One.")), does(create(), send("Two.")), does(back("M1"))],
        ["user: One."],
        [],
    ),
    "tools taken away later are back": Case(
        [
            does(create(), send("One.")),
            does(call("remove_tool", name="look"), send("Two.")),
            does(back("M2"), send("Three.")),
        ],
        ["user: One.", "assistant: Fine.", "user: Three."],
        ["look"],
    ),
    "twice, from the same message": Case(
        [does(send("One.")), does(back("M1")), does(back("M1"))], ["user: One."], branches=3
    ),
    "a branch of a branch": Case(
        [
            does(send("One.")),
            does(send("Two.")),
            does(back("M2"), send("Three.")),
            does(send("Four.")),
            does(back("M6"), send("Five.")),
        ],
        [
            "user: One.",
            "assistant: Fine.",
            "user: Three.",
            "assistant: Fine.",
            "user: Five.",
        ],
        branches=3,
    ),
    "forth again to the other branch": Case(
        [
            does(send("One.")),
            does(send("Two.")),
            does(back("M2"), send("Three.")),
            does(back("M4"), send("Four.")),
        ],
        [
            "user: One.",
            "assistant: Fine.",
            "user: Two.",
            "assistant: Fine.",
            "user: Four.",
        ],
    ),
    "restart: nothing is left": Case(
        [does(SYSTEM, create(), send("One.")), does(call("restart"), send("Two."))],
        ["user: Two."],
        [],
    ),
    "restart: a new world": Case(
        [
            does(SYSTEM, create(), send("One.")),
            does(call("restart"), call("set_system_prompt", text="Be new."), create("find"), send("Two.")),
        ],
        ["system: Be new.", "user: Two."],
        ["find"],
    ),
    "restart: what the scenario fixes is back": Case(
        [
            does(call("remove_tool", name="fixed"), send("One.")),
            does(call("restart"), send("Two.")),
        ],
        ["system: Be fixed.", "user: Two."],
        ["fixed"],
        scenario=FIXED,
    ),
    "restart: told what is there": Case(
        [does(send("One.")), does(call("restart"), create())],
        ["system: Be fixed.", "user: One."],
        ["fixed"],
        told='{"tools": ["fixed", "look"]}',
        branches=1,
        scenario=FIXED,
    ),
    "restart, then back to the first conversation": Case(
        [
            does(SYSTEM, create(), send("One.")),
            does(call("restart"), send("Two.")),
            does(back("M3"), send("Three.")),
        ],
        ["system: Be kind.", "user: One.", "assistant: Fine.", "user: Three."],
        ["look"],
    ),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    plays = {
        name: Play([*case.auditor, does(end())], case.target, scenario=case.scenario)
        for name, case in CASES.items()
    }
    return play_all(tmp_path_factory.mktemp("branches"), plays)


@pytest.mark.parametrize("name", CASES)
def test_going_back(runs: dict[str, Played], name: str) -> None:
    case, played = CASES[name], runs[name]
    assert played.inputs()[-1] == case.last
    assert played.tools()[-1] == case.tools
    assert played.audit.branches == case.branches
    assert played.audit.outcome == "completed"
    assert not [result.text for result in played.answers() if result.error]
    if case.told is not None:
        assert played.answers()[-2].text == case.told


@pytest.mark.parametrize("name", CASES)
def test_nothing_that_was_said_is_lost(runs: dict[str, Played], name: str) -> None:
    played = runs[name]
    tree = played.transcript.conversation()
    spoken = [node.message.id for node in tree if node.origin == "target"]
    assert spoken == [event.output.message.id for event in played.calls("target")]
    for event in played.calls("target"):
        label = next(node.label for node in tree if node.message.id == event.output.message.id)
        path = [shown(node.message) for node in tree.path(label)]
        assert path == [*map(shown, event.input), shown(event.output.message)]
        assert [tool.name for tool in tree[label].tools] == [tool.name for tool in event.tools]


def test_a_whole_tree(runs: dict[str, Played]) -> None:
    assert runs["a branch of a branch"].tree() == [
        "M1<None auditor user: One.",
        "M2<M1 target assistant: Fine.",
        "M3<M2 auditor user: Two.",
        "M4<M3 target assistant: Fine.",
        "M5<M2 auditor user: Three.",
        "M6<M5 target assistant: Fine.",
        "M7<M6 auditor user: Four.",
        "M8<M7 target assistant: Fine.",
        "M9<M6 auditor user: Five.",
        "M10<M9 target assistant: Fine.",
    ]


def test_a_new_branch_may_go_on_with_other_words(tmp_path_factory: pytest.TempPathFactory) -> None:
    script = Play([does(send()), does(back("M1"))], [says("Aye.")])
    (played,) = play_all(tmp_path_factory.mktemp("again"), {"again": script}).values()
    assert [node.parent for node in played.transcript.conversation()] == [None, "M1", "M1"]
