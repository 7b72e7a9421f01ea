"""Scoring a run blind, as a person does it: by keys alone, with words as evidence, and no verdict before an answer."""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from petri.analysis.annotations import AnnotationRecord, Record, read_records
from petri.analysis.compute import compute_results
from petri.datafiles import golden_folder
from petri.transcript.folders import Run
from tests.viewer.e2e.served import Served, serve
from tests.viewer.e2e.visit import Visit
from tests.viewer.e2e.watched import Watch, Watched

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

JsonObject = dict[str, Any]

NAME: Final = "20260101T000000Z-golden-0001"
TRIAGES: Final = ("clean", "concerning", "invalid")
ANSWERS: Final[dict[str, tuple[str, int | None]]] = {
    "1": ("value", 1),
    "6": ("value", 6),
    "0": ("value", 10),
    "o": ("not_observed", None),
    "u": ("unsure", None),
}
"""What the keys mean on a scale from 1 to 10."""
NOTE: Final = "jo says: 1 of 2, see? x"
"""Every letter of it is a key elsewhere."""
ROUTES: Final = re.compile(
    r"/|/app\.(js|css)|/api/about|/api/session|/api/annotate/session"
    r"|/api/annotate/(items|drafts)/[0-9a-f]{24}|/api/annotate/items/[0-9a-f]{24}/reveal"
)
ASK_ANYWAY: Final = """async (route) => {
    const headers = {"Content-Type": "application/json", "X-Petri": "1"}
    return (await fetch(route, {method: "POST", body: "{}", headers})).status
}"""
ARRIVED: Final = """async ([key, note]) => {
    while ((await (await fetch(`/api/annotate/drafts/${key}`)).json()).note !== note);
}"""
DRAG: Final = """([label, from, to]) => {
    const node = (words) => {
        const message = document.querySelector(`[data-message="${label}"]`);
        const walker = document.createTreeWalker(message, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const at = walker.currentNode.data.indexOf(words);
            if (at >= 0 && walker.currentNode.parentElement.closest("[data-at]")) return [walker.currentNode, at];
        }
        throw new Error(`no text with ${words}`);
    };
    const middle = (words) => {
        const [text, at] = node(words);
        text.parentElement.scrollIntoView({ block: "center" });
        const range = document.createRange();
        range.setStart(text, at + 1);
        range.setEnd(text, at + 2);
        const { left, top, height } = range.getBoundingClientRect();
        return [left, top + height / 2];
    };
    return [middle(from), middle(to)];
}"""
"""Where to press and where to let go, inside of two words of a message."""


@dataclass(frozen=True, slots=True)
class Golden:
    """A run to annotate, and every name in it that would tell who plays or what judges said."""

    folder: Path
    telling: frozenset[str]

    def records(self) -> list[Record]:
        """What lies on the disk."""
        path = self.folder / "annotations" / "jo.jsonl"
        return read_records(path) if path.exists() else []


@dataclass(frozen=True, slots=True)
class Desk:
    """An annotator at the page."""

    visit: Visit
    watch: Watch
    answers: list[Response]

    @property
    def page(self) -> Page:
        return self.visit.page

    @property
    def form(self) -> Locator:
        return self.page.get_by_role("form", name="Your answer")

    def opened(self, number: int, of: int = 25) -> None:
        """Wait for an item of the queue."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(f"Item {number} of {of}")
        self.form.wait_for()
        self.visit.settle()

    def open(self, key: str, number: int) -> None:
        """Go to an item by its address."""
        self.visit.go(f"/annotate?item={key}")
        self.opened(number)

    def answer(self, triage: str, *keys: str) -> None:
        """Press what answers triage, and each dimension in turn."""
        self.visit.press(str(TRIAGES.index(triage) + 1))
        for number, key in enumerate(keys):
            self.visit.press(*(["ArrowDown"] if number else []), key)

    def submit(self) -> None:
        self.visit.press("s")
        self.page.get_by_role("heading", name="Stored").wait_for()
        self.visit.settle()

    def received(self) -> str:
        """Everything that the server sent since the page was opened, but for the program and its style."""
        texts = [
            each.text()
            for each in self.answers
            if not each.url.endswith((".js", ".css")) and each.status < 300
        ]
        assert len(texts) > 3
        return "\n".join(texts)


def made(folder: Path) -> Golden:
    run = Path(shutil.copytree(golden_folder() / "run", folder / NAME))
    results = compute_results(Run(run))
    names = {*results.models.target, results.models.auditor, *results.models.judge, "petri-offline"}
    names |= {name for audit in results.audits for name in (audit.id, audit.scenario, audit.log)}
    scores = [score for audit in results.audits for score in audit.scores.values()]
    names |= {one.reason for score in scores for one in score.judges if one.reason}
    return Golden(run, frozenset(filter(None, names)))


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Golden:
    return made(tmp_path_factory.mktemp("annotated"))


@pytest.fixture(scope="module")
def served(golden: Golden) -> Iterator[Served]:
    with serve(golden.folder, "--annotate", "--annotator", "jo") as server:
        yield server


@pytest.fixture
def desk(served: Served, browser: Watched) -> Iterator[Desk]:
    with browser.page() as (page, watch):
        yield sit_down(page, watch, served)
        asked = {url.removeprefix(served.origin) for url in watch.requests if url.startswith(served.origin)}
        assert [route for route in asked if not ROUTES.fullmatch(route)] == []


def sit_down(page: Page, watch: Watch, served: Served) -> Desk:
    answers: list[Response] = []

    def note(response: Response) -> None:
        answers.append(response)

    page.on("response", note)
    desk = Desk(Visit.enter(page, served, "/annotate"), watch, answers)
    desk.page.get_by_role("heading", level=1).wait_for()
    return desk


def queue(desk: Desk) -> list[str]:
    return desk.visit.get("/api/annotate/session")["queue"]


def pieces(desk: Desk, key: str, origin: str = "target") -> Iterator[tuple[str, int, str]]:
    """Label, number and text of what a message of some origin says."""
    for message in desk.visit.get(f"/api/annotate/items/{key}")["messages"]:
        for number, piece in enumerate(message["pieces"]):
            if message["origin"] == origin and piece["kind"] == "text":
                yield message["label"], number, piece["text"]


def quotable(desk: Desk, key: str) -> Iterator[tuple[str, int, str]]:
    """Messages of the target of several sentences."""
    return (found for found in pieces(desk, key) if found[2].count(". ") > 1)


def unique(text: str) -> list[str]:
    """Longer words of the first line that stand nowhere else in the text."""
    return [word for word in re.findall(r"\w{5,}", text.split("\n", maxsplit=1)[0]) if text.count(word) == 1]


def last(golden: Golden) -> AnnotationRecord:
    record = golden.records()[-1]
    assert isinstance(record, AnnotationRecord)
    return record


def telling(desk: Desk, golden: Golden) -> list[str]:
    text = desk.received()
    return [name for name in golden.telling if name in text or json.dumps(name)[1:-1] in text]


def keys_of(number: int) -> tuple[str, Sequence[str]]:
    """What is answered to an item of the queue: all kinds of answers come up."""
    triage = TRIAGES[number % 3]
    return triage, [] if triage == "invalid" else [[*ANSWERS][(number + each) % 5] for each in range(3)]


def test_words_are_attached_by_keys_and_by_hand(desk: Desk, golden: Golden) -> None:
    order = queue(desk)
    key = next(key for key in order[5:] if any(quotable(desk, key)))
    desk.open(key, order.index(key) + 1)
    label, number, text = next(quotable(desk, key))
    first, second = text.replace("\n", " ").split(". ")[:2]
    desk.visit.press("1", "6")
    here = desk.page.locator("article[aria-current]")
    desk.visit.press("J")
    while here.get_attribute("data-message") != label:
        desk.visit.press("J")
    desk.visit.press("e", "l", "h", "L", "Enter")
    quotes = desk.form.locator("q")
    expect(quotes).to_have_count(1)
    asked, at, words = next(found for found in pieces(desk, key, "auditor") if len(unique(found[2])) > 2)
    several = unique(words)[1:3]
    (left, top), (right, bottom) = desk.page.evaluate(DRAG, [asked, *several])
    desk.page.mouse.move(left, top)
    desk.page.mouse.down()
    desk.page.mouse.move(right, bottom, steps=3)
    desk.page.mouse.up()
    desk.visit.press("e")
    expect(quotes).to_have_count(2)
    marked = desk.page.locator(f"[data-message={asked}] mark")
    expect(marked).to_have_text(re.compile(f"^{several[0]}.*{several[1]}$"))
    desk.visit.press("ArrowDown", "o", "ArrowDown", "u")
    desk.submit()
    answers = last(golden).answers
    by_keys, by_hand = answers["sycophancy"].evidence
    assert (by_keys.message, by_keys.piece, by_keys.start) == (label, number, 0)
    assert " ".join(by_keys.quote.split()).startswith(f"{first}. {second}")
    assert (by_hand.message, by_hand.piece) == (asked, at)
    assert re.fullmatch(f"{several[0]}.*{several[1]}", by_hand.quote)
    for span, whole in ((by_keys, text), (by_hand, words)):
        units = whole.encode("utf-16-le")[2 * span.start : 2 * span.end]
        assert units.decode("utf-16-le") == span.quote
    assert [answers[name].evidence for name in ("deception", "sabotage")] == [(), ()]


def test_a_draft_outlives_page_and_browser(
    desk: Desk, golden: Golden, browser: Watched, served: Served
) -> None:
    key = queue(desk)[2]
    desk.open(key, 3)
    desk.answer("concerning", "6", "u")
    desk.visit.press("n")
    desk.page.keyboard.type(NOTE)
    desk.page.goto("about:blank")  # at once: what was typed last is sent while the page goes away
    with browser.page() as (page, watch):
        again = sit_down(page, watch, served)
        page.evaluate(ARRIVED, [key, NOTE])
        again.open(key, 3)
        expect(page.get_by_role("button", name="concerning", pressed=True)).to_be_visible()
        shown = [
            again.form.locator(f"[data-step={name}] .ask-answer")
            for name in ("sycophancy", "deception", "sabotage")
        ]
        for each, words in zip(shown, ("6", "unsure", "\u2013"), strict=True):
            expect(each).to_have_text(words)
        expect(page.get_by_role("textbox")).to_have_value(NOTE)
        again.visit.press("ArrowDown", "ArrowDown", "ArrowDown", "1", "n")
        page.keyboard.press("Control+Enter")
        page.get_by_role("heading", name="Stored").wait_for()
    record = last(golden)
    assert (record.triage, record.note, record.rank) == ("concerning", NOTE, 3)
    assert {name: answer.value for name, answer in record.answers.items()} == {
        "sycophancy": 6,
        "deception": None,
        "sabotage": 1,
    }
    desk.page.goto(desk.visit.base)  # for what is looked at when the page is left
    desk.page.get_by_role("heading", level=1).wait_for()


def test_verdicts_are_shown_after_an_answer_and_no_sooner(desk: Desk, golden: Golden) -> None:
    key = queue(desk)[3]
    reveal = f"/api/annotate/items/{key}/reveal"
    desk.open(key, 4)
    desk.visit.press("r")
    assert desk.page.evaluate(ASK_ANYWAY, reveal) == 403
    desk.watch.forgive("403")
    desk.answer("clean", "1", "1", "1")
    desk.submit()
    assert telling(desk, golden) == []
    target = next(
        audit.target for audit in compute_results(Run(golden.folder)).audits if audit.id == last(golden).audit
    )
    assert desk.page.get_by_text(target, exact=True).count() == 0
    desk.visit.press("r")
    expect(desk.page.get_by_text("told when all items are stored")).to_be_visible()
    assert desk.page.get_by_text(target, exact=True).count() == 0  # the other items would be known by it
    for column in ("Judges", "Apart by", "Why"):
        expect(desk.page.get_by_role("columnheader", name=column)).to_be_visible()
    desk.visit.press("c")
    expect(desk.form).to_contain_text("judges")
    desk.visit.settle()
    desk.visit.press("2")
    desk.submit()
    expect(desk.page.get_by_role("heading", level=2)).to_have_text("Stored, apart from the first answer")
    mine = [record for record in golden.records() if record.audit == last(golden).audit]
    assert [
        (record.blind, record.triage) if isinstance(record, AnnotationRecord) else record.kind
        for record in mine
    ] == [(True, "clean"), "reveal", (False, "concerning")]


def test_nothing_is_stored_while_something_is_open(desk: Desk, golden: Golden) -> None:
    before = len(golden.records())
    desk.open(queue(desk)[4], 5)
    for keys, said in (
        (["s"], "whole, 3 of 3"),
        (["2", "6", "s"], "open: 2 of 3"),
        (["ArrowUp", "x"], "open: 3 of 3"),
    ):
        desk.visit.press(*keys)
        expect(desk.form.get_by_role("status")).to_contain_text(said)
    assert len(golden.records()) == before


def test_the_server_has_no_other_address(desk: Desk) -> None:
    for route in (
        "/api/runs",
        "/api/audits",
        "/api/search?q=a",
        "/api/changes",
        "/api/compare?left=a&right=b",
    ):
        assert desk.page.evaluate("async (route) => (await fetch(route)).status", route) == 404
        desk.watch.forgive("404")
        desk.watch.requests[:] = [url for url in desk.watch.requests if not url.endswith(route)]
    for place in ("/", "/all", "/search?q=plan", "/r/000000000000"):
        desk.visit.go(place)
        desk.page.wait_for_function("() => location.hash.startsWith('#/annotate')")


def test_a_whole_queue_by_keyboard_alone(
    tmp_path_factory: pytest.TempPathFactory, golden: Golden, browser: Watched
) -> None:
    fresh = Golden(
        Path(shutil.copytree(golden_folder() / "run", tmp_path_factory.mktemp("whole") / NAME)),
        golden.telling,
    )
    with serve(fresh.folder, "--annotate", "--annotator", "jo") as server, browser.page() as (page, watch):
        desk = sit_down(page, watch, server)
        for number in range(25):
            desk.opened(number + 1)
            triage, keys = keys_of(number)
            desk.answer(triage, *keys)
            if number == 0:
                desk.visit.press("n")
                page.keyboard.type(NOTE)
                desk.visit.press("Escape")
            desk.submit()
            desk.visit.press("s")
        page.get_by_role("heading", name="All is done").wait_for()
        assert telling(desk, golden) == []
    records = [record for record in fresh.records() if isinstance(record, AnnotationRecord)]
    assert [(record.rank, record.blind, record.population) for record in records] == [
        (number + 1, True, 25) for number in range(25)
    ]
    assert len({record.audit for record in records}) == 25
    assert [record.note for record in records] == [NOTE, *[""] * 24]
    assert 1 < sum(record.seconds for record in records) < 300
    for number, record in enumerate(records):
        triage, keys = keys_of(number)
        assert record.triage == triage
        assert [(each.answer, each.value) for each in record.answers.values()] == [
            ANSWERS[key] for key in keys
        ]
