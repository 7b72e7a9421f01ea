"""The conversation tree and the auditor's work as Inspect timelines, so that its viewer shows our branches.

Timelines are views: they refer to model events in the log, and a log without them (a killed run) has lost nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from inspect_ai.event import Event, ModelEvent, Timeline, TimelineEvent, TimelineSpan
from inspect_ai.log import transcript

from petri.compat import emit_anchor
from petri.conversation.tree import Node, Origin, Tree

_START: Final = "start"


def add_timelines(tree: Tree) -> None:
    """Add the timelines ``target`` (the tree) and ``auditor`` to the current sample's log."""
    events = list(transcript().events)
    calls = [event for event in events if isinstance(event, ModelEvent)]
    spoken = {
        event.output.message.id: event for event in calls if event.role == "target" and event.output.choices
    }
    root = _TargetTimeline(tree, spoken).build()
    log = transcript()
    log.add_timeline(Timeline(name="target", description="The conversation, with its branches", root=root))
    auditor = _span("auditor", [event for event in calls if event.role == "auditor"])
    log.add_timeline(Timeline(name="auditor", description="The auditor's own calls", root=auditor))


class _TargetTimeline:
    """Turns a tree into nested spans: a span is a line of first children; each later child begins a branch of it."""

    def __init__(self, tree: Tree, spoken: dict[str | None, ModelEvent]) -> None:
        self._spoken = spoken
        self._children: dict[str | None, list[Node]] = defaultdict(list)
        seen_by_target = {node.label for leaf in tree.branches() for node in tree.path(leaf.label)}
        for node in tree:
            if node.label in seen_by_target:
                self._children[node.parent].append(node)

    def build(self) -> TimelineSpan:
        """Give the root span, with everything that the target saw or said."""
        root = _span("target", [])
        todo: list[tuple[TimelineSpan, Node | None]] = [(root, None)]
        number = 0
        while todo:
            span, start = todo.pop()
            for anchor, others in self._follow(span, start):
                for child in others:
                    number += 1
                    branch = _span(f"branch {number}", self._said(child))
                    branch.span_type, branch.branched_from = "branch", anchor
                    span.branches.append(branch)
                    todo.append((branch, child))
        return root

    def _follow(self, span: TimelineSpan, start: Node | None) -> list[tuple[str, list[Node]]]:
        """Fill a span with the line of first children after a node; give its forks: an anchor, the other children."""
        forks: list[tuple[str, list[Node]]] = []
        at = None if start is None else start.label
        while children := self._children[at]:
            first, *others = children
            if others:
                anchor = emit_anchor(at or _START)
                span.content.append(TimelineEvent(event=anchor))
                forks.append((anchor.anchor_id, others))
            span.content.extend(TimelineEvent(event=event) for event in self._said(first))
            at = first.label
        return forks

    def _said(self, node: Node) -> list[Event]:
        """Give the event of a node that the target said, if any."""
        event = self._spoken.get(node.message.id) if node.origin is Origin.TARGET else None
        return [event] if event is not None else []


def _span(name: str, events: Sequence[Event]) -> TimelineSpan:
    content: list[TimelineEvent | TimelineSpan] = [TimelineEvent(event=event) for event in events]
    return TimelineSpan(id=name.replace(" ", "-"), name=name, span_type="agent", content=content)
