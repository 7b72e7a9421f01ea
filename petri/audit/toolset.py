"""The tools an auditor has in an audit's mode, and the carrying out of what it calls."""

from functools import cache
from typing import Any, Final

from inspect_ai.model import ChatMessageAssistant, ChatMessageTool
from inspect_ai.tool import ToolCall, ToolCallError, ToolInfo

from petri.audit.players import EVERYTHING, Abilities
from petri.audit.session import Session
from petri.audit.tools.action import Action, as_json
from petri.audit.tools.backstage import BRIEF_SIMULATOR, WORLD
from petri.audit.tools.branching import branch_action
from petri.audit.tools.course import END_AUDIT, RESTART, ROLL_BACK
from petri.audit.tools.planning import NOTE, READ_SKILL
from petri.audit.tools.staging import ANSWER_TOOL_CALL, PREFILL, SEND_USER_MESSAGE, SET_SYSTEM_PROMPT
from petri.audit.tools.toolbox import CHANGE_TOOL, CREATE_BACKED_TOOL, CREATE_TOOL, REMOVE_TOOL
from petri.document.wording import did_you_mean
from petri.errors import ActionError, TreeError
from petri.plan import Cell

_MOST_SHOWN: Final = 2000
"""Characters of an auditor's own faulty call that are echoed back to it."""


def chosen_actions(
    cell: Cell, target: Abilities = EVERYTHING, *, simulator: bool = False
) -> list[Action[Any]]:
    """Give the tools that a cell's settings and the target allow; those that are forbidden do not exist."""
    mode = cell.audit
    creates = mode.tools == "simulated" and target.tools
    choice: list[tuple[bool, tuple[Action[Any], ...]]] = [
        (cell.system is None and not cell.prefix and target.system_prompt, (SET_SYSTEM_PROMPT,)),
        (creates, (CREATE_TOOL if cell.world is None else CREATE_BACKED_TOOL, CHANGE_TOOL, REMOVE_TOOL)),
        (cell.world is not None and target.tools, (WORLD,)),
        (simulator and target.tools, (BRIEF_SIMULATOR,)),
        (True, (SEND_USER_MESSAGE,)),
        (mode.tools in {"simulated", "fixed"} and target.tools, (ANSWER_TOOL_CALL,)),
        (mode.prefill, (PREFILL,)),
        (mode.rollback and target.rollback, (ROLL_BACK, branch_action(cell), RESTART)),
        (True, (NOTE,)),
        (bool(cell.skills), (READ_SKILL,)),
        (True, (END_AUDIT,)),
    ]
    return [action for wanted, actions in choice if wanted for action in actions]


class Toolset:
    """The auditor's tools in one audit."""

    def __init__(self, session: Session, target: Abilities = EVERYTHING, *, simulator: bool = False) -> None:
        """Choose the tools by the cell's settings, and by what can be done with the target."""
        chosen = chosen_actions(session.cell, target, simulator=simulator)
        self._actions = {action.name: action for action in chosen}
        replaced = session.cell.prompts
        self.infos: tuple[ToolInfo, ...] = tuple(
            action.info(session.prompts) if replaced else _info(action) for action in chosen
        )

    def offers(self, name: str) -> bool:
        """Say whether the auditor has a tool."""
        return name in self._actions

    def carry_out(self, session: Session, message: ChatMessageAssistant) -> None:
        """Carry out an auditor's calls in order and answer each; one that makes no sense is answered with an error."""
        for call in message.tool_calls or ():
            answer = ChatMessageTool(content="", tool_call_id=call.id, function=call.function)
            try:
                answer.content = as_json(self._call(session, call))
            except (ActionError, TreeError) as fault:
                answer.content = str(fault)[:_MOST_SHOWN]
                answer.error = ToolCallError("unknown", answer.content)
            session.tell_auditor(answer)

    def _call(self, session: Session, call: ToolCall) -> dict[str, Any]:
        if session.end is not None:
            raise ActionError("the audit has ended")
        action = self._actions.get(call.function)
        if action is None and call.parse_error:
            raise ActionError(f"a tool call could not be read: {call.parse_error}")
        if action is None:
            hint = did_you_mean(call.function, self._actions)
            raise ActionError(
                f"there is no tool {call.function[:80]!r}{hint}; your tools: {', '.join(self._actions)}"
            )
        if session.wanted is not None and action not in (NOTE, READ_SKILL):
            raise ActionError(
                f"the branch at {session.wanted.at} comes first; go on when you have its answers"
            )
        return action.call(session, call)


@cache
def _info(action: Action[Any]) -> ToolInfo:
    return action.info()
