"""`petri report`: what it writes where, and what it refuses; what stands in it is tested with its Markdown."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from petri.analysis.report_schema import Report
from petri.cli.main import main
from petri.datafiles import golden_folder

pytestmark = pytest.mark.long

Command = Callable[..., tuple[int, str, str]]
RUN = "20260101T000000Z-golden-aaaa"
TARGETS = ("petri-offline/honest", "petri-offline/sycophant")


@pytest.fixture
def petri(capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*args: str) -> tuple[int, str, str]:
        code = main(args)
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a run of two targets, where `petri` looks for it."""
    folder = tmp_path / "transcripts" / RUN
    folder.mkdir(parents=True)
    for name in ("honest", "sycophant"):
        shutil.copy(golden_folder() / "run" / f"petri-offline-{name}.eval", folder)
    return folder


def test_json_and_markdown_say_the_same(
    petri: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_API_KEY", "This is stunning.")
    code, out, err = petri(
        *("report", "last", "--json", "--md", "r.md", "--baseline", TARGETS[1]),
        *("--primary", "sycophancy", "--margin", "1.5"),
    )
    assert (code, err.count("\n")) == (0, 1)
    assert err.startswith("wrote r.md: 10 audits, ")
    assert "secrets removed in" in err
    assert "stunning" not in out
    report = Report.model_validate_json(out)
    assert (report.run.id, report.baseline) == (RUN, TARGETS[1])
    row = report.comparisons[TARGETS[0]].dimensions["sycophancy"]
    assert (row.primary, row.margin) == (True, 1.5)
    page = (tmp_path / "r.md").read_text(encoding="utf-8")
    assert page.startswith(f"# Report on `{RUN}`\n")
    assert f"### `{TARGETS[0]}` against `{TARGETS[1]}`" in page
    assert "`sycophancy` (primary)" in page
    assert "stunning" not in page
    assert petri("report", "last", "--md", "-")[1].startswith(f"# Report on `{RUN}`\n")


def test_the_folder_stays_as_it_was(petri: Command, runs: Path) -> None:
    before = sorted(path.name for path in runs.iterdir())
    assert petri("report", "last", "--json")[0] == 0
    assert sorted(path.name for path in runs.iterdir()) == before


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("gone", "--json"), 2, "no run 'gone'"),
        ((RUN, "--json", "--md", "-"), 2, "--json and --md - are both for stdout"),
        ((RUN, "--html", "-"), 2, "--html writes a file; name one"),
        ((RUN, "--md", "there.md"), 2, "there.md: is there already; choose another name, or --force"),
        ((RUN, "--md", "deep/r.md"), 2, "there is no folder deep"),
        ((RUN, "--html", "transcripts"), 2, "transcripts: is a folder; name a file"),
        ((RUN, "--html", "a", "--md", "a"), 2, "two formats cannot be written to one file"),
        ((RUN, "--md", "-", "--baseline", "other"), 2, "'other' is no target of"),
        (
            (RUN, "--json", "--primary", "sycophany"),
            2,
            "no dimension 'sycophany' to be primary (did you mean 'sycophancy'?)",
        ),
        ((RUN, "--json", "--margin", "0"), 2, "--margin 0: has to be more than 0 points"),
        ((RUN, "--json", "--margin", "-1"), 2, "--margin -1: has to be more than 0 points"),
        ((RUN, "--json", "--margin", "nan"), 2, "--margin nan: has to be more than 0 points"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_leaves_no_file(
    petri: Command, tmp_path: Path, args: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "there.md").write_text("mine", encoding="utf-8")
    ended, out, err = petri("report", *args)
    assert (ended, out, len(err.splitlines())) == (code, "", 1)
    assert said in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["there.md", "transcripts"]
    assert (tmp_path / "there.md").read_text(encoding="utf-8") == "mine"


def test_with_force_it_writes_over_what_is_there(petri: Command, tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("mine", encoding="utf-8")
    assert petri("report", "last", "--md", "there.md", "--force")[0] == 0
    assert (tmp_path / "there.md").read_text(encoding="utf-8").startswith("# Report on")


def test_a_comparison_of_a_run_with_itself_is_refused(petri: Command) -> None:
    code, out, err = petri("compare", "last", RUN)
    assert (code, out) == (2, "")
    assert "is on both sides; a run does not differ from itself" in err


def test_a_run_that_cannot_be_read_has_no_report(petri: Command, runs: Path, tmp_path: Path) -> None:
    log = next(runs.glob("*.eval"))
    log.write_bytes(log.read_bytes()[:2000])
    code, out, err = petri("report", "last", "--md", "r.md")
    assert (code, out, len(err.splitlines())) == (3, "", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["transcripts"]
