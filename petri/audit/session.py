"""The one object that changes while an audit runs; each change is written to the log as it is made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, cast

from inspect_ai.log import transcript
from inspect_ai.model import ChatMessage, ModelOutput
from inspect_ai.tool import ToolInfo

from petri.audit.replay import SOURCE as REPLAYED
from petri.audit.replay import Past, Replay
from petri.conversation.tree import Node, Origin, Tree
from petri.errors import ActionError
from petri.plan import Cell
from petri.prompts.files import Prompts
from petri.transcript.record import (
    Op,
    Recorded,
    auditor_op,
    begin_op,
    count_op,
    end_op,
    error_op,
    head_op,
    node_op,
    record_op,
    tools_op,
)
from petri.transcript.schema import Deployed, End, EndedBy, ErrorRecord, WorldRecord
from petri.world.operations import Done, perform
from petri.world.state import World

By = Literal["auditor", "simulator", "tool"]
Change = Literal["system_prompt", "message", "tool_result", "prefill"]


@dataclass(frozen=True, slots=True)
class Point:
    """Where a conversation stands: what ``Session.return_to`` restores."""

    head: str | None
    tools: tuple[ToolInfo, ...]
    world: World | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A comparison: draw the reply ``at`` anew, with one thing changed (None: with nothing changed)."""

    at: str
    change: Change | None = None
    label: str | None = None
    text: str = ""


MOST_BRANCHING: Final = 4
"""All target turns of an audit together, as a multiple of ``max_turns``: a bound on the cost of going back."""


class Session:
    """The state of one audit: the conversation, the world behind it, the auditor's own messages, and how it ended.

    Operations gather until ``write`` puts them into the log as one event. The loop writes after every model call, so a
    run that is killed can be read up to its last turn.
    """

    def __init__(self, cell: Cell, past: Past | None = None) -> None:
        """Start with nothing said; what is recorded of an audit's ``past`` is replayed before any model is called."""
        self.cell = cell
        self.began = past.began if past else datetime.now(UTC)
        self.prompts = Prompts(cell.prompts)
        self.tree = Tree()
        self.world = None if cell.world is None else World.begin(cell.world, self._today())
        self.auditor: list[ChatMessage] = []
        self.opening = self.point()
        """Where the conversation began: what the scenario gives is there, and nothing else."""
        self.notes: list[str] = []
        """What the auditor wrote down for itself."""
        self.brief: str | None = None
        """What the auditor told the simulator of the systems it plays."""
        self.counted: Counter[str] = Counter()
        self.wanted: Wanted | None = None
        """A comparison that the auditor has asked for and that is yet to be made."""
        self.set_up: list[tuple[str, dict[str, Any]]] = []
        """What the auditor put into the world, in order."""
        self.by_itself: set[str] = set()
        """Labels of results that came about without anybody: they need no check."""
        self.told_at: str | None = None
        """Where the conversation stood when the auditor was last told of it."""
        self.answerable = True
        """Whether the auditor has a tool to answer the target's calls."""
        self.end: End | None = None
        self._worlds: dict[str | None, World | None] = {None: self.world}
        self._deployed: Deployed | None = None
        self._target_replies = 0
        self._unwritten: list[Op] = [begin_op(self.began)]
        self._replay = Replay(past) if past else None

    def add(self, message: ChatMessage, origin: Origin, stop: str | None = None) -> Node:
        """Add a message after the head; raises ``TreeError`` when it would not be legal there."""
        node = self.tree.append(message, origin, stop)
        self._worlds[node.label] = self.world
        self._target_replies += origin is Origin.TARGET
        self._unwritten.append(node_op(node))
        return node

    def move(self, label: str | None, why: str) -> Node | None:
        """Move the head to a label, or before everything; tools and world are again what they were there."""
        node = self.tree.move(label)
        self.world = self._worlds[label]
        self._unwritten.append(head_op(label, why))
        return node

    def point(self) -> Point:
        """Give where the conversation stands."""
        head = self.tree.head
        return Point(head.label if head else None, self.tree.tools, self.world)

    def return_to(self, point: Point, why: str) -> None:
        """Go back to a point, with the tools and the world that were there, staged after the last message or not."""
        self.move(point.head, why)
        if self.tree.tools != point.tools:
            self.set_tools(point.tools)
        self.world = point.world

    def world_at(self, label: str | None) -> World | None:
        """Give the world as it was when a message was added; None stands for the beginning."""
        return self._worlds[label]

    def keep_note(self, text: str) -> None:
        """Keep a note of the auditor's, which stays when its conversation is summed up."""
        self.notes.append(text)

    def waits(self) -> bool:
        """Say whether something that the auditor staged waits for the target, and not only results it never saw."""
        head = self.tree.head
        return self.tree.target_is_due() and head is not None and head.label != self.told_at

    def set_tools(self, tools: Sequence[ToolInfo]) -> None:
        """Put tools in force from here on."""
        self.tree.set_tools(tools)
        self._unwritten.append(tools_op(tools))

    def do_in_world(self, name: str, arguments: Mapping[str, Any], by: By) -> Done:
        """Carry out an operation on the world, and give its result."""
        if self.world is None:
            raise ActionError("no world stands behind this conversation")
        done = perform(self.world, name, arguments)
        self.world = done.world
        head = self.tree.head
        after = head.label if head else None
        record = WorldRecord(after=after, by=by, name=name, arguments=dict(arguments), is_error=done.is_error)
        self.record(record)
        return done

    def tell_auditor(self, *messages: ChatMessage) -> None:
        """Append to the auditor's own conversation, which only ever grows (so that prompt caches hit)."""
        for message in messages:
            self.auditor.append(message)
            self._unwritten.append(auditor_op(message))

    def record(self, record: Recorded) -> None:
        """Write down one of the things that a transcript lists."""
        self._unwritten.append(record_op(record))

    def deploy(self, deployed: Deployed) -> None:
        """Record what the target brought along, where it is not what it brought before."""
        if deployed != self._deployed:
            self._deployed = deployed
            self.record(deployed)

    def count(self, what: str) -> None:
        """Count something that happened once more."""
        self.counted[what] += 1
        self._unwritten.append(count_op(what))

    def finish(self, by: EndedBy, reason: str) -> None:
        """End the audit; the first end stands."""
        if self.end is None:
            self.end = End(by=by, reason=reason)
            self._unwritten.append(end_op(self.end))

    def fail(self, error: ErrorRecord) -> None:
        """Record what the loop is about to raise; on the way back, that alone."""
        if self._replay is not None:
            transcript().info(cast("Any", {"ops": [error_op(error)]}), source="petri")
        self._unwritten.append(error_op(error))

    @property
    def is_replaying(self) -> bool:
        """Say whether the audit is on its way back to where it was stopped: nothing is recorded until it is there."""
        return self._replay is not None

    def recorded_reply(self, role: str) -> ModelOutput | None:
        """Give the reply that is recorded for the call to be made; None where it has to be made.

        Raises ``Diverged`` where the way back has led elsewhere.
        """
        reply = None if self._replay is None else self._replay.take(role)
        if reply is None:
            self.arrive()
        return reply

    def arrive(self) -> None:
        """End the way back, if the audit was on one: from here on it is as if it had never been stopped."""
        replay = self._replay
        if replay is None:
            return
        begun = replay.arrive(self._unwritten)
        self._replay = None
        for _ in range(replay.repeated):
            self.count("bad_response")
        transcript().info(begun.model_dump(mode="json", exclude_none=True), source=REPLAYED)
        self.write()

    def write(self) -> None:
        """Put the gathered operations into the log."""
        if self._unwritten and self._replay is None:
            transcript().info(cast("Any", {"ops": self._unwritten}), source="petri")
            self._unwritten = []

    @property
    def most_replies(self) -> int:
        """Target messages that all branches together may have."""
        return self.cell.audit.max_turns * MOST_BRANCHING

    @property
    def target_replies(self) -> int:
        """Target messages on all branches together."""
        return self._target_replies

    def _today(self) -> datetime:
        """Give the moment at which the world of an audit begins."""
        date = self.cell.date
        return self.began if date is None else datetime.combine(date, self.began.timetz())
