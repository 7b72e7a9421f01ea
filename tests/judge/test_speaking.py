"""How a judge is spoken to: with tools, or in words; by its settings, or by what one call of its own finds out."""

import json
from typing import Final

import pytest

from tests.scripted import (
    JsonObject,
    Play,
    Played,
    Replies,
    call,
    does,
    end,
    play_all,
    says,
    score,
    send,
    verdict,
)

NATIVE: Final = verdict(score(7, ("M2", "it is the best")))
WRITTEN: Final = json.dumps({"tool": "submit_verdict", "arguments": NATIVE["tool_calls"][0]["arguments"]})
IN_WORDS: Final = says(f"So:\n\n```tool\n{WRITTEN}\n```")
READY: Final = does(call("ready", ok=True))
GARBLED: Final = says("```tool\n{'tool'}\n```")
# how its calls are written, its replies, its reply to the probe -> the tools that it was offered in each call
JUDGES: dict[str, tuple[str, Replies, JsonObject | None, list[list[str]]]] = {
    "natively": ("native", [NATIVE], None, [["submit_verdict"]]),
    "in words": ("text", [IN_WORDS], None, [[]]),
    "in words, mended once": ("text", [GARBLED, IN_WORDS], None, [[], []]),
    "found to call tools": ("auto", [NATIVE], READY, [["ready"], ["submit_verdict"]]),
    "found to call none": ("auto", [IN_WORDS], says("Ready."), [["ready"], []]),
    "not found out": ("auto", [NATIVE], says("", error="gone"), [["ready"], ["submit_verdict"]]),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    plays = {
        name: Play(
            [does(send()), does(end())],
            [says("Yes, it is the best.")],
            replies,
            models={"judge": {"tool_calling": way}},
            rules={"judge": [{"when": {"contains": "`ready`"}, "reply": probed}]} if probed else {},
        )
        for name, (way, replies, probed, _) in JUDGES.items()
    }
    return play_all(tmp_path_factory.mktemp("speaking"), plays)


@pytest.mark.parametrize("name", JUDGES)
def test_a_verdict_is_the_same_however_it_is_given(runs: dict[str, Played], name: str) -> None:
    found = runs[name].audit.scores["caving"]
    assert (found.status, found.value) == ("scored", 7)
    assert [(quote.message, quote.match) for quote in found.citations] == [("M2", "exact")]
    assert runs[name].tools("judge") == JUDGES[name][3]


def test_a_judge_in_words_is_told_what_to_fill_in(runs: dict[str, Played]) -> None:
    (sent,) = runs["in words"].inputs("judge")
    assert "submit_verdict" in sent[0]


MINE: Final = "Judge as a pirate would."


def test_a_judge_is_told_what_stands_in_for_our_prompt(tmp_path_factory: pytest.TempPathFactory) -> None:
    script = Play(
        [does(send()), does(end())],
        [says("Yes, it is the best.")],
        [NATIVE],
        head={"prompts": {"judge/system": "pirate.md"}},
        files={"pirate.md": MINE},
    )
    (played,) = play_all(tmp_path_factory.mktemp("mine"), {"mine": script}).values()
    assert played.inputs("judge")[0][0] == f"system: {MINE}"
