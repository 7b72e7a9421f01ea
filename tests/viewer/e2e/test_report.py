"""A report as a file, opened by double click: it opens with the report, and every number in it leads to its audits."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import expect

from petri.analysis.report import make_report
from petri.transcript.folders import Run
from petri.viewer.filed import FiledRun
from petri.viewer.report_page import write_report
from petri.viewer.surveying import run_results
from tests.viewer.e2e.axe import grave_findings
from tests.viewer.e2e.nodes import strange_nodes, unseen_text
from tests.viewer.e2e.places import plain_key
from tests.viewer.e2e.visit import Visit
from tests.viewer.e2e.watched import Watched

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

PAPER: Final = 690
"""The width of A4 without its margins, in pixels of CSS."""
LINKS: Final = """() => [...document.querySelectorAll(".report a[href^='#/r/']:not([href*='/a/'])")]
    .map((link) => [link.getAttribute("href").slice(1), link.textContent.trim()])"""
SHOWN: Final = "() => document.querySelector('.tools-count, .empty')?.textContent ?? ''"
CLIPPED: Final = """() => [...document.querySelectorAll(".report table, .report svg")]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .map((each) => each.closest("section")?.id)"""
MARKED: Final = (
    """() => [...document.querySelectorAll("mark[data-current]")].map((mark) => mark.textContent).join("")"""
)


def ignore(run: str, done: int, all_: int) -> None:
    """Nobody waits for it here."""


@pytest.fixture(scope="module")
def file(plain_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    (folder,) = plain_runs.glob("*-golden-*")
    run = Run(folder)
    report = make_report(run_results(FiledRun("0" * 12, run.id, folder)))
    path = tmp_path_factory.mktemp("reported") / "report.html"
    asyncio.run(write_report(run, report, path, told=ignore))
    return path


# The file is named first: while a browser runs, so does an event loop in this thread.
@pytest.fixture
def visit(file: Path, browser: Watched) -> Iterator[Visit]:
    with browser.page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce") as (page, watch):
        page.goto(file.as_uri())
        made = Visit(page, file.as_uri())
        made.settle()
        yield made
        assert [url for url in watch.requests if not url.startswith("file://")] == []


def test_it_opens_with_the_report_and_leads_everywhere(visit: Visit, plain_runs: Path) -> None:
    run = plain_key(plain_runs, "golden")
    assert visit.place == f"/report/{run}"
    page = visit.page
    offered = page.get_by_role("navigation", name="Main").get_by_role("link")
    expect(offered).to_have_text(["Report", "Runs", "All audits"])
    assert [*grave_findings(page), *strange_nodes(page), *unseen_text(page)] == []
    links: list[tuple[str, str]] = page.evaluate(LINKS)
    quoted = page.locator(".report-case blockquote a").first
    quote, case = quoted.inner_text(), quoted.get_attribute("href") or ""
    comparison = page.locator(".report-compared a").first.get_attribute("href") or ""
    counts = {place: int(text) for place, text in links if re.fullmatch(r"\d+", text)}
    assert len(counts) > 20
    for place, count in [*counts.items()][::4]:
        visit.go(place)
        assert visit.page.locator("table.audits").get_attribute("aria-rowcount") == str(count + 1), place
    visit.go(comparison.removeprefix("#"))
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".compare-dimensions tbody tr").first).to_be_visible()
    visit.go(case.removeprefix("#"))
    page.wait_for_function("() => document.querySelector('mark[data-current]') !== null")
    assert page.evaluate(MARKED) == quote
    assert "quote=" not in visit.place


def test_it_fits_on_paper_and_on_a_phone(visit: Visit) -> None:
    page = visit.page
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": PAPER, "height": 980})
    visit.settle()
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_the_report_is_one_key_from_the_list(visit: Visit, plain_runs: Path) -> None:
    run = plain_key(plain_runs, "golden")
    visit.press("u")
    visit.arrive(f"/r/{run}")
    expect(
        visit.page.get_by_role("navigation", name="This run").get_by_role("link", name="Report")
    ).to_be_visible()
    visit.press("g r")
    visit.arrive(f"/report/{run}")
