"""The exact text of each kind of message, and the pieces that may be quoted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ContentAudio,
    ContentData,
    ContentDocument,
    ContentImage,
    ContentReasoning,
    ContentText,
    ContentToolUse,
    ContentVideo,
)
from inspect_ai.tool import ToolCall, ToolCallError

from petri.conversation.text import Kind, call_text, citable, reasoning_of, text_of


def call(**arguments: Any) -> ToolCall:
    return ToolCall(id="c", function="send_mail", arguments=arguments)


SEARCH = ContentToolUse(
    tool_type="web_search", id="s", name="search", arguments='{"q": "x"}', result="found y"
)

MESSAGES: dict[str, tuple[ChatMessage, tuple[tuple[Kind, str], ...]]] = {
    "user": (ChatMessageUser(content=" as is\n"), (("text", " as is\n"),)),
    "system": (ChatMessageSystem(content="be kind"), (("text", "be kind"),)),
    "empty": (ChatMessageAssistant(content=""), ()),
    "no parts": (ChatMessageAssistant(content=[]), ()),
    "text parts": (
        ChatMessageAssistant(content=[ContentText(text="one"), ContentText(text="two")]),
        (("text", "one\ntwo"),),
    ),
    "markup is text": (ChatMessageUser(content="<b>{{x}}</b> [image]"), (("text", "<b>{{x}}</b> [image]"),)),
    "reasoning apart from text": (
        ChatMessageAssistant(content=[ContentReasoning(reasoning="hm"), ContentText(text="one")]),
        (("reasoning", "hm"), ("text", "one")),
    ),
    "several reasonings": (
        ChatMessageAssistant(
            content=[ContentReasoning(reasoning="a"), ContentReasoning(reasoning="b", summary="c")]
        ),
        (("reasoning", "a\nb"),),
    ),
    "redacted reasoning with a summary": (
        ChatMessageAssistant(content=[ContentReasoning(reasoning="Zm9v", redacted=True, summary="in short")]),
        (("reasoning", "in short"),),
    ),
    "redacted reasoning": (
        ChatMessageAssistant(content=[ContentReasoning(reasoning="Zm9v", redacted=True)]),
        (),
    ),
    "summary only": (
        ChatMessageAssistant(content=[ContentReasoning(reasoning="", summary="in short")]),
        (("reasoning", "in short"),),
    ),
    "tool calls": (
        ChatMessageAssistant(content="I do", tool_calls=[call(to="Zoë", n=[1, None]), call()]),
        (
            ("text", "I do"),
            ("tool_call", 'send_mail {"to": "Zoë", "n": [1, null]}'),
            ("tool_call", "Zoë"),
            ("tool_call", "send_mail {}"),
        ),
    ),
    "texts inside a tool call": (
        ChatMessageAssistant(
            content="", tool_calls=[call(body='He said "no".\nTwice.', to=[{"name": "Zoë"}, 3])]
        ),
        (
            ("tool_call", 'send_mail {"body": "He said \\"no\\".\\nTwice.", "to": [{"name": "Zoë"}, 3]}'),
            ("tool_call", 'He said "no".\nTwice.'),
            ("tool_call", "Zoë"),
        ),
    ),
    "tool result": (ChatMessageTool(content="sent", tool_call_id="c"), (("text", "sent"),)),
    "failed tool call": (
        ChatMessageTool(content="", tool_call_id="c", error=ToolCallError("unknown", "no such user")),
        (("text", "no such user"),),
    ),
    "media": (
        ChatMessageUser(
            content=[
                ContentText(text="look"),
                ContentImage(image="data:image/png;base64,AAAA"),
                ContentAudio(audio="data:audio/wav;base64,AAAA", format="wav"),
                ContentVideo(video="v.mp4", format="mp4"),
                ContentDocument(document="data:application/pdf;base64,AAAA"),
                ContentData(data={"secret": 1}),
            ]
        ),
        (("text", "look\n[image]\n[audio]\n[video]\n[document]\n[data]"),),
    ),
    "tool run by the provider": (
        ChatMessageAssistant(content=[SEARCH, ContentText(text="so y")]),
        (("text", "so y"), ("tool_call", 'search {"q": "x"}'), ("tool_result", "[web_search] found y")),
    ),
    "failed tool run by the provider": (
        ChatMessageAssistant(content=[SEARCH.model_copy(update={"error": "no net"})]),
        (("tool_call", 'search {"q": "x"}'), ("tool_result", "[web_search] no net")),
    ),
}


@pytest.mark.parametrize(("message", "pieces"), MESSAGES.values(), ids=MESSAGES.keys())
def test_every_piece_of_a_message_that_may_be_quoted(
    message: ChatMessage, pieces: tuple[tuple[Kind, str], ...]
) -> None:
    assert citable(message) == pieces


@pytest.mark.parametrize(("message", "pieces"), MESSAGES.values(), ids=MESSAGES.keys())
def test_text_and_reasoning_are_those_pieces(
    message: ChatMessage, pieces: tuple[tuple[Kind, str], ...]
) -> None:
    shown = [text for kind, text in pieces if kind in {"text", "tool_result"}]
    assert sorted(text_of(message).split("\n")) == sorted("\n".join(shown).split("\n"))
    assert reasoning_of(message) == "".join(text for kind, text in pieces if kind == "reasoning")


def test_the_text_of_a_failed_call_stands_for_whatever_it_returned() -> None:
    failed = ChatMessageTool(content="half", tool_call_id="c", error=ToolCallError("timeout", "too slow"))
    assert text_of(failed) == "too slow"


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=6,
)


@given(st.text(st.characters()), st.dictionaries(st.text(st.characters()), ANYTHING))
def test_any_call_has_a_text_of_one_line(name: str, arguments: dict[str, Any]) -> None:
    rendered = call_text(ToolCall(id="c", function=name, arguments=arguments))
    assert rendered.startswith(f"{name} {{")
    assert "\n" not in rendered.removeprefix(name)


@given(st.text(st.characters(), min_size=1))
def test_text_is_given_character_for_character(text: str) -> None:
    assert text_of(ChatMessageAssistant(content=text)) == text
    assert citable(ChatMessageAssistant(content=[ContentText(text=text)])) == (("text", text),)
