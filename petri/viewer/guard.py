"""What stands before every route: a request that is not known to be the page's own is refused.

It is part of the application and knows nothing of the program that serves it, so that no way of serving is without it.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from petri.viewer.admission import Admission
from petri.viewer.wire_server import Problem

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS: Final = {
    b"content-security-policy": POLICY.encode(),
    b"x-frame-options": b"DENY",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cache-control": b"no-store",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""On every answer, whatever it is."""

SESSION: Final = "/api/session"
"""Where the token is exchanged: the one address that is written to without a cookie."""

_WRITES: Final = frozenset({"POST", "PUT"})
_METHODS: Final = frozenset({"GET"}) | _WRITES
_PATH: Final = re.compile(rb"(?:/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)+|/")
"""All that our addresses are made of: no dots at the start of a name, no escapes, nothing between two strokes."""
_JSON: Final = re.compile(r"application/json(?:;\s*charset=utf-8)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is listened to."""

    body: int = 1_000_000
    """Bytes of what is written; nothing that a page sends is near it."""
    seconds: float = 15.0
    """For what is written to arrive; a page sends it at once."""
    at_once: int = 64
    """Requests that are being answered, open streams of changes among them."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What a request is held against."""

    authorities: frozenset[str]
    """What may stand in ``Host``, letter by letter."""
    open_paths: frozenset[str]
    """What anybody may get: the page without anything in it."""
    admission: Admission
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered."""

    status: int
    problem: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as far as it says who asks."""

    method: str
    path: bytes
    """As it was sent, not decoded."""
    headers: Sequence[tuple[bytes, bytes]]

    def values(self, name: bytes) -> list[str]:
        """Give every value that was sent of a header."""
        return [value.decode("latin-1") for key, value in self.headers if key.lower() == name]

    def cookies(self, name: str) -> list[str]:
        """Give every value that was sent of a cookie."""
        pairs = (pair.strip() for header in self.values(b"cookie") for pair in header.split(";"))
        return [value for pair in pairs for key, _, value in [pair.partition("=")] if key == name]

    @property
    def writes(self) -> bool:
        """Whether it is to change something."""
        return self.method in _WRITES


Check = Callable[[Asked, Gate], Refusal | None]


def _host(asked: Asked, gate: Gate) -> Refusal | None:
    """Refuse what was sent to another name: a page elsewhere can make its own name lead here."""
    hosts = asked.values(b"host")
    if len(hosts) != 1:
        return Refusal(400, "a request names one host")
    if hosts[0] not in gate.authorities:
        return Refusal(403, "this server does not answer to that name; use the address that it printed")
    return None


def _method(asked: Asked, gate: Gate) -> Refusal | None:  # noqa: ARG001 -- a check like the others
    return None if asked.method in _METHODS else Refusal(405, "this can only be read")


def _path(asked: Asked, gate: Gate) -> Refusal | None:  # noqa: ARG001 -- a check like the others
    return None if _PATH.fullmatch(asked.path) else Refusal(404, "there is nothing here")


def _origin(asked: Asked, gate: Gate) -> Refusal | None:  # noqa: ARG001 -- a check like the others
    """Refuse what another page sends. That none is named is no leave: the cookie is asked for all the same."""
    origins = asked.values(b"origin")
    if not origins or origins == [f"http://{asked.values(b'host')[0]}"]:
        return None
    return Refusal(403, "another page may not ask")


def _site(asked: Asked, gate: Gate) -> Refusal | None:
    """Refuse what a browser says another page caused; ``none`` is a person who opens the address."""
    sites = asked.values(b"sec-fetch-site")
    opened = asked.method == "GET" and asked.path.decode("ascii") in gate.open_paths
    if not sites or sites == ["same-origin"] or (opened and sites == ["none"]):
        return None
    return Refusal(403, "another page may not ask; open the address itself")


def _cookie(asked: Asked, gate: Gate) -> Refusal | None:
    path = asked.path.decode("ascii")
    if (asked.method, path) == ("POST", SESSION) or (asked.method == "GET" and path in gate.open_paths):
        return None
    if gate.admission.admits(asked.cookies(gate.admission.cookie_name)):
        return None
    return Refusal(401, "open the address that the server printed, with its token")


def _form(asked: Asked, gate: Gate) -> Refusal | None:
    """Refuse writing in a form that a page elsewhere could send unasked, and reading with a body."""
    lengths = asked.values(b"content-length")
    if not asked.writes:
        bare = lengths in ([], ["0"]) and not asked.values(b"transfer-encoding")
        return None if bare else Refusal(400, "reading takes no body")
    kinds = asked.values(b"content-type")
    if len(kinds) != 1 or not _JSON.fullmatch(kinds[0]) or asked.values(b"x-petri") != ["1"]:
        return Refusal(400, "what is written is JSON, with the header X-Petri: 1")
    if lengths and asked.values(b"transfer-encoding"):
        return Refusal(400, "a request says in one way where it ends")
    if any(not length.isdecimal() or int(length) > gate.limits.body for length in lengths):
        return Refusal(413, f"more than {gate.limits.body:,} bytes")
    return None


CHECKS: Final[tuple[Check, ...]] = (_host, _method, _path, _origin, _site, _cookie, _form)
"""In this order; the first refusal counts."""


def refusal(asked: Asked, gate: Gate) -> Refusal | None:
    """Give the reason why a request is not answered, or None."""
    return next((found for check in CHECKS if (found := check(asked, gate))), None)


class Guard:
    """An application whose requests all pass the checks, and whose answers all have the headers."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        """Guard an application."""
        self._app = app
        self._gate = gate
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # there are no other ways in
            await send({"type": "websocket.close", "code": 1008})
            return
        asked = Asked(scope["method"], scope["raw_path"], scope["headers"])
        found = refusal(asked, self._gate)
        if found is None and self._running >= self._gate.limits.at_once:
            found = Refusal(503, "too many requests at once")
        if found is not None:
            await _refuse(found, scope, receive, send)
            return
        self._running += 1
        try:
            await self._pass(asked, scope, receive, send)
        finally:
            self._running -= 1

    async def _pass(self, asked: Asked, scope: Scope, receive: Receive, send: Send) -> None:
        if asked.writes:
            body = await _body(receive, self._gate.limits)
            if isinstance(body, Refusal):
                await _refuse(body, scope, receive, send)
                return
            receive = _replayed(body, receive)
        answer = _Answer(send)
        try:
            await self._app(scope, receive, answer)
        except asyncio.CancelledError:
            if not answer.begun:  # else whoever serves this answers, without our headers
                await _refuse(Refusal(503, "this server is ending"), scope, receive, send)
            raise


async def _refuse(found: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the reason, and end the connection: what follows on it need not be read."""
    text = Problem(problem=found.problem).model_dump_json()
    headers = {"connection": "close"} | ({"allow": "GET"} if found.status == 405 else {})  # noqa: PLR2004 -- HTTP's
    answer = Response(text, found.status, headers, "application/json")
    await answer(scope, receive, _Answer(send))


async def _body(receive: Receive, limits: Limits) -> bytes | Refusal:
    """Give the whole of what is written, or why not."""
    body = bytearray()
    try:
        async with asyncio.timeout(limits.seconds):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return Refusal(400, "the request broke off")
                body += message.get("body", b"")
                if len(body) > limits.body:
                    return Refusal(413, f"more than {limits.body:,} bytes")
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        return Refusal(400, "the request took too long to arrive")


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Give what was received already, and then whatever comes."""
    first = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return first.pop() if first else await receive()

    return replay


class _Answer:
    """Sends an answer with our headers in the place of any of the same name."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            others: list[tuple[Any, Any]] = [
                (name, value) for name, value in message.get("headers", []) if name.lower() not in HEADERS
            ]
            message = {**message, "headers": [*others, *HEADERS.items()]}
        await self._send(message)
