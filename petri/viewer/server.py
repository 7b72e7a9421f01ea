"""The server's life: from an open port to the signal that ends it."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from petri.interrupts import SOFT, handled
from petri.viewer.address import Listening
from petri.viewer.admission import Admission
from petri.viewer.app import Served, make_app
from petri.viewer.connection import Connection

_LONGEST_HEAD: Final = 64 * 1024
"""Of a request's line and headers, in bytes."""
_BROWSER_SECONDS: Final = 30


class _Server(uvicorn.Server):
    """Uvicorn's, but that signals are not its to hear: it would raise them again after it has ended."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave them to whoever runs it."""
        yield


@dataclass(frozen=True, slots=True)
class Opened:
    """A server that listens, and is about to answer."""

    listening: Listening
    admission: Admission

    @property
    def url(self) -> str:
        """The address with the token, which opens the page for whoever has it."""
        return f"{self.listening.url}#token={self.admission.token}"

    @property
    def once(self) -> str:
        """The address with a token that is good for one time, as others on this machine may see it."""
        return f"{self.listening.url}#token={self.admission.make_once()}"


def serve(served: Served, opened: Opened, ready: Callable[[], None]) -> None:
    """Answer until a signal asks to stop; ``ready`` is called when the source is open."""
    asyncio.run(_serve(served, opened, ready))


async def _serve(served: Served, opened: Opened, ready: Callable[[], None]) -> None:
    server = make_server(make_app(served, opened.admission, opened.listening.authorities()))
    await served.source.start()
    try:
        with handled((signal.SIGINT, *SOFT), server.handle_exit):
            ready()
            await server.serve([opened.listening.socket])
    finally:
        await served.source.close()
        for child in active_children():  # a reader that is still loading would be waited for
            child.kill()


def make_server(app: ASGIApp, connection: type[Connection] = Connection) -> uvicorn.Server:
    """Give the server of an application; it says nothing of itself, neither in answers nor in the terminal."""
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",  # what fails is told by the application, without a trace
        access_log=False,
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=1,
    )
    return _Server(config)


def open_browser(url: str) -> None:
    """Open a page in the person's browser, where there is a screen to open it on, without waiting for it."""
    if not _has_screen():
        return
    command = [sys.executable, "-m", "webbrowser", url]
    threading.Thread(target=_run_quietly, args=(command,), daemon=True).start()


def _has_screen() -> bool:
    """Whether a browser would be a window; over SSH and in containers it would take over the terminal."""
    if sys.platform in {"darwin", "win32"}:
        return "SSH_CONNECTION" not in os.environ
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _run_quietly(command: list[str]) -> None:
    """Run a program whose words belong nowhere: stdout is for the address alone."""
    nowhere = subprocess.DEVNULL
    try:
        subprocess.run(  # noqa: S603 -- our own words, and an address we made
            command, stdin=nowhere, stdout=nowhere, stderr=nowhere, timeout=_BROWSER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return  # the address was printed: a person can open it
