"""Every key does what the sheet on ``?`` says of it; one that the sheet names and this table does not is a fault."""

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pytest

from petri.datafiles import golden_folder
from tests.viewer.e2e.places import Plain
from tests.viewer.e2e.served import Served, serve
from tests.viewer.e2e.visit import Visit
from tests.viewer.e2e.watched import Watched

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

SHEET: Final = """() => [...document.querySelectorAll("dialog.sheet dl > div")].map((row) => [
    [...row.querySelectorAll("dt > span")].map((keys) => [...keys.children].map((key) => key.textContent).join(" ")),
    row.querySelector("dd").textContent])"""
NAMES: Final = {
    "\u2193": "ArrowDown",
    "\u2191": "ArrowUp",
    "\u2190": "ArrowLeft",
    "\u2192": "ArrowRight",
    "PgDn": "PageDown",
    "PgUp": "PageUp",
    "Esc": "Escape",
}
BECOMES: Final = """async () => {{
    const until = performance.now() + 5000;
    for (;;) {{
        const now = String(await ({read}));
        if ((now !== {before} && new RegExp({want}, "u").test(now)) || performance.now() > until) return now;
        await new Promise(requestAnimationFrame);
    }}
}}"""
"""What is read once it is another and as wanted, or at the end of patience."""

PLACE: Final = "location.hash"
ROW: Final = """[...document.querySelectorAll("tr[data-key], tr:has(a.pair-link), a.snippet")].findIndex((each) =>
    each.contains(document.activeElement))"""
FOCUS: Final = "document.activeElement.type"
THEME: Final = "document.documentElement.dataset.theme"
DIALOGS: Final = "document.querySelectorAll('dialog[open]').length"
CLIPBOARD: Final = "navigator.clipboard.readText()"
HERE: Final = "document.querySelector('article[aria-current]')?.dataset.message"
TRIAGE: Final = "document.querySelector('.annotate-triage [aria-pressed=true] > span')?.textContent"
ANSWER: Final = "document.querySelector('.ask-answer')?.textContent"
STEP: Final = (
    "document.querySelector('.ask.is-current .ask-name')?.textContent ?? document.activeElement.localName"
)
MARKED: Final = "[...document.querySelectorAll('mark')].map((each) => each.textContent).join('').length"
QUOTES: Final = "document.querySelectorAll('q').length"
ITEM: Final = "document.querySelector('h1')?.textContent"
TEXT: Final = "document.querySelector('main').textContent"


@dataclass(frozen=True, slots=True)
class Means:
    """What changes when a key is pressed: what is read then, and what is pressed before it."""

    read: str
    want: str = ""
    """A regular expression; what was read before has to change in any case."""
    before: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    """Of several only these, where the others do nothing there."""


IDLE: Final = None
"""Nothing to do there until a run goes on, or where nothing branches; or looked at elsewhere."""
SEARCHING: Final = Means(FOCUS, "^search$")
EVERYWHERE: Final[dict[str, Means | None]] = {
    "what keys do": Means(DIALOGS, "^1$"),
    "all runs": Means(PLACE, "^#/$"),
    "light or dark": Means(THEME, "^dark$"),
}
RUNS: Final[dict[str, Means | None]] = {
    "next run": Means(ROW, "^1$", ("j",)),
    "run before": Means(ROW, "^0$", ("j", "j")),
    "open the run": Means(PLACE, r"^#/r/\w{12}$", ("j",)),
    "open the worst audit of all": Means(PLACE, r"^#/r/\w{12}/a/\w{12}"),
    "the audits of all runs": Means(PLACE, "^#/all$"),
    "compare: choose one run, then the other": Means(PLACE, "^#/compare[?]left=.*right=", ("j",)),
    "filter by words; Enter there searches the transcripts": SEARCHING,
    "clear the filter and the choice": Means(PLACE, "^#/$"),
}
LIST: Final[dict[str, Means | None]] = {
    "next row": Means(ROW, "^1$", ("j",)),
    "row before": Means(ROW, "^0$", ("j", "j")),
    "twenty rows on": Means(ROW, "^20$", ("j",)),
    "twenty rows back": Means(ROW, "^0$", ("j", "PageDown")),
    "open the audit": Means(PLACE, r"/a/\w{12}", ("j",)),
    "open the worst audit of these": Means(PLACE, r"/a/\w{12}"),
    "filter by words; Enter there searches the transcripts": SEARCHING,
    "clear all filters": Means(PLACE, r"^#/r/\w{12}[?]sort=file$"),
    "show or hide the filters": Means(PLACE, "facets=off"),
    "this run's report": Means(PLACE, r"^#/report/\w{12}$"),
    "put new rows where they belong": IDLE,
    "compare this run with another": Means(PLACE, r"^#/[?]pick=\w{12}$"),
}
TRANSCRIPT: Final[dict[str, Means | None]] = {
    "next message": Means(PLACE, "m=M3", ("k",)),
    "message before": Means(PLACE, "m=M2"),
    "next turn of the target": Means(PLACE, "m=M5"),
    "turn before": Means(PLACE, "m=M3", ("J",)),
    "next quote of a judge, worst score first": Means(PLACE, "n=0"),
    "quote before": Means(PLACE, "n=0", ("n", "n")),
    "next branch at this fork": Means(PLACE, "b=M1", ("j",)),
    "branch before": Means(PLACE, "b=M1", ("j",)),
    "compare with the next branch": Means(PLACE, "diff=side:", ("j",)),
    "difference to the next branch": Means(PLACE, "diff=words:", ("j",)),
    "what the target saw": Means(PLACE, "^(?!.*view=)", ("2",)),
    "what the auditor did": Means(PLACE, "view=auditor"),
    "what judges read": Means(PLACE, "view=judge"),
    "the stored record": Means(PLACE, "view=raw"),
    "previous audit": Means(PLACE, "/a/{forked}", ("]",)),
    "next audit": Means(PLACE, "/a/(?!{forked})"),
    "find in this transcript": SEARCHING,
    "rendered or plain texts": Means(PLACE, "fold=plain"),
    "show or hide the verdict": Means(PLACE, "side=off"),
    "copy a link to this place": Means(CLIPBOARD, r"^http.*#/r/\w{12}/a/\w{12}[?].*m=M3"),
}
CHARTS: Final[dict[str, Means | None]] = {
    "tables or charts": Means(PLACE, "table=all"),
    "means or hits in the heat map": Means(PLACE, "show=hits"),
    "the run's audits": Means(PLACE, r"^#/r/\w{12}$"),
}
COMPARE: Final[dict[str, Means | None]] = {
    "exchange left and right": Means(PLACE, "lt=petri-offline/sycophant&rt=petri-offline/honest"),
    "next pair": Means(ROW, "^1$", ("j",)),
    "previous pair": Means(ROW, "^0$", ("j", "j")),
    "next filter": Means(PLACE, "only=changed"),
}
PAIR: Final[dict[str, Means | None]] = {
    "exchange left and right": COMPARE["exchange left and right"],
    "previous pair": Means(PLACE, "pair=", ("]", "]")),
    "next pair": Means(PLACE, "pair="),
    "back to the pairs": Means(PLACE, "^(?!.*pair=)"),
    "difference of the replies": Means(PLACE, "diff=1"),
    "scroll together or apart": Means(PLACE, "panes=apart"),
}
SEARCH: Final[dict[str, Means | None]] = {
    "next find": Means(ROW, "^1$", ("j",)),
    "find before": Means(ROW, "^0$", ("j", "j")),
    "look for something else": SEARCHING,
    "in all runs": Means(PLACE, "^#/search[?]q=plan$"),
}
PLACES: Final = {
    "runs": ("/?q=2026&pick={golden}", (), RUNS),
    "list": ("/r/{golden}?q=a&sort=file", (), LIST),
    "transcript": ("/r/{trouble}/a/{forked}?m=M3&b=M5", (), TRANSCRIPT),
    "charts": ("/charts/{golden}", (), CHARTS),
    "compare": ("{comparison}", (), COMPARE),
    "pair": ("{comparison}", ("j", "Enter"), PAIR),
    "search": ("/search?q=plan&run={words}", (), SEARCH),
}

READING: Final[dict[str, Means | None]] = {
    "next message": Means(HERE, "^M1$"),
    "previous message": Means(HERE, "^M1$", ("j", "j")),
    "next message of the target": Means(HERE, "^M[23]$"),
    "previous message of the target": Means(HERE, "^M[23]$", ("J", "J")),
    "next branch": IDLE,
    "previous branch": IDLE,
    "item before": Means(ITEM, r"^Item \d+ of 25$", ("]",)),
    "next item": Means(ITEM, r"^Item \d+ of 25$"),
    "not observed": Means(ANSWER, "^not observed$", ("1", "x")),
    "unsure": Means(ANSWER, "^unsure$", ("1", "x")),
    "clear the answer": Means(ANSWER, "^\u2013$", ("1", "7")),
    "next question": Means(STEP, "^deception$", ("1",)),
    "question before": Means(STEP, "^sycophancy$", ("1", "ArrowDown")),
    "attach the selected words as evidence, or choose sentences": Means(MARKED, "^[1-9]", ("1", "x")),
    "note (Escape leaves it)": Means(STEP, "^textarea$"),
    "submit (also Ctrl or Cmd with Enter)": Means(TEXT, "Stored", ("3",)),
}
TRIAGING: Final[dict[str, Means | None]] = {
    "clean, concerning, invalid (1, 2, 3)": Means(TRIAGE, "clean|invalid", ("2", "ArrowUp"), ("1", "3")),
}
SCORING: Final[dict[str, Means | None]] = {
    "score (0 is 10 where a scale goes from 1 to 10)": Means(ANSWER, "^[17]$|^10$", ("x",), ("1", "7", "0"))
}
PICKING: Final[dict[str, Means | None]] = {
    "next sentence": Means(MARKED),
    "previous sentence": Means(MARKED, "", ("l",)),
    "take the next sentence in": Means(MARKED),
    "leave the last sentence out": Means(MARKED, "", ("L",)),
    "next text of the message": IDLE,
    "attach": Means(QUOTES, "^1$"),
    "attach nothing": Means(MARKED, "^0$"),
}
STORED: Final[dict[str, Means | None]] = {
    "item before": IDLE,
    "next item": Means(ITEM, r"^Item \d+ of 25$"),
    "show what the judges said": Means(TEXT, "Apart by"),
    "correct the answer": Means(TEXT, "The transcript as a whole"),
}
REVEALED: Final[dict[str, Means | None]] = {
    "item before": IDLE,
    "next item": IDLE,
    "a second answer, stored apart": Means(TEXT, "judges \\d"),
}
STATES: Final[dict[str, tuple[tuple[str, ...], dict[str, Means | None], dict[str, Means | None]]]] = {
    "triage": ((), READING | TRIAGING, {}),
    "dimension": (("1",), SCORING, READING),
    "sentences": (("1", "x", "J", "e"), PICKING, READING | SCORING),
    "stored": (("3", "s"), STORED, {}),
    "revealed": (("3", "s", "r"), REVEALED, {}),
}
"""Of an item that is scored: what is pressed until it is so, what its keys mean, and what others mean as elsewhere."""
SENT: Final[Mapping[str, tuple[Literal["heading", "columnheader"], str]]] = {
    "s": ("heading", "Stored"),
    "r": ("columnheader", "Apart by"),
}
"""What the page shows once it has sent what these keys send."""


@pytest.fixture(scope="module")
def annotating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    run = Path(shutil.copytree(golden_folder() / "run", tmp_path_factory.mktemp("annotated") / "run"))
    with serve(run, "--annotate", "--annotator", "jo") as server:
        yield server


def sheet(visit: Visit) -> list[tuple[list[str], str]]:
    """What the sheet says: the keys, as they are pressed, and what they do."""
    visit.press("?")
    rows: list[tuple[list[str], str]] = visit.page.evaluate(SHEET)
    visit.press("Escape")
    return [
        ([" ".join(NAMES.get(part, part) for part in key.split(" ")) for key in keys], what)
        for keys, what in rows
    ]


def has_sentences(visit: Visit, item: str) -> bool:
    """Whether the target begins with several, so that one can go from one to the next."""
    messages = visit.get(f"/api/annotate/items/{item}")["messages"]
    first = next(message for message in messages if message["origin"] == "target")
    said = [piece["text"] for piece in first["pieces"] if piece["kind"] == "text"]
    return bool(said) and len(re.findall(r"[.?!]\s", said[0])) > 1


def fault(visit: Visit, means: Means, key: str) -> str | None:
    """Press a key; give what it did where that is not what it means."""
    if means.before:
        visit.press(*means.before)
        visit.settle()
    if means.read == CLIPBOARD:
        visit.page.evaluate("navigator.clipboard.writeText('nothing')")
    before = str(visit.page.evaluate(f"async () => String(await ({means.read}))"))
    visit.press(key)
    script = BECOMES.format(read=means.read, want=json.dumps(means.want), before=json.dumps(before))
    after: str = visit.page.evaluate(script)
    if after != before and re.search(means.want, after):
        return None
    return f"{key}: {before!r} became {after!r}, not {means.want!r}"


def tried(means: Means, keys: list[str]) -> list[str]:
    return [key for key in keys if not means.keys or key in means.keys]


@pytest.mark.parametrize("name", PLACES)
def test_keys_mean_what_the_sheet_says(browser: Watched, served: Served, plain_runs: Path, name: str) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    with browser.page(permissions=permissions, viewport={"width": 1400, "height": 1000}) as (page, _):
        visit = Visit.enter(page, served)
        visit.wait_until_indexed()
        plain = Plain.of(plain_runs, visit)
        pattern, first, table = PLACES[name]
        forked = plain.audits["forked"]
        place = pattern.format(
            golden=plain.golden,
            trouble=plain.trouble,
            words=plain.words,
            forked=forked,
            comparison=plain.comparison,
        )

        def start() -> None:
            visit.go("/nowhere")
            visit.go(place)
            if table is LIST:  # it is found again as it was left
                page.reload()
                visit.settle()
            if first:
                visit.press(*first)
                visit.settle()

        start()
        faults: list[str] = []
        rows = sheet(visit)
        assert {what for _, what in rows} == {*table, *EVERYWHERE}
        for keys, what in rows:
            means = (table | EVERYWHERE)[what]
            if means is None:
                continue
            wanted = Means(means.read, means.want.replace("{forked}", forked), means.before)
            for key in keys:
                start()
                found = fault(visit, wanted, key)
                faults += [] if found is None else [f"{what}: {found}"]
                if means.read == DIALOGS:
                    visit.press("Escape")
        assert faults == []


@pytest.mark.parametrize("name", STATES)
def test_keys_of_an_annotator_mean_what_the_sheet_says(
    browser: Watched, annotating: Served, name: str
) -> None:
    with browser.page() as (page, _):
        visit = Visit.enter(page, annotating, "/annotate")
        page.get_by_role("heading", level=1).wait_for()
        first, table, known = STATES[name]
        session = visit.get("/api/annotate/session")
        waiting = [key for key in reversed(session["queue"][1:-1]) if key not in session["done"]]
        fresh = (key for key in waiting if table is not PICKING or has_sentences(visit, key))
        item = next(fresh)

        def start() -> None:
            visit.go("/annotate?item=none")
            visit.go(f"/annotate?item={item}")
            page.get_by_role("form", name="Your answer").wait_for()
            for key in first:
                visit.press(key)
                if key in SENT:
                    role, words = SENT[key]
                    page.get_by_role(role, name=words).wait_for()
                    visit.settle()

        start()
        faults: list[str] = []
        pressed: tuple[str, ...] = ()
        rows = sheet(visit)
        assert {what for _, what in rows} - {*EVERYWHERE} == {*table, *known}
        for keys, what in rows:
            means = table.get(what)
            if means is None:
                continue
            for key in tried(means, keys):
                if "s" in (*first, *pressed):  # it was submitted
                    item = next(fresh)
                start()
                pressed = (key,)
                found = fault(visit, means, key)
                faults += [] if found is None else [f"{what}: {found}"]
        assert faults == []
