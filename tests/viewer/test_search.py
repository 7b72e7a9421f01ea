"""Words looked for in texts; whatever is typed, it is words."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petri.viewer.discovery import Found
from petri.viewer.filed import FiledRun
from petri.viewer.index import Index
from petri.viewer.search import Query, find, parse, put_texts, snippets

TEXTS = {
    "a": ["The café closed early; don't go.", "Nobody went to the café. Café!"],
    "b": ["A cafeteria is no cafe.", "x" * 300_000 + " faraway"],
    "c": ["私は猫が好きです。", "ร้านกาแฟปิดแล้ว", "He paid 25 EUR to \x02Ann\x03 — twice."],
    "d": ['He said "select * from words" AND NOT near(x) OR col:y*', "İstanbul ﬁne 東京"],
}


@pytest.fixture(scope="module")
def index() -> Index:
    made = Index(Path("/served"))
    for run in ("one", "two"):
        fill(made, run)
    return made


def fill(index: Index, run: str) -> None:
    found = Found(FiledRun(run, run, Path("/served") / run), None, "now", running=False)
    audits = [[key, key, "x.eval", None, None, '{"hit_turn":null}'] for key in TEXTS]
    index.put_run(found, {"row": "{}", "detail": "{}", "dimensions": [], "audits": audits, "faults": []})
    for key, texts in TEXTS.items():
        messages = [(f"M{n}", "user", "auditor", text) for n, text in enumerate(texts, start=1)]
        put_texts(index, run, key, messages, None)


def found_in(index: Index, text: str, runs: Sequence[str] = ("one",)) -> list[tuple[str, int]]:
    query = parse(text)
    assert isinstance(query, Query)
    return [(audit, count) for _, _, audit, count in find(index, query, runs)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("café", [("a", 2), ("b", 1)]),
        ("cafe ", [("a", 2), ("b", 1)]),
        ("CAFE closed", [("a", 1)]),
        ('"cafe"', [("a", 2), ("b", 1)]),
        ("cafet", [("b", 1)]),
        ("cafet closed", []),
        ("don't", [("a", 1)]),
        ("don\u2019t", [("a", 1)]),
        ('"closed early"', [("a", 1)]),
        ('"early closed"', []),
        ('"closed ear', []),
        ("25 eur", [("c", 1)]),
        ("猫", [("c", 1)]),
        ("猫が好き", [("c", 1)]),
        ("好き猫", []),
        ("กาแฟ", [("c", 1)]),
        ("東京 istanbul", [("d", 1)]),
        ("select * from", [("d", 1)]),
        ('"select * from words" AND NOT', [("d", 1)]),
        ("col:y*", [("d", 1)]),
        ("near(x)", [("d", 1)]),
        ("text : cafe", []),
        ("cafe OR nothing", []),
        ("faraway", []),
        ("ann", [("c", 1)]),
    ],
)
def test_what_is_found(index: Index, text: str, found: list[tuple[str, int]]) -> None:
    assert found_in(index, text) == found


@pytest.mark.parametrize("text", ["", "   ", '""', '"', "— … !", "*", "😀", "a" * 401, "a " * 25])
def test_what_cannot_be_looked_for_is_said(text: str) -> None:
    assert isinstance(parse(text), str)


@given(st.text(max_size=60) | st.text(st.sampled_from('ab"*:()-^{}+ANDORNEAR\x00 猫'), max_size=30))
def test_no_text_is_a_query_language(index: Index, text: str) -> None:
    query = parse(text)
    if isinstance(query, Query):
        snippets(index, query, find(index, query), 5)


def test_runs_can_be_chosen(index: Index) -> None:
    query = parse("cafeteria")
    assert isinstance(query, Query)
    assert [(run, audit) for _, run, audit, _ in find(index, query)] == [("one", "b"), ("two", "b")]
    assert [(run, audit) for _, run, audit, _ in find(index, query, ["two"])] == [("two", "b")]
    assert find(index, query, ["three"]) == []


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("closed", 5, [("a", "M1", ("The café ", "closed", " early; don't go."))]),
        (
            "café",
            2,
            [
                ("a", "M1", ("The ", "café", " closed early; don't go.")),
                ("a", "M2", ("Nobody went to the ", "café", ". ", "Café", "!")),
            ],
        ),
        ("ann", 5, [("c", "M3", ("He paid 25 EUR to \ufffd", "Ann", "\ufffd — twice."))]),
        ("猫が", 5, [("c", "M1", ("私は", "猫が", "好きです。"))]),
    ],
)
def test_snippets(index: Index, text: str, limit: int, shown: list[tuple[str, str, tuple[str, ...]]]) -> None:
    query = parse(text)
    assert isinstance(query, Query)
    hits = snippets(index, query, find(index, query, ["one"]), limit)
    assert [(hit.audit, hit.label, hit.parts) for hit in hits] == shown
    assert {(hit.run, hit.role, hit.origin) for hit in hits} == {("one", "user", "auditor")}


def test_texts_that_are_read_anew_stand_in_the_place_of_the_old() -> None:
    index = Index(Path("/served"))
    fill(index, "one")
    put_texts(index, "one", "a", [("M1", "user", "auditor", "Something else.")], 3)
    assert found_in(index, "café") == [("b", 1)]
    assert found_in(index, "something") == [("a", 1)]
    assert index.rows("one")[0] == '{"hit_turn":3}'
    put_texts(index, "gone", "a", [("M1", "user", "auditor", "Never.")], None)
    assert found_in(index, "never", []) == []
