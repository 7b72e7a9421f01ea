"""The auditor's own conversation as it is sent: all of it, until it grows too long; then what is long past, summed up.

The record keeps every message. What must not get lost does not rest on the summary: the instructions and the task are
sent as they are, and labels, open calls, tools and notes are told anew from the session.
"""

from collections.abc import Sequence
from typing import Any, Final

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    ModelOutput,
    get_model_info,
)
from inspect_ai.tool import ToolInfo

from petri.audit.briefing import as_json
from petri.audit.players import Player
from petri.audit.session import Session
from petri.conversation.labels import pending_calls
from petri.conversation.text import text_of

_SHARE: Final = 0.9
_OPENING: Final = 2
"""The instructions and the task."""
_KEPT: Final = 3
"""So many of the auditor's last replies stay word for word."""
_EXCERPT: Final = 60


class Memory:
    """What of the auditor's conversation is sent."""

    def __init__(self, session: Session, player: Player, tools: Sequence[ToolInfo]) -> None:
        """Begin with all of it; ``tools`` are the auditor's, sent with the call that sums up as with every other."""
        self._session = session
        self._player = player
        self._tools = () if player.mode == "text" else tools
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

    async def make_room(self, *, forced: bool = False) -> bool:
        """Sum up what is long past, and say whether there is room now; ``forced`` where the next call cannot be made.

        False where there is too little to sum up, where it is not allowed, and where the model gave no summary: then
        all stays as it is, and it is not tried again unless it must. Raises ``AuditFailed`` when the call fails.
        """
        said = self._session.auditor
        replies = [n for n, message in enumerate(said) if isinstance(message, ChatMessageAssistant)]
        since = [n for n in replies if n >= self._start]
        # Once summed up, it takes some replies before another summary saves anything.
        least = 2 * _KEPT if self._summary and not forced else _KEPT
        if self._session.cell.audit.compaction == "off" or len(since) <= least:
            return False
        cut = replies[-_KEPT]
        ask = ChatMessageUser(content=self._session.prompts.text("auditor/summary"))
        past = [*said[:_OPENING], *self._summary, *said[self._start : cut], ask]
        output = await self._player.call(self._session, past, self._tools)
        summary = output.message.text.strip()
        if not summary or output.stop_reason in {"content_filter", "model_length", "max_tokens"}:
            self._session.count("compaction_failed")
            self._limit = None
            return False
        told = {"summary_of_what_went_before": summary, "state": state(self._session)}
        self._summary = [ChatMessageUser(content=as_json(told))]
        self._start = cut
        self._session.count("compaction")
        return True


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
        "simulator_briefed": session.brief,
    }


def _limit(session: Session, player: Player) -> float | None:
    """Give the tokens at which room is made: as the scenario says, or by what is known of the model's context."""
    wanted = session.cell.audit.compaction
    if isinstance(wanted, int):
        return wanted
    info = get_model_info(player.model) if wanted == "auto" else None
    return None if info is None or info.context_length is None else info.context_length * _SHARE
