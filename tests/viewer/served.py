"""A server whose library says canned things: what stands before it is what is tried."""

import asyncio
import socket
import threading
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp, Message, Scope

from petri.errors import UnknownKey, UnreadableLog
from petri.transcript.folders import Run
from petri.viewer.address import Listening, listen
from petri.viewer.admission import Admission
from petri.viewer.app import Served
from petri.viewer.connection import Connection
from petri.viewer.desk import Desk
from petri.viewer.library import Library
from petri.viewer.reader import Reader
from petri.viewer.server import make_server
from petri.viewer.static_files import StaticFile
from petri.viewer.wire_server import Indexing

PORT = 7387
HOSTS = frozenset({f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"[::1]:{PORT}"})
HOST = f"127.0.0.1:{PORT}"
ORIGIN = f"http://{HOST}"
KEY, ITEM = "0123456789ab", "0123456789ab0123456789ab"
PAGE = {"/": StaticFile(b"<!doctype html>", "text/html"), "/app.js": StaticFile(b"0", "text/javascript")}

Headers = Sequence[tuple[str, str]]


class Shelf(Library):
    """Says what it was asked for."""

    def __init__(self, hidden: Path | None = None) -> None:
        super().__init__(Path("runs"))
        self.asked: list[str] = []
        self.hidden = hidden

    def _say(self, *what: object) -> bytes:
        self.asked.append(" ".join(map(str, what)))
        return b"{}"

    async def start(self) -> None:
        self.asked.append("start")

    async def close(self) -> None:
        self.asked.append("close")

    def indexing(self) -> bytes:
        return Indexing(runs_done=0, runs=0, texts_done=0, texts=0).model_dump_json().encode()

    async def runs(self) -> bytes:
        return self._say("runs")

    async def run(self, run: str) -> bytes:
        if run == "0" * 12:
            raise UnknownKey(f"no run has the key {run}")
        if run == "1" * 12:
            raise UnreadableLog("a.eval: is damaged")
        if run == "2" * 12:
            raise PermissionError(13, "Permission denied", str(self.hidden))
        if run == "3" * 12:
            raise ZeroDivisionError(f"in {self.hidden}")
        if run == "4" * 12:
            await asyncio.sleep(60)
        return self._say("run", run)

    async def audits(self, runs: Sequence[str] = ()) -> bytes:
        return self._say("audits", *runs)

    async def transcript(self, run: str, audit: str) -> bytes:
        return self._say("transcript", run, audit)

    async def reading(self, run: str, audit: str, judged: str | None = None) -> bytes:
        return self._say("reading", run, audit, judged)

    async def raw(self, run: str, audit: str) -> bytes:
        return self._say("raw", run, audit)

    async def search(self, query: str, runs: Sequence[str] = (), limit: int = 50) -> bytes:
        return self._say("search", query, *runs)

    async def compare(
        self, left: str, right: str, left_target: str | None = None, right_target: str | None = None
    ) -> bytes:
        return self._say("compare", left, right, left_target, right_target)

    async def report(self, run: str) -> bytes:
        return self._say("report", run)

    async def changes(self) -> AsyncGenerator[bytes]:
        yield self._say("changes")
        await asyncio.sleep(60)


def served(source: Library | Desk) -> Served:
    return Served(title="runs", version="0", source=source, page=PAGE)


def desk(run: Run | None = None, annotator: str = "reader-1") -> Desk:
    return Desk(Reader(), run or Run(Path("run")), annotator, "random")


@dataclass
class Answer:
    """What came back of one request."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    body: bytes = b""


async def ask(app: ASGIApp, method: str, path: str, headers: Headers = (), body: bytes = b"") -> Answer:
    """Ask an application, as a server would, without one."""
    bare, _, query = path.partition("?")
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": bare,
        "raw_path": bare.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
    }
    answer = Answer()
    sent = asyncio.Event()
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if pending:
            return pending.pop()
        await sent.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = [(name.decode(), value.decode()) for name, value in message["headers"]]
        else:
            answer.body += message.get("body", b"")
            if not message.get("more_body", False) or answer.body:
                sent.set()

    await app(scope, receive, send)
    return answer


@contextmanager
def running(app: ASGIApp, listening: Listening, connection: type[Connection] = Connection) -> Generator[None]:
    """Serve from another thread while the block runs."""
    server = make_server(app, connection)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening.socket])))
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


def open_port() -> tuple[Listening, Admission]:
    listening = listen("127.0.0.1", 0, None)
    return listening, Admission(listening.port)


def raw(port: int, data: bytes, *, wait: float = 20) -> bytes:
    """Send bytes as they are, and give all that comes until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as client:
        client.sendall(data)
        return rest(client)


def rest(client: socket.socket) -> bytes:
    """Give all that comes until the other side closes; one that does so with bytes unread is reset."""
    said = b""
    with suppress(ConnectionResetError):
        while part := client.recv(65536):
            said += part
    return said
