"""The tool that compares: the same point again, with one thing changed or none."""

from typing import Any, Literal

from petri.audit.changing import require_place
from petri.audit.session import Change, Session, Wanted
from petri.audit.tools.action import Action, Arguments, Effect
from petri.audit.tools.course import require_undoable
from petri.conversation.tree import Origin
from petri.errors import ActionError, TreeError
from petri.plan import Cell


class Branch(Arguments):
    """Arguments of branch."""

    at: str
    change: Literal["system_prompt", "message", "tool_result"] | None = None
    label: str | None = None
    text: str = ""


class BranchWithPrefill(Branch):
    """Arguments of branch where the target's answers may be begun for it."""

    change: Change | None = None  # pyright: ignore[reportIncompatibleVariableOverride] -- one more choice


def _branch(session: Session, arguments: Branch) -> Effect:
    try:
        node = session.tree[arguments.at]
    except TreeError as error:
        raise ActionError(str(error)) from error
    if node.origin is not Origin.TARGET:
        raise ActionError(
            f"{arguments.at} is no reply of the target's; name the reply that is to be drawn anew"
        )
    if session.waits():
        raise ActionError("something you staged still waits for the target; let it answer, then branch")
    require_undoable(session, node.parent)
    _require_change(session, arguments)
    wanted = Wanted(arguments.at, arguments.change, arguments.label, arguments.text)
    if wanted.change is not None:
        require_place(session, wanted)
    session.wanted = wanted
    return {"branching_at": arguments.at}


def _require_change(session: Session, arguments: Branch) -> None:
    """Refuse a change that this audit does not allow, or that says nothing."""
    if arguments.change == "system_prompt" and session.cell.system is not None:
        raise ActionError("the scenario fixes the system prompt; change something else")
    if arguments.change in {"message", "tool_result"} and not arguments.text.strip():
        raise ActionError(f"a changed {arguments.change} needs its text")
    if arguments.change is None and (arguments.text or arguments.label):
        raise ActionError("name what is changed, as change says, or leave label and text out")


_BRANCH = Action("branch", Branch, _branch)
_BRANCH_WITH_PREFILL = Action("branch", BranchWithPrefill, _branch)


def branch_action(cell: Cell) -> Action[Any]:
    """Give the tool; a change that the audit does not allow is not on offer."""
    return _BRANCH_WITH_PREFILL if cell.audit.prefill else _BRANCH
