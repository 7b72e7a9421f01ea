from pathlib import Path

import pytest

from petri.cli.main import main
from petri.scenario.load import load_file


def test_it_writes_a_file_that_is_valid_and_says_what_is_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "wrote scenario.yaml\nwrote scenario.schema.json\nwrote .env.example\n"
        "next: petri audit scenario.yaml --offline\n"
    )
    first, *_ = Path("scenario.yaml").read_text(encoding="utf-8").split("\n")
    assert first == "# yaml-language-server: $schema=scenario.schema.json"
    assert main(["validate", "scenario.yaml"]) == 0
    assert capsys.readouterr().out == "scenario.yaml: 2 scenarios, 3 cells: valid\n"


@pytest.mark.parametrize(
    ("name", "path", "slug"),
    [
        pytest.param("my-worry", "my-worry.yaml", "my-worry", id="name"),
        pytest.param("worry.yml", "worry.yml", "worry", id="suffix"),
        pytest.param("sub/My Worry", "sub/My Worry.yaml", "my-worry", id="folder and spaces"),
    ],
)
def test_the_name_names_the_file_and_what_is_in_it(name: str, path: str, slug: str) -> None:
    Path("sub").mkdir()
    assert main(["init", name]) == 0
    assert load_file(Path(path)).spec.name == slug
    assert Path(path).with_name("scenario.schema.json").is_file()


def test_the_model_lines_are_right_once_the_marks_are_taken_away() -> None:
    main(["init"])
    text = Path("scenario.yaml").read_text(encoding="utf-8")
    start, end = text.index("# models:"), text.index("audit:\n")
    lines = [line.removeprefix("# ") for line in text[start:end].split("\n")]
    Path("scenario.yaml").write_text(text[:start] + "\n".join(lines) + text[end:], encoding="utf-8")
    models = load_file(Path("scenario.yaml")).spec.models
    assert all((models.auditor, models.target, models.judge))


def test_nothing_is_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("scenario.yaml", ".env.example", "scenario.schema.json"):
        Path(name).write_text("mine")
    assert main(["init"]) == 2
    assert "scenario.yaml exists and stays as it is" in capsys.readouterr().err
    assert main(["init", "other"]) == 0
    assert "kept .env.example, which differs from what this version would write" in capsys.readouterr().err
    assert {
        path.read_text() for path in map(Path, ("scenario.yaml", ".env.example", "scenario.schema.json"))
    } == {"mine"}


def test_a_folder_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "none/x"]) == 2
    assert capsys.readouterr().err == "petri: there is no folder 'none'; make it first\n"
