"""Marks of a target's reply, from the message and its stop reason."""

import pytest
from inspect_ai.model import ChatMessageAssistant, ChatMessageUser, Content, ContentReasoning, ContentText
from inspect_ai.tool import ToolCall

from petri.conversation.marks import MARKS, marks
from petri.conversation.tree import Origin, Tree

CALL = [ToolCall(id="a", function="read", arguments={})]


def reply(content: str | list[Content], calls: list[ToolCall] | None = None) -> ChatMessageAssistant:
    return ChatMessageAssistant(content=content, tool_calls=calls)


@pytest.mark.parametrize(
    ("message", "stop", "expected"),
    [
        (reply("Hello."), "stop", ()),
        (reply("Hello."), None, ()),
        (reply(""), "stop", ("empty",)),
        (reply(" \n"), None, ("empty",)),
        (reply([]), "max_tokens", ("empty", "truncated")),
        (reply("", CALL), "tool_calls", ()),
        (reply([ContentReasoning(reasoning="Well.")]), "stop", ("only_reasoning",)),
        (reply([ContentReasoning(reasoning="", redacted=True)]), "stop", ("empty",)),
        (reply([ContentReasoning(reasoning="Well."), ContentText(text="Yes.")]), "stop", ()),
        (reply([ContentText(text="I cannot.", refusal=True)]), "stop", ("refusal",)),
        (reply("I cannot."), "content_filter", ("refusal", "filtered")),
        (reply(""), "content_filter", ("empty", "filtered")),
        (reply("Once upon a"), "max_tokens", ("truncated",)),
        (reply("Once upon a"), "model_length", ("truncated",)),
    ],
)
def test_marks(message: ChatMessageAssistant, stop: str | None, expected: tuple[str, ...]) -> None:
    tree = Tree()
    tree.append(ChatMessageUser(content="Hello?"), Origin.AUDITOR)
    found = marks(tree.append(message, Origin.TARGET, stop))
    assert found == expected
    assert set(found) <= set(MARKS)


def test_only_the_target_s_replies_are_marked() -> None:
    tree = Tree()
    asked = tree.append(ChatMessageUser(content=""), Origin.AUDITOR)
    given = tree.append(reply(""), Origin.PREFIX)
    assert (marks(asked), marks(given)) == ((), ())
