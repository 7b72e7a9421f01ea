"""An address leads to the very words: what is marked is what was quoted, on the branch where it was said."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.viewer.e2e.served import serve
from tests.viewer.e2e.visit import Visit
from tests.viewer.e2e.watched import Watched
from tests.viewer.e2e.words import PER_DIMENSION, WORDS, Words, squeezed, words_play

pytestmark = pytest.mark.long

JsonObject = dict[str, Any]
KINDS: Final = {"thought": "reasoning", "argument": "tool_call"}
MARKED: Final = """() => {
    const text = (mark) => [...mark.childNodes].map((node) =>
        node.nodeType === 1 && "unseen" in node.dataset ? "" : node.textContent).join("");
    const before = (mark) => {
        const range = document.createRange();
        range.setStart(mark.closest("article"), 0);
        range.setEndBefore(mark);
        return range.toString();
    };
    return [...document.querySelectorAll("mark[data-current]")].map((mark) => ({
        text: text(mark), before: before(mark), message: mark.closest("article")?.getAttribute("aria-label") ?? "",
        shown: mark.checkVisibility() }));
}"""


@pytest.fixture(scope="module")
def visit(browser: Watched, plain_runs: Path) -> Iterator[Visit]:
    (run,) = plain_runs.glob("*-words-*")
    with serve(run) as served, browser.page() as (page, _):
        made = Visit.enter(page, served)
        made.wait_until_indexed()
        yield made


@pytest.fixture(scope="module")
def place(visit: Visit) -> str:
    (row,) = visit.get("/api/audits")["audits"]
    return f"{row['run']}/{row['key']}"


@pytest.fixture(scope="module")
def view(visit: Visit, place: str) -> JsonObject:
    return visit.get(f"/api/transcripts/{place}")


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def where(view: JsonObject, words: Words) -> tuple[str, str]:
    """The message and the place of the words, found in what the server sent."""
    label = words_play()[1][words.name]
    (message,) = [each for each in view["messages"] if each["label"] == label]
    kind = KINDS.get(words.where, "text")
    # The first piece of a call is the call as one line.
    found = [at for at, piece in enumerate(message["pieces"]) if piece["kind"] == kind]
    number = found[-1] if kind == "tool_call" else found[0]
    text, start = message["pieces"][number]["text"], -1
    wanted = words.quote if words.name != "near" else words.text
    for _ in range(words.nth + 1):
        start = text.index(wanted, start + 1)
    return label, f"{number}:{utf16(text[:start])}-{utf16(text[: start + len(wanted)])}"


def marked(visit: Visit) -> list[JsonObject]:
    visit.page.wait_for_function("() => document.querySelector('mark[data-current]') !== null")
    return visit.page.evaluate(MARKED)


def assert_marked(visit: Visit, label: str, words: Words, *, judged: bool = False) -> None:
    found = marked(visit)
    assert squeezed("".join(each["text"] for each in found)) == words.marked
    assert {each["message"].split(",")[0] for each in found} == {label}
    assert all(each["shown"] for each in found)
    # A judge names no place: of several, its quote is of the first, which may be a call as one line.
    assert judged or squeezed(found[0]["before"]).count(words.marked) == words.nth
    visit.page.wait_for_function(
        """() => { const { top, bottom } = document.querySelector("mark[data-current]").getBoundingClientRect();
                   return bottom > 0 && top < innerHeight; }"""
    )


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.name)
def test_an_address_leads_to_the_words(visit: Visit, place: str, view: JsonObject, words: Words) -> None:
    label, span = where(view, words)
    run, audit = place.split("/")
    visit.go(f"/r/{run}/a/{audit}?m={label}&q={span}")
    assert_marked(visit, label, words)


def test_every_quote_of_the_judge_is_one_step_from_the_one_before(visit: Visit, place: str) -> None:
    run, audit = place.split("/")
    labels = words_play()[1]
    visit.go(f"/r/{run}/a/{audit}")
    visit.press("n")
    for words in WORDS:
        if words.nth == 0:
            assert_marked(visit, labels[words.name], words, judged=True)
        visit.press("n")


@pytest.mark.parametrize("part", range(0, len(WORDS), PER_DIMENSION))
def test_a_quote_in_the_verdict_is_a_link_to_its_words(visit: Visit, place: str, part: int) -> None:
    run, audit = place.split("/")
    words = WORDS[part]
    visit.go(f"/r/{run}/a/{audit}?d=part_{part // PER_DIMENSION}")
    visit.page.locator("aside, [role=complementary]").get_by_text(words.quote.split("\n")[0]).first.click()
    assert_marked(visit, words_play()[1][words.name], words, judged=True)
