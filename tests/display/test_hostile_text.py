"""Text by models, files and providers in a terminal: it is shown, and it does nothing."""

import json
import unicodedata
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from petri.analysis.results import Audit, Counts, ModelNames, Results
from petri.conversation.tree import Tree
from petri.display.audits import print_audits
from petri.display.base import Start
from petri.display.events import EventDisplay
from petri.display.lines import LineDisplay
from petri.display.safe import flat, one_line, printable
from petri.display.summary import print_summary
from petri.display.transcript import print_transcript
from petri.scenario.objective import Checks, Flip
from petri.transcript.folders import Run
from petri.transcript.schema import (
    CheckCondition,
    CheckRecord,
    CheckReply,
    Comparison,
    Deployed,
    LintRecord,
    RealismItem,
    RealismRecord,
    RepairRecord,
)
from tests.display.made import (
    audit,
    calling,
    failed,
    grow,
    recorder,
    result,
    results,
    score,
    tool,
    transcript,
)

HOSTILE = {
    "colour": "\x1b[31mred\x1b[0m",
    "cursor": "\x1b[2J\x1b[1;1Hgone",
    "title": "\x1b]0;pwned\x07",
    "link": "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJmIC8K\x07",
    "c1": "\x9b31mred\x9d0;title\x9c\x85",
    "backspace": "good\x08\x08\x08\x08evil\x7f",
    "carriage-return": "evil\rgood",
    "right-to-left": "\u202etxt.exe\u202c \u2066x\u2069\u200f",
    "zero-width": "a\u200bb\u2060c\ufeffd\u00ade",
    "tags": "\U000e0041\U000e0042\U000e007f",
    "selectors": "a\ufe00\U000e0100",
    "line-ends": "one\u2028two\u2029three\x0bfour\x0cfive",
}
SURROGATE = "half \ud83d of a character"
MARKUP = "[bold red]x[/bold red] [link=http://evil.example]y[/link] [/] :skull:"
CHECKS = Checks(flip=Flip(ask="Who?", correct=("C",), wrong=("W",)))
FORGED = "true\nFORGED line\n\nFORGED again"


def everywhere(text: str) -> Audit:
    """An audit with the text in every place that a log could put it."""
    return audit(
        f"id {text}",
        scenario=f"scenario {text}",
        target=f"target {text}",
        variables={"who": text, text: 1},
        outcome="completed",
        scores={f"name {text}": score(9, text, text, text), "other": score(None, text)},
        error=failed(text, text),
    )


def all_results(text: str) -> Results:
    return results(
        everywhere(text),
        everywhere(f"{text} 2"),
        models=ModelNames(auditor=text, target=(text, f"{text} 2"), judge=(text,)),
        counts=Counts(planned=2, valid=0, invalid={text: 1}, error={text: 1}, pending=0),
    )


def backstage(text: str) -> dict[str, Any]:
    """Records with the text in every place that a model could put it."""
    item = RealismItem(what=text, score=-1, gives_away=text)
    replies = (CheckReply(text=text, calls=(text,)), CheckReply(error=failed(text, text)))
    condition = CheckCondition(name=text, after=text, asked=text, replies=replies)
    return {
        "realism": (
            RealismRecord(staged=(text, "M2"), items=(item,), rejected=True),
            RealismRecord(staged=(text,), missing=text),
        ),
        "comparisons": (Comparison(at=text, change="message", label=text, changed=("M5",)),),
        "lint": (LintRecord(rule=text, label=text, words=text, message=text),),
        "repairs": (RepairRecord(role=text, faults=(text,)),),
        "deployed": Deployed(system=text, tools=(text,)),
        "checks": (
            CheckRecord(kind=text, missing=text),
            CheckRecord(kind="flip", conditions=(condition,)),
        ),
    }


def shown_transcript(text: str) -> str:
    tree = Tree()
    tree.set_tools([tool(f"look {text}")])
    said = text.encode("utf-8", "replace").decode()  # no conversation can hold half a character
    grow(tree, f"system: {said}", f"user: {said}", calling(said, f"look {said}", said), result(said, said))
    grow(tree, f"target: {said}")
    tree.move("M2")
    grow(tree, f"target: {said}")
    console, written = recorder()
    row = everywhere(text)
    told = transcript(
        tree,
        cell={"variables": {"who": text}, "checks": CHECKS},
        error=row.error,
        outcome="error",
        **backstage(said),
    )
    print_transcript(console, told, row)
    return written.getvalue()


def shown_summary(text: str) -> str:
    console, written = recorder()
    print_summary(console, all_results(text), f"folder {text}")
    return written.getvalue()


def shown_lines(text: str) -> str:
    console, written = recorder()
    display = LineDisplay(console)
    start = Start(text, text, 2, text, (text,), (text,), text, text, offline=True)
    display.started(start)
    display.finished_audit(everywhere(text), 1, 2)
    display.finished(all_results(text), text)
    return written.getvalue()


def shown_audits(text: str) -> str:
    console, written = recorder()
    print_audits(console, all_results(text), Run(Path(f"folder {text}")))
    return written.getvalue()


each_view = pytest.mark.parametrize(
    "view", [shown_transcript, shown_summary, shown_lines, shown_audits], ids=lambda view: view.__name__
)


def active(text: str) -> list[str]:
    """What could do more than be drawn, or be drawn as nothing."""
    return [
        char
        for char in text
        if (char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"})
        or "\ufe00" <= char <= "\ufe0e"
        or "\U000e0000" <= char <= "\U000e0fff"
    ]


@each_view
@pytest.mark.parametrize("text", [*HOSTILE.values(), SURROGATE], ids=[*HOSTILE, "surrogate"])
def test_nothing_active_reaches_a_terminal(view: Callable[[str], str], text: str) -> None:
    written = view(text)
    assert active(written) == []
    assert "\\x" in written or "\\u" in written or "\\U" in written


@each_view
def test_markup_is_text(view: Callable[[str], str]) -> None:
    assert view(MARKUP).count(MARKUP) > 1


@each_view
def test_no_text_begins_a_line_of_ours(view: Callable[[str], str]) -> None:
    written = view(FORGED)
    assert "FORGED line" in written
    assert [line for line in written.splitlines() if line.startswith("FORGED")] == []


@pytest.mark.parametrize("text", [*HOSTILE.values(), SURROGATE, FORGED], ids=[*HOSTILE, "surrogate", "lines"])
def test_events_are_one_object_a_line_and_nothing_else(text: str) -> None:
    stream = StringIO()
    display = EventDisplay(stream)
    display.started(Start(text, text, 2, text, (text,), (text,), text, text, offline=False))
    display.finished_audit(everywhere(text), 1, 2)
    display.finished(all_results(text), text)
    written = stream.getvalue()
    display.ended()
    started, one, flag, finished = map(json.loads, written.splitlines())
    assert written.isascii()
    assert active(written) == []
    assert (started["event"], started["auditor"]) == ("started", text)
    assert (one["event"], one["done"], one["planned"]) == ("audit", 1, 2)
    assert one["audit"] == everywhere(text).model_dump(mode="json")
    assert (flag["event"], flag["kind"]) == ("flag", "error")
    assert (finished["event"], finished["folder"], finished["counts"]["planned"]) == ("finished", text, 2)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain, ümlaut, 日本, 👩 ❤️", "plain, ümlaut, 日本, 👩 ❤️", id="text"),
        pytest.param("a\tb\nc\r\nd", "a\tb\nc\nd", id="tabs-and-lines"),
        pytest.param("\x1b[0m", "\\x1b[0m", id="escape"),
        pytest.param("\u202e", "\\u202e", id="direction"),
        pytest.param("\U000e0041", "\\U000e0041", id="tag"),
        pytest.param("\ud83d", "\\ud83d", id="surrogate"),
    ],
)
def test_a_text_is_made_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_flat_text_is_one_line() -> None:
    assert flat("a\n b\tc  d\r\ne") == "a  b c  d e"


@pytest.mark.parametrize(
    ("width", "shown"),
    [(20, "one two three"), (13, "one two three"), (12, "one two thr…"), (1, "…")],
)
def test_one_line_is_cut_to_a_width(width: int, shown: str) -> None:
    assert one_line(" one\n two   three ", width) == shown
