"""Tools that steer the course of an audit: going back, starting over, ending."""

from inspect_ai.model import ChatMessageSystem
from inspect_ai.tool import ToolInfo

from petri.audit.session import Session
from petri.audit.tools.action import Action, Arguments, Effect, Words
from petri.audit.tools.toolbox import tool_info
from petri.conversation.labels import pending_calls
from petri.conversation.tree import Origin
from petri.errors import ActionError, TreeError
from petri.plan import Cell


class Destination(Arguments):
    """Arguments of roll_back."""

    to: str


class Nothing(Arguments):
    """No arguments."""


class Reason(Arguments):
    """Arguments of end_audit."""

    reason: Words


def fixed_tools(cell: Cell) -> list[ToolInfo]:
    """Give the tools that the scenario fixes; raises ``ActionError`` for one that a provider would refuse."""
    return [tool_info(tool.name, tool.description, tool.parameters) for tool in cell.tools]


def open_conversation(session: Session) -> None:
    """Put in force what the scenario fixes: its tools and its system prompt, at the start and after a restart."""
    cell = session.cell
    if cell.tools:
        session.set_tools(fixed_tools(cell))
    if cell.system is not None:
        session.add(ChatMessageSystem(content=cell.system), Origin.AUDITOR)


def _roll_back(session: Session, arguments: Destination) -> Effect:
    try:
        node = session.tree[arguments.to]
    except TreeError as error:
        raise ActionError(str(error)) from error
    session.move(node.label, "roll_back")
    effect: Effect = {"head": node.label, "tools": [tool.name for tool in session.tree.tools]}
    waiting = list(pending_calls(session.tree))
    return effect | {"waiting_for_results": waiting} if waiting else effect


def _restart(session: Session, _: Nothing) -> Effect:
    session.move(None, "restart")
    open_conversation(session)
    head = session.tree.head
    return {"head": head.label if head else None, "tools": [tool.name for tool in session.tree.tools]}


def _end_audit(session: Session, arguments: Reason) -> Effect:
    if session.tree.target_is_due():
        raise ActionError("something you staged still waits for the target; let it answer, then end")
    session.finish("auditor", arguments.reason)
    return {"ended": True}


ROLL_BACK = Action("roll_back", Destination, _roll_back)
RESTART = Action("restart", Nothing, _restart)
END_AUDIT = Action("end_audit", Reason, _end_audit)
