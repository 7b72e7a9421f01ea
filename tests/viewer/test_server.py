"""The server over real sockets: what is no proper request, who can reach it, and how it listens."""

import http.client
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from petri.errors import NotServed
from petri.viewer.address import PORT, Listening, check_token, listen
from petri.viewer.admission import Admission
from petri.viewer.app import make_app
from petri.viewer.connection import Connection
from petri.viewer.guard import HEADERS
from tests.viewer.served import KEY, Shelf, open_port, raw, rest, running, served


class Hasty(Connection):
    """One that waits for a third of a second."""

    PATIENCE = 0.3


class Few(Connection):
    """One of which there are four at most."""

    MOST = 4


@dataclass
class Site:
    """A server that runs."""

    port: int
    admission: Admission
    shelf: Shelf

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def cookie(self) -> str:
        return f"{self.admission.cookie_name}={self.admission.exchange(self.admission.token)}"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    yield from _site(Connection)


@pytest.fixture(scope="module")
def hasty() -> Iterator[Site]:
    yield from _site(Hasty)


def _site(connection: type[Connection]) -> Iterator[Site]:
    listening, admission = open_port()
    shelf = Shelf()
    with running(make_app(served(shelf), admission, listening.authorities()), listening, connection):
        yield Site(listening.port, admission, shelf)


def head(answer: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    pairs = [line.partition(": ") for line in lines]
    return int(first.split()[1]), {name.lower(): value for name, _, value in pairs}


def assert_refused(answer: bytes, status: int) -> None:
    """Refused as everything is: with every header, as a problem, and with nothing of the machine's."""
    given, headers = head(answer)
    assert given == status
    for name, value in HEADERS.items():
        assert headers[name.decode()] == value.decode()
    assert "server" not in headers
    problem = json.loads(answer.partition(b"\r\n\r\n")[2])["problem"]
    assert not re.search(r"/\w+/|Traceback|\.py|uvicorn|starlette", problem)


def test_a_browser_gets_the_page_and_then_what_it_asks_for(site: Site) -> None:
    client = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    client.request("GET", "/", headers={"Sec-Fetch-Site": "none"})
    assert client.getresponse().read() == b"<!doctype html>"
    same = {"Origin": f"http://{site.host}", "Sec-Fetch-Site": "same-origin"}
    form = same | {"Content-Type": "application/json", "X-Petri": "1"}
    client.request("POST", "/api/session", json.dumps({"token": site.admission.token}), form)
    answer = client.getresponse()
    assert answer.read() == b'{"saved":true}'
    cookie = str(answer.headers["set-cookie"]).partition(";")[0]
    client.request("GET", f"/api/runs/{KEY}", headers=same | {"Cookie": cookie})
    assert client.getresponse().read() == b"{}"
    assert site.shelf.asked[-1] == f"run {KEY}"
    client.close()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("GET / HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.test\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n", 403),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.0\r\n\r\n", 400),
        ("GET http://evil.test/ HTTP/1.1\r\nHost: {host}\r\n\r\n", 404),
        ("GET http://{host}/ HTTP/1.1\r\nHost: evil.test\r\n\r\n", 403),
        ("GET //evil.test/ HTTP/1.1\r\nHost: {host}\r\n\r\n", 404),
        ("GET * HTTP/1.1\r\nHost: {host}\r\n\r\n", 404),
        ("GET /app.js#x HTTP/1.1\r\nHost: {host}\r\n\r\n", 404),
        ("GET /..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: {host}\r\n\r\n", 404),
        ("GET /../../etc/passwd HTTP/1.1\r\nHost: {host}\r\n\r\n", 404),
        ("GET /\\..\\..\\windows HTTP/1.1\r\nHost: {host}\r\n\r\n", 404),
        ("GET /app.js%00 HTTP/1.1\r\nHost: {host}\r\n\r\n", 404),
        ("GET /a\0b HTTP/1.1\r\nHost: {host}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nX: a\0b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : {host}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n Host: {host}\r\n\r\n", 400),
        ("GET /\r\n\r\n", 400),
        ("\x16\x03\x01\x02\r\n\r\n", 400),
        ("TRACE / HTTP/1.1\r\nHost: {host}\r\n\r\n", 405),
        ("CONNECT evil.test:443 HTTP/1.1\r\nHost: {host}\r\n\r\n", 405),
        (
            (
                "OPTIONS /api/runs HTTP/1.1\r\nHost: {host}\r\nOrigin: http://evil.test\r\n"
                "Access-Control-Request-Method: GET\r\n\r\n"
            ),
            405,
        ),
        (
            (
                "OPTIONS /api/session HTTP/1.1\r\nHost: {host}\r\nOrigin: http://evil.test\r\n"
                "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-petri, content-type\r\n\r\n"
            ),
            405,
        ),
        ("GET /api/changes HTTP/1.1\r\nHost: {host}\r\n\r\n", 401),
        (
            "GET /api/changes HTTP/1.1\r\nHost: {host}\r\nOrigin: http://evil.test\r\nCookie: {cookie}\r\n\r\n",
            403,
        ),
        (
            "GET /api/changes HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-site\r\nCookie: {cookie}\r\n\r\n",
            403,
        ),
        (
            (
                "GET /api/changes HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            ),
            401,
        ),
        ("GET /api/runs HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nContent-Length: 3\r\n\r\nabc", 400),
        (
            (
                "POST /api/session HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\n"
                '{"token":""}'
            ),
            400,
        ),
        (
            (
                "POST /api/session HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nX-Petri: 1\r\n"
                "Content-Length: 9000000\r\n\r\n"
            ),
            413,
        ),
        (
            (
                "POST /api/session HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nX-Petri: 1\r\n"
                "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"
            ),
            400,
        ),
        (
            (
                "POST /api/session HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nX-Petri: 1\r\n"
                "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n"
            ),
            400,
        ),
    ],
)
def test_what_is_not_asked_properly_is_refused(site: Site, text: str, status: int) -> None:
    sent = text.replace("{host}", site.host).replace("{cookie}", site.cookie)
    assert_refused(raw(site.port, sent.encode("latin-1")), status)


def test_a_head_that_is_too_long_is_refused(site: Site) -> None:
    assert_refused(raw(site.port, b"GET / HTTP/1.1\r\nX: " + b"a" * 65_530), 400)


def test_a_body_that_is_too_long_is_refused_before_its_end(site: Site) -> None:
    start = (
        f"POST /api/session HTTP/1.1\r\nHost: {site.host}\r\nContent-Type: application/json\r\nX-Petri: 1\r\n"
    )
    chunk = b"186A0\r\n" + b" " * 100_000 + b"\r\n"
    assert_refused(
        raw(site.port, f"{start}Transfer-Encoding: chunked\r\n\r\n".encode() + chunk * 10 + b"1\r\n \r\n"),
        413,
    )


def test_the_stream_of_changes_is_one_of_events(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as client:
        client.sendall(
            f"GET /api/changes HTTP/1.1\r\nHost: {site.host}\r\nCookie: {site.cookie}\r\n\r\n".encode()
        )
        said = b""
        while b"data: {}" not in said:
            said += client.recv(4096)
    status, headers = head(said)
    assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"])
def test_who_does_not_say_what_they_want_is_sent_away(hasty: Site, sent: bytes) -> None:
    assert raw(hasty.port, sent) == b""


def test_drops_gain_no_time(hasty: Site) -> None:
    with socket.create_connection(("127.0.0.1", hasty.port), timeout=20) as client:
        with suppress(ConnectionError):
            for _ in range(100):
                client.sendall(b"X")
                time.sleep(0.02)
        assert rest(client) == b""


def test_who_asks_may_stay(hasty: Site) -> None:
    client = http.client.HTTPConnection("127.0.0.1", hasty.port, timeout=20)
    for _ in range(3):
        client.request("GET", "/")
        assert client.getresponse().read() == b"<!doctype html>"
        time.sleep(0.4)
    client.close()


def test_more_connections_than_a_browser_has_are_cut() -> None:
    listening, admission = open_port()
    with running(make_app(served(Shelf()), admission, listening.authorities()), listening, Few):
        opened = [socket.create_connection(("127.0.0.1", listening.port), timeout=20) for _ in range(5)]
        assert rest(opened[-1]) == b""
        opened[0].sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert head(rest(opened[0]))[0] == 400
        for client in opened:
            client.close()


# Where it listens


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_only_this_machine_is_listened_to(host: str) -> None:
    listening = listen(host, 0, None)
    with listening.socket:
        assert listening.loopback
        assert listening.socket.getsockname()[0] in {"127.0.0.1", "::1"}
        assert listening.url == f"http://{host}:{listening.port}/"
        names = {name.rpartition(":")[0] for name in listening.authorities()}
        assert names == {"127.0.0.1", "localhost", "[::1]"}


@pytest.fixture
def bound(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The addresses that were bound, or would have been."""
    addresses: list[object] = []
    bind = socket.socket.bind

    def noted(self: socket.socket, address: tuple[str, int]) -> None:
        addresses.append(address)
        bind(self, address)

    monkeypatch.setattr(socket.socket, "bind", noted)
    return addresses


OWN = "a-token-of-some-length"


@pytest.mark.parametrize(
    ("host", "token", "match"),
    [
        ("192.0.2.1", None, "--token"),
        ("10.0.0.5", None, "--token"),
        ("169.254.0.1", None, "--token"),
        ("2001:db8::1", None, "--token"),
        ("0.0.0.0", None, "every address"),
        ("0.0.0.0", OWN, "every address"),
        ("::", OWN, "every address"),
        ("", OWN, "every address"),
        ("two words", OWN, "no address"),
    ],
)
def test_an_address_that_others_can_reach_is_refused_before_anything_is_open(
    bound: list[object], monkeypatch: pytest.MonkeyPatch, host: str, token: str | None, match: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _unresolved if host else socket.getaddrinfo)
    with pytest.raises(NotServed, match=match):
        listen(host, 0, token)
    assert bound == []


def _unresolved(*_: object, **__: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_with_a_token_it_may_be_another_address(bound: list[object]) -> None:
    with pytest.raises(NotServed, match="port 0: Cannot assign requested address"):
        listen("192.0.2.1", 0, OWN)  # of a network that no machine is in
    assert bound == [("192.0.2.1", 0)]


def test_a_name_of_ones_own_is_the_only_one_that_others_may_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        port = opened.getsockname()[1]
        assert Listening(opened, "Box.Example", port, loopback=False).authorities() == {
            f"box.example:{port}",
            f"127.0.0.1:{port}",  # what it is bound to
        }


@pytest.mark.parametrize(
    "token", ["", "short", "x" * 15, "x" * 16 + " ", "x" * 16 + "#", "x" * 16 + "é", "&" * 20]
)
def test_a_token_that_could_be_guessed_or_not_be_written_is_refused(token: str) -> None:
    with pytest.raises(NotServed, match="16 letters"):
        check_token(token)


@pytest.mark.parametrize("token", ["x" * 16, "0123456789abcdef", "-_-_-_-_-_-_-_-_", "A" * 100])
def test_a_token_of_some_length_is_taken(token: str) -> None:
    check_token(token)


def test_a_port_that_is_taken_is_an_error_where_it_was_asked_for() -> None:
    with listen("127.0.0.1", 0, None).socket as first:
        port = first.getsockname()[1]
        with pytest.raises(NotServed, match=f"port {port}: Address already in use; --port 0"):
            listen("127.0.0.1", port, None)


def test_without_a_port_it_is_the_first_that_is_free() -> None:
    first = listen("127.0.0.1", None, None)
    second = listen("127.0.0.1", None, None)
    with first.socket, second.socket:
        assert PORT <= first.port < second.port < PORT + 32


def test_all_ports_taken_is_an_error() -> None:
    opened: list[socket.socket] = []

    def take_all() -> None:
        opened.extend(listen("127.0.0.1", None, None).socket for _ in range(33))

    with pytest.raises(NotServed, match="the ports 7387 to 7418: Address already in use"):
        take_all()
    for taken in opened:
        taken.close()


def test_a_port_can_be_taken_again_at_once() -> None:
    listening, admission = open_port()
    with running(make_app(served(Shelf()), admission, listening.authorities()), listening):
        assert head(raw(listening.port, b"GET / HTTP/1.1\r\n\r\n"))[0] == 400
    again = listen("127.0.0.1", listening.port, None)
    again.socket.close()
