"""Patterns find what Python's own expressions find, and take no time over those that would choke it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petri.errors import WorldError
from petri.world.patterns import Pattern, Syntax

ATOM = st.sampled_from(
    ("a", "b", ".", "[ab]", "[^a]", "[b-c]", r"\d", r"\W", r"\.", "(?:)", "(ab)", "(a|bc)")
)
COUNT = st.sampled_from(("", "", "*", "+", "?", "{2}", "{0,1}", "{1,}"))
PIECE = st.builds("{}{}".format, ATOM.filter(lambda atom: atom != "(?:)"), COUNT)
PATTERN = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(("", "^")),
    st.lists(PIECE, max_size=4).map("".join),
    st.sampled_from(("", "|c", "|^b$")),
    st.sampled_from(("", "$")),
)
LINE = st.text(st.sampled_from("abc1. Ab"), max_size=8)


@settings(max_examples=400, deadline=None)
@given(PATTERN, LINE, st.booleans())
def test_extended_patterns_agree_with_python(
    pattern: str,
    line: str,
    ignore_case: bool,  # noqa: FBT001 -- drawn
) -> None:
    expected = re.search(pattern, line, re.IGNORECASE if ignore_case else 0) is not None
    assert Pattern(pattern, "extended", ignore_case=ignore_case).is_in(line) == expected


@pytest.mark.parametrize(
    ("pattern", "syntax", "line", "found"),
    [
        pytest.param("a+", "basic", "aa", False, id="basic-plus-is-a-plus"),
        pytest.param(r"a\+b\?c", "basic", "aac", True, id="basic-operators"),
        pytest.param(r"x\|b", "basic", "abc", True, id="basic-choice"),
        pytest.param(r"\(ab\)\{2\}", "basic", "abab", True, id="basic-group"),
        pytest.param("*a", "basic", "*a", True, id="a-star-at-the-start"),
        pytest.param("a^b$c", "basic", "a^b$c", True, id="basic-edges-inside"),
        pytest.param(r"a$\|b", "basic", "ca", True, id="basic-end-before-a-choice"),
        pytest.param("[[:digit:]]+", "extended", "a1", True, id="named-class"),
        pytest.param("[[:punct:][:space:]]", "extended", "a1", False, id="named-classes"),
        pytest.param("[]]", "extended", "]", True, id="bracket-in-a-set"),
        pytest.param("[a-]", "extended", "-", True, id="dash-in-a-set"),
        pytest.param("[^[:alpha:]]", "extended", "abc", False, id="not-a-class"),
        pytest.param("A.B", "fixed", "xa.by", False, id="fixed-with-case"),
        pytest.param("ÄÖ", "fixed", "xäöx", True, id="fixed-without-case"),
        pytest.param("", "basic", "", True, id="nothing"),
        pytest.param("^$", "basic", "", True, id="an-empty-line"),
        pytest.param("^$", "basic", "a", False, id="no-empty-line"),
    ],
)
def test_patterns(
    pattern: str,
    syntax: Syntax,
    line: str,
    found: bool,  # noqa: FBT001 -- a column
) -> None:
    ignore_case = pattern == "ÄÖ"
    assert Pattern(pattern, syntax, ignore_case=ignore_case).is_in(line) == found


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        pytest.param("(a", r"Unmatched \(", id="open-group"),
        pytest.param("a)", r"Unmatched \)", id="closed-group"),
        pytest.param("[a", "Unmatched \\[", id="open-set"),
        pytest.param("a\\", "Trailing backslash", id="backslash"),
        pytest.param(r"(a)\1", "Invalid back reference", id="back-reference"),
        pytest.param(r"\bword", "Word boundaries", id="word-boundary"),
        pytest.param("a{x}", "Invalid content", id="count"),
        pytest.param("a{3", "Invalid content", id="open-count"),
        pytest.param("a{3,2}", "Invalid content", id="count-backwards"),
        pytest.param("a{99999}", "Invalid content", id="huge-count"),
        pytest.param("(((a{99}){99}){99}){99}", "too big", id="counts-of-counts"),
        pytest.param("(" * 400, "too big", id="deep"),
        pytest.param("a" * 501, "too big", id="long"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str, words: str) -> None:
    with pytest.raises(WorldError, match=words):
        Pattern(pattern, "extended")


def test_what_is_remembered_has_a_limit() -> None:
    line = "".join(map(chr, range(0x4E00, 0x4E00 + 5_000)))
    assert Pattern(f"{line[-1]}$").is_in(line)


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(.*a){12}b", "a*a*a*a*a*a*b", "([a-z]+)*[0-9]"])
def test_what_would_choke_a_backtracking_search_does_not(pattern: str) -> None:
    assert not Pattern(pattern, "extended").is_in("a" * 20_000)
