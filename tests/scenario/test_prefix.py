"""Conversations that an audit goes on from: every form, every fault, and an order that providers accept."""

import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inspect_ai.dataset import Sample
from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalSample, EvalSpec, write_eval_log
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ContentImage,
    ContentReasoning,
    ContentText,
    GenerateConfig,
    ModelOutput,
)
from inspect_ai.tool import ToolCall, ToolInfo

from petri.conversation.text import text_of
from petri.conversation.tree import Origin, Tree, dump_message
from petri.errors import InvalidFile
from petri.scenario.prefix import MAX_BYTES, Prefix, read_prefix

USER = {"role": "user", "content": "Hello?"}
REPLY = {"role": "assistant", "content": "Yes."}


def write(folder: Path, data: object, name: str = "talk.json") -> Path:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def read(folder: Path, data: object, **wanted: Any) -> Prefix:
    return read_prefix(write(folder, data), shown="talk.json", **wanted)


def faults(path: Path, **wanted: Any) -> list[str]:
    with pytest.raises(InvalidFile) as raised:
        read_prefix(path, shown="talk.json", **wanted)
    return [str(fault) for fault in raised.value.faults]


def outline(prefix: Prefix) -> list[tuple[str, str]]:
    return [(message.role, text_of(message)) for message in prefix.messages]


def openai_call(id_: str, arguments: str = '{"path": "a"}') -> dict[str, Any]:
    return {"id": id_, "type": "function", "function": {"name": "read", "arguments": arguments}}


OPENAI = {
    "messages": [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Read a."}, {"type": "text", "text": "Now."}]},
        {"role": "assistant", "content": None, "reasoning_content": "Hm.", "tool_calls": [openai_call("c1")]},
        {"role": "tool", "tool_call_id": "c1", "content": "text of a"},
        {"role": "assistant", "content": "Done.", "refusal": None},
    ],
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "read",
                "description": "Reads.",
                "parameters": {"type": "object", "properties": {"path": {"type": "string"}}},
            },
        }
    ],
}
ANTHROPIC = {
    "system": [{"type": "text", "text": "Be brief."}],
    "messages": [
        {"role": "user", "content": "Read a.\nNow."},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "s"},
                {"type": "tool_use", "id": "c1", "name": "read", "input": {"path": "a"}},
            ],
        },
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "text of a"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "Done."}]},
    ],
    "tools": [
        {
            "name": "read",
            "description": "Reads.",
            "input_schema": {"type": "object", "properties": {"path": {"type": "string"}}},
        }
    ],
}


@pytest.mark.parametrize("data", [OPENAI, ANTHROPIC], ids=["openai", "anthropic"])
def test_both_forms_give_the_same_conversation(tmp_path: Path, data: dict[str, Any]) -> None:
    prefix = read(tmp_path, data)
    assert outline(prefix) == [
        ("system", "Be brief."),
        ("user", "Read a.\nNow."),
        ("assistant", ""),
        ("tool", "text of a"),
        ("assistant", "Done."),
    ]
    asked, answered = prefix.messages[2], prefix.messages[3]
    assert isinstance(asked, ChatMessageAssistant)
    assert isinstance(answered, ChatMessageTool)
    assert asked.tool_calls == [ToolCall(id="c1", function="read", arguments={"path": "a"})]
    assert (answered.tool_call_id, answered.function) == ("c1", "read")
    part = asked.content[0]
    assert isinstance(part, ContentReasoning)
    assert part.reasoning == "Hm."
    assert [tool.name for tool in prefix.tools] == ["read"]
    assert list(prefix.tools[0].parameters.properties) == ["path"]


def test_lines_of_messages_are_a_conversation(tmp_path: Path) -> None:
    prefix = read(tmp_path, f"{json.dumps(USER)}\n\n{json.dumps(REPLY)}\n")
    assert outline(prefix) == [("user", "Hello?"), ("assistant", "Yes.")]


def test_one_message_is_a_conversation(tmp_path: Path) -> None:
    assert outline(read(tmp_path, USER)) == [("user", "Hello?")]


def test_lines_of_conversations_are_chosen_from(tmp_path: Path) -> None:
    rows = [{"messages": [USER]}, {"id": "late", "messages": [USER, REPLY]}]
    lines = "\n".join(map(json.dumps, rows))
    assert len(read(tmp_path, lines, sample="late").messages) == 2
    assert len(read(tmp_path, lines, sample="1").messages) == 1
    assert faults(write(tmp_path, lines)) == [
        "talk.json:0:0: 2 conversations; choose one with 'sample': 1, late"
    ]
    assert (
        "no 'lat' among the conversations (did you mean 'late'?)"
        in faults(write(tmp_path, lines), sample="lat")[0]
    )


@pytest.mark.parametrize("messages", [1, 2, 3, 4, 5])
def test_the_first_messages_can_be_taken(tmp_path: Path, messages: int) -> None:
    prefix = read(tmp_path, OPENAI, messages=messages)
    assert len(prefix.messages) == messages


def test_results_stand_before_what_the_user_says_with_them(tmp_path: Path) -> None:
    uses: list[Any] = [{"type": "tool_use", "id": id_, "name": "read", "input": {}} for id_ in ("a", "b")]
    results = [
        {"type": "text", "text": "And?"},
        {"type": "tool_result", "tool_use_id": "b", "content": [{"type": "text", "text": "B"}]},
        {"type": "tool_result", "tool_use_id": "a", "content": "no such file", "is_error": True},
    ]
    messages: list[Any] = [USER, {"role": "assistant", "content": uses}, {"role": "user", "content": results}]
    prefix = read(tmp_path, messages)
    assert outline(prefix)[2:] == [("tool", "B"), ("tool", "no such file"), ("user", "And?")]
    failed = prefix.messages[3]
    assert isinstance(failed, ChatMessageTool)
    assert failed.error is not None


def test_blocks_of_one_kind_each(tmp_path: Path) -> None:
    blocks = [
        {"type": "redacted_thinking", "data": "xyz"},
        {"type": "refusal", "refusal": "No."},
        {"type": "text", "text": "Sorry."},
    ]
    prefix = read(tmp_path, [USER, {"role": "assistant", "content": blocks, "refusal": "Never."}])
    content = prefix.messages[1].content
    assert isinstance(content, list)
    assert [type(part) for part in content] == [ContentReasoning, ContentText, ContentText, ContentText]
    assert [part.refusal for part in content if isinstance(part, ContentText)] == [True, None, True]


def test_calls_may_wait_at_the_end_and_ids_become_ones_that_all_take(tmp_path: Path) -> None:
    def step(id_: str) -> list[dict[str, Any]]:
        return [
            {"role": "assistant", "content": "", "tool_calls": [openai_call(id_, "")]},
            {"role": "tool", "tool_call_id": id_, "content": "x"},
        ]

    messages = [USER, *step("functions.read:0"), *step("call_2"), *step("call_2"), *step("x" * 300)[:1]]
    prefix = read(tmp_path, messages)
    calls = [
        call.id
        for message in prefix.messages
        if isinstance(message, ChatMessageAssistant)
        for call in message.tool_calls or ()
    ]
    assert calls == ["call_1", "call_2", "call_3", "call_4"]
    tree = Tree()
    for message in prefix.messages:
        tree.append(message, Origin.PREFIX)
    assert [call.id for call in tree.pending()] == ["call_4"]


def test_system_prompts_at_the_start_are_one(tmp_path: Path) -> None:
    systems = [{"role": "system", "content": text} for text in ("One.", "Two.")]
    assert outline(read(tmp_path, [*systems, USER]))[0] == ("system", "One.\n\nTwo.")


def test_ids_of_messages_follow_from_the_file(tmp_path: Path) -> None:
    first, second = read(tmp_path, OPENAI), read(tmp_path, OPENAI)
    assert first == second
    ids = [message.id for message in first.messages]
    assert ids == [f"{first.sha256[:8]}-{number}" for number in range(1, 6)]


def message(content: object, role: str = "user") -> list[dict[str, Any]]:
    return [{"role": role, "content": content}]


CALL = {"role": "assistant", "content": "", "tool_calls": [openai_call("a")]}
RESULT = {"role": "tool", "tool_call_id": "a", "content": "x"}


UNUSABLE: list[tuple[Any, str]] = [
    ("", "talk.json:1:1: not JSON: Expecting value"),
    ('{"messages": [\n oops]}', "talk.json:2:2: not JSON: Expecting value"),
    ('{"role": "user"}\n{"role": oops}', "talk.json:2:0: not JSON: Expecting value"),
    ("[" * 100_000, "nested deeper than 64 levels"),
    ('[{"role": "user", "content": NaN}]', "NaN is not a number that can be used here"),
    ("[]", "no messages in it"),
    ("3", "should be a list of messages, a mapping with 'messages', an Inspect log or a transcript"),
    ("{}", "found a mapping with nothing"),
    ({"prompt": 1}, "found a mapping with 'prompt'"),
    (
        {"format": "petri-transcript/9"},
        "'petri-transcript/9' is not known here; known: petri-transcript/1",
    ),
    ({"format": "petri-transcript/1"}, "not a dumped tree"),
    ([1], "message 1: should be a mapping"),
    (
        message("x", "usr"),
        "'role' should be system, developer, user, assistant or tool, found 'usr' (did you",
    ),
    ([{"role": ["user"]}], "found a list"),
    (message(3), "'content' should be text or a list of blocks, found 3"),
    (message([3]), "a block should have the type"),
    (message([{"type": "txt"}]), "found 'txt' (did you mean 'text'?)"),
    (message([{"type": "image_url"}]), "a block of type 'image_url'; only text can be gone on from"),
    (message([{"type": "text", "text": 1}]), "'text' of a block should be text, found 1"),
    (
        message([{"type": "thinking"}]),
        "a block of type 'thinking' cannot stand in a message with role 'user'",
    ),
    (message("\ud83d"), "\\ud83d is half of a character"),
    (
        {"messages": [USER], "tools": [{"name": "f", "description": "\ud83d"}]},
        "\\ud83d is half of a character",
    ),
    (
        [USER, REPLY, REPLY],
        "message 3 is the assistant's, which must follow a user message or tool results",
    ),
    ([REPLY], "message 1 is the assistant's"),
    ([USER, *message("x", "system")], "message 2 is a system prompt; it can only start a conversation"),
    (
        [USER, RESULT],
        "message 2 answers the tool call 'a', which does not wait for a result; waiting: none",
    ),
    ([USER, CALL, RESULT, RESULT], "message 4 answers the tool call 'a'"),
    ([USER, CALL, USER], "message 3 follows the tool calls 'a', which have no result"),
    ([USER, CALL | {"tool_calls": [openai_call("a")] * 2}], "more than one tool call with the id 'a'"),
    (
        [USER, CALL | {"tool_calls": [openai_call("a", "{oops")]}],
        "arguments of the tool call 'a' are not JSON",
    ),
    ([USER, CALL | {"tool_calls": [openai_call("a", "[1]")]}], "should be a mapping, found a list"),
    (
        [USER, CALL | {"tool_calls": [openai_call("")]}],
        "the 'id' of a tool call should be text, found ''",
    ),
    ([USER, CALL | {"tool_calls": ["x"]}], "a tool call should be a mapping with 'id' and 'function'"),
    ([USER, CALL | {"tool_calls": 1}], "'tool_calls' should be a list, found 1"),
    (
        [USER, CALL | {"tool_calls": [{"id": "a", "function": {}}]}],
        "the 'name' of the tool call 'a' should be text",
    ),
    ([USER, REPLY | {"function_call": {}}], "'function_call' is an older form"),
    ([{"role": "tool", "content": "x"}], "'tool_call_id' should be the id of the call that is answered"),
    ({"messages": [USER], "system": 3}, "system: 'content' should be text"),
    ({"messages": [USER], "tools": 3}, "'tools' should be a list, found 3"),
    ({"messages": [USER], "tools": [3]}, "tool 1: should be a mapping"),
    ({"messages": [USER], "tools": [{"type": "web_search"}]}, "is a tool that its provider runs"),
    ({"messages": [USER], "tools": [{"name": 1}]}, "'name' should be text, found 1"),
    ({"messages": [USER], "tools": [{"name": "f", "input_schema": 3}]}, "f: parameters: "),
    (
        {"messages": [USER], "tools": [{"name": "f", "parameters": {"type": "object", "oneOf": []}}]},
        "'oneOf' would not reach the target",
    ),
    ({"messages": [USER], "tools": [{"name": "f"}] * 2}, "more than one tool is named 'f'"),
]


@pytest.mark.parametrize(("data", "expected"), UNUSABLE)
def test_what_cannot_be_gone_on_from(tmp_path: Path, data: object, expected: str) -> None:
    assert expected in faults(write(tmp_path, data))[0]


def test_all_faults_come_together_with_their_lines(tmp_path: Path) -> None:
    lines = [json.dumps(item) for item in (*message("x", "usr"), USER, *message(4))]
    assert [fault.split(": ")[0:2] for fault in faults(write(tmp_path, "\n".join(lines)))] == [
        ["talk.json:1:0", "message 1"],
        ["talk.json:3:0", "message 3"],
    ]
    both = faults(write(tmp_path, {"messages": message(4), "tools": [3], "system": 3}))
    assert [fault.split(": ")[1] for fault in both] == ["tool 1", "system", "message 1"]


def test_more_messages_than_there_are(tmp_path: Path) -> None:
    assert "only 2 messages in it; 3 are asked for" in faults(write(tmp_path, [USER, REPLY]), messages=3)[0]


def test_a_sample_is_chosen_only_where_there_are_several(tmp_path: Path) -> None:
    assert "leave 'sample' out ('x')" in faults(write(tmp_path, [USER]), sample="x")[0]
    assert len(read(tmp_path, {"id": "x", "messages": [USER]}, sample="x").messages) == 1


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, [USER])
    assert faults(tmp_path / "talks.json") == ["talk.json:0:0: no such file (did you mean 'talk.json'?)"]
    assert faults(tmp_path / "no" / "talk.json") == ["talk.json:0:0: no such file"]
    assert faults(tmp_path) == ["talk.json:0:0: not a regular file"]
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    assert faults(tmp_path / "bytes") == ["talk.json:0:0: not UTF-8 at byte 1, and no Inspect log (.eval)"]
    (tmp_path / "zip").write_bytes(b"PK\x03\x04rest")
    assert "cannot be read as an Inspect log" in faults(tmp_path / "zip")[0]
    (tmp_path / "large").write_bytes(b" " * (MAX_BYTES + 1))
    assert (
        "16,777,217 bytes; a conversation may have 16,777,216 (16 MiB) at most"
        in faults(tmp_path / "large")[0]
    )


def call_event(output: ModelOutput, tools: list[ToolInfo]) -> ModelEvent:
    return ModelEvent(
        model="m", input=[], tools=tools, tool_choice="auto", config=GenerateConfig(), output=output
    )


def log(folder: Path, name: str, samples: list[EvalSample]) -> Path:
    spec = EvalSpec(
        created="2026-01-01T00:00:00+00:00", task="t", dataset=EvalDataset(), model="m", config=EvalConfig()
    )
    path = folder / name
    write_eval_log(EvalLog(eval=spec, samples=samples), str(path))
    return path


def sample(id_: str | int, epoch: int, messages: list[ChatMessage], events: list[Any]) -> EvalSample:
    made = Sample(input="x")
    return EvalSample(id=id_, epoch=epoch, input=made.input, target="", messages=messages, events=events)


@pytest.mark.parametrize("name", ["log.eval", "log.json"])
def test_a_sample_of_a_log_goes_on_with_its_tools(tmp_path: Path, name: str) -> None:
    output = ModelOutput.from_content("m", "Yes.")
    tools = [ToolInfo(name="read", description="Reads.")]
    messages: list[ChatMessage] = [ChatMessageUser(content="Hello? " * 99), output.message]
    other = call_event(ModelOutput.from_content("m", "Elsewhere."), [])
    events = [call_event(output, tools), other]
    path = log(tmp_path, name, [sample("a", 1, messages, events), sample(7, 1, messages[:1], []),
                                sample(7, 2, messages, [])])  # fmt: skip
    prefix = read_prefix(path, sample="a")
    assert outline(prefix) == [("user", "Hello? " * 99), ("assistant", "Yes.")]
    assert [tool.name for tool in prefix.tools] == ["read"]
    assert len(read_prefix(path, sample="7:1").messages) == 1
    assert len(read_prefix(path, sample="7:2", messages=1).messages) == 1
    assert read_prefix(path, sample="7:2").tools == ()
    (asked,) = faults(path)
    assert asked.startswith("talk.json:0:0: 3 samples; choose one with 'sample': ")
    assert set(asked.rpartition(": ")[2].split(", ")) == {"a:1", "7:1", "7:2"}
    assert "'7' fits 2 of the samples" in faults(path, sample="7")[0]


def test_a_log_without_samples_and_one_with_pictures(tmp_path: Path) -> None:
    assert faults(log(tmp_path, "empty.eval", [])) == ["talk.json:0:0: a log without samples"]
    picture = ChatMessageUser(content=[ContentImage(image="data:image/png;base64,xyz")])
    path = log(tmp_path, "picture.eval", [sample("a", 1, [picture], [])])
    assert faults(path) == ["talk.json:0:0: message 1 holds image; only text can be gone on from"]


TEXT = st.text(string.printable + "äß漢😀", max_size=30)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """A conversation of ours with tool calls, some of them unanswered at the end."""
    tree = Tree()
    tree.set_tools([ToolInfo(name="read", description="Reads.")])
    if draw(st.booleans()):
        tree.append(ChatMessageSystem(content=draw(TEXT)), Origin.AUDITOR)
    for turn in range(draw(st.integers(1, 4))):
        tree.append(ChatMessageUser(content=draw(TEXT)), Origin.AUDITOR)
        calls = [
            ToolCall(id=f"c{turn}_{number}", function="read", arguments={"path": draw(TEXT)})
            for number in range(draw(st.integers(0, 2)))
        ]
        tree.append(ChatMessageAssistant(content=draw(TEXT), tool_calls=calls or None), Origin.TARGET)
        for call in calls:
            result = ChatMessageTool(content=draw(TEXT), tool_call_id=call.id, function="read")
            tree.append(result, Origin.SIMULATED_TOOL)
    return tree


@given(tree=trees())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_a_transcript_of_ours_goes_on_as_it_was(tmp_path: Path, tree: Tree) -> None:
    prefix = read(tmp_path, {"format": "petri-transcript/1", "id": "x", "tree": tree.dump()})
    assert [dump_message(m) | {"id": ""} for m in prefix.messages] == [
        dump_message(m) | {"id": ""} for m in tree.messages()
    ]
    assert prefix.tools == tree.tools
