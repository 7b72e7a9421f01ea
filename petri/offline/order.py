"""The message order that real providers insist on, so that a pipeline tested offline does not fail later."""

from collections.abc import Sequence

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool

from petri.errors import UsageError


def check_order(messages: Sequence[ChatMessage]) -> None:
    """Return quietly for a legal conversation; otherwise raise ``UsageError`` naming the first message that is not.

    Legal: something other than a system message is there; each tool result answers a call of the assistant message
    before it, once; all calls are answered before anyone else speaks. Where system messages stand is not checked.
    """
    if all(message.role == "system" for message in messages):
        raise UsageError(
            "the offline model was given no message to answer; it needs at least one user message"
        )
    waiting: list[str] = []
    for number, message in enumerate(messages, start=1):
        if isinstance(message, ChatMessageTool):
            if message.tool_call_id not in waiting:
                raise UsageError(_stray(number, message.tool_call_id, waiting))
            waiting.remove(message.tool_call_id)
        elif waiting:
            raise UsageError(
                f"message {number} ({message.role}) comes while tool calls are unanswered: {', '.join(waiting)}; "
                "each needs a tool result first"
            )
        elif isinstance(message, ChatMessageAssistant):
            waiting = [call.id for call in message.tool_calls or ()]
    if waiting:
        raise UsageError(f"the conversation ends with unanswered tool calls: {', '.join(waiting)}")


def _stray(number: int, call: str | None, waiting: Sequence[str]) -> str:
    choices = ", ".join(waiting) or "none"
    return f"message {number} (tool) answers {call!r}, which is not a waiting call; waiting: {choices}"
