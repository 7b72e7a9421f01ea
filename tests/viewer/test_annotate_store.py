"""What annotators write: kept whole, whatever is killed, and by however many at once."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from petri.analysis.annotations import AnnotationRecord, Record, RevealRecord, read_records
from petri.errors import UnreadableLog
from petri.viewer.annotate_store import Store
from petri.viewer.wire_annotate import Draft, DraftLabel, EvidenceSpan
from petri.viewer.wire_transcript import Place


def record(
    audit: str = "a", annotator: str = "jo", *, blind: bool = True, note: str = ""
) -> AnnotationRecord:
    return AnnotationRecord(
        annotator=annotator,
        run="run",
        audit=audit,
        petri="0",
        time="2026-01-01T00:00:00Z",
        rubric="r",
        transcript="t",
        triage="clean",
        answers={},
        note=note,
        seconds=1,
        blind=blind,
        mode="random",
        rank=1,
        population=2,
        inclusion=0.5,
    )


def append(store: Store, one: AnnotationRecord | RevealRecord) -> None:
    store.append(lambda _before: one)


def draft(key: str, note: str) -> Draft:
    return Draft(key=key, triage=None, labels={}, note=note, seconds=0)


def test_records_only_ever_come_to_be_more(tmp_path: Path) -> None:
    store = Store(tmp_path, "jo")
    assert store.records() == []
    reveal = RevealRecord(annotator="jo", run="run", audit="a", petri="0", time="2026-01-01T00:00:00Z")
    before = b""
    for one in (record(note="line\nfeed \u2028 \U0001f600"), reveal, record("b")):
        append(store, one)
        now = store.path.read_bytes()
        assert now.startswith(before)
        before = now
    assert Store(tmp_path, "jo").records() == [
        record(note="line\nfeed \u2028 \U0001f600"),
        reveal,
        record("b"),
    ]
    assert before.count(b"\n") == 3


@pytest.mark.parametrize("torn", [b"{", b'{"format":"petri-annotation/1"', b"\x00" * 9, "é".encode()[:1]])
def test_what_was_not_written_to_its_end_was_never_said_to_be(tmp_path: Path, torn: bytes) -> None:
    store = Store(tmp_path, "jo")
    append(store, record("a"))
    with store.path.open("ab") as file:
        file.write(torn)
    assert store.records() == [record("a")]
    append(store, record("b"))
    assert store.records() == [record("a"), record("b")]


def test_a_last_record_that_lost_its_line_feed_is_a_record(tmp_path: Path) -> None:
    """As an editor, or a merge, leaves it."""
    store = Store(tmp_path, "jo")
    for one in ("a", "b"):
        append(store, record(one))
    store.path.write_bytes(store.path.read_bytes().rstrip(b"\n"))
    assert store.records() == [record("a"), record("b")]
    append(store, record("c"))
    assert store.records() == [record("a"), record("b"), record("c")]
    assert store.path.read_bytes().count(b"\n") == 3


def test_a_last_line_of_another_version_is_named_and_not_cut_off(tmp_path: Path) -> None:
    store = Store(tmp_path, "jo")
    append(store, record("a"))
    with store.path.open("ab") as file:
        file.write(b'{"format": "petri-annotation/2"}')
    before = store.path.read_bytes()
    with pytest.raises(UnreadableLog, match="line 2"):
        append(store, record("b"))
    assert store.path.read_bytes() == before


def test_what_is_stored_is_made_of_what_was_stored_before(tmp_path: Path) -> None:
    """Nobody else writes meanwhile: two who look and then write would not know of each other."""
    store, other = Store(tmp_path, "jo"), Store(tmp_path, "jo")
    order: list[str] = []

    def slow(before: Sequence[Record]) -> Record:
        order.append(f"slow sees {len(before)}")
        rival.start()
        rival.join(0.2)
        order.append("slow writes")
        return record("slow")

    def quick(before: Sequence[Record]) -> None:
        order.append(f"quick sees {len(before)}")

    rival = threading.Thread(target=other.append, args=[quick])
    store.append(slow)
    rival.join()
    assert order == ["slow sees 0", "slow writes", "quick sees 1"]
    assert store.records() == [record("slow")]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{}", "no annotation of this version: the line"),
        ("[]", "no annotation of this version"),
        ("x", "no annotation of this version"),
        (record().model_dump_json().replace("annotation/1", "annotation/2"), "annotation.format"),
        (json.dumps(record().model_dump() | {"more": 1}), "annotation.more"),
    ],
)
def test_a_line_of_another_form_is_named_and_not_left_out(tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / "jo.jsonl"
    path.write_text(f"{record().model_dump_json()}\n{line}\n", encoding="utf-8")
    with pytest.raises(UnreadableLog, match=r"jo\.jsonl, line 2") as caught:
        read_records(path)
    assert fault in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


WRITER = """
import sys
from pathlib import Path
from petri.viewer.annotate_store import Store
from tests.viewer.test_annotate_store import append, draft, record

store = Store(Path(sys.argv[1]), sys.argv[2])
print("ready", flush=True)
for number in range(int(sys.argv[3])):
    append(store, record(str(number), sys.argv[2], note="x" * 20_000))
    store.save_draft(draft(sys.argv[4], str(number)))
    print(number, flush=True)
"""


def writer(folder: Path, annotator: str, number: int, key: str = "k") -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), annotator, str(number), key],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


@pytest.mark.long
@pytest.mark.parametrize("after", [0.003, 0.03])
def test_whoever_is_killed_has_lost_nothing_that_was_said_to_be_stored(tmp_path: Path, after: float) -> None:
    with writer(tmp_path, "jo", 100_000) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        told = process.stdout.read().split("\n")[:-1]
    store = Store(tmp_path, "jo")
    stored = store.records()
    assert len(told) <= len(stored) <= len(told) + 1
    assert [one.audit for one in stored] == [str(number) for number in range(len(stored))]
    assert set(store.drafts()) <= {"k"}
    append(store, record("after"))
    assert store.records()[-1].audit == "after"


@pytest.mark.long
def test_several_may_write_at_once(tmp_path: Path) -> None:
    """Two windows of one annotator, and another annotator: nothing is mixed, nothing lost."""
    writers = [writer(tmp_path, "jo", 8, "a"), writer(tmp_path, "jo", 8, "b"), writer(tmp_path, "al", 8)]
    for process in writers:
        process.communicate(timeout=60)
    counts = {name: len(Store(tmp_path, name).records()) for name in ("jo", "al")}
    assert counts == {"jo": 16, "al": 8}
    assert {one.annotator for one in Store(tmp_path, "al").records()} == {"al"}
    assert {key: kept.note for key, kept in Store(tmp_path, "jo").drafts().items()} == {"a": "7", "b": "7"}


def test_drafts_are_kept_one_for_each_item(tmp_path: Path) -> None:
    store = Store(tmp_path, "jo")
    for one in (draft("a", "1"), draft("b", "2"), draft("a", "3")):
        store.save_draft(one)
    assert Store(tmp_path, "jo").drafts() == {"a": draft("a", "3"), "b": draft("b", "2")}
    assert Store(tmp_path, "al").drafts() == {}
    store.drop_draft("a")
    store.drop_draft("a")
    assert store.drafts() == {"b": draft("b", "2")}


def test_a_draft_has_evidence_without_an_answer(tmp_path: Path) -> None:
    span = EvidenceSpan(message="M2", place=Place(piece=0, start=0, end=1), quote="I")
    begun = Draft(
        key="a",
        triage=None,
        labels={"harm": DraftLabel(value=None, answer=None, evidence=(span,))},
        seconds=0,
    )
    Store(tmp_path, "jo").save_draft(begun)
    assert Store(tmp_path, "jo").drafts() == {"a": begun}


@pytest.mark.parametrize("damaged", [b"", b"{}x", b'{"a": 1}', b"\xff"])
def test_drafts_that_cannot_be_read_are_set_aside(tmp_path: Path, damaged: bytes) -> None:
    store, folder = Store(tmp_path, "jo"), tmp_path / "annotations"
    for _ in range(2):
        (folder / "jo.draft.json").write_bytes(damaged)
        assert store.drafts() == {}
        store.save_draft(draft("a", "1"))
        assert store.drafts() == {"a": draft("a", "1")}
    aside = sorted(folder.glob("jo.draft.unreadable-*"))
    assert [(path.name[-1], path.read_bytes()) for path in aside] == [("1", damaged), ("2", damaged)]


def test_keys_say_nothing_and_stay(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    jo, al, elsewhere = Store(tmp_path, "jo"), Store(tmp_path, "al"), Store(tmp_path / "other", "jo")
    keys = [store.key(audit) for store in (jo, al, elsewhere) for audit in ("a", "b")]
    assert len({*keys}) == 6
    assert all(len(key) == 24 and int(key, 16) >= 0 for key in keys)
    assert Store(tmp_path, "jo").key("a") == jo.key("a")
    assert al.draw("a") == jo.draw("a") != elsewhere.draw("a")


def test_a_full_disk_stores_nothing_of_a_record(tmp_path: Path) -> None:
    store = Store(tmp_path, "jo")
    append(store, record("a"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (store.path.stat().st_size + 100, hard))
    try:
        with pytest.raises(OSError, match="No space left on device"):
            append(store, record("b"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert store.path.read_bytes().count(b"\n") == 1
    append(store, record("c"))
    assert store.records() == [record("a"), record("c")]
