"""One thing changed on the way to a reply, and all else held as it was."""

from typing import Final

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageSystem, ChatMessageTool
from inspect_ai.tool import ToolCallError

from petri.audit.session import Point, Session, Wanted
from petri.conversation.tree import Node, Origin
from petri.errors import ActionError

_ORIGINS: Final = {
    "system": Origin.AUDITOR,
    "user": Origin.AUDITOR,
    "assistant": Origin.PREFILL,
    "tool": Origin.SIMULATED_TOOL,
}
"""Whose words a changed message holds, whoever wrote the one that it replaces."""


def point_before(session: Session, node: Node) -> Point:
    """Give the point at which a message was added: its tools and world, not those of the message before it."""
    return Point(node.parent, node.tools, session.world_at(node.label))


def require_place(session: Session, wanted: Wanted) -> None:
    """Raise ``ActionError`` where there is no such thing to change, or where the change would change nothing."""
    path = _path_to(session, session.tree[wanted.at])
    place, new = _changed(path, wanted)
    old = path[place].message if place < len(path) and _is_replaced(path[place], wanted) else None
    if (old.text if old else "") == (new.text if new else ""):
        raise ActionError(
            f"that is the {str(wanted.change).replace('_', ' ')} there is; change something in it"
        )


def _path_to(session: Session, at: Node) -> list[Node]:
    return list(session.tree.path(at.parent)) if at.parent else []


def stage_changed(session: Session, wanted: Wanted) -> tuple[Point, tuple[Node, ...]]:
    """Stage the way to ``at`` with one thing changed; give the point at its end, and what was held as it was.

    What the target said in between is held as it was, and is no longer its own act there: it never saw the change.
    """
    at = session.tree[wanted.at]
    path = _path_to(session, at)
    place, changed = _changed(path, wanted)
    start = path[place] if place < len(path) else at
    session.return_to(point_before(session, start), "change")
    held = path[place:]
    replaced = bool(held) and _is_replaced(held[0], wanted)
    if changed is not None:
        session.add(changed, _ORIGINS[changed.role])
    kept = tuple(_hold(session, node) for node in (held[1:] if replaced else held))
    tools, world = at.tools, session.world_at(at.label)
    head = session.tree.head
    return Point(head.label if head else None, tools, world), kept


def _changed(path: list[Node], wanted: Wanted) -> tuple[int, ChatMessage | None]:
    """Give where the change stands on the path, and the message that is new there (None: one is left out)."""
    match wanted.change:
        case "system_prompt":
            return 0, ChatMessageSystem(content=wanted.text) if wanted.text else None
        case "prefill":
            ends = bool(path) and path[-1].origin is Origin.PREFILL
            new = ChatMessageAssistant(content=wanted.text.rstrip()) if wanted.text.strip() else None
            return len(path) - 1 if ends else len(path), new
        case _:
            role = "user" if wanted.change == "message" else "tool"
            place = next((n for n, node in enumerate(path) if node.label == wanted.label), None)
            if place is None or path[place].message.role != role:
                fitting = ", ".join(node.label for node in path if node.message.role == role) or "none"
                raise ActionError(
                    f"label must name a {role} message before {wanted.at}, not {wanted.label!r}; there: {fitting}"
                )
            return place, _with_text(path[place].message, wanted.text)


def _with_text(message: ChatMessage, text: str) -> ChatMessage:
    """Give the message with other words; a result that was an error is one still."""
    changes: dict[str, object] = {"content": text}
    if isinstance(message, ChatMessageTool) and message.error is not None:
        changes["error"] = ToolCallError(message.error.type, text)
    return type(message).model_validate(message.model_dump(exclude={"id", "error"}) | changes)


def _is_replaced(node: Node, wanted: Wanted) -> bool:
    """Say whether the message that stands at the place of the change makes room for it."""
    kind = {"system_prompt": "system", "prefill": "assistant"}.get(wanted.change or "")
    return kind is None or (node.message.role == kind and (kind == "system" or node.origin is Origin.PREFILL))


def _hold(session: Session, node: Node) -> Node:
    """Add a message as it was, under the tools and the world it had; it is another message, with an id of its own."""
    if session.tree.tools != node.tools:
        session.set_tools(node.tools)
    session.world = session.world_at(node.label)
    copied = type(node.message).model_validate(node.message.model_dump(exclude={"id"}))
    # What a real tool did was done once, elsewhere: here it is only told.
    elsewhere = node.origin in {Origin.TARGET, Origin.REAL_TOOL}
    return session.add(copied, Origin.PREFIX if elsewhere else node.origin)
