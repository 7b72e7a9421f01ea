"""Every key that the sheet on ``?`` names does something, on the page that names it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.viewer.e2e.places import Plain
from tests.viewer.e2e.served import Served, serve
from tests.viewer.e2e.visit import Visit
from tests.viewer.e2e.watched import Watched

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

SHEET: Final = """() => [...document.querySelectorAll("dialog.sheet dl > div")].flatMap((row) =>
    [...row.querySelectorAll("dt > span")].map((keys) =>
        [[...keys.children].map((key) => key.textContent).join(" "), row.querySelector("dd").textContent]))"""
STATE: Final = """() => JSON.stringify([location.hash, document.documentElement.outerHTML,
    [...document.querySelectorAll("*")].filter((each) => each.scrollTop > 0).map((each) => Math.round(each.scrollTop)),
    [...document.querySelectorAll("*")].indexOf(document.activeElement)])"""
NAMES: Final = {"\u2193": "ArrowDown", "\u2191": "ArrowUp", "PgDn": "PageDown", "PgUp": "PageUp"}
BEFORE: Final = ((), ("j",), ("j", "j", "j"), ("J", "J"), ("n", "n"), ("PageDown",), ("]",))
"""What is pressed first where a key does nothing at once: one cannot go back from the first row."""
OPTIONS: Final[dict[str, Any]] = {
    "permissions": ["clipboard-read", "clipboard-write"],
    "reduced_motion": "reduce",
    "viewport": {"width": 1200, "height": 500},
}
IDLE: Final = {"put new rows where they belong"}
"""What has nothing to do until a run goes on."""


@pytest.fixture(scope="module")
def served(plain_runs: Path) -> Iterator[Served]:
    with serve(plain_runs) as server:
        yield server


@pytest.fixture
def visit(browser: Watched, served: Served) -> Iterator[Visit]:
    with browser.page(**OPTIONS) as (page, _):
        made = Visit.enter(page, served)
        made.wait_until_indexed()
        yield made


def sheet(visit: Visit) -> list[tuple[str, str]]:
    visit.press("?")
    rows: list[Any] = visit.page.evaluate(SHEET)
    visit.press("Escape")
    return [
        (" ".join(str(NAMES.get(stroke, stroke)) for stroke in keys.split(" ")), what) for keys, what in rows
    ]


def still(visit: Visit) -> str:
    """The page's state when it has come to rest."""
    state = visit.page.evaluate(STATE)
    for _ in range(40):
        visit.page.wait_for_timeout(60)
        before, state = state, visit.page.evaluate(STATE)
        if state == before:
            return state
    pytest.fail("the page does not come to rest")


def copied(visit: Visit) -> str:
    return visit.page.evaluate("navigator.clipboard.readText()")


def does_something(visit: Visit, place: str, key: str) -> bool:
    for before in BEFORE:
        visit.go("/nowhere")
        visit.go(place)
        visit.press(*before)
        visit.settle()
        visit.page.evaluate("navigator.clipboard.writeText('nothing')")
        state = still(visit)
        visit.press(key)
        if still(visit) != state or copied(visit) != "nothing":
            return True
    return False


def idle(visit: Visit, place: str, known: Sequence[str] = ()) -> list[str]:
    visit.go(place)
    keys = [(key, what) for key, what in sheet(visit) if what not in {*IDLE, *known}]
    assert keys
    assert not does_something(visit, place, "F9"), "the page changes of itself"
    return [f"{key}: {what}" for key, what in keys if not does_something(visit, place, key)]


PLACES: Final = {
    "runs": "/?q=2026&pick={golden}",
    "list": "/r/{golden}?q=a&f=target:petri-offline%2Fhonest",
    "charts": "/charts/{golden}",
    "compare": "{comparison}",
    "search": "/search?q=plan&run={words}",
}


@pytest.mark.parametrize("name", PLACES)
def test_every_key_does_what_it_says(visit: Visit, plain_runs: Path, name: str) -> None:
    plain = Plain.of(plain_runs, visit)
    place = PLACES[name].format(golden=plain.golden, words=plain.words, comparison=plain.comparison)
    assert idle(visit, place) == []


@pytest.mark.parametrize("view", ["target", "auditor"])
def test_every_key_of_a_transcript(visit: Visit, plain_runs: Path, view: str) -> None:
    plain = Plain.of(plain_runs, visit)
    place = f"{plain.audit('forked')}?view={view}"
    assert idle(visit, place) == []


def test_no_key_is_taken_from_who_writes_or_holds_another(visit: Visit, plain_runs: Path) -> None:
    plain = Plain.of(plain_runs, visit)
    visit.go(f"/r/{plain.golden}")
    visit.press("/")
    visit.page.keyboard.type("jkwgt?")
    assert visit.page.evaluate("document.activeElement.value") == "jkwgt?"
    assert visit.page.locator("dialog[open]").count() == 0
    visit.page.keyboard.press("Escape")
    visit.go(f"/r/{plain.golden}")
    state = visit.page.evaluate(STATE)
    for held in ("Control+j", "Alt+j", "Meta+t"):
        visit.press(held)
    assert visit.page.evaluate(STATE) == state
