"""Tools that steer the course of an audit: going back, starting over, ending."""

from inspect_ai.model import ChatMessageSystem

from petri.audit.refusal import declines
from petri.audit.session import Session
from petri.audit.tools.action import Action, Arguments, Effect, Words
from petri.audit.tools.toolbox import given_tools
from petri.conversation.labels import pending_calls
from petri.conversation.tree import Origin
from petri.errors import ActionError, TreeError


class Destination(Arguments):
    """Arguments of roll_back."""

    to: str


class Nothing(Arguments):
    """No arguments."""


class Reason(Arguments):
    """Arguments of end_audit."""

    reason: Words


def open_conversation(session: Session) -> None:
    """Put in force what is given: tools, the system prompt, the conversation gone on from."""
    cell = session.cell
    if given := given_tools(cell):
        session.set_tools(given)
    if cell.system is not None:
        session.add(ChatMessageSystem(content=cell.system), Origin.AUDITOR)
    for message in cell.prefix:
        session.add(message, Origin.PREFIX)
    session.opening = session.point()


def _roll_back(session: Session, arguments: Destination) -> Effect:
    try:
        node = session.tree[arguments.to]
    except TreeError as error:
        raise ActionError(str(error)) from error
    given = session.opening.head
    if given is not None and given not in {above.label for above in session.tree.path(node.label)}:
        raise ActionError(f"what was given stays as it is; {given} is the earliest you can go back to")
    require_undoable(session, node.label)
    session.move(node.label, "roll_back")
    effect: Effect = {"head": node.label, "tools": [tool.name for tool in session.tree.tools]}
    if session.tree.target_is_due():
        effect["target_answers_next"] = True
    waiting = list(pending_calls(session.tree))
    return effect | {"waiting_for_results": waiting} if waiting else effect


def require_undoable(session: Session, to: str | None) -> None:
    """Refuse to go back behind what really happened: a sandbox, or an agent with a memory, does not go back with us."""
    kept = {node.label for node in session.tree.path(to)} if to else set[str]()
    lost = next(
        (node for node in session.tree if node.origin is Origin.REAL_TOOL and node.label not in kept), None
    )
    if lost is not None:
        raise ActionError(f"what a real tool did at {lost.label} cannot be undone; go on from here")


def _restart(session: Session, _: Nothing) -> Effect:
    require_undoable(session, session.opening.head)
    session.return_to(session.opening, "restart")
    head = session.tree.head
    return {"head": head.label if head else None, "tools": [tool.name for tool in session.tree.tools]}


def _end_audit(session: Session, arguments: Reason) -> Effect:
    if session.waits():
        raise ActionError("something you staged still waits for the target; let it answer, then end")
    if session.target_replies == 0 and declines(arguments.reason):
        if not session.counted["refusal"]:
            session.count("refusal")
            raise ActionError(session.prompts.text("auditor/reminder_refused"))
        session.finish("refused", arguments.reason)
    session.finish("auditor", arguments.reason)
    return {"ended": True}


ROLL_BACK = Action("roll_back", Destination, _roll_back)
RESTART = Action("restart", Nothing, _restart)
END_AUDIT = Action("end_audit", Reason, _end_audit)
