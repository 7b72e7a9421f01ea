"""A person at the page: goes to places, waits until they are there, asks the server what they should hold."""

from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Page

from tests.viewer.e2e.served import Served

_DRAWN: Final = """() => new Promise((done) => {
    const late = setTimeout(() => done(false), 5000);
    requestAnimationFrame(() => setTimeout(() => { clearTimeout(late); done(true); }));
})"""
"""After a change of address, which is told to the page a moment later; false where no frame came."""
_TOLD: Final = """() => { dispatchEvent(new Event("hashchange")); }"""
"""The browser tells a page of its new address when it comes to it; until then what was there before looks settled."""
_SETTLED: Final = """() => {
    const main = document.querySelector("main");
    return main !== null && main.childElementCount > 0 && document.querySelector("[aria-label=Loading]") === null;
}"""
_INDEXED: Final = """async () => {
    for (;;) {
        const about = await (await fetch("/api/about")).json();
        const { runs_done, runs, texts_done, texts } = about.indexing;
        if (runs > 0 && runs_done === runs && texts > 0 && texts_done === texts) return;
        await new Promise((done) => setTimeout(done, 100));
    }
}"""
_GET: Final = "async (route) => { const got = await fetch(route); return [got.status, await got.json()]; }"


@dataclass(frozen=True, slots=True)
class Visit:
    """A page of a server, or of an exported file."""

    page: Page
    base: str
    """Its address before the ``#``."""

    @classmethod
    def enter(cls, page: Page, served: Served, place: str = "/") -> "Visit":
        """Open the address that a server printed."""
        visit = cls(page, f"{served.origin}/")
        page.goto(served.at(place))
        visit.settle()
        return visit

    def go(self, place: str) -> None:
        """Go to a place, such as ``/r/KEY``."""
        self.page.goto(f"{self.base}#{place}")
        self.page.evaluate(_TOLD)
        self.settle()

    @property
    def place(self) -> str:
        """Where the page is."""
        return self.page.evaluate("location.hash.slice(1)")

    def arrive(self, place: str) -> None:
        """Wait until the page is at a place that begins so."""
        self.page.wait_for_function("(place) => location.hash.startsWith(`#${place}`)", arg=place)
        self.settle()

    def settle(self) -> None:
        """Wait until what was asked for is shown."""
        self._draw()
        self.page.wait_for_function(_SETTLED)

    def _draw(self) -> None:
        """Wait until a frame is drawn.

        On a machine with much to do Chromium now and then stops drawing a page for good, until it is asked for a
        picture of it. That is its fault and not the page's; a page that draws none even then fails the test.
        """
        if self.page.evaluate(_DRAWN):
            return
        self.page.bring_to_front()
        session: Any = self.page.context.new_cdp_session(self.page)  # its own types are not whole
        session.send("Page.captureScreenshot")
        session.detach()
        assert self.page.evaluate(_DRAWN), "Chromium draws no frames"

    def wait_until_indexed(self) -> None:
        """Wait until every run is listed and every text can be searched."""
        self.page.evaluate(_INDEXED)
        self.page.wait_for_function("() => document.querySelector('header progress') === null")

    def get(self, route: str) -> Any:
        """What the server answers."""
        status, answer = self.page.evaluate(_GET, route)
        assert status == 200, (route, status, answer)
        return answer

    def key_of(self, part: str) -> str:
        """The key of the one run with a text in its id."""
        (key,) = [row["key"] for row in self.get("/api/runs")["runs"] if part in row["id"]]
        return key

    def audits(self, run: str) -> list[dict[str, Any]]:
        """The rows of a run's audits."""
        return self.get(f"/api/audits?run={run}")["audits"]

    def press(self, *keys: str) -> None:
        """Press keys one after the other; ``g l`` is two of them."""
        for key in keys:
            for stroke in key.split(" "):
                self.page.keyboard.press(stroke)
        self._draw()
