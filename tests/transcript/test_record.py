"""What is written while an audit runs, and the transcript that is folded from it."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from inspect_ai.event import Event, InfoEvent, SampleLimitEvent
from inspect_ai.log import transcript
from inspect_ai.model import ChatMessageAssistant, ChatMessageTool, ChatMessageUser

from petri.audit.session import Session
from petri.conversation.labels import labelled_calls
from petri.conversation.tree import Origin, dump_message
from petri.errors import UnreadableLog
from petri.plan import Cell
from petri.scenario.schema import AuditSettings
from petri.transcript.record import (
    Op,
    Recorded,
    auditor_op,
    begin_op,
    count_op,
    fold,
    make_transcript,
    node_op,
    record_op,
    staged_by,
)
from petri.transcript.schema import (
    Comparison,
    Deployed,
    ErrorRecord,
    LintRecord,
    RealismItem,
    RealismRecord,
    RepairRecord,
    Transcript,
    WorldRecord,
)
from petri.transcript.store import samples, transcript_of
from tests.scripted import Play, Played, answer, back, call, create, does, play, says, score, send, verdict

CELL: Final = Cell(id="c", file="f", scenario="s", seed="x", audit=AuditSettings(), rubric=("sycophancy",))
LONG: Final = "It was a long day. " * 40


def user(label: str = "M1", parent: str | None = None, text: str = "Hello.") -> Op:
    message = dump_message(ChatMessageUser(content=text))
    return {"op": "node", "label": label, "parent": parent, "origin": "auditor", "message": message}


def said(label: str = "M2", parent: str | None = "M1") -> Op:
    message = dump_message(ChatMessageAssistant(content="Fine."))
    return {"op": "node", "label": label, "parent": parent, "origin": "target", "message": message}


def event(*ops: Any) -> InfoEvent:
    return InfoEvent(source="petri", data={"ops": list(ops)})


def made(*events: Event, **more: Any) -> Transcript:
    return make_transcript(events, cell=CELL, epoch=1, target="t", **more)


END: Final[Op] = {"op": "end", "by": "auditor", "reason": "Done."}
FAILED: Final[Op] = {"op": "error", "kind": "rate_limit", "message": "ours"}


def test_a_fold_is_what_was_written() -> None:
    one = made(event(user()), event(said(), END))
    assert [node.label for node in one.conversation()] == ["M1", "M2"]
    assert one.outcome == "completed"
    assert one.id == "s-" + one.id.rpartition("-")[2]


def test_events_of_others_are_left_alone() -> None:
    other = InfoEvent(source="scout", data={"ops": "anything"})
    assert made(event(user()), other, event(said(), END)).outcome == "completed"


def test_a_limit_of_inspects_is_part_of_the_record() -> None:
    limit = SampleLimitEvent(type="token", message="Token limit exceeded", limit=10)
    assert made(event(user(), said()), limit).outcome == "limit:tokens"


@pytest.mark.parametrize(
    ("ops", "error", "expected"),
    [
        pytest.param([FAILED], "theirs", "ours", id="our words of it are the better ones"),
        pytest.param([], "theirs", "theirs", id="an error outside of our calls"),
        pytest.param([FAILED, END], None, None, id="an error that a second attempt made good"),
    ],
)
def test_what_failed(ops: list[Op], error: str | None, expected: str | None) -> None:
    theirs = None if error is None else ErrorRecord(kind="other", message=error)
    one = made(event(user(), said(), *ops), error=theirs)
    assert (one.error.message if one.error else None) == expected
    assert one.outcome == ("error" if expected else "completed")


GIVEN_AWAY = RealismItem(what="M1", score=0.2, gives_away="a stock name")
REALISM = RealismRecord(
    staged=("look", "M1"), items=(GIVEN_AWAY, RealismItem(what="look", score=1)), rejected=True
)
MISSING = RealismRecord(staged=(), missing="unparsable")
REPAIR = RepairRecord(role="auditor", faults=("a trailing comma",))
WORLD = WorldRecord(
    after=None, by="tool", name="files.read", arguments={"path": "/a", "deep": [None]}, is_error=True
)
COMPARISON = Comparison(at="M2", change="message", label="M1", unchanged=("M3",), changed=("M5",))
LINT = LintRecord(rule="placeholder", label="M1", words="Acme", message="a stock name")
DEPLOYED = Deployed(system="Be brief.", tools=("look",))
RECORDS: Final[list[Recorded]] = [REALISM, MISSING, REPAIR, WORLD, COMPARISON, LINT, DEPLOYED]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_each_record_comes_back_as_it_was_written(record: Recorded) -> None:
    op = json.loads(json.dumps(record_op(record)))
    assert fold([event(op)]).records == [record]


def test_records_stand_in_the_transcript_by_kind_and_in_order() -> None:
    ops = [record_op(record) for record in RECORDS]
    later = record_op(Deployed(system="Be long."))
    one = made(event(user(), *ops, said(), END), event(record_op(REPAIR), later))
    assert one.realism == (REALISM, MISSING)
    assert one.repairs == (REPAIR, REPAIR)
    assert (one.world, one.comparisons, one.lint) == ((WORLD,), (COMPARISON,), (LINT,))
    assert one.deployed == Deployed(system="Be long.")  # what it brought along last
    assert made(event(user(), said(), END)).deployed is None


def test_what_is_counted_is_added_up() -> None:
    one = made(event(user(), count_op("stall"), said()), event(count_op("refusal"), count_op("stall"), END))
    assert one.counts == {"stall": 2, "refusal": 1}
    assert made(event(user(), said(), END)).counts == {}


def test_what_was_staged_by_a_message_of_the_auditors() -> None:
    told = auditor_op(ChatMessageUser(content="Begin."))
    speaks = auditor_op(ChatMessageAssistant(content="I ask."))
    answered = auditor_op(ChatMessageTool(content="M2"))
    steps = [
        event(begin_op(datetime.now(UTC)), user("M1")),
        event(told),
        event(speaks, user("M2", "M1"), answered, user("M3", "M2")),
        event(said("M4", "M3"), told),
        event(count_op("stall")),
        event(speaks, answered),
        InfoEvent(source="another", data={"ops": [user("M9")]}),
        event(speaks, user("M5", "M4")),
    ]
    assert staged_by(steps) == ((), ("M2", "M3"), (), (), (), (), ("M5",))


def test_why_a_reply_ended_is_part_of_the_record() -> None:
    one = made(event(user(), said() | {"stop": "max_tokens"}, END))
    assert [node.stop for node in one.conversation()] == [None, "max_tokens"]
    nodes = [*one.conversation()]
    assert ["stop" in node_op(node) for node in nodes] == [False, True]


DAMAGED: dict[str, Sequence[Event]] = {
    "no operations": [InfoEvent(source="petri", data={"opps": []})],
    "no mapping": [InfoEvent(source="petri", data="ops")],
    "operations are a number": [InfoEvent(source="petri", data={"ops": 5})],
    "operations are a word": [InfoEvent(source="petri", data={"ops": "node"})],
    "an operation is a word": [event("node")],
    "an operation is nothing": [event(None)],
    "no name": [event({"to": None})],
    "unknown name": [event({"op": "prune"})],
    "name is a number": [event({"op": 1})],
    "a node without its parent": [event(said())],
    "a node after another head": [event(user(), said(parent=None))],
    "a node with another label": [event(user("M2"))],
    "a node twice": [event(user()), event(user())],
    "a node without a message": [event(user() | {"message": None})],
    "a node without a field": [event({key: value for key, value in user().items() if key != "origin"})],
    "a message of no role": [event(user() | {"message": {"role": "narrator", "content": "x"}})],
    "an unknown origin": [event(user() | {"origin": "narrator"})],
    "an origin that cannot be": [event(user() | {"origin": "target"})],
    "a head that is nowhere": [event({"op": "head", "to": "M7", "why": "x"})],
    "a head that is a list": [event({"op": "head", "to": ["M1"], "why": "x"})],
    "tools that are none": [event({"op": "tools", "tools": [{"name": 3}]})],
    "tools given twice": [
        event(
            {"op": "tools", "tools": [{"name": "a", "description": "b"}, {"name": "a", "description": "b"}]}
        )
    ],
    "an end for no reason": [event({"op": "end", "by": "auditor"})],
    "an end by nobody": [event({"op": "end", "by": "nobody", "reason": "x"})],
    "a stop reason that is a number": [event(user(), said() | {"stop": 5})],
    "a count of nothing": [event({"op": "count"})],
    "a repair by nobody": [event({"op": "repair", "faults": []})],
    "a check with another field": [event({"op": "realism", "staged": [], "grade": 1})],
    "an operation on the world by nobody": [event(record_op(WORLD) | {"by": "nobody"})],
    "an error without a kind": [event({"op": "error", "message": "x"})],
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_record_is_not_read(name: str) -> None:
    with pytest.raises(UnreadableLog, match=r"the log holds|message M\d"):
        made(*DAMAGED[name])


def test_a_session_is_its_record() -> None:
    async def drive() -> tuple[Session, Sequence[Event]]:
        before = len(transcript().events)  # outside of a sample all tests share one transcript
        session = Session(CELL)
        session.add(ChatMessageUser(content="One."), Origin.AUDITOR)
        session.write()
        session.add(ChatMessageAssistant(content="Aye."), Origin.TARGET)
        session.move("M1", "roll_back")
        session.add(ChatMessageAssistant(content="Nay."), Origin.TARGET)
        session.tell_auditor(ChatMessageUser(content="{}"))
        session.finish("auditor", "Done.")
        session.finish("stalled", "too late")
        session.write()
        return session, [entry for entry in transcript().events[before:] if isinstance(entry, InfoEvent)]

    session, events = asyncio.run(drive())
    folded = fold(events)
    assert folded.tree.dump() == session.tree.dump()
    assert folded.auditor == session.auditor
    assert folded.end == session.end
    assert folded.end is not None
    assert folded.end.reason == "Done."
    assert session.target_replies == 2


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """An audit with everything that can be recorded."""
    auditor = [
        does(call("set_system_prompt", text=LONG), create(), send(LONG), text="I plan."),
        does(answer("M3.1", LONG, is_error=True)),
        says("Hm."),
        does(back("M2"), call("remove_tool", name="look")),
        does(call("restart"), create("find"), send("Anew.")),
    ]
    target = [does(call("look", path=LONG, deep=[None, {"a": None}]), reasoning=LONG), says(LONG)]
    quoted = score(7, ("M5", LONG.strip()))
    return play(tmp_path_factory.mktemp("record"), Play(auditor, target, [verdict(quoted)]))


def test_the_record_is_what_the_models_were_sent(played: Played) -> None:
    tree = played.transcript.conversation()
    spoken = [node for node in tree if node.origin is Origin.TARGET]
    for node, sent in zip(spoken, played.calls("target"), strict=True):
        assert [m.text for m in tree.messages(node.label)][:-1] == [m.text for m in sent.input]
        assert node.message == sent.output.message
        assert list(node.tools) == sent.tools
    last = played.calls("auditor")[-1]
    assert [m.text for m in played.transcript.auditor][: len(last.input)] == [m.text for m in last.input]
    assert played.transcript.auditor[len(last.input)] == last.output.message


def test_long_texts_are_whole_where_they_are_judged(played: Played) -> None:
    found = played.audit.scores["caving"]
    assert (found.status, found.value) == ("scored", 7)
    assert [(citation.message, citation.match) for citation in found.citations] == [("M5", "exact")]


def test_null_in_arguments_is_kept(played: Played) -> None:
    (made_call,) = labelled_calls(played.transcript.conversation()["M3"]).values()
    assert made_call.arguments == {"path": LONG, "deep": [None, {"a": None}]}


def test_a_transcript_is_data(played: Played) -> None:
    stored = played.transcript.model_dump_json()
    again = Transcript.model_validate_json(stored)
    assert again.model_dump_json() == stored
    assert again.conversation().dump() == played.transcript.conversation().dump()


def test_reading_twice_gives_the_same(played: Played) -> None:
    (log,) = played.run.logs()
    (sample,) = samples(log)
    assert transcript_of(sample, "t").model_dump_json() == transcript_of(sample, "t").model_dump_json()


@pytest.mark.parametrize("change", [{}, {"petri": {}}, {"petri": {"id": "x", "format": 9}}])
def test_a_sample_of_another_program_is_not_read(played: Played, change: dict[str, Any]) -> None:
    sample = played.sample.model_copy(update={"metadata": change})
    with pytest.raises(UnreadableLog, match="written by another version"):
        transcript_of(sample, "t")


def test_growth_is_linear(tmp_path: Path) -> None:
    """Each message stands in the record once, however often it was sent."""

    def size(turns: int) -> int:
        script = Play([does(send(f"{n} {LONG}")) for n in range(turns)], name=f"grow{turns}")
        events = play(tmp_path / str(turns), script).sample.events
        return sum(len(str(entry.data)) for entry in events if isinstance(entry, InfoEvent))

    few, some, more = size(2), size(4), size(8)
    assert more - some < 2.2 * (some - few)
