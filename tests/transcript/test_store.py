"""Runs on disk: found by name, written whole, and refused in one line where a file is damaged or not ours."""

import json
from pathlib import Path

import pytest
from inspect_ai import Task
from inspect_ai import eval as inspect_eval  # pyright: ignore[reportUnknownVariableType] -- see below
from inspect_ai.dataset import Sample

from petri.analysis.compute import compute_results
from petri.errors import PetriError, RunNotFound, UnreadableLog
from petri.transcript.folders import Run, find_run, list_runs, new_run, out_folder
from petri.transcript.store import first_line, read_header, sample_keys, samples, write_json
from tests.scripted import Play, does, perform, send

NAMES = ("20260101T000000Z-alpha-0001", "20260102T000000Z-beta-0002", "20260103T000000Z-alpha-0003")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for name in NAMES:
        (tmp_path / "out" / name).mkdir(parents=True)
        write_json(tmp_path / "out" / name / "run.json", {"id": name})
    (tmp_path / "out" / "golden").mkdir()  # holds no run
    (tmp_path / "out" / "notes.txt").write_text("x")
    return tmp_path / "out"


def test_runs_are_listed_newest_first(out: Path) -> None:
    assert [run.id for run in list_runs(out)] == list(reversed(NAMES))
    assert list_runs(out / "nowhere") == ()


@pytest.mark.parametrize(
    ("name", "found"),
    [("last", NAMES[2]), (NAMES[0], NAMES[0]), ("beta", NAMES[1]), ("0003", NAMES[2])],
)
def test_a_run_is_found_by(out: Path, name: str, found: str) -> None:
    assert find_run(name, out).id == found


def test_a_run_is_found_by_its_folder(out: Path) -> None:
    assert find_run(str(out / NAMES[0]), out / "nowhere").id == NAMES[0]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("alpha", ["'alpha' fits 2 runs", NAMES[0], NAMES[2]]),
        ("gamma", ["no run 'gamma'", "the newest", NAMES[2]]),
        ("", ["no run ''"]),
        ("../secret", ["no run '../secret'"]),
    ],
)
def test_a_run_is_not_found(out: Path, name: str, words: list[str]) -> None:
    with pytest.raises(RunNotFound) as raised:
        find_run(name, out)
    assert not [word for word in words if word not in str(raised.value)]


def test_where_there_are_no_runs(tmp_path: Path) -> None:
    with pytest.raises(RunNotFound, match="there are none yet"):
        find_run("last", tmp_path)


@pytest.mark.parametrize("name", ["A name: with ü / and ../dots", "", "x" * 500])
def test_a_new_run_has_a_plain_name(tmp_path: Path, name: str) -> None:
    run = new_run(tmp_path, name)
    assert run.folder.parent == tmp_path
    assert run.folder.is_dir()
    assert set(run.id) <= set("abcdefghijklmnopqrstuvwxyzTZ0123456789-")
    assert len(run.id) < 80
    assert new_run(tmp_path, name).id != run.id


def test_out_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    assert out_folder() == Path("transcripts")
    monkeypatch.setenv("PETRI_OUT", "elsewhere")
    assert out_folder() == Path("elsewhere")
    assert out_folder("here") == Path("here")


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write_json(path, {"a": "ü"})
    with pytest.raises(ValueError, match="JSON"):
        write_json(path, {"a": float("nan")})
    assert json.loads(path.read_text(encoding="utf-8")) == {"a": "ü"}
    assert list(tmp_path.iterdir()) == [path]
    long = tmp_path / f"{'n' * 252}"  # as long as a name may be: there is none for a draft beside it
    with pytest.raises(OSError, match="too long") as caught:
        write_json(long, {})
    assert caught.value.filename == str(long)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "line"),
    [("", ""), (" \n ", ""), ("one\ntwo", "one"), ("\n one ", "one"), ("x" * 900, "x" * 500)],
)
def test_first_line(text: str, line: str) -> None:
    assert first_line(text) == line


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run, _ = perform(tmp_path_factory.mktemp("store"), [Play([does(send())])])
    return run


def damaged(data: bytes, at: float) -> bytes:
    start = int(len(data) * at)
    return data[:start] + bytes(byte ^ 0x5A for byte in data[start : start + 60]) + data[start + 60 :]


@pytest.mark.parametrize("kind", ["empty", "no log", "cut"])
def test_a_file_that_is_no_log(tmp_path: Path, finished: Run, kind: str) -> None:
    whole = finished.logs()[0].read_bytes()
    path = tmp_path / "x.eval"
    path.write_bytes({"empty": b"", "no log": b"hello", "cut": whole[: len(whole) // 2]}[kind])
    with pytest.raises(UnreadableLog, match=r"x\.eval: cannot be read as an Inspect log"):
        read_header(path)
    with pytest.raises(UnreadableLog, match=r"x\.eval: cannot be read as an Inspect log"):
        sample_keys(path)
    with pytest.raises(UnreadableLog, match=r"x\.eval: cannot be read as an Inspect log"):
        list(samples(path))


@pytest.mark.parametrize("at", [number / 40 for number in range(40)])
def test_a_damaged_log_is_read_or_refused(tmp_path: Path, finished: Run, at: float) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "x.eval").write_bytes(damaged(finished.logs()[0].read_bytes(), at))
    try:
        results = compute_results(Run(tmp_path / "run"))
    except PetriError as error:
        assert "x.eval" in str(error) or "the log holds" in str(error)  # noqa: PT017
    else:
        assert results.counts.planned == 1


def test_a_log_of_another_task(tmp_path: Path) -> None:
    inspect_eval(  # pyright: ignore[reportUnknownMemberType] -- Inspect leaves one of its parameters untyped
        Task(dataset=[Sample(input="x")], name="arithmetic"),
        model="petri-offline/honest",
        log_dir=str(tmp_path),
    )
    (log,) = Run(tmp_path).logs()
    with pytest.raises(
        UnreadableLog, match=r"is a log of 'arithmetic', not of a petri audit; .* Petri 2 and 3"
    ):
        read_header(log)


def test_a_plan_that_is_no_json(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(UnreadableLog, match=r"run\.json: not a run\.json of this version"):
        compute_results(Run(tmp_path))


def test_a_folder_without_anything(tmp_path: Path) -> None:
    with pytest.raises(UnreadableLog, match=r"holds no log and no run\.json"):
        compute_results(Run(tmp_path))
