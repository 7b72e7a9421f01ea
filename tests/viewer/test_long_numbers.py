"""Numbers that a page's own numbers cannot hold reach it digit by digit."""

import json

import pytest
from inspect_ai.model import ChatMessageAssistant, ChatMessageUser
from inspect_ai.tool import ToolCall

from petri.conversation.tree import Origin, Tree
from petri.plan import Cell
from petri.scenario.schema import AuditSettings
from petri.transcript.schema import Transcript, WorldRecord
from petri.viewer.filed import Neighbours
from petri.viewer.transcript_view import conversation_of, transcript_view
from petri.viewer.wire_transcript import TranscriptView

LONG = 1234567890123456789
ARGUMENTS = {"order": LONG, "2": {"least": -(2**63)}, "price": 1.5}

CELL = Cell(
    id="c", file="f", scenario="s", seed="x", audit=AuditSettings(max_turns=3), rubric=("x",), system="Be."
)


@pytest.fixture(scope="module")
def view() -> TranscriptView:
    calls = [ToolCall(id="1", function="refund", arguments=ARGUMENTS)]
    tree = Tree()
    tree.append(ChatMessageUser(content="Pay it back."), Origin.AUDITOR)
    tree.append(ChatMessageAssistant(content="", tool_calls=calls), Origin.TARGET)
    transcript = Transcript.of_tree(
        tree,
        id="t",
        cell=CELL,
        epoch=1,
        target="lab/model",
        auditor=(ChatMessageAssistant(content="", tool_calls=calls),),
        end=None,
        error=None,
        outcome="completed",
        world=(WorldRecord(after="M2", by="auditor", name="set", arguments=ARGUMENTS),),
    )
    return transcript_view(
        transcript,
        conversation_of(transcript),
        run="r",
        key="k",
        outcome="completed",
        reason=None,
        made=(),
        verdicts=(),
        beside=Neighbours(),
    )


def test_they_are_text_in_calls_staged_calls_and_operations(view: TranscriptView) -> None:
    sent = json.loads(view.model_dump_json(), parse_int=float)  # as a page reads it
    texts = [
        sent["messages"][1]["calls"][0]["arguments"],
        sent["auditor"][0]["calls"][0]["arguments"],
        sent["world"][0]["arguments"],
    ]
    assert texts == [json.dumps(ARGUMENTS)] * 3
