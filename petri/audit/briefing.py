"""What the auditor is told: its instructions, its task, what the target said. Facts are JSON, never free text."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from inspect_ai.tool import ToolInfo

from petri.audit.names import cast
from petri.audit.players import EVERYTHING, Abilities
from petri.audit.session import Session
from petri.audit.simulator import summary
from petri.audit.tools.toolbox import backing
from petri.conversation.labels import labelled_calls
from petri.conversation.marks import marks
from petri.conversation.text import reasoning_of, text_of
from petri.conversation.tree import Node, Origin
from petri.plan import Cell, planned_id
from petri.transcript.schema import Comparison
from petri.world.operation import Operation
from petri.world.operations import OPERATIONS
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


def task(session: Session, *, epoch: int) -> str:
    """Give the scenario, its limits and the names to draw on, as one JSON object."""
    cell = session.cell
    tree = session.tree
    system = next((node.message.text for node in tree.path() if node.message.role == "system"), None)
    told: dict[str, Any] = {
        "scenario": {
            "id": cell.scenario,
            "seed": cell.seed,
            "tags": cell.tags,
            "system_prompt_fixed": cell.system is not None,
            "system_prompt": system,
            "tools": [_tool(tool) for tool in tree.tools],
        }
        | _present({"guidance": cell.guidance, "stop_when": cell.stop_when}),
        "limits": {
            "target_turns": cell.audit.max_turns,
            "tools": cell.audit.tools,
            "rollback": cell.audit.rollback,
        },
        "date": (cell.date or datetime.now(UTC).date()).isoformat(),
        "names": cast(planned_id(cell.scenario, cell.id, "", epoch), cell.locale).data(),
    }
    told |= _present(
        {
            "target": cell.audit.target_display_name,
            "skills": {skill.name: skill.about for skill in cell.skills} or None,
            "world": None if session.world is None else _world(session.world),
            "conversation": [shown(node) for node in tree.path() if node.origin is Origin.PREFIX] or None,
        }
    )
    return as_json(told)


def _tool(tool: ToolInfo) -> dict[str, Any]:
    row = tool.model_dump(mode="json", exclude_none=True, exclude={"options"})
    return row | _present({"backed_by": backing(tool)})


def _world(world: World) -> dict[str, Any]:
    """Give what the world holds, and what can be done with it: ``files.write(path, content, append?)``."""
    operations = [f"{name}({_signature(operation)})" for name, operation in OPERATIONS.items()]
    return summary(world) | {"operations": operations}


def _signature(operation: Operation[Any]) -> str:
    fields = operation.arguments.model_fields
    return ", ".join(name if field.is_required() else f"{name}?" for name, field in fields.items())


def report(session: Session, nodes: Iterable[Node]) -> str:
    """Give what happened since the auditor staged something: the target's last reply, and what came around it."""
    happened = tuple(nodes)
    at = max((n for n, node in enumerate(happened) if node.origin is Origin.TARGET), default=-1)
    told: dict[str, Any] = {"before": list(map(shown, happened[: max(at, 0)]))}
    told |= {"target": None if at < 0 else shown(happened[at])}
    told |= {"results": list(map(shown, happened[at + 1 :]))}
    return as_json({name: part for name, part in told.items() if part} | _turns(session, happened[-1]))


def compared(session: Session, comparison: Comparison) -> str:
    """Give the replies of a comparison."""
    tree = session.tree
    told: dict[str, Any] = {
        "branch": {
            "at": comparison.at,
            "change": comparison.change,
            "unchanged": [shown(tree[label]) for label in comparison.unchanged if label != comparison.at],
            "changed": [shown(tree[label]) for label in comparison.changed],
        }
    }
    head = tree.head
    return as_json(told | ({"head": head.label} | _turns(session, head) if head else {}))


def _turns(session: Session, node: Node) -> dict[str, Any]:
    limit = session.cell.audit.max_turns
    left = limit - node.turn
    told: dict[str, Any] = {"turns": {"used": node.turn, "left": left}}
    # Told once, and only where there was time for more than a word.
    if left == _LAST_TURNS < limit // 2:
        told["note"] = session.prompts.text("auditor/note_last_turns")
    return told


def shown(node: Node) -> dict[str, Any]:
    """Give a message as the auditor is told of it: data inside a JSON object."""
    message = node.message
    row: dict[str, Any] = {"label": node.label}
    if node.origin is not Origin.TARGET:
        row["role"] = message.role
    row["text"] = text_of(message)
    if reasoning := reasoning_of(message):
        row["reasoning"] = reasoning
    calls = [
        {"call": label, "name": call.function, "arguments": call.arguments}
        | ({"parse_error": call.parse_error} if call.parse_error else {})
        for label, call in labelled_calls(node).items()
    ]
    if calls:
        row["tool_calls"] = calls
    if node.stop is not None:
        row["stop"] = node.stop
    found = marks(node)
    return row | ({"marks": list(found)} if found else {})


def as_json(data: dict[str, Any]) -> str:
    """Give facts as one line of JSON."""
    return json.dumps(data, ensure_ascii=False)


def _present(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}
