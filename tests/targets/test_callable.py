"""Python code as the target: what may be named, what it is given, what it may return, and how it fails."""

import asyncio
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import (
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
from inspect_ai.tool import ToolCall, ToolCallError, ToolInfo, ToolParam, ToolParams

from petri.boundary import Failure, guarded
from petri.conversation.tree import parse_message
from petri.errors import PetriError, TargetFailed, TargetReplyError, UsageError
from petri.targets.callable import CallableAPI
from petri.targets.deployed import DEPLOYED, INJECTED, MESSAGES
from tests.targets.sample import ask_in_samples, write_script

BOTS = "petri_example_bots"
HELLO: list[ChatMessage] = [ChatMessageSystem(content="Be brief."), ChatMessageUser(content="Hello.")]
LOOK = ToolInfo(
    name="look", description="Looks.", parameters=ToolParams(properties={"path": ToolParam(type="string")})
)


@pytest.fixture(autouse=True)
def bots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's module in the current folder, and the path as it was afterwards."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    return Path(shutil.copy(Path(__file__).with_name("example_bots.py"), tmp_path / f"{BOTS}.py"))


def target(name: str, **args: Any) -> Model:
    return get_model(f"petri-target/{BOTS}:{name}", memoize=False, **args)


def ask(model: Model, messages: list[ChatMessage] = HELLO, *tools: ToolInfo) -> ModelOutput:
    api = model.api
    assert isinstance(api, CallableAPI)
    return asyncio.run(api.generate(messages, list(tools), "auto", GenerateConfig()))


@pytest.mark.parametrize(
    ("name", "args", "said"),
    [
        pytest.param("last", {}, "2: Hello.", id="function"),
        pytest.param("last_async", {}, "2: Hello.", id="async-function"),
        pytest.param("last_async", {"ending": " Bye."}, "2: Hello. Bye.", id="args"),
        pytest.param("Nested.answer", {}, "Nested, 2.", id="dotted"),
        pytest.param("OBJECT", {}, "From an object.", id="object"),
        pytest.param("halves", {}, "half \ufffd of one", id="half-a-character"),
        pytest.param("MADE", {}, "That is", id="agent-made-already"),
    ],
)
def test_it_answers_the_conversation(name: str, args: dict[str, Any], said: str) -> None:
    model = target(name, **args)
    output = ask(model)
    assert (output.completion, output.stop_reason) == (said, "stop")
    assert output.model == f"{BOTS}:{name}"
    assert output.usage is not None
    assert output.usage.total_tokens == 0
    assert str(model) == f"petri-target/{BOTS}:{name}"


def test_a_function_is_given_messages_and_tools_as_openai_writes_them() -> None:
    calls = [ToolCall("c1", "look", {"path": "a"}), ToolCall("c2", "look", {})]
    failed = ChatMessageTool(content="", tool_call_id="c2", error=ToolCallError("unknown", "No path."))
    messages: list[ChatMessage] = [
        *HELLO,
        ChatMessageAssistant(content="I look.", tool_calls=calls),
        ChatMessageTool(content="An a.", tool_call_id="c1"),
        failed,
    ]
    rows, tools = json.loads(ask(target("seen"), messages, LOOK).completion)
    assert rows[:2] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello."}]
    assert rows[2]["content"] == "I look."
    assert [call["id"] for call in rows[2]["tool_calls"]] == ["c1", "c2"]
    assert rows[2]["tool_calls"][0]["function"] == {"name": "look", "arguments": '{"path": "a"}'}
    assert rows[3:] == [
        {"role": "tool", "content": "An a.", "tool_call_id": "c1"},
        {"role": "tool", "content": "No path.", "tool_call_id": "c2"},
    ]
    (tool,) = tools
    assert tool["type"] == "function"
    assert tool["function"]["name"] == "look"
    assert tool["function"]["parameters"]["properties"] == {"path": {"type": "string"}}


def test_a_function_may_call_simulated_tools() -> None:
    output = ask(target("uses_tools"), HELLO, LOOK)
    calls = output.message.tool_calls or []
    assert output.stop_reason == "tool_calls"
    assert [(call.id, call.function, call.arguments) for call in calls[:3]] == [
        ("c0", "look", {"path": "a"}),
        ("c1", "look", {"path": "b"}),
        ("c2", "look", {}),
    ]
    assert "are not JSON" in str(calls[3].parse_error)
    assert "are not a JSON object" in str(calls[4].parse_error)


@pytest.mark.parametrize(
    ("name", "takes"), [("last", False), ("seen", True), ("uses_tools", True), ("MADE", False)]
)
def test_it_tells_what_it_takes(name: str, *, takes: bool) -> None:
    api = target(name).api
    assert isinstance(api, CallableAPI)
    assert api.supports_tools is takes
    assert api.supports_rollback
    assert api.supports_system_prompt


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        pytest.param("no-colon", {}, "write module:name", id="no-name"),
        pytest.param("a b:c", {}, "write module:name", id="no-identifier"),
        pytest.param("petri_missing_bots:x", {}, "no Python module 'petri_missing_bots'", id="no-module"),
        pytest.param(f"{BOTS}.deeper:x", {}, "'petri_example_bots.deeper'", id="no-submodule"),
        pytest.param(f"{BOTS}:lats", {}, "has no 'lats', did you mean 'last'", id="no-attribute"),
        pytest.param(f"{BOTS}:Nested.reply", {}, "bots:Nested' has no 'reply'", id="no-nested-attribute"),
        pytest.param(f"{BOTS}:NOT_CALLABLE", {}, "cannot be called: it is a value of type int", id="a-value"),
        pytest.param(f"{BOTS}:Nested", {}, "is a class; name a function", id="a-class"),
        pytest.param(f"{BOTS}:last", {"size": 1}, "with a list of messages and the args size", id="args"),
        pytest.param(f"{BOTS}:raises", {"base_url": "http://localhost"}, "has no base_url", id="base-url"),
        pytest.param(f"{BOTS}:desk", {"size": 1}, "making the agent .*size.*TypeError", id="agent-args"),
        pytest.param(f"{BOTS}:MADE", {"size": 1}, "made already, so it takes no args: size", id="made-agent"),
        pytest.param("petri_broken_bots:x", {}, r"lost \(ValueError\)", id="import-raises"),
        pytest.param("petri_needing_bots:x", {}, "'petri_absent'", id="import-needs-what-there-is-not"),
        pytest.param("petri_script_bots:x", {}, "ends the process when it is imported", id="import-exits"),
    ],
)
def test_what_cannot_answer_is_refused_before_anything_is_spent(
    name: str, args: dict[str, Any], message: str, tmp_path: Path
) -> None:
    (tmp_path / "petri_broken_bots.py").write_text("raise ValueError('lost')")
    (tmp_path / "petri_needing_bots.py").write_text("import petri_absent")
    (tmp_path / "petri_script_bots.py").write_text("raise SystemExit(2)")
    with pytest.raises(UsageError, match=message):
        CallableAPI(name, **args)


@pytest.mark.parametrize(
    ("name", "args", "error", "message"),
    [
        ("returns_none", {}, TargetReplyError, "returned NoneType: a target function returns the text"),
        ("returns_number", {}, TargetReplyError, "returned int"),
        ("returns_empty", {}, TargetReplyError, "a dict with 'text'"),
        ("returns_bad_call", {}, TargetReplyError, r"'tool_calls\.0\.function' is wrong: Field required"),
        ("returns_bad_content", {}, TargetReplyError, "'content' is wrong"),
        ("raises", {}, TargetFailed, "raised KeyError: 'no such customer"),
        ("leaves", {}, TargetFailed, r"tried to end the process \(SystemExit 3\)"),
        ("broken", {"how": "raises"}, TargetFailed, "raised ValueError: lost"),
        ("broken", {"how": "silent"}, TargetReplyError, "the agent added no message"),
        ("broken", {"how": "user"}, TargetReplyError, "ended on a user message"),
        ("broken", {"how": "type"}, TargetReplyError, "returned str; an agent returns its AgentState"),
    ],
)
def test_what_goes_wrong_is_one_clear_error(
    name: str, args: dict[str, Any], error: type[PetriError], message: str
) -> None:
    with pytest.raises(error, match=message):
        ask(target(name, **args))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("raises", "target_failed"), ("returns_none", "target_failed"), ("leaves", "target_failed")],
)
def test_an_error_has_a_kind_and_no_secrets(name: str, kind: str) -> None:
    failure = asyncio.run(guarded(target(name).generate(HELLO), "target"))
    assert isinstance(failure, Failure)
    assert failure.kind == kind
    assert "sk-abc" not in failure.message


@pytest.mark.parametrize(
    ("reason", "recorded"),
    [("stop", "stop"), ("max_tokens", "max_tokens"), ("model_length", "model_length"), ("unknown", "stop")],
)
def test_the_stop_reason_of_an_agent(reason: str, recorded: str) -> None:
    assert ask(target("stops", reason=reason)).stop_reason == recorded


def test_an_agent_may_end_on_calls_for_others_to_answer() -> None:
    output = ask(target("asks"))
    assert output.stop_reason == "tool_calls"
    assert [call.function for call in output.message.tool_calls or []] == ["look"]


def test_everything_an_agent_does_is_part_of_the_answer(tmp_path: Path) -> None:
    look = {"tool_calls": [{"name": "look", "arguments": {"path": "the shelf"}}]}
    script = write_script(tmp_path / "script.json", look, {"text": "It is there."}, {"text": "Goodbye."})
    later: list[ChatMessage] = [
        *HELLO,
        ChatMessageAssistant(content="", tool_calls=[ToolCall("c1", "look", {"path": "the shelf"})]),
        ChatMessageTool(content="looked at the shelf", tool_call_id="c1"),
        ChatMessageAssistant(content="It is there."),
        ChatMessageUser(content="Bye."),
    ]
    ((first, second),), log = ask_in_samples(tmp_path, (target("desk", script=script), [HELLO, later]))
    assert isinstance(first, ModelOutput)
    assert isinstance(second, ModelOutput)
    assert first.completion == "It is there."
    assert first.metadata is not None
    added = [parse_message(row) for row in json.loads(json.dumps(first.metadata[MESSAGES]))]
    assert [message.role for message in added] == ["assistant", "tool", "assistant"]
    assert added[1].text == "looked at the shelf"
    assert added[2].text == "It is there."
    system = first.metadata[DEPLOYED]["system"]
    assert system.startswith("You are the desk.")
    assert system.endswith("Be brief.")
    assert first.metadata[DEPLOYED]["tools"] == ["look"]
    assert second.completion == "Goodbye."
    assert MESSAGES not in (second.metadata or {})
    assert log.stats.model_usage["petri-offline/script"].total_tokens > 0
    assert not any(usage.total_tokens for name, usage in log.stats.model_usage.items() if "target" in name)


def test_a_function_with_openais_client_works_over_the_in_process_bridge(tmp_path: Path) -> None:
    asked: list[ChatMessage] = [ChatMessageUser(content="What is the capital of Australia?")]
    ((given,),), log = ask_in_samples(tmp_path, (target("bridged"), [asked]))
    assert isinstance(given, ModelOutput)
    assert "Canberra" in given.completion
    assert "petri-offline/honest" in log.stats.model_usage


def test_tokens_are_counted_without_a_tokenizer() -> None:
    api = target("last").api
    assert asyncio.run(api.count_tokens("abcde")) == 2
    assert asyncio.run(api.count_tokens(HELLO)) == 4
    assert api.max_connections() >= 1000


def test_a_user_message_of_the_deployment_is_marked(tmp_path: Path) -> None:
    script = write_script(tmp_path / "script.json", {"text": "One moment."}, {"text": "Done."})
    ((given,),), _ = ask_in_samples(tmp_path, (target("reminded", script=script), [HELLO]))
    assert isinstance(given, ModelOutput)
    assert given.metadata is not None
    rows = given.metadata[MESSAGES]
    assert [(row["role"], INJECTED in row.get("metadata", {})) for row in rows] == [
        ("assistant", False),
        ("user", True),
        ("assistant", False),
    ]
