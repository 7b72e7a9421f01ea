"""What the conversation tree allows, what it refuses and in which words, and what an append costs."""

import json
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    Content,
    ContentReasoning,
    ContentText,
)
from inspect_ai.tool import ToolCall, ToolInfo, ToolParams

from petri.conversation.tree import Origin, Tree, TreeRecord, dump_message
from petri.errors import TreeError

AUDITOR, TARGET, PREFILL, PREFIX = Origin.AUDITOR, Origin.TARGET, Origin.PREFILL, Origin.PREFIX
SIMULATED = Origin.SIMULATED_TOOL


def user(text: str = "hello") -> ChatMessage:
    return ChatMessageUser(content=text)


def system(text: str = "be kind") -> ChatMessage:
    return ChatMessageSystem(content=text)


def said(text: str = "hi", calls: tuple[str, ...] = ()) -> ChatMessage:
    made = [ToolCall(id=id_, function="look", arguments={"at": id_}) for id_ in calls]
    return ChatMessageAssistant(content=text, tool_calls=made or None)


def result(call: str | None, text: str = "seen") -> ChatMessage:
    return ChatMessageTool(content=text, tool_call_id=call, function="look")


def tool(name: str) -> ToolInfo:
    return ToolInfo(name=name, description=f"does {name}")


def tree_of(*steps: tuple[ChatMessage, Origin]) -> Tree:
    tree = Tree()
    for message, origin in steps:
        tree.append(message, origin)
    return tree


def calling(*ids: str) -> Tree:
    return tree_of((user(), AUDITOR), (said(calls=ids), TARGET))


def forked() -> Tree:
    """M1 system, M2 user, M3 target, M4 user, M5 target; M6 user, M7 target after M3; M8 user after M2 … M3."""
    tree = tree_of(
        (system(), AUDITOR),
        (user("a"), AUDITOR),
        (said("b"), TARGET),
        (user("c"), AUDITOR),
        (said("d"), TARGET),
    )
    tree.move("M3")
    tree.append(user("e"), AUDITOR)
    tree.append(said("f"), TARGET)
    tree.move("M3")
    tree.append(user("g"), AUDITOR)
    return tree


REFUSED: dict[str, tuple[Tree, Callable[[Tree], object], str]] = {
    "system below a root": (
        tree_of((user(), AUDITOR)),
        lambda tree: tree.append(system(), AUDITOR),
        "a system prompt can only start a conversation",
    ),
    "assistant first": (
        Tree(),
        lambda tree: tree.append(said(), TARGET),
        "an assistant message must follow a user message, tool results or a prefill",
    ),
    "assistant after system": (
        tree_of((system(), AUDITOR)),
        lambda tree: tree.append(said(), TARGET),
        "an assistant message must follow a user message, tool results or a prefill",
    ),
    "assistant twice": (
        tree_of((user(), AUDITOR), (said(), TARGET)),
        lambda tree: tree.append(said(), TARGET),
        "an assistant message must follow a user message, tool results or a prefill",
    ),
    "one call id twice": (
        tree_of((user(), AUDITOR)),
        lambda tree: tree.append(said(calls=("c", "c")), TARGET),
        "tool call ids must be unique within a message: ['c', 'c']",
    ),
    "user before a result": (
        calling("c1", "c2"),
        lambda tree: tree.append(user(), AUDITOR),
        "tool calls ['c1', 'c2'] must be answered first",
    ),
    "assistant before the last result": (
        tree_of((user(), AUDITOR), (said(calls=("c1", "c2")), TARGET), (result("c2"), SIMULATED)),
        lambda tree: tree.append(said(), TARGET),
        "tool calls ['c1'] must be answered first",
    ),
    "result to another call": (
        calling("c1"),
        lambda tree: tree.append(result("c9"), SIMULATED),
        "no unanswered tool call has the id 'c9'; unanswered: ['c1']",
    ),
    "result to no call": (
        calling(),
        lambda tree: tree.append(result("c1"), SIMULATED),
        "no unanswered tool call has the id 'c1'; unanswered: none",
    ),
    "result without an id": (
        calling("c1"),
        lambda tree: tree.append(result(None), SIMULATED),
        "no unanswered tool call has the id None; unanswered: ['c1']",
    ),
    "result given twice": (
        tree_of((user(), AUDITOR), (said(calls=("c1", "c2")), TARGET), (result("c1"), SIMULATED)),
        lambda tree: tree.append(result("c1"), SIMULATED),
        "no unanswered tool call has the id 'c1'; unanswered: ['c2']",
    ),
    "user message by the target": (
        Tree(),
        lambda tree: tree.append(user(), TARGET),
        "a message with role 'user' cannot come from 'target', only from auditor or prefix",
    ),
    "target's words by the auditor": (
        tree_of((user(), AUDITOR)),
        lambda tree: tree.append(said(), AUDITOR),
        "a message with role 'assistant' cannot come from 'auditor', only from target or prefill or prefix",
    ),
    "tool result by the target": (
        calling("c1"),
        lambda tree: tree.append(result("c1"), TARGET),
        "a message with role 'tool' cannot come from 'target', only from simulated_tool or real_tool or prefix",
    ),
    "prefill before anything": (
        tree_of((system(), AUDITOR)),
        lambda tree: tree.append(said(), PREFILL),
        "an assistant message must follow a user message, tool results or a prefill",
    ),
    "prefill twice": (
        tree_of((user(), AUDITOR), (said("Sure"), PREFILL)),
        lambda tree: tree.append(said(), PREFILL),
        "an assistant message must follow a user message, tool results or a prefill",
    ),
    "prefill before the results": (
        calling("c1"),
        lambda tree: tree.append(said(), PREFILL),
        "tool calls ['c1'] must be answered first",
    ),
    "prefill with a call": (
        tree_of((user(), AUDITOR)),
        lambda tree: tree.append(said(calls=("c1",)), PREFILL),
        "a prefill is plain text, without tool calls",
    ),
    "prefill in parts": (
        tree_of((user(), AUDITOR)),
        lambda tree: tree.append(ChatMessageAssistant(content=[ContentText(text="Sure")]), PREFILL),
        "a prefill is plain text, without tool calls",
    ),
    "user message after a prefill": (
        tree_of((user(), AUDITOR), (said("Sure"), PREFILL)),
        lambda tree: tree.append(user(), AUDITOR),
        "only the reply that continues it may follow a prefill",
    ),
    "message that is not JSON": (
        Tree(),
        lambda tree: tree.append(ChatMessageUser(content="x", metadata={"k": object()}), AUDITOR),
        "a message that is not JSON cannot be stored: Unable to serialize unknown type: <class 'object'>",
    ),
    "tool that is not JSON": (
        Tree(),
        lambda tree: tree.set_tools([ToolInfo(name="a", description="", options={"k": object()})]),
        "a tool that is not JSON cannot be stored: Unable to serialize unknown type: <class 'object'>",
    ),
    "two tools of one name": (
        Tree(),
        lambda tree: tree.set_tools([tool("a"), tool("b"), tool("a")]),
        "tool names must be unique; given more than once: ['a']",
    ),
    "move in an empty tree": (
        Tree(),
        lambda tree: tree.move("M1"),
        "no message is labelled 'M1'; the labels are none yet",
    ),
    "move to no label": (
        calling(),
        lambda tree: tree.move("M3"),
        "no message is labelled 'M3'; the labels are M1 to M2",
    ),
    "path to no label": (
        calling(),
        lambda tree: tree.path("m1"),
        "no message is labelled 'm1'; the labels are M1 to M2",
    ),
}


@pytest.mark.parametrize(("tree", "act", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_an_illegal_operation_says_what_is_wrong_and_changes_nothing(
    tree: Tree, act: Callable[[Tree], object], message: str
) -> None:
    before, head, tools, pending = tree.dump(), tree.head, tree.tools, tree.pending()
    with pytest.raises(TreeError) as refusal:
        act(tree)
    assert str(refusal.value) == message
    assert (tree.dump(), tree.head, tree.tools, tree.pending()) == (before, head, tools, pending)


def test_labels_parents_and_turns() -> None:
    assert [(node.label, node.parent, node.turn) for node in forked()] == [
        ("M1", None, 0),
        ("M2", "M1", 0),
        ("M3", "M2", 1),
        ("M4", "M3", 1),
        ("M5", "M4", 2),
        ("M6", "M3", 1),
        ("M7", "M6", 2),
        ("M8", "M3", 1),
    ]


def test_paths_leaves_and_branches() -> None:
    tree = forked()
    assert [node.label for node in tree.path("M7")] == ["M1", "M2", "M3", "M6", "M7"]
    assert [message.text for message in tree.messages()] == ["be kind", "a", "b", "g"]
    assert [node.label for node in tree.leaves()] == ["M5", "M7", "M8"]
    assert [node.label for node in tree.branches()] == ["M5", "M7"]


def test_an_empty_tree() -> None:
    tree = Tree()
    assert (len(tree), tree.head, tree.path(), tree.messages(), tree.leaves(), tree.branches()) == (
        0,
        None,
        (),
        [],
        (),
        (),
    )
    assert (tree.pending(), tree.target_is_due(), tree.tools) == ((), False, ())


def test_prefill_is_not_the_targets_turn_and_the_target_may_continue_it() -> None:
    tree = tree_of((user(), AUDITOR), (said("Sure, "), PREFILL))
    node = tree.append(said("here it is"), TARGET)
    assert [each.turn for each in tree.path()] == [0, 0, 1]
    assert tree.branches() == (node,)


REASONED = ContentReasoning(reasoning="hm")
CALLS = [ToolCall(id="c", function="look", arguments={})]


@pytest.mark.parametrize(
    ("reply", "content"),
    [
        pytest.param(said("here it is"), "Sure, here it is", id="text"),
        pytest.param(said("", calls=("c",)), "Sure, ", id="a call alone"),
        pytest.param(
            ChatMessageAssistant(content=[REASONED, ContentText(text="here"), ContentText(text=" it is")]),
            [REASONED, ContentText(text="Sure, here"), ContentText(text=" it is")],
            id="parts; the words stand before the first text",
        ),
        pytest.param(
            ChatMessageAssistant(content=[REASONED], tool_calls=CALLS),
            [REASONED, ContentText(text="Sure, ")],
            id="parts without text",
        ),
        pytest.param(ChatMessageAssistant(content=[]), [ContentText(text="Sure, ")], id="no part"),
    ],
)
@pytest.mark.parametrize("origin", [TARGET, PREFIX])
def test_a_prefill_and_its_continuation_are_sent_as_one_message(
    origin: Origin, reply: ChatMessageAssistant, content: str | list[Content]
) -> None:
    tree = tree_of((user("May I?"), AUDITOR), (said("Sure, "), PREFILL))
    node = tree.append(reply, origin)
    asked, sent = tree.messages()
    assert isinstance(sent, ChatMessageAssistant)
    assert (asked.text, sent.content, sent.tool_calls) == ("May I?", content, reply.tool_calls)
    assert sent.id != reply.id  # it is another message than the reply alone
    assert (node.message.content, node.message.id) == (reply.content, reply.id)
    assert [message.text for message in tree.messages("M2")] == ["May I?", "Sure, "]


def test_what_was_said_before_the_audit_is_no_turn_and_no_branch() -> None:
    tree = tree_of((system(), PREFIX), (user(), PREFIX), (said(calls=("c",)), PREFIX), (result("c"), PREFIX))
    assert tree.target_is_due()
    tree.append(said(), PREFIX)
    assert (tree.branches(), [node.turn for node in tree]) == ((), [0] * 5)
    tree.append(user(), AUDITOR)
    node = tree.append(said(), TARGET)
    assert (node.turn, tree.branches()) == (1, (node,))


def test_why_a_reply_ended_is_kept_where_it_is_known() -> None:
    tree = tree_of((user(), AUDITOR), (said(), TARGET))
    tree.move("M1")
    tree.append(said("hi th"), TARGET, "max_tokens")
    assert [row.get("stop") for row in tree.dump()["nodes"]] == [None, None, "max_tokens"]
    assert "stop" not in tree.dump()["nodes"][1]
    assert [node.stop for node in Tree.parse(tree.dump())] == [None, None, "max_tokens"]


@pytest.mark.parametrize(
    ("steps", "due"),
    [
        pytest.param([(system(), AUDITOR)], False, id="system only"),
        pytest.param([(user(), AUDITOR)], True, id="user"),
        pytest.param([(user(), AUDITOR), (said(), TARGET)], False, id="target spoke"),
        pytest.param([(user(), AUDITOR), (said(), PREFIX)], False, id="it had spoken before"),
        pytest.param([(user(), AUDITOR), (said(), PREFILL)], True, id="prefill"),
        pytest.param([(user(), AUDITOR), (said(), PREFILL), (said(), TARGET)], False, id="prefill continued"),
        pytest.param([(user(), AUDITOR), (said(calls=("a", "b")), TARGET)], False, id="no result"),
        pytest.param(
            [(user(), AUDITOR), (said(calls=("a", "b")), TARGET), (result("b"), SIMULATED)],
            False,
            id="half the results",
        ),
        pytest.param(
            [
                (user(), AUDITOR),
                (said(calls=("a", "b")), TARGET),
                (result("b"), SIMULATED),
                (result("a"), SIMULATED),
            ],
            True,
            id="all results, in another order",
        ),
    ],
)
def test_the_target_is_due_when_something_waits_for_it(
    steps: list[tuple[ChatMessage, Origin]],
    due: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    assert tree_of(*steps).target_is_due() is due


def test_pending_keeps_the_order_of_the_calls() -> None:
    tree = calling("a", "b", "c")
    tree.append(result("b"), SIMULATED)
    assert [call.id for call in tree.pending()] == ["a", "c"]


def test_rolling_back_between_results_makes_the_later_ones_pending_again() -> None:
    tree = calling("a", "b")
    tree.append(result("a"), SIMULATED)
    tree.append(result("b"), SIMULATED)
    tree.move("M3")
    assert [call.id for call in tree.pending()] == ["b"]
    assert tree.append(result("b", "seen otherwise"), Origin.REAL_TOOL).parent == "M3"
    assert tree.target_is_due()


def test_rolling_back_restores_tools() -> None:
    tree = Tree()
    tree.set_tools([tool("a")])
    tree.append(system("one"), AUDITOR)
    tree.append(user(), AUDITOR)
    tree.set_tools([tool("a"), tool("b")])
    tree.append(said(), TARGET)
    tree.move(None)
    assert tree.tools == ()
    tree.append(system("two"), AUDITOR)
    tree.move("M2")
    assert [each.name for each in tree.tools] == ["a"]
    tree.move("M3")
    assert [each.name for each in tree.tools] == ["a", "b"]
    tree.move("M4")
    assert (tree.tools, [message.text for message in tree.messages()]) == ((), ["two"])


def test_what_the_caller_does_to_its_objects_afterwards_does_not_reach_the_tree() -> None:
    message = ChatMessageAssistant(
        content=[ContentText(text="hi")], tool_calls=[ToolCall(id="c", function="f", arguments={})]
    )
    given = ToolInfo(name="a", description="old", parameters=ToolParams())
    tree = tree_of((user(), AUDITOR))
    tree.set_tools([given])
    node = tree.append(message, TARGET)
    before = tree.dump()
    assert isinstance(message.content, list)
    message.content.append(ContentText(text="more"))
    assert message.tool_calls
    message.tool_calls[0].arguments["late"] = True
    given.description = "new"
    assert tree.dump() == before
    assert node.message.id == message.id


TEXTS = {
    "plain": "hello",
    "empty": "",
    "unicode": "héllo 你好 \U0001f9ea \u202e \x00 \u2028",
    "lone surrogate": "\ud800 and \udfff",
    "json": '{"a": [1, null]}',
    "huge": "x" * 2_000_000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_dump_and_parse_are_inverse_through_json(text: str) -> None:
    tree = Tree()
    tree.set_tools([ToolInfo(name="f", description=text)])
    tree.append(ChatMessageUser(content=text, metadata={"k": text, "none": None}), AUDITOR)
    content = [ContentReasoning(reasoning=text, signature="s"), ContentText(text=text)]
    arguments = {"text": text, "list": [None, 1.5, {"deep": text}], "big": 10**40}
    call = ToolCall(id="c", function="f", arguments=arguments)
    tree.append(ChatMessageAssistant(content=[*content], tool_calls=[call], model="m"), TARGET)
    again = Tree.parse(json.loads(json.dumps(tree.dump())))
    assert again.dump() == tree.dump()
    assert list(again) == list(tree)
    assert (again.head, again.tools, again.pending()) == (tree.head, tree.tools, tree.pending())


def test_a_dump_holds_each_set_of_tools_once() -> None:
    tree = Tree()
    for names in ("a", "ab", "a", "ab"):
        tree.set_tools([tool(name) for name in names])
        tree.append(user(), AUDITOR)
    dumped = tree.dump()
    assert [[each["name"] for each in tools] for tools in dumped["toolsets"]] == [["a"], ["a", "b"]]
    assert [row["tools"] for row in dumped["nodes"]] == [0, 1, 0, 1]


def test_a_record_is_a_dump() -> None:
    tree = forked()
    assert Tree.parse(TreeRecord.model_validate(tree.dump())).dump() == tree.dump()


def edited(**changes: Any) -> dict[str, Any]:
    """The dump of two nodes with some of the second one's fields, or with some of its own, replaced."""
    dumped = calling().dump()
    dumped["nodes"][1].update({key: value for key, value in changes.items() if key in dumped["nodes"][1]})
    return dumped | {key[1:]: value for key, value in changes.items() if key.startswith("_")}


UNREADABLE: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": (
        {},
        "not a dumped tree: tools: Field required; toolsets: Field required; nodes: Field required",
    ),
    "unknown key": (edited(_extra=1), "not a dumped tree: extra: Extra inputs are not permitted"),
    "unknown origin": (
        edited(origin="god"),
        "not a dumped tree: nodes.1.origin: Input should be 'auditor', 'target'",
    ),
    "label out of order": (
        edited(label="M7"),
        "message M2 is labelled 'M7'; labels count up from M1 without gaps",
    ),
    "parent that comes later": (edited(parent="M2"), "no message is labelled 'M2'; the labels are M1 to M1"),
    "illegal order": (edited(parent=None), "an assistant message must follow a user message"),
    "no such tool set": (edited(tools=3), "there is no tool set 3; the dump holds 1, counted from 0"),
    "tool set counted from the end": (
        edited(tools=-1),
        "nodes.1.tools: Input should be greater than or equal to 0",
    ),
    "no such head": (edited(_head="M3"), "no message is labelled 'M3'; the labels are M1 to M2"),
    "no such tool set at the head": (
        edited(_tools=1),
        "there is no tool set 1; the dump holds 1, counted from 0",
    ),
    "tools of one name": (
        edited(_toolsets=[[{"name": "a", "description": ""}, {"name": "a", "description": ""}]]),
        "tool names must be unique; given more than once: ['a']",
    ),
}


@pytest.mark.parametrize(("data", "message"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_data_that_is_no_legal_tree_is_refused(data: dict[str, Any], message: str) -> None:
    with pytest.raises(TreeError) as refusal:
        Tree.parse(data)
    assert message in str(refusal.value)


def test_dumped_messages_leave_out_what_is_unset_and_keep_null_arguments() -> None:
    call = ToolCall(id="c", function="f", arguments={"x": None})
    dumped = dump_message(ChatMessageAssistant(id="m", content="", tool_calls=[call]))
    assert dumped == {
        "id": "m",
        "role": "assistant",
        "content": "",
        "tool_calls": [{"id": "c", "function": "f", "arguments": {"x": None}, "type": "function"}],
    }


def bytecodes(act: Callable[[], object]) -> int:
    """The bytecode instructions that a call executes: a measure of work that does not depend on the machine."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., Any]:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    outer = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(outer)
    return count


def one_call_a_turn(n: int) -> tuple[ChatMessage, Origin]:
    if n == 0:
        return user(), AUDITOR
    return (said(calls=("c",)), TARGET) if n % 2 else (result("c"), SIMULATED)


def a_fan_of_calls(n: int) -> tuple[ChatMessage, Origin]:
    if n < 2:
        return (said(calls=tuple(f"c{i}" for i in range(2, 5_000))), TARGET) if n else (user(), AUDITOR)
    return result(f"c{n}"), SIMULATED


LINES: dict[str, Callable[[int], tuple[ChatMessage, Origin]]] = {
    "talk": lambda n: (said(), TARGET) if n % 2 else (user(), AUDITOR),
    "one call a turn": one_call_a_turn,
    "a fan of calls": a_fan_of_calls,
}


@pytest.mark.parametrize("step", LINES.values(), ids=LINES.keys())
def test_an_append_costs_the_same_in_a_large_tree(step: Callable[[int], tuple[ChatMessage, Origin]]) -> None:
    tree = Tree()

    def grow(to: int) -> None:
        for n in range(len(tree), to):
            tree.append(*step(n))

    grow(10)
    early = bytecodes(lambda: grow(110))
    grow(4_900)
    late = bytecodes(lambda: grow(5_000))
    assert early > 0
    assert (
        late <= early * 1.02
    )  # message ids are random, and encoding one takes a varying number of instructions


def test_forks_cost_the_same_in_a_large_tree() -> None:
    tree = tree_of((user(), AUDITOR))

    def fork(times: int) -> None:
        for _ in range(times):
            tree.move("M1")
            tree.append(said(), TARGET)

    early = bytecodes(lambda: fork(100))
    fork(4_800)
    assert bytecodes(lambda: fork(100)) <= early * 1.02
