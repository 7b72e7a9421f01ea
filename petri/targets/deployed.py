"""What the providers of this folder have in common: a deployment that answers a conversation, whatever runs inside."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from inspect_ai.event import ModelEvent
from inspect_ai.log import transcript
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    StopReason,
)

from petri.conversation.storable import storable
from petri.conversation.tree import dump_message

MESSAGES: Final = "petri_messages"
"""The key in ``ModelOutput.metadata`` of all messages that the deployment added, the reply last, as JSON data."""
DEPLOYED: Final = "petri_deployed"
"""The key in ``ModelOutput.metadata`` of what was seen of the deployment: its ``system`` prompt, names of ``tools``."""
INJECTED: Final = "petri_injected"
"""The key in a message's metadata that marks a user message as the deployment's own, not the auditor's."""

_CONNECTIONS: Final = 1000
_CHARS_PER_TOKEN: Final = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What a deployment answered: its reply, and before it whatever it did on the way there."""

    reply: ChatMessageAssistant
    stop: StopReason = "stop"
    before: Sequence[ChatMessage] = ()
    system: str | None = None
    tools: Sequence[str] = field(default_factory=tuple[str, ...])


class DeployedAPI(ModelAPI):
    """A provider whose model is a program. What it can take is told by the attributes."""

    supports_rollback: bool = True
    """Whether it can be asked to answer any conversation, or only the one it is in."""
    supports_system_prompt: bool = True
    """Whether it reads a system prompt; otherwise it has its own."""
    supports_tools: bool = True
    """Whether it is given simulated tools; otherwise it has its own, or none."""

    def max_connections(self) -> int:
        """As many as anybody wants: what the program calls has its own limits."""
        return _CONNECTIONS

    async def count_text_tokens(self, text: str) -> int:
        """A rough count: nobody here knows the program's tokenizer, and Inspect would download one."""
        return max(1, -(-len(text) // _CHARS_PER_TOKEN))

    async def count_tokens(
        self,
        input: str | list[ChatMessage],  # noqa: A002 - Inspect's name
        config: GenerateConfig | None = None,  # noqa: ARG002 - no setting changes the count
    ) -> int:
        """A rough count, like ``count_text_tokens``."""
        text = input if isinstance(input, str) else "".join(message.text for message in input)
        return await self.count_text_tokens(text)

    def output(self, answer: Answer) -> ModelOutput:
        """Give the answer as a model's output. Its usage is zero: Inspect counts the program's own model calls."""
        reply = storable(answer.reply.model_copy(update={"model": self.model_name, "source": "generate"}))
        metadata: dict[str, object] = {}
        if answer.before:
            metadata[MESSAGES] = [_whole(dump_message(message)) for message in (*answer.before, reply)]
        if answer.system is not None or answer.tools:
            metadata[DEPLOYED] = {"system": answer.system, "tools": list(answer.tools)}
        return ModelOutput(
            model=self.model_name,
            choices=[ChatCompletionChoice(message=reply, stop_reason=answer.stop)],
            usage=ModelUsage(),
            metadata=metadata or None,
        )


def model_calls(start: int = 0) -> list[ModelEvent]:
    """Give the finished model calls in the current sample's log from event ``start`` on, in order."""
    events = list(transcript().events)[start:]
    return [event for event in events if isinstance(event, ModelEvent) and not event.pending]


def event_count() -> int:
    """Count the events so far in the current sample's log: where ``model_calls`` may start."""
    return len(transcript().events)


def system_of(messages: Sequence[ChatMessage]) -> str | None:
    """Give the system prompt of a conversation, or None."""
    texts = [message.text for message in messages if isinstance(message, ChatMessageSystem)]
    return "\n\n".join(texts) or None


def marked(message: ChatMessage) -> ChatMessage:
    """Give a message of the deployment's; one in the user's role is marked, since no user said it."""
    if message.role != "user":
        return message
    return message.model_copy(update={"metadata": {**(message.metadata or {}), INJECTED: True}})


def _whole(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give a dumped message without halves of characters, which neither a log nor a request can hold."""
    text = json.dumps(row, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
