"""A front to the loopback server that spoils what goes over the wire, where a reply's header asks for it."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Final
from urllib.parse import urlsplit

from tests.loopback import LoopbackServer
from tests.loopback.server import Response

SPOIL: Final = "x-spoil"
"""The header of a reply that names how it is spoilt; an argument may follow, such as ``cut-at 3``."""
GARBAGE: Final = bytes(range(1, 200))
_SLOW: Final = 0.2
_RESET: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """A connection on which an answer is due."""

    socket: socket.socket
    gone: threading.Event
    """Set when the front ends, so that nobody is kept waiting for an answer that never comes."""

    def say(self, data: bytes) -> None:
        """Send something."""
        self.socket.sendall(data)

    def reset(self) -> None:
        """Have the connection reset, instead of closed in good order."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def hang(self) -> None:
        """Say nothing more, and leave the connection open."""
        self.gone.wait()


def _head(response: Response, *more: str, sized: bool = True) -> bytes:
    lines = [f"HTTP/1.1 {response.status} Fine", "Connection: close", *more]
    if not any(line.lower().startswith("content-type") for line in more):
        lines.append(f"Content-Type: {response.content_type}")
    if sized:
        lines.append(f"Content-Length: {len(response.body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _boundary(body: bytes, number: int) -> int:
    """Where so many of the events of a stream have ended; of another answer, so many eighths of it."""
    events = body.split(b"\n\n")
    if len(events) > 1:
        return len(b"\n\n".join(events[:number])) + 2
    return len(body) * number // 8


def _reset_before_headers(line: Line, _: Response, __: str) -> None:
    line.reset()


def _reset_in_headers(line: Line, response: Response, _: str) -> None:
    line.say(_head(response)[:30])
    line.reset()


def _reset_at(line: Line, response: Response, number: str) -> None:
    line.say(_head(response) + response.body[: _boundary(response.body, int(number))])
    time.sleep(_SLOW)  # so that what was sent arrives before the reset overtakes it
    line.reset()


def _cut_at(line: Line, response: Response, number: str) -> None:
    line.say(_head(response, sized=False) + response.body[: _boundary(response.body, int(number))])


def _stall_at(line: Line, response: Response, number: str) -> None:
    line.say(_head(response) + response.body[: _boundary(response.body, int(number))])
    line.hang()


def _drip(line: Line, response: Response, _: str) -> None:
    for byte in _head(response) + response.body:
        line.say(bytes([byte]))
        if line.gone.wait(_SLOW):
            return


def _silence(line: Line, _: Response, __: str) -> None:
    line.hang()


def _as_text(line: Line, response: Response, _: str) -> None:
    line.say(_head(response, "Content-Type: text/plain") + response.body)


def _as_gzip(line: Line, response: Response, _: str) -> None:
    spoilt = Response(response.status, GARBAGE, content_type=response.content_type)
    line.say(_head(spoilt, "Content-Encoding: gzip") + GARBAGE)


def _two_headers(line: Line, response: Response, _: str) -> None:
    line.say(_head(response, "Retry-After: 1", "Retry-After: 3600") + response.body)


_WAYS: Final[Mapping[str, Callable[[Line, Response, str], None]]] = {
    "reset-before-headers": _reset_before_headers,
    "reset-in-headers": _reset_in_headers,
    "reset-at": _reset_at,
    "cut-at": _cut_at,
    "stall-at": _stall_at,
    "drip": _drip,
    "silence": _silence,
    "as-text": _as_text,
    "as-gzip": _as_gzip,
    "two-headers": _two_headers,
}


class Front(ThreadingTCPServer):
    """Takes requests in the place of a loopback server, and spoils its answers on their way back."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, behind: LoopbackServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = behind
        self.gone = threading.Event()
        self.connections = 0
        """How many connections spoke HTTP."""

    @property
    def url(self) -> str:
        """The base URL for Anthropic clients; that of OpenAI's has `/v1` behind it."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"


class _Handler(BaseHTTPRequestHandler):
    timeout = 30

    def do_POST(self) -> None:
        assert isinstance(self.server, Front)
        front = self.server
        front.connections += 1
        size = int(self.headers.get("content-length", 0))
        raw = self.rfile.read(size)
        if len(raw) < size:
            return  # the sender gave up while it sent
        headers = {name.lower(): value for name, value in self.headers.items()}
        if "://" in self.path:
            # Only who takes us for a proxy names the host here.
            self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        response = front.behind.answer(urlsplit(self.path).path, headers, raw)
        way, _, argument = response.headers.get(SPOIL, "").partition(" ")
        line = Line(self.connection, front.gone)
        with suppress(OSError):  # who was kept waiting may have hung up
            if way:
                _WAYS[way](line, response, argument)
            else:
                told = [f"{name}: {value}" for name, value in response.headers.items()]
                line.say(_head(response, *told) + response.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its name there
        """Say nothing."""

    def handle_error(self, *_: object) -> None:
        """Say nothing: a TLS handshake is no HTTP."""


@contextmanager
def front_of(behind: LoopbackServer) -> Generator[Front]:
    """A running front."""
    with Front(behind) as front:
        thread = threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield front
        finally:
            front.gone.set()
            front.shutdown()
            thread.join()
