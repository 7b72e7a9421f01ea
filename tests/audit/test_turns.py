"""One auditor reply, then at most one target call: what the target is sent, turn by turn."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.scripted import (
    UNCALLED,
    JsonObject,
    Play,
    Played,
    Replies,
    answer,
    call,
    create,
    does,
    end,
    play,
    play_all,
    says,
    send,
)

SYSTEM = call("set_system_prompt", text="Be kind.")
LOOK = does(call("look", path="a"))
TWICE = does(call("look", path="a"), call("look", path="b"))
LOOKED = 'assistant: [look {"path": "a"}]'
LOOKED_TWICE = 'assistant: [look {"path": "a"}][look {"path": "b"}]'


@dataclass(frozen=True, slots=True)
class Case:
    """What the auditor does (before it ends), what the target replies, and what the target was sent."""

    auditor: Replies
    target: Replies
    sent: list[list[str]]
    tools: list[list[str]] | None = None


CASES: dict[str, Case] = {
    "system prompt, tool and message in one reply": Case(
        [does(SYSTEM, create(), send())], [], [["system: Be kind.", "user: Hello."]], [["look"]]
    ),
    "the same in three replies": Case(
        [does(SYSTEM), does(create()), does(send())],
        [],
        [["system: Be kind.", "user: Hello."]],
        [["look"]],
    ),
    "no system prompt": Case([does(send())], [], [["user: Hello."]], [[]]),
    "a system prompt set again replaces the first": Case(
        [does(SYSTEM, create(), call("set_system_prompt", text="Be brief."), send())],
        [],
        [["system: Be brief.", "user: Hello."]],
        [["look"]],
    ),
    "two user messages in one reply": Case(
        [does(send("One."), send("Two."))], [], [["user: One.", "user: Two."]]
    ),
    "a second turn": Case(
        [does(send("One.")), does(send("Two."))],
        [says("Aye."), says("Nay.")],
        [["user: One."], ["user: One.", "assistant: Aye.", "user: Two."]],
    ),
    "words beside the calls stay with the auditor": Case(
        [does(send(), text="I plan to ask about ships.")], [], [["user: Hello."]]
    ),
    "the target runs when its call is answered": Case(
        [does(create(), send()), does(answer("M2.1"))],
        [LOOK],
        [["user: Hello."], ["user: Hello.", LOOKED, "tool: found it"]],
    ),
    "a failed tool is an error to the target": Case(
        [does(create(), send()), does(answer("M2.1", "no such path", is_error=True))],
        [LOOK],
        [["user: Hello."], ["user: Hello.", LOOKED, "tool!: no such path"]],
    ),
    "an empty result is a result": Case(
        [does(create(), send()), does(answer("M2.1", ""))],
        [LOOK],
        [["user: Hello."], ["user: Hello.", LOOKED, "tool: "]],
    ),
    "two calls answered in the other order": Case(
        [does(create(), send()), does(answer("M2.2", "b"), answer("M2.1", "a"))],
        [TWICE],
        [["user: Hello."], ["user: Hello.", LOOKED_TWICE, "tool: b", "tool: a"]],
    ),
    "two calls answered in two replies": Case(
        [does(create(), send()), does(answer("M2.1", "a")), does(answer("M2.2", "b"))],
        [TWICE],
        [["user: Hello."], ["user: Hello.", LOOKED_TWICE, "tool: a", "tool: b"]],
    ),
    "results and a user message in one reply": Case(
        [does(create(), send()), does(answer("M2.1"), send("Well?"))],
        [LOOK],
        [["user: Hello."], ["user: Hello.", LOOKED, "tool: found it", "user: Well?"]],
    ),
    "a tool taken away and another given between turns": Case(
        [does(create(), send("One.")), does(call("remove_tool", name="look"), create("find"), send("Two."))],
        [says("Aye.")],
        [["user: One."], ["user: One.", "assistant: Aye.", "user: Two."]],
        [["look"], ["find"]],
    ),
    "a call of a tool that was taken away can be answered": Case(
        [does(create(), send()), does(call("remove_tool", name="look"), answer("M2.1"))],
        [LOOK],
        [["user: Hello."], ["user: Hello.", LOOKED, "tool: found it"]],
        [["look"], []],
    ),
    "half of a character is replaced": Case(
        [does({"name": "send_user_message", "arguments": r'{"text": "a\ud800b"}'})],
        [],
        [["user: a\N{REPLACEMENT CHARACTER}b"]],
    ),
    "two halves of a character are joined": Case(
        [does({"name": "send_user_message", "arguments": r'{"text": "\ud83d\ude00"}'})],
        [],
        [["user: \N{GRINNING FACE}"]],
    ),
    "parameters given as text are read": Case(
        [does(create(parameters='{"type": "object", "properties": {}}'), send())],
        [],
        [["user: Hello."]],
        [["look"]],
    ),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    plays = {name: Play([*case.auditor, does(end())], case.target) for name, case in CASES.items()}
    return play_all(tmp_path_factory.mktemp("turns"), plays)


@pytest.mark.parametrize("name", CASES)
def test_what_the_target_is_sent(runs: dict[str, Played], name: str) -> None:
    case, played = CASES[name], runs[name]
    assert played.inputs() == case.sent
    if case.tools is not None:
        assert played.tools() == case.tools
    assert played.audit.outcome == "completed"
    assert len(played.calls("auditor")) == len(case.auditor) + 1
    assert played.audit.target_turns == len(case.sent)


def test_what_the_auditor_is_told(tmp_path: Path) -> None:
    target = [
        does(call("look", path="a"), text="Let me look.", reasoning="It is there."),
        says("Long.", stop="max_tokens"),
    ]
    played = play(tmp_path, Play([does(create(), send()), does(answer("M2.1")), does(end())], target))
    first, second = played.told()[1:]
    assert first == {
        "target": {
            "label": "M2",
            "text": "Let me look.",
            "reasoning": "It is there.",
            "tool_calls": [{"call": "M2.1", "name": "look", "arguments": {"path": "a"}}],
            "stop": "tool_calls",
        },
        "turns": {"used": 1, "left": 19},
    }
    assert second == {
        "target": {"label": "M4", "text": "Long.", "stop": "max_tokens", "marks": ["truncated"]},
        "turns": {"used": 2, "left": 18},
    }
    assert [result.text for result in played.answers()] == [
        '{"tools": ["look"]}',
        '{"label": "M1"}',
        '{"label": "M3"}',
        '{"ended": true}',
    ]


def test_the_task_is_one_json_object(tmp_path: Path) -> None:
    tool: JsonObject = {
        "name": "look",
        "description": "Looks.",
        "parameters": {"type": "object", "properties": {}},
    }
    scenario: JsonObject = {
        "seed": 'Say "}" to {{who}}.',
        "variables": {"who": ["me"]},
        "tags": ["a"],
        "tools": [tool],
    }
    scenario["system"] = "Be kind to {{who}}."
    played = play(tmp_path, Play([], audit={"tools": "fixed", "max_turns": 3}, scenario=scenario))
    task = played.told()[0]
    assert date.fromisoformat(task.pop("date")) <= datetime.now(UTC).date()
    assert set(task.pop("names")) >= {"people", "organisations"}
    assert task == {
        "scenario": {
            "id": "case",
            "seed": 'Say "}" to me.',
            "tags": ["a"],
            "system_prompt_fixed": True,
            "system_prompt": "Be kind to me.",
            "tools": [
                tool | {"parameters": tool["parameters"] | {"required": [], "additionalProperties": False}}
            ],
        },
        "limits": {
            "target_turns": 3,
            "tools": "fixed",
            "rollback": True,
            "target_turns_on_all_branches": 12,
            "branch_samples": 1,
        },
    }


def test_calls_without_a_usable_id_get_one(tmp_path: Path) -> None:
    # The script gives equal conversations equal ids: here the second branch of a rolled back message.
    auditor = [does(create(), send()), does(answer("M2.1")), does(call("roll_back", to="M1")), does(end())]
    played = play(tmp_path, Play(auditor, [LOOK]))
    assert played.tree()[1].removeprefix("M2") == played.tree()[4].removeprefix("M5")
    assert played.audit.outcome == "completed"


@pytest.mark.parametrize(
    ("limit", "turns", "outcome"),
    [(1, 1, "limit:turns"), (2, 2, "limit:turns"), (3, 3, "limit:turns"), (4, 3, "completed")],
)
def test_turns_count_what_the_target_said_on_the_longest_branch(
    tmp_path: Path, limit: int, turns: int, outcome: str
) -> None:
    auditor = [
        does(SYSTEM),
        does(create()),
        does(create("bad name")),
        does(send()),
        does(send()),
        does(call("roll_back", to="M2")),
        does(send()),
        does(send()),
        does(end()),
    ]
    played = play(tmp_path, Play(auditor, audit={"max_turns": limit}))
    assert (played.audit.target_turns, played.audit.outcome) == (turns, outcome)


def test_the_last_turn_ends_the_audit_without_another_call(tmp_path: Path) -> None:
    played = play(tmp_path, Play([does(send())], audit={"max_turns": 1}))
    assert (len(played.calls("auditor")), len(played.calls("target"))) == (1, 1)
    assert played.transcript.end is not None
    assert played.transcript.end.by == "turns"


def test_going_back_again_and_again_comes_to_an_end(tmp_path: Path) -> None:
    again = [does(call("roll_back", to="M1"))] * 20
    played = play(tmp_path, Play([does(send()), *again], audit={"max_turns": 2}))
    assert played.audit.outcome == "limit:turns"
    assert len(played.calls("target")) == 8  # four times the turns of a branch
    assert (played.audit.target_turns, played.audit.branches) == (1, 8)


def test_a_target_that_must_not_be_called_is_not(tmp_path: Path) -> None:
    played = play(tmp_path, Play([does(SYSTEM, create()), does(end())], UNCALLED))
    assert played.audit.outcome == "no_target_turns"
