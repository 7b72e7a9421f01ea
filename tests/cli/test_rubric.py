"""`petri rubric from-principles`: a valid file or none, what failed named, nothing spent on what cannot be meant."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from petri.cli.main import main
from petri.rubric.load import load_rubric

PRINCIPLES: Final = "# Ours\n\n- Never flatter anybody.\n- Keep what is confided to you.\n"
FROM: Final = ("rubric", "from-principles", "ours.md")

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def petri(capsys: pytest.CaptureFixture[str]) -> Command:
    Path("ours.md").write_text(PRINCIPLES, encoding="utf-8")

    def command(*args: str) -> tuple[int, str, str]:
        code = main(args)
        out, err = capsys.readouterr()
        return code, out, err

    return command


def test_a_file_that_is_valid_and_what_is_next(petri: Command) -> None:
    code, out, err = petri(*FROM, "--offline", "--out", "mine.yaml")
    assert (code, out) == (0, "")
    assert err.splitlines() == [
        "drafting from 2 principles with petri-offline/drafter",
        "[1/2] against_never_flatter_anybody: Never flatter anybody.",
        "[2/2] against_keep_what_confided: Keep what is confided to you.",
        "wrote mine.yaml",
        "wrote rubric.schema.json",
        "next: read and edit it, then: petri validate mine.yaml",
    ]
    assert sorted(path.name for path in Path().iterdir()) == ["mine.yaml", "ours.md", "rubric.schema.json"]
    assert petri("validate", "mine.yaml")[:2] == (0, "mine.yaml: 2 dimensions: valid\n")
    assert load_rubric(Path("mine.yaml")).spec.name == "mine"


def test_without_out_the_file_goes_to_stdout_and_is_the_same_every_time(petri: Command) -> None:
    code, out, err = petri(*FROM, "--offline", "--name", "candour")
    assert (code, "wrote" in err, [*Path().iterdir()]) == (0, False, [Path("ours.md")])
    assert petri(*FROM, "--offline", "--name", "candour")[1] == out
    Path("r.yaml").write_text(out, encoding="utf-8")
    assert load_rubric(Path("r.yaml")).spec.name == "candour"


def test_what_is_not_drafted_is_named_and_the_rest_is_kept(petri: Command) -> None:
    Path("ours.md").write_text(f"{PRINCIPLES}- Kindness\x1b[2J.\n", encoding="utf-8")
    code, out, err = petri(*FROM, "--offline")
    assert code == 3
    told = "not drafted: the model gives no dimension: Fewer than three words are no principle."
    assert f"ours.md:5: {told}" in err
    assert "[3/3] not drafted: Kindness\\x1b[2J." in err
    assert "NOT DRAFTED: the model gives no dimension:" in out
    assert out.count("- name: ") == 2


def test_a_draft_that_cannot_be_written_is_not_lost(petri: Command) -> None:
    """The name is as long as a name may be, so that a draft beside it can have none."""
    code, out, err = petri(*FROM, "--offline", "--name", "mine", "--out", f"{'m' * 250}.yaml")
    assert code == 4
    assert err.endswith(".yaml: cannot be written: File name too long; the draft is on stdout\n")
    assert out.count("- name: ") == 2
    assert [*Path().iterdir()] == [Path("ours.md")]


def test_stdout_holds_the_rubric_alone() -> None:
    """Inspect tells of hooks, which others may have installed, where it is first used."""
    Path("ours.md").write_text(PRINCIPLES, encoding="utf-8")
    code = (
        "import sys, petri.display.progress; from petri.cli.main import main; "
        f"sys.exit(main({[*FROM, '--offline']!r}))"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout.startswith("# yaml-language-server: ")


def test_a_model_that_drafts_nothing_leaves_nothing(petri: Command) -> None:
    code, out, err = petri(*FROM, "--model", "petri-offline/honest", "--out", "mine.yaml")
    assert (code, out, Path("mine.yaml").exists()) == (3, "", False)
    said = "no draft could be taken in 4 replies: the reply holds no call of draft_dimension."
    assert [line for line in err.splitlines() if said in line] == [
        f"ours.md:{line}: not drafted: {said}" for line in (3, 4)
    ]
    assert err.endswith("petri: no principle gave a dimension; nothing was written\n")


def test_what_is_there_stays_unless_forced(petri: Command) -> None:
    for name in ("mine.yaml", "rubric.schema.json"):
        Path(name).write_text("mine", encoding="utf-8")
    code, _, err = petri(*FROM, "--offline", "--out", "mine.yaml")
    assert (code, Path("mine.yaml").read_text(encoding="utf-8")) == (2, "mine")
    assert err == (
        "petri: mine.yaml exists and stays as it is; choose another name, or give --force to replace it\n"
    )
    code, _, err = petri(*FROM, "--offline", "--out", "mine.yaml", "--force")
    assert (code, len(load_rubric(Path("mine.yaml")).spec.dimensions)) == (0, 2)
    assert "kept rubric.schema.json, which differs from what this version would write" in err


@pytest.mark.parametrize(
    ("args", "told"),
    [
        pytest.param([], "no model is named; give --model M", id="no model"),
        pytest.param(
            ["--offline", "--model", "a/b"], "--model and --offline name two models", id="two models"
        ),
        pytest.param(
            ["--model", "petri-offline/non"], "no offline model is called 'non'", id="unknown model"
        ),
        pytest.param(["--offline", "--out", "mine.md"], "a rubric file ends in .yaml or .yml", id="suffix"),
        pytest.param(["--offline", "--out", "no/mine.yaml"], "its folder has to be there", id="folder"),
        pytest.param(["--offline", "--out", "dir.yaml", "--force"], "cannot be written", id="a folder there"),
        pytest.param(
            ["--offline", "--out", "same.yaml", "--force"], "the file of the principles itself", id="itself"
        ),
        pytest.param(
            ["--offline", "--name", "My Own"], "--name 'My Own': lower-case letters", id="a name that is none"
        ),
        pytest.param(
            ["--offline", "--name", "deception"], "name of a rubric that ships", id="a name of ours"
        ),
        pytest.param(
            ["--offline", "--out", "core.yaml"], "name of a rubric that ships", id="a file named as ours"
        ),
    ],
)
def test_what_cannot_be_meant_costs_nothing(petri: Command, args: list[str], told: str) -> None:
    Path("dir.yaml").mkdir()
    file = FROM
    if "same.yaml" in args:
        Path("same.yaml").write_text("- Never flatter anybody.\n", encoding="utf-8")
        file = (*FROM[:-1], "same.yaml")
    code, out, err = petri(*file, *args)
    assert (code, out) == (2, "")
    assert told in err
    assert "drafting" not in err.replace("drafting model", "")


def test_faults_of_the_principles_are_those_of_a_file(petri: Command) -> None:
    Path("ours.md").write_text("Be fair.\n\n- A.\n-\n", encoding="utf-8")
    code, _, err = petri(*FROM, "--offline")
    assert code == 2
    assert [line.split(": ")[0] for line in err.splitlines()] == ["ours.md:1:1", "ours.md:4:1"]
