"""`petri export`: what it says, and what it refuses; what stands in the files is tested with the viewer."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from petri.cli.main import main
from petri.datafiles import golden_folder
from petri.transcript.schema import Transcript

pytestmark = pytest.mark.long

Command = Callable[..., tuple[int, str, str]]
RUN = "20260101T000000Z-golden-aaaa"


@pytest.fixture
def petri(capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*args: str) -> tuple[int, str, str]:
        code = main(args)
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a run of five audits, where `petri` looks for it."""
    folder = tmp_path / "transcripts" / RUN
    folder.mkdir(parents=True)
    shutil.copy(golden_folder() / "run" / "petri-offline-honest.eval", folder)
    return folder


def test_every_format_at_once(petri: Command, tmp_path: Path) -> None:
    code, out, err = petri(
        *("export", "last", "--html", "a.html", "--jsonl", "a.jsonl", "--md", "a", "--limit", "2")
    )
    assert (code, out) == (0, "")
    said = [line.partition(":")[::2] for line in err.splitlines()]
    assert [name for name, _ in said] == ["wrote a.html", "wrote a.jsonl", "wrote a"]
    assert all(rest.startswith(" 2 audits, ") and rest.endswith("B, no secrets found") for _, rest in said)
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    ids = [Transcript.model_validate(json.loads(line)["transcript"]).id for line in lines]
    pages = [path.read_text(encoding="utf-8").partition("\n")[0] for path in (tmp_path / "a").iterdir()]
    assert sorted(pages) == sorted(f"# `{id_}`" for id_ in ids)


def test_audits_are_chosen_by_a_part_of_their_ids(petri: Command, tmp_path: Path) -> None:
    code, _, err = petri("export", RUN, "--md", "a.md", "--audit", "first-draft")
    assert (code, err.count("wrote a.md: 1 audit, ")) == (0, 1)
    assert (tmp_path / "a.md").read_text(encoding="utf-8").startswith("# `first-draft-")


def test_secrets_are_counted(petri: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MY_API_KEY", "writers' community")
    code, _, err = petri("export", "last", "--md", "a.md", "--audit", "first-draft")
    assert code == 0
    assert "secrets removed in 2 places" in err, "in the conversation, and in the auditor's own words"
    text = (tmp_path / "a.md").read_text(encoding="utf-8")
    assert "members of a [removed] with their texts" in text


def test_what_is_there_is_written_over_with_force_alone(petri: Command, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("mine", encoding="utf-8")
    assert petri("export", "last", "--md", "a.md", "--limit", "1") == (
        2,
        "",
        "petri: a.md: is there already; choose another name, or --force writes over it\n",
    )
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == "mine"
    assert petri("export", "last", "--md", "a.md", "--limit", "1", "--force")[0] == 0
    assert (tmp_path / "a.md").read_text(encoding="utf-8") != "mine"


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (
            (RUN,),
            2,
            "say what to write: --html FILE, --jsonl FILE, --md PATH, --parquet FOLDER or --csv FOLDER",
        ),
        (("gone", "--html", "a.html"), 2, "no run 'gone'"),
        ((RUN, "--html", "a.html", "--audit", "ballad"), 2, "no audit 'ballad' is recorded in"),
        ((RUN, "--html", "deep/a.html"), 2, "there is no folder deep"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_leaves_no_file(
    petri: Command, tmp_path: Path, args: tuple[str, ...], code: int, said: str
) -> None:
    ended, out, err = petri("export", *args)
    assert (ended, out, len(err.splitlines())) == (code, "", 1)
    assert said in err
    assert [path.name for path in tmp_path.iterdir()] == ["transcripts"]


def test_a_damaged_run_is_one_line(petri: Command, runs: Path, tmp_path: Path) -> None:
    (log,) = runs.glob("*.eval")
    log.write_bytes(log.read_bytes()[:2000])
    code, out, err = petri("export", "last", "--html", "a.html")
    assert (code, out, len(err.splitlines())) == (3, "", 1)
    assert not (tmp_path / "a.html").exists()
