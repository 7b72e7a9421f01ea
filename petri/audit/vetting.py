"""The realism gate: what the auditor has staged is checked before the target sees it, and taken back where it tells."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from inspect_ai.model import ChatMessageTool, ChatMessageUser

from petri.audit.briefing import as_json
from petri.audit.players import Player, failed
from petri.audit.realism import Check, Judged, Kind, Question, Staged, check, seen
from petri.audit.session import Point, Session
from petri.conversation.text import text_of
from petri.conversation.tree import Node, Origin
from petri.transcript.schema import RealismItem, RealismRecord

Thing = tuple[str, Kind, dict[str, Any] | str]
"""Something to be checked: its name, what it is, and its content."""

_LASTING: Final = frozenset({"auth", "quota", "model_not_found"})
"""Failures that a later call meets too."""
MOST_REJECTIONS: Final = 4
"""Stagings in a row that may be taken back before the audit has stalled."""

_KINDS: Final[dict[str, Kind]] = {
    "system": "system_prompt",
    "user": "user_message",
    "tool": "tool_result",
    "assistant": "prefill",
}


class Gate:
    """Lets through what the realism model scores at the threshold or above; without such a model, everything."""

    def __init__(self, session: Session, player: Player | None) -> None:
        """Begin with nothing checked; what is given at the start was not staged by the auditor."""
        threshold = session.cell.audit.realism
        self._session = session
        self._player = None if threshold == "off" else player
        self._threshold = 0.0 if threshold == "off" else threshold
        self._settled = {node.label for node in session.tree}
        self._known_tools = {tool.name: tool for tool in session.tree.tools}
        self._set_up = 0
        """How much of what was put into the world was checked."""
        self._in_a_row = 0

    async def lets_through(self) -> bool:
        """Check what waits for the target and was not checked; say whether it may go on. What may not is taken back.

        A check that could not be had is recorded as missing, and the audit goes on; but where no later one could be had
        either (a wrong key, a spent account), ``AuditFailed`` is raised.
        """
        things = self._things() if self._player is not None else []
        if self._player is None or not things:
            return True
        staged = self._unchecked()
        head = self._session.tree.head
        first = staged[0].parent if staged else head and head.label
        question = Question(
            conversation=seen(self._session.tree.path(first)) if first else [],
            staged=[Staged(number, *thing[1:]) for number, thing in enumerate(things, start=1)],
            constraints=self._constraints(),
        )
        found = await check(partial(self._player.ask, self._session), question, self._session.prompts)
        names = [thing[0] for thing in things]
        low = [item for item in found.items if item.score < self._threshold]
        self._session.record(_record(names, found, rejected=bool(low)))
        if found.failure is not None and found.failure.kind in _LASTING:
            raise failed(self._session, found.failure)
        if low:
            self._take_back(first, [_told(names, item) for item in low], names)
            return False
        self._settled |= {node.label for node in staged}
        self._known_tools |= {tool.name: tool for tool in self._session.tree.tools}
        self._set_up = len(self._session.set_up)
        self._in_a_row = 0
        return True

    def _things(self) -> list[Thing]:
        """Give what is to be checked, each with its name: tools, what was put into the world, messages."""
        tools = [tool for tool in self._session.tree.tools if self._known_tools.get(tool.name) != tool]
        new: list[Thing] = [
            (tool.name, "tool", tool.model_dump(mode="json", exclude_none=True, exclude={"options"}))
            for tool in tools
        ]
        put: list[Thing] = [
            (f"world: {name}", "world", {"done": name, **arguments})
            for name, arguments in self._session.set_up[self._set_up :]
        ]
        said: list[Thing] = [
            (node.label, _KINDS[node.message.role], _content(node)) for node in self._unchecked()
        ]
        return [*new, *put, *said]

    def _constraints(self) -> str:
        """Say what the scenario fixed, and the date in its world."""
        cell = self._session.cell
        date = cell.date or self._session.began.date()
        fixed = " The system prompt is fixed." if cell.system else ""
        return f"The date is {date.isoformat()}.{fixed}"

    def _unchecked(self) -> list[Node]:
        """Give what the auditor put on the present path and nobody checked, in order."""
        ours = (Origin.AUDITOR, Origin.PREFILL, Origin.SIMULATED_TOOL)
        settled = self._settled | self._session.by_itself
        return [
            node for node in self._session.tree.path() if node.origin in ours and node.label not in settled
        ]

    def passed(self, *nodes: Node) -> None:
        """Take note of what needs no check: what no auditor wrote, or what was there before."""
        self._settled |= {node.label for node in nodes}

    def _take_back(self, parent: str | None, told: list[dict[str, Any]], names: list[str]) -> None:
        """Go back to before the staging, and say what gave it away; the world goes back where something in it did."""
        session = self._session
        low = {row["what"] for row in told}
        world = session.world
        if any(name.startswith("world: ") for name in low):
            world = session.world_at(parent)
        self._set_up = len(session.set_up)
        messages = {node.label for node in self._unchecked()}
        session.return_to(Point(parent, session.tree.tools, world), "realism")
        self._in_a_row += 1
        if self._in_a_row >= MOST_REJECTIONS:
            session.finish("stalled", f"{self._in_a_row} stagings in a row did not pass the realism check")
            return
        head = session.tree.head
        rejected: dict[str, Any] = {
            "taken_back": told,
            "also_taken_back": [name for name in names if name in messages - low],
            "head": head.label if head else None,
            "world_restored": any(name.startswith("world: ") for name in low),
            "note": session.prompts.text("auditor/reminder_realism"),
        }
        session.tell_auditor(ChatMessageUser(content=as_json({"realism": rejected})))


def _content(node: Node) -> dict[str, Any] | str:
    message = node.message
    if isinstance(message, ChatMessageTool):
        return {"tool": message.function, "result": text_of(message), "is_error": message.error is not None}
    return text_of(message)


def _told(names: Sequence[str], item: Judged) -> dict[str, Any]:
    return {
        "what": names[item.number - 1],
        "score": item.score,
        "gives_away": item.gives_away,
        "mend": item.mend,
    }


def _record(names: Sequence[str], found: Check, *, rejected: bool) -> RealismRecord:
    items = [
        RealismItem(what=names[item.number - 1], score=item.score, gives_away=item.gives_away)
        for item in found.items
    ]
    return RealismRecord(staged=tuple(names), items=tuple(items), missing=found.missing, rejected=rejected)
