"""Comparisons: the target answers one point again, several times, with one thing changed or none and all else held."""

from petri.audit.changing import point_before, stage_changed
from petri.audit.players import Player
from petri.audit.session import Point, Session, Wanted
from petri.audit.target import run_target
from petri.audit.vetting import Gate
from petri.conversation.tree import Node, Origin
from petri.transcript.schema import Comparison


async def compare(session: Session, target: Player, gate: Gate, wanted: Wanted) -> Comparison:
    """Draw replies on both sides until each has ``branch_samples``, and record which they are.

    With nothing changed, that many new ones are drawn. Stops early where the audit ends or has had its replies, and
    draws none after a change that the gate does not let through.
    """
    samples = session.cell.audit.branch_samples
    at = session.tree[wanted.at]
    before = point_before(session, at)
    unchanged = [node.label for node in _siblings(session, at)]
    wanted_here = samples if wanted.change else len(unchanged) + samples
    unchanged += await _draw(session, target, before, wanted_here - len(unchanged))
    changed: list[str] = []
    if wanted.change is not None and session.end is None:
        anew, held = stage_changed(session, wanted)
        gate.passed(*held)
        if await gate.lets_through():
            changed = await _draw(session, target, anew, samples)
    made = Comparison(
        at=wanted.at,
        change=wanted.change,
        label=wanted.label,
        unchanged=tuple(unchanged),
        changed=tuple(changed),
    )
    session.record(made)
    return made


async def _draw(session: Session, target: Player, point: Point, count: int) -> list[str]:
    """Let the target answer at a point so many times; give the labels of its answers."""
    labels: list[str] = []
    for _ in range(count):
        if session.end is not None or session.target_replies >= session.most_replies:
            break
        session.return_to(point, "compare")
        node = await run_target(session, target)
        session.write()
        if node is not None:
            labels.append(node.label)
    return labels


def _siblings(session: Session, at: Node) -> list[Node]:
    """Give the target's replies at the same point under the same tools, ``at`` first."""
    same = [
        node
        for node in session.tree
        if node.origin is Origin.TARGET and node.parent == at.parent and node.tools == at.tools
    ]
    return [at, *(node for node in same if node.label != at.label)]
