"""The one place that calls the target."""

from inspect_ai.model import ChatMessageAssistant, Model
from inspect_ai.tool import ToolCall

from petri.audit.session import Session
from petri.conversation.storable import storable
from petri.conversation.tree import Node, Origin
from petri.errors import ProviderRefused


async def run_target(session: Session, model: Model) -> tuple[Node, str] | None:
    """Let the target answer what waits for it; give the new node and the stop reason.

    None when the target's context is exceeded: the session has then ended. Raises ``ProviderRefused`` when the provider
    turned the request away. In both cases its text, which stands where an answer would be, has not become the target's
    words.
    """
    output = await model.generate(session.tree.messages(), tools=list(session.tree.tools))
    if output.stop_reason == "model_length":
        session.finish("context", "the conversation no longer fits the target's context")
        return None
    sampled = output.usage is not None and output.usage.output_tokens > 0
    if output.error is not None or (output.stop_reason == "content_filter" and not sampled):
        raise ProviderRefused(output.error or output.completion or "the provider gave no reason")
    node = session.add(_with_unique_calls(storable(output.message), session), Origin.TARGET)
    return node, output.stop_reason


def _with_unique_calls(message: ChatMessageAssistant, session: Session) -> ChatMessageAssistant:
    """Give the message with ids for its tool calls that are new on its path, as every provider demands."""
    if not message.tool_calls:
        return message
    taken = {
        call.id
        for earlier in session.tree.messages()
        if isinstance(earlier, ChatMessageAssistant)
        for call in earlier.tool_calls or ()
    }
    calls: list[ToolCall] = []
    for number, call in enumerate(message.tool_calls, start=1):
        usable = bool(call.id) and call.id not in taken and len(call.id) <= 64  # noqa: PLR2004 -- providers' limit
        new_id = call.id if usable else f"call_{len(session.tree) + 1}_{number}"
        taken.add(new_id)
        calls.append(
            call if usable else ToolCall(new_id, call.function, call.arguments, parse_error=call.parse_error)
        )
    return message.model_copy(update={"tool_calls": calls})
