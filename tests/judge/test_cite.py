"""Where quoted words are found: in the message they are said to stand in, letter by letter or but for typography."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petri.judge.cite import find_quote, fold
from petri.judge.verdict import Match

PIECES = {
    "M1": ("“Well” \u2013 it\u2019s a\u00a0good   day…", "second piece"),
    "M2": ("Cafe\u0301 au lait", 'mail {"to": "a@b.c", "n": null}'),
    "M3": (),
    "M5": ("No.",),
}
FOUND: list[tuple[str, str, Match]] = [
    ("M1", "a\u00a0good   day", "exact"),
    ("M1", "second piece", "exact"),
    ("M1", "d", "none"),
    ("M1", "day", "none"),
    ("M1", "a good day", "normalised"),
    ("M1", '"Well" - it\'s', "normalised"),
    ("M1", " second\n\tpiece ", "normalised"),
    ("M1", "good day...", "normalised"),
    ("M1", "Second piece", "none"),
    ("M1", "day… second", "none"),
    ("M1", "…", "none"),
    ("M1", "“”", "none"),
    ("M1", "", "none"),
    ("M1", "\u00a0", "none"),
    ("M2", "Caf\u00e9 au", "normalised"),
    ("M2", "Cafe au", "none"),
    ("M2", 'mail {"to": "a@b.c", "n": null}', "exact"),
    ("M2", "au\u00ad lait", "normalised"),
    ("M3", "anything", "none"),
    ("M4", "second piece", "none"),
    ("M5", "No.", "exact"),
    ("M5", " No. ", "normalised"),
    ("M5", "No", "none"),
    ("", "second piece", "none"),
]


@pytest.mark.parametrize(("label", "quote", "match"), FOUND)
def test_find_quote(label: str, quote: str, match: Match) -> None:
    assert find_quote(quote, label, PIECES) == match


@given(st.text(max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_any_part_that_is_long_enough_is_found_as_it_is(text: str, start: int, end: int) -> None:
    quote = text[start:end]
    found = find_quote(quote, "M1", {"M1": (text,)})
    whole = bool(fold(quote)) and fold(quote) == fold(text)
    assert found == ("exact" if sum(map(str.isalnum, fold(quote))) >= 4 or whole else "none")


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
