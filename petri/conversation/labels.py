"""Short labels of tool calls: ``M4.2`` is the second call of message ``M4``, whatever id its provider gave it."""

from inspect_ai.model import ChatMessageAssistant
from inspect_ai.tool import ToolCall

from petri.conversation.tree import Node, Tree


def labelled_calls(node: Node) -> dict[str, ToolCall]:
    """Give a node's tool calls by their labels, in order."""
    calls = node.message.tool_calls or [] if isinstance(node.message, ChatMessageAssistant) else []
    return {f"{node.label}.{number}": call for number, call in enumerate(calls, start=1)}


def pending_calls(tree: Tree) -> dict[str, ToolCall]:
    """Give the calls before the head that wait for a result, by their labels, in order."""
    waiting = {call.id for call in tree.pending()}
    if not waiting:
        return {}
    caller = next(node for node in reversed(tree.path()) if isinstance(node.message, ChatMessageAssistant))
    return {label: call for label, call in labelled_calls(caller).items() if call.id in waiting}
