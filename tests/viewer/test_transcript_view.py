"""What the page is given of a conversation and of what judges say of it, from records made by hand."""

from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ContentText,
    ContentToolUse,
)
from inspect_ai.tool import ToolCall, ToolCallError, ToolInfo

from petri.conversation.tree import Origin, Tree
from petri.judge.verdict import (
    Citation,
    DimensionScore,
    Evidence,
    JudgeFailure,
    Probe,
    Ruling,
    Screening,
    Span,
    Verdict,
)
from petri.plan import Cell
from petri.scenario.schema import AuditSettings
from petri.transcript.schema import RealismItem, RealismRecord, Transcript
from petri.viewer.filed import FiledRun, Neighbours
from petri.viewer.transcript_view import Conversation, conversation_of, transcript_view
from petri.viewer.verdicts import set_verdicts
from petri.viewer.wire_transcript import Message
from tests.analysis.rows import row

CELL = Cell(
    id="c",
    file="f",
    scenario="s",
    seed="x",
    audit=AuditSettings(max_turns=3, realism=0.5),
    rubric=("x",),
    system="Be.",
)
CALLS = [
    ToolCall(id="1", function="pay", arguments={"to": "Ann"}),
    ToolCall(id="2", function="wait", arguments={}),
]
STEPS: list[tuple[ChatMessage, Origin]] = [
    (ChatMessageSystem(content="Be."), Origin.AUDITOR),
    (ChatMessageUser(content="Pay Ann."), Origin.AUDITOR),
    (ChatMessageAssistant(content="", tool_calls=CALLS), Origin.TARGET),
    (
        ChatMessageTool(content="", tool_call_id="1", error=ToolCallError("unknown", "No.")),
        Origin.SIMULATED_TOOL,
    ),
    (ChatMessageTool(content="ok", tool_call_id="2"), Origin.SIMULATED_TOOL),
    (
        ChatMessageAssistant(
            content=[
                ContentText(text="I looked."),
                ContentToolUse(
                    tool_type="web_search", id="w", name="search", arguments="Ann", result="Ann is here."
                ),
            ]
        ),
        Origin.TARGET,
    ),
    (ChatMessageUser(content="Thanks."), Origin.AUDITOR),
]


def transcript(**more: Any) -> Transcript:
    tree = Tree()
    for number, (message, origin) in enumerate(STEPS):
        if number == 1:
            tree.set_tools(
                [ToolInfo(name="pay", description="Pays."), ToolInfo(name="wait", description="Waits.")]
            )
        tree.append(message, origin)
    facts: dict[str, Any] = {
        "id": "i",
        "cell": CELL,
        "epoch": 1,
        "target": "t",
        "auditor": (),
        "end": None,
        "error": None,
    }
    return Transcript.of_tree(tree, **facts | {"outcome": "completed"} | more)


@pytest.fixture(scope="module")
def said() -> Conversation:
    return conversation_of(transcript())


def by_label(shown: Conversation) -> dict[str, Message]:
    return {message.label: message for message in shown.messages}


def test_each_piece_names_the_call_that_it_is_of(said: Conversation) -> None:
    pieces = {label: [(p.kind, p.text, p.call) for p in m.pieces] for label, m in by_label(said).items()}
    assert pieces["M3"] == [
        ("tool_call", 'pay {"to": "Ann"}', "M3.1"),
        ("tool_call", "Ann", "M3.1"),
        ("tool_call", "wait {}", "M3.2"),
    ]
    assert pieces["M4"] == [("text", "No.", None)]
    assert pieces["M6"] == [("text", "I looked.", None), ("tool_call", "search Ann", None)]


def test_results_tools_and_branches(said: Conversation) -> None:
    messages = by_label(said)
    assert [(m.answers, m.failed) for m in (messages["M4"], messages["M5"])] == [
        ("M3.1", True),
        ("M3.2", False),
    ]
    assert messages["M6"].provider_results == ("[web_search] Ann is here.",)
    assert [[tool.name for tool in tools] for tools in said.toolsets] == [[], ["pay", "wait"]]
    assert [m.tools for m in said.messages] == [0, 1, 1, 1, 1, 1, 1]
    assert said.branches == ("M6",)
    assert [m.label for m in said.messages if not m.seen] == ["M7"]


def test_what_was_taken_back_is_marked_with_the_reason() -> None:
    record = RealismRecord(
        staged=("M7",), items=(RealismItem(what="M7", score=0.2, gives_away="Too polite."),), rejected=True
    )
    message = by_label(conversation_of(transcript(realism=(record,))))["M7"]
    assert message.note == "taken back, never seen by the target"
    assert message.why == ("gave it away (0.2): Too polite.",)


def test_what_was_asked_for_is_shown_where_it_is_not_usual(said: Conversation) -> None:
    view = transcript_view(
        transcript(
            auditor=(ChatMessageUser(content="Begin."), ChatMessageAssistant(content="", tool_calls=CALLS))
        ),
        said,
        run="r",
        key="k",
        outcome="limit:turns",
        reason=None,
        made=(),
        verdicts=(),
        beside=Neighbours(None, ("r", "l")),
    )
    assert view.scenario.settings == {
        "audit.max_turns": 3,
        "audit.realism": 0.5,
        "system": "Be.",
        "rubric": ["x"],
    }
    assert (view.state, view.previous, view.following) == ("valid", None, ("r", "l"))
    assert [[call.label for call in staged.calls] for staged in view.auditor] == [[], ["A2.1", "A2.2"]]
    assert [staged.made for staged in view.auditor] == [(), ()]


def verdict(judge: str, value: int, **more: object) -> Verdict:
    cited = Citation(message="M6", quote="I looked.", match="exact", by_target=True, span=None)
    fields: dict[str, object] = {"judge": judge, "replies": 1, "evidence": (), "scenario_valid": True}
    scores = {"caving": DimensionScore(status="scored", value=value, reason="So.", citations=(cited,))}
    return Verdict.model_validate(fields | {"validity_reason": "It came about.", "scores": scores} | more)


LOST = JudgeFailure(judge="b", replies=2, status="judge_refused", message="It will not.", seat=1)
NOTED = Evidence(
    message="M4",
    quote="No.",
    shows="It failed.",
    match="near",
    span=Span(piece=0, kind="text", start=0, end=3),
)


def test_every_judge_is_shown_the_panel_first(said: Conversation) -> None:
    ruling = Ruling(
        verdicts=(verdict("c", 5, seat=2), verdict("a", 3, repeat=2), verdict("a", 2, evidence=(NOTED,))),
        failures=(LOST,),
        dimensions=("caving",),
        screening=Screening(
            answer=verdict("s", 9), flagged=("caving 9",), probability=1, salt="x", draw=0.5, drawn=True
        ),
        probes=(
            Probe(variant="redacted", verdicts=(verdict("a", 1),), failures=()),
            Probe(variant="renamed", verdicts=(), failures=(LOST,)),
        ),
    )
    made = set_verdicts(FiledRun("k", "run/set", Path("run")), row(), ruling, (), said)
    assert (made.key, made.name) == ("k", "set")
    assert [(j.kind, j.judge, j.seat, j.repeat, j.dimensions[0].value, j.failure) for j in made.judges] == [
        ("panel", "a", 0, 1, 2, None),
        ("panel", "a", 0, 2, 3, None),
        ("panel", "b", 1, 1, None, "It will not."),
        ("panel", "c", 2, 1, 5, None),
        ("screener", "s", 0, 1, 9, None),
        ("redacted", "a", 0, 1, 1, None),
        ("renamed", "b", 1, 1, None, "It will not."),
    ]
    assert made.judges[2].dimensions[0].status == "judge_refused"
    first = made.judges[0]
    (quote,) = first.dimensions[0].quotes
    assert quote.place is not None
    assert (quote.place.piece, quote.place.start, quote.place.end) == (0, 0, 9)
    (noted,) = first.evidence
    assert (noted.by_target, noted.shows, noted.place is not None) == (False, "It failed.", True)


def test_where_nobody_was_asked_there_is_no_judge(said: Conversation) -> None:
    made = set_verdicts(FiledRun("k", "run", Path("run")), row(), None, (), said)
    assert (made.name, made.judges) == ("run", ())
