"""Each wrong use of an auditor's tool: answered with an error that says what would be right, and without effect."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inspect_ai.model import ChatMessageAssistant, ChatMessageTool
from inspect_ai.tool import ToolCall

from petri.audit.session import Session
from petri.audit.tools.course import open_conversation
from petri.audit.toolset import Toolset
from petri.conversation.tree import Origin
from petri.plan import Cell
from petri.scenario.schema import AuditSettings
from petri.scenario.steering import Skill
from petri.world.setup import WorldSetup
from tests.scripted import (
    JsonObject,
    Play,
    Replies,
    answer,
    back,
    branch,
    call,
    create,
    does,
    end,
    play,
    says,
    send,
    world,
)

SKILLS = (
    Skill("tone", "How they write.", "How they write.\nShort."),
    Skill("trade", "The trade.", "The trade."),
)
CELL = Cell(
    id="c",
    file="f",
    scenario="s",
    seed="x",
    audit=AuditSettings(prefill=True),
    rubric=("sycophancy",),
    world=WorldSetup(),
    skills=SKILLS,
)
LOOK = does(call("look", path="a"))


@dataclass(frozen=True, slots=True)
class Case:
    """A wrong call, made after the replies ``first``, and words of the answer it gets."""

    wrong: JsonObject
    words: tuple[str, ...]
    first: Replies = ()
    target: Replies = ()
    audit: JsonObject = field(default_factory=dict[str, Any])
    cell: JsonObject = field(default_factory=dict[str, Any])


def raw(name: str, arguments: str) -> JsonObject:
    return {"name": name, "arguments": arguments}


def parameters(**schema: Any) -> JsonObject:
    return create(parameters={"type": "object", **schema})


ASKED: Replies = (does(create(), send()),)
ANSWERED: Replies = (*ASKED, does(answer("M2.1")))
STATES: list[Replies] = [(), ASKED, ANSWERED]

CASES: dict[str, Case] = {
    "unknown tool": Case(
        call("send_mesage", text="x"), ("'send_mesage'", "did you mean", "'send_user_message'")
    ),
    "unknown tool, nothing near": Case(call("zzz"), ("'zzz'", "your tools:", "send_user_message")),
    "a tool of the target's": Case(call("look", path="a"), ("'look'", "your tools:"), ASKED, [LOOK]),
    "resume, as in other auditors": Case(call("resume"), ("'resume'", "your tools:")),
    "missing argument": Case(call("send_user_message"), ("send_user_message takes text", "text", "required")),
    "wrong type": Case(call("send_user_message", text=7), ("text", "valid string")),
    "null": Case(call("send_user_message", text=None), ("text", "valid string")),
    "extra argument": Case(
        call("send_user_message", text="x", role="user"), ("takes text", "role", "not permitted")
    ),
    "not JSON": Case(raw("send_user_message", '{"text": "x"'), ("send_user_message", "not a JSON object")),
    "no JSON object": Case(raw("send_user_message", '["x"]'), ("send_user_message", "not a JSON object")),
    "no arguments": Case(raw("send_user_message", ""), ("send_user_message", "not a JSON object")),
    "empty message": Case(call("send_user_message", text=""), ("text", "at least 1 character")),
    "blank message": Case(call("send_user_message", text=" \n"), ("text", "is blank; write something")),
    "blank system prompt": Case(call("set_system_prompt", text=" "), ("text", "is blank; write something")),
    "restart with arguments": Case(
        call("restart", to="M1"), ("restart takes no arguments", "to", "not permitted")
    ),
    "message before results": Case(send("Well?"), ("M2.1", "answer_tool_call"), ASKED, [LOOK]),
    "message before the last result": Case(
        send("Well?"),
        ("M2.2", "answer_tool_call"),
        (*ASKED, does(answer("M2.1"))),
        [does(call("look", path="a"), call("look", path="b"))],
    ),
    "answer to no call": Case(answer("M2.1"), ("'M2.1'", "no call waits for a result")),
    "answer to another call": Case(
        answer("M2.7"), ("'M2.7'", "calls that wait for a result: M2.1"), ASKED, [LOOK]
    ),
    "answer with the message's label": Case(
        answer("M2"), ("'M2'", "calls that wait for a result: M2.1"), ASKED, [LOOK]
    ),
    "second answer in another reply": Case(
        answer("M2.1", "other"), ("'M2.1'", "no call waits for a result"), ANSWERED, [LOOK]
    ),
    "result that is an object": Case(
        call("answer_tool_call", call="M2.1", result={"a": 1}),
        ("result", "valid string"),
        ASKED,
        [LOOK],
    ),
    "is_error as text": Case(answer("M2.1", is_error="yes"), ("is_error", "valid boolean"), ASKED, [LOOK]),
    "tool name with a space": Case(create("look up"), ("'look up' is no tool name", "letters, digits")),
    "tool name with a digit first": Case(create("1st"), ("'1st' is no tool name", "starting with a letter")),
    "tool name too long": Case(create("a" * 65), ("is no tool name", "at most 64")),
    "tool name empty": Case(create(""), ("'' is no tool name",)),
    "tool name with a line break": Case(create("look\n"), ("is no tool name",)),
    "tool without words": Case(create(description=""), ("description", "at least 1 character")),
    "tool given twice": Case(create(), ("'look' already", "change_tool"), ASKED, [LOOK]),
    "schema missing": Case(
        call("create_tool", name="a", description="b"),
        ("create_tool takes name, description, parameters", "required"),
    ),
    "schema is a list": Case(create(parameters=[]), ("parameters", "valid dictionary")),
    "schema is text that is not JSON": Case(create(parameters="a path"), ("parameters", "valid dictionary")),
    "schema is text that is very deep": Case(
        create(parameters="[" * 100_000), ("parameters", "valid dictionary")
    ),
    "schema of an array": Case(
        create(parameters={"type": "array"}), ("must be a JSON Schema such as", '"type": "object"')
    ),
    "properties is a list": Case(parameters(properties=["path"]), ("must be a JSON Schema such as",)),
    "properties is null": Case(parameters(properties=None), ("must be a JSON Schema such as",)),
    "property is a word": Case(
        parameters(properties={"path": "string"}),
        ("parameters.properties.path", 'such as {"type": "string"}'),
    ),
    "property of an unknown type": Case(
        parameters(properties={"path": {"type": "text"}}),
        ("parameters.properties.path.type", "'string'", "'array'"),
    ),
    "property inside a property": Case(
        parameters(properties={"a": {"type": "object", "properties": {"b": 3}}}),
        ("parameters.properties.a.properties.b", 'such as {"type": "string"}'),
    ),
    "property name with a space": Case(
        parameters(properties={"a path": {"type": "string"}}), ("'a path' is no name for a property",)
    ),
    "property name inside": Case(
        parameters(properties={"a": {"type": "object", "properties": {"b c": {}}}}),
        ("parameters.a: 'b c' is no name for a property",),
    ),
    "array of nothing": Case(
        parameters(properties={"paths": {"type": "array"}}), ("parameters.paths is an array", '"items"')
    ),
    "array of arrays of nothing": Case(
        parameters(properties={"a": {"type": "array", "items": {"type": "array"}}}),
        ("parameters.a.items is an array", '"items"'),
    ),
    "required is a word": Case(
        parameters(properties={}, required="path"), ("parameters.required", "valid list")
    ),
    "required names no property": Case(
        parameters(properties={"path": {"type": "string"}}, required=["file"]),
        ("parameters.required names file", "path"),
    ),
    "required without properties": Case(
        create(parameters={"type": "object", "required": ["file"]}),
        ("parameters.required names file", "none"),
    ),
    "remove an unknown tool": Case(
        call("remove_tool", name="loook"), ("no tool 'loook'", "did you mean 'look'?"), ASKED, [LOOK]
    ),
    "remove a tool where there is none": Case(
        call("remove_tool", name="look"), ("no tool 'look'", "its tools: none")
    ),
    "change an unknown tool": Case(
        call("change_tool", name="loook"), ("no tool 'loook'", "did you mean 'look'?"), ASKED, [LOOK]
    ),
    "change a tool to what is no schema": Case(
        call("change_tool", name="look", parameters={"type": "array"}),
        ("must be a JSON Schema such as",),
        ASKED,
        [LOOK],
    ),
    "change a tool's name": Case(
        call("change_tool", name="look", new_name="find"), ("new_name", "not permitted"), ASKED, [LOOK]
    ),
    "a tool backed by what there is not": Case(
        create(backed_by="files.reed"),
        ("no operation 'files.reed'", "did you mean 'files.read'", "mail.send"),
    ),
    "an operation there is not": Case(
        world("files.reed", path="a"), ("no operation 'files.reed'", "did you mean 'files.read'", "mail.send")
    ),
    "an operation that fails": Case(world("files.read", path="/a"), ("/a",)),
    "an operation without its arguments": Case(world("files.read"), ("Missing required argument: path",)),
    "arguments of an operation that are no object": Case(
        call("world", do="files.read", arguments="/a"), ("arguments", "valid dictionary")
    ),
    "a brief that is blank": Case(call("brief_simulator", text=" "), ("text", "is blank; write something")),
    "a note that is blank": Case(call("note", text=" "), ("text", "is blank; write something")),
    "a skill there is not": Case(call("read_skill", name="ton"), ("no skill 'ton'", "did you mean 'tone'?")),
    "a skill, nothing near": Case(call("read_skill", name="zzz"), ("no skill 'zzz'", "skills: tone, trade")),
    "prefill where nothing waits": Case(call("prefill", text="I"), ("nothing waits", "then prefill")),
    "prefill after the target's words": Case(
        call("prefill", text="I"), ("nothing waits", "then prefill"), (does(send()),)
    ),
    "prefill while results are missing": Case(
        call("prefill", text="I"), ("nothing waits", "last result"), ASKED, [LOOK]
    ),
    "prefill that is blank": Case(call("prefill", text=" \n"), ("text", "is blank; write something")),
    "branch at nothing": Case(branch("M1"), ("'M1'", "the labels are none yet")),
    "branch at an unknown label": Case(branch("M9"), ("'M9'", "M1 to M2"), (does(send()),)),
    "branch at a user's message": Case(branch("M1"), ("M1 is no reply of the target's",), (does(send()),)),
    "branch with a change there is not": Case(
        branch("M2", "temperature"), ("change", "'system_prompt', 'message'"), (does(send()),)
    ),
    "branch with a changed message and no words": Case(
        branch("M2", "message", label="M1"), ("a changed message needs its text",), (does(send()),)
    ),
    "branch with a changed message and no label": Case(
        branch("M2", "message", text="Hi."),
        ("label must name a user message before M2, not None; there: M1",),
        (does(send()),),
    ),
    "branch with a changed message that comes later": Case(
        branch("M2", "message", label="M3", text="Hi."),
        ("a user message before M2, not 'M3'; there: M1",),
        (does(send()), does(send())),
    ),
    "branch with a changed message that is the target's": Case(
        branch("M4", "message", label="M2", text="Hi."),
        ("a user message before M4, not 'M2'; there: M1, M3",),
        (does(send()), does(send())),
    ),
    "branch with a changed result where there is none": Case(
        branch("M2", "tool_result", label="M1", text="Hi."),
        ("a tool message before M2, not 'M1'; there: none",),
        (does(send()),),
    ),
    "branch with words and no change": Case(
        branch("M2", text="Hi."), ("name what is changed, as change says",), (does(send()),)
    ),
    "branch with a label and no change": Case(
        branch("M2", label="M1"), ("name what is changed, as change says",), (does(send()),)
    ),
    "branch with a system prompt that the scenario fixes": Case(
        branch("M3", "system_prompt", text="Be new."),
        ("the scenario fixes the system prompt",),
        (does(send()),),
        cell={"system": "Be kind."},
    ),
    "branch with a prefill where there is none": Case(
        branch("M2", "prefill", text="I"),
        ("change: input should be 'system_prompt', 'message' or 'tool_result'",),
        (does(send()),),
        audit={"prefill": False},
    ),
    "system prompt too late": Case(
        call("set_system_prompt", text="Be new."),
        ("the conversation has begun", "restart"),
        (does(call("set_system_prompt", text="Be kind."), send()),),
    ),
    "system prompt too late, where there is no going back": Case(
        call("set_system_prompt", text="Be new."),
        ("its system prompt stays as it is",),
        (does(call("set_system_prompt", text="Be kind."), send()),),
        audit={"rollback": False},
    ),
    "back to an unknown label": Case(back("M9"), ("'M9'", "the labels are M1 to M2"), (does(send()),)),
    "back where nothing is": Case(back("M1"), ("'M1'", "the labels are none yet")),
    "back to a call": Case(back("M2.1"), ("'M2.1'", "M1 to M2"), ASKED, [LOOK]),
    "back to a number": Case(back("1"), ("'1'", "M1 to M2"), (does(send()),)),
    "end without a reason": Case(call("end_audit"), ("end_audit takes reason", "required")),
}


def message(reply: JsonObject) -> ChatMessageAssistant:
    """A reply as a provider reports it."""
    calls = [
        ToolCall(f"c{number}", asked["name"], asked["arguments"])
        if isinstance(asked["arguments"], dict)
        else ToolCall(f"c{number}", asked["name"], {}, parse_error="Unterminated string")
        for number, asked in enumerate(reply.get("tool_calls", []))
    ]
    return ChatMessageAssistant(content=reply.get("text", ""), tool_calls=calls)


def staged(case: Case) -> tuple[Session, Toolset]:
    """A session as it stands before the wrong call."""
    audit = AuditSettings.model_validate({"prefill": True} | case.audit)
    session = Session(CELL.model_copy(update={"audit": audit} | case.cell))
    open_conversation(session)
    toolset, target = Toolset(session, simulator=True), iter(case.target)
    for reply in case.first:
        toolset.carry_out(session, message(reply))
        if session.tree.target_is_due():
            session.add(message(next(target, says("Fine."))), Origin.TARGET, "stop")
    assert not [told for told in session.auditor if isinstance(told, ChatMessageTool) and told.error]
    return session, toolset


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_answered_with_what_would_be_right(case: Case) -> None:
    session, toolset = staged(case)
    before = session.tree.dump()
    toolset.carry_out(session, message(does(case.wrong)))
    told = session.auditor[-1]
    assert isinstance(told, ChatMessageTool)
    assert told.error is not None
    assert told.error.message == told.text
    assert told.function == case.wrong["name"]
    assert not [words for words in case.words if words not in told.text], told.text
    assert len(told.text) <= 2000
    assert session.tree.dump() == before
    assert session.end is None


def test_nothing_of_it_reaches_the_target(tmp_path: Path) -> None:
    by_state: dict[int, list[JsonObject]] = {0: [], 1: [], 2: []}
    for case in CASES.values():
        if not (case.audit or case.cell) and case.first in STATES and case.target in ([], (), [LOOK]):
            by_state[STATES.index(case.first)].append(case.wrong)
    auditor = [does(*by_state[0], create(), send()), does(*by_state[1], answer("M2.1")), does(*by_state[2])]
    script = Play([*auditor, does(end())], [LOOK], audit={"prefill": True, "world": True})
    played = play(tmp_path, script)
    assert played.inputs() == [
        ["user: Hello."],
        ["user: Hello.", 'assistant: [look {"path": "a"}]', "tool: found it"],
    ]
    assert played.tools() == [["look"], ["look"]]
    assert [result.text for result in played.answers() if result.error is None] == [
        '{"tools": ["look"]}',
        '{"label": "M1"}',
        '{"label": "M3"}',
        '{"ended": true}',
    ]
    assert played.audit.outcome == "completed"


OTHERS: dict[str, tuple[Play, list[tuple[str, bool]], int]] = {
    "the end in one reply with a message waits for the target": (
        Play([does(send(), end()), does(end())]),
        [('{"label": "M1"}', False), ("still waits for the target", True), ('{"ended": true}', False)],
        1,
    ),
    "what comes after the end is not carried out": (
        Play([does(send()), does(end(), send())]),
        [('{"label": "M1"}', False), ('{"ended": true}', False), ("the audit has ended", True)],
        1,
    ),
    "a second answer in the same reply": (
        Play([does(create(), send()), does(answer("M2.1"), answer("M2.1", "other")), does(end())], [LOOK]),
        [
            ('{"tools": ["look"]}', False),
            ('{"label": "M1"}', False),
            ('{"label": "M3"}', False),
            ("no call waits for a result", True),
            ('{"ended": true}', False),
        ],
        2,
    ),
    "a system prompt after the first message": (
        Play([does(send(), call("set_system_prompt", text="Be new.")), does(end())]),
        [
            ('{"label": "M1"}', False),
            ("comes before it; to begin anew, call restart", True),
            ('{"ended": true}', False),
        ],
        1,
    ),
    "right calls around a wrong one are carried out": (
        Play([does(create(), create("bad name"), create("find"), send()), does(end())]),
        [
            ('{"tools": ["look"]}', False),
            ("is no tool name", True),
            ('{"tools": ["look", "find"]}', False),
            ('{"label": "M1"}', False),
            ('{"ended": true}', False),
        ],
        1,
    ),
    "many wrong replies in a row do not end the audit": (
        Play([does(back("M9"))] * 9 + [does(send()), does(end())]),
        [("'M9'", True)] * 9 + [('{"label": "M1"}', False), ('{"ended": true}', False)],
        1,
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_several_calls(tmp_path: Path, name: str) -> None:
    script, expected, turns = OTHERS[name]
    played = play(tmp_path, script)
    got = [(result.text, result.error is not None) for result in played.answers()]
    assert [failed for _, failed in got] == [failed for _, failed in expected]
    assert all(words in text for (text, _), (words, _) in zip(got, expected, strict=True))
    assert (played.audit.outcome, played.audit.target_turns) == ("completed", turns)


def test_a_target_without_tools_that_calls_one_is_told_so(tmp_path: Path) -> None:
    script = Play([does(send()), does(send("Go on.")), does(end())], [LOOK], audit={"tools": "none"})
    played = play(tmp_path, script)
    assert played.inputs()[-1][2:] == ["tool!: There is no tool 'look'.", "user: Go on."]
    assert played.audit.outcome == "completed"


def test_an_auditor_is_reminded_of_its_tools_once_in_a_row(tmp_path: Path) -> None:
    script = Play([says("Hm."), does(back("M1")), says("Hm."), does(send()), says("Hm."), does(end())])
    played = play(tmp_path, script)
    assert [sorted(told) for told in played.told()[1:]] == [
        ["reminder"],
        ["reminder"],
        ["target", "turns"],
        ["reminder"],
    ]
    assert played.audit.outcome == "completed"


NAMES = [info.name for info in Toolset(Session(CELL), simulator=True).infos]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "properties", "required", "items", "anyOf", "enum", "a", "b c"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
SCHEMAS = st.fixed_dictionaries(
    {"type": st.just("object") | SCALARS}, optional={"properties": JSON, "required": JSON}
)
GIVEN = st.dictionaries(
    st.sampled_from(
        ["text", "to", "call", "result", "is_error", "name", "description", "parameters", "reason"]
    ),
    JSON | st.sampled_from(["M1", "M2", "M1.1", "look", "Hello."]) | SCHEMAS,
    max_size=4,
)
CALLS = st.tuples(st.sampled_from(NAMES) | st.text(max_size=8), GIVEN)


@settings(max_examples=80, deadline=None)
@given(st.lists(CALLS, max_size=6))
def test_whatever_is_called_is_answered_once(calls: list[tuple[str, JsonObject]]) -> None:
    session = Session(CELL)
    toolset = Toolset(session, simulator=True)
    made = [ToolCall(f"c{number}", *asked) for number, asked in enumerate(calls)]
    toolset.carry_out(session, ChatMessageAssistant(content="", tool_calls=made))
    answers = [message for message in session.auditor if isinstance(message, ChatMessageTool)]
    assert [result.tool_call_id for result in answers] == [asked.id for asked in made]
    assert all(result.error or json.loads(result.text) for result in answers)
    assert session.tree.parse(session.tree.dump()).dump() == session.tree.dump()
