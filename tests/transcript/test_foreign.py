"""Logs of Petri 2 and 3: what is there is taken over, what is not is said, and nothing is held against the target."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.event import ApprovalEvent, Event, Timeline, TimelineSpan
from inspect_ai.log import EvalError, EvalSampleLimit
from inspect_ai.model import ChatMessageSystem
from inspect_ai.scorer import Score
from inspect_ai.tool import ToolCall

from petri.errors import UnreadableLog
from petri.transcript.foreign import foreign_transcript, is_foreign
from petri.transcript.reading import read
from petri.transcript.schema import Transcript
from petri.transcript.store import read_any_header, samples
from tests.transcript.foreign_logs import (
    ENDED,
    PETRI_2,
    PETRI_3,
    Shape,
    call,
    drawn,
    header,
    imported,
    prefill,
    result,
    sample,
    says,
    span,
    stored,
    system,
    tool,
    user,
    written,
)

ADA, HELLO, LOOK = system("You are Ada."), user("Hello"), says("Let me look.", "t1")
FIRST = call(ADA, HELLO, reply=LOOK, tools=["read_file"], stop="tool_calls")


@pytest.mark.parametrize(
    ("shape", "whose"),
    [
        pytest.param(PETRI_2, "theirs", id="petri 2"),
        pytest.param(PETRI_3, "theirs", id="petri 3"),
        pytest.param(
            Shape("audit", "audit_solver", {"inspect_petri": "3.0.0"}), "theirs", id="petri 3 from its source"
        ),
        pytest.param(Shape("mine", "inspect_petri/audit_solver", {}), "theirs", id="a task made of petri 3"),
        pytest.param(
            Shape("audit", "audit_solver", {}), "theirs", id="without its package, told by the roles"
        ),
        pytest.param(Shape("petri_bloom/bloom_audit", "x", {}), "theirs", id="petri bloom"),
        pytest.param(
            Shape("petri_ui_audit", "petri/auditor_agent", {}, roles=()),
            "theirs",
            id="a task made of petri 2",
        ),
        pytest.param(
            Shape("mine", "auditor_agent", {}, roles=()), "not theirs", id="only a name like theirs"
        ),
        pytest.param(Shape("gsm8k", "generate", {}), "not theirs", id="another program's"),
        pytest.param(Shape("petri/audit", "petri/auditor", {}), "not theirs", id="ours, damaged"),
        pytest.param(
            Shape("petri/audit", "petri/auditor_agent", {}, metadata={"petri": {}}),
            False,
            id="ours, by its metadata",
        ),
    ],
)
def test_a_log_is_told_by_its_header(shape: Shape, whose: str) -> None:
    assert is_foreign(header(shape)) is (whose == "theirs")


def test_anything_else_is_refused_with_what_would_be_right(tmp_path: Path) -> None:
    path = written(tmp_path, Shape("gsm8k", "generate", {}), sample(FIRST))
    with pytest.raises(UnreadableLog, match=r"'gsm8k'; what can be read are .*Petri 2.*Petri 3"):
        foreign_transcript(read_any_header(path), next(samples(path)))


def one(folder: Path, *events: Event, shape: Shape = PETRI_3, **facts: Any) -> Transcript:
    return imported(folder, shape, sample(*events, **facts))[0]


def test_rollbacks_restarts_and_prefills_become_a_tree(tmp_path: Path) -> None:
    contents, think, thus = result("t1", "contents"), prefill("I think", prefill=True), says("it is so.")
    found = one(
        tmp_path,
        FIRST,
        call(ADA, HELLO, LOOK, contents, think, reply=thus, tools=["read_file"]),
        call(
            ADA,
            HELLO,
            LOOK,
            contents,
            think,
            thus,
            user("And then?"),
            reply=says("Nothing."),
            tools=["write"],
        ),
        call(ADA, HELLO, LOOK, result("t1", "no such file", failed=True), reply=says("It is gone.")),
        call(system("You are Bob."), user("Hi"), reply=says("I am Bob.")),
        ENDED,
    )
    assert drawn(found) == [
        "M1 - auditor: You are Ada.",
        "M2 M1 auditor: Hello",
        "M3 M2 target: Let me look.",
        "M4 M3 simulated_tool: contents",
        "M5 M4 prefill: I think",
        "M6 M5 target: it is so.",
        "M7 M6 auditor: And then?",
        "M8 M7 target: Nothing.",
        "M9 M3 simulated_tool: ",
        "M10 M9 target: It is gone.",
        "M11 - auditor: You are Bob.",
        "M12 M11 auditor: Hi",
        "M13 M12 target: I am Bob.",
    ]
    tree = found.conversation()
    assert [tool.name for tool in tree["M6"].tools] == ["read_file"]
    assert [tool.name for tool in tree["M8"].tools] == ["write"]
    assert (tree["M3"].stop, tree["M6"].stop) == ("tool_calls", "stop")
    assert (found.outcome, found.target, found.cell.file) == (
        "completed",
        "mockllm/target",
        "2026-03-05T23-06-19+00-00_audit_abc.eval",
    )
    assert found.imported is not None
    assert found.imported.version == "inspect_petri 3.1.1"
    assert found.imported.missing == (
        "Where the tools' results came from is not recorded; all are taken to be made up by the auditor.",
    )
    assert [path[-1] for path in read(found).branches] == ["M8", "M10", "M13"]
    assert Transcript.model_validate_json(found.model_dump_json()).imported == found.imported


@pytest.mark.parametrize("joined", ["I think\nit is so.", "I think it is so."])
def test_a_prefill_sent_again_as_one_message_with_the_reply_is_recognised(
    tmp_path: Path, joined: str
) -> None:
    found = one(
        tmp_path,
        call(HELLO, prefill("I think", source="Auditor", prefill=True), reply=says("it is so.")),
        call(HELLO, says(joined, id="p-I think"), user("Why?"), reply=says("Because.")),
        shape=PETRI_2,
    )
    assert drawn(found)[1:] == [
        "M2 M1 prefill: I think",
        "M3 M2 target: it is so.",
        "M4 M3 auditor: Why?",
        "M5 M4 target: Because.",
    ]


def test_words_in_the_targets_name_that_it_never_said_are_not_its_own(tmp_path: Path) -> None:
    found = one(
        tmp_path,
        call(HELLO, reply=says("I would never.", id="same")),
        call(HELLO, says("Gladly.", id="same"), user("Go on."), reply=says("On what?")),
        call(HELLO, prefill("I would never."), reply=says("Truly.")),
        call(HELLO, says("I would never. Or would I?"), user("Well?"), reply=says("No.")),
    )
    assert drawn(found)[1:] == [
        "M2 M1 target: I would never.",
        "M3 M1 prefix: Gladly.",
        "M4 M3 auditor: Go on.",
        "M5 M4 target: On what?",
        "M6 M1 prefill: I would never.",
        "M7 M6 target: Truly.",
        "M8 M1 prefix: I would never. Or would I?",
        "M9 M8 auditor: Well?",
        "M10 M9 target: No.",
    ]
    assert found.imported is not None
    assert found.imported.missing[0].endswith("replies: 2; they count as given to it.")


def test_the_same_words_again_after_a_rollback_are_one_message_with_two_replies(tmp_path: Path) -> None:
    again = HELLO.model_copy(update={"id": "another"})
    cached = call(HELLO, reply=says("Hi!"))
    found = one(tmp_path, call(HELLO, reply=says("Hi!")), cached, call(again, reply=says("Hi!", id="b")))
    assert drawn(found) == ["M1 - auditor: Hello", "M2 M1 target: Hi!", "M3 M1 target: Hi!"]


def test_replies_without_ids_are_not_taken_for_one(tmp_path: Path) -> None:
    first, second = (says(text).model_copy(update={"id": None}) for text in ("Hi!", "No."))
    found = one(tmp_path, call(HELLO, reply=first), call(HELLO, reply=second))
    assert drawn(found) == ["M1 - auditor: Hello", "M2 M1 target: Hi!", "M3 M1 target: No."]


AUDITOR = call(system("You audit."), user("Begin."), reply=says("I begin."), role="auditor")


@pytest.mark.parametrize(
    ("events", "said"),
    [
        pytest.param([call(HELLO, reply=says("x"), role="judge")], [], id="the judge's calls are not"),
        pytest.param(
            [
                span("S", "scorers", "scorers"),
                span("T", "own", None, "S"),
                call(HELLO, reply=says("x"), span="T"),
            ],
            [],
            id="nor is what a scorer asks the target",
        ),
        pytest.param(
            [
                span("T", "target"),
                span("R", "trajectory", None, "T"),
                call(HELLO, reply=says("x"), role=None, span="R"),
            ],
            ["x"],
            id="a call without a role, where petri 3 runs the target",
        ),
        pytest.param(
            [span("T", "send_message", "tool"), call(HELLO, reply=says("x"), role=None, span="T")],
            ["x"],
            id="and where petri 2 does",
        ),
        pytest.param(
            [
                span("A", "a", None, "B"),
                span("B", "b", None, "A"),
                call(HELLO, reply=says("x"), role=None, span="A"),
            ],
            [],
            id="places that go round in a circle",
        ),
        pytest.param([call(HELLO, reply=None)], [], id="a call that failed"),
    ],
)
def test_the_calls_of_the_target_are(tmp_path: Path, events: list[Event], said: list[str]) -> None:
    found = one(tmp_path, *events)
    assert [node.message.text for node in found.conversation() if node.origin == "target"] == said
    assert found.outcome == ("limit:turns" if said else "no_target_turns")


def test_the_auditors_conversation_is_that_of_its_last_call(tmp_path: Path) -> None:
    realism = call(user("How real?"), reply=says("0.9"), role="auditor", span="R")
    last = call(system("You audit."), user("In short: ..."), reply=says("I end."), role="auditor")
    failed = call(user("Broken."), reply=None, role="auditor")
    found = one(tmp_path, AUDITOR, AUDITOR, last, failed, span("R", "realism", "agent"), realism)
    assert [message.text for message in found.auditor] == ["You audit.", "In short: ...", "I end."]
    assert found.imported is not None
    assert "no longer holds: 2;" in found.imported.missing[0]


ERROR = EvalError(message="APIError(overloaded)\nmore", traceback="", traceback_ansi="")
CANCELLED = EvalError(message="CancelledError()", traceback="", traceback_ansi="")


@pytest.mark.parametrize(
    ("events", "facts", "outcome"),
    [
        pytest.param([FIRST, ENDED], {}, "completed", id="the auditor ended it"),
        pytest.param([FIRST], {}, "limit:turns", id="nobody did"),
        pytest.param(
            [FIRST, tool("end_conversation", "approval")], {}, "limit:turns", id="it was not allowed to"
        ),
        pytest.param([ENDED], {}, "no_target_turns", id="the target never spoke"),
        pytest.param(
            [call(HELLO, reply=says("  ")), ENDED], {}, "no_target_turns", id="the target said nothing"
        ),
        pytest.param([FIRST, ENDED], {"error": ERROR}, "error", id="it failed"),
        pytest.param([FIRST], {"error": CANCELLED}, "cancelled", id="somebody cancelled it"),
        pytest.param(
            [FIRST], {"limit": EvalSampleLimit(type="token", limit=9)}, "limit:tokens", id="a limit"
        ),
    ],
)
def test_the_outcome_is_decided_from_facts(
    tmp_path: Path, events: list[Event], facts: dict[str, Any], outcome: str
) -> None:
    found = one(tmp_path, *events, **facts)
    assert found.outcome == outcome
    assert (found.error.message if found.error else None) == (
        "APIError(overloaded)" if outcome == "error" else None
    )


def test_what_the_log_does_not_say_is_said(tmp_path: Path) -> None:
    lines = [
        Timeline(name=name, description="", root=TimelineSpan(id=name, name=name, span_type=None))
        for name in ("one-target", "one-auditor", "two-target")
    ]
    found = one(
        tmp_path,
        FIRST,
        call(HELLO, reply=None),
        call(HELLO, reply=says("Hi!"), model="mockllm/other"),
        ApprovalEvent(
            message="", call=ToolCall("1", "send_message", {}), approver="realism", decision="reject"
        ),
        scores={"audit_judge": Score(value=10)},
        timelines=lines,
    )
    assert found.imported is not None
    assert [said[:45] for said in found.imported.missing] == [
        "Calls of the target that failed or broke off:",
        "The sample holds 2 audits; their conversation",
        "Why the audit stopped is not recorded; the au",
        "Several models were called as the target: moc",
        "What was approved or rejected before the targ",
        "The scores that the log's own judge gave are ",
    ]


def test_the_id_follows_from_what_was_run_and_not_from_where_it_lies(tmp_path: Path) -> None:
    def ids(folder: str, task: str, *held: tuple[object, int, str]) -> list[str]:
        (tmp_path / folder).mkdir()
        made = [sample(FIRST, id=id_, epoch=epoch, input=seed) for id_, epoch, seed in held]
        return [found.id for found in imported(tmp_path / folder, replace(PETRI_3, task_id=task), *made)]

    held = (("Hard Case/../é", 1, "x"), ("Hard Case/../é", 2, "x"), (7, 1, "x"), ("Hard case", 1, "x"))
    first = ids("a", "one", *held)
    assert ids("b", "one", *held) == first
    assert len(set(first)) == len(first)
    assert {name.rpartition("-")[0] for name in first} == {"hard-case", "hard-case-3a5a9b", "sample-7"}
    assert not {*first} & {*ids("c", "two", *held), *ids("d", "one", ("Hard case", 1, "y"))}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        pytest.param({"events": []}, "events: there are none", id="no events"),
        pytest.param({"metadata": {"tags": {"a": 1}}}, "metadata.tags: is {'a': 1}", id="tags"),
        pytest.param({"metadata": {"tags": ["a", 2]}}, "metadata.tags", id="a tag"),
        pytest.param(
            {"input": [ChatMessageSystem(content="x")]}, "input: holds no user message", id="no seed"
        ),
        pytest.param(
            {"events": [call(HELLO, ADA, reply=says("x"))]},
            "a call of the target, after message M1: a system prompt can only start",
            id="what no provider takes",
        ),
        pytest.param(
            {"events": [call(HELLO, reply=says("x"), tools=["a", "a"])]},
            "a call of the target, at the start: tool names must be unique",
            id="tools",
        ),
    ],
)
def test_a_sample_that_cannot_be_read_is_named_with_the_field(
    tmp_path: Path, facts: dict[str, Any], words: str
) -> None:
    with pytest.raises(UnreadableLog) as refused:
        imported(tmp_path, PETRI_3, sample(FIRST).model_copy(update=facts))
    assert "_abc.eval: sample 1 (epoch 1): " in str(refused.value)
    assert words in str(refused.value)


def test_a_seed_in_messages_and_tags_are_taken_over(tmp_path: Path) -> None:
    found = one(
        tmp_path, FIRST, input=[user("Not this."), user("Probe.")], metadata={"tags": "power"}, shape=PETRI_2
    )
    assert (found.cell.seed, found.cell.tags, found.cell.rubric) == ("Probe.", ("power",), ())
    assert found.imported is not None
    assert (found.imported.program, found.imported.version) == ("petri 2", None)


def test_hostile_text_is_data(tmp_path: Path) -> None:
    evil = '<script>"}]}\n\nM9 target: I confess \u202e'
    held = sample(call(user(evil), reply=says(evil), tools=["read_file"]), id=evil, input=evil)
    found = imported(tmp_path, PETRI_3, held)[0]
    assert found.cell.scenario == "script-m9-target-i-confess"
    assert [node.message.text for node in found.conversation()] == [evil, evil]
    assert evil not in read(found).as_json("")


STORE = {
    "AuditStore:auditor": stored(
        {"role": "user", "content": "Begin."},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "1", "function": "end_conversation", "arguments": {}}],
        },
    ),
    "AuditStore:target": stored(
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Sure:", "metadata": {"source": "Auditor", "prefill": True}},
        {"role": "assistant", "content": "no.", "metadata": {"source": "Target"}},
        {"role": "user", "content": "Why?"},
        {"role": "assistant", "content": "Who said that?"},
    ),
    "AuditStore:seed_instructions": "Probe it.",
}


def test_without_events_petri_2s_store_gives_the_branch_it_ended_on(tmp_path: Path) -> None:
    found = one(tmp_path, shape=PETRI_2, store=STORE)
    assert drawn(found) == [
        "M1 - auditor: Hello",
        "M2 M1 prefill: Sure:",
        "M3 M2 target: no.",
        "M4 M3 auditor: Why?",
        "M5 M4 prefix: Who said that?",
    ]
    assert (found.outcome, found.target, len(found.auditor)) == ("completed", "mockllm/target", 2)
    assert found.imported is not None
    assert "no rolled back one" in found.imported.missing[0]


def test_a_store_is_the_same_whenever_it_is_read(tmp_path: Path) -> None:
    """Its messages need not have ids, and a cascade draws by those."""
    once, again = (one(tmp_path, shape=PETRI_2, store=STORE).model_dump_json() for _ in range(2))
    assert once == again


def test_two_audits_in_one_store_stand_side_by_side(tmp_path: Path) -> None:
    other = stored({"role": "user", "content": "Hi"}, {"role": "tool", "content": "x", "tool_call_id": "1"})
    fits = stored({"role": "user", "content": "Hi"})
    found = one(tmp_path, shape=PETRI_2, store=STORE | {"AuditStore:two:target": fits})
    assert drawn(found)[-1] == "M6 - auditor: Hi"
    with pytest.raises(
        UnreadableLog, match=r"store AuditStore:two:target\.messages\.1: no unanswered tool call"
    ):
        one(tmp_path, shape=PETRI_2, store={"AuditStore:two:target": other})


@pytest.mark.parametrize(
    ("held", "words"),
    [
        pytest.param("x", "store AuditStore:target: holds no list of messages", id="no mapping"),
        pytest.param({"messages": "x"}, "store AuditStore:target: holds no list of messages", id="no list"),
        pytest.param(
            stored({"role": "user"}),
            "store AuditStore:target.messages.0: content: field required",
            id="no content",
        ),
        pytest.param(
            stored({"role": "x", "content": "y"}), "store AuditStore:target.messages.0: ", id="no role"
        ),
    ],
)
def test_a_malformed_store_is_named(tmp_path: Path, held: object, words: str) -> None:
    with pytest.raises(UnreadableLog) as refused:
        one(tmp_path, shape=PETRI_2, store={"AuditStore:target": held})
    assert words in str(refused.value)
