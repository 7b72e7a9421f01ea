"""Keys are the page's only where nobody else wants them; what each means is in ``test_key_meanings``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.viewer.e2e.places import Plain
from tests.viewer.e2e.served import serve
from tests.viewer.e2e.visit import Visit
from tests.viewer.e2e.watched import Watched

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

STATE: Final = "() => [location.hash, document.documentElement.outerHTML].join()"


@pytest.fixture(scope="module")
def visit(browser: Watched, plain_runs: Path) -> Iterator[Visit]:
    with serve(plain_runs) as served, browser.page(reduced_motion="reduce") as (page, _):
        made = Visit.enter(page, served)
        made.wait_until_indexed()
        made.go(f"/r/{Plain.of(plain_runs, made).golden}")
        yield made


def test_who_writes_gets_every_letter(visit: Visit) -> None:
    visit.press("/")
    visit.page.keyboard.type("jkwgtx? fc")
    assert visit.page.evaluate("document.activeElement.value") == "jkwgtx? fc"
    assert visit.page.locator("dialog[open]").count() == 0
    visit.page.keyboard.press("Escape")
    visit.press("x")


@pytest.mark.parametrize("keys", ["Control+j", "Alt+j", "Meta+t", "Control+f", "F9", "q"])
def test_what_is_not_on_the_sheet_does_nothing(visit: Visit, keys: str) -> None:
    state = visit.page.evaluate(STATE)
    visit.press(keys)
    assert visit.page.evaluate(STATE) == state


def test_the_sheet_takes_the_keys_until_it_is_closed(visit: Visit) -> None:
    place = visit.place
    visit.press("?", "g h")
    assert visit.place == place
    assert visit.page.locator("dialog[open]").count() == 1
    visit.press("Escape")
    assert visit.page.locator("dialog[open]").count() == 0
