"""One call of a model with tools, whether it takes them as such or has to be told of them in text."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from inspect_ai.model import ChatMessage, ChatMessageUser, Model, ModelOutput
from inspect_ai.tool import ToolInfo

from petri.prompts.files import OURS, Prompts
from petri.protocol.reply import Parsed, parse_reply
from petri.protocol.text import as_text

Mode = Literal["native", "text"]
Generate = Callable[[Sequence[ChatMessage], Sequence[ToolInfo]], Awaitable[ModelOutput]]
"""Sends messages and tools to a model, and gives what it replies."""

_MOST_TOLD: Final = 5
"""Faults of one reply that a model is told of."""


@dataclass(frozen=True, slots=True)
class Called:
    """A reply with its tool calls, how often the model was asked to mend it, and what was wrong with its calls.

    The output's message has the id of the model's own last reply, by which its model event is found.
    """

    output: ModelOutput
    repairs: int = 0
    faults: tuple[str, ...] = ()


def sending(model: Model) -> Generate:
    """Give what sends to a model."""

    async def generate(messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> ModelOutput:
        return await model.generate(list(messages), tools=list(tools))

    return generate


async def call_model(
    generate: Generate,
    messages: Sequence[ChatMessage],
    tools: Sequence[ToolInfo],
    mode: Mode = "native",
    prompts: Prompts = OURS,
) -> Called:
    """Let a model answer; in text mode it is sent plain messages, and its calls are read from its text.

    A reply with a call that cannot be read is asked for once more, and the second one stands. What cannot be read even
    then is a call with a ``parse_error``, to be answered as Inspect's own are.
    """
    if mode == "native":
        return Called(await generate(messages, tools))
    sent = as_text(messages, tools, prompts)
    output = await generate(sent, ())
    parsed = _parsed(output, tools)
    if not parsed.faults:
        return Called(_with_calls(output, parsed))
    repair = prompts.render(
        "protocol/repair",
        faults="\n".join(f"- {fault}" for fault in parsed.faults[:_MOST_TOLD]),
        tools=", ".join(f"`{tool.name}`" for tool in tools),
    )
    # As text once more: where the reply goes on from a prefill, the two are one message.
    mended = await generate(as_text([*sent, output.message, ChatMessageUser(content=repair)], ()), ())
    again = _parsed(mended, tools)
    return Called(_with_calls(mended, again), repairs=1, faults=parsed.faults + again.faults)


def _parsed(output: ModelOutput, tools: Sequence[ToolInfo]) -> Parsed:
    """Read a reply; of a model that was offered no tools, everything is text."""
    message = output.message
    return parse_reply(message.text, tools, ids=str(message.id)) if tools else Parsed(message.text, ())


def _with_calls(output: ModelOutput, parsed: Parsed) -> ModelOutput:
    """Give the output with the calls taken out of its text; what is not text, such as reasoning, stays."""
    if not parsed.calls:
        return output
    message = output.message.model_copy(update={"tool_calls": list(parsed.calls)})
    message.text = parsed.text
    choice = output.choices[0].model_copy(update={"message": message, "stop_reason": "tool_calls"})
    return output.model_copy(update={"choices": [choice], "completion": parsed.text})
