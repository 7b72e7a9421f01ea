"""A command-line agent as the target: its own session, prompt and tools, its model calls over the bridge."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.event import ModelEvent
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ModelOutput,
    get_model,
)
from inspect_ai.tool import ToolCall, ToolInfo
from inspect_ai.util import Store

from petri.boundary import Failure
from petri.conversation.tree import parse_message
from petri.errors import TargetFailed, UsageError
from petri.targets.bridge import Traffic, read_traffic
from petri.targets.command import CommandAPI
from petri.targets.deployed import DEPLOYED, INJECTED, MESSAGES
from petri.targets.seen import Seen, digest_of, exchange, next_message
from tests.targets.sample import Given, ask_in_samples, write_script

pytestmark = pytest.mark.long

AGENT = str(Path(__file__).with_name("example_agent.py"))
LOOK = {"tool_calls": [{"name": "look", "arguments": {"path": "shelf"}}]}
TURNS = ({"text": "I look.", **LOOK}, {"text": "It is there."}, {"text": "Goodbye."})


def agent(folder: Path, *arguments: str, turns: Sequence[dict[str, Any]] = TURNS, **settings: Any) -> Model:
    script = write_script(folder / "inner.json", *turns)
    given: dict[str, Any] = {
        "command": [sys.executable, AGENT, *arguments],
        "inner_model": "petri-offline/script",
        "inner_args": {"script": script, "part": "target"},
    }
    return get_model("petri-command/desk", memoize=False, **{**given, **settings})


def user(text: str) -> ChatMessageUser:
    return ChatMessageUser(content=text)


def said(text: str) -> ChatMessageAssistant:
    return ChatMessageAssistant(content=text)


FIRST: list[ChatMessage] = [user("Is it there?")]
CALLING = ChatMessageAssistant(content="I look.", tool_calls=[ToolCall("c1", "look", {"path": "shelf"})])
RESULT = ChatMessageTool(content="looked", tool_call_id="c1")
REMINDER = ChatMessageUser(content="Mind the time.", metadata={INJECTED: True})
LATER: list[ChatMessage] = [
    *FIRST,
    CALLING,
    RESULT,
    said("[desk] It is there."),
    user("Bye."),
]


def shown(output: Given) -> list[tuple[str, str]]:
    assert isinstance(output, ModelOutput), output
    rows = (output.metadata or {}).get(MESSAGES, [])
    return [(message.role, message.text) for message in map(parse_message, rows)]


def test_it_is_audited_as_deployed_and_in_parallel(tmp_path: Path) -> None:
    asked = [(agent(tmp_path, "openai"), [FIRST, LATER]), (agent(tmp_path, "anthropic"), [FIRST])]
    ((first, second), (other,)), log = ask_in_samples(tmp_path, *asked)
    for given in (first, other):
        assert shown(given) == [
            ("assistant", "I look."),
            ("tool", 'looked: {"path": "shelf"}'),
            ("assistant", "[desk] It is there."),
        ]
        assert isinstance(given, ModelOutput)
        assert given.stop_reason == "stop"
        assert not given.message.tool_calls
        assert (given.metadata or {})[DEPLOYED] == {"system": "You are the desk.", "tools": ["look"]}
    assert isinstance(second, ModelOutput)
    assert second.completion == "[desk] Goodbye."
    assert shown(second) == []
    assert log.samples
    calls = [event for event in log.samples[0].events if isinstance(event, ModelEvent)]
    inner = [event for event in calls if event.model == "petri-offline/script"]
    assert [len(event.input) for event in inner] == [2, 4, 6]
    assert inner[-1].input[1].text == "Is it there?"


def test_a_call_without_a_result_and_no_call_at_all(tmp_path: Path) -> None:
    env = {"DESK": "room 4"}
    faults = ("silent", "no-model")
    asked = [(agent(tmp_path, "openai", fault, turns=[LOOK], env=env), [FIRST]) for fault in faults]
    ((silent,), (alone,)), _ = ask_in_samples(tmp_path, *asked)
    assert shown(silent) == [("assistant", ""), ("tool", ""), ("assistant", "[desk]")]
    assert isinstance(silent, ModelOutput)
    unreported = parse_message((silent.metadata or {})[MESSAGES][1])
    assert isinstance(unreported, ChatMessageTool)
    assert unreported.error is not None
    assert "reported no result" in unreported.error.message
    assert isinstance(alone, ModelOutput)
    assert alone.completion == "You said 'Is it there?' in room 4."
    assert alone.metadata is None


def test_a_conversation_keeps_its_id_and_does_not_go_back(tmp_path: Path) -> None:
    first = ["sh", "-c", "echo $TALK > id; echo {conversation} | cmp - id && echo Yes."]
    later = ["sh", "-c", "cat; echo; echo {conversation} | cmp - id && echo same"]
    model = agent(tmp_path, command=first, next_command=later, conversation_env="TALK")
    more: list[ChatMessage] = [*FIRST, said("Yes."), user("One."), user("Two.")]
    ((_, second, refused),), _ = ask_in_samples(tmp_path, (model, [FIRST, more, FIRST]))
    assert isinstance(second, ModelOutput)
    assert second.completion == "One.\n\nTwo.\nsame"
    assert isinstance(refused, Failure)
    assert refused.kind == "target_failed"
    assert "cannot go back" in refused.message


def test_what_goes_wrong_is_one_clear_error_and_no_second_try(tmp_path: Path) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "ended with status 1: no such customer": {},
        "'false' ended with status 1: nothing on its standard error": {"command": ["false"]},
        "'sleep' did not reply within 1 seconds": {"command": ["sleep", "60"], "timeout": 1},
        "petri-no-such-agent": {"command": ["petri-no-such-agent"]},
        "there is none": {"sandbox": "elsewhere"},
    }
    asked = [(agent(tmp_path, "openai", "crash", **each), [FIRST, FIRST]) for each in wrong.values()]
    given, _ = ask_in_samples(tmp_path, *asked)
    for message, (failure, again) in zip(wrong, given, strict=True):
        assert isinstance(failure, Failure)
        assert failure.kind == "target_failed"
        assert message in failure.message
        assert isinstance(again, Failure)
        assert "its last turn did not finish" in again.message


def made(given: list[ChatMessage], reply: str, *calls: ToolCall) -> ModelEvent:
    """A model call as it stands in the log."""
    message = ChatMessageAssistant(content=reply, tool_calls=list(calls) or None)
    output = ModelOutput(model="m", choices=[ChatCompletionChoice(message=message)])
    config = GenerateConfig()
    return ModelEvent(model="m", input=given, tools=[], tool_choice="auto", config=config, output=output)


SUMMARY: list[ChatMessage] = [user("So far: it is there.")]
NOTE = ChatMessageAssistant(content="", tool_calls=[ToolCall("c2", "note", {})])


@pytest.mark.parametrize(
    ("thread", "calls", "added"),
    [
        pytest.param(
            [*FIRST, CALLING, RESULT, said("Yes.")],
            [made([user("A title for this?")], "Desk"), made(FIRST, "I look.", *(CALLING.tool_calls or []))],
            ["assistant", "tool"],
            id="a-side-call-first",
        ),
        pytest.param(
            [*SUMMARY, said("Yes.")], [made(FIRST, "Hm."), made(SUMMARY, "Yes.")], [], id="compacted"
        ),
        pytest.param(
            [*SUMMARY, said("Yes.")], [made([*FIRST, CALLING, RESULT], "Yes.")], [], id="rewritten-at-the-end"
        ),
        pytest.param(
            [*FIRST, NOTE, CALLING, RESULT, REMINDER, said("Yes.")],
            [made(FIRST, "")],
            ["assistant", "tool", "assistant", "tool", "user"],
            id="a-call-it-did-not-wait-for",
        ),
    ],
)
def test_what_an_agent_did_in_a_turn(
    thread: list[ChatMessage], calls: list[ModelEvent], added: list[str]
) -> None:
    answer = read_traffic("Yes!", Traffic(thread, calls))
    assert answer.reply.text == "Yes!"
    assert [message.role for message in answer.before] == added
    called = [
        call.id
        for message in answer.before
        if message.role == "assistant"
        for call in message.tool_calls or ()
    ]
    assert [message.tool_call_id for message in answer.before if message.role == "tool"] == called


def state(*heard: ChatMessage) -> Seen:
    """The state after the agent has seen these messages."""
    return Seen(store=Store(), digest=digest_of(exchange(heard)) if heard else "")


HEARD = (user("Is it there?"), said("Yes."))


@pytest.mark.parametrize(
    ("conversation", "heard", "words"),
    [
        pytest.param(FIRST, (), "Is it there?", id="first"),
        pytest.param([user("One."), user("Two.")], (), "One.\n\nTwo.", id="two-at-once"),
        pytest.param([*HEARD, user("Bye.")], HEARD, "Bye.", id="later"),
        pytest.param(LATER, (*FIRST, said("[desk] It is there.")), "Bye.", id="after-tool-calls"),
        pytest.param(
            [*FIRST, CALLING, RESULT, REMINDER, said("Yes."), user("Bye.")], HEARD, "Bye.", id="reminder"
        ),
    ],
)
def test_only_what_is_new_is_sent(
    conversation: list[ChatMessage], heard: tuple[ChatMessage, ...], words: str
) -> None:
    assert next_message(conversation, state(*heard)) == words


@pytest.mark.parametrize(
    ("conversation", "heard", "message"),
    [
        pytest.param(FIRST, HEARD, "keeps its own session and cannot go back", id="restart"),
        pytest.param([user("Other."), said("Yes."), user("Bye.")], HEARD, "cannot go back", id="other-past"),
        pytest.param([*FIRST, said("No."), user("Bye.")], HEARD, "cannot go back", id="other-reply"),
        pytest.param([*HEARD, user("Bye.")], (), "cannot go back", id="given-past"),
        pytest.param([ChatMessageSystem(content="Be rude."), *FIRST], (), "own system prompt", id="system"),
        pytest.param([*FIRST, said("Well,")], (), "sent a user message only", id="prefill"),
        pytest.param([*FIRST, CALLING, RESULT], (), "sent a user message only", id="tool-result"),
        pytest.param([], (), "sent a user message only", id="nothing"),
    ],
)
def test_what_it_did_not_see_is_refused(
    conversation: list[ChatMessage], heard: tuple[ChatMessage, ...], message: str
) -> None:
    with pytest.raises(TargetFailed, match=message):
        next_message(conversation, state(*heard))


def test_simulated_tools_are_refused(tmp_path: Path) -> None:
    api = agent(tmp_path).api
    assert isinstance(api, CommandAPI)
    tool = ToolInfo(name="look", description="Looks.")
    with pytest.raises(TargetFailed, match="cannot be given simulated ones: look"):
        asyncio.run(api.generate(FIRST, [tool], "auto", GenerateConfig()))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        pytest.param(
            {}, "command: Field required; inner_model: Field required; the arguments are", id="none"
        ),
        pytest.param({"command": [], "inner_model": "x/y"}, "command: ", id="empty-command"),
        pytest.param({"command": "claude", "inner_model": "x/y"}, "command: ", id="not-a-list"),
        pytest.param(
            {"command": ["a"], "inner_model": "petri-nowhere/x"},
            "inner_model petri-nowhere/x: ",
            id="inner-model",
        ),
        pytest.param({"command": ["a"], "inner_model": "x/y", "model": 1}, "model: Extra", id="unknown"),
    ],
)
def test_wrong_settings_are_refused_before_anything_is_spent(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        CommandAPI("desk", **settings)


def test_it_tells_what_it_does_not_take(tmp_path: Path) -> None:
    api = agent(tmp_path).api
    assert isinstance(api, CommandAPI)
    assert not api.supports_rollback
    assert not api.supports_tools
    assert not api.supports_system_prompt
