"""What must not leave this machine does not, what was said stays, and places still hold the words they held."""

import json
from pathlib import Path
from typing import Any

import pytest

from petri.viewer.cleaned_view import clean_view
from petri.viewer.cleaning import Cleaner

SECRET = "correct-horse-battery"
LONG = 1234567890123456789
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\nabc+/=\n-----END RSA PRIVATE KEY-----"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", SECRET)


def cleaner() -> Cleaner:
    return Cleaner(Path("/home/canary"), "canary-7.lan")


@pytest.mark.parametrize(
    ("text", "left", "removed"),
    [
        ("plain words", "plain words", 0),
        (f"it is {SECRET}, and {SECRET}", "it is [removed], and [removed]", 2),
        ("sk-proj-abcdefghijklmnop", "[removed]", 1),
        ("ghp_" + "a1" * 18, "[removed]", 1),
        ("AKIAIOSFODNN7EXAMPLE", "[removed]", 1),
        ("AIza" + "x" * 35, "[removed]", 1),
        ("xoxb-123456789012-abcdefghij", "[removed]", 1),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-_", "[removed]", 1),
        (f"key:\n{PEM}\nend", "key:\n[removed]\nend", 1),
        ("see /home/canary/notes", "see ~/notes", 0),
        ("see /home/canaryish/notes", "see /home/canaryish/notes", 0),
        ("at CANARY-7.lan now", "at [host] now", 0),
        ("/srv/app/main.py as the world has it", "/srv/app/main.py as the world has it", 0),
        ("AKIA is a prefix, eyJ too", "AKIA is a prefix, eyJ too", 0),
    ],
)
def test_what_was_said_stays_but_for_secrets(text: str, left: str, removed: int) -> None:
    clean = cleaner()
    assert (clean.said(text), clean.removed) == (left, removed)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/srv/canary-folder/deep/poems.yaml", "poems.yaml"),
        ("scenarios/poems.yaml", "scenarios/poems.yaml"),
        ("no such file: '/srv/canary/x.yaml'", "no such file: 'x.yaml'"),
        ("/home/somebody/x.yaml: line 3", "~/x.yaml: line 3"),
        ("/Users/somebody/work/x.yaml", "~/work/x.yaml"),
        (r"C:\Users\somebody\x.yaml", r"~\x.yaml"),
        (r"D:\canary\deep\x.yaml", "x.yaml"),
        ("https://api.example/v1/chat failed", "https://api.example/v1/chat failed"),
        ("this and/or that, 1/2/3", "this and/or that, 1/2/3"),
    ],
)
def test_texts_of_ours_lose_folders_too(text: str, left: str) -> None:
    assert cleaner().ours(text) == left


@pytest.mark.parametrize(("home", "host"), [("/root", "laptop"), ("/", "localhost")])
def test_names_that_everybody_has_are_words(home: str, host: str) -> None:
    text = f"in {home} on {host}"
    assert Cleaner(Path(home), host).said(text) == text


def test_data_are_cleaned_whoever_speaks() -> None:
    path = "/srv/canary/x"
    data = {
        "file": path,
        "error": {"message": f"{path}: {SECRET}"},
        "messages": [{"file": path, SECRET: [SECRET, 1, None, True]}],
        "seed": path,
        "targets": {f"m (args.script={path})": {"target": path}},
    }
    assert cleaner().data(data) == {
        "file": "x",
        "error": {"message": "x: [removed]"},
        "messages": [{"file": path, "[removed]": ["[removed]", 1, None, True]}],
        "seed": path,
        "targets": {"m (args.script=x)": {"target": "x"}},
    }


def test_keys_that_become_the_same_lose_no_value() -> None:
    found = cleaner().data({SECRET: 1, "sk-proj-abcdefghijklmnop": 2, "[removed]": 3})
    assert sorted(found.values()) == [1, 2, 3]


def view(text: str, place: dict[str, int] | None, piece: int = 0) -> dict[str, Any]:
    quote = {"message": "M2", "quote": "words", "place": place}
    judge = {"evidence": [quote], "dimensions": [{"quotes": [dict(quote)]}]}
    pieces = [{"text": "first", "kind": "text"}] * piece + [{"text": text, "kind": "text"}]
    return {
        "state": "valid",
        "reason": None,
        "messages": [{"label": "M2", "pieces": pieces, "calls": [{"arguments": json.dumps({"a": SECRET})}]}],
        "toolsets": [[{"name": "pay", "parameters": json.dumps({"description": f'"{SECRET}"'})}]],
        "auditor": [{"calls": [{"arguments": json.dumps({"id": LONG, "text": f'"{SECRET}"'})}]}],
        "world": [{"by": "auditor", "arguments": json.dumps({"path": SECRET, "size": LONG})}],
        "verdicts": [{"judges": [judge]}],
    }


@pytest.mark.parametrize("piece", [0, 1])
@pytest.mark.parametrize(
    ("text", "words", "now"),
    [
        pytest.param("the words here", "words", "words", id="nothing"),
        pytest.param(f"{SECRET} then the words here", "words", "words", id="before"),
        pytest.param(f"the words, then {SECRET}", "words", "words", id="after"),
        pytest.param(f"😀 {SECRET} 😀 the words 😀", "words", "words", id="characters of two units"),
        pytest.param(f"a {SECRET} b {SECRET} c", f"b {SECRET}", "b [removed]", id="the end of it"),
        pytest.param(f"a {SECRET} b", SECRET, "[removed]", id="all of it"),
        pytest.param(f"a {SECRET} b", "horse", "[removed]", id="within"),
        pytest.param(f"a {SECRET} b", "battery b", "[removed] b", id="across"),
        pytest.param(f"/home/canary/x {SECRET} words", "words", "words", id="two kinds"),
    ],
)
def test_a_quote_leads_to_the_words_that_it_led_to(text: str, words: str, now: str, piece: int) -> None:
    def units(part: str) -> int:
        return len(part.encode("utf-16-le")) // 2

    start = units(text[: text.index(words)])
    made = view(text, {"piece": piece, "start": start, "end": start + units(words)}, piece)
    cleaned = clean_view(made, cleaner())
    (judge,) = cleaned["verdicts"][0]["judges"]
    for quote in (judge["evidence"][0], judge["dimensions"][0]["quotes"][0]):
        place = quote["place"]
        held = cleaned["messages"][0]["pieces"][place["piece"]]["text"].encode("utf-16-le")
        assert held[2 * place["start"] : 2 * place["end"]].decode("utf-16-le") == now
    assert SECRET not in str(cleaned)
    assert SECRET in str(made), "what was read is left as it is"


def test_what_is_json_text_stays_json_text_with_its_numbers() -> None:
    cleaned = clean_view(view("words", None), cleaner())
    texts = [
        cleaned["messages"][0]["calls"][0]["arguments"],
        cleaned["toolsets"][0][0]["parameters"],
        cleaned["auditor"][0]["calls"][0]["arguments"],
        cleaned["world"][0]["arguments"],
    ]
    assert list(map(json.loads, texts)) == [
        {"a": "[removed]"},
        {"description": '"[removed]"'},
        {"id": LONG, "text": '"[removed]"'},
        {"path": "[removed]", "size": LONG},
    ]


def test_a_quote_that_was_not_found_has_no_place() -> None:
    cleaned = clean_view(view(SECRET, None), cleaner())
    assert cleaned["verdicts"][0]["judges"][0]["evidence"][0]["place"] is None


@pytest.mark.parametrize(
    ("state", "left"), [("error", "x.yaml: gone"), ("invalid", "/srv/canary/x.yaml: gone")]
)
def test_the_reason_of_an_error_is_a_text_of_ours(state: str, left: str) -> None:
    made = view("words", None) | {"state": state, "reason": "/srv/canary/x.yaml: gone"}
    assert clean_view(made, cleaner())["reason"] == left
