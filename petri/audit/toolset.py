"""The tools an auditor has in an audit's mode, and the carrying out of what it calls."""

import difflib
from functools import cache
from typing import Any, Final

from inspect_ai.model import ChatMessageAssistant, ChatMessageTool
from inspect_ai.tool import ToolCall, ToolCallError, ToolInfo

from petri.audit.session import Session
from petri.audit.tools.action import Action, as_json
from petri.audit.tools.course import END_AUDIT, RESTART, ROLL_BACK
from petri.audit.tools.staging import ANSWER_TOOL_CALL, SEND_USER_MESSAGE, SET_SYSTEM_PROMPT
from petri.audit.tools.toolbox import CREATE_TOOL, REMOVE_TOOL
from petri.errors import ActionError, TreeError
from petri.plan import Cell

_MOST_SHOWN: Final = 2000
"""Characters of an auditor's own faulty call that are echoed back to it."""


class Toolset:
    """The auditor's tools for one cell; those its mode forbids do not exist."""

    def __init__(self, cell: Cell) -> None:
        """Choose the tools by the cell's settings."""
        chosen: list[Action[Any]] = [] if cell.system is not None else [SET_SYSTEM_PROMPT]
        if cell.audit.tools == "simulated":
            chosen += [CREATE_TOOL, REMOVE_TOOL]
        chosen += [SEND_USER_MESSAGE]
        if cell.audit.tools != "none":
            chosen += [ANSWER_TOOL_CALL]
        if cell.audit.rollback:
            chosen += [ROLL_BACK, RESTART]
        chosen += [END_AUDIT]
        self._actions = {action.name: action for action in chosen}
        self.infos: tuple[ToolInfo, ...] = tuple(map(_info, chosen))

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
        if action is None:
            near = difflib.get_close_matches(call.function, self._actions, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise ActionError(
                f"there is no tool {call.function[:80]!r}; {hint}your tools: {', '.join(self._actions)}"
            )
        return action.call(session, call)


@cache
def _info(action: Action[Any]) -> ToolInfo:
    return action.info()
