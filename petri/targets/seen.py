"""What an agent that keeps its own session has been told in one audit, so that it is never asked to go back."""

import hashlib
import json
from collections.abc import Sequence
from uuid import uuid4

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
)
from inspect_ai.util import StoreModel
from pydantic import Field

from petri.errors import TargetFailed
from petri.targets.deployed import INJECTED


class Seen(StoreModel):
    """The state of one audit's conversation with the agent, in the sample's store."""

    conversation: str = Field(default_factory=lambda: str(uuid4()))
    """The id under which the agent keeps its session."""
    digest: str = ""
    """Of the exchange so far, as ``digest_of`` gives it; empty before the first message."""
    answering: bool = False
    """Whether a message is with the agent; still true on the next call if the agent was interrupted or failed."""


def next_message(messages: Sequence[ChatMessage], seen: Seen) -> str:
    """Give the user's words the agent has not seen; raises ``TargetFailed`` if it cannot be sent just those."""
    if any(isinstance(message, ChatMessageSystem) for message in messages):
        raise TargetFailed(
            "it has its own system prompt and cannot be given another; leave the system prompt out"
        )
    said = exchange(messages)
    count = next((at for at, (role, _) in enumerate(reversed(said)) if role != "user"), len(said))
    if count == 0 or isinstance(messages[-1], ChatMessageTool):
        raise TargetFailed(
            "it can be sent a user message only; it runs its own tools, and nothing can be put in its mouth"
        )
    if seen.answering:
        raise TargetFailed(
            "its last turn did not finish, so it is not known what it has seen; it cannot be asked again"
        )
    before = said[: len(said) - count]
    if (digest_of(before) if before else "") != seen.digest:
        raise TargetFailed(
            "it keeps its own session and cannot go back: the conversation it is shown is not the one it last saw;"
            " audit it without rollback, restart, branches or a transcript to continue from"
        )
    return "\n\n".join(text for _, text in said[len(said) - count :])


def exchange(messages: Sequence[ChatMessage]) -> list[tuple[str, str]]:
    """Give what passed between user and agent: the user's messages, and the agent's last one before each."""
    said: list[tuple[str, str]] = []
    for message in messages:
        if isinstance(message, ChatMessageUser) and INJECTED not in (message.metadata or {}):
            said.append(("user", message.text))
        elif isinstance(message, ChatMessageAssistant):
            if said and said[-1][0] == "assistant":
                said.pop()
            said.append(("assistant", message.text))
    return said


def digest_of(said: Sequence[tuple[str, str]]) -> str:
    """Give a fingerprint of an exchange."""
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
