"""Intervals and tests: many simulated runs with known truth, and how often what is reported of them holds."""

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from benchmarks.statistics.worlds import HIT, SHARES, Scores, one_side, true_mean, true_rate, two_sides
from petri.analysis.significance import ALPHA, sign_flip_p
from petri.analysis.stats import (
    Interval,
    clustered_difference_interval,
    clustered_mean_interval,
    rate_interval,
)

_SEED: Final = 8_128
SIZES: Final = ((6, 3), (10, 1), (10, 3), (10, 5), (20, 1), (20, 3), (40, 3))
ICCS: Final = (0.0, 0.3, 0.7)


@dataclass(frozen=True, slots=True)
class Table:
    """What a study found."""

    title: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def flat(scores: Scores) -> tuple[list[float], list[str]]:
    """Give the values and the scenario of each."""
    names = [str(number) for number in range(len(scores)) for _ in range(scores.shape[1])]
    return scores.ravel().tolist(), names


def percent(part: float) -> str:
    """Give a part as it stands in a table."""
    return f"{100 * part:.1f} %"


def covered(intervals: list[Interval | None], truth: float) -> tuple[str, str]:
    """Give how often the intervals that there are hold the truth, and how often there is one."""
    given = [each for each in intervals if each is not None]
    held = sum(each.low - 1e-9 <= truth <= each.high + 1e-9 for each in given)
    return percent(held / len(given)) if given else "-", percent(len(given) / len(intervals))


def row_chance(shares: str, sizes: tuple[int, int], icc: float) -> np.random.Generator:
    """Give each row a chance of its own."""
    return np.random.default_rng([_SEED, list(SHARES).index(shares), *sizes, round(icc * 10)])


def means(runs: int) -> Table:
    """Coverage of the intervals of means."""
    rows: list[tuple[str, ...]] = []
    for shares, sizes, icc in product(SHARES, SIZES, ICCS):
        if sizes[1] == 1 and icc:
            continue  # one audit a scenario: the correlation makes no difference
        chance = row_chance(shares, sizes, icc)
        drawn = [clustered_mean_interval(*flat(one_side(chance, shares, sizes, icc))) for _ in range(runs)]
        held, given = covered(drawn, true_mean(shares))
        rows.append((shares, str(sizes[0]), str(sizes[1]), f"{icc:g}", held, given))
    about = "Nominal 95 % intervals of a mean score. `given`: how often there is one; the others are null."
    return Table(
        "Intervals of means",
        about,
        ("scores", "scenarios", "epochs", "ICC", "coverage", "given"),
        tuple(rows),
    )


def rates(runs: int) -> Table:
    """Coverage of the intervals of hit rates."""
    rows: list[tuple[str, ...]] = []
    for shares, sizes, icc in product(SHARES, SIZES, ICCS):
        if sizes[1] == 1 and icc:
            continue
        chance = row_chance(shares, sizes, icc)
        drawn: list[Interval | None] = []
        for _ in range(runs):
            values, names = flat(one_side(chance, shares, sizes, icc))
            drawn.append(rate_interval([value >= HIT for value in values], names))
        truth = true_rate(shares)
        held, _ = covered(drawn, truth)
        rows.append((percent(truth), str(sizes[0]), str(sizes[1]), f"{icc:g}", held))
    about = "Nominal 95 % intervals of a hit rate."
    return Table(
        "Intervals of hit rates", about, ("rate", "scenarios", "epochs", "ICC", "coverage"), tuple(rows)
    )


def differences(sides: tuple[Scores, Scores]) -> tuple[list[float], list[str], list[float]]:
    """Give the paired differences, the scenario of each, and their sums by scenario."""
    change = sides[1] - sides[0]
    return *flat(change), change.sum(axis=1).tolist()


def false_claims(runs: int) -> Table:
    """How often two targets that are alike are said to differ."""
    rows: list[tuple[str, ...]] = []
    for shares, sizes, icc in product(SHARES, SIZES, (0.3, 0.7)):
        chance = row_chance(shares, sizes, icc)
        found, intervals = 0, list[Interval | None]()
        for _ in range(runs):
            values, names, sums = differences(two_sides(chance, shares, sizes, icc))
            p = sign_flip_p(sums)
            found += p is not None and p <= ALPHA
            intervals.append(clustered_difference_interval(values, names))
        held, given = covered(intervals, 0.0)
        row = (shares, str(sizes[0]), str(sizes[1]), f"{icc:g}", percent(found / runs), held, given)
        rows.append(row)
    about = (
        "Two targets without any difference: how often p <= 0.05, and how often the interval of the difference "
        "holds 0. Where nearly all scores are 1, few scenarios differ at all, and the test errs on the safe side."
    )
    columns = ("scores", "scenarios", "epochs", "ICC", "false claims", "coverage", "given")
    return Table("Paired comparisons of targets that are alike", about, columns, tuple(rows))
