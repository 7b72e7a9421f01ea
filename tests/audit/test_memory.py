"""An auditor's conversation that grows too long: what is sent then, and what the record keeps."""

import json
from typing import Any, Final

import pytest
from inspect_ai.model import ChatMessage, ChatMessageAssistant

from tests.scripted import (
    JsonObject,
    Play,
    Played,
    Replies,
    answer,
    call,
    create,
    does,
    end,
    play_all,
    rule,
    says,
    send,
    writes,
)

SMALL: Final[JsonObject] = {"compaction": 1000}
SUMMING: Final = "grows too long"
SUMMARY: Final = "The clerk is called Ada. I ask about ships."
FULL: Final = says("Too long.", stop="model_length")
BIG: Final[JsonObject] = {"input": 2000, "output": 10}
FEW: Final[JsonObject] = {"input": 10, "output": 10}


def step(number: int, *calls: JsonObject, usage: JsonObject = FEW, write: bool = False) -> JsonObject:
    """The auditor's reply after the target's turn with this number, whatever it remembers."""
    reply = writes(*calls) if write else does(*calls)
    return rule(reply | {"usage": usage}, contains=f'"turns": {{"used": {number},')


def script(
    *steps: JsonObject,
    audit: JsonObject = SMALL,
    summary: JsonObject | None = None,
    target_rules: Replies = (),
    written: bool = False,
    **more: Any,
) -> Play:
    first = [create(), call("note", text="Ask about ships."), send("Message 1.")]
    opening = rule((writes(*first) if written else does(*first)) | {"usage": FEW}, turn=0)
    summing = rule((summary or says(SUMMARY)) | {"usage": FEW}, contains=SUMMING)
    models: dict[str, JsonObject] = {"auditor": {"tool_calling": "text"}} if written else {}
    rules = {"auditor": [summing, opening, *steps], "target": target_rules}
    return Play((), audit=audit, rules=rules, models=models, **more)


def talk(last: int, *, full_at: int) -> Replies:
    """Steps that send a message each; after one of them the conversation is too long."""
    return [
        step(turn, send(f"Message {turn + 1}."), usage=BIG if turn == full_at else FEW)
        for turn in range(1, last + 1)
    ]


PLAYS: Final = {
    "at so many tokens": script(*talk(7, full_at=4)),
    "twice": script(*talk(4, full_at=4), *talk(10, full_at=8)[4:]),
    "never": script(*talk(7, full_at=4), audit={"compaction": "off"}),
    "nothing known of the context": script(*talk(7, full_at=4), audit={"compaction": "auto"}),
    "too early": script(*talk(3, full_at=1)),
    "a call is open": script(
        *talk(3, full_at=9),
        step(4, send("Look.")),
        rule(does(call("note", text="It looks.")) | {"usage": BIG}, turn=5, contains='"used": 5,'),
        rule(does(answer("M10.1"), call("note", text="Done.")), turn=3, contains='"used": 5,'),
        target_rules=[rule(does(call("look", path="a")), contains="Look.")],
    ),
    "in the text protocol": script(
        *(
            step(turn, send(f"Message {turn + 1}."), usage=BIG if turn == 4 else FEW, write=True)
            for turn in range(1, 8)
        ),
        step(8, end(), write=True),
        written=True,
    ),
    "a summary of the user's own": script(
        *talk(7, full_at=4),
        head={"prompts": {"auditor/summary": "own.md"}},
        files={"own.md": f'This {SUMMING}. Write {{"plan": {{}}}}. {{0}} {{name!r}} }}{{'},
    ),
    "the context is full": script(
        *talk(3, full_at=9),
        rule(FULL, turn=4, contains='"used": 4,'),
        step(4, send("Message 5.")),
        step(5, end()),
        audit={"compaction": "auto"},
    ),
    "the context is full, and stays so": script(*talk(3, full_at=9), step(4, send()) | {"reply": FULL}),
    "the context is full, and nothing may be summed up": script(
        *talk(3, full_at=9), step(4, send()) | {"reply": FULL}, audit={"compaction": "off"}
    ),
    "a summary without words": script(*talk(7, full_at=4), summary=says(" ")),
    "summing up fails": script(*talk(7, full_at=4), summary=says("", error="gone")),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    return play_all(tmp_path_factory.mktemp("memory"), PLAYS)


def sent(played: Played) -> list[list[ChatMessage]]:
    """What the auditor was sent in its own calls, without those that sum up."""
    return [list(event.input) for event in played.calls("auditor") if SUMMING not in event.input[-1].text]


def test_what_is_sent_afterwards(runs: dict[str, Played]) -> None:
    played = runs["at so many tokens"]
    calls = sent(played)
    assert [len(messages) for messages in calls[:5]] == [2, 7, 10, 13, 16]
    after = calls[5]
    said = played.transcript.auditor
    assert [message.text for message in after[:2]] == [message.text for message in said[:2]]
    assert SUMMARY in after[2].text
    replies = [place for place, message in enumerate(said[:19]) if isinstance(message, ChatMessageAssistant)]
    assert [message.text for message in after[3:]] == [message.text for message in said[replies[-3] : 19]]
    assert len([message for message in after if message.role == "assistant"]) == 3


def test_what_must_not_get_lost_is_told_from_the_record(runs: dict[str, Played]) -> None:
    state = json.loads(sent(runs["at so many tokens"])[5][2].text)["state"]
    assert state == {
        "head": "M9",
        "path": {
            f"M{number}": "assistant: Fine." if number % 2 == 0 else f"user: Message {number // 2 + 1}."
            for number in range(1, 10)
        },
        "branches_end_at": ["M8"],
        "tools": ["look"],
        "waiting_for_results": [],
        "turns_used": 4,
        "notes": ["Ask about ships."],
        "simulator_briefed": None,
    }


def test_a_call_that_waits_is_not_forgotten(runs: dict[str, Played]) -> None:
    played = runs["a call is open"]
    state = json.loads(sent(played)[6][2].text)["state"]
    assert state["waiting_for_results"] == ["M10.1"]
    assert state["notes"] == ["Ask about ships.", "It looks."]
    assert played.inputs()[-1][-1] == "tool: found it"
    assert not played.errors()


def test_in_the_text_protocol_everything_sent_is_text(runs: dict[str, Played]) -> None:
    played = runs["in the text protocol"]
    assert played.transcript.counts == {"compaction": 1, "text:auditor": 10}
    assert len(played.calls("target")) == 8
    assert not played.errors()
    for event in played.calls("auditor"):
        assert {message.role for message in event.input} == {"system", "user", "assistant"} - (
            set() if len(event.input) > 2 else {"assistant"}
        )
    after = sent(played)[5]
    assert [message.role for message in after] == ["system", *["user", "assistant"] * 3, "user"]
    assert SUMMARY in after[1].text
    assert '"notes": ["Ask about ships."]' in after[1].text


def test_braces_in_a_summary_prompt_of_the_users_stay(runs: dict[str, Played]) -> None:
    played = runs["a summary of the user's own"]
    (asked,) = [event.input[-1].text for event in played.calls("auditor") if SUMMING in event.input[-1].text]
    assert asked == f'This {SUMMING}. Write {{"plan": {{}}}}. {{0}} {{name!r}} }}{{'
    assert played.transcript.counts == {"compaction": 1}


def test_the_record_keeps_everything(runs: dict[str, Played]) -> None:
    played, never = runs["at so many tokens"], runs["never"]
    kept, whole = ([message.text for message in run.transcript.auditor[2:]] for run in (played, never))
    assert kept == whole
    assert SUMMARY not in str(played.transcript.auditor)
    assert played.tree() == never.tree()
    assert played.transcript.counts == {"compaction": 1}
    assert never.transcript.counts == {}


@pytest.mark.parametrize("name", ["never", "nothing known of the context", "too early"])
def test_everything_is_sent(runs: dict[str, Played], name: str) -> None:
    played = runs[name]
    assert [len(messages) for messages in sent(played)] == [2, *range(7, 7 + 3 * (len(sent(played)) - 1), 3)]
    assert not [event for event in played.calls("auditor") if SUMMING in event.input[-1].text]


def test_a_second_time_the_first_summary_is_summed_up_too(runs: dict[str, Played]) -> None:
    played = runs["twice"]
    first, second = [event for event in played.calls("auditor") if SUMMING in event.input[-1].text]
    assert not [message for message in first.input if SUMMARY in message.text]
    assert len([message for message in second.input if SUMMARY in message.text]) == 1
    assert played.transcript.counts == {"compaction": 2}
    assert len(played.calls("target")) == 11
    assert played.audit.outcome == "completed"


def test_a_full_context_is_summed_up_once(runs: dict[str, Played]) -> None:
    played = runs["the context is full"]
    assert played.transcript.counts == {"compaction": 1}
    assert played.audit.outcome == "completed"
    assert len(played.calls("target")) == 5
    assert "Too long." not in str(played.transcript.auditor)


@pytest.mark.parametrize(
    ("name", "summed_up"),
    [("the context is full, and stays so", 1), ("the context is full, and nothing may be summed up", 0)],
)
def test_a_context_that_stays_full_ends_the_audit(runs: dict[str, Played], name: str, summed_up: int) -> None:
    played = runs[name]
    assert played.audit.outcome == "limit:context"
    assert played.audit.reason == "the audit no longer fits the auditor's context"
    assert played.transcript.counts.get("compaction", 0) == summed_up
    assert len(played.calls("target")) == 4


def test_what_is_no_summary_changes_nothing(runs: dict[str, Played]) -> None:
    played = runs["a summary without words"]
    assert played.transcript.counts == {"compaction_failed": 1}
    assert [len(messages) for messages in sent(played)] == [2, *range(7, 7 + 3 * (len(sent(played)) - 1), 3)]
    assert played.audit.outcome == "completed"


def test_a_failure_in_summing_up_is_the_auditors(runs: dict[str, Played]) -> None:
    error = runs["summing up fails"].audit.error
    assert error is not None
    assert (error.kind, error.message) == ("other", "auditor (petri-offline/script): gone")
