"""Who may ask for what: every address, every verb, and every way of asking that is not the page's own."""

import asyncio
import json
from itertools import product
from typing import cast

import pytest
from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from petri.viewer.admission import Admission
from petri.viewer.app import bare_app, make_app
from petri.viewer.guard import HEADERS, Asked, Gate, Guard, Limits, refusal
from tests.viewer.served import HOST, HOSTS, ITEM, KEY, ORIGIN, PAGE, PORT, Answer, Shelf, ask, desk, served

VIEW = {
    ("GET", "/"),
    ("GET", "/app.js"),
    ("GET", "/api/about"),
    ("POST", "/api/session"),
    ("GET", "/api/runs"),
    ("GET", "/api/runs/{run}"),
    ("GET", "/api/runs/{run}/report"),
    ("GET", "/api/audits"),
    ("GET", "/api/transcripts/{run}/{audit}"),
    ("GET", "/api/transcripts/{run}/{audit}/reading"),
    ("GET", "/api/transcripts/{run}/{audit}/raw"),
    ("GET", "/api/search"),
    ("GET", "/api/compare"),
    ("GET", "/api/changes"),
}
ANNOTATE = {
    ("GET", "/"),
    ("GET", "/app.js"),
    ("GET", "/api/about"),
    ("POST", "/api/session"),
    ("GET", "/api/annotate/session"),
    ("GET", "/api/annotate/items/{key}"),
    ("POST", "/api/annotate/items/{key}"),
    ("POST", "/api/annotate/items/{key}/reveal"),
    ("GET", "/api/annotate/drafts/{key}"),
    ("PUT", "/api/annotate/drafts/{key}"),
}
OPEN = {("GET", path) for path in PAGE} | {("POST", "/api/session")}
VERBS = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "get",
    "POST ",
]
BAD_HOSTS: list[list[str]] = [
    [],
    [HOST, HOST],
    [HOST, "evil.test"],
    [f"rebind.test:{PORT}"],
    ["127.0.0.1"],
    [f"127.0.0.1:{PORT + 1}"],
    [f"LOCALHOST:{PORT}"],
    [f"localhost.:{PORT}"],
    [f"0.0.0.0:{PORT}"],
    [f"2130706433:{PORT}"],
    [f"127.1:{PORT}"],
    [f"[::ffff:127.0.0.1]:{PORT}"],
    [f"{HOST}@evil.test"],
    [f"{HOST}, evil.test"],
    [f" {HOST}"],
    [""],
]
BAD_ORIGINS: list[list[str]] = [
    ["http://evil.test"],
    ["null"],
    [""],
    [ORIGIN, ORIGIN],
    [ORIGIN, "http://evil.test"],
    [f"https://{HOST}"],
    [f"http://localhost:{PORT}"],  # ours, but not the one of this request's host
    ["http://127.0.0.1"],
    [f"{ORIGIN}.evil.test"],
    [f"{ORIGIN}/"],
]
BAD_SITES: list[list[str]] = [
    ["cross-site"],
    ["same-site"],
    ["Same-Origin"],
    [""],
    ["same-origin", "same-origin"],
    ["same-origin", "cross-site"],
]
JSON_FORM = [("content-type", "application/json"), ("x-petri", "1")]
ADMISSION = Admission(PORT)
TOKEN = ADMISSION.exchange(ADMISSION.token)
GATE = Gate(HOSTS, frozenset(PAGE), ADMISSION)


def addresses(app: FastAPI) -> set[tuple[str, str]]:
    """Every address of an application; one that is no plain route would fail here, and has to be told of."""
    return {
        (method, route.path) for route in cast("list[Route]", app.routes) for method in route.methods or ()
    }


def filled(path: str) -> str:
    return path.replace("{run}", KEY).replace("{audit}", KEY).replace("{key}", ITEM)


def request(
    method: str,
    path: str,
    hosts: list[str] | None = None,
    origins: list[str] | None = None,
    sites: list[str] | None = None,
    *,
    cookies: list[str] | None = None,
    form: list[tuple[str, str]] | None = None,
) -> Asked:
    """One that is the page's own but for what is named."""
    proper = JSON_FORM if method in {"POST", "PUT"} else []
    given = [
        *(("host", value) for value in ([HOST] if hosts is None else hosts)),
        *(("origin", value) for value in origins or []),
        *(("sec-fetch-site", value) for value in (["same-origin"] if sites is None else sites)),
        *(("cookie", value) for value in ([f"petri_{PORT}={TOKEN}"] if cookies is None else cookies)),
        *(proper if form is None else form),
    ]
    return Asked(method, path.encode("latin-1"), [(name.encode(), value.encode()) for name, value in given])


def status(asked: Asked) -> int | None:
    found = refusal(asked, GATE)
    return None if found is None else found.status


@pytest.mark.parametrize(("source", "known"), [(Shelf(), VIEW), (desk(), ANNOTATE)], ids=["view", "annotate"])
def test_every_address_is_in_the_table(source: Shelf, known: set[tuple[str, str]]) -> None:
    """An address that is new is tried below only if it is here; annotating has none of a judge's."""
    assert addresses(bare_app(served(source), ADMISSION)) == known


@pytest.mark.parametrize(("method", "path"), sorted(VIEW | ANNOTATE))
def test_the_page_itself_may_ask(method: str, path: str) -> None:
    for origins, host in product(([], [ORIGIN]), [HOST]):
        assert status(request(method, filled(path), [host], origins)) is None
    for name in (f"localhost:{PORT}", f"[::1]:{PORT}"):
        assert status(request(method, filled(path), [name], [f"http://{name}"])) is None
    assert status(request(method, filled(path), sites=[])) is None


@pytest.mark.parametrize(("method", "path"), sorted(VIEW | ANNOTATE))
def test_nobody_else_may(method: str, path: str) -> None:
    """The whole product, over the headers that say who asks: nothing with one wrong part is let through."""
    hosts, origins, sites = [[HOST], *BAD_HOSTS], [[], [ORIGIN], *BAD_ORIGINS], [["same-origin"], *BAD_SITES]
    for host, origin, site, verb in product(hosts, origins, sites, [method, "DELETE", "OPTIONS"]):
        good = host == [HOST] and origin in ([], [ORIGIN]) and site == ["same-origin"] and verb == method
        assert (status(request(verb, filled(path), host, origin, site)) is None) is good, (
            host,
            origin,
            site,
            verb,
        )


@pytest.mark.parametrize(("method", "path"), sorted(VIEW | ANNOTATE))
def test_an_opened_address_is_the_page_and_nothing_else(method: str, path: str) -> None:
    opened = status(request(method, filled(path), sites=["none"], cookies=[]))
    assert opened == (None if (method, path) in OPEN and method == "GET" else 403)


@pytest.mark.parametrize(("method", "path"), sorted(VIEW | ANNOTATE))
@pytest.mark.parametrize(
    "cookies",
    [
        [],
        [""],
        [f"petri_{PORT}="],
        [f"petri_{PORT}=wrong"],
        [f"petri_{PORT}={ADMISSION.token}"],
        [f"petri_{PORT + 1}={TOKEN}"],
        [f"PETRI_{PORT}={TOKEN}"],
        [f'petri_{PORT}="{TOKEN}"'],
        [f"petri_{PORT}={TOKEN}x"],
        [f"other=petri_{PORT}={TOKEN}"],
    ],
)
def test_without_the_cookie_there_is_only_the_page_and_the_exchange(
    method: str, path: str, cookies: list[str]
) -> None:
    assert status(request(method, filled(path), cookies=cookies)) == (None if (method, path) in OPEN else 401)


def test_the_cookie_is_found_among_others() -> None:
    ours = f"petri_{PORT}={TOKEN}"
    for cookies in ([f"a=b; {ours}"], ["a=b", ours], [f"petri_{PORT}=old; {ours}"], [f"{ours}; a=é"]):
        assert status(request("GET", "/api/runs", cookies=cookies)) is None


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("path", sorted({path for _, path in VIEW | ANNOTATE}))
def test_every_verb_on_every_address(verb: str, path: str) -> None:
    """What the guard lets through, the addresses have; a verb that is not theirs changes nothing."""
    for source, known in ((Shelf(), VIEW), (desk(), ANNOTATE)):
        if path in {there for _, there in known} and (verb, path) not in known:
            app = make_app(served(source), ADMISSION, HOSTS)
            asked = request(verb, filled(path))
            answer = asyncio.run(ask(app, verb, filled(path), texts(asked)))
            assert answer.status == 405
            assert "problem" in json.loads(answer.body)


def texts(asked: Asked) -> list[tuple[str, str]]:
    return [(name.decode(), value.decode()) for name, value in asked.headers]


@pytest.mark.parametrize("overriding", ["X-HTTP-Method-Override", "X-Method-Override", "_method"])
def test_a_verb_cannot_be_overridden(overriding: str) -> None:
    shelf = Shelf()
    app = make_app(served(shelf), ADMISSION, HOSTS)
    asked = [*texts(request("GET", "/api/runs")), (overriding, "DELETE")]
    assert asyncio.run(ask(app, "GET", "/api/runs", asked)).status == 200
    assert shelf.asked == ["runs"]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ([], 400),
        ([("content-type", "application/json")], 400),
        ([("x-petri", "1")], 400),
        ([("content-type", "text/plain"), ("x-petri", "1")], 400),
        ([("content-type", "application/json-seq"), ("x-petri", "1")], 400),
        ([("content-type", "text/plain; application/json"), ("x-petri", "1")], 400),
        ([("content-type", "application/x-www-form-urlencoded"), ("x-petri", "1")], 400),
        ([("content-type", "multipart/form-data; boundary=x"), ("x-petri", "1")], 400),
        ([("content-type", "application/json; charset=utf-16"), ("x-petri", "1")], 400),
        ([("content-type", "application/json"), ("content-type", "text/plain"), ("x-petri", "1")], 400),
        ([("content-type", "application/json"), ("x-petri", "0")], 400),
        ([("content-type", "application/json"), ("x-petri", "1"), ("x-petri", "1")], 400),
        ([*JSON_FORM, ("content-length", "1"), ("transfer-encoding", "chunked")], 400),
        ([*JSON_FORM, ("content-length", "1000001")], 413),
        ([*JSON_FORM, ("content-length", "-1")], 413),
        ([*JSON_FORM, ("content-length", "²")], 413),
        ([*JSON_FORM, ("content-length", "1000000")], None),
        ([("content-type", "Application/JSON; charset=UTF-8"), ("x-petri", "1")], None),
    ],
)
@pytest.mark.parametrize(("method", "path"), sorted(pair for pair in VIEW | ANNOTATE if pair[0] != "GET"))
def test_what_is_written_has_one_form(
    method: str, path: str, form: list[tuple[str, str]], expected: int | None
) -> None:
    assert status(request(method, filled(path), form=form)) == expected


@pytest.mark.parametrize("form", [[("content-length", "2")], [("transfer-encoding", "chunked")]])
def test_what_is_read_has_no_body(form: list[tuple[str, str]]) -> None:
    assert status(request("GET", "/api/runs", form=form)) == 400
    assert status(request("GET", "/api/runs", form=[("content-length", "0")])) is None


@pytest.mark.parametrize(
    "path",
    [
        "",
        "*",
        "//",
        "//evil.test/",
        "http://evil.test/",
        f"http://{HOST}/",
        "/../etc/passwd",
        "/static/../../etc/passwd",
        "/%2e%2e/etc/passwd",
        "/%252e%252e/etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/..%c0%af..%c0%afetc/passwd",
        "/....//etc/passwd",
        "/.env",
        "/app.js/..",
        "/./app.js",
        "/app.js.",
        "/app.js ",
        "/app.js%00",
        "/app.js\0.html",
        "/app.js%0d%0aSet-Cookie:a=b",
        "/\\evil.test\\share",
        "/..\\..\\windows\\win.ini",
        "/C:/windows/win.ini",
        "/app.js::$DATA",
        "/~root",
        "/api/runs/",
        "/api/runs//x",
        "/api/transcripts/../runs",
        "/api/runs/%2e%2e%2fabout",
        "/api/runs/0123456789ab%2f..%2f..",
        "/api/runs/é",
        "/api/runs/file:///etc/passwd",
    ],
)
def test_an_address_is_made_of_plain_names(path: str) -> None:
    assert status(request("GET", path)) == 404


@pytest.mark.parametrize(
    "path",
    [
        "/index.html",
        "/static/app.js",
        "/app",
        "/etc/passwd",
        "/proc/self/environ",
        "/CON",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/favicon.ico",
        "/api",
        "/api/annotate/session",
        "/api/runs/0123456789ab/audits",
        "/api/runs/0123456789ab/report/report.html",
        f"/api/transcripts/{KEY}",
        f"/api/transcripts/{KEY}/{KEY}/log.eval",
    ],
)
def test_what_is_not_an_address_is_not_there(path: str) -> None:
    app = make_app(served(Shelf()), ADMISSION, HOSTS)
    answer = asyncio.run(ask(app, "GET", path, texts(request("GET", path))))
    assert (answer.status, json.loads(answer.body)) == (404, {"problem": "there is nothing here"})


def answered(app: Guard, method: str, path: str, body: bytes = b"") -> Answer:
    return asyncio.run(ask(app, method, path, texts(request(method, path.partition("?")[0])), body))


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/", 200),
        ("GET", "/api/runs", 200),
        ("GET", "/api/runs/nothing", 400),
        ("GET", "/nothing", 404),
        ("GET", "/api/runs/000000000000", 404),
        ("GET", "/api/runs/111111111111", 503),
        ("GET", "/api/runs/222222222222", 503),
        ("GET", "/api/runs/333333333333", 500),
        ("DELETE", "/api/runs", 405),
        ("POST", "/api/session", 400),
    ],
)
def test_every_answer_has_the_headers(method: str, path: str, expected: int) -> None:
    app = make_app(served(Shelf()), ADMISSION, HOSTS)

    async def asked() -> Answer:
        try:
            return await ask(app, method, path, texts(request(method, path)))
        except ZeroDivisionError:  # told to whoever serves it, after the answer
            return Answer(500, [(name.decode(), value.decode()) for name, value in HEADERS.items()])

    answer = asyncio.run(asked())
    assert answer.status == expected
    for name, value in HEADERS.items():
        assert [given for key, given in answer.headers if key == name.decode()] == [value.decode()]
    assert not {name for name, _ in answer.headers} & {
        "server",
        "x-powered-by",
        "access-control-allow-origin",
    }


def test_the_policy_allows_no_script_but_ours() -> None:
    rules = dict(rule.split(" ", 1) for rule in HEADERS[b"content-security-policy"].decode().split("; "))
    assert rules == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


async def _loose(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that knows nothing of security."""
    headers = [(b"Cache-Control", b"public"), (b"x-frame-options", b"ALLOWALL"), (b"x-own", b"1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


def test_the_headers_replace_an_applications_own() -> None:
    answer = asyncio.run(ask(Guard(_loose, GATE), "GET", "/", texts(request("GET", "/"))))
    assert dict(answer.headers) == {"x-own": "1"} | {
        key.decode(): value.decode() for key, value in HEADERS.items()
    }
    assert len(answer.headers) == len(HEADERS) + 1


def test_a_websocket_is_refused() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "websocket", "path": "/api/changes", "headers": []}
    asyncio.run(Guard(_loose, GATE)(scope, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_too_much_is_not_listened_to() -> None:
    app = Guard(_loose, Gate(HOSTS, frozenset(PAGE), ADMISSION, Limits(body=10)))
    assert answered(app, "POST", "/api/session", b"0123456789").status == 200
    assert answered(app, "POST", "/api/session", b"0123456789x").status == 413


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    app = Guard(_loose, Gate(HOSTS, frozenset(PAGE), ADMISSION, Limits(seconds=0.05)))
    statuses: list[int] = []

    async def receive() -> Message:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def send(message: Message) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    asked = request("POST", "/api/session")
    scope: Scope = {"type": "http", "method": "POST", "path": "/api/session", "raw_path": b"/api/session"}
    asyncio.run(app({**scope, "headers": asked.headers}, receive, send))
    assert statuses == [400]


def test_only_so_many_are_answered_at_once() -> None:
    app = make_app(served(Shelf()), ADMISSION, HOSTS)
    few = Guard(app, Gate(HOSTS, frozenset(PAGE), ADMISSION, Limits(at_once=2)))

    async def crowd() -> list[int]:
        slow, quick = f"/api/runs/{'4' * 12}", "/api/runs"
        waiting = [asyncio.create_task(ask(few, "GET", slow, texts(request("GET", slow)))) for _ in range(2)]
        await asyncio.sleep(0.05)
        refused = await ask(few, "GET", quick, texts(request("GET", quick)))
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        again = await ask(few, "GET", quick, texts(request("GET", quick)))
        return [refused.status, again.status]

    assert asyncio.run(crowd()) == [503, 200]


def test_what_is_broken_off_at_the_end_is_answered_too() -> None:
    app = make_app(served(Shelf()), ADMISSION, HOSTS)
    path = f"/api/runs/{'4' * 12}"
    said: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    async def send(message: Message) -> None:
        said.append(message)

    async def broken_off() -> None:
        scope: Scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
        }
        task = asyncio.create_task(
            app({**scope, "root_path": "", "headers": request("GET", path).headers}, receive, send)
        )
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(broken_off())
    assert said[0]["status"] == 503
    assert dict(said[0]["headers"])[b"x-frame-options"] == b"DENY"
