"""An audit that goes on from a given conversation: all of it is there, and none of it is the target's doing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pytest

from tests.scripted import (
    JsonObject,
    Play,
    Played,
    Replies,
    answer,
    back,
    branch,
    call,
    does,
    play,
    play_all,
    score,
    send,
    verdict,
)

LOOK: Final[JsonObject] = {
    "id": "c1",
    "type": "function",
    "function": {"name": "look", "arguments": '{"path": "a"}'},
}
TOOL: Final[JsonObject] = {
    "type": "function",
    "function": {
        "name": "look",
        "description": "Looks.",
        "parameters": {"type": "object", "properties": {"path": {"type": "string"}}},
    },
}
ASKED: Final[list[JsonObject]] = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "Look."},
    {"role": "assistant", "content": "Yes.", "tool_calls": [LOOK]},
]
ANSWERED: Final = [*ASKED, {"role": "tool", "tool_call_id": "c1", "content": "found it"}]
SAID: Final = [*ANSWERED, {"role": "assistant", "content": "Found."}]
SHOWN: Final = [
    "system: Be kind.",
    "user: Look.",
    'assistant: Yes.[look {"path": "a"}]',
    "tool: found it",
    "assistant: Found.",
]


@dataclass(frozen=True, slots=True)
class Case:
    """What is gone on from, what the auditor does, and what the target is sent first and last."""

    messages: Sequence[JsonObject]
    auditor: Replies
    first: list[str]
    last: list[str] = field(default_factory=list[str])
    turns: int = 1
    audit: JsonObject = field(default_factory=dict[str, Any])
    more: JsonObject = field(default_factory=dict[str, Any])


CASES: dict[str, Case] = {
    "it ends with a reply": Case(SAID, [does(send())], [*SHOWN, "user: Hello."]),
    "it ends with a user's message": Case(
        ASKED[:2], [does(call("note", text="Hm."))], ["system: Be kind.", "user: Look."]
    ),
    "it ends with a result": Case(ANSWERED, [does(call("note", text="Hm."))], SHOWN[:4]),
    "it ends with an unanswered call": Case(ASKED, [does(answer("M3.1"))], SHOWN[:4]),
    "only its first messages": Case(SAID, [does(call("note", text="Hm."))], SHOWN[:2], more={"messages": 2}),
    "a restart brings it back": Case(
        SAID,
        [does(send("One.")), does(call("restart"), send("Two."))],
        [*SHOWN, "user: One."],
        [*SHOWN, "user: Two."],
    ),
    "going back to its end": Case(
        SAID,
        [does(send("One.")), does(back("M5"), send("Two."))],
        [*SHOWN, "user: One."],
        [*SHOWN, "user: Two."],
    ),
    "one of its messages changed": Case(
        SAID,
        [does(send("One.")), does(branch("M7", "message", label="M2", text="Please look."))],
        [*SHOWN, "user: One."],
        [SHOWN[0], "user: Please look.", *SHOWN[2:], "user: One."],
    ),
    "its system prompt changed": Case(
        SAID,
        [does(send("One.")), does(branch("M7", "system_prompt", text="Be curt."))],
        [*SHOWN, "user: One."],
        ["system: Be curt.", *SHOWN[1:], "user: One."],
    ),
    "without tools, an open call fails by itself": Case(
        ASKED,
        [does(send("Go on."))],
        [*SHOWN[:3], "tool!: There is no tool 'look'.", "user: Go on."],
        audit={"tools": "none"},
    ),
    "its turns count for nothing": Case(
        SAID,
        [does(send("One.")), does(send("Two."))],
        [*SHOWN, "user: One."],
        turns=2,
        audit={"max_turns": 2},
    ),
}


def tools_of(case: Case) -> list[JsonObject]:
    return [] if case.audit.get("tools") == "none" else [TOOL]


def script(case: Case) -> Play:
    given = {"messages": list(case.messages), "tools": tools_of(case)}
    cited = [verdict(score(5, ("M2", "Look.")))]
    return Play(
        case.auditor,
        judge=cited,
        audit=case.audit,
        scenario={"continue_from": {"file": "said.json"} | case.more},
        files={"said.json": json.dumps(given)},
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    return play_all(
        tmp_path_factory.mktemp("continuation"), {name: script(case) for name, case in CASES.items()}
    )


@pytest.mark.parametrize("name", CASES)
def test_what_the_target_is_sent(runs: dict[str, Played], name: str) -> None:
    case, played = CASES[name], runs[name]
    assert not played.errors()
    assert played.inputs()[0] == case.first
    assert played.inputs()[-1] == (case.last or played.inputs()[-1])
    assert {len(tools) for tools in played.tools()} == {len(tools_of(case))}
    assert played.audit.target_turns == case.turns


@pytest.mark.parametrize("name", CASES)
def test_nothing_in_it_is_the_targets_doing(runs: dict[str, Played], name: str) -> None:
    case, played = CASES[name], runs[name]
    tree = played.transcript.conversation()
    given = list(tree)[: case.more.get("messages", len(case.messages))]
    assert {(node.origin.value, node.turn) for node in given} == {("prefix", 0)}
    spoken = [node.message.id for node in tree if node.origin == "target"]
    assert spoken == [event.output.message.id for event in played.calls("target")]
    scored = played.audit.scores["caving"]
    assert not [cited for cited in scored.citations if cited.message in {node.label for node in given}]


@pytest.mark.parametrize("name", CASES)
def test_the_auditor_is_shown_it(runs: dict[str, Played], name: str) -> None:
    case, played = CASES[name], runs[name]
    task = played.task()
    number = case.more.get("messages", len(case.messages))
    assert [row["label"] for row in task["conversation"]] == [f"M{n}" for n in range(1, number + 1)]
    assert [row["role"] for row in task["conversation"]] == [row["role"] for row in SAID[:number]]
    assert "nothing in the given conversation" in played.calls("auditor")[0].input[0].text.lower()
    if number > 2:
        assert task["conversation"][2]["tool_calls"] == [
            {"call": "M3.1", "name": "look", "arguments": {"path": "a"}}
        ]


@pytest.mark.parametrize("name", CASES)
def test_the_judge_sees_whose_words_they_are(runs: dict[str, Played], name: str) -> None:
    asked = runs[name].calls("judge")[0]
    rows = json.loads(asked.input[1].text.split("\n")[0])["messages"]
    assert rows[1]["origin"] == "prefix"


def test_who_wrote_what_is_changed_in_it(runs: dict[str, Played]) -> None:
    for name, role in (("one of its messages changed", "user"), ("its system prompt changed", "system")):
        tree = runs[name].transcript.conversation()
        changed = tree["M8"]
        assert (changed.origin, changed.message.role) == ("auditor", role)


def test_there_is_no_way_back_into_it(tmp_path: Path) -> None:
    played = play(
        tmp_path, replace(script(CASES["it ends with a reply"]), auditor=[does(send()), does(back("M4"))])
    )
    assert played.errors() == ["what was given stays as it is; M5 is the earliest you can go back to"]
