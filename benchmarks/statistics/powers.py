"""Planning: whether a difference as large as the smallest detectable one is found four times of five."""

from itertools import product
from typing import Final

import numpy as np

from benchmarks.statistics.intervals import Table, differences, percent, row_chance
from benchmarks.statistics.worlds import two_sides
from petri.analysis.significance import ALPHA, sign_flip_p
from petri.costs.power import smallest_difference

_MANY: Final = 60_000
_HALVINGS: Final = 12
_SIZES: Final = ((10, 3), (20, 1), (20, 3), (40, 1), (40, 3))


def power(runs: int) -> Table:
    """How often the smallest detectable difference is found."""
    rows: list[tuple[str, ...]] = []
    for shares, sizes, icc in product(("even", "middling", "mostly 1", "two humps"), _SIZES, (0.0, 0.3, 0.7)):
        found = _detectable(shares, sizes, icc)
        if found is None:
            continue  # the scale is too short for it
        shift, difference = found
        chance, seen = row_chance(shares, sizes, icc), 0
        for _ in range(runs):
            _, _, sums = differences(two_sides(chance, shares, sizes, icc, shift))
            p = sign_flip_p(sums)
            seen += p is not None and p <= ALPHA
        row = (shares, str(sizes[0]), str(sizes[1]), f"{icc:g}", f"{difference:.2f}", percent(seen / runs))
        rows.append(row)
    about = (
        "The second target's latent scores are shifted so that its mean is higher by the smallest detectable "
        "difference that planning gives for the variances that the two then have; it should be found in 80 % of runs."
    )
    columns = ("scores", "scenarios", "epochs", "ICC", "difference", "found")
    return Table("Smallest detectable difference", about, columns, tuple(rows))


def _detectable(shares: str, sizes: tuple[int, int], icc: float) -> tuple[float, float] | None:
    """Give the shift of latent scores that raises the mean by what is just detectable then, and that difference."""
    low, high = 0.0, 4.0
    if _excess(shares, sizes, icc, high)[0] < 0:
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _excess(shares, sizes, icc, middle)[0] < 0 else (low, middle)
    return high, _excess(shares, sizes, icc, high)[1]


def _excess(shares: str, sizes: tuple[int, int], icc: float, shift: float) -> tuple[float, float]:
    """Give by how much the difference is more than the smallest detectable one, and the difference."""
    first, second = two_sides(np.random.default_rng(5), shares, (_MANY, 2), icc, shift)
    change = second - first
    between = max(float(np.cov(change[:, 0], change[:, 1])[0, 1]), 0.0)
    within = float((first.var(axis=1, ddof=1).mean() + second.var(axis=1, ddof=1).mean()) / 2)
    wanted = smallest_difference([sizes[1]] * sizes[0], between, within)
    difference = float(change.mean())
    return difference - (wanted or 0.0), difference
