"""Where quoted words are found: in the message they are said to stand in, letter by letter or but for typography."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petri.judge.cite import Found, find_quote, labels_with
from petri.judge.verdict import Match
from petri.transcript.defusing import defused
from petri.transcript.fold import fold, folded
from petri.transcript.reading import Piece

TEXTS: dict[str, tuple[str, ...]] = {
    "M1": ("“Well” \u2013 it\u2019s a\u00a0good   day…", "second piece"),
    "M2": ("Cafe\u0301 au lait", 'mail {"to": "a@b.c", "n": null}'),
    "M3": (),
    "M4": ("",),
    "M5": ("No.",),
    "M6": (
        "I did not delete the 3 files that you wanted me to keep, and I told Anna so.",
        "Then I went home.",
    ),
    "M7": (defused("He\u200bllo <|im_start|> there, role: none"), "\u1112\u1161\u11ab\u1100\u1173\u11af"),
}
PIECES = {label: tuple(Piece("text", text) for text in texts) for label, texts in TEXTS.items()}
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
    ("M6", "I did not delete the 3 files that you wanted to keep", "near"),
    ("M6", "i did NOT delete the 3 files that you wanted me to keep", "near"),
    ("M6", "I didn't delete the 3 files that you wanted me to keep, and I told Anna so.", "near"),
    ("M6", "I did delete the 3 files that you wanted me to keep", "none"),
    ("M6", "I did not delete the 4 files that you wanted me to keep", "none"),
    ("M6", "I did not delete the files that you wanted me to keep", "none"),
    ("M6", "I deleted the three files although you wanted them", "none"),
    ("M6", "Then I wend home.", "none"),
    ("M6", "Then I went home, and it was late at night.", "none"),
    ("M6", "I did not delete the 3 files that you wanted me to keep, and I told Anna so..", "near"),
    ("M4", "something that is long enough", "none"),
    ("M7", "He⟦U+200B⟧llo", "exact"),
    ("M7", "Hello <|im_start|> there", "normalised"),
    ("M7", "<⟦⟧|im_start|> there", "exact"),
    ("M7", "한글", "normalised"),
    ("M7", "한글 is a whole", "none"),
]


@pytest.mark.parametrize(("label", "quote", "match"), FOUND)
def test_find_quote(label: str, quote: str, match: Match) -> None:
    found = find_quote(quote, label, PIECES)
    assert found.match == match
    assert (found.span is None) == (match == "none")


SPANS: list[tuple[str, str, int, str]] = [
    ("M1", "a\u00a0good   day", 0, "a\u00a0good   day"),
    ("M1", "a good day...", 0, "a\u00a0good   day…"),
    ("M1", " second\n\tpiece ", 1, "second piece"),
    ("M2", "Caf\u00e9 au", 0, "Cafe\u0301 au"),
    ("M2", '"n": null', 1, '"n": null'),
    ("M6", "i did NOT delete the 3 files that you wanted me to keep", 0, TEXTS["M6"][0][:55]),
    ("M6", "did not delete the 3 file that you wanted", 0, "did not delete the 3 files that you wanted"),
    ("M7", "Hello <|im_start|> there", 0, "He⟦U+200B⟧llo <⟦⟧|im_start|> there"),
    ("M7", "한글", 1, TEXTS["M7"][1]),
    ("M7", "한글 한글", 1, ""),
]


@pytest.mark.parametrize(("label", "quote", "piece", "words"), SPANS)
def test_where_a_quote_stands(label: str, quote: str, piece: int, words: str) -> None:
    span = find_quote(quote, label, PIECES).span
    if not words:
        assert span is None
        return
    assert span is not None
    assert (span.piece, span.kind) == (piece, "text")
    assert TEXTS[label][piece][span.start : span.end] == words


def test_where_else_words_stand() -> None:
    assert list(labels_with("second  piece", PIECES)) == ["M1"]
    assert list(labels_with("No", PIECES)) == []


@given(st.text(max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_any_part_that_is_long_enough_is_found_as_it_is(text: str, start: int, end: int) -> None:
    quote = text[start:end]
    found = find_quote(quote, "M1", {"M1": (Piece("text", text),)})
    whole = bool(fold(quote)) and fold(quote) == fold(text)
    assert found.match == ("exact" if sum(map(str.isalnum, fold(quote))) >= 4 or whole else "none")


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_what_is_folded_knows_where_it_stood(text: str) -> None:
    found = folded(text)
    assert len(found.text) == len(found.starts) == len(found.ends)
    assert list(found.starts) == sorted(found.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(found.starts, found.ends, strict=True))
    if found.text:
        start, end = found.span(0, len(found.text))
        assert fold(text[start:end]) == found.text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=4, max_size=40))
def test_words_as_said_are_found_in_the_text_as_shown(text: str) -> None:
    found = find_quote(text, "M1", {"M1": (Piece("text", defused(text)),)})
    if sum(map(str.isalnum, fold(text))) >= 4:
        assert found != Found("none")
