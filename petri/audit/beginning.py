"""How an audit begins: what is given stands, and the auditor has its tools, its instructions and its task."""

from inspect_ai.model import ChatMessageSystem, ChatMessageUser

from petri.audit.briefing import system_prompt, task
from petri.audit.players import Abilities
from petri.audit.session import Session
from petri.audit.tools.course import open_conversation
from petri.audit.toolset import Toolset


def begin(session: Session, target: Abilities, *, simulator: bool, realism: bool, epoch: int) -> Toolset:
    """Put in force what the scenario gives, tell the auditor what it is to do, and give its tools.

    ``simulator`` and ``realism`` say whether there are such models; ``target``, what can be done with the target.
    """
    open_conversation(session)
    toolset = Toolset(session, target, simulator=simulator)
    session.answerable = toolset.offers("answer_tool_call")
    checked = realism and session.cell.audit.realism != "off"
    instructions = system_prompt(session, target, simulator=simulator, realism=checked)
    session.tell_auditor(
        ChatMessageSystem(content=instructions), ChatMessageUser(content=task(session, target, epoch=epoch))
    )
    return toolset
