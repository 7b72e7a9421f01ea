"""How many judges a panel is worth. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from statistics import StatisticsError, correlation, mean, median
from typing import Final

from petri.analysis.results import AuditScore

_FEWEST: Final = 3
"""Transcripts that two judges must both have scored: through two points a line always goes."""


def effective_judges(matrix: Sequence[Sequence[float | None]]) -> float | None:
    """Give the number of independent judges that a panel is worth: ``k / (1 + (k - 1) r)``.

    ``matrix`` has a row for each transcript and a column for each judge; r is the mean correlation of two judges over
    the transcripts that both scored (Kish's design effect, applied to judges). Judges who agree because they are right
    are correlated too, so this is a lower bound; a mean below zero counts as zero, for no panel is worth more than its
    judges. A judge that never varies agrees with nobody that can be told, and does not count. None with fewer than two
    judges, or where no two of them vary over three transcripts.
    """
    columns = list(zip(*matrix, strict=True))
    found = {
        (one, two): agreement
        for one, two in combinations(range(len(columns)), 2)
        if (agreement := _correlation(columns[one], columns[two])) is not None
    }
    if not found:
        return None
    count = len({judge for pair in found for judge in pair})
    return count / (1 + (count - 1) * max(mean(found.values()), 0.0))


def judge_matrix(scores: Sequence[AuditScore]) -> list[list[float | None]]:
    """Give the value of each judge of a panel (the median of its repeats) for each audit, by seat."""
    rows: list[dict[int, list[float]]] = []
    for score in scores:
        given: dict[int, list[float]] = defaultdict(list)
        for judge in score.judges:
            if judge.value is not None:
                given[judge.seat].append(judge.value)
        rows.append(given)
    seats = sorted({seat for row in rows for seat in row})
    return [[median(row[seat]) if seat in row else None for seat in seats] for row in rows]


def _correlation(one: Sequence[float | None], two: Sequence[float | None]) -> float | None:
    """Give the correlation of two judges; None where one of them never varies, or they share too little."""
    pairs = [(a, b) for a, b in zip(one, two, strict=True) if a is not None and b is not None]
    if len(pairs) < _FEWEST:
        return None
    try:
        return correlation([a for a, _ in pairs], [b for _, b in pairs])
    except StatisticsError:  # no variance
        return None
