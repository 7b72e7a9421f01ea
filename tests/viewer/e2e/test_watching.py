"""The watch over the pages sees what it is there to see: each of these is what no page of ours may do."""

from typing import Final

import pytest

from tests.viewer.e2e.axe import grave_findings
from tests.viewer.e2e.nodes import strange_nodes
from tests.viewer.e2e.watched import Watched

pytestmark = pytest.mark.long

PAGE: Final = (
    "<!doctype html><html lang=en><head><title>x</title></head><body><main><h1>x</h1>{}</main></body></html>"
)
DOES: Final = {
    "runs": "<script>window.__fired = 1</script>",
    "runs-on-error": "<img src=x onerror='top.__fired = 1'>",
    "asks": "<script>alert(1)</script>",
    "fetches": "<img src='http://beacon.test/seen.png'>",
    "fetches-style": "<link rel=stylesheet href='http://beacon.test/s.css'>",
    "says-an-error": "<script>console.error('no')</script>",
    "throws": "<script>throw new Error('no')</script>",
    "breaks-its-policy": "<meta http-equiv=Content-Security-Policy content=\"img-src 'none'\"><img src='data:,'>",
    "opens-a-window": "<script>window.open('about:blank')</script>",
}
IS: Final = {
    "image": "<img src='data:,' alt=x>",
    "frame": "<iframe title=x></iframe>",
    "handler": "<p onclick='1'>x</p>",
    "address": "<a href='http://beacon.test'>x</a>",
    "script-address": "<a href='javascript:1'>x</a>",
    "style": "<p style='background: url(x)'>x</p>",
    "clobbering": "<form name=location></form>",
    "made-up": "<x-y></x-y>",
    "markup-in-a-name": "<p id='<b>'>x</p>",
    "style-sheet": "<style>p { color: red }</style>",
}


@pytest.mark.parametrize("body", DOES.values(), ids=DOES)
def test_what_a_page_does_is_seen(browser: Watched, body: str) -> None:
    def visit() -> None:
        with browser.page() as (page, _):
            page.set_content(PAGE.format(body))
            page.wait_for_timeout(100)

    with pytest.raises(AssertionError):
        visit()


@pytest.mark.parametrize("body", IS.values(), ids=IS)
def test_what_is_in_a_page_is_seen(browser: Watched, body: str) -> None:
    with browser.page() as (page, _):
        page.set_content(PAGE.format(body))
        assert strange_nodes(page) != []


def test_an_ordinary_page_is_none_of_it(browser: Watched) -> None:
    with browser.page() as (page, _):
        page.set_content(PAGE.format("<p class=x title='&lt;b&gt;'>said</p>"))
        assert strange_nodes(page) == []
        assert grave_findings(page) == []


def test_what_keeps_people_out_is_seen(browser: Watched) -> None:
    with browser.page() as (page, _):
        page.set_content(PAGE.format("<button></button>"))
        assert any(finding.startswith("button-name") for finding in grave_findings(page))
