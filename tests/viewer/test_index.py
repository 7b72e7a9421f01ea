"""The index file: it is made anew whenever it is not as it should be, and nothing is lost by that."""

import json
import sqlite3
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from petri import __version__
from petri.errors import IndexLost, UnreadableLog
from petri.viewer.discovery import Found
from petri.viewer.filed import FiledAudit, FiledRun
from petri.viewer.index import Index, version
from petri.viewer.search import put_texts

ROOT = Path("/served")
RUN = FiledRun("r", "run", ROOT / "run")


def found(signature: str = "s", run: FiledRun = RUN) -> Found:
    return Found(run, None, signature, running=False)


def audits(*named: tuple[str, str | None]) -> dict[str, Any]:
    rows = [
        [key, f"id-{key}", log, None, None, json.dumps({"key": key, "hit_turn": None}, separators=(",", ":"))]
        for key, log in named
    ]
    row = {"row": '{"key":"r"}', "detail": '{"run":null}', "dimensions": ['{"name":"d"}']}
    return row | {"audits": rows, "faults": []}


def filled(index: Index) -> Index:
    index.put_run(found(), audits(("a", "x.eval"), ("b", None), ("c", "y.eval")))
    return index


def only_file(folder: Path) -> Path:
    (path,) = folder.glob("*.sqlite")
    return path


def test_it_is_found_again_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    filled(Index(ROOT, tmp_path / "cache")).close()
    assert stat.S_IMODE(only_file(tmp_path / "cache").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
    again = Index(ROOT, tmp_path / "cache")
    assert again.fault is None
    assert [json.loads(row)["key"] for row in again.rows("r")] == ["a", "b", "c"]
    assert again.runs()["r"].signature == "s"
    assert Index(Path("/other"), tmp_path / "cache").runs() == {}


def other_version(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("update about set version = 'petri-index/0'")
    db.commit()
    db.close()


def no_database(path: Path) -> None:
    path.write_bytes(b"This is no database." * 1000)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def other_tables(path: Path) -> None:
    path.unlink()
    db = sqlite3.connect(path)
    db.execute("create table something (x)")
    db.commit()
    db.close()


@pytest.mark.parametrize("damage", [other_version, no_database, other_tables])
def test_one_that_is_not_as_it_should_be_is_made_anew(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    filled(Index(ROOT, tmp_path)).close()
    damage(only_file(tmp_path))
    again = Index(ROOT, tmp_path)
    assert (again.runs(), again.fault) == ({}, None)
    filled(again)
    assert len(again.rows("r")) == 3


def test_one_that_turns_out_damaged_is_made_anew(tmp_path: Path) -> None:
    index = filled(Index(ROOT, tmp_path))
    for n in range(200):
        put_texts(index, "r", "a", [("M1", "user", "auditor", f"{n} words " * 500)], None)
    index.close()
    cut_off(only_file(tmp_path))
    for suffix in ("-wal", "-shm"):
        only_file(tmp_path).with_name(only_file(tmp_path).name + suffix).unlink(missing_ok=True)
    again = Index(ROOT, tmp_path)
    try:
        rows = again.rows("r")
    except UnreadableLog as error:
        assert "made anew" in str(error)  # noqa: PT017 -- either it is told at once, or when it is opened
        rows = again.rows("r")
    assert rows == []
    filled(again)
    assert len(again.rows("r")) == 3


def test_where_it_cannot_be_written_it_is_in_memory_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    index = filled(Index(ROOT, tmp_path / "file" / "cache"))
    assert index.fault is not None
    assert str(tmp_path) not in index.fault
    assert len(index.rows("r")) == 3


def test_its_version_is_that_of_petri_and_of_what_makes_it(tmp_path: Path) -> None:
    filled(Index(ROOT, tmp_path)).close()
    db = sqlite3.connect(only_file(tmp_path))
    (stored,) = db.execute("select version from about").fetchone()
    db.close()
    assert stored == version()
    assert stored.startswith(f"petri-index/{__version__}-")


def test_one_that_can_be_written_no_more_goes_on_in_memory_and_says_so(tmp_path: Path) -> None:
    index = filled(Index(ROOT, tmp_path))
    with index.reading() as db:
        db.execute("pragma max_page_count = 1")  # as a disk that is full
    with pytest.raises(IndexLost, match="ask again"):
        put_texts(index, "r", "a", [("M1", "user", "auditor", "words " * 50_000)], None)
    assert index.fault is not None
    assert str(tmp_path) not in index.fault
    assert index.runs() == {}
    filled(index)
    put_texts(index, "r", "a", [("M1", "user", "auditor", "words " * 50_000)], None)
    assert index.texts_read() == (2, 1)


def test_two_processes_write_one_after_the_other(tmp_path: Path) -> None:
    one, two = filled(Index(ROOT, tmp_path)), Index(ROOT, tmp_path)
    other = threading.Thread(target=two.put_unreadable, args=(found(run=FiledRun("s", "s", ROOT)), "why"))
    with one.writing() as db:
        db.execute("select * from runs").fetchall()
        other.start()
        other.join(0.3)
        assert other.is_alive()
        db.execute("update runs set signature = 'later'")
    other.join(20)
    assert {key: run.signature for key, run in one.runs().items()} == {"r": "later", "s": "s"}


def test_texts_that_cannot_be_read_are_told_until_they_are_tried_again(tmp_path: Path) -> None:
    index = filled(Index(ROOT, tmp_path))
    put_texts(index, "r", "a", [("M1", "user", "auditor", "Hello.")], 4)
    put_texts(index, "r", "c", [("M1", "user", "auditor", "Hello.")], 5)

    def told() -> tuple[int, list[str], tuple[int, int], list[str]]:
        unread = [audit.key for audit in index.unread({"r": found()}, 9)]
        return index.lost(), index.faults(), index.texts_read(), unread

    nothing: list[str] = []
    lost, again = (1, ["it is damaged"], (2, 2), nothing), (0, nothing, (2, 1), ["a"])
    index.put_lost("r", "a", "it is damaged")
    assert told() == lost
    assert [json.loads(row)["hit_turn"] for row in index.rows("r")] == [None, None, 5]
    filled(index)  # as another signature makes it
    assert told() == again
    index.put_lost("r", "a", "it is damaged")
    index.close()
    index = Index(ROOT, tmp_path)
    assert told() == again
    put_texts(index, "r", "a", [("M1", "user", "auditor", "Hello.")], 4)
    assert told() == (0, [], (2, 2), [])


def test_a_run_that_is_another_keeps_the_texts_of_audits_that_are_the_same() -> None:
    index = filled(Index(ROOT))
    put_texts(index, "r", "a", [("M1", "user", "auditor", "Hello.")], 4)
    put_texts(index, "r", "c", [("M1", "user", "auditor", "Hello.")], 5)
    index.put_run(found("t"), audits(("n", "y.eval"), ("a", "x.eval"), ("c", "z.eval")))
    assert [(row["key"], row["hit_turn"]) for row in map(json.loads, index.rows("r"))] == [
        ("n", None),
        ("a", 4),
        ("c", None),
    ]
    assert index.texts_read() == (3, 1)
    unread = index.unread({"r": found()}, 9)
    assert unread == [FiledAudit(RUN, "n", "id-n", "y.eval")]


def test_where_an_audit_is_and_what_is_beside_it() -> None:
    index = filled(Index(ROOT))
    assert index.audit(RUN, "a") == FiledAudit(RUN, "a", "id-a", "x.eval")
    assert index.audit(RUN, "b") is None
    assert index.audit(RUN, "nothing") is None
    assert index.neighbours("r", "a") == (None, "c")
    assert index.neighbours("r", "c") == ("a", None)


def test_what_is_gone_is_forgotten() -> None:
    index = filled(Index(ROOT))
    put_texts(index, "r", "a", [("M1", "user", "auditor", "Hello.")], 4)
    index.put_records("r", [(("x.eval", "s", 1, "u"), "{}")])
    assert index.records("r") == {("x.eval", "s", 1): ("u", "{}")}
    index.forget(["r"])
    with index.reading() as db:
        counts = [
            db.execute(f"select count(*) from {name}").fetchone()[0]
            for name in ("runs", "audits", "records", "said", "words")
        ]
    assert counts == [0, 0, 0, 0, 0]


def test_a_run_that_cannot_be_read_has_no_audits_and_says_why() -> None:
    index = filled(Index(ROOT))
    index.put_unreadable(found("t"), "it is damaged")
    assert (index.rows("r"), index.faults(), index.detail("r")) == ([], ["it is damaged"], None)
    index.put_apart(found("u"), ["x.eval"])
    assert (index.runs()["r"].apart, index.faults()) == (("x.eval",), [])


@pytest.mark.parametrize("text", ['"hit_turn":null', '\\"hit_turn\\":null', "hit_turn"])
def test_the_turn_of_a_hit_stands_in_its_place_whatever_the_texts_of_a_row(text: str) -> None:
    index = Index(ROOT)
    row = json.dumps({"scenario": text, "hit_turn": None, "target": text}, separators=(",", ":"))
    document = audits() | {"audits": [["a", "a", "x.eval", None, None, row]]}
    index.put_run(found(), document)
    put_texts(index, "r", "a", [], 7)
    assert [json.loads(each) for each in index.rows("r")] == [
        {"scenario": text, "hit_turn": 7, "target": text}
    ]
