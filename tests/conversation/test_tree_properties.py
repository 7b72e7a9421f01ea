"""The conversation tree under random operations, legal and not, against rules written out independently of it."""

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ContentReasoning,
    ContentText,
)
from inspect_ai.tool import ToolCall, ToolInfo

from petri.conversation.tree import Node, Origin, Tree, dump_message
from petri.errors import TreeError

pytestmark = pytest.mark.long

TEXT = st.text(st.characters(), max_size=12)  # every code point, lone surrogates too
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
ORIGIN = st.sampled_from(Origin)
CALL_IDS = st.lists(st.sampled_from(("a", "b", "c")), max_size=3)
TOOL_NAMES = st.lists(st.sampled_from(("look", "send", "pay")), max_size=3)
WORDS = {
    "system": {"auditor", "prefix"},
    "user": {"auditor", "prefix"},
    "assistant": {"target", "prefill", "prefix"},
    "tool": {"simulated_tool", "real_tool", "prefix"},
}


@dataclass(frozen=True)
class Memory:
    """What was so when a node was added."""

    node: dict[str, Any]
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]]


def dump_tools(tools: Sequence[ToolInfo]) -> list[dict[str, Any]]:
    return [tool.model_dump(mode="json") for tool in tools]


def dump_node(node: Node) -> dict[str, Any]:
    plain = {"label": node.label, "parent": node.parent, "origin": node.origin, "turn": node.turn}
    more = {"message": dump_message(node.message), "tools": dump_tools(node.tools), "stop": node.stop}
    return plain | more


def joined(path: Sequence[Node]) -> list[tuple[str, str]]:
    """Role and text of what is sent: a prefill and what follows it are one message."""
    sent: list[tuple[str, str]] = []
    for at, node in enumerate(path):
        begun = path[at - 1].message.text if at and path[at - 1].origin is Origin.PREFILL else None
        if begun is not None:
            sent.pop()
        sent.append((node.message.role, (begun or "") + node.message.text))
    return sent


def unanswered(path: Sequence[ChatMessage]) -> list[str]:
    """The ids of the calls of the last assistant message that no later message answers, if only results follow it."""
    calls: list[str] = []
    for message in path:
        if isinstance(message, ChatMessageAssistant):
            calls = [call.id for call in message.tool_calls or ()]
        elif isinstance(message, ChatMessageTool) and message.tool_call_id in calls:
            calls.remove(message.tool_call_id)
    return calls


def is_legal(path: Sequence[Node], message: ChatMessage, origin: Origin) -> bool:
    """Whether a message may follow a path: the rules of the providers, read off the whole path."""
    waiting = unanswered([node.message for node in path])
    if origin.value not in WORDS[message.role]:
        return False
    match message:
        case ChatMessageSystem():
            return not path
        case ChatMessageUser():
            return not waiting and not (path and path[-1].origin is Origin.PREFILL)
        case ChatMessageTool():
            return message.tool_call_id in waiting
        case ChatMessageAssistant():
            ids = [call.id for call in message.tool_calls or ()]
            before = path[-1] if path else None
            if before is not None and before.origin is Origin.PREFILL:
                follows = origin is not Origin.PREFILL
            else:
                follows = before is not None and before.message.role in ("user", "tool")
            plain = isinstance(message.content, str) and not ids
            fits = plain or origin is not Origin.PREFILL
            return fits and follows and not waiting and len(set(ids)) == len(ids)


class Operations(RuleBasedStateMachine):
    """Any operation in any state: what is legal happens, and what is not changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = Tree()
        self.memories: dict[str, Memory] = {}
        self.given: list[ChatMessage] = []

    def attempt(self, act: Callable[[], object], *, legal: bool) -> bool:
        before = (self.tree.dump(), self.tree.head, self.tree.tools, self.tree.pending())
        try:
            act()
        except TreeError:
            assert not legal
            assert (self.tree.dump(), self.tree.head, self.tree.tools, self.tree.pending()) == before
            return False
        assert legal
        return True

    def add(self, message: ChatMessage, origin: Origin, stop: str | None = None) -> None:
        tools = dump_tools(self.tree.tools)
        path = self.tree.path()
        legal = is_legal(path, message, origin)
        if not self.attempt(lambda: self.tree.append(message, origin, stop), legal=legal):
            return
        node = self.tree.head
        assert node is not None
        assert node.label == f"M{len(self.memories) + 1}"
        assert node.parent == (path[-1].label if path else None)
        assert dump_message(node.message) == dump_message(message)
        sent = [dump_message(each) for each in self.tree.messages()]
        assert node.stop == stop
        self.memories[node.label] = Memory(dump_node(node), sent, tools)
        self.given.append(message)

    @rule(text=TEXT, origin=ORIGIN)
    def append_system(self, text: str, origin: Origin) -> None:
        self.add(ChatMessageSystem(content=text), origin)

    @rule(text=TEXT, metadata=st.none() | st.dictionaries(st.text(max_size=4), JSON, max_size=2))
    def append_user(self, text: str, metadata: dict[str, Any] | None) -> None:
        self.add(ChatMessageUser(content=text, metadata=metadata), Origin.AUDITOR)

    @rule(text=TEXT, origin=ORIGIN)
    def append_user_of_any_origin(self, text: str, origin: Origin) -> None:
        self.add(ChatMessageUser(content=text), origin)

    @rule(
        text=TEXT,
        ids=CALL_IDS,
        arguments=st.dictionaries(st.text(max_size=4), JSON, max_size=2),
        prefill=st.booleans(),
    )
    def append_assistant(
        self, text: str, ids: list[str], arguments: dict[str, Any], *, prefill: bool
    ) -> None:
        calls = [ToolCall(id=id_, function="look", arguments=arguments) for id_ in ids]
        content = [ContentReasoning(reasoning=text), ContentText(text=text)]
        message = ChatMessageAssistant(content=[*content], tool_calls=calls or None)
        self.add(message, Origin.PREFILL if prefill else Origin.TARGET)

    @rule(text=TEXT, origin=ORIGIN, stop=st.sampled_from((None, "stop", "max_tokens")))
    def append_assistant_of_any_origin(self, text: str, origin: Origin, stop: str | None) -> None:
        self.add(ChatMessageAssistant(content=text), origin, stop)

    @rule(text=TEXT, id_=st.sampled_from(("a", "b", "c", None)), origin=ORIGIN)
    def append_any_result(self, text: str, id_: str | None, origin: Origin) -> None:
        self.add(ChatMessageTool(content=text, tool_call_id=id_), origin)

    @rule(data=st.data(), text=TEXT, real=st.booleans())
    def answer_all_calls_in_any_order(self, data: st.DataObject, text: str, *, real: bool) -> None:
        for call in data.draw(st.permutations(self.tree.pending())):
            message = ChatMessageTool(content=text, tool_call_id=call.id, function=call.function)
            self.add(message, Origin.REAL_TOOL if real else Origin.SIMULATED_TOOL)

    @rule(names=TOOL_NAMES, text=TEXT)
    def set_tools(self, names: list[str], text: str) -> None:
        tools = [ToolInfo(name=name, description=text) for name in names]
        if self.attempt(lambda: self.tree.set_tools(tools), legal=len(set(names)) == len(names)):
            assert dump_tools(self.tree.tools) == dump_tools(tools)

    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        if self.memories:
            self.move(data.draw(st.sampled_from(sorted(self.memories))))

    @rule(label=st.sampled_from(("M0", "M01", "M999", "m1", "")))
    def move_nowhere(self, label: str) -> None:
        self.attempt(lambda: self.tree.move(label), legal=False)

    def move(self, label: str) -> None:
        assert self.attempt(lambda: self.tree.move(label), legal=True)
        memory = self.memories[label]
        assert self.tree.head == self.tree[label]
        assert [dump_message(each) for each in self.tree.messages()] == memory.messages
        assert dump_tools(self.tree.tools) == memory.tools

    @rule()
    def restart(self) -> None:
        assert self.attempt(lambda: self.tree.move(None), legal=True)
        assert (self.tree.head, self.tree.messages(), self.tree.tools) == (None, [], ())

    @rule(data=st.data())
    def change_a_message_that_was_given(self, data: st.DataObject) -> None:
        if self.given:
            message = data.draw(st.sampled_from(self.given))
            message.content, message.metadata = "changed", {"changed": True}
            if isinstance(message, ChatMessageAssistant) and message.tool_calls:
                message.tool_calls[0].arguments["changed"] = True

    @rule()
    def store_and_load(self) -> None:
        before = (self.tree.dump(), list(self.tree), self.tree.head, self.tree.tools, self.tree.pending())
        self.tree = Tree.parse(json.loads(json.dumps(self.tree.dump())))
        assert (
            self.tree.dump(),
            list(self.tree),
            self.tree.head,
            self.tree.tools,
            self.tree.pending(),
        ) == before

    @invariant()
    def old_nodes_and_labels_never_change(self) -> None:
        assert [node.label for node in self.tree] == list(self.memories)
        assert [dump_node(node) for node in self.tree] == [memory.node for memory in self.memories.values()]

    @invariant()
    def paths_lead_from_a_root_to_the_label(self) -> None:
        for node in self.tree:
            path = self.tree.path(node.label)
            assert path[0].parent is None
            assert path[-1] is node
            assert [each.label for each in path[:-1]] == [each.parent for each in path[1:]]
            assert node.turn == sum(each.origin is Origin.TARGET for each in path)

    @invariant()
    def every_node_lies_on_the_path_of_a_leaf(self) -> None:
        leaves = self.tree.leaves()
        parents = {node.parent for node in self.tree}
        assert [leaf.label for leaf in leaves] == [
            node.label for node in self.tree if node.label not in parents
        ]
        assert {node.label for leaf in leaves for node in self.tree.path(leaf.label)} == set(self.memories)

    @invariant()
    def every_path_is_in_an_order_that_providers_accept(self) -> None:
        for leaf in self.tree.leaves():
            path = self.tree.path(leaf.label)
            assert all(is_legal(path[:at], node.message, node.origin) for at, node in enumerate(path))

    @invariant()
    def what_waits_at_the_head(self) -> None:
        messages = self.tree.messages()
        waiting = unanswered(messages)
        assert [call.id for call in self.tree.pending()] == waiting
        head = self.tree.head
        begun = head is not None and head.origin is Origin.PREFILL
        spoken_to = bool(messages) and messages[-1].role in ("user", "tool")
        assert self.tree.target_is_due() == ((spoken_to or begun) and not waiting)

    @invariant()
    def prefilled_words_are_sent_with_the_reply_that_continues_them(self) -> None:
        for leaf in self.tree.leaves():
            sent = self.tree.messages(leaf.label)
            roles = [message.role for message in sent]
            assert [(message.role, message.text) for message in sent] == joined(self.tree.path(leaf.label))
            assert ("assistant", "assistant") not in itertools.pairwise(roles)

    @invariant()
    def branches_are_the_target_messages_that_none_follows(self) -> None:
        spoken = [node for node in self.tree if node.origin is Origin.TARGET]
        paths = {node.label: {each.label for each in self.tree.path(node.label)} for node in spoken}
        last = [
            node
            for node in spoken
            if not any(node.label in paths[other.label] for other in spoken if other is not node)
        ]
        assert self.tree.branches() == tuple(last)


TestOperations = Operations.TestCase
TestOperations.settings = settings(
    max_examples=80,
    stateful_step_count=40,
    deadline=None,  # speed depends on the machine; `benchmarks/` measures it
    suppress_health_check=[HealthCheck.too_slow],
)
