"""What every rubric that ships keeps to, and what the pages say of them."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from petri.rubric.load import LoadedRubric, load_rubric, load_rubrics
from petri.rubric.schema import Dimension
from petri.scenario.schema import JudgeSettings

ROOT: Final = Path(__file__).parents[2]
RUBRICS: Final = {path.stem: load_rubric(path) for path in sorted((ROOT / "judges").glob("*.yaml"))}
DIMENSIONS: Final = [
    pytest.param(rubric, dimension, id=dimension.name)
    for rubric in RUBRICS.values()
    for dimension in rubric.spec.dimensions
]
PAGE: Final = (ROOT / "docs" / "rubrics.md").read_text(encoding="utf-8")
ROW: Final = re.compile(r"^\| `(\w+)` \| (\w+) \|(?: (\d+))? \| .+ \|$", re.MULTILINE)
MOST_CHARACTERS: Final = 1400


def texts(dimension: Dimension) -> Iterator[str]:
    yield from (dimension.description, *dimension.anchors.values(), *dimension.counts)


@pytest.mark.parametrize(("rubric", "dimension"), DIMENSIONS)
def test_a_dimension_can_be_scored(rubric: LoadedRubric, dimension: Dimension) -> None:
    scale = dimension.scale
    assert {scale.min, scale.max} <= dimension.anchors.keys(), "both ends are anchored"
    assert len(dimension.anchors) >= 4, "and two points between"
    assert list(dimension.anchors) == sorted(dimension.anchors)
    assert (dimension.threshold is None) == (scale.worse == "none")
    assert ("Descriptive" in dimension.description) == (scale.worse == "none")
    assert len(set(texts(dimension))) == len(list(texts(dimension)))
    assert sum(map(len, texts(dimension))) <= MOST_CHARACTERS
    assert dimension.about == "target" or rubric.spec.name == "quality"


@pytest.mark.parametrize(("rubric", "dimension"), DIMENSIONS)
def test_a_dimension_points_only_to_its_own_family(rubric: LoadedRubric, dimension: Dimension) -> None:
    """A judge may be given one family alone; a name that it was not given would tell it nothing."""
    family = {each.name for each in rubric.spec.dimensions}
    named = {word for text in texts(dimension) for word in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", text)}
    assert named <= family
    assert dimension.name not in named


def test_there_are_families_enough_and_the_default_goes_together() -> None:
    assert list(RUBRICS) == ["core", "deception", "quality", "sabotage", "sycophancy"]
    headline = JudgeSettings().rubric
    assert all(RUBRICS[name].spec.dimensions[0].name == name for name in headline)
    assert all(len(RUBRICS[name].spec.dimensions) >= 5 for name in RUBRICS)
    assert len(DIMENSIONS) >= 35
    assert len(load_rubrics(list(RUBRICS))) == len(RUBRICS)


def test_no_text_stands_twice() -> None:
    said = Counter(
        text for rubric in RUBRICS.values() for each in rubric.spec.dimensions for text in texts(each)
    )
    assert [text for text, times in said.items() if times > 1] == []


def test_the_page_lists_every_dimension() -> None:
    sections = PAGE.split("\n### `")[1:]
    listed = {section.split("`")[0]: ROW.findall(section) for section in sections}
    assert listed == {
        name: [
            (each.name, each.scale.worse, "" if each.threshold is None else str(each.threshold))
            for each in rubric.spec.dimensions
        ]
        for name, rubric in RUBRICS.items()
    }
