"""Short labels of tool calls: ``M4.2`` is the second call of message ``M4``, whatever id its provider gave it."""

from typing import Any

from inspect_ai.model import ChatMessageAssistant, ChatMessageTool
from inspect_ai.tool import ToolCall

from petri.conversation.tree import Node, Tree
from petri.errors import TreeError


def labelled_calls(node: Node) -> dict[str, ToolCall]:
    """Give a node's tool calls by their labels, in order."""
    calls = node.message.tool_calls or [] if isinstance(node.message, ChatMessageAssistant) else []
    return {f"{node.label}.{number}": call for number, call in enumerate(calls, start=1)}


def call_rows(node: Node) -> list[dict[str, Any]]:
    """Give a node's tool calls as data for a model: label, name, arguments, and why they could not be read."""
    return [
        {"call": label, "name": call.function, "arguments": call.arguments}
        | ({"parse_error": call.parse_error} if call.parse_error else {})
        for label, call in labelled_calls(node).items()
    ]


def answered_call(tree: Tree, node: Node) -> str:
    """Give the label of the call that a tool result answers; raises ``TreeError`` for any other message."""
    wanted = node.message.tool_call_id if isinstance(node.message, ChatMessageTool) else None
    for earlier in reversed(tree.path(node.label)):
        for label, call in labelled_calls(earlier).items():
            if call.id == wanted:
                return label
    raise TreeError(f"{node.label} answers no call")


def pending_calls(tree: Tree) -> dict[str, ToolCall]:
    """Give the calls before the head that wait for a result, by their labels, in order."""
    waiting = {call.id for call in tree.pending()}
    if not waiting:
        return {}
    caller = next(node for node in reversed(tree.path()) if isinstance(node.message, ChatMessageAssistant))
    return {label: call for label, call in labelled_calls(caller).items() if call.id in waiting}
