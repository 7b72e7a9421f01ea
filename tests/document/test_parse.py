import pytest
from hypothesis import given
from hypothesis import strategies as st

from petri.document.parse import MAX_DEPTH, MAX_FAULTS, Document, Value, parse_document
from petri.document.source import Source


def _parse(text: str) -> Document:
    return parse_document(Source("f", text, ""), integer_keys_in=frozenset({"anchors"}))


def _faults(text: str) -> list[str]:
    return [str(fault) for fault in _parse(text).faults]


@pytest.mark.parametrize(
    ("text", "data"),
    [
        pytest.param(
            "[no, off, yes, y, on]", ["no", "off", "yes", "y", "on"], id="only true and false are switches"
        ),
        pytest.param("[true, False, TRUE]", [True, False, True], id="switches"),
        pytest.param(
            "[1:30, 2024-01-01, 1_000]", ["1:30", "2024-01-01", "1_000"], id="times and dates are text"
        ),
        pytest.param("[1, -2, +3, 007, 0o17, 0x1F]", [1, -2, 3, 7, 15, 31], id="whole numbers"),
        pytest.param("[1.5, .5, 1e3, -2.]", [1.5, 0.5, 1000.0, -2.0], id="numbers"),
        pytest.param("[~, null, '~', \"1\"]", [None, None, "~", "1"], id="quotes make text"),
        pytest.param("{a: , b: ''}", {"a": None, "b": ""}, id="nothing and empty text"),
        pytest.param("a: é 🎉\nb: רטל", {"a": "é 🎉", "b": "רטל"}, id="unicode"),
        pytest.param(
            "a: |\n  x\u2028y\x85\n  z\n", {"a": "x\u2028y\x85\nz\n"}, id="U+2028 is text in a block"
        ),
        pytest.param("a: x\u2029y", {"a": "x\u2029y"}, id="U+2029 is text in a line"),
        pytest.param('a: "\\ud83c\\udf89"', {"a": "🎉"}, id="halves escaped as in JSON are joined"),
        pytest.param("a: 1\r\nb: |\r\n  x\r\n  y\r\n", {"a": 1, "b": "x\ny\n"}, id="CRLF"),
        pytest.param("anchors: {1: a, 10: b}", {"anchors": {1: "a", 10: "b"}}, id="whole numbers as keys"),
        pytest.param("---\na: 1\n...\n", {"a": 1}, id="document marks"),
        pytest.param("%YAML 1.1\n---\na: no", {"a": "no"}, id="a version changes nothing"),
    ],
)
def test_values_follow_the_core_schema(text: str, data: Value) -> None:
    document = _parse(text)
    assert (document.data, document.faults) == (data, ())


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        pytest.param("", ["f:1:1: the file is empty"], id="empty"),
        pytest.param("# only this\n", ["f:1:1: the file is empty"], id="only a comment"),
        pytest.param("a:\n  b: 1\n\tc: 2", ["f:3:1: indented with a tab; use spaces"], id="tab"),
        pytest.param("a:\n  \tb: 1", ["f:2:3: indented with a tab; use spaces"], id="tab after spaces"),
        pytest.param(
            "a: 1\nb: 2\na: 3", ["f:3:1: duplicate key 'a'; it is already on line 1"], id="duplicate key"
        ),
        pytest.param(
            "anchors: {1: a, '1': b}",
            ["f:1:17: duplicate key '1'; it is already on line 1"],
            id="a number and its text are one key",
        ),
        pytest.param(
            "a: &x 1\nb: *x",
            [
                "f:1:4: anchor '&x'; anchors are not used here: remove it",
                "f:2:4: alias '*x'; write the value out again",
            ],
            id="anchor and alias",
        ),
        pytest.param("a: *none", ["f:1:4: alias '*none'; write the value out again"], id="alias of nothing"),
        pytest.param("a: !!str 1", ["f:1:4: tag '!!str'; tags are not used here: remove it"], id="tag"),
        pytest.param(
            "a: !!python/object:os.system {x: 1}",
            ["f:1:4: tag '!!python/object:os.system'; tags are not used here: remove it"],
            id="tag that names code",
        ),
        pytest.param(
            "a: 1\n---\nb: 2",
            ["f:2:1: a second document starts here; a file holds one (remove the '---')"],
            id="two documents",
        ),
        pytest.param("1: x", ["f:1:1: the key '1' is not text; put it in quotes"], id="number as a key"),
        pytest.param(
            "true: x", ["f:1:1: the key 'true' is not text; put it in quotes"], id="switch as a key"
        ),
        pytest.param(
            "anchors: {1.5: x}",
            ["f:1:11: the key '1.5' is not text; put it in quotes"],
            id="fraction as a key",
        ),
        pytest.param(
            "seed: {{persona}}",
            ["f:1:8: only text can be a key here; text that starts with '{' or '[' must be in quotes"],
            id="placeholder without quotes",
        ),
        pytest.param("a: .inf", ["f:1:4: .inf is not a number that can be used here"], id="infinity"),
        pytest.param("a: 1e999", ["f:1:4: 1e999 is not a number that can be used here"], id="too large"),
        pytest.param(
            'a: "x\\ud83c"', ["f:1:4: \\ud83c is half of a character; write the character itself"], id="half"
        ),
        pytest.param(
            "a: \x07",
            ["f:1:4: the character U+0007 may not stand in a text file; remove it"],
            id="control character",
        ),
        pytest.param(
            "a: b: c",
            ["f:1:5: a ':' cannot stand here; put text that holds ': ' in quotes, or use '|'"],
            id="colon in text",
        ),
        pytest.param(
            'a: "x', ["f:1:6: the file ends inside quotes that were never closed"], id="open quotes"
        ),
        pytest.param(
            "a: `x`", ["f:1:4: text cannot start with this character; put it in quotes"], id="backtick"
        ),
        pytest.param(
            "a:\n  - b\n c: d",
            ["f:3:2: this does not fit the lines above; check the indentation, quotes and brackets"],
            id="indentation",
        ),
        pytest.param(
            "a: 1\na: 2\nb: [",
            [
                "f:2:1: duplicate key 'a'; it is already on line 1",
                "f:3:5: the file ends inside brackets that were never closed",
            ],
            id="all that was found before the end",
        ),
    ],
)
def test_faults_say_where_and_what(text: str, faults: list[str]) -> None:
    assert _faults(text) == faults


def test_each_key_and_value_has_its_place() -> None:
    document = _parse("a:\n  - b: 1\n    c: |\n      text\n  - [x, y]\n")
    places = {path: document.source.place(document.index(path)) for path in document.values}
    assert places == {
        (): (1, 1),
        ("a",): (2, 3),
        ("a", 0): (2, 5),
        ("a", 0, "b"): (2, 8),
        ("a", 0, "c"): (3, 8),
        ("a", 1): (5, 5),
        ("a", 1, 0): (5, 6),
        ("a", 1, 1): (5, 9),
    }
    assert document.source.place(document.index(("a", 0, "c"), key=True)) == (3, 5)
    assert document.source.place(document.index(("a", 0, "missing", 3))) == (2, 5)


@pytest.mark.parametrize(
    ("opening", "column"), [("[", 34), ("{a: ", 133), ("- ", 67)], ids=["lists", "mappings", "block lists"]
)
def test_nesting_has_a_limit(opening: str, column: int) -> None:
    fault = f"f:1:{column}: nested deeper than {MAX_DEPTH} levels"
    assert _faults(opening * 100_000) == [fault]


def test_nesting_up_to_the_limit_is_read() -> None:
    assert _faults("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []


def test_a_bomb_of_aliases_does_not_grow() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 50)]
    document = _parse("\n".join(lines))
    assert len(document.faults) == MAX_FAULTS + 1
    assert document.faults[-1].message == "too many faults; the rest is not shown"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_is_read_or_refused_with_faults(text: str) -> None:
    document = _parse(text)
    assert document.readable or document.faults


def test_a_part_of_a_text_keeps_the_places_of_the_whole() -> None:
    source = Source("f", "---\na: 1\na: 2\n---\nbody", "")
    document = parse_document(source, start=4, end=14, name="the front matter")
    assert [str(fault) for fault in document.faults] == ["f:3:1: duplicate key 'a'; it is already on line 2"]
