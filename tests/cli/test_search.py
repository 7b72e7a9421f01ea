"""`petri search`: words in transcripts, found by the ids that other commands take."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from petri.cli.main import main
from petri.datafiles import golden_folder
from tests.scripted import Play, does, end, perform, says, send

pytestmark = pytest.mark.long

Command = Callable[..., tuple[int, str, str]]
RUN, OTHER = "20260101T000000Z-golden-aaaa", "20260201T000000Z-plays-bbbb"
HOSTILE = "a quokka \x1b[31m\u202e said\nFORGED line"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs: one of five audits, and one in which the target's words are hostile."""
    home = tmp_path_factory.mktemp("kept")
    shutil.copytree(golden_folder() / "run", home / "runs" / RUN, ignore=lambda _, names: sorted(names)[1:])
    played, _ = perform(home, [Play(auditor=[does(send("Hi.")), does(end())], target=[says(HOSTILE)])])
    shutil.move(played.folder, home / "runs" / OTHER)
    return home / "runs"


@pytest.fixture
def petri(kept: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("PETRI_OUT", str(kept))

    def command(*args: str) -> tuple[int, str, str]:
        code = main(args)
        out, err = capsys.readouterr()
        return code, out, err

    return command


def test_a_find_names_run_audit_and_message(petri: Command) -> None:
    code, out, err = petri("search", "quokka")
    assert (code, err) == (0, "")
    (line,) = out.splitlines()
    run, audit, label, *_ = line.split()
    assert (run, label) == (OTHER, "M2")
    shown, told, _ = petri("show", run, audit)
    assert (shown, "quokka" in told) == (0, True)


def test_what_was_said_cannot_move_a_cursor_or_begin_a_line(petri: Command) -> None:
    _, out, _ = petri("search", "quokka")
    assert len(out.splitlines()) == 1
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\\x1b" in out


def test_finds_as_json(petri: Command) -> None:
    code, out, err = petri("search", "quokka", "--json")
    (line,) = out.splitlines()
    found = json.loads(line)
    assert (code, err, found["run"], found["label"]) == (0, "", OTHER, "M2")
    assert found["parts"][1] == "quokka"
    assert "".join(found["parts"]).startswith("a quokka ")
    assert out.isascii()


def test_nothing_found_is_no_fault(petri: Command) -> None:
    assert petri("search", "wombat") == (0, "", "nothing found\n")


def test_runs_narrow_a_search(petri: Command) -> None:
    assert petri("search", "quokka", "golden") == (0, "", "nothing found\n")
    assert len(petri("search", "quokka", "golden", "plays")[1].splitlines()) == 1


def test_a_limit_shortens_what_is_shown_and_says_so(petri: Command) -> None:
    code, out, err = petri("search", "the", "golden", "--limit", "2")
    assert (code, len(out.splitlines())) == (0, 2)
    assert "messages in 5 audits; --limit shows more" in err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (('"',), "there is no letter or digit to look for"),
        (("quokka", "gone"), "no run 'gone'"),
        (("quokka", "--out", "nowhere"), "there is no folder nowhere/"),
    ],
)
def test_what_cannot_be_looked_for_is_one_line(petri: Command, args: tuple[str, ...], said: str) -> None:
    code, out, err = petri("search", *args)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert said in err


def test_a_run_elsewhere_is_refused(petri: Command, kept: Path, tmp_path: Path) -> None:
    shutil.copytree(kept / RUN, tmp_path / "elsewhere")
    code, _, err = petri("search", "quokka", str(tmp_path / "elsewhere"))
    assert (code, "--out names the folder that it lies in" in err) == (2, True)


def test_a_log_that_cannot_be_read_is_said_and_hides_no_find(
    petri: Command, kept: Path, tmp_path: Path
) -> None:
    shutil.copytree(kept, tmp_path / "runs")
    (log,) = (tmp_path / "runs" / RUN).glob("*.eval")
    log.write_bytes(log.read_bytes()[:2000])
    code, out, err = petri("search", "quokka", "--out", "runs")
    assert (code, len(out.splitlines())) == (0, 1)
    assert RUN in err
