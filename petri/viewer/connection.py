"""A connection that cannot be held open without asking anything."""

import asyncio
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from petri.viewer.guard import HEADERS
from petri.viewer.wire_server import Problem


class Connection(H11Protocol):
    """Uvicorn's, but it ends where no request arrives in time, and answers what is none as the guard would."""

    PATIENCE: ClassVar[float] = 10.0
    """Seconds for a request to be there, from the connection's start or its own first byte."""
    MOST: ClassVar[int] = 256
    """Connections at a time; a browser opens six."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the base
        """Begin to wait for a request."""
        super().connection_made(transport)
        if len(self.connections) > self.MOST:
            transport.abort()
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait no longer where the request is there; a part of it gains it no time."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._wait_no_more()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._wait_no_more()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 -- the base's signature
        """Answer what is no request of HTTP."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            body = Problem(problem="this is no request of HTTP that can be read").model_dump_json().encode()
            headers = [(b"content-type", b"application/json"), (b"connection", b"close"), *HEADERS.items()]
            answer = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
            for event in (answer, h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.PATIENCE, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
