"""Tools that put something before the target: the system prompt, a user's message, the result of a tool call."""

from collections.abc import Iterable

from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageTool, ChatMessageUser
from inspect_ai.tool import ToolCall, ToolCallError

from petri.audit.session import Point, Session
from petri.audit.tools.action import Action, Arguments, Effect, Words
from petri.conversation.labels import pending_calls
from petri.conversation.tree import Origin
from petri.errors import ActionError


class SystemPrompt(Arguments):
    """Arguments of set_system_prompt."""

    text: Words


class UserMessage(Arguments):
    """Arguments of send_user_message."""

    text: Words


class Prefill(Arguments):
    """Arguments of prefill."""

    text: Words


class Answer(Arguments):
    """Arguments of answer_tool_call."""

    call: str
    result: str
    is_error: bool = False


def _set_system_prompt(session: Session, arguments: SystemPrompt) -> Effect:
    head = session.tree.head
    anew = "; to begin anew, call restart first" if session.cell.audit.rollback else ""
    if head is not None and head.parent is not None:
        raise ActionError(f"the conversation has begun, and its system prompt stays as it is{anew}")
    if head is not None and not isinstance(head.message, ChatMessageSystem):
        raise ActionError(f"a user message is there already, and the system prompt comes before it{anew}")
    if head is not None:
        session.return_to(Point(None, session.tree.tools, session.world), "set_system_prompt")
    return {"label": session.add(ChatMessageSystem(content=arguments.text), Origin.AUDITOR).label}


def _send_user_message(session: Session, arguments: UserMessage) -> Effect:
    waiting = pending_calls(session.tree)
    if not session.answerable:
        _fail_calls(session, waiting.values())
    elif waiting:
        raise ActionError(
            f"the target waits for the results of {', '.join(waiting)}; call answer_tool_call for each first"
        )
    return {"label": session.add(ChatMessageUser(content=arguments.text), Origin.AUDITOR).label}


def _prefill(session: Session, arguments: Prefill) -> Effect:
    if not session.tree.target_is_due():
        raise ActionError(
            "nothing waits for the target; send a message or the last result first, then prefill"
        )
    head = session.tree.head
    if head is not None and head.origin is Origin.PREFILL:
        raise ActionError(
            "the reply has a beginning already; roll_back to the message before it to change it"
        )
    # Blanks at the end are refused by providers, and tell the model that something is odd.
    message = ChatMessageAssistant(content=arguments.text.rstrip())
    return {"label": session.add(message, Origin.PREFILL).label}


def _fail_calls(session: Session, calls: Iterable[ToolCall]) -> None:
    """Let calls fail that the auditor has no tool to answer, as they would in use."""
    for call in calls:
        fault = f"There is no tool {call.function!r}."
        result = ChatMessageTool(
            content=fault,
            tool_call_id=call.id,
            function=call.function,
            error=ToolCallError("unknown", fault),
        )
        session.by_itself.add(session.add(result, Origin.SIMULATED_TOOL).label)


def _answer_tool_call(session: Session, arguments: Answer) -> Effect:
    waiting = pending_calls(session.tree)
    call = waiting.get(arguments.call)
    if call is None:
        choices = (
            f"calls that wait for a result: {', '.join(waiting)}" if waiting else "no call waits for a result"
        )
        raise ActionError(f"there is no unanswered call {arguments.call!r}; {choices}")
    result = ChatMessageTool(
        content=arguments.result,
        tool_call_id=call.id,
        function=call.function,
        error=ToolCallError("unknown", arguments.result) if arguments.is_error else None,
    )
    label = session.add(result, Origin.SIMULATED_TOOL).label
    still = [name for name in waiting if name != arguments.call]
    return {"label": label, "still_waiting": still} if still else {"label": label}


SET_SYSTEM_PROMPT = Action("set_system_prompt", SystemPrompt, _set_system_prompt)
SEND_USER_MESSAGE = Action("send_user_message", UserMessage, _send_user_message)
ANSWER_TOOL_CALL = Action("answer_tool_call", Answer, _answer_tool_call)
PREFILL = Action("prefill", Prefill, _prefill)
