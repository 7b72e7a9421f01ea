"""Scripted roles: everything a provider may answer, and files that are not as they should be."""

import asyncio
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
    ModelOutput,
)
from inspect_ai.tool import ToolCall

from petri.errors import UsageError
from petri.offline.provider import OfflineAPI
from petri.offline.script import ScriptedFailure


def scripted(folder: Path, part: str, role: str = "target") -> OfflineAPI:
    """The role whose part is the given YAML in flow or block style, indented by four."""
    path = folder / "script.yaml"
    path.write_text(f"petri: 1\nroles:\n  {role}:\n{part}\n", encoding="utf-8")
    return OfflineAPI("script", script=str(path), part=role)


def talk(turns: int = 0, last: str = "Hello") -> list[ChatMessage]:
    earlier: list[ChatMessage] = []
    for _ in range(turns):
        earlier += [ChatMessageUser(content="Hello"), ChatMessageAssistant(content="Yes?")]
    return [*earlier, ChatMessageUser(content=last)]


def ask(model: OfflineAPI, messages: list[ChatMessage] | None = None) -> ModelOutput:
    return asyncio.run(model.generate(messages or talk(), [], "auto", GenerateConfig()))


@pytest.mark.parametrize(
    ("reply", "text", "stop"),
    [
        pytest.param("{text: Hi}", "Hi", "stop", id="text"),
        pytest.param("{}", "", "stop", id="empty"),
        pytest.param("{text: No., stop: content_filter}", "No.", "content_filter", id="refusal"),
        pytest.param("{text: And so, stop: max_tokens}", "And so", "max_tokens", id="cut-off"),
        pytest.param("{stop: model_length}", "", "model_length", id="context-full"),
        pytest.param("{text: ab, repeat: 100000}", "ab" * 100_000, "stop", id="very-long"),
        pytest.param("{tool_calls: [{name: look}]}", "", "tool_calls", id="tool-call"),
    ],
)
def test_a_reply_is_given_as_it_is_written(tmp_path: Path, reply: str, text: str, stop: str) -> None:
    output = ask(scripted(tmp_path, f"    turns: [{reply}]"))
    assert (output.message.text, output.stop_reason) == (text, stop)
    assert output.usage


@pytest.mark.parametrize(
    ("call", "arguments", "fault"),
    [
        pytest.param("{name: f, arguments: {a: [1, {b: x}]}}", {"a": [1, {"b": "x"}]}, None, id="object"),
        pytest.param("{name: nowhere}", {}, None, id="unknown-tool-without-arguments"),
        pytest.param("""{name: f, arguments: '{"a": 1}'}""", {"a": 1}, None, id="text-that-parses"),
        pytest.param("""{name: f, arguments: '{"a": '}""", {}, "are not JSON", id="text-that-does-not-parse"),
        pytest.param("{name: f, arguments: '[1]'}", {}, "are not a JSON object", id="no-object"),
    ],
)
def test_a_tool_call_may_be_broken(
    tmp_path: Path, call: str, arguments: dict[str, Any], fault: str | None
) -> None:
    output = ask(scripted(tmp_path, f"    turns: [{{tool_calls: [{call}, {{name: second}}]}}]"))
    first, second = output.message.tool_calls or []
    assert first.arguments == arguments
    assert (fault is None and first.parse_error is None) or (fault or "") in (first.parse_error or "")
    assert second.function == "second"
    assert first.id != second.id


def test_reasoning_and_usage_are_reported(tmp_path: Path) -> None:
    usage = "{input: 10, output: 3, cache_read: 5}"
    output = ask(scripted(tmp_path, f"    turns: [{{text: Hi, reasoning: I greet., usage: {usage}}}]"))
    assert [part.type for part in output.message.content if not isinstance(part, str)] == [
        "reasoning",
        "text",
    ]
    assert output.message.text == "Hi"
    assert output.usage
    assert (output.usage.input_tokens, output.usage.total_tokens, output.usage.input_tokens_cache_read) == (
        10,
        18,
        5,
    )


def test_the_provider_may_fail(tmp_path: Path) -> None:
    with pytest.raises(ScriptedFailure, match="503 overloaded"):
        ask(scripted(tmp_path, "    turns: [{error: 503 overloaded}]"))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param("", ["one", "two", None], id="ends"),
        pytest.param("    repeat_last: true", ["one", "two", "two", "two"], id="repeats"),
        pytest.param("    otherwise: {text: more}", ["one", "two", "more"], id="otherwise"),
    ],
)
def test_turns_are_counted_in_the_conversation(
    tmp_path: Path, options: str, expected: list[str | None]
) -> None:
    model = scripted(tmp_path, f"    turns: [{{text: one}}, {{text: two}}]\n{options}")
    for number, text in enumerate(expected):
        if text is None:
            with pytest.raises(UsageError, match=r"script\.yaml: .*no answer for turn 2 .*repeat_last"):
                ask(model, talk(number))
        else:
            assert ask(model, talk(number)).message.text == text


RULES = """\
    rules:
      - {when: {turn: 2}, reply: {text: third}}
      - {when: {contains: sure, system_contains: clerk}, reply: {text: clerk and sure}}
      - {when: {contains: sure}, reply: {text: sure}}
      - {when: {tool_result_contains: FAILED}, reply: {text: failed}}
    otherwise: {text: else}"""
RESULT: list[ChatMessage] = [
    ChatMessageUser(content="Go"),
    ChatMessageAssistant(content="", tool_calls=[ToolCall(id="a", function="f", arguments={})]),
    ChatMessageTool(content="1 FAILED", tool_call_id="a", function="f"),
]


@pytest.mark.parametrize(
    ("messages", "text"),
    [
        pytest.param(talk(2, "sure?"), "third", id="turn"),
        pytest.param(talk(0, "are you sure?"), "sure", id="words"),
        pytest.param([ChatMessageSystem(content="a clerk"), *talk(0, "sure?")], "clerk and sure", id="both"),
        pytest.param(RESULT, "failed", id="tool-result"),
        pytest.param(
            [*RESULT, ChatMessageAssistant(content="."), *talk()], "third", id="turns-before-the-rest"
        ),
        pytest.param(talk(1), "else", id="otherwise"),
    ],
)
def test_the_first_rule_that_holds_answers(tmp_path: Path, messages: list[ChatMessage], text: str) -> None:
    assert ask(scripted(tmp_path, RULES), messages).message.text == text


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        pytest.param(
            "petri: 1\nroles:\n  target: {turns: [{txet: a}]}\n",
            ["3:21", "'txet'", "did you mean 'text'"],
            id="unknown-key",
        ),
        pytest.param("petri: 2\nroles:\n  target: {otherwise: {}}\n", ["1:8"], id="version"),
        pytest.param(
            "petri: 1\nroles:\n  target: {}\n", ["3:11", "give turns, rules or otherwise"], id="empty-part"
        ),
        pytest.param(
            "petri: 1\nroles:\n  target: {rules: [{when: {}, reply: {}}]}\n",
            ["give at least one of"],
            id="no-condition",
        ),
        pytest.param(
            "petri: 1\nroles:\n  target: {turns: [{stop: bored}]}\n",
            ["3:27", "content_filter"],
            id="stop-reason",
        ),
        pytest.param(
            "petri: 1\nroles:\n  victim: {otherwise: {}}\n", ["victim", "simulator"], id="unknown-role"
        ),
        pytest.param("petri: 1\nroles: [", ["script.yaml:2"], id="not-yaml"),
        pytest.param(
            "petri: 1\nroles:\n  judge: {otherwise: {}}\n", ["'target'", "has: judge"], id="role-not-named"
        ),
    ],
)
def test_a_bad_file_is_refused_with_the_place(tmp_path: Path, text: str, faults: list[str]) -> None:
    path = tmp_path / "script.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        OfflineAPI("script", script=path, part="target")
    for fault in ["script.yaml", *faults]:
        assert fault in str(caught.value)
