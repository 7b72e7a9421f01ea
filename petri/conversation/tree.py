"""The conversation tree: each message once, with its parent; paths and branches are computed.

A tree is append-only. Rolling back moves the head; it never changes or removes a node. What was in force at a node (the
messages up to it, the system prompt among them, and the target's tools) comes back with the head.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    Content,
    ContentText,
)
from inspect_ai.tool import ToolCall, ToolInfo
from pydantic import BaseModel, ConfigDict, NonNegativeInt, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from petri.errors import TreeError

_MESSAGE: Final[TypeAdapter[ChatMessage]] = TypeAdapter(ChatMessage)


class Origin(StrEnum):
    """Who put a message where it is. Only ``target`` is the target's own act.

    ``prefix`` is what the target was given as said before: the conversation that an audit goes on from, or an earlier
    reply that is held fixed while something before it is changed.
    """

    AUDITOR = "auditor"
    TARGET = "target"
    PREFILL = "prefill"
    PREFIX = "prefix"
    SIMULATED_TOOL = "simulated_tool"
    REAL_TOOL = "real_tool"


_ORIGINS: Final = {
    "system": (Origin.AUDITOR, Origin.PREFIX),
    "user": (Origin.AUDITOR, Origin.PREFIX),
    "assistant": (Origin.TARGET, Origin.PREFILL, Origin.PREFIX),
    "tool": (Origin.SIMULATED_TOOL, Origin.REAL_TOOL, Origin.PREFIX),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One message in the tree.

    ``label`` is short, stable and unique in its tree (``M1``, ``M2`` … in order of appearance); ``parent`` is a label,
    or None for a root; ``tools`` are the target's tools in force when the message was added; ``turn`` counts the
    target's messages on the path up to and including this one; ``stop`` is the provider's reason why a message of the
    target's ended, such as ``max_tokens``. Treat ``message`` and ``tools`` as read-only: Inspect's types do not enforce
    it.
    """

    label: str
    parent: str | None
    message: ChatMessage
    origin: Origin
    tools: tuple[ToolInfo, ...]
    turn: int
    stop: str | None = None


class NodeRecord(BaseModel):
    """One node as ``Tree.dump`` writes it; ``tools`` is a position in the tree's table of tool sets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    parent: str | None = None
    origin: Origin
    tools: NonNegativeInt
    message: ChatMessage
    stop: str | None = None


class TreeRecord(BaseModel):
    """A tree as ``Tree.dump`` writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    head: str | None = None
    tools: NonNegativeInt
    toolsets: tuple[tuple[ToolInfo, ...], ...]
    nodes: tuple[NodeRecord, ...]


class Tree:
    """An append-only tree of messages with a head, and the tools in force there.

    Raises ``TreeError``, and changes nothing, for any operation that would leave a path that no provider accepts (a
    system message below a root, a tool result without its call or given twice, anything else while calls are
    unanswered) or a message whose origin cannot be true (a user message by the target).
    """

    def __init__(self) -> None:
        """Start empty: no nodes, no head, no tools."""
        self._nodes: dict[str, Node] = {}
        self._parents: set[str] = set()
        self._head: str | None = None
        self._tools: tuple[ToolInfo, ...] = ()
        # The calls unanswered at the head, by id: kept, so that an append need not look back along the path.
        self._open: dict[str, ToolCall] = {}

    def __len__(self) -> int:
        """Count the nodes."""
        return len(self._nodes)

    def __iter__(self) -> Iterator[Node]:
        """Yield the nodes in order of appearance."""
        return iter(self._nodes.values())

    def __getitem__(self, label: str) -> Node:
        """Give the node with this label, or raise ``TreeError``."""
        node = self._nodes.get(label)
        if node is None:
            last = f"M1 to M{len(self)}" if self._nodes else "none yet"
            raise TreeError(f"no message is labelled {label!r}; the labels are {last}")
        return node

    @property
    def head(self) -> Node | None:
        """The node that the next message will follow; None before the first message and after a restart."""
        return None if self._head is None else self._nodes[self._head]

    @property
    def tools(self) -> tuple[ToolInfo, ...]:
        """The tools the target would be given now."""
        return self._tools

    def set_tools(self, tools: Sequence[ToolInfo]) -> None:
        """Put these tools in force from the head on; nodes already added keep theirs."""
        self._tools = _stored_tools(tools)

    def append(self, message: ChatMessage, origin: Origin, stop: str | None = None) -> Node:
        """Add a copy of a message after the head, move the head to it, and return its node."""
        self._require_legal(message, origin)
        before = self.head
        node = Node(
            label=f"M{len(self) + 1}",
            parent=self._head,
            message=_stored(message),
            origin=origin,
            tools=self._tools,
            turn=(before.turn if before else 0) + int(origin is Origin.TARGET),
            stop=stop,
        )
        self._nodes[node.label] = node
        if isinstance(node.message, ChatMessageTool):
            del self._open[str(node.message.tool_call_id)]
        else:
            self._open = _calls(node.message)
        if self._head is not None:
            self._parents.add(self._head)
        self._head = node.label
        return node

    def move(self, label: str | None) -> Node | None:
        """Move the head to a node (None: before everything) and restore the tools in force there."""
        node = None if label is None else self[label]
        self._head, self._tools = label, node.tools if node else ()
        self._open = self._unanswered(node)
        return node

    def path(self, label: str | None = None) -> tuple[Node, ...]:
        """Give the nodes from the root to ``label`` (default: the head), both included."""
        at = self._head if label is None else self[label].label
        upwards: list[Node] = []
        while at is not None:
            node = self._nodes[at]
            upwards.append(node)
            at = node.parent
        return tuple(reversed(upwards))

    def messages(self, label: str | None = None) -> list[ChatMessage]:
        """Give the messages on the path to ``label`` (default: the head), ready to send.

        A prefill and the reply that continues it are one message, as providers demand.
        """
        sent: list[ChatMessage] = []
        before: Node | None = None
        for node in self.path(label):
            if before is not None and before.origin is Origin.PREFILL:
                sent[-1] = _continued(before.message, node.message)
            else:
                sent.append(node.message)
            before = node
        return sent

    def leaves(self) -> tuple[Node, ...]:
        """Give the nodes that nothing follows, in order of appearance."""
        return tuple(node for node in self if node.label not in self._parents)

    def branches(self) -> tuple[Node, ...]:
        """Give the last thing the target said on each branch: target messages that no target message follows."""
        followed: set[str] = set()
        for node in reversed(self._nodes.values()):
            below = node.origin is Origin.TARGET or node.label in followed
            if below and node.parent is not None:
                followed.add(node.parent)
        return tuple(node for node in self if node.origin is Origin.TARGET and node.label not in followed)

    def pending(self) -> tuple[ToolCall, ...]:
        """Give the tool calls before the head that have no result yet, in the order they were made."""
        return tuple(self._open.values())

    def target_is_due(self) -> bool:
        """Say whether something waits for the target: a user message, a prefill, or tool results with none missing."""
        head = self.head
        return (
            head is not None
            and (isinstance(head.message, ChatMessageUser | ChatMessageTool) or head.origin is Origin.PREFILL)
            and not self._open
        )

    def dump(self) -> dict[str, Any]:
        """Give the tree as JSON-ready data; ``Tree.parse`` is its inverse. Each set of tools stands once."""
        table = _Toolsets()
        rows: list[dict[str, Any]] = []
        for node in self:
            row: dict[str, Any] = {"label": node.label, "parent": node.parent, "origin": node.origin.value}
            row |= {"tools": table.index(node.tools), "message": dump_message(node.message)}
            rows.append(row | ({"stop": node.stop} if node.stop else {}))
        now = table.index(self._tools)
        return {"head": self._head, "tools": now, "toolsets": table.dumped, "nodes": rows}

    @classmethod
    def parse(cls, data: dict[str, Any] | TreeRecord) -> Self:
        """Rebuild a tree from ``dump()``; raises ``TreeError`` if the data is not a legal tree."""
        try:
            dumped = TreeRecord.model_validate(data)
        except ValidationError as error:
            faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
            raise TreeError(f"not a dumped tree: {'; '.join(faults[:3])}") from error
        tree, toolsets = cls(), [_stored_tools(tools) for tools in dumped.toolsets]
        for row in dumped.nodes:
            tree.move(row.parent)
            tree._tools = _toolset(toolsets, row.tools)
            node = tree.append(row.message, row.origin, row.stop)
            if node.label != row.label:
                raise TreeError(
                    f"message {node.label} is labelled {row.label!r}; labels count up from M1 without gaps"
                )
        tree.move(dumped.head)
        tree._tools = _toolset(toolsets, dumped.tools)
        return tree

    def _unanswered(self, at: Node | None) -> dict[str, ToolCall]:
        """Look back from a node for the tool calls that have no result yet, by id."""
        answered: set[str | None] = set()
        while at is not None and isinstance(at.message, ChatMessageTool):
            answered.add(at.message.tool_call_id)
            at = self._nodes[at.parent] if at.parent is not None else None
        calls = _calls(at.message) if at else {}
        return {id_: call for id_, call in calls.items() if id_ not in answered}

    def _require_legal(self, message: ChatMessage, origin: Origin) -> None:
        """Raise ``TreeError`` unless the origin can be true and every provider would accept the message here."""
        fault: str | None = None
        if origin not in _ORIGINS[message.role]:
            right = " or ".join(_ORIGINS[message.role])
            fault = (
                f"a message with role {message.role!r} cannot come from {origin.value!r}, only from {right}"
            )
        elif isinstance(message, ChatMessageTool):
            if message.tool_call_id not in self._open:
                unanswered = list(self._open) or "none"
                fault = (
                    f"no unanswered tool call has the id {message.tool_call_id!r}; unanswered: {unanswered}"
                )
        elif self._open:
            fault = f"tool calls {list(self._open)} must be answered first"
        elif isinstance(message, ChatMessageSystem):
            fault = "a system prompt can only start a conversation" if self._head else None
        elif isinstance(message, ChatMessageAssistant):
            fault = self._assistant_fault(message, origin)
        elif (head := self.head) is not None and head.origin is Origin.PREFILL:
            fault = "only the reply that continues it may follow a prefill"
        if fault:
            raise TreeError(fault)

    def _assistant_fault(self, message: ChatMessageAssistant, origin: Origin) -> str | None:
        """Say why an assistant message may not follow the head, or None if it may."""
        ids = [call.id for call in message.tool_calls or ()]
        if len(set(ids)) != len(ids):
            return f"tool call ids must be unique within a message: {ids}"
        head = self.head
        if origin is Origin.PREFILL and (ids or not isinstance(message.content, str)):
            return "a prefill is plain text, without tool calls"
        if head is not None and isinstance(head.message, ChatMessageUser | ChatMessageTool):
            return None
        if head is not None and head.origin is Origin.PREFILL and origin is not Origin.PREFILL:
            return None
        return "an assistant message must follow a user message, tool results or a prefill"


def dump_message(message: ChatMessage) -> dict[str, Any]:
    """Give a message as JSON-ready data, without the fields that are unset."""
    return _MESSAGE.dump_python(message, mode="json", exclude_none=True)


def parse_message(data: object) -> ChatMessage:
    """Give the message that ``dump_message`` wrote."""
    return _MESSAGE.validate_python(data)


def _continued(prefill: ChatMessage, message: ChatMessage) -> ChatMessage:
    """Give a reply with the words it was made to begin with; a new id, for it is another message than the reply."""
    content: str | list[Content]
    if isinstance(message.content, str):
        content = prefill.text + message.content
    else:
        parts = list(message.content)
        texts = [(n, part) for n, part in enumerate(parts) if isinstance(part, ContentText)]
        at, first = texts[0] if texts else (len(parts), ContentText(text=""))
        content = [*parts[:at], ContentText(text=prefill.text + first.text), *parts[at + 1 :]]
    return message.model_copy(update={"content": content, "id": f"{message.id}-continued"})


def _stored(message: ChatMessage) -> ChatMessage:
    """Give the tree's own copy: later changes to the original do not reach it, and a dump keeps it as it is."""
    try:
        return parse_message(dump_message(message))
    except PydanticSerializationError as error:
        raise TreeError(f"a message that is not JSON cannot be stored: {error}") from error


def _stored_tools(tools: Sequence[ToolInfo]) -> tuple[ToolInfo, ...]:
    """Give the tree's own copy of a set of tools."""
    twice = [name for name, count in Counter(tool.name for tool in tools).items() if count > 1]
    if twice:
        raise TreeError(f"tool names must be unique; given more than once: {twice}")
    try:
        return tuple(
            ToolInfo.model_validate(tool.model_dump(mode="json", exclude_none=True)) for tool in tools
        )
    except PydanticSerializationError as error:
        raise TreeError(f"a tool that is not JSON cannot be stored: {error}") from error


def _toolset(toolsets: Sequence[tuple[ToolInfo, ...]], index: int) -> tuple[ToolInfo, ...]:
    """Give a tool set by its position in the table of a dump."""
    if index >= len(toolsets):
        raise TreeError(f"there is no tool set {index}; the dump holds {len(toolsets)}, counted from 0")
    return toolsets[index]


def _calls(message: ChatMessage) -> dict[str, ToolCall]:
    """Give the tool calls that a message makes, by id."""
    if not isinstance(message, ChatMessageAssistant):
        return {}
    return {call.id: call for call in message.tool_calls or ()}


class _Toolsets:
    """The table of distinct tool sets in a dump."""

    def __init__(self) -> None:
        self.dumped: list[list[dict[str, Any]]] = []
        self._by_content: dict[str, int] = {}
        self._by_identity: dict[int, int] = {}  # nodes mostly share one tuple: then nothing needs comparing

    def index(self, tools: tuple[ToolInfo, ...]) -> int:
        """Give the position of a tool set in the table, adding it when it is new."""
        known = self._by_identity.get(id(tools))
        if known is not None:
            return known
        rows = [tool.model_dump(mode="json", exclude_none=True) for tool in tools]
        position = self._by_content.setdefault(json.dumps(rows, sort_keys=True), len(self.dumped))
        if position == len(self.dumped):
            self.dumped.append(rows)
        self._by_identity[id(tools)] = position
        return position
