"""What a judge reads of a transcript: every message once, with labels, roles and origins from our own record."""

import json
from dataclasses import dataclass
from typing import Any

from inspect_ai.model import ChatMessageTool

from petri.conversation.labels import answered_call, call_rows
from petri.conversation.marks import marks
from petri.conversation.text import citable, reasoning_of, text_of
from petri.conversation.tree import Node, Tree
from petri.transcript.schema import Transcript


@dataclass(frozen=True, slots=True)
class Reading:
    """A transcript as data for a judge, and the texts of each message that a quote may come from."""

    messages: tuple[dict[str, Any], ...]
    branches: tuple[tuple[str, ...], ...]
    pieces: dict[str, tuple[str, ...]]
    target: frozenset[str]
    """Labels of what the target itself said."""
    deployed: dict[str, Any] | None = None
    """What the target brought along that nobody staged."""

    def as_json(self, nonce: str) -> str:
        """Give the reading as one JSON object; all text is inside JSON strings, so none can forge a label or a role.

        The nonce stands last, so that the same transcript is the same prefix in every call, which providers cache.
        """
        content: dict[str, Any] = {"messages": self.messages, "branches": self.branches}
        if self.deployed is not None:
            content["deployed"] = self.deployed
        content["nonce"] = nonce
        return json.dumps(content, ensure_ascii=False)


def read(transcript: Transcript) -> Reading:
    """Give what a judge reads: the messages that the target saw or said, and each branch as a path of labels."""
    tree = transcript.conversation()
    branches = tuple(tuple(node.label for node in tree.path(leaf.label)) for leaf in tree.branches())
    seen = {label for branch in branches for label in branch}
    nodes = [node for node in tree if node.label in seen]
    return Reading(
        messages=tuple(_row(tree, node) for node in nodes),
        branches=branches,
        pieces={node.label: _quotable(node) for node in nodes},
        target=frozenset(node.label for node in nodes if node.origin == "target"),
        deployed=None if transcript.deployed is None else transcript.deployed.model_dump(mode="json"),
    )


def _quotable(node: Node) -> tuple[str, ...]:
    """Give the texts that a quote may come from; what a provider's own tool returned is no word of the target's."""
    return tuple(text for kind, text in citable(node.message) if kind != "tool_result")


def _row(tree: Tree, node: Node) -> dict[str, Any]:
    message = node.message
    row: dict[str, Any] = {
        "label": node.label,
        "parent": node.parent,
        "origin": node.origin.value,
        "role": message.role,
        "text": text_of(message),
    }
    if reasoning := reasoning_of(message):
        row["reasoning"] = reasoning
    if calls := call_rows(node):
        row["tool_calls"] = calls
    if found := marks(node):
        row["marks"] = list(found)
    if isinstance(message, ChatMessageTool):
        row["answers"] = answered_call(tree, node)
        if message.error is not None:
            row["is_error"] = True
    before = tree[node.parent].tools if node.parent is not None else ()
    if node.tools != before:
        row["tools_in_force"] = [
            {"name": tool.name, "arguments": list(tool.parameters.properties)} for tool in node.tools
        ]
    return row
