"""The hostile corpus on every page of the real server: nothing runs, nothing is fetched, nothing becomes a node."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.hostile.corpus import PAYLOADS
from tests.hostile.runs import groups
from tests.viewer.e2e.nodes import open_everything, strange_nodes, unseen_text
from tests.viewer.e2e.served import Served, serve
from tests.viewer.e2e.visit import Visit
from tests.viewer.e2e.watched import Watched

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

SLOW: Final = {"escapes", "accents"}
"""Of these Chromium itself takes very long to set more than the beginning."""
VIEWS: Final = ("target", "auditor", "judge", "raw")


@pytest.fixture(scope="module")
def served(hostile_runs: Path) -> Iterator[Served]:
    with serve(hostile_runs) as server:
        yield server


@pytest.fixture
def visit(browser: Watched, served: Served) -> Iterator[Visit]:
    with browser.page() as (page, _):
        made = Visit.enter(page, served)
        made.wait_until_indexed()
        yield made


def look(visit: Visit, place: str) -> None:
    visit.go(place)
    open_everything(visit.page)
    assert (strange_nodes(visit.page), unseen_text(visit.page)) == ([], []), place


@pytest.mark.parametrize("number", range(len(groups())))
def test_what_is_said(visit: Visit, number: int) -> None:
    run = visit.key_of("spoken")
    (row,) = [row for row in visit.audits(run) if f"spoken-{number:02}" in row["file"]]
    for view in VIEWS:
        look(visit, f"/r/{run}/a/{row['key']}?view={view}")
    for _ in range(6):
        visit.press("n")
    assert strange_nodes(visit.page) == []


def test_what_is_listed(visit: Visit) -> None:
    look(visit, "/")
    for row in visit.get("/api/runs")["runs"]:
        look(visit, f"/r/{row['key']}")
    look(visit, "/all")


def test_what_is_named(visit: Visit) -> None:
    ours = {visit.key_of("spoken"), visit.key_of("huge")}
    named = [row for row in visit.get("/api/audits")["audits"] if row["run"] not in ours]
    assert len(named) > len(PAYLOADS)
    for row in named[::12]:
        look(visit, f"/r/{row['run']}/a/{row['key']}")


def test_what_is_searched_for(visit: Visit) -> None:
    for payload in PAYLOADS[::9]:
        visit.go("/search")
        visit.page.get_by_role("searchbox").first.fill(payload.text)
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_timeout(60)
        assert (strange_nodes(visit.page), unseen_text(visit.page)) == ([], []), payload.id


def test_what_is_compared(visit: Visit) -> None:
    left, right = visit.key_of("spoken"), visit.key_of("again")
    place = f"/compare?left={left}&right={right}"
    look(visit, place)
    links = visit.page.locator("a.pair-link")
    assert links.count() == len(groups())
    for address in [link.get_attribute("href") or "" for link in links.all()][::4]:
        for more in ("", "&diff=1", "&panes=apart"):
            look(visit, f"{address.removeprefix('#')}{more}")
    look(visit, f"/charts/{left}")


def test_what_is_reported(visit: Visit) -> None:
    look(visit, f"/report/{visit.key_of('spoken')}?table=all")
    assert visit.page.locator(".report-case").count() > 0
    ours = [row for row in visit.get("/api/runs")["runs"] if row["id"].startswith("0")]
    for row in ours[::10]:
        look(visit, f"/report/{row['key']}")


def test_what_is_annotated(browser: Watched, hostile_runs: Path) -> None:
    (run,) = hostile_runs.glob("*-spoken-*")
    with serve(run, "--annotate", "--annotator", "reader") as served, browser.page() as (page, _):
        visit = Visit.enter(page, served, "/annotate")
        for item in visit.get("/api/annotate/session")["queue"][::3]:
            look(visit, f"/annotate?item={item}")


def test_what_is_in_the_address(visit: Visit) -> None:
    run = visit.key_of("spoken")
    for payload in PAYLOADS[::11]:
        text = visit.page.evaluate("encodeURIComponent", payload.text.replace("\ud800", ""))
        for place in (f"/r/{run}?q={text}&f={text}&sort={text}", f"/{text}", f"/r/{run}?f=target:{text}"):
            visit.page.evaluate("(to) => { location.hash = to }", place)
            visit.settle()
            assert strange_nodes(visit.page) == [], (payload.id, place)


def test_what_is_too_much(visit: Visit) -> None:
    visit.page.set_default_timeout(60_000)  # 10 MB are read, sent and drawn
    run = visit.key_of("huge")
    for row in visit.audits(run):
        for view in ("target", "raw"):
            visit.go(f"/r/{run}/a/{row['key']}?view={view}")
            assert strange_nodes(visit.page) == [], row["scenario"]
        visit.go(f"/r/{run}/a/{row['key']}?view=target")
        assert visit.page.get_by_role("article").count() >= 2, row["scenario"]
        more = visit.page.locator("main article button.more")
        if more.count() > 0 and row["scenario"] not in SLOW:
            more.first.click()
            assert strange_nodes(visit.page) == [], row["scenario"]
