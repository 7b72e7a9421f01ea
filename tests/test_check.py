import subprocess
import sys
from pathlib import Path

import pytest

from petri.check import review_files
from petri.datafiles import rubric_files, scenario_files

RUBRIC = "petri: 1\nname: r\ndimensions:\n  - {name: tone, description: d}\n"
BUILT_IN = ", ".join(rubric_files())
OWN = "a file of your own is named by its path, such as ./my-rubric.yaml"


def _scenario(rubric: str, expect: str = "{}") -> str:
    return f"petri: 1\nname: n\njudge: {{rubric: {rubric}}}\nscenarios:\n  - {{id: a, seed: s, expect: {expect}}}\n"


@pytest.mark.parametrize(
    ("rubric", "expect", "faults"),
    [
        pytest.param("[deception, ./r.yaml]", "{tone: {max: 5}, deception: {max: 5}}", [], id="none"),
        pytest.param(
            "[decepton]",
            "{tone: {max: 5}}",
            [
                f"sub/f.yaml:3:18: unknown rubric 'decepton' (did you mean 'deception'?); built in: {BUILT_IN}; {OWN}"
            ],
            id="unknown rubric; gates wait until it is known",
        ),
        pytest.param(
            "[./q.yaml]",
            "{}",
            ["sub/f.yaml:3:18: the rubric './q.yaml' has faults: sub/q.yaml:0:0: no such file"],
            id="no file",
        ),
        pytest.param(
            "[./bad.yaml]",
            "{}",
            [
                (
                    "sub/f.yaml:3:18: the rubric './bad.yaml' has faults: sub/bad.yaml:1:1: missing key "
                    "'petri' in the file; "
                    "required there: petri, name, dimensions"
                )
            ],
            id="rubric with faults",
        ),
        pytest.param(
            "[./r.yaml, ./r2.yaml]",
            "{}",
            ["sub/r2.yaml:4:12: the dimension 'tone' is already defined at sub/r.yaml:4"],
            id="dimension of two rubrics",
        ),
        pytest.param(
            "[./r.yaml, ./r.yaml]",
            "{}",
            ["sub/f.yaml:3:28: the rubric './r.yaml' is named twice; once is enough"],
            id="rubric twice",
        ),
        pytest.param(
            "[./r.yaml]",
            "{tine: {max: 5}}",
            ["sub/f.yaml:5:31: unknown dimension 'tine' (did you mean 'tone'?); the rubrics define: tone"],
            id="gate on an unknown dimension",
        ),
    ],
)
def test_a_scenario_file_and_its_rubrics_agree(rubric: str, expect: str, faults: list[str]) -> None:
    Path("sub").mkdir()
    Path("sub/f.yaml").write_text(_scenario(rubric, expect))
    Path("sub/r.yaml").write_text(RUBRIC)
    Path("sub/r2.yaml").write_text(RUBRIC.replace("name: r\n", "name: r2\n"))
    Path("sub/bad.yaml").write_text("name: r\ndimensions: [{name: x, description: d}]")
    (review,) = review_files(["sub/f.yaml"])
    assert [str(fault) for fault in review.faults] == faults


def test_each_file_is_reviewed_as_what_it_is() -> None:
    Path("f.yaml").write_text(_scenario("[./r.yaml]"))
    Path("r.yaml").write_text(RUBRIC)
    Path("s.md").write_text("---\n---\nseed")
    Path("x.yaml").write_text("dimensions: 5")
    reviews = [(review.path, review.summary, len(review.faults)) for review in review_files(["."])]
    assert reviews == [
        ("f.yaml", "1 scenario, 1 cell", 0),
        ("r.yaml", "1 dimension", 0),
        ("s.md", "1 scenario, 1 cell", 0),
        ("x.yaml", "", 3),
    ]


@pytest.mark.parametrize("module", ["petri.check", "petri.cli.validate"])
def test_checking_loads_no_engine(module: str) -> None:
    code = f"import sys, {module}; sys.exit(any(name.split('.')[0] == 'inspect_ai' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_shipped_files_agree() -> None:
    paths = [*scenario_files().values(), *rubric_files().values()]
    assert [fault for review in review_files(list(map(str, paths))) for fault in review.faults] == []
