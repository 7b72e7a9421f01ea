"""Models without tool calling in every role of an audit: calls in their text, repairs in the record."""

from pathlib import Path
from typing import Final

import pytest

from petri.prompts.files import text
from petri.protocol.probe import READY
from petri.transcript.schema import RepairRecord
from tests.scripted import (
    JsonObject,
    Play,
    Played,
    answer,
    call,
    create,
    does,
    end,
    judged,
    play,
    play_all,
    play_epochs,
    results,
    rule,
    says,
    score,
    send,
    verdict,
    writes,
)

TEXT: Final[JsonObject] = {"tool_calling": "text"}
AUTO: Final[JsonObject] = {"tool_calling": "auto"}
BROKEN: Final = says('```tool\n{"tool": "send_user_message", "arguments": {"text": "Hello."}\n```')
REPAIR: Final = "could not be read"
LOOK: Final = call("look", path="a")
VERDICT: Final = verdict(score(5, ("M4", "Found.")))["tool_calls"][0]

PLAYS: Final = {
    "auditor": Play(
        [
            writes(create(), send(), text="First a tool."),
            writes(answer("M2.1")),
            writes(call("roll_back", to="M4"), send("And?")),
            writes(end()),
        ],
        [does(LOOK), says("Found.")],
        models={"auditor": TEXT},
    ),
    "target": Play(
        [does(create(), send()), does(answer("M2.1", "found it")), does(send("And?"))],
        [writes(LOOK, text="Let me see."), says("Found.")],
        models={"target": TEXT},
    ),
    "judge": Play(
        [does(create(), send()), does(answer("M2.1"))],
        [does(LOOK), says("Found.")],
        [writes(VERDICT)],
        models={"judge": TEXT},
    ),
    "all three": Play(
        [writes(create(), send()), writes(answer("M2.1")), writes(end())],
        [writes(LOOK), says("Found.")],
        [writes(VERDICT)],
        models={"auditor": TEXT, "target": TEXT, "judge": TEXT},
    ),
    "a repair of the auditor's": Play(
        [BROKEN],
        models={"auditor": TEXT},
        rules={
            "auditor": [
                rule(writes(send("Mended.")), contains=REPAIR),
                rule(writes(end()), contains='"target"'),
            ]
        },
    ),
    "a repair of the target's": Play(
        [does(create(), send()), does(answer("M2.1"))],
        [says('```tool\n{"tool": "look", "arguments": {\n```')],
        models={"target": TEXT},
        rules={"target": [rule(writes(LOOK), contains=REPAIR), rule(says("Found."), contains="found it")]},
    ),
    "a repair in vain": Play(
        [BROKEN],
        models={"auditor": TEXT},
        rules={"auditor": [rule(BROKEN, contains=REPAIR), rule(writes(end()), contains="not a JSON object")]},
    ),
    "a realism model": Play(
        [does(send())],
        audit={"realism": 0.5},
        models={"realism": TEXT},
        realism=[writes(judged(0.9)["tool_calls"][0])],
    ),
    "a simulator": Play(
        [does(create(), send())],
        [does(LOOK), says("Found.")],
        models={"simulator": TEXT},
        simulator=[writes(*results(M2_1="found it")["tool_calls"])],
    ),
    "a prefill": Play(
        [does(send(), call("prefill", text="Well,"))],
        [says("No."), says(" yes.")],
        audit={"prefill": True},
        models={"target": TEXT},
    ),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    return play_all(tmp_path_factory.mktemp("protocol"), PLAYS)


@pytest.mark.parametrize("name", PLAYS)
def test_no_tool_is_offered_and_none_is_answered_as_such(runs: dict[str, Played], name: str) -> None:
    for role in PLAYS[name].models:
        for event in runs[name].calls(role):
            assert not event.tools
            assert {message.role for message in event.input} <= {"system", "user", "assistant"}
            assert not [
                message for message in event.input if message.role == "assistant" and message.tool_calls
            ]


@pytest.mark.parametrize("name", ["auditor", "target", "judge", "all three", "a simulator"])
def test_a_whole_audit(runs: dict[str, Played], name: str) -> None:
    played = runs[name]
    assert not played.errors()
    assert played.tree()[:4] == [
        "M1<None auditor user: Hello.",
        f'M2<M1 target assistant: {"Let me see." if name == "target" else ""}[look {{"path": "a"}}]',
        "M3<M2 simulated_tool tool: found it",
        "M4<M3 target assistant: Found.",
    ]
    assert played.audit.outcome == "completed"
    assert not played.transcript.repairs
    if name in {"judge", "all three"}:
        assert played.audit.scores["caving"].value == 5


def test_what_the_auditor_reads_and_is_told(runs: dict[str, Played]) -> None:
    first, second, third, _ = runs["auditor"].inputs("auditor")
    assert '{"tool": "send_user_message", "description": ' in first[0]
    assert second[2].startswith("assistant: First a tool.")
    assert second[3].startswith('user: ```result\n{"call": 1, "of": "create_tool", "result": ')
    assert '"tool_calls": [{"call": "M2.1"' in second[3]
    assert third[:4] == second
    assert [message.role for message in runs["auditor"].transcript.auditor[:6]] == [
        "system",
        "user",
        "assistant",
        "tool",
        "tool",
        "user",
    ]


def test_what_the_target_reads(runs: dict[str, Played]) -> None:
    last = runs["target"].inputs()[-1]
    assert last[0].startswith("system: ## Tools")
    assert last[1:] == [
        "user: Hello.",
        'assistant: Let me see.\n\n```tool\n{"tool": "look", "arguments": {"path": "a"}}\n```',
        'user: ```result\n{"call": 1, "of": "look", "result": "found it"}\n```',
        "assistant: Found.",
        "user: And?",
    ]


def test_a_prefill_stays_the_last_message(runs: dict[str, Played]) -> None:
    assert runs["a prefill"].inputs()[0][-1] == "assistant: Well,"
    assert runs["a prefill"].tree()[1:] == ["M2<M1 prefill assistant: Well,", "M3<M2 target assistant:  yes."]


def test_a_repair_is_recorded(runs: dict[str, Played]) -> None:
    for name, role in (("a repair of the auditor's", "auditor"), ("a repair of the target's", "target")):
        played = runs[name]
        (repair,) = played.transcript.repairs
        assert repair == RepairRecord(role=role, faults=repair.faults)
        assert "a call is one JSON object" in repair.faults[0]
        assert not played.errors()
        assert played.audit.outcome == "completed"
        assert played.audit.auditor is not None
        assert played.audit.auditor.repairs == int(role == "auditor")
    assert runs["a repair of the auditor's"].inputs() == [["user: Mended."]]


def test_a_repair_leaves_no_trace_in_what_is_sent_later(runs: dict[str, Played]) -> None:
    for name, role in (("a repair of the auditor's", "auditor"), ("a repair of the target's", "target")):
        assert not [line for line in runs[name].inputs(role)[-1] if REPAIR in line]


def test_a_call_that_stays_broken_is_answered_as_such(runs: dict[str, Played]) -> None:
    played = runs["a repair in vain"]
    (error,) = played.errors()
    assert "the arguments of send_user_message are not a JSON object" in error
    assert len(played.transcript.repairs[0].faults) == 2
    assert played.audit.outcome == "no_target_turns"


def probes(played: Played, role: str) -> int:
    return sum(any(tool.name == READY for tool in event.tools) for event in played.calls(role))


NATIVE: Final = rule(does(call(READY, ok=True)), contains=text("protocol/probe"))


def test_auto_finds_out_once(tmp_path: Path) -> None:
    models = {"auditor": AUTO, "judge": AUTO}
    script = Play(
        [writes(send()), writes(end())],
        judge=[does(VERDICT)],
        models=models,
        rules={"judge": [NATIVE]},
        audit={"epochs": 3},
    )
    runs = play_epochs(tmp_path, script)
    assert [sum(probes(played, role) for played in runs) for role in models] == [1, 1]
    for played in runs:
        assert played.audit.outcome == "completed"
        assert [bool(event.tools) for event in played.calls("auditor")[-2:]] == [False, False]
        assert played.calls("judge")[-1].tools


def test_a_probe_that_fails_ends_the_audit(tmp_path: Path) -> None:
    gone = rule(says("", error="gone"), contains=text("protocol/probe"))
    played = play(tmp_path, Play([does(send())], models={"auditor": AUTO}, rules={"auditor": [gone]}))
    assert played.audit.outcome == "error"
    assert played.audit.error is not None
    assert "gone" in played.audit.error.message
    assert not played.tree()


def test_a_judges_probe_that_fails_is_the_judges_failure(tmp_path: Path) -> None:
    gone = rule(says("", error="gone"), contains=text("protocol/probe"))
    played = play(tmp_path, Play([does(send())], models={"judge": AUTO}, rules={"judge": [gone]}))
    assert played.audit.outcome == "completed"
    assert played.audit.scores["caving"].value == 1
