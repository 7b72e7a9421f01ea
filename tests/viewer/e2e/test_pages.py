"""Every page, light and dark, wide and narrow: usable by all, made of known parts, at home on this machine."""

from pathlib import Path
from typing import Final

import pytest

from tests.viewer.e2e.axe import grave_findings
from tests.viewer.e2e.nodes import strange_nodes
from tests.viewer.e2e.places import Plain, every_place
from tests.viewer.e2e.served import Served
from tests.viewer.e2e.visit import Visit
from tests.viewer.e2e.watched import Watched

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

MISSING: Final = {"no-run", "no-audit", "no-report"}
"""Asking for these is answered with 404, which a browser notes as an error."""
TOO_WIDE: Final = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def places(visit: Visit, root: Path) -> dict[str, str]:
    visit.wait_until_indexed()
    return every_place(Plain.of(root, visit))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_keeps_anybody_out(browser: Watched, served: Served, plain_runs: Path, scheme: str) -> None:
    with browser.page(color_scheme=scheme, reduced_motion="reduce") as (page, watch):
        visit = Visit.enter(page, served)
        found: dict[str, list[str]] = {}
        for name, place in places(visit, plain_runs).items():
            visit.go(place)
            found[name] = [*grave_findings(page), *strange_nodes(page)]
            if name in MISSING:
                watch.forgive("404")
        assert {name: faults for name, faults in found.items() if faults} == {}


def test_no_page_is_wider_than_a_narrow_screen(browser: Watched, served: Served, plain_runs: Path) -> None:
    with browser.page(viewport={"width": 400, "height": 800}) as (page, watch):
        visit = Visit.enter(page, served)
        wide: dict[str, int] = {}
        for name, place in places(visit, plain_runs).items():
            visit.go(place)
            wide[name] = page.evaluate(TOO_WIDE)
            if name in MISSING:
                watch.forgive("404")
        assert {name: by for name, by in wide.items() if by > 0} == {}


def test_every_page_has_a_title_and_one_first_heading_or_says_why_not(
    browser: Watched, served: Served, plain_runs: Path
) -> None:
    with browser.page() as (page, watch):
        visit = Visit.enter(page, served)
        titles: dict[str, str] = {}
        for name, place in places(visit, plain_runs).items():
            visit.go(place)
            titles[name] = page.title()
            assert page.get_by_role("main").count() == 1, name
            assert page.get_by_role("heading").count() > 0, name
            if name in MISSING:
                watch.forgive("404")
        assert all(titles.values())
        # Tabs of a browser are told apart by their titles.
        assert len({titles[name] for name in ("runs", "list", "target", "charts", "compare", "search")}) == 6
