"""A browser in which whatever a page does that it should not is written down."""

import os
import re
import shutil
import socketserver
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    sync_playwright,
)

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_BROWSERS_OWN: Final = re.compile(r"^\w+ (http://)?[\w.-]+\.(google|googleapis|gvt1)\.com[:/]")
"""What Chromium asks of its maker of its own accord."""
_LOCAL: Final = ("http://127.0.0.1:", "file://", "data:", "blob:", "about:")


def chromium() -> str:
    """The browser of this machine; the test fails where there is none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.fail("no Chromium: `sh scripts/browser.sh` finds or installs one, or set CHROMIUM")
    return found


class _Recorder(socketserver.StreamRequestHandler):
    """A proxy for everything that is not on loopback; it writes down what was asked for and hangs up."""

    def handle(self) -> None:
        asked = self.rfile.readline(4096).decode("latin-1").strip()
        server: Any = self.server
        if not _BROWSERS_OWN.match(asked):
            server.asked.append(asked)


class _Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Recorder)
        self.asked: list[str] = []


@dataclass  # no slots: Playwright notes on an object which of its methods listen
class Watch:
    """What pages did."""

    proxy: _Proxy
    requests: list[str] = field(default_factory=list[str])
    dialogs: list[str] = field(default_factory=list[str])
    faults: list[str] = field(default_factory=list[str])
    """Errors in the console, among them violations of the content policy, and exceptions."""

    def look_after(self, context: BrowserContext) -> None:
        """Write down what the pages of a context do from now on."""
        context.on("request", self._requested)
        context.on("dialog", self._asked)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(f"exception: {error.error}"))

    def forgive(self, words: str) -> None:
        """Forget the errors with these words in them, which a test brought about; there must be one."""
        kept = [fault for fault in self.faults if words not in fault]
        assert len(kept) < len(self.faults), f"no error with {words!r}"
        self.faults[:] = kept

    def off_origin(self) -> list[str]:
        """Every attempt to reach anything but this machine."""
        return [*self.proxy.asked, *(url for url in self.requests if not url.startswith(_LOCAL))]

    def _requested(self, request: Request) -> None:
        self.requests.append(request.url)

    def _asked(self, dialog: Dialog) -> None:
        self.dialogs.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"{message.text} ({message.location.get('url', '')})")


@dataclass(frozen=True, slots=True)
class Watched:
    """A browser and what is written down of it."""

    browser: Browser
    proxy: _Proxy

    @contextmanager
    def page(self, **options: Any) -> Generator[tuple[Page, Watch]]:
        """A page of its own context; when it is left, it must have done nothing that it should not."""
        context = self.browser.new_context(**options)
        context.set_default_timeout(15_000)
        self.proxy.asked.clear()
        watch = Watch(self.proxy)
        watch.look_after(context)
        page = context.new_page()
        try:
            yield page, watch
            fired = [each.evaluate("() => window.__fired") for each in context.pages]
            pages = len(context.pages)
        finally:
            context.close()
        assert fired == [None], "a payload ran"
        assert (pages, watch.off_origin(), watch.dialogs, watch.faults) == (1, [], [], [])


@contextmanager
def watched_browser() -> Generator[Watched]:
    """Start the machine's Chromium; everything off this machine goes to a proxy that only writes it down."""
    proxy = _Proxy()
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    flags = [
        "--disable-gpu",
        "--no-first-run",
        "--disable-component-update",
        "--disable-sync",
        f"--proxy-server=http://127.0.0.1:{proxy.server_address[1]}",
        "--proxy-bypass-list=127.0.0.1",
    ]
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
            yield Watched(browser, proxy)
            browser.close()
    finally:
        proxy.shutdown()
        proxy.server_close()
