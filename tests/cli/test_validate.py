from pathlib import Path

import pytest

from petri.cli.main import main

VALID = "{petri: 1, name: n, scenarios: [{id: a, seed: '{{x}}', variables: {x: [1, 2]}}, {id: b, seed: s}]}"


def test_valid_files_get_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    Path("f.yaml").write_text(VALID)
    Path("r.yaml").write_text("petri: 1\nname: r\ndimensions: [{name: x, description: d}]")
    assert main(["validate", "f.yaml", "r.yaml"]) == 0
    assert capsys.readouterr() == ("f.yaml: 2 scenarios, 3 cells: valid\nr.yaml: 1 dimension: valid\n", "")


def test_faults_of_all_files_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    Path("good.yaml").write_text(VALID)
    Path("bad.yaml").write_text("petri: 2\nname: n\nseed: s\nseed: t\n")
    assert main(["validate", "bad.yaml", "good.yaml", "gone.yaml"]) == 2
    assert capsys.readouterr() == (
        "good.yaml: 2 scenarios, 3 cells: valid\n",
        (
            "bad.yaml:1:8: 'petri' should be 1, found 2\n"
            "bad.yaml:4:1: duplicate key 'seed'; it is already on line 3\n"
            "gone.yaml:0:0: no such file\n"
        ),
    )


def test_a_selector_that_matches_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "is it honest?"]) == 2
    assert capsys.readouterr().err.startswith("petri: 'is it honest?' matches nothing; give a file (.yaml, ")
