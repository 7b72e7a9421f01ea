"""A call of a model, whatever becomes of it: what comes garbled is asked for again, what fails says what would help."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool, ChatMessageUser, Model
from inspect_ai.tool import ToolCallError, ToolInfo

from petri.boundary import Failure, guarded
from petri.errors import BadReply
from petri.prompts.files import OURS, Prompts
from petri.protocol.calling import Called, Generate, Mode, call_model, sending
from petri.retries import remedy

MOST_ATTEMPTS: Final = 3
"""Calls in all where a provider answers with status 200 and nothing that can be read; Inspect does not repeat those."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a call, and how often it was made."""

    result: Called | Failure
    attempts: int = 1


async def ask_model(  # noqa: PLR0913 -- those of ``call_model``, and who is asked
    model: Model,
    messages: Sequence[ChatMessage],
    tools: Sequence[ToolInfo],
    mode: Mode = "native",
    *,
    prompts: Prompts = OURS,
    who: str,
    generate: Generate | None = None,
) -> Asked:
    """Give the model's reply, or why there is none; ``who`` begins the message, such as ``target``.

    ``generate`` is what is called in the model's place.
    """
    send = generate or sending(model)
    name = f"{who} ({model})"
    attempts = 0
    result: Called | Failure | None = None
    while result is None or (
        isinstance(result, Failure) and result.kind == "bad_response" and attempts < MOST_ATTEMPTS
    ):
        attempts += 1
        result = await guarded(_whole(model, call_model(send, messages, tools, mode, prompts)), name)
    if isinstance(result, Failure):
        result = replace(result, message=f"{result.message}{remedy(model.api, result.kind)}")
    return Asked(result, attempts)


async def _whole(model: Model, call: Awaitable[Called]) -> Called:
    """Give what a call gave, or raise ``BadReply`` for one that broke off: Anthropic's always say why they stop."""
    called = await call
    if called.output.stop_reason == "unknown" and str(model).startswith("anthropic/"):
        raise BadReply("the reply broke off before its end")
    return called


def answered(reply: ChatMessageAssistant, told: str) -> list[ChatMessage]:
    """Give what is said after a faulty reply: each of its calls gets a result, as providers demand."""
    calls = reply.tool_calls or ()
    if not calls:
        return [ChatMessageUser(content=told)]
    error = ToolCallError("unknown", told)
    return [
        ChatMessageTool(content=told, tool_call_id=call.id, function=call.function, error=error)
        for call in calls
    ]
