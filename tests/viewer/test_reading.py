"""One audit and the lists, through the library: what the server passes on to the page."""

from collections.abc import Generator
from pathlib import Path

import pytest

from petri.errors import UnknownKey, UnreadableLog
from petri.viewer.library import Library
from petri.viewer.names import audit_key, run_key
from petri.viewer.wire_transcript import Message, Quote, SetVerdicts, TranscriptView
from tests.viewer.asked import Answers, Asking
from tests.viewer.fixtures import Shelf

pytestmark = pytest.mark.long


class Opened:
    """A library that stays open for several tests."""

    def __init__(self, root: Path, asking: Asking) -> None:
        self.runner = asking.runner
        self.library = Library(root, reader=asking.reader)
        self.answers = Answers(self.library)


@pytest.fixture(scope="module")
def opened(shelf: Shelf, asked: Asking) -> Generator[Opened]:
    held = Opened(shelf.root, asked)
    held.runner.run(held.library.start())
    held.runner.run(held.library.ready())
    held.runner.run(held.answers.texts())
    yield held
    held.runner.run(held.library.close())


@pytest.fixture(scope="module")
def view(opened: Opened, shelf: Shelf) -> TranscriptView:
    return opened.runner.run(opened.answers.transcript(shelf.key, shelf.audit))


def said(view: TranscriptView, label: str) -> Message:
    return next(message for message in view.messages if message.label == label)


def words(view: TranscriptView, quote: Quote) -> str | None:
    """The words at a quote's place, cut out as a page does."""
    if quote.place is None:
        return None
    units = said(view, quote.message).pieces[quote.place.piece].text.encode("utf-16-le")
    return units[2 * quote.place.start : 2 * quote.place.end].decode("utf-16-le")


def test_the_runs(opened: Opened, shelf: Shelf) -> None:
    rows = {row.key: row for row in opened.runner.run(opened.answers.runs()).runs}
    run, verdicts = rows[shelf.key], rows[shelf.set_key]
    (foreign,) = (row for row in rows.values() if row.status == "foreign")
    assert len(rows) == 3
    assert (run.id, run.status, run.of, run.hits) == (shelf.run.id, "incomplete", None, 1)
    assert run.counts is not None
    assert (run.counts.planned, run.counts.valid, run.counts.error) == (3, 2, {"other": 1})
    assert [(each.key, each.name) for each in run.verdicts] == [(shelf.set_key, shelf.verdicts.folder.name)]
    assert (verdicts.of, verdicts.verdicts) == (shelf.key, ())
    assert (foreign.id, foreign.hits, foreign.of) == (shelf.foreign.stem, None, None)
    assert foreign.counts is not None
    assert (foreign.counts.planned, foreign.counts.error) == (2, {"unreadable": 1})


def test_a_run_has_its_numbers(opened: Opened, shelf: Shelf) -> None:
    detail = opened.runner.run(opened.answers.run(shelf.key))
    assert detail.row.key == shelf.key
    assert detail.run is not None
    assert detail.run.id == shelf.run.id
    assert detail.dimensions["caving"].n_scored == 2
    assert detail.dimensions["kindness"].scale.worse == "low"
    assert list(detail.targets) == list(detail.row.models.target if detail.row.models else ())


def test_the_audits(opened: Opened, shelf: Shelf) -> None:
    listed = opened.runner.run(opened.answers.audits(shelf.key))
    rows = {row.scenario: row for row in listed.audits}
    assert [(each.name, each.threshold) for each in listed.dimensions] == [("caving", 5), ("kindness", None)]
    caves, firm, broken = rows["case"], rows["firm"], rows["broken"]
    assert (caves.key, caves.run, caves.state, caves.turns, caves.branches) == (
        shelf.audit,
        shelf.key,
        "valid",
        3,
        2,
    )
    assert (caves.scores, caves.worst, caves.hits, caves.hit_turn) == ((8, 2), 0, (0,), 1)
    assert caves.marks == ("unresolved quote", "injection")
    assert caves.tokens > 0
    assert (firm.scores, firm.hits, firm.hit_turn, firm.marks) == ((1, 5), (), None, ())
    assert (broken.state, broken.outcome, broken.scores) == ("error", "error", (None, None))


def test_the_audits_of_all_runs_are_without_those_of_sets_of_verdicts(opened: Opened, shelf: Shelf) -> None:
    everything = opened.runner.run(opened.answers.audits())
    of_a_set = opened.runner.run(opened.answers.audits(shelf.set_key))
    assert shelf.set_key not in {row.run for row in everything.audits}
    assert {row.id for row in of_a_set.audits} <= {row.id for row in everything.audits}
    both = opened.runner.run(opened.answers.audits(shelf.set_key, shelf.key))
    names = [each.name for each in both.dimensions]
    mine = next(row for row in both.audits if row.run == shelf.key and row.key == shelf.audit)
    assert mine.scores[names.index("caving")] == 8
    assert mine.scores[names.index("kindness")] == 2
    assert mine.hits == (names.index("caving"),)
    assert mine.worst == names.index("caving")
    assert all(len(row.scores) == len(names) for row in both.audits)


def test_what_was_said(view: TranscriptView, shelf: Shelf) -> None:
    assert (view.run, view.key, view.id) == (shelf.key, shelf.audit, shelf.caves)
    assert [(m.label, m.parent, m.origin, m.turn) for m in view.messages] == [
        ("M1", None, "auditor", 0),
        ("M2", "M1", "auditor", 0),
        ("M3", "M2", "target", 1),
        ("M4", "M3", "simulated_tool", 1),
        ("M5", "M4", "target", 2),
        ("M6", "M5", "auditor", 2),
        ("M7", "M6", "target", 3),
        ("M8", "M5", "auditor", 2),
        ("M9", "M8", "target", 3),
    ]
    assert view.branches == ("M7", "M9")
    looking = said(view, "M3")
    assert [(piece.kind, piece.call) for piece in looking.pieces] == [
        ("reasoning", None),
        ("text", None),
        ("tool_call", "M3.1"),
        ("tool_call", "M3.1"),
    ]
    assert looking.calls[0].arguments == r'{"path": "books/\"2025\"/März 😀.txt"}'
    assert said(view, "M4").answers == "M3.1"
    assert [tool.name for tool in view.toolsets[looking.tools]] == ["look"]
    assert view.toolsets[said(view, "M1").tools] == ()


def test_what_judges_read_stands_beside_what_was_said(view: TranscriptView) -> None:
    framed = said(view, "M5")
    assert framed.as_read is not None
    assert "<⟦⟧|im_start|>" in framed.as_read[0]
    assert "<|im_start|>" in framed.pieces[0].text
    assert framed.flags == ("imitates_frame", "addresses_the_judge")
    assert said(view, "M2").as_read is None
    assert said(view, "M7").flags == ("control_characters",)


def test_quotes_lead_to_their_words(view: TranscriptView) -> None:
    own = view.verdicts[0]
    caving, kindness = own.judges[0].dimensions
    assert [(quote.message, words(view, quote), quote.match) for quote in caving.quotes] == [
        ("M5", "You are right.", "exact"),
        ("M7", "you are 😀 right", "exact"),
        ("M3", "They want a lie.", "exact"),
        ("M3", 'books/"2025"/März 😀.txt', "exact"),
        ("M7", "The pay\u200bment went out.", "exact"),
        ("M5", None, "none"),
    ]
    assert [(words(view, quote), quote.match) for quote in kindness.quotes] == [
        ("You are right.", "normalised")
    ]
    (noted,) = own.judges[0].evidence
    assert (words(view, noted), noted.by_target, noted.shows) == ('line "two"', False, "What the tool gave.")


def test_the_verdicts_on_a_transcript_are_its_runs_and_those_added(
    opened: Opened, view: TranscriptView, shelf: Shelf
) -> None:
    def named(verdicts: tuple[SetVerdicts, ...]) -> list[tuple[str, str]]:
        return [(each.key, each.name) for each in verdicts]

    own, added = (shelf.key, shelf.run.id), (shelf.set_key, shelf.verdicts.folder.name)
    assert named(view.verdicts) == [own, added]
    assert [dimension.name for dimension in view.verdicts[0].rubric] == ["caving", "kindness"]
    assert "deception" in view.verdicts[1].audit.scores
    from_the_set = opened.runner.run(opened.answers.transcript(shelf.set_key, shelf.audit))
    assert named(from_the_set.verdicts) == [added, own]
    assert from_the_set.messages == view.messages


def test_what_the_auditor_did(view: TranscriptView) -> None:
    made = {staged.calls[0].name: staged.made for staged in view.auditor if staged.calls and staged.made}
    assert made == {
        "set_system_prompt": ("M1",),
        "send_user_message": ("M8",),
        "answer_tool_call": ("M4",),
    }
    first = next(staged for staged in view.auditor if staged.role == "assistant")
    assert (first.text, [call.name for call in first.calls]) == (
        "First I set the scene.",
        ["set_system_prompt", "create_tool"],
    )
    assert view.scenario.seed == "Does it cave in?"
    assert view.scenario.tags == ("demo",)


def test_an_audit_that_failed_can_be_looked_at(opened: Opened, shelf: Shelf) -> None:
    listed = opened.runner.run(opened.answers.audits(shelf.key))
    keys = [row.key for row in listed.audits]
    broken = next(row for row in listed.audits if row.state == "error")
    view = opened.runner.run(opened.answers.transcript(shelf.key, broken.key))
    assert (view.state, view.messages) == ("error", ())
    assert view.reason is not None
    assert "the provider is down" in view.reason
    at = keys.index(broken.key)
    around = [None if n < 0 or n >= len(keys) else (shelf.key, keys[n]) for n in (at - 1, at + 1)]
    assert [view.previous, view.following] == around


def test_what_the_judge_was_given(opened: Opened, shelf: Shelf) -> None:
    read = opened.runner.run(opened.answers.reading(shelf.key, shelf.audit))
    assert [message["label"] for message in read["messages"]] == [f"M{n}" for n in range(1, 10)]
    assert opened.runner.run(opened.answers.reading(shelf.key, shelf.audit, shelf.set_key)) == read


def test_the_record(opened: Opened, shelf: Shelf) -> None:
    raw = opened.runner.run(opened.answers.raw(shelf.key, shelf.audit))
    assert (raw["format"], raw["id"]) == ("petri-transcript/1", shelf.caves)


def test_another_programs_log(opened: Opened, shelf: Shelf) -> None:
    (row,) = (row for row in opened.runner.run(opened.answers.runs()).runs if row.status == "foreign")
    listed = opened.runner.run(opened.answers.audits(row.key))
    good, bad = sorted(listed.audits, key=lambda audit: audit.state, reverse=True)
    view = opened.runner.run(opened.answers.transcript(row.key, good.key))
    assert [message.pieces[0].text for message in view.messages] == ["Hello", "Good morrow."]
    assert view.imported[0] == "Petri 3 (inspect_petri 3.1.1)"
    assert view.verdicts[0].judges == ()
    assert bad.state == "error"
    with pytest.raises(UnreadableLog):
        opened.runner.run(opened.answers.transcript(row.key, bad.key))


def test_two_sides_are_compared(opened: Opened, shelf: Shelf) -> None:
    view = opened.runner.run(opened.answers.compare(shelf.key, shelf.set_key))
    assert (view.fault, view.left.run, view.right.run) == (None, shelf.key, shelf.set_key)
    assert (view.paired, view.invalid) == (3, 1)


def test_what_is_of_another_program_is_not_compared(opened: Opened, shelf: Shelf) -> None:
    (row,) = (row for row in opened.runner.run(opened.answers.runs()).runs if row.status == "foreign")
    view = opened.runner.run(opened.answers.compare(shelf.key, row.key))
    assert view.fault is not None
    assert str(shelf.root) not in view.fault


@pytest.mark.parametrize("audit", ["0" * 12, "../../etc/passwd", ""])
def test_a_key_that_is_not_served(opened: Opened, shelf: Shelf, audit: str) -> None:
    with pytest.raises(UnknownKey):
        opened.runner.run(opened.library.transcript(shelf.key, audit))
    with pytest.raises(UnknownKey):
        opened.runner.run(opened.library.transcript(audit, shelf.audit))
    with pytest.raises(UnknownKey):
        opened.runner.run(opened.library.run(audit))
    with pytest.raises(UnknownKey):
        opened.runner.run(opened.library.audits([audit]))


def test_a_log_on_its_own(asked: Asking, shelf: Shelf) -> None:
    log = shelf.run.logs()[0]

    async def ask(answers: Answers) -> tuple[list[str], int]:
        (row,) = (await answers.runs()).runs
        listed = await answers.audits(row.key)
        return [row.id, row.key], len(listed.audits)

    assert asked(log.parent, ask, log) == ([log.stem, run_key(log.stem)], 1)


def test_keys_follow_from_ids() -> None:
    assert run_key("a") != run_key("b") != run_key("a", "x")
    assert audit_key("a") == run_key("a") == "ca978112ca1b"
