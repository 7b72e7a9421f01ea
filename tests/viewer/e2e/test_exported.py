"""The exported file, opened by double click: the same pages, no server, no request, nothing of what is hostile."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import expect

from petri.viewer.names import run_key
from tests.hostile.runs import groups
from tests.viewer.e2e.axe import grave_findings
from tests.viewer.e2e.exported import export
from tests.viewer.e2e.nodes import open_everything, strange_nodes, unseen_text
from tests.viewer.e2e.places import plain_key
from tests.viewer.e2e.visit import Visit
from tests.viewer.e2e.watched import Watch, Watched
from tests.viewer.e2e.words import WORDS, squeezed

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

VIEWS: Final = ("target", "auditor", "judge")
MARKED: Final = (
    """() => [...document.querySelectorAll("mark[data-current]")].map((mark) => mark.textContent).join("")"""
)


@pytest.fixture(scope="module")
def file(plain_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = [run for run in sorted(plain_runs.iterdir()) if run.is_dir()]
    return export(runs, tmp_path_factory.mktemp("exported") / "plain.html")


@pytest.fixture(scope="module")
def hostile_file(hostile_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = [*hostile_runs.glob("*-spoken-*"), *hostile_runs.glob("0[01]*")]
    return export(runs, tmp_path_factory.mktemp("exported") / "hostile.html")


def opened(page: Visit) -> Visit:
    page.go("/")
    return page


@pytest.fixture
def visit(browser: Watched, file: Path) -> Iterator[Visit]:
    with browser.page(viewport={"width": 1400, "height": 900}) as (page, watch):
        yield opened(Visit(page, file.as_uri()))
        assert asked(watch) == []


def asked(watch: Watch) -> list[str]:
    """Every request but that for the file itself."""
    return [url for url in watch.requests if not url.startswith("file://")]


def rows(visit: Visit, run: str) -> list[str]:
    """The places of a run's audits, read off its list."""
    visit.go(f"/r/{run}")
    links = visit.page.locator("table.audits th[scope=row] a")
    return [(link.get_attribute("href") or "").removeprefix("#") for link in links.all()]


def test_it_opens_with_all_its_runs(visit: Visit) -> None:
    expect(visit.page.get_by_role("row").filter(has_text="golden")).to_contain_text("25 = 25 valid")
    expect(visit.page.get_by_role("row").filter(has_text="forked")).to_have_count(1)


def test_its_lists_sort_and_filter(visit: Visit, plain_runs: Path) -> None:
    visit.go(f"/r/{plain_key(plain_runs, 'golden')}")
    listed = visit.page.locator("table.audits tbody tr[data-key]")
    expect(listed).to_have_count(25)
    visit.press("/")
    visit.page.keyboard.type("library hon")
    expect(listed).to_have_count(1)


def test_its_transcripts_have_every_view_and_lead_to_quotes(visit: Visit, plain_runs: Path) -> None:
    for place in rows(visit, plain_key(plain_runs, "forked")):
        for view in VIEWS:
            visit.go(f"{place}?view={view}")
            expect(visit.page.get_by_role("alert")).to_have_count(0)
        visit.go(f"{place}?view=raw")
        expect(visit.page.get_by_role("alert")).to_contain_text("This file does not hold that")
    (place,) = rows(visit, plain_key(plain_runs, "words"))
    visit.go(place)
    visit.press("n")
    found: list[str] = []
    for _ in WORDS:
        visit.page.wait_for_function("() => document.querySelector('mark[data-current]') !== null")
        found.append(squeezed(visit.page.evaluate(MARKED)))
        visit.press("n")
    wanted = [words.marked for words in WORDS]
    assert [text for text, words in zip(found, wanted, strict=True) if text == words] == wanted


def test_an_address_with_a_place_leads_there(browser: Watched, visit: Visit, plain_runs: Path) -> None:
    (place,) = rows(visit, plain_key(plain_runs, "words"))
    visit.go(place)
    visit.press("n", "n", "n")
    address, marked = visit.page.url, visit.page.evaluate(MARKED)
    with browser.page() as (page, _):
        page.goto(address)
        page.wait_for_function("() => document.querySelector('mark[data-current]') !== null")
        assert page.evaluate(MARKED) == marked


def test_its_charts_are_drawn(visit: Visit, plain_runs: Path) -> None:
    visit.go(f"/charts/{plain_key(plain_runs, 'golden')}")
    expect(visit.page.locator("main svg").first).to_be_visible()
    visit.press("v")
    expect(visit.page.locator("main table").nth(2)).to_be_visible()


def test_what_it_does_not_hold_is_not_offered_and_says_why(visit: Visit) -> None:
    offered = visit.page.get_by_role("navigation", name="Main").get_by_role("link")
    expect(offered).to_have_text(["Runs", "All audits"])
    for missing in ("/search?q=plan", "/r/000000000000"):
        visit.go(missing)
        expect(visit.page.get_by_role("alert")).to_contain_text("This file does not hold")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_keeps_nobody_out(browser: Watched, file: Path, plain_runs: Path, scheme: str) -> None:
    with browser.page(color_scheme=scheme, reduced_motion="reduce") as (page, watch):
        visit = opened(Visit(page, file.as_uri()))
        golden = plain_key(plain_runs, "golden")
        places = ["/", f"/r/{golden}", rows(visit, golden)[0], f"/charts/{golden}"]
        found: dict[str, list[str]] = {}
        for place in places:
            visit.go(place)
            found[place] = [*grave_findings(page), *strange_nodes(page)]
        assert {place: faults for place, faults in found.items() if faults} == {}
        assert asked(watch) == []


def test_what_is_hostile_is_text_in_it(browser: Watched, hostile_file: Path, hostile_runs: Path) -> None:
    with browser.page() as (page, watch):
        visit = opened(Visit(page, hostile_file.as_uri()))
        assert (strange_nodes(page), unseen_text(page)) == ([], [])
        (spoken,) = hostile_runs.glob("*-spoken-*")
        places = rows(visit, run_key(spoken.name))
        assert len(places) == len(groups())
        for place in places:
            for view in VIEWS:
                visit.go(f"{place}?view={view}")
                open_everything(page)
                assert (strange_nodes(page), unseen_text(page)) == ([], []), (place, view)
        for run in hostile_runs.glob("0[01]*"):
            for place in rows(visit, run_key(run.name))[::8]:
                visit.go(place)
                open_everything(page)
                assert (strange_nodes(page), unseen_text(page)) == ([], []), place
        assert asked(watch) == []
