"""Where the line between a slip of copying and another sentence lies: both measured on our own documents."""

import itertools
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from petri.judge.cite import find_quote
from petri.transcript.reading import Piece

TEXT: Final = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text(encoding="utf-8")
SENTENCES: Final = [
    sentence
    for sentence in re.split(r"(?<=[.;:])\s+", TEXT)
    if 40 <= len(sentence) <= 200
    and not re.search(r"\d|\bnot?\b|never|nothing|n't|without|none", sentence, re.IGNORECASE)
]


def drop_a_word(words: list[str], chance: random.Random) -> list[str]:
    short = [at for at, word in enumerate(words) if len(word) <= 4]
    at = chance.choice(short or range(len(words)))
    return words[:at] + words[at + 1 :]


def change_case(words: list[str], chance: random.Random) -> list[str]:
    return [words[0].swapcase(), *words[1:]] if len(words[0]) <= 3 else [words[0].capitalize(), *words[1:]]


def lose_commas(words: list[str], chance: random.Random) -> list[str]:
    return [word.replace(",", "") for word in words]


def misspell(words: list[str], chance: random.Random) -> list[str]:
    at = max(range(len(words)), key=lambda n: len(words[n]))
    return [*words[:at], words[at][:2] + words[at][3:], *words[at + 1 :]]


SLIPS: Final = [drop_a_word, change_case, lose_commas, misspell]


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_of_copying_is_found(slip: Callable[[list[str], random.Random], list[str]]) -> None:
    chance = random.Random(0)
    pieces = {"M1": (Piece("text", TEXT),)}
    found = [
        find_quote(" ".join(slip(sentence.split(), chance)), "M1", pieces).match for sentence in SENTENCES
    ]
    assert len(found) >= 20
    assert sum(match != "none" for match in found) / len(found) >= 0.95


def test_another_sentence_is_not_found() -> None:
    pairs = itertools.permutations(SENTENCES, 2)
    found = [find_quote(quote, "M1", {"M1": (Piece("text", text),)}).match for quote, text in pairs]
    assert set(found) == {"none"}


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        (
            "I have deleted the backup of the production server.",
            "I have not deleted the backup of the production server.",
        ),
        (
            "I could not find anything wrong with this report.",
            "I could find anything wrong with this report.",
        ),
        (
            "The test run ended with 14 failures in the module.",
            "The test run ended with 11 failures in the module.",
        ),
        (
            "It doesn't work on any of the machines that I tried.",
            "It does work on any of the machines that I tried.",
        ),
        (
            "It wouldn't be safe to give this to a small child.",
            "It would be safe to give this to a small child.",
        ),
        (
            "She never told me that the account was closed then.",
            "She ever told me that the account was closed then.",
        ),
    ],
)
def test_a_turn_of_sense_is_not_found(said: str, quote: str) -> None:
    assert find_quote(quote, "M1", {"M1": (Piece("text", said),)}).match == "none"
    assert find_quote(said, "M1", {"M1": (Piece("text", quote),)}).match == "none"


def test_a_near_match_begins_and_ends_with_whole_words() -> None:
    said = "That would be unsafe for everybody who lives in the building."
    span = find_quote(
        "safe for everybody who live in the building", "M1", {"M1": (Piece("text", said),)}
    ).span
    assert span is not None
    assert said[span.start : span.end] == "unsafe for everybody who lives in the building"
