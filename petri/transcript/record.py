"""Operations on an audit session as they stand in the log, and the fold that makes a transcript of them.

Each operation is a mapping with an ``op``; several that happen in one step are one ``InfoEvent`` of source ``petri``
with the data ``{"ops": [...]}``. The names and fields below are the format; ``fold`` is its only reader.

    {"op": "begin", "at"}                                     an audit begins, at this moment
    {"op": "node", "label", "parent", "origin", "message", "stop"?}    a message was added after the head, in its place
    {"op": "head", "to", "why"}                               the head moved; tools in force there came back
    {"op": "tools", "tools"}                                  these tools are in force from here on
    {"op": "auditor", "message"}                              a message was added to the auditor's own conversation
    {"op": "end", "by", "reason"}                             the loop ended of its own
    {"op": "error", "kind", "message"}                        the loop is about to raise
    {"op": "count", "what"}                                   something that is counted happened once more
    {"op": "realism" | "repair" | "world" | "comparison" | "lint" | "deployed" | "check", ...}
                                                              the record of that name in ``petri.transcript.schema``
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar, cast

from inspect_ai.event import Event, InfoEvent, SampleLimitEvent
from inspect_ai.model import ChatMessage
from inspect_ai.tool import ToolInfo

from petri.conversation.text import citable
from petri.conversation.tree import Node, Origin, Tree, dump_message, parse_message
from petri.errors import TreeError, UnreadableLog
from petri.plan import Cell, job_id
from petri.transcript.outcome import decide_outcome
from petri.transcript.schema import (
    CheckRecord,
    Comparison,
    Deployed,
    End,
    ErrorRecord,
    LintRecord,
    RealismRecord,
    RepairRecord,
    Transcript,
    WorldRecord,
)

SOURCE: Final = "petri"

Recorded = RealismRecord | RepairRecord | WorldRecord | Comparison | LintRecord | Deployed | CheckRecord
R = TypeVar("R", RealismRecord, RepairRecord, WorldRecord, Comparison, LintRecord, Deployed, CheckRecord)

Op = dict[str, Any]


def begin_op(at: datetime) -> Op:
    """Record when an audit begins."""
    return {"op": "begin", "at": at.isoformat()}


def node_op(node: Node) -> Op:
    """Record that a node was added after the head."""
    op = {
        "op": "node",
        "label": node.label,
        "parent": node.parent,
        "origin": node.origin.value,
        "message": dump_message(node.message),
    }
    return op | ({"stop": node.stop} if node.stop else {})


def head_op(to: str | None, why: str) -> Op:
    """Record that the head moved to a label, or before everything."""
    return {"op": "head", "to": to, "why": why}


def tools_op(tools: Iterable[ToolInfo]) -> Op:
    """Record the tools in force from here on."""
    return {"op": "tools", "tools": [tool.model_dump(mode="json", exclude_none=True) for tool in tools]}


def auditor_op(message: ChatMessage) -> Op:
    """Record a message of the auditor's own conversation."""
    return {"op": "auditor", "message": dump_message(message)}


def end_op(end: End) -> Op:
    """Record why the loop ended."""
    return {"op": "end", "by": end.by, "reason": end.reason}


def error_op(error: ErrorRecord) -> Op:
    """Record what the loop is about to raise."""
    return {"op": "error", "kind": error.kind, "message": error.message}


def count_op(what: str) -> Op:
    """Record that something which is counted happened once more."""
    return {"op": "count", "what": what}


_RECORDS: Final[dict[str, type[Recorded]]] = {
    "realism": RealismRecord,
    "repair": RepairRecord,
    "world": WorldRecord,
    "comparison": Comparison,
    "lint": LintRecord,
    "deployed": Deployed,
    "check": CheckRecord,
}


def record_op(record: Recorded) -> Op:
    """Record one of the records that a transcript lists."""
    name = next(name for name, kind in _RECORDS.items() if type(record) is kind)
    return {"op": name} | record.model_dump(mode="json", exclude_defaults=True)


@dataclass(slots=True)
class Fold:
    """What the operations so far amount to."""

    tree: Tree = field(default_factory=Tree)
    auditor: list[ChatMessage] = field(default_factory=list[ChatMessage])
    end: End | None = None
    error: ErrorRecord | None = None
    limit: str | None = None
    """Inspect's name of the limit that stopped the sample, if one did."""
    records: list[Recorded] = field(default_factory=list[Recorded])
    counts: Counter[str] = field(default_factory=Counter[str])

    def of(self, kind: type[R]) -> tuple[R, ...]:
        """Give the records of one kind, in order."""
        return tuple(record for record in self.records if isinstance(record, kind))

    def apply(self, op: Op) -> None:  # noqa: C901 -- one case an operation
        """Carry out one recorded operation; raises ``UnreadableLog`` if it does not fit what came before."""
        try:
            match op["op"]:
                case "begin":
                    pass  # nothing that is folded depends on it
                case "node":
                    self._add(op)
                case "head":
                    self.tree.move(op["to"])
                case "tools":
                    self.tree.set_tools([ToolInfo.model_validate(tool) for tool in op["tools"]])
                case "auditor":
                    self.auditor.append(parse_message(op["message"]))
                case "end":
                    self.end = End(by=op["by"], reason=op["reason"])
                case "error":
                    self.error = ErrorRecord(kind=op["kind"], message=op["message"])
                case "count":
                    self.counts[str(op["what"])] += 1
                case name if name in _RECORDS:
                    fields = {key: value for key, value in op.items() if key != "op"}
                    self.records.append(_RECORDS[name].model_validate(fields))
                case unknown:
                    raise UnreadableLog(
                        f"the log holds an operation {unknown!r} that this version does not know"
                    )
        except (KeyError, TypeError, ValueError, TreeError) as fault:
            raise UnreadableLog(f"the log holds an operation that does not fit: {fault}") from fault

    def _add(self, op: Op) -> None:
        head = self.tree.head
        parent = None if head is None else head.label
        if op["parent"] != parent:
            raise UnreadableLog(f"message {op['label']} follows {op['parent']}, but the head is at {parent}")
        stop = op.get("stop")
        if not isinstance(stop, str | None):
            raise TypeError(f"a stop reason is {stop!r}")
        node = self.tree.append(parse_message(op["message"]), Origin(op["origin"]), stop)
        if op["label"] != node.label:
            raise UnreadableLog(f"message {node.label} is recorded as {op['label']}")


def fold(events: Iterable[Event]) -> Fold:
    """Replay the operations among these events."""
    result = Fold()
    for event in events:
        if isinstance(event, SampleLimitEvent):
            result.limit = event.type
        for op in recorded_ops(event):
            result.apply(op)
    return result


def recorded_ops(event: Event) -> list[Op]:
    """Give the operations that one event holds; none where it is not one of ours."""
    if not isinstance(event, InfoEvent) or event.source != SOURCE:
        return []
    data: object = event.data
    ops: object = cast("Op", data).get("ops") if isinstance(data, dict) else None
    if not isinstance(ops, list):
        raise UnreadableLog("the log holds an event of ours without operations")
    return cast("list[Op]", ops)


def staged_by(events: Iterable[Event]) -> tuple[tuple[str, ...], ...]:
    """Give for each message of the auditor's own conversation the labels of what was staged by it, or in its wake.

    What the target said is nobody's staging, and what was there before the auditor spoke is the scenario's.
    """
    made: list[list[str]] = []
    speaking: list[str] = []
    for op in (op for event in events for op in recorded_ops(event)):
        if op["op"] == "auditor":
            made.append([])
            speaking = made[-1] if op["message"]["role"] == "assistant" else speaking
        elif op["op"] == "node" and op["origin"] != Origin.TARGET:
            speaking.append(op["label"])
    return tuple(map(tuple, made))


def spoken_turns(tree: Tree) -> int:
    """Give the target's turns on the longest branch; 0 where it gave no text, reasoning or tool call in any of them."""
    said = (citable(node.message) for node in tree if node.origin is Origin.TARGET)
    spoke = any(text.strip() for pieces in said for _, text in pieces)
    return max(node.turn for node in tree) if spoke else 0


def make_transcript(
    events: Iterable[Event],
    *,
    cell: Cell,
    epoch: int,
    target: str,
    error: ErrorRecord | None = None,
) -> Transcript:
    """Give the transcript of one audit; ``error`` is what Inspect says of the sample as a whole."""
    folded = fold(events)
    # A recorded error without a failed sample was retried by Inspect; our own words of it are the better ones.
    fault = (folded.error or error) if error is not None else None
    outcome = decide_outcome(
        target_turns=spoken_turns(folded.tree),
        end=folded.end,
        limit=folded.limit,
        failed=fault is not None,
    )
    return Transcript.of_tree(
        folded.tree,
        id=job_id(cell, target, epoch),
        cell=cell,
        epoch=epoch,
        target=target,
        auditor=tuple(folded.auditor),
        end=folded.end,
        error=fault,
        outcome=outcome,
        realism=folded.of(RealismRecord),
        repairs=folded.of(RepairRecord),
        world=folded.of(WorldRecord),
        comparisons=folded.of(Comparison),
        lint=folded.of(LintRecord),
        deployed=next(reversed(folded.of(Deployed)), None),
        checks=folded.of(CheckRecord),
        counts=dict(folded.counts),
    )
