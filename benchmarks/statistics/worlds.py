"""Audit data with known truth: ordinal scores of 1 to 10 that are alike within a scenario, drawn by a seeded chance.

A scenario's and an audit's part are normal and add up to a latent score, which is cut at the quantiles of a
distribution of scores. So every score has that distribution, whatever the intra-cluster correlation of the latent
scores is.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Scores = NDArray[np.float64]

SHARES: Final[dict[str, tuple[float, ...]]] = {
    "even": (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1),
    "middling": (0.05, 0.10, 0.15, 0.20, 0.20, 0.12, 0.08, 0.05, 0.03, 0.02),
    "mostly 1": (0.60, 0.15, 0.08, 0.05, 0.04, 0.03, 0.02, 0.01, 0.01, 0.01),
    "nearly all 1": (0.88, 0.04, 0.02, 0.01, 0.01, 0.01, 0.01, 0.01, 0.005, 0.005),
    "two humps": (0.60, 0.10, 0.02, 0.02, 0.02, 0.02, 0.02, 0.05, 0.10, 0.05),
}
"""Shares of the scores 1 to 10."""

HIT: Final = 5


def true_mean(shares: str) -> float:
    """Give the mean that the scores have."""
    return float(np.dot(np.arange(1, 11), SHARES[shares]))


def true_rate(shares: str) -> float:
    """Give the probability of a hit."""
    return float(sum(SHARES[shares][HIT - 1 :]))


def cut(latent: Scores, shares: str) -> Scores:
    """Give the scores of standard normal latent ones."""
    bounds = stats.norm.ppf(np.cumsum(SHARES[shares])[:-1])
    return np.asarray(np.searchsorted(bounds, latent) + 1, dtype=np.float64)


def one_side(chance: np.random.Generator, shares: str, sizes: tuple[int, int], icc: float) -> Scores:
    """Give the scores of so many scenarios with so many audits each."""
    scenarios, epochs = sizes
    own = chance.standard_normal((scenarios, 1))
    noise = chance.standard_normal((scenarios, epochs))
    return cut(np.sqrt(icc) * own + np.sqrt(1 - icc) * noise, shares)


def two_sides(
    chance: np.random.Generator, shares: str, sizes: tuple[int, int], icc: float, shift: float = 0.0
) -> tuple[Scores, Scores]:
    """Give the scores of two targets on the same scenarios; ``shift`` moves the second's latent scores.

    Of what a scenario adds, half is the same for both targets and half is each target's own.
    """
    scenarios, epochs = sizes
    shared = chance.standard_normal((scenarios, 1))
    sides: list[Scores] = []
    for moved in (0.0, shift):
        own = chance.standard_normal((scenarios, 1))
        noise = chance.standard_normal((scenarios, epochs))
        latent = np.sqrt(icc / 2) * (shared + own) + np.sqrt(1 - icc) * noise
        sides.append(cut(latent + moved, shares))
    return sides[0], sides[1]
