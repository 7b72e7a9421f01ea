"""How many judges a panel is worth: as many as it has where they err apart, one where they always say the same."""

from collections.abc import Sequence

import pytest

from petri.analysis.panel import effective_judges, judge_matrix
from petri.analysis.results import AuditScore, JudgeScore

Row = Sequence[float | None]


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param([[1], [5], [9]], None, id="one judge"),
        pytest.param([[1, 1], [5, 5], [9, 9]], 1, id="always the same"),
        pytest.param([[1, 1, 1], [5, 5, 5], [9, 9, 9]], 1, id="three that are always the same"),
        pytest.param([[1, 2], [5, 4], [9, 10]], 1.02, id="nearly the same"),
        pytest.param([[1, 5], [5, 1], [9, 5]], 2, id="unrelated"),
        pytest.param([[1, 9], [5, 5], [9, 1]], 2, id="opposed: not more than there are"),
        pytest.param([[1, 1], [5, 5]], None, id="two transcripts"),
        pytest.param([[1, 1], [5, 5], [9, None]], None, id="two that both scored"),
        pytest.param([[1, 1], [1, 5], [1, 9]], None, id="one never varies"),
        pytest.param([[1, 1, 3], [5, 5, 3], [9, 9, 3]], 1, id="one of three never varies"),
    ],
)
def test_effective_judges(matrix: Sequence[Row], expected: float | None) -> None:
    assert effective_judges(matrix) == (None if expected is None else pytest.approx(expected, abs=0.001))


def test_the_repeats_of_a_judge_are_one_column() -> None:
    def said(seat: int, value: float | None, repeat: int = 1) -> JudgeScore:
        return JudgeScore(judge="j", value=value, status="scored", seat=seat, repeat=repeat)

    rows = [[said(0, 1), said(0, 9, 2), said(0, 2, 3), said(1, 5)], [said(1, 7), said(0, None)]]
    scores = [AuditScore(value=1, status="scored", judges=tuple(row), citations=()) for row in rows]
    assert judge_matrix(scores) == [[2, 5], [None, 7]]
    assert judge_matrix([]) == []
