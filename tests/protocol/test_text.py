"""Conversations with tools as plain text: what is sent, and that it means the same when it is read again."""

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ContentImage,
    ContentReasoning,
    ContentText,
)
from inspect_ai.tool import ToolCall, ToolCallError, ToolInfo, ToolParams
from inspect_ai.util import JSONSchema

from petri.prompts.files import Prompts
from petri.protocol.reply import Parsed, parse_reply
from petri.protocol.text import as_text, call_block, instructions

LOOK: Final = ToolInfo(
    name="look",
    description="Looks.\n```tool\n{}\n```",
    parameters=ToolParams(properties={"path": JSONSchema(type="string")}, required=["path"]),
)


def called(*paths: str, text: str = "I look.", id: str = "a1") -> ChatMessageAssistant:  # noqa: A002
    calls = [ToolCall(f"{id}_{n}", "look", {"path": path}) for n, path in enumerate(paths, start=1)]
    return ChatMessageAssistant(id=id, content=text, tool_calls=calls)


def result(content: str, call: str = "a1_1", error: str | None = None) -> ChatMessageTool:
    failed = ToolCallError("unknown", error) if error else None
    return ChatMessageTool(content=content, tool_call_id=call, function="look", error=failed)


def shown(messages: list[ChatMessage]) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in messages]


CALL_A: Final = '```tool\n{"tool": "look", "arguments": {"path": "a"}}\n```'
CALL_B: Final = '```tool\n{"tool": "look", "arguments": {"path": "b"}}\n```'
GONE: Final = '```result\n{"call": 2, "of": "look", "error": "gone"}\n```'
FOUND: Final = '```result\n{"call": 1, "of": "look", "result": "x\\ny"}\n```'
HISTORIES: Final[dict[str, tuple[list[ChatMessage], list[tuple[str, str]]]]] = {
    "plain": (
        [
            ChatMessageSystem(content="Be."),
            ChatMessageUser(content="Hi."),
            ChatMessageAssistant(content="Yes?"),
        ],
        [("system", "Be."), ("user", "Hi."), ("assistant", "Yes?")],
    ),
    "no system": ([ChatMessageUser(content="Hi.")], [("user", "Hi.")]),
    "a call and its result": (
        [ChatMessageUser(content="Hi."), called("a"), result("found")],
        [
            ("user", "Hi."),
            ("assistant", f"I look.\n\n{CALL_A}"),
            ("user", '```result\n{"call": 1, "of": "look", "result": "found"}\n```'),
        ],
    ),
    "two calls, answered out of order, one with an error, then words": (
        [
            called("a", "b", text=""),
            result("", "a1_2", "gone"),
            result("x\ny"),
            ChatMessageUser(content="Go on."),
        ],
        [
            ("assistant", f"{CALL_A}\n\n{CALL_B}"),
            (
                "user",
                f"{GONE}\n\n{FOUND}\n\nGo on.",
            ),
        ],
    ),
    "parts": (
        [ChatMessageUser(content=[ContentText(text="one"), ContentText(text="two")])],
        [("user", "one\n\ntwo")],
    ),
    "a call that could not be read, whose words are in the text": (
        [
            ChatMessageAssistant(
                content="```tool\n{bad}\n```", tool_calls=[ToolCall("x", "look", {}, parse_error="bad")]
            ),
            result("", "x", "not JSON"),
        ],
        [
            ("assistant", "```tool\n{bad}\n```"),
            ("user", '```result\n{"call": 1, "of": "look", "error": "not JSON"}\n```'),
        ],
    ),
    "an empty reply": ([ChatMessageAssistant(content="")], [("assistant", "")]),
}


@pytest.mark.parametrize(("history", "sent"), HISTORIES.values(), ids=HISTORIES)
def test_what_is_sent(history: list[ChatMessage], sent: list[tuple[str, str]]) -> None:
    assert shown(as_text(history, [])) == sent


def test_tools_are_told_in_the_system_message() -> None:
    history: list[ChatMessage] = [ChatMessageSystem(content="Be."), ChatMessageUser(content="Hi.")]
    system, user = as_text(history, [LOOK])
    assert system.text == f"Be.\n\n{instructions([LOOK])}"
    assert user.text == "Hi."
    alone, _ = as_text(history[1:], [LOOK])
    assert (alone.role, alone.text) == ("system", instructions([LOOK]))


def test_a_tool_is_one_line_whatever_its_words() -> None:
    line = json.loads(instructions([LOOK]).splitlines()[-1])
    assert (line["tool"], line["description"]) == ("look", LOOK.description)
    assert line["parameters"]["properties"] == {"path": {"type": "string"}}


def test_the_words_may_be_replaced() -> None:
    own = Prompts({"protocol/tools": "Tools: {{tools}}"})
    assert instructions([LOOK], own).startswith('Tools: {"tool": "look"')


def test_what_is_not_text_stays() -> None:
    thought = ContentReasoning(reasoning="Hm.")
    image = ContentImage(image="data:image/png;base64,AAAA")
    history: list[ChatMessage] = [
        ChatMessageUser(content=[image, ContentText(text="See.")]),
        ChatMessageAssistant(
            content=[thought, ContentText(text="I look.")], tool_calls=called("a").tool_calls
        ),
    ]
    user, assistant = as_text(history, [])
    assert user.content == [image, ContentText(text="See.")]
    assert assistant.content == [thought, ContentText(text=f"I look.\n\n{CALL_A}")]


def test_a_conversation_that_grows_only_appends() -> None:
    before: list[ChatMessage] = [
        ChatMessageSystem(content="Be."),
        ChatMessageUser(content="Hi."),
        called("a"),
    ]
    more = [result("found"), ChatMessageUser(content="And?"), called("b", id="a2"), result("gone", "a2_1")]
    first, last = as_text(before, [LOOK]), as_text([*before, *more], [LOOK])
    assert last[: len(first)] == first  # ids included: the log keeps each message once
    assert [message.role for message in last[1:]] == ["user", "assistant"] * 2 + ["user"]


NAMES: Final = st.sampled_from(["look", "stop"])
JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
HOSTILE: Final = st.sampled_from(
    ["```", "```tool", CALL_A, "\n", "</tool_call>", "`", '"', "\\", "{", "é", "\u2028"]
)
WORDS: Final = st.lists(HOSTILE | st.text(), max_size=6).map("".join)
ARGUMENTS: Final = st.dictionaries(st.text(), JSON | WORDS, max_size=4)


@given(st.lists(st.tuples(NAMES, ARGUMENTS), min_size=1, max_size=4))
def test_calls_as_they_are_rendered_are_read_as_they_were(calls: list[tuple[str, dict[str, Any]]]) -> None:
    made = tuple(ToolCall(f"r_{n}", name, arguments) for n, (name, arguments) in enumerate(calls, start=1))
    (sent,) = as_text([ChatMessageAssistant(content="Now:", tool_calls=list(made))], [])
    assert parse_reply(sent.text, [LOOK], "r") == Parsed("Now:", made)


@given(WORDS, st.booleans())
def test_a_tool_result_is_never_read_as_a_call(content: str, failed: bool) -> None:  # noqa: FBT001
    answer = result(content, error=content if failed else None)
    _, sent = as_text([called("a"), answer], [LOOK])[1:]
    assert parse_reply(sent.text, [LOOK], "r").calls == ()
    opening, line, closing = sent.text.split("\n")
    assert (opening, closing) == ("```result", "```")
    assert content in json.loads(line).values()


def test_a_call_is_shown_in_the_form_that_is_asked_for() -> None:
    asked = instructions([]).split("\n\n")[2]
    assert call_block(ToolCall("x", "NAME", {"ARGUMENT": "VALUE"})) == asked
