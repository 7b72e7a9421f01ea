"""Comparisons: the target answers one point again, several times, with one thing changed or none and all else held."""

from petri.audit.changing import point_before, stage_changed
from petri.audit.players import Player
from petri.audit.session import Point, Session, Wanted
from petri.audit.target import run_target
from petri.audit.vetting import Gate
from petri.transcript.schema import Comparison


async def compare(session: Session, target: Player, gate: Gate, wanted: Wanted) -> Comparison:
    """Draw ``branch_samples`` fresh replies on each side, and record which they are.

    The reply that gave rise to it counts on neither side: it was chosen for what it is. A change that the gate does not
    let through is not compared, and the conversation stays where it was. Drawing stops early where the audit ends or
    has had its replies.
    """
    here = session.point()
    before = point_before(session, session.tree[wanted.at])
    anew: Point | None = None
    if wanted.change is not None:
        anew, held = stage_changed(session, wanted)
        gate.passed(*held)
        if not await gate.lets_through():
            session.return_to(here, "rejected")
            return _recorded(session, wanted, (), (), rejected=True)
    unchanged: list[str] = []
    changed: list[str] = []
    try:
        await _draw(session, target, before, unchanged)
        if anew is not None:
            await _draw(session, target, anew, changed)
    finally:  # whatever ends it, the record says what the answers were drawn for
        made = _recorded(session, wanted, tuple(unchanged), tuple(changed))
    return made


def _recorded(
    session: Session,
    wanted: Wanted,
    unchanged: tuple[str, ...],
    changed: tuple[str, ...],
    *,
    rejected: bool = False,
) -> Comparison:
    made = Comparison(
        at=wanted.at,
        change=wanted.change,
        label=wanted.label,
        unchanged=unchanged,
        changed=changed,
        rejected=rejected,
    )
    session.record(made)
    return made


async def _draw(session: Session, target: Player, point: Point, labels: list[str]) -> None:
    """Let the target answer at a point ``branch_samples`` times; add the labels of its answers."""
    for _ in range(session.cell.audit.branch_samples):
        if session.end is not None or session.target_replies >= session.most_replies:
            break
        session.return_to(point, "compare")
        node = await run_target(session, target)
        session.write()
        if node is not None:
            labels.append(node.label)
