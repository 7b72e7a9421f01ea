"""What is wrong with a reply of the target as a reply, told from the message and the provider's stop reason alone."""

from typing import Final, Literal

from inspect_ai.model import ChatMessageAssistant, ContentText

from petri.conversation.text import reasoning_of, text_of
from petri.conversation.tree import Node, Origin

Mark = Literal["empty", "only_reasoning", "refusal", "filtered", "truncated"]
"""``empty``: nothing at all. ``only_reasoning``: no text, no call. ``refusal``: the provider marks it as one, or its
filter left a text. ``filtered``: that filter stepped in. ``truncated``: cut off at a limit of tokens."""

MARKS: Final[tuple[Mark, ...]] = ("empty", "only_reasoning", "refusal", "filtered", "truncated")
_CUT: Final = frozenset({"max_tokens", "model_length"})


def marks(node: Node) -> tuple[Mark, ...]:
    """Give the marks of a target's reply, in the order of ``MARKS``; nothing for any other message."""
    message = node.message
    if node.origin is not Origin.TARGET or not isinstance(message, ChatMessageAssistant):
        return ()
    has_text = bool(text_of(message).strip())
    says_nothing = not has_text and not message.tool_calls
    reasons = bool(reasoning_of(message).strip())
    filtered = node.stop == "content_filter"
    found: dict[Mark, bool] = {
        "empty": says_nothing and not reasons,
        "only_reasoning": says_nothing and reasons,
        "refusal": _marked_refusal(message) or (filtered and has_text),
        "filtered": filtered,
        "truncated": node.stop in _CUT,
    }
    return tuple(mark for mark in MARKS if found[mark])


def _marked_refusal(message: ChatMessageAssistant) -> bool:
    if isinstance(message.content, str):
        return False
    return any(isinstance(part, ContentText) and part.refusal is True for part in message.content)
