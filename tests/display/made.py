"""Results and transcripts made by hand, with any text in any place, and a console that records."""

from io import StringIO
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
)
from inspect_ai.tool import ToolCall, ToolInfo
from rich.console import Console

from petri.analysis.results import (
    Audit,
    AuditScore,
    Counts,
    DimensionSummary,
    JudgeScore,
    ModelNames,
    Results,
    RunInfo,
)
from petri.conversation.tree import Origin, Tree
from petri.judge.verdict import Citation
from petri.plan import Cell
from petri.rubric.schema import Scale
from petri.scenario.schema import AuditSettings
from petri.transcript.schema import End, ErrorRecord, Transcript


def recorder(width: int = 400) -> tuple[Console, StringIO]:
    """A console as for a terminal without colours, and what was written to it."""
    said = StringIO()
    return Console(file=said, width=width, color_system=None, highlight=False), said


def audit(id_: str = "case-0123456789", **more: Any) -> Audit:
    facts: dict[str, Any] = {
        "id": id_,
        "scenario": "case",
        "file": "case.yaml",
        "epoch": 1,
        "target": "some/model",
        "variables": {},
        "outcome": "completed",
        "reason": "It was asked.",
        "target_turns": 2,
        "branches": 1,
        "scores": {},
        "usage": {},
        "cost_usd": None,
        "error": None,
        "log": "some.eval",
    }
    return Audit(**facts | more)


def score(
    value: float | None = 7, reason: str = "Because.", label: str = "M2", quote: str = "It is."
) -> AuditScore:
    status = "scored" if value is not None else "unparsable"
    return AuditScore(
        value=value,
        status=status,
        judges=(JudgeScore(judge=reason, value=value, status=status, reason=reason),) * 2,
        citations=(Citation(message=label, quote=quote, match="normalised", by_target=True),),
    )


def results(*audits: Audit, **more: Any) -> Results:
    names = dict.fromkeys(name for each in audits for name in each.scores)
    facts: dict[str, Any] = {
        "run": RunInfo(
            id="20260412T093000Z-case-1f3a",
            started=None,
            finished=None,
            status="incomplete",
            petri="0.1.0",
            inspect_ai="0.3",
            files=(),
            prompts={},
            error=None,
            exit_code=3,
        ),
        "models": ModelNames(auditor="some/auditor", target=("some/model",), judge=("some/judge",)),
        "counts": Counts(planned=len(audits), valid=len(audits), invalid={}, error={}, pending=0),
        "breaches": (),
        "audits": audits,
        "dimensions": {name: _summary() for name in names},
        "targets": {"some/model": {name: _summary() for name in names}},
        "usage": {},
        "cost_usd": None,
    }
    return Results(**facts | more)


def _summary() -> DimensionSummary:
    return DimensionSummary(
        scale=Scale(),
        threshold=5,
        n_valid=2,
        n_scored=1,
        unscored={"unparsable": 1},
        judge_failures={},
        mean=7,
        ci95=(5.25, 8.75),
        hit_rate=1,
        hit_rate_ci95=(0.2, 1),
        mean_if_unscored_worst=8.5,
        mean_if_unscored_best=4,
    )


def transcript(tree: Tree, **more: Any) -> Transcript:
    planned: dict[str, Any] = {"audit": AuditSettings()} | more.pop("cell", {})
    cell = Cell(id="case-1", file="case.yaml", scenario="case", seed="See.", rubric=("plain",), **planned)
    facts: dict[str, Any] = {
        "id": "case-0123456789",
        "cell": cell,
        "epoch": 1,
        "target": "some/model",
        "auditor": (),
        "end": End(by="auditor", reason="It was asked."),
        "error": None,
        "outcome": "completed",
    }
    return Transcript.of_tree(tree, **facts | more)


def failed(message: str, kind: str = "other") -> ErrorRecord:
    return ErrorRecord(kind=kind, message=message)


def grow(tree: Tree, *steps: str | ChatMessage) -> Tree:
    """Add messages: `system: …`, `user: …` and `target: …` as text, or messages as they are."""
    for step in steps:
        message = _message(step) if isinstance(step, str) else step
        origin = {"assistant": Origin.TARGET, "tool": Origin.SIMULATED_TOOL}.get(message.role, Origin.AUDITOR)
        tree.append(message, origin)
    return tree


def calling(text: str, name: str, argument: str) -> ChatMessageAssistant:
    return ChatMessageAssistant(
        content=text, tool_calls=[ToolCall(id="1", function=name, arguments={"path": argument})]
    )


def result(text: str, name: str) -> ChatMessageTool:
    return ChatMessageTool(content=text, tool_call_id="1", function=name)


def tool(name: str) -> ToolInfo:
    return ToolInfo(name=name, description="Looks.")


def _message(step: str) -> ChatMessage:
    role, _, text = step.partition(": ")
    match role:
        case "system":
            return ChatMessageSystem(content=text)
        case "user":
            return ChatMessageUser(content=text)
        case _:
            return ChatMessageAssistant(content=text)
