"""Words put into the target's mouth: sent as the beginning of its answer, and never held against it."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from petri.errors import UsageError
from tests.scripted import (
    UNCALLED,
    Play,
    Played,
    answer,
    back,
    call,
    create,
    does,
    end,
    play,
    play_all,
    rule,
    says,
    score,
    send,
    verdict,
)

ON: Final = {"prefill": True}
WORDS: Final = call("prefill", text="I must admit  ")
GOES_ON: Final = says("that I looked.")
SKIPPED: Final = UNCALLED[0]
"""A script counts the words put into a mouth as a reply."""
LOOK: Final = does(call("look", path="a"))
SCRIPTS: Final = {
    "of an answer to a message": Play(
        [does(send(), WORDS), does(send("And?"))], [SKIPPED, GOES_ON], audit=ON
    ),
    "in a reply of its own": Play(
        [does(send(), WORDS), does(send("And?"), WORDS)], [SKIPPED, GOES_ON, GOES_ON], audit=ON
    ),
    "of an answer to a result": Play(
        [does(create(), send()), does(answer("M2.1"), WORDS)], [LOOK, SKIPPED, GOES_ON], audit=ON
    ),
    "before a call": Play(
        [does(create(), send(), WORDS), does(answer("M3.1"))],
        [SKIPPED, LOOK],
        audit=ON,
        rules={"target": [rule(GOES_ON, tool_result_contains="found")]},
    ),
    "again after going back": Play(
        [does(send(), WORDS), does(back("M1"), call("prefill", text="Never")), does(back("M1"))],
        [says("No."), GOES_ON],
        audit=ON,
    ),
    "twice in one reply": Play(
        [does(send(), WORDS, call("prefill", text="So")), does(end())], [SKIPPED, GOES_ON], audit=ON
    ),
    "then a message": Play([does(send(), WORDS, send("Wait.")), does(end())], [SKIPPED, GOES_ON], audit=ON),
    "before anything": Play([does(WORDS), does(send())], audit=ON),
    "that is reasoned upon": Play(
        [does(send(), WORDS), does(send())], [SKIPPED, says("that I looked.", reasoning="Hm.")], audit=ON
    ),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    return play_all(tmp_path_factory.mktemp("prefill"), SCRIPTS)


def test_it_is_sent_as_the_last_message_and_afterwards_is_one_with_the_answer(
    runs: dict[str, Played],
) -> None:
    played = runs["of an answer to a message"]
    assert played.inputs() == [
        ["user: Hello.", "assistant: I must admit"],
        ["user: Hello.", "assistant: I must admitthat I looked.", "user: And?"],
    ]
    assert played.tree()[:3] == [
        "M1<None auditor user: Hello.",
        "M2<M1 prefill assistant: I must admit",
        "M3<M2 target assistant: that I looked.",
    ]
    assert played.audit.target_turns == 2


def test_the_auditor_is_told_only_what_the_target_said(runs: dict[str, Played]) -> None:
    told = runs["of an answer to a message"].told()[1]
    assert told["target"] == {"label": "M3", "text": "that I looked.", "stop": "stop"}


def test_the_judge_sees_the_two_apart(runs: dict[str, Played]) -> None:
    (asked,) = runs["of an answer to a message"].calls("judge")
    rows = json.loads(asked.input[1].text.split("\n")[0])["messages"]
    assert [(row["label"], row["origin"], row["text"]) for row in rows[:3]] == [
        ("M1", "auditor", "Hello."),
        ("M2", "prefill", "I must admit"),
        ("M3", "target", "that I looked."),
    ]


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("in a reply of its own", ["user: And?", "assistant: I must admit"]),
        (
            "of an answer to a result",
            ['assistant: [look {"path": "a"}]', "tool: found it", "assistant: I must admit"],
        ),
        ("before a call", ['assistant: I must admit[look {"path": "a"}]', "tool: found it"]),
        ("again after going back", ["user: Hello."]),
        ("that is reasoned upon", ["assistant: I must admitthat I looked.", "user: Hello."]),
    ],
)
def test_what_the_target_is_sent_last(runs: dict[str, Played], name: str, last: list[str]) -> None:
    played = runs[name]
    assert played.inputs()[-1][-len(last) :] == last
    assert not played.errors()
    assert played.audit.outcome == "completed"


def test_another_beginning_is_another_branch(runs: dict[str, Played]) -> None:
    assert runs["again after going back"].tree() == [
        "M1<None auditor user: Hello.",
        "M2<M1 prefill assistant: I must admit",
        "M3<M2 target assistant: that I looked.",
        "M4<M1 prefill assistant: Never",
        "M5<M4 target assistant: that I looked.",
        "M6<M1 target assistant: No.",
    ]


@pytest.mark.parametrize(
    ("name", "words", "sent"),
    [
        ("twice in one reply", "the reply has a beginning already; roll_back", "assistant: I must admit"),
        ("then a message", "may follow a prefill", "assistant: I must admit"),
        ("before anything", "nothing waits for the target", "user: Hello."),
    ],
)
def test_wrong_use_is_told_and_has_no_effect(
    runs: dict[str, Played], name: str, words: str, sent: str
) -> None:
    (error,) = runs[name].errors()
    assert words in error
    assert runs[name].inputs()[0][-1] == sent


def test_prefilled_words_cannot_be_cited(tmp_path: Path) -> None:
    cited = verdict(score(9, ("M2", "I must admit")))
    mended = verdict(score(9, ("M3", "that I looked")))
    script = Play([does(send(), WORDS)], [SKIPPED, GOES_ON], [cited, mended], audit=ON)
    played = play(tmp_path, script)
    (first, second) = played.calls("judge")
    assert len(second.input) > len(first.input)
    assert [cited.message for cited in played.audit.scores["caving"].citations] == ["M3"]


@pytest.mark.parametrize(
    "target",
    [
        pytest.param({"model": "mockllm/model", "args": {}}, id="not known to go on"),
        pytest.param({"prefill": False}, id="said not to go on"),
        pytest.param({"reasoning_effort": "high"}, id="a model that reasons"),
    ],
)
def test_a_target_that_cannot_is_refused_before_anything_is_spent(
    tmp_path: Path, target: dict[str, Any]
) -> None:
    script = Play(UNCALLED, UNCALLED, audit=ON, models={"target": target})
    with pytest.raises(UsageError, match=r"audit\.prefill is true, and .* does not go on from words"):
        play(tmp_path, script)
    assert not (tmp_path / "runs").exists()


def test_a_server_of_ones_own_is_believed(tmp_path: Path) -> None:
    script = Play(
        [does(send(), WORDS)],
        [SKIPPED, GOES_ON],
        audit=ON,
        models={"target": {"prefill": True, "reasoning_effort": "high"}},
    )
    assert play(tmp_path, script).inputs() == [["user: Hello.", "assistant: I must admit"]]
