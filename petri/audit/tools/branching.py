"""The tool that compares: the same point again, with one thing changed or none."""

from petri.audit.changing import require_place
from petri.audit.session import Change, Session, Wanted
from petri.audit.tools.action import Action, Arguments, Effect
from petri.audit.tools.course import require_undoable
from petri.conversation.tree import Origin
from petri.errors import ActionError, TreeError


class Branch(Arguments):
    """Arguments of branch."""

    at: str
    change: Change | None = None
    label: str | None = None
    text: str = ""


def _branch(session: Session, arguments: Branch) -> Effect:
    try:
        node = session.tree[arguments.at]
    except TreeError as error:
        raise ActionError(str(error)) from error
    if node.origin is not Origin.TARGET:
        raise ActionError(
            f"{arguments.at} is no reply of the target's; name the reply that is to be drawn anew"
        )
    if session.tree.target_is_due() and session.tree.head is not None:
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
    if arguments.change == "prefill" and not session.cell.audit.prefill:
        raise ActionError("the target's reply cannot be begun for it in this audit; change something else")
    if arguments.change == "system_prompt" and session.cell.system is not None:
        raise ActionError("the scenario fixes the system prompt; change something else")
    if arguments.change in {"message", "tool_result"} and not arguments.text.strip():
        raise ActionError(f"a changed {arguments.change} needs its text")
    if arguments.change is None and (arguments.text or arguments.label):
        raise ActionError("name what is changed: system_prompt, message, tool_result or prefill")


BRANCH = Action("branch", Branch, _branch)
