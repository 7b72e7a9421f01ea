"""Keys never reach what is written or shown; ordinary words stay."""

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


@given(st.text(), st.text())
def test_whatever_stands_around_it(before: str, after: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MY_API_KEY", SECRET)
        assert SECRET not in redact(before + SECRET + after)
