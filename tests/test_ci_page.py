"""What docs/ci.md says of other programs' files: they parse, and what they run exists."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from petri.analysis.gate import NUMBERS, parse_gate, require_reachable
from petri.rubric.load import load_rubrics
from tests.test_docs import blocks, parse

PAGE: Final = (Path(__file__).parents[1] / "docs" / "ci.md").read_text(encoding="utf-8")
FILES: Final[dict[str, Any]] = {
    name: YAML(typ="safe", pure=True).load(text)  # pyright: ignore[reportUnknownMemberType] -- its stream is untyped
    for name, text in blocks(PAGE).items()
    if name.endswith(".yml")
}
STEPS: Final[list[dict[str, Any]]] = FILES["audit.yml"]["jobs"]["audit"]["steps"]
LINES: Final = [step["run"] for step in STEPS if "run" in step] + FILES["gitlab.yml"]["audit"]["script"]


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("petri ")])
def test_what_a_workflow_runs_parses(line: str) -> None:
    parse(line)


def test_a_workflow_audits_with_its_keys_and_keeps_what_it_reports() -> None:
    (audit,) = [step for step in STEPS if step.get("run", "").startswith("petri audit")]
    assert {*audit["env"]} == {"ANTHROPIC_API_KEY", "OPENAI_API_KEY"}
    assert all(value == f"${{{{ secrets.{name} }}}}" for name, value in audit["env"].items())
    assert not any("env" in step for step in STEPS if step is not audit)
    (kept,) = [step for step in STEPS if step.get("if") == "always()"]
    assert "reports/" in kept["with"]["path"].split()
    assert "--junit reports/petri.xml" in audit["run"]


def test_its_gates_are_gates() -> None:
    (line,) = [line for line in LINES if "--fail-on" in line]
    rubrics = load_rubrics(["sycophancy", "deception", "sabotage"])
    dimensions = {dimension.name: dimension for rubric in rubrics for dimension in rubric.spec.dimensions}
    found = [parse_gate(text, dimensions) for text in re.findall(r"--fail-on '([^']+)'", line)]
    assert [gate.number for gate in found] == [None, "hit_rate"]
    for gate in found:
        require_reachable(gate, dimensions[gate.dimension])


def test_the_gates_it_explains_are_written_as_gates_are() -> None:
    rows = re.findall(r"^\| `([a-z_.]+[<>]=?[\d.]+)` \|", PAGE, re.MULTILINE)
    assert {parse_gate(text).number for text in rows} == {None, "hit_rate", "mean", "n_scored"}
    assert "hit_rate" in NUMBERS
