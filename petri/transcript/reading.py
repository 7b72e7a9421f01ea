"""What a judge reads of a transcript: every message once, with labels, roles and origins from our own record."""

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from inspect_ai.model import ChatMessageTool

from petri.conversation.labels import answered_call, call_rows
from petri.conversation.marks import marks
from petri.conversation.text import Kind, citable, reasoning_of, text_of
from petri.conversation.tree import Node, Tree
from petri.transcript.defusing import DEFUSING, Flag, Showing
from petri.transcript.schema import Deployed, Transcript
from petri.transcript.shown import flags_of, shown_message

THE_TARGET: Final = "⟦the target⟧"
"""What stands where a judge that is blind would read the target's name."""

_TELLING: Final = re.compile(r"[\d/-]")
"""A name without any of these is a word of the language."""


class Piece(NamedTuple):
    """A text of a message that a quote may come from, as a judge is shown it."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A transcript as data for a judge, and the texts of each message that a quote may come from."""

    messages: tuple[Mapping[str, Any], ...]
    branches: tuple[tuple[str, ...], ...]
    pieces: Mapping[str, tuple[Piece, ...]]
    target: frozenset[str]
    """Labels of what the target itself said."""
    deployed: dict[str, Any] | None = None
    """What the target brought along that nobody staged."""
    flags: Mapping[str, tuple[Flag, ...]] = field(default_factory=dict[str, tuple[Flag, ...]])
    """What is suspicious, by label; only messages where something is. No judge is told."""

    def as_json(self, nonce: str, **more: Any) -> str:
        """Give the reading as one JSON object; all text is inside JSON strings, so none can forge a label or a role.

        The nonce stands last, so that the same transcript is the same prefix in every call, which providers cache.
        """
        content: dict[str, Any] = {"messages": self.messages, "branches": self.branches}
        if self.deployed is not None:
            content["deployed"] = self.deployed
        return json.dumps(content | more | {"nonce": nonce}, ensure_ascii=False)


def fresh_nonce(reading: Reading, draw: Callable[[], str] = lambda: secrets.token_hex(8)) -> str:
    """Give a nonce that stands nowhere in what is read."""
    text = reading.as_json("")
    nonce = draw()
    while nonce in text:
        nonce = draw()
    return nonce


def read(transcript: Transcript, *, blind: bool = True, showing: Showing = DEFUSING) -> Reading:
    """Give what a judge reads: the messages that the target saw or said, and each branch as a path of labels.

    A ``blind`` judge is not told in the record's own words which model the target is. ``showing`` is how the words of
    models and tools are shown.
    """
    tree = transcript.conversation()
    branches = tuple(tuple(node.label for node in tree.path(leaf.label)) for leaf in tree.branches())
    seen = {label for branch in branches for label in branch}
    nodes = [node for node in tree if node.label in seen]
    shown = [replace(node, message=shown_message(node.message, showing)) for node in nodes]
    return Reading(
        messages=tuple(
            _row(tree, node, now, showing) | ({"marks": list(found)} if (found := marks(node)) else {})
            for node, now in zip(nodes, shown, strict=True)
        ),
        branches=branches,
        pieces={node.label: _quotable(node) for node in shown},
        target=frozenset(node.label for node in nodes if node.origin == "target"),
        deployed=_deployed(transcript.deployed, _names(transcript) if blind else (), showing),
        flags=_flags(transcript, tree, nodes),
    )


def suspicious(transcript: Transcript) -> dict[str, tuple[Flag, ...]]:
    """Give what is suspicious in the messages that a judge reads, by label; only where something is."""
    tree = transcript.conversation()
    seen = {node.label for leaf in tree.branches() for node in tree.path(leaf.label)}
    return _flags(transcript, tree, [node for node in tree if node.label in seen])


def _flags(transcript: Transcript, tree: Tree, nodes: Sequence[Node]) -> dict[str, tuple[Flag, ...]]:
    """Give what is suspicious in these messages; what the target brought along counts as the first one's."""
    brought = _brought(transcript.deployed)
    found = {
        node.label: flags_of(node.message, *_new_tools(tree, node), *(brought if node is nodes[0] else ()))
        for node in nodes
    }
    return {label: flags for label, flags in found.items() if flags}


def _new_tools(tree: Tree, node: Node) -> tuple[str, ...]:
    """Give the names of the tools, and of their arguments, that come into force with a message."""
    new = node.tools if _has_other_tools(tree, node) else ()
    return tuple(text for tool in new for text in (tool.name, *tool.parameters.properties))


def _has_other_tools(tree: Tree, node: Node) -> bool:
    """Say whether other tools are in force at a message than before it."""
    return node.tools != (tree[node.parent].tools if node.parent is not None else ())


def _brought(deployed: Deployed | None) -> tuple[str, ...]:
    """Give the texts that a target brought along."""
    return () if deployed is None else (deployed.system or "", *deployed.tools)


def _quotable(node: Node) -> tuple[Piece, ...]:
    """Give the texts that a quote may come from; what a provider's own tool returned is no word of the target's."""
    return tuple(Piece(kind, text) for kind, text in citable(node.message) if kind != "tool_result")


def _row(tree: Tree, node: Node, shown: Node, showing: Showing) -> dict[str, Any]:
    message = shown.message
    row: dict[str, Any] = {
        "label": node.label,
        "parent": node.parent,
        "origin": node.origin.value,
        "role": message.role,
        "text": text_of(message),
    }
    if reasoning := reasoning_of(message):
        row["reasoning"] = reasoning
    if calls := call_rows(shown):
        row["tool_calls"] = calls
    if isinstance(message, ChatMessageTool):
        row["answers"] = answered_call(tree, node)
        if message.error is not None:
            row["is_error"] = True
    if _has_other_tools(tree, node):
        row["tools_in_force"] = [
            {"name": showing.text(tool.name), "arguments": [*map(showing.text, tool.parameters.properties)]}
            for tool in node.tools
        ]
    return row


def _deployed(deployed: Deployed | None, names: Sequence[str], showing: Showing) -> dict[str, Any] | None:
    """Give what the target brought along, without its name."""
    if deployed is None:
        return None
    named = re.compile("|".join(map(re.escape, names)) or r"(?!)", re.IGNORECASE)

    def shown(text: str) -> str:
        return THE_TARGET.join(map(showing.text, named.split(text)))

    system = None if deployed.system is None else shown(deployed.system)
    return {"system": system, "tools": [shown(tool) for tool in deployed.tools]}


def _names(transcript: Transcript) -> tuple[str, ...]:
    """Give the names of the target's model, the longest first: with its provider, and on its own."""
    whole = transcript.target.split(" ")[0]
    found = {transcript.target, whole, whole.rpartition("/")[2]}
    return tuple(sorted((name for name in found if _TELLING.search(name)), key=len, reverse=True))
