"""In how many calls dimensions are asked for: whole rubrics together where they fit, a large one in even parts."""

import pytest

from petri.judge.groups import MOST_TOGETHER, Grouping, make_groups
from petri.rubric.schema import Dimension


def family(name: str, size: int) -> list[Dimension]:
    return [Dimension(name=f"{name}-{number}", description="x") for number in range(size)]


@pytest.mark.parametrize(
    ("sizes", "grouping", "expected"),
    [
        ([1, 1, 1], "family", [3]),
        ([5, 6, 1], "family", [12]),
        ([8, 8, 4], "family", [8, 12]),
        ([25, 1], "family", [8, 8, 10]),
        ([13], "family", [6, 7]),
        ([12, 12], "family", [12, 12]),
        ([8, 8, 20], "one", [36]),
        ([1, 2], "each", [1, 1, 1]),
    ],
)
def test_groups(sizes: list[int], grouping: Grouping, expected: list[int]) -> None:
    families = [family(f"f{number}", size) for number, size in enumerate(sizes)]
    groups = make_groups(families, grouping)
    assert [len(group) for group in groups] == expected
    assert [each for group in groups for each in group] == [each for one in families for each in one]
    assert grouping != "family" or all(len(group) <= MOST_TOGETHER for group in groups)
