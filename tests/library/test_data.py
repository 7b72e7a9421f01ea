"""The linter's own data files: read strictly, patterns that are none refused."""

import pytest
from pydantic import ValidationError

from petri.library.data import Watched, vocabulary, words


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="is no pattern: missing \\)"):
        Watched(pattern="(a", reason="r", mend="m")


def test_every_pattern_and_word_stands_once() -> None:
    watched = [each.pattern for group in words() for each in group[1]]
    assert len(watched) == len(set(watched))
    for _, known in vocabulary():
        assert len(known) == len(set(known))


@pytest.mark.parametrize("group", ["shown", "names", "confession", "past"])
def test_no_pattern_takes_long(group: str) -> None:
    """A text made to be hard for patterns that go back; nested repeats would not end within the test's time."""
    hard = ("the target has " + "a " * 2000 + "get the target " * 2000) * 2
    for each in getattr(words(), group):
        assert len([*each.compiled.finditer(hard)]) <= len(hard)
