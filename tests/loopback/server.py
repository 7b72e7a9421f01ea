"""An HTTP server on the loopback interface that speaks the providers' three wire formats."""

import json
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import count
from socketserver import ThreadingTCPServer
from typing import Protocol
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from . import chat, messages, responses
from .exchange import Exchange, JsonObject, Reply, Responder, Wire
from .rules import Refusal, check

ANTHROPIC_ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


class Dialect(Protocol):
    """What a wire format's module offers: the request read, the reply written, the same as a stream."""

    def parse(self, number: int, headers: Mapping[str, str], body: JsonObject) -> Exchange: ...

    def encode(self, exchange: Exchange, reply: Reply) -> JsonObject: ...

    def events(self, exchange: Exchange, answer: JsonObject) -> Iterator[JsonObject | str]: ...


PATHS: Mapping[str, tuple[Wire, Dialect]] = {
    "/v1/chat/completions": ("chat", chat),
    "/v1/responses": ("responses", responses),
    "/v1/messages": ("messages", messages),
}
COUNT_TOKENS = ("/v1/messages/count_tokens", "/v1/responses/input_tokens")
"""Asked by Inspect for the share of reasoning in a reply, and before it sums up; answered, and not recorded."""
BODY = TypeAdapter(JsonObject)


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back over the wire."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    content_type: str = "application/json"


def error_body(wire: Wire, status: int, message: str) -> bytes:
    """An error as the provider of the wire format words it."""
    error: JsonObject
    if wire == "messages":
        kind = ANTHROPIC_ERRORS.get(status, "api_error")
        error = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_0"}
    else:
        kind = "server_error" if status >= 500 else "invalid_request_error"
        error = {"error": {"message": message, "type": kind, "param": None, "code": None}}
    return json.dumps(error).encode()


def event_frame(event: JsonObject | str) -> bytes:
    """One server-sent event; those that have a type are named by it."""
    if isinstance(event, str):
        return f"data: {event}\n\n".encode()
    name = f"event: {event['type']}\n" if "type" in event else ""
    return f"{name}data: {json.dumps(event)}\n\n".encode()


class LoopbackServer(ThreadingTCPServer):
    """A server that checks and records each request and answers it as told."""

    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, reply: Responder) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._reply = reply
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._exchanges: list[Exchange] = []
        self._violations: list[str] = []
        self.faults: list[Exception] = []

    @property
    def anthropic_url(self) -> str:
        """The base URL for Anthropic clients, which add `/v1` themselves."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def openai_url(self) -> str:
        """The base URL for OpenAI clients."""
        return f"{self.anthropic_url}/v1"

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every valid request so far, in the order of arrival."""
        with self._lock:
            return tuple(sorted(self._exchanges, key=lambda exchange: exchange.number))

    @property
    def violations(self) -> tuple[str, ...]:
        """Every broken rule so far; a test of a well-behaved client expects none."""
        with self._lock:
            return tuple(self._violations)

    def answer(self, path: str, headers: Mapping[str, str], raw: bytes) -> Response:
        """The response to one POST, whatever it holds."""
        if path in COUNT_TOKENS:
            counted = {"object": "response.input_tokens", "input_tokens": 1 + len(raw) // 4}
            return Response(200, json.dumps(counted).encode())
        wire, dialect = PATHS.get(path, ("chat", None))
        if dialect is None:
            return self._refuse(wire, Refusal(f"no such path: {path}", 404))
        try:
            exchange = self._open(dialect, headers, raw)
        except Refusal as refusal:
            return self._refuse(wire, refusal)
        try:
            reply = self._reply(exchange)
        except Exception as fault:  # noqa: BLE001  raised again in the test's own thread, at the end
            self.faults.append(fault)
            return Response(400, error_body(wire, 400, f"the test's reply raised {fault!r}"))
        return _respond(dialect, exchange, reply)

    def _refuse(self, wire: Wire, refusal: Refusal) -> Response:
        """The provider's error, recorded as a violation."""
        with self._lock:
            self._violations.append(f"{wire}: {refusal}")
        return Response(refusal.status, error_body(wire, refusal.status, str(refusal)))

    def _open(self, dialect: Dialect, headers: Mapping[str, str], raw: bytes) -> Exchange:
        """The exchange, recorded, if the request keeps all the rules."""
        with self._lock:
            number = next(self._numbers)
        try:
            exchange = dialect.parse(number, headers, BODY.validate_json(raw))
        except ValidationError as error:
            faults = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
            raise Refusal("; ".join(faults)) from error
        check(exchange)
        with self._lock:
            self._exchanges.append(exchange)
        return exchange


def _respond(dialect: Dialect, exchange: Exchange, reply: Reply) -> Response:
    """The reply in the wire format of the exchange, streamed if that was asked for."""
    if reply.raw_body is not None:
        return Response(reply.status, reply.raw_body, reply.headers)
    if reply.status != 200:
        body = error_body(exchange.wire, reply.status, reply.text)
        return Response(reply.status, body, reply.headers)
    answer = dialect.encode(exchange, reply)
    if not exchange.body.get("stream"):
        return Response(200, json.dumps(answer).encode(), reply.headers)
    stream = b"".join(event_frame(event) for event in dialect.events(exchange, answer))
    return Response(200, stream, reply.headers, "text/event-stream")


class _Handler(BaseHTTPRequestHandler):
    """One connection, one request: HTTP/1.0, so that nothing stays open behind a test."""

    timeout = 10
    wbufsize = -1

    def do_POST(self) -> None:
        """Send the server's answer."""
        assert isinstance(self.server, LoopbackServer)
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = self.server.answer(urlsplit(self.path).path, headers, raw)
        self.send_response(response.status)
        self.send_header("content-type", response.content_type)
        self.send_header("content-length", str(len(response.body)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def loopback_server(reply: Responder) -> Generator[LoopbackServer]:
    """A running server that answers each request with `reply`; a fault in `reply` is raised at the end."""
    with LoopbackServer(reply) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
    if server.faults:
        raise server.faults[0]
