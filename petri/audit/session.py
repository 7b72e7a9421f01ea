"""The one object that changes while an audit runs; each change is written to the log as it is made."""

from collections.abc import Sequence
from typing import Any, cast

from inspect_ai.log import transcript
from inspect_ai.model import ChatMessage
from inspect_ai.tool import ToolInfo

from petri.conversation.tree import Node, Origin, Tree
from petri.plan import Cell
from petri.transcript.record import Op, auditor_op, end_op, error_op, head_op, node_op, tools_op
from petri.transcript.schema import End, EndedBy, ErrorRecord


class Session:
    """The state of one audit: the conversation with the target, the auditor's own messages, and how it ended.

    Operations gather until ``write`` puts them into the log as one event. The loop writes after every model call, so a
    run that is killed can be read up to its last turn.
    """

    def __init__(self, cell: Cell) -> None:
        """Start with nothing said."""
        self.cell = cell
        self.tree = Tree()
        self.auditor: list[ChatMessage] = []
        self.end: End | None = None
        self._target_replies = 0
        self._unwritten: list[Op] = []

    def add(self, message: ChatMessage, origin: Origin) -> Node:
        """Add a message after the head; raises ``TreeError`` when it would not be legal there."""
        node = self.tree.append(message, origin)
        self._target_replies += origin is Origin.TARGET
        self._unwritten.append(node_op(node))
        return node

    def move(self, label: str | None, why: str) -> Node | None:
        """Move the head to a label, or before everything."""
        node = self.tree.move(label)
        self._unwritten.append(head_op(label, why))
        return node

    def set_tools(self, tools: Sequence[ToolInfo]) -> None:
        """Put tools in force from here on."""
        self.tree.set_tools(tools)
        self._unwritten.append(tools_op(tools))

    def tell_auditor(self, *messages: ChatMessage) -> None:
        """Append to the auditor's own conversation, which only ever grows (so that prompt caches hit)."""
        for message in messages:
            self.auditor.append(message)
            self._unwritten.append(auditor_op(message))

    def finish(self, by: EndedBy, reason: str) -> None:
        """End the audit; the first end stands."""
        if self.end is None:
            self.end = End(by=by, reason=reason)
            self._unwritten.append(end_op(self.end))

    def fail(self, error: ErrorRecord) -> None:
        """Record what the loop is about to raise."""
        self._unwritten.append(error_op(error))

    def write(self) -> None:
        """Put the gathered operations into the log."""
        if self._unwritten:
            transcript().info(cast("Any", {"ops": self._unwritten}), source="petri")
            self._unwritten = []

    @property
    def target_replies(self) -> int:
        """Target messages on all branches together."""
        return self._target_replies
