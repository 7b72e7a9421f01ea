"""What each address asks for, and what becomes of what goes wrong behind it."""

import asyncio
import json
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from petri.errors import NotServed
from petri.viewer.admission import Admission
from petri.viewer.app import make_app
from petri.viewer.static_files import read_page
from tests.viewer.served import HOST, HOSTS, KEY, PORT, Answer, Shelf, ask, desk, served

OTHER = "ba9876543210"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def get(shelf: Shelf, path: str) -> Answer:
    admission = Admission(PORT)
    app = make_app(served(shelf), admission, HOSTS)
    cookie = f"{admission.cookie_name}={admission.exchange(admission.token)}"
    return asyncio.run(ask(app, "GET", path, [("host", HOST), ("cookie", cookie)]))


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/api/runs", "runs"),
        (f"/api/runs/{KEY}", f"run {KEY}"),
        (f"/api/runs/{KEY}/report", f"report {KEY}"),
        ("/api/audits", "audits"),
        (f"/api/audits?run={KEY}&run={OTHER}", f"audits {KEY} {OTHER}"),
        (f"/api/transcripts/{KEY}/{OTHER}", f"transcript {KEY} {OTHER}"),
        (f"/api/transcripts/{KEY}/{OTHER}/reading", f"reading {KEY} {OTHER} None"),
        (f"/api/transcripts/{KEY}/{OTHER}/reading?set={KEY}", f"reading {KEY} {OTHER} {KEY}"),
        (f"/api/transcripts/{KEY}/{OTHER}/raw", f"raw {KEY} {OTHER}"),
        ("/api/search?q=a%20b&x=1", "search a b"),
        (f"/api/search?q=&run={KEY}", f"search  {KEY}"),
        (f"/api/compare?left={KEY}&right={OTHER}", f"compare {KEY} {OTHER} None None"),
        (
            f"/api/compare?left={KEY}&right={OTHER}&left_target=a/b&right_target=c",
            f"compare {KEY} {OTHER} a/b c",
        ),
    ],
)
def test_an_address_asks_for_one_thing(path: str, asked: str) -> None:
    shelf = Shelf()
    answer = get(shelf, path)
    assert (answer.status, answer.body, shelf.asked) == (200, b"{}", [asked])
    assert ("content-type", "application/json") in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/api/runs/x",
        f"/api/runs/{KEY.upper()}",
        f"/api/runs/{KEY}0",
        f"/api/transcripts/{KEY}/x",
        "/api/audits?run=",
        "/api/audits?run=..%2f..%2fetc%2fpasswd",
        f"/api/audits?run={KEY}%00",
        f"/api/audits?run={KEY}%0a",
        "/api/audits?" + "&".join(f"run={KEY}" for _ in range(2001)),
        f"/api/transcripts/{KEY}/{KEY}/reading?set=..",
        "/api/search",
        f"/api/search?q={'x' * 1001}",
        "/api/search?q=x&run=*",
        "/api/compare?left=x&right=y",
        f"/api/compare?left={KEY}",
        f"/api/compare?left={KEY}&right={KEY}&left_target={'x' * 1001}",
    ],
)
def test_what_cannot_be_a_key_is_not_looked_for(path: str) -> None:
    shelf = Shelf()
    answer = get(shelf, path)
    assert (answer.status, shelf.asked) == (400, [])
    assert "etc" not in json.loads(answer.body)["problem"]


@pytest.mark.parametrize(
    ("key", "status", "problem"),
    [
        ("0", 404, "no run has the key 000000000000"),
        ("1", 503, "a.eval: is damaged"),
        ("2", 503, "a file could not be read or written: Permission denied"),
    ],
)
def test_a_fault_is_told_without_paths(
    key: str, status: int, problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = get(Shelf(tmp_path / "secret"), f"/api/runs/{key * 12}")
    assert (answer.status, json.loads(answer.body)) == (status, {"problem": problem})
    assert str(tmp_path) not in capsys.readouterr().err


def test_a_fault_of_ours_is_told_in_the_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):  # for whoever serves it, after the answer was given
        get(Shelf(tmp_path), f"/api/runs/{'3' * 12}")
    assert (
        capsys.readouterr().err == "petri: a request failed: ZeroDivisionError; PETRI_DEBUG=1 shows where\n"
    )


@pytest.mark.parametrize(
    ("source", "mode", "indexing"), [(Shelf(), "view", True), (desk(), "annotate", False)]
)
def test_the_server_says_what_it_is(source: Shelf, mode: str, indexing: bool) -> None:  # noqa: FBT001 -- a table
    admission = Admission(PORT)
    app = make_app(served(source), admission, HOSTS)
    cookie = f"{admission.cookie_name}={admission.exchange(admission.token)}"
    about = json.loads(asyncio.run(ask(app, "GET", "/api/about", [("host", HOST), ("cookie", cookie)])).body)
    assert (about["mode"], about["title"], about["indexing"] is not None) == (mode, "runs", indexing)


# The token


def exchange(admission: Admission, body: str | bytes) -> Answer:
    app = make_app(served(Shelf()), admission, HOSTS)
    headers = [("host", HOST), ("content-type", "application/json"), ("x-petri", "1")]
    text = body.encode() if isinstance(body, str) else body
    return asyncio.run(ask(app, "POST", "/api/session", headers, text))


def with_token(admission: Admission, token: str) -> Answer:
    return exchange(admission, json.dumps({"token": token}))


def test_the_token_becomes_a_cookie_that_no_script_and_no_other_site_has() -> None:
    admission = Admission(PORT)
    answer = with_token(admission, admission.token)
    assert (answer.status, json.loads(answer.body)) == (200, {"saved": True})
    (cookie,) = SimpleCookie(dict(answer.headers)["set-cookie"]).values()
    assert cookie.key == f"petri_{PORT}"
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "strict", "/")
    assert (cookie["domain"], cookie["expires"], cookie["max-age"]) == ("", "", "")
    assert admission.admits([cookie.value])
    assert admission.token not in dict(answer.headers)["set-cookie"]


@pytest.mark.parametrize("token", ["", "x", "é", "\0", "x" * 200, "\ud800"])
def test_a_wrong_token_is_refused(token: str) -> None:
    answer = with_token(Admission(PORT), token)
    assert answer.status in {400, 403}
    assert "set-cookie" not in dict(answer.headers)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{}",
        '"x"',
        '{"token": 1}',
        '{"token": null}',
        '{"token": ["x"]}',
        '{"token": "x", "more": 1}',
        json.dumps({"token": "x" * 201}),
        "[" * 100_000,
        b"\xff\xfe",
        '{"__proto__": {"token": "x"}}',
    ],
)
def test_what_is_no_token_is_refused(body: str | bytes) -> None:
    answer = exchange(Admission(PORT), body)
    assert (answer.status, json.loads(answer.body)) == (400, {"problem": 'this takes {"token": "…"}'})


def test_two_servers_have_nothing_in_common() -> None:
    one, other = Admission(PORT), Admission(PORT)
    assert with_token(one, other.token).status == 403
    cookie = one.exchange(one.token)
    assert cookie is not None
    assert not other.admits([cookie])


def test_the_token_may_be_ones_own() -> None:
    assert with_token(Admission(PORT, "correct-horse-battery"), "correct-horse-battery").status == 200


def test_a_token_for_one_time_is_good_once() -> None:
    admission = Admission(PORT)
    once = admission.make_once()
    assert [with_token(admission, once).status for _ in range(2)] == [200, 403]
    assert with_token(admission, admission.token).status == 200


def test_guessing_is_stopped_for_a_while() -> None:
    clock = Clock()
    admission = Admission(PORT, clock=clock)
    for _ in range(9):
        assert with_token(admission, "wrong").status == 403
        clock.now += 1
    assert with_token(admission, admission.token).status == 200
    with_token(admission, "wrong")
    assert with_token(admission, admission.token).status == 403
    clock.now += 60
    assert with_token(admission, admission.token).status == 200


# The page


def test_the_page_is_its_files_and_no_others(tmp_path: Path) -> None:
    for name in ("index.html", "app.js", "app.css", "licences.txt", "app.js.map", ".env", "secret"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / "folder.js").mkdir()
    (tmp_path / "link.txt").symlink_to(tmp_path / "secret")
    page = read_page(tmp_path)
    assert {path: file.body.decode() for path, file in page.items()} == {
        "/": "index.html",
        "/app.js": "app.js",
        "/app.css": "app.css",
        "/licences.txt": "licences.txt",
    }
    assert page["/app.js"].kind == "text/javascript; charset=utf-8"


def test_a_page_that_was_not_built_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(NotServed, match="make web"):
        read_page(tmp_path)


def test_the_page_that_is_shipped_asks_for_nothing_from_elsewhere() -> None:
    page = read_page()
    assert {"/", "/app.js", "/app.css"} <= {*page}
    assert b"://" not in page["/"].body
    assert b"<style" not in page["/"].body
    assert page["/"].body.count(b"<script") == page["/"].body.count(b'<script src="app.js"') == 1
