"""What an audit records as it goes on, and what a display is told of it, made by hand."""

from typing import Any

from petri.display.audit_progress import AuditProgress, Phase, Upcoming

_ROLES = {"auditor": "user", "target": "assistant"}


def node(
    label: str, parent: str | None, origin: str, role: str | None = None, text: str = "Words."
) -> dict[str, Any]:
    """A message is added."""
    message = {"role": role or _ROLES[origin], "content": text}
    return {"op": "node", "label": label, "parent": parent, "origin": origin, "message": message}


def said(turns: int) -> list[dict[str, Any]]:
    """M1 is the system prompt; each turn adds a question (M2, M4, ...) and a reply (M3, M5, ...)."""
    steps = [node("M1", None, "auditor", "system")]
    for turn in range(1, turns + 1):
        asked, replied = f"M{2 * turn}", f"M{2 * turn + 1}"
        steps += [
            node(asked, f"M{2 * turn - 1}", "auditor"),
            node(replied, asked, "target", text=f"Reply {turn}."),
        ]
    return steps


def back(to: str | None, why: str) -> dict[str, Any]:
    """The head moves."""
    return {"op": "head", "to": to, "why": why}


def going(audit: str, phase: Phase = Phase.TALKING, **more: Any) -> AuditProgress:
    """An audit that is under way."""
    facts: dict[str, Any] = {"turn": 3, "longest": 3, "event": "target: No."} | more
    planned = {"name": audit, "target": "some/model", "turns": 20} | facts.pop("planned", {})
    return AuditProgress(Upcoming(audit, **planned), phase, **facts)
