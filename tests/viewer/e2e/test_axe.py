"""What opens on the pages, and the pages of an annotator: usable by all, light and dark."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from petri.datafiles import golden_folder
from tests.viewer.e2e.axe import grave_findings
from tests.viewer.e2e.nodes import strange_nodes
from tests.viewer.e2e.places import Plain
from tests.viewer.e2e.served import Served, serve
from tests.viewer.e2e.visit import Visit
from tests.viewer.e2e.watched import Watched

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def annotating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    run = Path(shutil.copytree(golden_folder() / "run", tmp_path_factory.mktemp("annotated") / "run"))
    with serve(run, "--annotate", "--annotator", "jo") as server:
        yield server


class Findings:
    """What was found, by what was looked at."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._by_name: dict[str, list[str]] = {}

    def look(self, name: str) -> None:
        self._by_name[name] = [*grave_findings(self._page), *strange_nodes(self._page)]

    def assert_none(self, of: int) -> None:
        assert len(self._by_name) == of
        assert {name: found for name, found in self._by_name.items() if found} == {}


def open_sheet(visit: Visit) -> None:
    visit.press("?")
    expect(visit.page.get_by_role("dialog")).to_be_visible()


def close_sheet(visit: Visit) -> None:
    visit.press("Escape")
    expect(visit.page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_opens_keeps_nobody_out(browser: Watched, served: Served, plain_runs: Path, scheme: str) -> None:
    with browser.page(color_scheme=scheme, reduced_motion="reduce") as (page, _):
        visit = Visit.enter(page, served)
        visit.wait_until_indexed()
        plain = Plain.of(plain_runs, visit)
        found = Findings(page)
        visit.go(plain.audit("forked"))
        open_sheet(visit)
        found.look("sheet")
        close_sheet(visit)
        page.get_by_title("Copy of M3").click()
        expect(page.get_by_role("menu")).to_be_visible()
        found.look("menu")
        visit.press("Escape", "n")
        folded = page.get_by_role("complementary").locator("h2 > button[aria-expanded=false]")
        while folded.count() > 0:
            folded.first.click()
        found.look("verdict")
        visit.press("/")
        page.keyboard.type("plan")
        found.look("find")
        visit.go(f"/r/{plain.golden}?facets=on")
        visit.press("j", "j")
        found.look("row")
        visit.go(f"/?pick={plain.golden}")
        visit.press("j")
        found.look("pick")
        visit.go(plain.comparison)
        visit.press("j")
        page.keyboard.press("Enter")
        page.get_by_role("article").nth(3).wait_for()
        found.look("pair")
        visit.press("d")
        found.look("pair-difference")
        found.assert_none(8)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_scoring_keeps_nobody_out(browser: Watched, annotating: Served, scheme: str) -> None:
    with browser.page(color_scheme=scheme, reduced_motion="reduce") as (page, _):
        visit = Visit.enter(page, annotating, "/annotate")
        form = page.get_by_role("form", name="Your answer")
        form.wait_for()
        found = Findings(page)
        found.look("item")
        visit.press("2", "6", "J", "e", "L")
        expect(page.locator("mark")).not_to_have_count(0)
        found.look("sentences")
        open_sheet(visit)
        found.look("sheet")
        close_sheet(visit)
        visit.press("Enter")
        expect(form.locator("q")).to_have_count(1)
        found.look("evidence")
        visit.press("ArrowDown", "o", "ArrowDown", "u", "s")
        page.get_by_role("heading", name="Stored").wait_for()
        found.look("stored")
        visit.press("r")
        page.get_by_role("columnheader", name="Judges").wait_for()
        found.look("revealed")
        visit.press("c")
        expect(form).to_contain_text("judges")
        found.look("second-answer")
        found.assert_none(7)
