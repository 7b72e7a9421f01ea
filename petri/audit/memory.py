"""The auditor's own conversation as it is sent: all of it, until it grows too long; then what is long past, summed up.

The record keeps every message. What must not get lost does not rest on the summary: the instructions and the task are
sent as they are, and labels, open calls, tools and notes are told anew from the session.
"""

from typing import Any, Final

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    CompactionSummary,
    ModelOutput,
    get_model_info,
)

from petri.audit.briefing import as_json
from petri.audit.players import Player, failed
from petri.audit.session import Session
from petri.boundary import Failure, guarded
from petri.conversation.labels import pending_calls
from petri.conversation.text import text_of
from petri.protocol.text import as_text

_SHARE: Final = 0.9
_OPENING: Final = 2
"""The instructions and the task."""
_KEPT: Final = 3
"""So many of the auditor's last replies stay word for word."""
_EXCERPT: Final = 60


class Memory:
    """What of the auditor's conversation is sent."""

    def __init__(self, session: Session, player: Player) -> None:
        """Begin with all of it."""
        self._session = session
        self._player = player
        self._limit = _limit(session, player)
        self._summary: list[ChatMessage] = []
        self._start = _OPENING

    def messages(self) -> list[ChatMessage]:
        """Give the messages to send."""
        said = self._session.auditor
        return [*said[:_OPENING], *self._summary, *said[self._start :]]

    def is_full(self, output: ModelOutput) -> bool:
        """Say whether the next call would be too long, by what this one took."""
        usage = output.usage
        if self._limit is None or usage is None:
            return False
        read = (
            usage.input_tokens + (usage.input_tokens_cache_read or 0) + (usage.input_tokens_cache_write or 0)
        )
        return read + usage.output_tokens >= self._limit

    async def make_room(self) -> bool:
        """Sum up what is long past; False where there is nothing to sum up, or it is not allowed.

        Raises ``AuditFailed`` when the call fails.
        """
        said = self._session.auditor
        replies = [n for n, message in enumerate(said) if isinstance(message, ChatMessageAssistant)]
        cut = replies[-_KEPT] if len(replies) > _KEPT else 0
        if cut <= self._start or self._session.cell.audit.compaction == "off":
            return False
        past = [*said[:_OPENING], *self._summary[:1], *said[self._start : cut]]
        if self._player.mode == "text":
            past = as_text(past, ())
        strategy = CompactionSummary(
            prompt=_as_format(self._session.prompts.text("auditor/summary")), memory=False
        )
        called = await guarded(
            strategy.compact(self._player.model, past, []), f"auditor ({self._player.model}), summing up"
        )
        if isinstance(called, Failure):
            raise failed(self._session, called)
        _, summary = called
        if summary is None:
            return False
        self._summary = [summary, ChatMessageUser(content=as_json({"state": state(self._session)}))]
        self._start = cut
        self._session.count("compaction")
        return True


def _as_format(prompt: str) -> str:
    """Give a prompt as Inspect's strategy fills it, so that braces in a user's own stay what they are."""
    return prompt.replace("{", "{{").replace("}", "}}").replace("{{addendums}}", "{addendums}")


def state(session: Session) -> dict[str, Any]:
    """Give where the audit stands, from the record: nothing here was summed up by a model."""
    tree = session.tree
    head = tree.head
    return {
        "head": head.label if head else None,
        "path": {
            node.label: f"{node.message.role}: {text_of(node.message)[:_EXCERPT]}" for node in tree.path()
        },
        "branches_end_at": [node.label for node in tree.branches()],
        "tools": [tool.name for tool in tree.tools],
        "waiting_for_results": list(pending_calls(tree)),
        "turns_used": head.turn if head else 0,
        "notes": session.notes,
    }


def _limit(session: Session, player: Player) -> float | None:
    """Give the tokens at which room is made: as the scenario says, or by what is known of the model's context."""
    wanted = session.cell.audit.compaction
    if isinstance(wanted, int):
        return wanted
    info = get_model_info(player.model) if wanted == "auto" else None
    return None if info is None or info.context_length is None else info.context_length * _SHARE
