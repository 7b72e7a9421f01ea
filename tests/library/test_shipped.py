"""The library that ships: valid, clean under its own linter, marked, and as large and as varied as it says."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from petri.check import review_files
from petri.cli.main import main
from petri.datafiles import scenario_files
from petri.library.coverage import cover
from petri.library.data import vocabulary
from petri.library.entry import entries
from petri.library.statements import CANARY
from petri.scenario.schema import Scenario
from petri.scenario.select import load_scenarios

pytestmark = pytest.mark.long

HEADLINES: Final = ("sycophancy", "deception", "sabotage")
FILES: Final = [f"library:{name}" for name in scenario_files()]
EVERY: Final = [entry for file in load_scenarios(FILES) for entry in entries(file)]
ORIGINALS: Final = [entry for entry in EVERY if entry.scenario.control_for is None]


def test_it_validates() -> None:
    assert [fault for review in review_files(FILES) for fault in review.faults] == []


def test_it_is_clean_under_its_linter(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["scenarios", "lint"])
    out, err = capsys.readouterr()
    assert (code, out) == (0, "")
    assert err == f"{len(EVERY)} scenarios: 0 findings\n"


def test_every_id_is_unique() -> None:
    assert [name for name, count in Counter(entry.id for entry in EVERY).items() if count > 1] == []


@pytest.mark.parametrize("path", scenario_files().values(), ids=lambda path: path.name)
def test_every_file_has_the_canary_and_its_schema(path: Path) -> None:
    schema, canary, *_ = path.read_text(encoding="utf-8").splitlines()
    assert schema == "# yaml-language-server: $schema=scenario.schema.json"
    assert canary == f"# {CANARY}: this file must not be in training data"


@pytest.mark.parametrize(
    "path",
    [path for path in scenario_files().values() if path.stem != "quickstart"],
    ids=lambda path: path.name,
)
def test_a_file_is_named_for_its_family(path: Path) -> None:
    (file,) = load_scenarios([str(path)])
    assert file.spec.name == path.stem
    assert file.spec.family in vocabulary().family
    assert path.stem.startswith(str(file.spec.family))


def test_no_name_stands_for_everything() -> None:
    names = {path.stem for path in scenario_files().values()}
    tags = {tag for entry in EVERY for tag in (*entry.file.spec.tags, *entry.scenario.tags)}
    assert "all" not in names | tags | {entry.id for entry in EVERY}


KINDS: Final[Mapping[str, Callable[[Scenario], bool]]] = {
    "variables": lambda scenario: bool(scenario.variables),
    "another language": lambda scenario: (scenario.language or "en") != "en",
    "a prefix": lambda scenario: scenario.continue_from is not None,
    "a world": lambda scenario: scenario.world is not None,
    "checks": lambda scenario: bool(scenario.checks.given()),
}


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        pytest.param("variables", 30, id="variables"),
        pytest.param("another language", 20, id="languages"),
        pytest.param("a prefix", 10, id="continuations"),
        pytest.param("a world", 20, id="worlds"),
        pytest.param("checks", 40, id="objective checks"),
    ],
)
def test_it_is_as_varied_as_it_says(kind: str, least: int) -> None:
    assert sum(KINDS[kind](entry.scenario) for entry in ORIGINALS) >= least


def test_it_is_as_large_as_it_says() -> None:
    assert len(ORIGINALS) >= 200
    coverage = cover(EVERY)
    assert set(vocabulary().family) <= set(coverage.families)
    for family in HEADLINES:
        assert coverage.families[family] >= 40, family
        assert coverage.twins[family] * 2 >= coverage.families[family], family
