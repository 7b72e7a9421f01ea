"""Keys never reach what is written or shown; ordinary words stay."""

import base64
import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petri.secrets import redact

SECRET = "correct-horse-battery"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", ""),
        ("plain words", "plain words"),
        (f"key {SECRET} refused", "key [removed] refused"),
        (f"{SECRET}{SECRET}", "[removed][removed]"),
        (f"url?key={SECRET}&x=1", "url?key=[removed]&x=1"),
        ("key sk-proj-abcdefghijklmnop was given", "key [removed] was given"),
        ("sk-ant-api03-abc_DEF-123456789", "[removed]"),
        ("Authorization: Bearer abcdefghijklmnop.qrst", "Authorization: [removed]"),
        ("http://user:hunter2@proxy.local:80/x", "http://[removed]@proxy.local:80/x"),
        ("task sk-1 is short", "task sk-1 is short"),
        ("the bearer of bad news", "the bearer of bad news"),
        ("see http://host:80/a@b", "see http://host:80/a@b"),
        ("short", "short"),
    ],
)
def test_redact(monkeypatch: pytest.MonkeyPatch, text: str, left: str) -> None:
    monkeypatch.setenv("MY_API_KEY", SECRET)
    monkeypatch.setenv("OTHER_TOKEN", "short")
    assert redact(text) == left


@pytest.mark.parametrize(
    "name", ["A_KEY", "A_TOKEN", "A_SECRET", "A_PASSWORD", "AWS_SECRET_ACCESS_KEY", "OPENAI_API_KEY"]
)
def test_every_variable_that_holds_a_secret(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, SECRET)
    assert redact(f"<{SECRET}>") == "<[removed]>"


@pytest.mark.parametrize("name", ["HOME_DIR", "KEYBOARD", "A_KEY_ID"])
def test_other_variables_are_no_secrets(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, SECRET)
    assert redact(SECRET) == SECRET


def test_a_secret_inside_another_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "longsecret")
    monkeypatch.setenv("B_KEY", "longsecret-and-more")
    assert redact("longsecret-and-more longsecret") == "[removed] [removed]"


AWKWARD = 'k/ey+with="quotes"&\\back\\slash <ü€😀> 7'


def _nested(text: str) -> str:
    return json.dumps(json.dumps({"said": text}))


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": json.dumps,
    "JSON, as it is": lambda text: json.dumps(text, ensure_ascii=False),
    "JSON in JSON": _nested,
    "JSON with slashes escaped": lambda text: json.dumps(text).replace("/", "\\/"),
    "Python": repr,
    "Python's ASCII": ascii,
    "URL": lambda text: quote(text, safe=""),
    "URL's path": quote,
    "URL's query": quote_plus,
    "URL in lower case": lambda text: re.sub("%..", lambda found: found[0].lower(), quote(text)),
    "URL twice": lambda text: quote(quote(text)),
    "HTML": html.escape,
    "HTML's numbers": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "HTML's hexadecimal numbers": lambda text: "".join(f"&#x{ord(char):X};" for char in text),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal in capitals": lambda text: text.encode().hex().upper(),
    "hexadecimal with colons": lambda text: text.encode().hex(":"),
    "Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "Base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "Base64 after a name": lambda text: base64.b64encode(f"me:{text}".encode()).decode(),
    "Base64 after one more": lambda text: base64.b64encode(f"user:{text}@".encode()).decode(),
}


@pytest.mark.parametrize(
    "secret", [SECRET, AWKWARD, "sk-proj-0123456789abcdefghij"], ids=["plain", "awkward", "key"]
)
@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found_in_whatever_form(monkeypatch: pytest.MonkeyPatch, form: str, secret: str) -> None:
    monkeypatch.setenv("MY_API_KEY", secret)
    left = redact(f"The key {FORMS[form](secret)} was refused.")
    assert left.startswith("The key ")
    assert left.endswith(" was refused.")
    assert "[removed]" in left
    assert len(left) <= len("The key ") + len(_nested("[removed]")) + len(" was refused.") + 8


def test_many_backslashes_take_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", "\\" * 40 + "x" * 8)
    assert redact("\\" * 20_000).strip("\\") == ""


@given(st.text(), st.text())
def test_whatever_stands_around_it(before: str, after: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MY_API_KEY", SECRET)
        assert SECRET not in redact(before + SECRET + after)
