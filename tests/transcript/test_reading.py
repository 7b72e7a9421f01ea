"""What a judge reads: what the target saw or said, labelled from our own record."""

import json
from typing import Any, Final

import pytest
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ContentImage,
    ContentReasoning,
    ContentText,
)
from inspect_ai.tool import ToolCall, ToolCallError, ToolInfo

from petri.conversation.tree import Origin, Tree
from petri.plan import Cell
from petri.scenario.schema import AuditSettings
from petri.transcript.reading import read
from petri.transcript.schema import Deployed, Transcript

CELL: Final = Cell(id="c", file="f", scenario="s", seed="x", audit=AuditSettings(), rubric=("sycophancy",))


def transcript(tree: Tree) -> Transcript:
    return Transcript.model_validate(
        {
            "id": "s-1",
            "cell": CELL,
            "epoch": 1,
            "target": "t",
            "tree": tree.dump(),
            "auditor": [],
            "end": {"by": "auditor", "reason": "Done."},
            "error": None,
            "outcome": "completed",
        }
    )


def parsed(tree: Tree, nonce: str = "n") -> dict[str, Any]:
    return json.loads(read(transcript(tree)).as_json(nonce))


def look(*ids: str, text: str = "") -> ChatMessageAssistant:
    return ChatMessageAssistant(content=text, tool_calls=[ToolCall(i, "look", {"path": i}) for i in ids])


def result(to: str, text: str, *, failed: bool = False) -> ChatMessageTool:
    error = ToolCallError("unknown", text) if failed else None
    return ChatMessageTool(content=text, tool_call_id=to, function="look", error=error)


def test_every_field() -> None:
    tree = Tree()
    tree.append(ChatMessageSystem(content="Be kind."), Origin.AUDITOR)
    tree.set_tools([ToolInfo(name="look", description="Looks.")])
    tree.append(ChatMessageUser(content="Hello."), Origin.AUDITOR)
    thought = [ContentReasoning(reasoning="Two places."), ContentText(text="I look.")]
    asked = look("a", "b").model_copy(update={"content": thought})
    tree.append(asked, Origin.TARGET)
    tree.append(result("b", "nothing", failed=True), Origin.SIMULATED_TOOL)
    tree.append(result("a", "a file"), Origin.REAL_TOOL)
    tree.set_tools([])
    tree.append(ChatMessageAssistant(content="So:"), Origin.PREFILL)
    tree.append(ChatMessageAssistant(content="It is there."), Origin.TARGET)
    calls = [
        {"call": "M3.1", "name": "look", "arguments": {"path": "a"}},
        {"call": "M3.2", "name": "look", "arguments": {"path": "b"}},
    ]
    assert parsed(tree) == {
        "nonce": "n",
        "messages": [
            {"label": "M1", "parent": None, "origin": "auditor", "role": "system", "text": "Be kind."},
            {
                "label": "M2",
                "parent": "M1",
                "origin": "auditor",
                "role": "user",
                "text": "Hello.",
                "tools_in_force": [{"name": "look", "arguments": []}],
            },
            {
                "label": "M3",
                "parent": "M2",
                "origin": "target",
                "role": "assistant",
                "text": "I look.",
                "reasoning": "Two places.",
                "tool_calls": calls,
            },
            {
                "label": "M4",
                "parent": "M3",
                "origin": "simulated_tool",
                "role": "tool",
                "text": "nothing",
                "answers": "M3.2",
                "is_error": True,
            },
            {
                "label": "M5",
                "parent": "M4",
                "origin": "real_tool",
                "role": "tool",
                "text": "a file",
                "answers": "M3.1",
            },
            {
                "label": "M6",
                "parent": "M5",
                "origin": "prefill",
                "role": "assistant",
                "text": "So:",
                "tools_in_force": [],
            },
            {"label": "M7", "parent": "M6", "origin": "target", "role": "assistant", "text": "It is there."},
        ],
        "branches": [["M1", "M2", "M3", "M4", "M5", "M6", "M7"]],
    }
    reading = read(transcript(tree))
    assert reading.target == {"M3", "M7"}
    calls = ('look {"path": "a"}', "a", 'look {"path": "b"}', "b")
    assert [piece.text for piece in reading.pieces["M3"]] == ["Two places.", "I look.", *calls]
    assert [piece.kind for piece in reading.pieces["M3"]] == ["reasoning", "text", *["tool_call"] * 4]
    assert set(reading.pieces) == {f"M{number}" for number in range(1, 8)}


def test_what_was_said_before_the_audit_is_shown_and_is_not_the_targets() -> None:
    tree = Tree()
    tree.append(ChatMessageUser(content="Are you sure?"), Origin.PREFIX)
    tree.append(look("a", text="I look."), Origin.PREFIX)
    tree.append(result("a", "a file"), Origin.PREFIX)
    tree.append(ChatMessageAssistant(content="Quite."), Origin.TARGET)
    told, reading = parsed(tree), read(transcript(tree))
    assert [row["origin"] for row in told["messages"]] == ["prefix", "prefix", "prefix", "target"]
    assert reading.target == {"M4"}
    assert reading.pieces["M2"][0].text == "I look."


@pytest.mark.parametrize(
    ("reply", "stop", "marks"),
    [
        pytest.param(ChatMessageAssistant(content="Aye."), "stop", None, id="a reply"),
        pytest.param(ChatMessageAssistant(content="Once up"), "max_tokens", ["truncated"], id="cut off"),
        pytest.param(ChatMessageAssistant(content=""), None, ["empty"], id="nothing"),
        pytest.param(
            ChatMessageAssistant(content="No."), "content_filter", ["refusal", "filtered"], id="filtered"
        ),
    ],
)
def test_what_is_wrong_with_a_reply_as_a_reply(
    reply: ChatMessageAssistant, stop: str | None, marks: list[str] | None
) -> None:
    tree = Tree()
    tree.append(ChatMessageUser(content="Hello."), Origin.AUDITOR)
    tree.append(reply, Origin.TARGET, stop)
    assert parsed(tree)["messages"][1].get("marks") == marks


def test_a_call_that_could_not_be_read_is_shown_as_such() -> None:
    tree = Tree()
    tree.append(ChatMessageUser(content="Hello."), Origin.AUDITOR)
    broken = ToolCall("a", "look", {}, parse_error="not JSON")
    tree.append(ChatMessageAssistant(content="", tool_calls=[broken]), Origin.TARGET)
    (call,) = parsed(tree)["messages"][1]["tool_calls"]
    assert call == {"call": "M2.1", "name": "look", "arguments": {}, "parse_error": "not JSON"}


def test_what_a_target_brought_along_stands_before_the_nonce() -> None:
    tree = Tree()
    tree.append(ChatMessageUser(content="Hello."), Origin.AUDITOR)
    tree.append(ChatMessageAssistant(content="Aye."), Origin.TARGET)
    deployed = Deployed(system="Be kind. }, {", tools=("look",))
    brought = read(transcript(tree).model_copy(update={"deployed": deployed}))
    told = json.loads(brought.as_json("n"))
    assert [*told] == ["messages", "branches", "deployed", "nonce"]
    assert told["deployed"] == {"system": "Be kind. }, {", "tools": ["look"]}
    assert "deployed" not in parsed(tree)


def test_only_what_the_target_saw_or_said() -> None:
    tree = Tree()
    tree.append(ChatMessageSystem(content="replaced before anything was said"), Origin.AUDITOR)
    tree.move(None)
    tree.append(ChatMessageSystem(content="Be kind."), Origin.AUDITOR)
    tree.append(ChatMessageUser(content="One."), Origin.AUDITOR)
    tree.append(ChatMessageAssistant(content="Aye."), Origin.TARGET)
    tree.append(ChatMessageUser(content="never answered"), Origin.AUDITOR)
    tree.move("M4")
    tree.append(ChatMessageUser(content="Two."), Origin.AUDITOR)
    tree.append(look("a"), Origin.TARGET)
    tree.append(result("a", "never read"), Origin.SIMULATED_TOOL)
    tree.move("M3")
    tree.append(ChatMessageAssistant(content="Nay."), Origin.TARGET)
    told = parsed(tree)
    assert [row["label"] for row in told["messages"]] == ["M2", "M3", "M4", "M6", "M7", "M9"]
    assert told["branches"] == [["M2", "M3", "M4", "M6", "M7"], ["M2", "M3", "M9"]]
    assert "never" not in json.dumps(told)
    assert "replaced" not in json.dumps(told)


def test_a_picture_is_named() -> None:
    tree = Tree()
    tree.append(
        ChatMessageUser(
            content=[ContentImage(image="data:image/png;base64,AAAA"), ContentText(text="What?")]
        ),
        Origin.AUDITOR,
    )
    tree.append(ChatMessageAssistant(content="A cat."), Origin.TARGET)
    assert parsed(tree)["messages"][0]["text"] == "[image]\nWhat?"
