"""The audit loop: one auditor generation may stage several actions, then the target answers once what waits for it."""

import json
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from inspect_ai.model import ChatMessageSystem, ChatMessageUser, Model, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver

from petri.audit.session import Session
from petri.audit.target import run_target
from petri.audit.timeline import add_timelines
from petri.audit.tools.course import open_conversation
from petri.audit.toolset import Toolset
from petri.boundary import Failure, guarded
from petri.conversation.labels import labelled_calls
from petri.conversation.storable import storable
from petri.conversation.text import reasoning_of, text_of
from petri.conversation.tree import Node
from petri.errors import AuditFailed
from petri.plan import Cell
from petri.prompts.files import render, text
from petri.transcript.schema import ErrorRecord

T = TypeVar("T")

MOST_IDLE: Final = 12
"""Auditor generations in a row without a target turn before the audit counts as stalled."""
MOST_BRANCHING: Final = 4
"""All target turns of an audit together, as a multiple of ``max_turns``: a bound on the cost of going back."""


@solver
def auditor() -> Solver:
    """Run one audit per sample: roles ``auditor`` and ``target``, the cell in the sample's metadata."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001 -- Inspect's signature
        session = Session(Cell.model_validate(state.metadata["petri"]))
        try:
            await run_audit(
                session, get_model(role="auditor", required=True), get_model(role="target", required=True)
            )
        finally:
            session.write()
            add_timelines(session.tree)
            state.messages = session.tree.messages()
        return state

    return solve


async def run_audit(session: Session, auditor_model: Model, target_model: Model) -> None:
    """Run the loop until the session has ended."""
    toolset = Toolset(session.cell)
    open_conversation(session)
    session.tell_auditor(
        ChatMessageSystem(content=_system_prompt(session.cell)), ChatMessageUser(content=_task(session))
    )
    idle = 0
    reminded = False
    while session.end is None:
        tried = await _auditor_step(session, auditor_model, toolset)
        if session.end is None and session.tree.target_is_due():
            idle, reminded = 0, False
            await _target_step(session, target_model)
        elif not tried:
            idle, reminded = idle + 1, _remind(session, reminded=reminded)
        else:
            idle, reminded = idle + 1, False
        if idle >= MOST_IDLE:
            session.finish("stalled", f"{idle} auditor replies in a row without a target turn")
        session.write()


async def _auditor_step(session: Session, model: Model, toolset: Toolset) -> bool:
    """Let the auditor stage; say whether it called any tool. A refusal is met with one plain reminder."""
    for attempt in ("first", "last"):
        output = await _or_fail(
            session, model.generate(session.auditor, tools=list(toolset.infos)), f"auditor ({model})"
        )
        if output.stop_reason == "model_length":
            session.finish("context", "the audit no longer fits the auditor's context")
            return False
        message = storable(output.message)
        session.tell_auditor(message)
        toolset.carry_out(session, message)
        if message.tool_calls or output.stop_reason != "content_filter":
            return bool(message.tool_calls)
        if attempt == "last":
            session.finish("refused", message.text or "the auditor's provider filtered its reply")
        else:
            session.tell_auditor(
                ChatMessageUser(content=_json({"reminder": text("auditor/reminder_refused")}))
            )
    return False


async def _target_step(session: Session, model: Model) -> None:
    """Let the target answer, tell the auditor, and end the audit where the turns are used up."""
    spoken = await _or_fail(session, run_target(session, model), f"target ({model})")
    if spoken is None:
        return
    node, stop = spoken
    limit = session.cell.audit.max_turns
    if node.turn >= limit:
        session.finish("turns", f"the target had its {limit} turns on one branch")
        return
    if session.target_replies >= limit * MOST_BRANCHING:
        session.finish("turns", f"the target had {session.target_replies} turns on all branches together")
        return
    reply = {"target": _shown(node, stop), "turns": {"used": node.turn, "left": limit - node.turn}}
    session.tell_auditor(ChatMessageUser(content=_json(reply)))


async def _or_fail(session: Session, call: Awaitable[T], who: str) -> T:
    """Give a call's result; a failure is recorded and ends the sample in our words: a provider's may hold keys."""
    result = await guarded(call, who)
    if isinstance(result, Failure):
        session.fail(ErrorRecord(kind=result.kind, message=result.message))
        session.write()
        raise AuditFailed(f"{result.kind}: {result.message}")
    return result


def _remind(session: Session, *, reminded: bool) -> bool:
    """Remind an auditor that staged nothing; the second time running the audit has stalled."""
    if session.end is not None:
        return reminded
    if reminded:
        session.finish("stalled", "the auditor staged nothing twice running")
    else:
        session.tell_auditor(ChatMessageUser(content=_json({"reminder": text("auditor/reminder_stalled")})))
    return True


def _system_prompt(cell: Cell) -> str:
    """Render the auditor's prompt for what this cell's mode allows."""
    mode = cell.audit
    return render(
        "auditor/system",
        system=text(f"auditor/modes/system/{'free' if cell.system is None else 'fixed'}"),
        tools=text(f"auditor/modes/tools/{mode.tools}"),
        turns=text(f"auditor/modes/turns/{'without_tools' if mode.tools == 'none' else 'with_tools'}"),
        course=text(f"auditor/modes/course/{'rollback' if mode.rollback else 'straight'}"),
        max_turns=mode.max_turns,
    )


def _task(session: Session) -> str:
    """Give the scenario and its limits to the auditor as one JSON object."""
    cell = session.cell
    head = session.tree.head
    task: dict[str, Any] = {
        "scenario": {
            "id": cell.scenario,
            "seed": cell.seed,
            "tags": cell.tags,
            "system_prompt_fixed": cell.system is not None,
            "system_prompt": head.message.text if head else None,
            "tools": [tool.model_dump(mode="json") for tool in cell.tools],
        },
        "limits": {
            "target_turns": cell.audit.max_turns,
            "tools": cell.audit.tools,
            "rollback": cell.audit.rollback,
        },
        "date": datetime.now(UTC).date().isoformat(),
    }
    return json.dumps(task, ensure_ascii=False, indent=1)


def _shown(node: Node, stop: str) -> dict[str, Any]:
    """Give what the target said as the auditor is told it: data inside a JSON object, never free text."""
    message = node.message
    shown: dict[str, Any] = {"label": node.label, "text": text_of(message)}
    if reasoning := reasoning_of(message):
        shown["reasoning"] = reasoning
    calls = [
        {"call": label, "name": call.function, "arguments": call.arguments}
        | ({"parse_error": call.parse_error} if call.parse_error else {})
        for label, call in labelled_calls(node).items()
    ]
    return shown | ({"tool_calls": calls} if calls else {}) | {"stop": stop}


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)
