"""Tests of differences that come in clusters, and what becomes of their p-values when there are many. Pure."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

ALPHA: Final = 0.05
EXACT: Final = 14
"""Up to so many scenarios all ways of exchanging the sides are counted; of more, ``DRAWS`` are drawn."""
DRAWS: Final = 20_000
_SEED: Final = 20_262
_ROUNDING: Final = 1e-9
_CHUNK: Final = 4_096


def sign_flip_p(differences: Sequence[float]) -> float | None:
    """Give the two-sided p-value of differences, one a scenario, under the hypothesis that the sides are alike.

    Were they, either side could stand first, so every pattern of signs is as likely as the one that was observed
    (Fisher 1935; Good 2005, section 3.2). No distribution is assumed, and few scenarios are no hindrance. Scores are
    coarse and ties are many, so patterns that are as extreme as the observed one count by half (mid-p, Lancaster 1961);
    without that the test would rarely reject. Of many scenarios patterns are drawn, the same ones each time; the
    observed one is then counted among them (Phipson and Smyth 2010).

    None with fewer than two scenarios that differ: no pattern is then more extreme than another.
    """
    data = np.array([each for each in differences if abs(each) > _ROUNDING])
    if len(data) < 2:  # noqa: PLR2004 -- see above
        return None
    observed = abs(float(data.sum()))
    if len(data) <= EXACT:
        beyond, equal, drawn = _counted(_all_signs(len(data)), data, observed)
        return (beyond + equal / 2) / drawn
    chance = np.random.default_rng(_SEED)
    beyond = equal = 0.0
    for _ in range(0, DRAWS, _CHUNK):
        signs = chance.integers(0, 2, (_CHUNK, len(data)), dtype=np.int8) * 2 - 1
        more, same, _ = _counted(signs, data, observed)
        beyond, equal = beyond + more, equal + same
    drawn = -(-DRAWS // _CHUNK) * _CHUNK
    return (beyond + (equal + 1) / 2) / (drawn + 1)


def _all_signs(count: int) -> NDArray[np.int8]:
    """Give every pattern of signs; the first stays positive, for turning all of them changes nothing."""
    patterns: NDArray[np.int64] = np.arange(2 ** (count - 1), dtype=np.int64)[:, None] >> np.arange(count) & 1
    return (1 - 2 * patterns).astype(np.int8)


def _counted(signs: NDArray[np.int8], data: NDArray[np.float64], observed: float) -> tuple[float, float, int]:
    """Count the patterns more extreme than the observed sum, those as extreme, and all."""
    sums = np.abs(signs @ data)
    tolerance = _ROUNDING * max(1.0, observed)
    equal = float((np.abs(sums - observed) <= tolerance).sum())
    return float((sums > observed + tolerance).sum()), equal, len(signs)


def holm(values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Give p-values adjusted so that the chance of any false claim among them stays at the level (Holm 1979).

    A value that is None was no test and costs the others nothing; it stays None.
    """
    order = sorted((value, place) for place, value in enumerate(values) if value is not None)
    adjusted: list[float | None] = [None] * len(values)
    worst = 0.0
    for rank, (value, place) in enumerate(order):
        worst = max(worst, min(1.0, value * (len(order) - rank)))
        adjusted[place] = worst
    return tuple(adjusted)


def benjamini_hochberg(values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Give p-values adjusted so that the expected part of false claims stays at the level (1995); None stays None."""
    order = sorted((value, place) for place, value in enumerate(values) if value is not None)
    adjusted: list[float | None] = [None] * len(values)
    best = 1.0
    for rank, (value, place) in reversed(list(enumerate(order, start=1))):
        best = min(best, value * len(order) / rank)
        adjusted[place] = best
    return tuple(adjusted)
