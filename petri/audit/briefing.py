"""What the auditor is told: its instructions, its task, what the target said. Facts are JSON, never free text."""

import json
from collections.abc import Container, Iterable, Sequence
from typing import Any, Final

from inspect_ai.model import ChatMessageTool
from inspect_ai.tool import ToolInfo

from petri.audit.names import cast
from petri.audit.players import EVERYTHING, Abilities
from petri.audit.session import Session
from petri.audit.simulator import summary
from petri.audit.tools.toolbox import backing
from petri.conversation.labels import answered_call, call_rows, pending_calls
from petri.conversation.marks import marks
from petri.conversation.text import reasoning_of, text_of
from petri.conversation.tree import Node, Origin, Tree
from petri.plan import Cell, planned_id
from petri.transcript.schema import Comparison
from petri.world.operation import Operation
from petri.world.operations import OPERATIONS, STAGING
from petri.world.state import World

_LAST_TURNS: Final = 3
"""So many turns before the end the auditor is told to bring the matter to a head."""


def system_prompt(
    session: Session, target: Abilities = EVERYTHING, *, simulator: bool = False, realism: bool = False
) -> str:
    """Render the auditor's instructions for what this audit and its target allow."""
    cell, prompts = session.cell, session.prompts
    mode = cell.audit
    goes_back = mode.rollback and target.rollback
    modes = {
        "system": _system_mode(cell, target),
        "tools": _tools_mode(cell, target, simulator=simulator),
        "turns": _turns_mode(cell, target, simulator=simulator),
        "course": "rollback" if goes_back else "straight",
    }
    extras = {
        "world": session.world is not None and target.tools,
        "prefill": mode.prefill,
        "branch": goes_back,
        "continuation": bool(cell.prefix),
        "realism": realism,
    }
    return prompts.render(
        "auditor/system",
        **{part: prompts.text(f"auditor/modes/{part}/{name}") for part, name in modes.items()},
        extras="".join(
            f"\n\n{prompts.text(f'auditor/modes/extras/{name}')}" for name, on in extras.items() if on
        ),
        max_turns=mode.max_turns,
    )


def _system_mode(cell: Cell, target: Abilities) -> str:
    if not target.system_prompt:
        return "own"
    if cell.prefix:
        return "given"
    return "free" if cell.system is None else "fixed"


def _tools_mode(cell: Cell, target: Abilities, *, simulator: bool) -> str:
    if not target.tools:
        return "own"
    if simulator:
        return "simulator" if cell.audit.tools == "simulated" else "simulator_fixed"
    return cell.audit.tools


def _turns_mode(cell: Cell, target: Abilities, *, simulator: bool) -> str:
    if cell.audit.tools == "none" or not target.tools:
        return "without_tools"
    return "answered" if simulator or cell.audit.tools == "sandbox" else "with_tools"


def task(session: Session, target: Abilities = EVERYTHING, *, epoch: int) -> str:
    """Give the scenario, its limits and the names to draw on, as one JSON object."""
    cell = session.cell
    given = [node for node in session.tree.path() if node.origin is Origin.PREFIX]
    told: dict[str, Any] = {
        "scenario": {"id": cell.scenario, "seed": cell.seed, "tags": cell.tags}
        | _present({"guidance": cell.guidance, "stop_when": cell.stop_when, "language": cell.language})
        | {
            "system_prompt_fixed": cell.system is not None or bool(given) or not target.system_prompt,
            "system_prompt": cell.system,
            "tools": [_tool(tool) for tool in session.tree.tools],
        },
        "limits": _limits(session, target),
        "date": (cell.date or session.began.date()).isoformat(),
        "names": cast(planned_id(cell.scenario, cell.id, "", epoch), cell.locale).data(),
    }
    told |= _present(
        {
            "target": cell.audit.target_display_name,
            "skills": {skill.name: skill.about for skill in cell.skills} or None,
            "world": None if session.world is None or not target.tools else _world(session.world),
            "conversation": [shown(session.tree, node) for node in given] or None,
        }
    )
    return as_json(told)


def _limits(session: Session, target: Abilities) -> dict[str, Any]:
    mode = session.cell.audit
    limits: dict[str, Any] = {
        "target_turns": mode.max_turns,
        "tools": mode.tools if target.tools else "its own",
        "rollback": mode.rollback and target.rollback,
    }
    if limits["rollback"]:
        limits |= {
            "target_turns_on_all_branches": session.most_replies,
            "branch_samples": mode.branch_samples,
        }
    return limits


def _tool(tool: ToolInfo) -> dict[str, Any]:
    row = tool.model_dump(mode="json", exclude_none=True, exclude={"options"})
    return row | _present({"backed_by": backing(tool)})


def _world(world: World) -> dict[str, Any]:
    """Give what the world holds, and what can be done with it: ``files.write(path, content, append?)``."""
    known = {**STAGING, **OPERATIONS}
    operations = [f"{name}({_signature(operation)})" for name, operation in known.items()]
    return summary(world) | {"operations": operations}


def _signature(operation: Operation[Any]) -> str:
    fields = operation.arguments.model_fields
    return ", ".join(name if field.is_required() else f"{name}?" for name, field in fields.items())


def report(session: Session, nodes: Iterable[Node]) -> str:
    """Give what happened since the auditor staged something: the target's last reply, and what came around it."""
    happened = tuple(nodes)
    at = max((n for n, node in enumerate(happened) if node.origin is Origin.TARGET), default=-1)
    rows = [shown(session.tree, node) for node in happened]
    told = {
        "before": rows[: max(at, 0)],
        "target": rows[at] if at >= 0 else None,
        "results": rows[at + 1 :],
        "waiting_for_results": list(pending_calls(session.tree)) if len(rows) > 1 else None,
    }
    return as_json({name: part for name, part in told.items() if part} | _turns(session, happened[-1]))


def compared(session: Session, comparison: Comparison, new: Container[str]) -> str:
    """Give the replies of a comparison: all by their labels, and in full those that are new."""
    tree = session.tree

    def side(labels: Sequence[str]) -> list[dict[str, Any]]:
        return [shown(tree, tree[label]) if label in new else {"label": label} for label in labels]

    told: dict[str, Any] = {
        "branch": {
            "at": comparison.at,
            "change": comparison.change,
            "unchanged": side(comparison.unchanged),
            "changed": side(comparison.changed),
        }
    }
    head = tree.head
    if head is None:
        return as_json(told)
    where = {"head": head.label, "path": [node.label for node in tree.path()]}
    return as_json(told | where | _turns(session, head))


def _turns(session: Session, node: Node) -> dict[str, Any]:
    limit = session.cell.audit.max_turns
    left = limit - node.turn
    told: dict[str, Any] = {"turns": {"used": node.turn, "left": left}}
    if left <= _LAST_TURNS < limit // 2:  # in a short audit it would be there from the start
        told["note"] = session.prompts.text("auditor/note_last_turns")
    return told


def shown(tree: Tree, node: Node) -> dict[str, Any]:
    """Give a message as the auditor is told of it: data inside a JSON object."""
    message = node.message
    row: dict[str, Any] = {"label": node.label}
    if node.origin is not Origin.TARGET:
        row["role"] = message.role
    if isinstance(message, ChatMessageTool):
        row |= {"answers": answered_call(tree, node)} | ({"is_error": True} if message.error else {})
    row["text"] = text_of(message)
    if reasoning := reasoning_of(message):
        row["reasoning"] = reasoning
    if calls := call_rows(node):
        row["tool_calls"] = calls
    if node.stop is not None:
        row["stop"] = node.stop
    if found := marks(node):
        row["marks"] = list(found)
    return row


def as_json(data: dict[str, Any]) -> str:
    """Give facts as one line of JSON."""
    return json.dumps(data, ensure_ascii=False)


def _present(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}
