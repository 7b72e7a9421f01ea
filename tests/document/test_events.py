"""The fast parser and the one whose word counts: the same data at the same places, or the second alone."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from petri.datafiles import rubric_files, scenario_files
from petri.document.parse import Document, parse_document
from petri.document.source import Source, read_source

pytestmark = pytest.mark.long

SLOWLY = "#\t\n"
"""A comment with a tab in it: it changes nothing, and the fast parser is not asked."""


def _read(text: str) -> Document:
    return parse_document(Source("f.yaml", text, ""), integer_keys_in=frozenset({"anchors"}))


def _assert_same(text: str) -> None:
    quick, slow = _read(text), _read(SLOWLY + text)
    if slow.readable and quick.readable:
        assert [fault.message for fault in quick.faults] == [fault.message for fault in slow.faults]
    if slow.readable and not slow.faults:
        shift = len(SLOWLY)
        assert quick.data == slow.data
        assert quick.values == {path: index - shift for path, index in slow.values.items()}
        assert quick.keys == {path: index - shift for path, index in slow.keys.items()}


@pytest.mark.parametrize(
    "path", [*scenario_files().values(), *rubric_files().values()], ids=lambda path: path.name
)
def test_every_file_that_ships(path: Path) -> None:
    _assert_same(read_source(path).text)


@pytest.mark.parametrize(
    "text",
    [
        "{a: 1, b: [c, d: e], \"f\": 'g''h'}",
        "a: |+\n  b\n\nc: >-\n  d\n  e\n\n  f\n g: h",
        'a: 😀\nb: "\\u00e9 \\\n  c"\nd: [é, 𝄞]\ne: f',
        "- - a\n  - b\n- {x: y}\n- c:\n  - d",
        "? a\n: b\n",
        "a: &x b\nc: *x",
        "a: !!str b",
        "a: ~\nb:\nc: ''",
        "a: b # c\nd: 'e # f'",
    ],
)
def test_each_form_of_text(text: str) -> None:
    _assert_same(text)


@given(
    st.lists(
        st.sampled_from([*":-?[]{},#|>'\"\n ab1é😀~", "\n  ", ": ", "- ", "a: ", "|\n  ", " #"]), max_size=24
    )
)
@example(["a: ", "|", "#", "\n  ", "b"])
def test_whatever_both_can_read(parts: list[str]) -> None:
    _assert_same("".join(parts))
