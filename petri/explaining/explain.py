"""The words that each model would be sent, made by the same functions as in an audit.

Nothing is sent. No model is made but for targets that are programs of the user's, which say themselves what they can.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ContentText
from inspect_ai.tool import ToolInfo

from petri.audit.beginning import begin
from petri.audit.players import EVERYTHING, Abilities, abilities, with_planted
from petri.audit.session import Session
from petri.check import resolved_rubrics
from petri.document.wording import did_you_mean
from petri.errors import ActionError, UsageError
from petri.explaining.settings import Setting, effective_settings
from petri.judge.groups import make_groups
from petri.judge.question import opening, task_json
from petri.judge.tool import verdict_tool
from petri.order import Order, Part, settle
from petri.plan import Cell, plan_cells
from petri.prompts.files import Prompts
from petri.protocol.text import as_text
from petri.roles import Manner, Manners, as_settings, make_model, manners, provided_name
from petri.rubric.load import load_rubrics
from petri.scenario.load import LoadedFile
from petri.scenario.schema import Model
from petri.targets.callable import PROVIDER as CALLABLE
from petri.targets.command import PROVIDER as COMMAND

TRANSCRIPT: Final = "<the transcript, as JSON>"
NONCE: Final = "<drawn anew for each transcript>"
"""What stands for what is only known once there is a transcript."""


@dataclass(frozen=True, slots=True)
class Request:
    """How a model's first call begins: messages as (role, text), and the tools that it is offered."""

    messages: tuple[tuple[str, str], ...]
    tools: tuple[ToolInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedCell:
    """One scenario with one combination of its variables, for the targets of which the same is to be said."""

    cell: Cell
    place: str
    """``FILE:LINE`` of the seed."""
    targets: tuple[str, ...]
    auditor: Request
    """Of the first epoch: the names that it may draw on differ between epochs."""
    target: Request
    """What the target is given from the start; the auditor stages the rest."""
    judge: tuple[Request, ...]
    """The calls for a verdict, in order; empty where nobody judges."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an order comes to."""

    settings: tuple[Setting, ...]
    cells: tuple[ExplainedCell, ...]


def explain(order: Order, origins: Mapping[str, str], cell: str | None = None) -> Explanation:
    """Explain an order; ``origins`` names the flag behind each of its settings, ``cell`` (an id, or a part) chooses.

    Raises ``UsageError`` where the order cannot be meant, as a run of it would.
    """
    settled = settle(order)
    each = [one for part in settled.parts for one in _cells(order, part)]
    cells = _chosen(_joined(each), cell)
    shown = {one.cell.file for one in cells}
    files = [file for file in settled.files if file.path in shown]
    settings = [setting for file in files for setting in effective_settings(order, file, origins)]
    return Explanation(tuple(settings), tuple(cells))


def _cells(order: Order, part: Part) -> Iterator[ExplainedCell]:
    file = part.file
    spoken = manners(file.spec.models.model_copy(update={"target": part.target}))
    can = _abilities(part.target)
    for cell in plan_cells(file):
        session = Session(cell)
        models = file.spec.models
        try:
            tools = begin(
                session,
                can,
                simulator=models.simulator is not None,
                realism=models.realism is not None,
                epoch=1,
            )
        except ActionError as error:
            raise UsageError(f"{cell.file}: scenario {cell.scenario!r}: tools: {error}") from error
        target = _manner(spoken, "target")
        given = with_planted(session.tree.messages(), target.planted)
        yield ExplainedCell(
            cell=cell,
            place=f"{file.path}:{file.places[cell.scenario].line(('seed',))}",
            targets=(part.label,),
            auditor=_request(session.auditor, tools.infos, _manner(spoken, "auditor"), session.prompts),
            target=_request(given, session.tree.tools, target, session.prompts),
            judge=tuple(_judge(file, cell, _manner(spoken, "judge"))) if order.judge else (),
        )


def _judge(file: LoadedFile, cell: Cell, manner: Manner) -> Iterator[Request]:
    """Yield the calls of a judge; the condition of validity is asked about until it is answered, so in the first."""
    prompts = Prompts(cell.prompts)
    families = [rubric.spec.dimensions for rubric in load_rubrics(resolved_rubrics(file))]
    groups = make_groups(families, file.spec.judge.groups)
    everything = [dimension for family in families for dimension in family]
    tool = verdict_tool(everything, cell.validity, prompts, calls=len(groups))
    for number, group in enumerate(groups):
        asked = task_json(group, None if number else cell.validity, NONCE)
        yield _request(opening(TRANSCRIPT, asked, prompts), (tool,), manner, prompts)


def _request(
    messages: Sequence[ChatMessage], tools: Sequence[ToolInfo], manner: Manner, prompts: Prompts
) -> Request:
    """Give what is sent: where tools are written as text, all of it is messages."""
    sent = as_text(messages, tools, prompts) if manner.tool_calling == "text" else messages
    offered = () if manner.tool_calling == "text" else tuple(tools)
    return Request(tuple((message.role, text) for message in sent for text in _texts(message)), offered)


def _texts(message: ChatMessage) -> Iterator[str]:
    """Yield the parts of a message that are text, and its calls."""
    content = message.content
    yield from (
        [content] if isinstance(content, str) else [p.text for p in content if isinstance(p, ContentText)]
    )
    calls = message.tool_calls if isinstance(message, ChatMessageAssistant) else None
    yield from (f"{call.function} {json.dumps(call.arguments, ensure_ascii=False)}" for call in calls or ())


def _manner(spoken: Manners, role: str) -> Manner:
    return next(iter(spoken.get(role, ())), Manner())


def _abilities(target: Model) -> Abilities:
    """Give what can be done with a target: everything with a model, and with a program what it says."""
    name = provided_name(as_settings(target).model)
    program = name.split("/")[0] in {CALLABLE, COMMAND}
    return abilities(make_model(target, "target")) if program else EVERYTHING


def _joined(cells: Sequence[ExplainedCell]) -> list[ExplainedCell]:
    """Join what is the same but for the target."""
    joined: dict[str, ExplainedCell] = {}
    for one in cells:
        key = repr(replace(one, targets=()))
        known = joined.get(key)
        joined[key] = one if known is None else replace(known, targets=(*known.targets, *one.targets))
    return list(joined.values())


def _chosen(cells: Sequence[ExplainedCell], wanted: str | None) -> Sequence[ExplainedCell]:
    if wanted is None:
        return cells
    ids = list(dict.fromkeys(one.cell.id for one in cells))
    exact = [one for one in cells if one.cell.id == wanted]
    found = exact or [one for one in cells if wanted in one.cell.id]
    if not found:
        raise UsageError(
            f"--cell {wanted!r}: no such cell{did_you_mean(wanted, ids)}; cells: {', '.join(ids)}"
        )
    return found
