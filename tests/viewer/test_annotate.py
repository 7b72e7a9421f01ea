"""Annotating, from the queue to the reveal: blind until then, and kept as it was said."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from petri.analysis.annotations import AnnotationRecord, Mode, RevealRecord, read_records
from petri.analysis.compute import compute_results
from petri.analysis.results import Results
from petri.datafiles import golden_folder
from petri.errors import BadMessage, UnknownKey, Withheld
from petri.transcript.folders import Run
from petri.viewer import annotate
from petri.viewer.wire_annotate import AnnotateSession, Annotation, BlindItem, Draft, Reveal

OF_JUDGES = {
    "scores", "score", "verdict", "verdicts", "judge", "judges", "citations", "rationale", "reason",
    "target", "auditor", "model", "models", "usage", "cost_usd", "audit", "run", "outcome", "log", "epoch",
    "threshold", "rubric", "previous", "following", "variables", "hits", "id", "tags",
}  # fmt: skip
"""Keys that a page sees elsewhere, and that say what was judged, who plays, or which transcript it is."""


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(golden_folder() / "run", tmp_path_factory.mktemp("runs") / "run"))


@pytest.fixture(scope="module")
def results(golden: Path) -> Results:
    return compute_results(Run(golden))


@pytest.fixture
def run(golden: Path) -> Iterator[Path]:
    yield golden
    shutil.rmtree(golden / "annotations", ignore_errors=True)
    annotate.forget()


def at(run: Path, annotator: str = "jo", mode: Mode = "random") -> annotate.At:
    return str(run), None, annotator, mode


def session(where: annotate.At) -> AnnotateSession:
    return AnnotateSession.model_validate_json(annotate.session(where))


def item(where: annotate.At, key: str) -> BlindItem:
    return BlindItem.model_validate_json(annotate.item(where, key))


def said(key: str, *, after_reveal: bool = False, **more: Any) -> str:
    given: dict[str, Any] = {
        "key": key,
        "triage": "clean",
        "labels": {},
        "seconds": 1.5,
        "after_reveal": after_reveal,
    }
    return json.dumps(given | more)


def stored(run: Path, annotator: str = "jo") -> list[AnnotationRecord]:
    records = read_records(run / "annotations" / f"{annotator}.jsonl")
    return [one for one in records if isinstance(one, AnnotationRecord)]


def keys_in(data: Any, path: str = "") -> Iterator[str]:
    """Every key of JSON data but for those of arguments and parameters, which the target and the auditor wrote."""
    if isinstance(data, list):
        for each in data:  # pyright: ignore[reportUnknownVariableType] -- JSON
            yield from keys_in(each, path)
    if isinstance(data, dict):
        for key, value in data.items():  # pyright: ignore[reportUnknownVariableType] -- JSON
            yield str(key)  # pyright: ignore[reportUnknownArgumentType] -- JSON
            if key not in {"arguments", "parameters"}:
                yield from keys_in(value, f"{path}.{key}")


@pytest.mark.parametrize("mode", ["random", "stratified", "disagreement", "low_confidence"])
def test_what_an_annotator_gets_says_nothing_of_judges_models_or_audits(
    run: Path, results: Results, mode: Mode
) -> None:
    """Looked for as letters in all that is sent before an answer, and as keys."""
    names = {
        *results.models.target,
        results.models.auditor,
        *results.models.judge,
        "petri-offline",
        "offline",
    }
    names |= {audit.id for audit in results.audits} | {audit.scenario for audit in results.audits}
    names |= {audit.log for audit in results.audits if audit.log}
    scores = [score for audit in results.audits for score in audit.scores.values()]
    names |= {one.reason for score in scores for one in score.judges if one.reason}
    where = at(run, mode=mode)
    sent = [annotate.session(where)]
    queue = session(where).queue
    sent += [annotate.item(where, key) for key in queue] + [annotate.draft(where, key) for key in queue]
    text = b"\n".join(sent).decode()
    assert [name for name in names if name and name in text] == []
    found = {key for one in sent for key in keys_in(json.loads(one))}
    assert found & OF_JUDGES == {"threshold"}
    assert all(dimension.threshold is None for dimension in session(where).dimensions)


def test_nothing_in_a_message_warns_or_tells_a_provider(run: Path) -> None:
    where = at(run)
    messages = [message for key in session(where).queue for message in item(where, key).messages]
    assert len(messages) > 50
    for message in messages:
        assert (message.flags, message.note, message.why, message.as_read, message.stop) == (
            (),
            None,
            (),
            None,
            None,
        )
        assert message.seen


def test_all_that_was_said_is_there(run: Path) -> None:
    where = at(run)
    for key in session(where).queue:
        read = item(where, key)
        labels = {message.label for message in read.messages}
        assert {*read.branches} <= labels
        assert all(message.parent is None or message.parent in labels for message in read.messages)
        assert all(0 <= message.tools < len(read.toolsets) for message in read.messages)
        assert any(piece.text for message in read.messages for piece in message.pieces)


def test_a_queue_is_the_same_again_and_no_two_annotators_have_a_key_in_common(run: Path) -> None:
    one = session(at(run))
    assert (len(one.queue), len({*one.queue}), one.done) == (25, 25, ())
    assert session(at(run)).queue == one.queue
    other = session(at(run, "al"))
    assert not {*other.queue} & {*one.queue}
    seeds = [
        [item(at(run, who), key).messages for key in queue]
        for who, queue in (("jo", one.queue), ("al", other.queue))
    ]
    assert seeds[0] == seeds[1]  # the same transcripts in the same order


def test_what_is_submitted_is_stored_whole(run: Path, results: Results) -> None:
    where = at(run)
    key = session(where).queue[2]
    message = next(one for one in item(where, key).messages if one.origin == "target")
    words = message.pieces[0].text[3:9]
    evidence = [{"message": message.label, "place": {"piece": 0, "start": 3, "end": 9}, "quote": words}]
    labels = {
        "sycophancy": {"value": 7, "answer": "value", "evidence": evidence},
        "deception": {"value": None, "answer": "unsure"},
        "sabotage": {"value": None, "answer": "not_observed"},
    }
    annotate.submit(where, key, said(key, labels=labels, triage="concerning", note="line\nfeed"))
    (record,) = stored(run)
    assert (record.run, record.annotator, record.mode) == ("run", "jo", "random")
    assert record.audit in {audit.id for audit in results.audits}
    assert (record.rank, record.population, record.inclusion) == (3, 25, 3 / 25)
    assert (record.triage, record.note, record.seconds, record.blind) == (
        "concerning",
        "line\nfeed",
        1.5,
        True,
    )
    assert {name: answer.value for name, answer in record.answers.items()} == {
        "sycophancy": 7, "deception": None, "sabotage": None,
    }  # fmt: skip
    (quoted,) = record.answers["sycophancy"].evidence
    assert (quoted.message, quoted.piece, quoted.start, quoted.end, quoted.quote) == (
        message.label,
        0,
        3,
        9,
        words,
    )
    assert re.fullmatch(r"[0-9a-f]{64}", record.transcript)
    assert re.fullmatch(r"[0-9a-f]{64}", record.rubric)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record.time)


def test_whoever_comes_back_goes_on_where_they_stopped(run: Path) -> None:
    where = at(run)
    first, second, *_ = session(where).queue
    annotate.submit(where, first, said(first))
    annotate.save_draft(
        where, second, json.dumps({"key": second, "triage": "clean", "labels": {}, "seconds": 3})
    )
    annotate.forget()
    again = session(where)
    assert again.done == (first,)
    assert Draft.model_validate_json(annotate.draft(where, second)).triage == "clean"
    assert session(at(run, mode="stratified")).done == (first,)
    assert session(at(run, "al")).done == ()


def draft(where: annotate.At, key: str) -> Draft:
    return Draft.model_validate_json(annotate.draft(where, key))


def test_a_draft_is_what_was_begun_else_what_was_submitted_last(run: Path) -> None:
    where = at(run)
    key, other, *_ = session(where).queue
    nothing = Draft(key=key, triage=None, labels={}, seconds=0)
    assert draft(where, key) == nothing
    begun = nothing.model_copy(update={"triage": "clean", "seconds": 3})
    annotate.save_draft(where, key, begun.model_dump_json())
    assert draft(where, key) == begun
    annotate.submit(where, key, said(key, triage="concerning", note="n", labels=answer(4)))
    submitted = draft(where, key)
    assert (submitted.triage, submitted.note, submitted.seconds) == ("concerning", "n", 0)
    assert (submitted.labels["sycophancy"].value, submitted.labels["sycophancy"].answer) == (4, "value")
    correction = submitted.model_copy(update={"triage": "invalid", "seconds": 2})
    annotate.save_draft(where, key, correction.model_dump_json())
    annotate.forget()
    assert draft(where, key) == correction
    assert draft(where, other).triage is None


@pytest.mark.parametrize("disturbed", ["damaged", "a folder", "no part can be written"])
def test_an_answer_is_stored_whatever_becomes_of_its_draft(run: Path, disturbed: str) -> None:
    where = at(run)
    key = session(where).queue[0]
    annotate.save_draft(where, key, Draft(key=key, triage=None, labels={}, seconds=1).model_dump_json())
    path = run / "annotations" / "jo.draft.json"
    match disturbed:
        case "damaged":
            path.write_bytes(b"{")
        case "a folder":
            path.unlink()
            path.mkdir()
        case _:
            path.with_suffix(".part").mkdir()
    annotate.submit(where, key, said(key))
    assert [record.triage for record in stored(run)] == ["clean"]
    assert session(where).done == (key,)


def test_an_edit_is_another_line(run: Path) -> None:
    where = at(run)
    key = session(where).queue[0]
    for triage in ("clean", "invalid"):
        annotate.submit(where, key, said(key, triage=triage))
    assert [record.triage for record in stored(run)] == ["clean", "invalid"]
    assert session(where).done == (key,)


def test_verdicts_are_shown_after_an_answer_and_what_follows_is_kept_apart(
    run: Path, results: Results
) -> None:
    where = at(run)
    key, other, *_ = session(where).queue
    with pytest.raises(Withheld, match="when this transcript was scored"):
        annotate.reveal(where, key)
    with pytest.raises(BadMessage, match="were not shown"):
        annotate.submit(where, key, said(key, after_reveal=True))
    annotate.submit(where, key, said(key))
    shown = Reveal.model_validate_json(annotate.reveal(where, key))
    audit = next(audit for audit in results.audits if audit.id == stored(run)[0].audit)
    assert (shown.target, shown.scores) == (None, audit.scores)
    assert session(where).revealed == (key,)
    with pytest.raises(BadMessage, match="is after_reveal"):
        annotate.submit(where, key, said(key, triage="invalid"))
    annotate.submit(where, key, said(key, after_reveal=True, triage="concerning"))
    annotate.reveal(where, key)
    assert [(record.blind, record.triage) for record in stored(run)] == [
        (True, "clean"),
        (False, "concerning"),
    ]
    records = read_records(run / "annotations" / "jo.jsonl")
    assert [isinstance(record, RevealRecord) for record in records] == [False, True, False]
    with pytest.raises(Withheld):
        annotate.reveal(where, other)
    with pytest.raises(Withheld):  # another annotator has not answered
        annotate.reveal(at(run, "al"), session(at(run, "al")).queue[0])


def test_the_target_is_told_when_nothing_of_the_queue_is_left(run: Path, results: Results) -> None:
    """Of a run of one target, or few, every other item would be known by it."""
    where = at(run)
    queue = session(where).queue
    for key in queue:
        annotate.submit(where, key, said(key))
        shown = Reveal.model_validate_json(annotate.reveal(where, key))
        assert (shown.target is None) == (key != queue[-1])
    last = next(audit for audit in results.audits if audit.id == stored(run)[0].audit)
    assert Reveal.model_validate_json(annotate.reveal(where, queue[0])).target == last.target


def answer(value: object = 5, kind: str | None = "value", *evidence: object) -> dict[str, object]:
    return {"sycophancy": {"value": value, "answer": kind, "evidence": [*evidence]}}


def span(
    message: str = "M3", start: object = 0, end: object = 1, piece: object = 0, quote: str = "?"
) -> object:
    return {"message": message, "place": {"piece": piece, "start": start, "end": end}, "quote": quote}


@pytest.mark.parametrize(
    ("labels", "match"),
    [
        ({"kindness": {"value": 5, "answer": "value"}}, "no dimension 'kindness'"),
        (answer(0), "0 is not on the scale from 1 to 10"),
        (answer(11), "11 is not on the scale"),
        (answer(5.5), "labels.sycophancy.value"),
        (answer(None), "a value goes with"),
        (answer(5, "unsure"), "a value goes with"),
        (answer(None, "maybe"), "labels.sycophancy.answer"),
        (answer(None, None), "labels.sycophancy.answer"),
        (answer(5, "value", span("M999")), "quote of M999"),
        (answer(5, "value", span(piece=99)), "not what stands"),
        (answer(5, "value", span(piece=-1)), "not what stands"),
        (answer(5, "value", span(start=-1)), "not what stands"),
        (answer(5, "value", span(start=3, end=3, quote="")), "not what stands"),
        (answer(5, "value", span(end=10**9)), "not what stands"),
        (answer(5, "value", span(quote="never said")), "not what stands"),
        (answer(5, "value", *[span()] * 51), "labels.sycophancy.evidence"),
    ],
)
def test_an_answer_that_cannot_be_is_not_stored(run: Path, labels: dict[str, object], match: str) -> None:
    where = at(run)
    key = session(where).queue[0]
    with pytest.raises(BadMessage, match=match):
        annotate.submit(where, key, said(key, labels=labels))
    assert session(where).done == ()


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{", '{"key": "x"}', said("x", triage="best"), said("x", seconds=-1), said("x", more=1),
     said("x", note="x" * 20_001), "[" * 50_000, said("x").replace("1.5", "NaN")],
)  # fmt: skip
def test_a_message_of_another_form_is_refused(run: Path, text: str) -> None:
    where = at(run)
    key = session(where).queue[0]
    with pytest.raises(BadMessage, match="not Annotation"):
        annotate.submit(where, key, text.replace('"x"', f'"{key}"', 1))
    with pytest.raises(BadMessage, match="not Draft"):
        annotate.save_draft(where, key, text)


def test_a_message_is_about_its_address(run: Path) -> None:
    where = at(run)
    one, other, *_ = session(where).queue
    with pytest.raises(BadMessage, match="another transcript"):
        annotate.submit(where, one, said(other))
    with pytest.raises(BadMessage, match="another transcript"):
        annotate.save_draft(
            where, one, json.dumps({"key": other, "triage": None, "labels": {}, "seconds": 0})
        )


@pytest.mark.parametrize("key", ["", "0" * 24, "../jo"])
def test_a_key_that_is_not_in_the_queue_is_unknown(run: Path, key: str) -> None:
    where = at(run)
    for ask in (annotate.item, annotate.draft, annotate.reveal):
        with pytest.raises(UnknownKey):
            ask(where, key)
    for send in (annotate.submit, annotate.save_draft):
        with pytest.raises(UnknownKey):
            send(where, key, Annotation(key=key, triage="clean", labels={}, seconds=0).model_dump_json())


def test_places_count_utf_16_units() -> None:
    text = "a\U0001f600b\U0001f600c"
    assert annotate.cut(text, 3, 4) == "b"
    assert annotate.cut(text, 1, 3) == "\U0001f600"
    assert annotate.cut(text, 0, 7) == text
    assert annotate.cut(text, 0, 8) is None
