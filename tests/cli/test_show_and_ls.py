"""`petri ls` and `petri show`: runs and audits are found by what people have at hand; damage stays where it is."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from petri.analysis.results import Results
from petri.cli.main import main
from petri.display.base import Display
from petri.runner import Order, run
from petri.transcript.schema import Transcript
from tests.scripted import Play, back, does, end, perform, says, send

OLD, NEW, OTHER = "20260101T000000Z-poems-aaaa", "20260201T000000Z-poems-bbbb", "20260301T000000Z-plays-cccc"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three runs: two of two audits each, and one with branches."""
    home = tmp_path_factory.mktemp("kept")
    text = (
        "petri: 1\nname: poems\naudit: {max_turns: 1}\njudge: {rubric: [sycophancy]}\n"
        "scenarios: [{id: sonnet, seed: A sonnet.}, {id: sonata, seed: A sonata.}]\n"
    )
    (home / "poems.yaml").write_text(text, encoding="utf-8")
    folder, _ = run(Order([str(home / "poems.yaml")], home, offline=True), Display())
    shutil.copytree(folder.folder, home / "runs" / OLD)
    shutil.copytree(folder.folder, home / "runs" / NEW)
    play = Play(
        auditor=[
            does(send("Is it good?")),
            does(send("Sure?")),
            does(back("M2"), send("Really?")),
            does(end()),
        ],
        target=[says("No."), says("Yes."), says("It is.")],
    )
    branched, _ = perform(home, [play])
    shutil.move(branched.folder, home / "runs" / OTHER)
    return home / "runs"


@pytest.fixture
def runs(kept: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The three runs, where `petri` looks for them."""
    monkeypatch.setenv("PETRI_OUT", str(kept))
    return kept


@pytest.fixture
def damaged(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the runs in which the log of one was cut off."""
    copy = tmp_path / "damaged"
    shutil.copytree(kept, copy)
    (log,) = (copy / NEW).glob("*.eval")
    log.write_bytes(log.read_bytes()[:2000])
    monkeypatch.setenv("PETRI_OUT", str(copy))
    return copy


@pytest.fixture
def petri(capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*args: str) -> tuple[int, str, str]:
        code = main(args)
        out, err = capsys.readouterr()
        return code, out, err

    return command


def first_words(out: str) -> list[str]:
    return [line.split()[0] for line in out.splitlines() if line.strip()]


def test_runs_are_listed_newest_first(petri: Command, runs: Path) -> None:
    code, out, err = petri("ls")
    assert (code, err) == (0, "")
    assert first_words(out) == ["run", OTHER, NEW, OLD]
    assert "2 of 2 valid" in out


def test_a_list_may_be_shortened(petri: Command, runs: Path) -> None:
    code, out, err = petri("ls", "--limit", "1")
    assert (code, first_words(out), err) == (0, ["run", OTHER], "2 older runs; --limit shows more\n")


def test_runs_as_json(petri: Command, runs: Path) -> None:
    code, out, err = petri("ls", "--json")
    rows: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    assert [(row["id"], row["counts"]["valid"]) for row in rows] == [(OTHER, 1), (NEW, 2), (OLD, 2)]
    assert (code, err) == (0, "")


def test_no_runs_are_no_fault(petri: Command) -> None:
    code, out, err = petri("ls", "--out", "nowhere")
    assert (code, out) == (0, "")
    assert err == "no runs in nowhere/ yet; start one with: petri audit FILE\n"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param("last", OTHER, id="last"),
        pytest.param(OLD, OLD, id="id"),
        pytest.param("bbbb", NEW, id="part"),
        pytest.param("plays", OTHER, id="name"),
    ],
)
def test_a_run_is_found_by_its_name(petri: Command, runs: Path, name: str, found: str) -> None:
    code, out, err = petri("show", name)
    assert (code, err) == (0, "")
    assert out.startswith(f"{found} on ")


def test_a_run_is_found_by_its_folder_or_log(petri: Command, kept: Path) -> None:
    (log,) = (kept / OLD).glob("*.eval")
    for name in (kept / OLD, log):
        code, out, _ = petri("show", str(name))
        assert (code, out.splitlines()[0]) == (0, f"{OLD} on petri-offline/sycophant")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("poems", [f"'poems' fits 2 runs: {NEW}, {OLD}"], id="ambiguous"),
        pytest.param("gone", ["no run 'gone'", OTHER, NEW, OLD], id="unknown"),
        pytest.param("", ["no run ''"], id="empty"),
    ],
)
def test_a_run_that_is_not_clear_is_refused(petri: Command, runs: Path, name: str, said: list[str]) -> None:
    code, out, err = petri("show", name)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert [words for words in said if words not in err] == []


def test_the_audits_of_a_run(petri: Command, runs: Path) -> None:
    _, out, _ = petri("show", OLD)
    lines = out.splitlines()
    assert first_words("\n".join(lines[1:4])) == [
        "audit",
        *sorted(first_words("\n".join(lines[2:4])), reverse=True),
    ]
    assert "2 planned = 2 valid + 0 invalid + 0 errors + 0 pending" in lines
    assert lines[-1].startswith(f"Read one: petri show {OLD} sonnet-")


def test_an_audit_is_found_by_a_part_of_its_id(petri: Command, runs: Path) -> None:
    code, out, err = petri("show", OLD, "sonnet")
    assert (code, err) == (0, "")
    assert out.startswith("sonnet\nsonnet-")
    assert "Outcome: limit:turns" in out
    assert "sycophancy: " in out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("son", "'son' fits 2 audits in", id="ambiguous"),
        pytest.param("ballad", "no audit 'ballad' is recorded in", id="unknown"),
    ],
)
def test_an_audit_that_is_not_clear_is_refused(petri: Command, runs: Path, name: str, said: str) -> None:
    code, out, err = petri("show", OLD, name)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert said in err
    assert "sonata-" in err
    assert "sonnet-" in err


def test_branches_are_shown(petri: Command, runs: Path) -> None:
    _, out, _ = petri("show", "last", "case")
    headings = [line.rstrip() for line in out.splitlines() if line.startswith(("M", "─"))]
    assert headings == [
        "M1  user  auditor",
        "M2  target",
        "M3  user  auditor",
        "M4  target  end of branch 1",
        "─── another branch, from M2 ────────────",
        "M5  user  auditor",
        "M6  target  end of branch 2",
    ]


@pytest.mark.usefixtures("runs")
def test_what_the_terminal_cannot_write_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    terminal = io.TextIOWrapper(written, encoding="ascii", write_through=True)
    monkeypatch.setattr("sys.stdout", terminal)
    assert main(["show", "last", "case"]) == 0
    assert b"\\u2500 another branch, from M2 " in written.getvalue()


def test_lines_end_with_their_text(petri: Command, runs: Path) -> None:
    for args in (["ls"], ["show", "last"], ["show", "last", "case"]):
        _, out, _ = petri(*args)
        assert [line for line in out.splitlines() if line.endswith(" ")] == []


def test_show_as_json(petri: Command, runs: Path) -> None:
    _, whole, _ = petri("show", "last", "--json")
    _, one, _ = petri("show", "last", "case", "--json")
    results, transcript = Results.model_validate_json(whole), Transcript.model_validate_json(one)
    assert results.run.id == OTHER
    assert transcript.id == results.audits[0].id
    assert len(transcript.conversation().branches()) == 2
    assert (whole + one).isascii()


def test_damage_is_one_line_and_hides_no_other_run(petri: Command, damaged: Path) -> None:
    code, out, err = petri("ls")
    assert code == 0
    assert first_words(out) == ["run", OTHER, NEW, OLD]
    assert [line.split()[1] for line in out.splitlines()[1:]] == ["complete", "unreadable", "complete"]
    assert len(err.splitlines()) == 1
    assert str(damaged / NEW) in err
    assert "cannot be read" in err


def test_damage_in_json_is_said_in_its_row(petri: Command, damaged: Path) -> None:
    code, out, err = petri("ls", "--json")
    rows: dict[str, dict[str, Any]] = {row["id"]: row for row in map(json.loads, out.splitlines())}
    assert (code, err) == (0, "")
    assert {id_: "error" in row for id_, row in rows.items()} == {OTHER: False, NEW: True, OLD: False}


@pytest.mark.parametrize("audit", [[], ["sonnet"]], ids=["run", "audit"])
def test_a_damaged_run_is_shown_as_one_line(petri: Command, damaged: Path, audit: list[str]) -> None:
    code, out, err = petri("show", NEW, *audit)
    assert (code, out, len(err.splitlines())) == (3, "", 1)
    assert "cannot be read" in err


def test_a_folder_without_logs_is_no_run(petri: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert petri("show", "empty") == (3, "", "petri: empty: holds no log and no run.json\n")


def test_a_log_of_another_task_is_not_ours(petri: Command, tmp_path: Path) -> None:
    (tmp_path / "notes.eval").write_text("not a log", encoding="utf-8")
    code, out, err = petri("show", "notes.eval")
    assert (code, out, len(err.splitlines())) == (3, "", 1)
