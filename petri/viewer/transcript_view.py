"""One audit, whole, as the page shows it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool
from inspect_ai.tool import ToolCall, ToolInfo

from petri.conversation.labels import answered_call, labelled_calls
from petri.conversation.marks import marks
from petri.conversation.text import arguments_text, citable, reasoning_of, text_of
from petri.conversation.tree import Node, Tree
from petri.plan import Cell
from petri.transcript.defusing import Flag
from petri.transcript.notes import notes_of
from petri.transcript.reading import suspicious
from petri.transcript.schema import Imported, Transcript, WorldRecord
from petri.viewer.filed import Neighbours
from petri.viewer.rows import state_of
from petri.viewer.spans import ShownPiece, shown_pieces
from petri.viewer.wire_transcript import (
    Call,
    Message,
    Operation,
    Scenario,
    SetVerdicts,
    Staged,
    TextPiece,
    ToolView,
    TranscriptView,
)

_OF_SCENARIO = {"system", "guidance", "stop_when", "date", "locale", "language", "expect", "rubric", "world"}
"""What else of a cell the page shows, where it is set."""


@dataclass(frozen=True)
class Conversation:
    """What the page shows of a conversation; who judged it, and who plays in it, is no part of it."""

    messages: tuple[Message, ...]
    branches: tuple[str, ...]
    toolsets: tuple[tuple[ToolView, ...], ...]
    pieces: Mapping[str, tuple[ShownPiece, ...]]
    """By label, what quotes are looked up in."""


def conversation_of(transcript: Transcript) -> Conversation:
    """Give every message with what is known of it."""
    tree = transcript.conversation()
    table = _Toolsets()
    pieces = {node.label: shown_pieces(node.message) for node in tree}
    notes = notes_of(transcript)
    flags = suspicious(transcript)
    seen = {node.label for leaf in tree.branches() for node in tree.path(leaf.label)}
    messages = [
        _message(tree, node, pieces[node.label], table.position(node.tools), flags.get(node.label, ()))
        for node in tree
    ]
    noted = [
        message.model_copy(
            update={
                "seen": message.label in seen,
                "note": notes[message.label].mark if message.label in notes else None,
                "why": notes[message.label].why if message.label in notes else (),
            }
        )
        for message in messages
    ]
    return Conversation(
        messages=tuple(noted),
        branches=tuple(leaf.label for leaf in tree.branches()),
        toolsets=tuple(map(_tool_views, table.sets)),
        pieces=pieces,
    )


def transcript_view(  # noqa: PLR0913 -- what stands beside a transcript comes from as many places
    transcript: Transcript,
    shown: Conversation,
    *,
    run: str,
    key: str,
    outcome: str,
    reason: str | None,
    made: Sequence[Sequence[str]],
    verdicts: Sequence[SetVerdicts],
    beside: Neighbours,
) -> TranscriptView:
    """Give the view of an audit; ``made`` is what ``staged_by`` gives, ``outcome`` is that of its row."""
    return TranscriptView(
        run=run,
        key=key,
        id=transcript.id,
        target=transcript.target,
        epoch=transcript.epoch,
        state=state_of(outcome),
        outcome=outcome,
        reason=reason,
        scenario=_scenario(transcript.cell),
        messages=shown.messages,
        branches=shown.branches,
        toolsets=shown.toolsets,
        auditor=tuple(_auditor(transcript.auditor, made)),
        realism=transcript.realism,
        lint=transcript.lint,
        world=tuple(map(_operation, transcript.world)),
        comparisons=transcript.comparisons,
        checks=transcript.checks,
        repairs=transcript.repairs,
        deployed=transcript.deployed,
        imported=()
        if transcript.imported is None
        else (_program(transcript.imported), *transcript.imported.missing),
        verdicts=tuple(verdicts),
        previous=beside.previous,
        following=beside.following,
    )


def _program(record: Imported) -> str:
    version = f" ({record.version})" if record.version else ""
    return f"{record.program.capitalize()}{version}"


def _message(
    tree: Tree, node: Node, pieces: Sequence[ShownPiece], tools: int, flags: tuple[Flag, ...]
) -> Message:
    message = node.message
    as_read = tuple(piece.shown for piece in pieces)
    said = tuple(piece.raw for piece in pieces)
    is_result = isinstance(message, ChatMessageTool)
    return Message(
        label=node.label,
        parent=node.parent,
        role=message.role,
        origin=node.origin.value,
        turn=node.turn,
        tools=tools,
        pieces=tuple(_text_pieces(node, pieces)),
        calls=tuple(_calls(labelled_calls(node))),
        answers=answered_call(tree, node) if is_result else None,
        failed=is_result and message.error is not None,
        provider_results=tuple(text for kind, text in citable(message) if kind == "tool_result"),
        marks=marks(node),
        stop=node.stop,
        flags=flags,
        as_read=None if as_read == said else as_read,
    )


def _text_pieces(node: Node, pieces: Sequence[ShownPiece]) -> Iterator[TextPiece]:
    """Yield the pieces; those of the target's own calls stand last, each with the label of its call."""
    owners = [label for label, call in labelled_calls(node).items() for _ in citable(_calling(call))]
    own = len(pieces) - len(owners)
    for number, piece in enumerate(pieces):
        owner = owners[number - own] if number >= own else None
        yield TextPiece(kind=piece.kind, text=piece.raw, call=owner)


def _calling(call: ToolCall) -> ChatMessageAssistant:
    """Give a message that is this call and nothing else."""
    return ChatMessageAssistant(content="", tool_calls=[call])


def _calls(calls: Mapping[str, ToolCall]) -> Iterator[Call]:
    for label, call in calls.items():
        yield Call(
            label=label, name=call.function, arguments=arguments_text(call), parse_error=call.parse_error
        )


def _operation(record: WorldRecord) -> Operation:
    return Operation(
        after=record.after,
        by=record.by,
        name=record.name,
        arguments=json.dumps(record.arguments, ensure_ascii=False),
        is_error=record.is_error,
    )


def _auditor(messages: Iterable[ChatMessage], made: Sequence[Sequence[str]]) -> Iterator[Staged]:
    """Yield the auditor's own conversation; of another program's, what came of a message is not known."""
    for number, message in enumerate(messages):
        calls = (message.tool_calls or []) if isinstance(message, ChatMessageAssistant) else []
        yield Staged(
            role=message.role,
            text=text_of(message),
            reasoning=reasoning_of(message),
            calls=tuple(
                _calls({f"A{number + 1}.{place}": call for place, call in enumerate(calls, start=1)})
            ),
            failed=isinstance(message, ChatMessageTool) and message.error is not None,
            made=tuple(made[number]) if number < len(made) else (),
        )


def _scenario(cell: Cell) -> Scenario:
    more = cell.model_dump(mode="json", include=_OF_SCENARIO, exclude_defaults=True, exclude_none=True)
    audit = cell.audit.model_dump(mode="json", exclude_defaults=True)
    return Scenario(
        id=cell.scenario,
        file=cell.file,
        seed=cell.seed,
        variables=cell.variables,
        tags=cell.tags,
        validity=cell.validity,
        control_for=cell.control_for,
        max_turns=cell.audit.max_turns,
        settings={f"audit.{name}": value for name, value in audit.items()} | more,
    )


def _tool_views(tools: Sequence[ToolInfo]) -> tuple[ToolView, ...]:
    return tuple(
        ToolView(
            name=tool.name,
            description=tool.description,
            parameters=json.dumps(
                tool.parameters.model_dump(mode="json", exclude_none=True), ensure_ascii=False
            ),
        )
        for tool in tools
    )


class _Toolsets:
    """The different sets of tools of a conversation, in order of appearance."""

    def __init__(self) -> None:
        self.sets: list[tuple[ToolInfo, ...]] = []

    def position(self, tools: tuple[ToolInfo, ...]) -> int:
        if tools not in self.sets:
            self.sets.append(tools)
        return self.sets.index(tools)
