"""How far readings of the same transcripts agree. Pure; what is undefined is None, and no interval has a width of 0.

Every statistic is a function of a joint table: how often one reading was ``values[i]`` where the other was
``values[j]``. There is one table a transcript, since transcripts are what is drawn: a bootstrap sample adds up the
tables of transcripts drawn with replacement (Efron and Tibshirani 1993, chapter 13: percentile intervals), and all
samples are computed at once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from petri.analysis.stats import LEVEL

Floats = NDArray[np.float64]

RESAMPLES: Final = 2000
SEED: Final = 20_251
"""The same labels give the same intervals."""
LEAST: Final = 10
"""Below so many transcripts percentile intervals cover far less than they say, so none is given."""
_DEFINED: Final = 0.95
"""The part of the bootstrap samples in which a statistic has to be defined for an interval to be given."""
_ROUNDING: Final = 1e-9


class Estimate(BaseModel):
    """A statistic and its 95 % interval; null where they are undefined."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float | None
    ci95: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Joint tables over ``values``: the last two axes of ``counts``; the axis before them, if any, is transcripts."""

    values: Floats
    counts: Floats

    @property
    def distances(self) -> Floats:
        """How far apart two values are, for each cell of a table."""
        return np.abs(self.values[:, None] - self.values)

    def total(self) -> "Tally":
        """Give the table of all transcripts together."""
        return Tally(self.values, self.counts.sum(axis=0))

    def both_ways(self) -> "Tally":
        """Give the tables in which neither reading comes first: of pairs, Krippendorff's coincidences."""
        return Tally(self.values, self.counts + self.counts.swapaxes(-1, -2))

    def resampled(self, seed: int) -> "Tally":
        """Give one table for each bootstrap sample of transcripts."""
        size = len(self.counts)
        drawn = np.random.default_rng(seed).multinomial(size, [1 / size] * size, size=RESAMPLES)
        sums = drawn.astype(float) @ self.counts.reshape(size, -1)
        return Tally(self.values, sums.reshape(RESAMPLES, *self.counts.shape[1:]))


Statistic = Callable[[Tally], Floats]
"""Gives one number a table; NaN where it is undefined. It stays inside this module."""


def pairs(transcripts: Iterable[Sequence[tuple[float, float]]]) -> Tally:
    """Tally pairs of readings, first and second, transcript by transcript."""
    return _tally([Counter(found) for found in transcripts])


def coincidences(transcripts: Iterable[Sequence[float]]) -> Tally:
    """Tally readings of one kind: each with each other of its transcript, over the number of others.

    These are Krippendorff's coincidences (2011, "Computing Krippendorff's alpha-reliability"): a transcript weighs as
    much as it has readings, and one with a single reading, which nothing can be compared with, is left out.
    """
    tables: list[Counter[tuple[float, float]]] = []
    for readings in transcripts:
        table = Counter[tuple[float, float]]()
        for pair in permutations(readings, 2):
            table[pair] += 1 / (len(readings) - 1)  # pyright: ignore[reportArgumentType] -- counts may be fractions
        tables += [table] if table else []
    return _tally(tables)


def _tally(tables: Sequence[Counter[tuple[float, float]]]) -> Tally:
    values = sorted({value for table in tables for pair in table for value in pair})
    place = {value: number for number, value in enumerate(values)}
    counts = np.zeros((len(tables), len(values), len(values)))
    for number, table in enumerate(tables):
        for (first, second), count in table.items():
            counts[number, place[first], place[second]] = count
    return Tally(np.asarray(values, dtype=float), counts)


def estimate(tally: Tally, statistic: Statistic, seed: int = SEED) -> Estimate:
    """Give a statistic over all transcripts with its percentile interval.

    There is no interval with fewer than ``LEAST`` transcripts, where the statistic is undefined in more than 5 % of the
    bootstrap samples, and where the samples do not differ: [1, 1] would say that nothing is left to be found out.
    """
    value = float(statistic(tally.total()))
    if np.isnan(value):
        return Estimate(value=None, ci95=None)
    if len(tally.counts) < LEAST:
        return Estimate(value=value, ci95=None)
    samples = statistic(tally.resampled(seed))
    defined = samples[~np.isnan(samples)]
    if len(defined) < _DEFINED * len(samples):
        return Estimate(value=value, ci95=None)
    low, high = map(float, np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    return Estimate(value=value, ci95=(low, high) if high - low > _ROUNDING else None)


def weighted_kappa(tally: Tally) -> Floats:
    """Give the quadratically weighted kappa of pairs (Cohen 1968): 1 - observed / expected squared distance.

    Expected is what independent readings with the same margins would give. Undefined where all readings are one value.
    """
    first, second, total = tally.counts.sum(axis=-1), tally.counts.sum(axis=-2), _sum(tally.counts)
    squares = tally.distances**2
    expected = np.einsum("...i,...j,ij->...", first, second, squares)
    return 1 - _ratio(_sum(tally.counts * squares) * total, expected)


def ordinal_alpha(tally: Tally) -> Floats:
    """Give Krippendorff's alpha for ordered values, from coincidences: 1 - (n - 1) observed / expected distance.

    The distance of two values is the number of readings between them, half of their own counted, squared
    (Krippendorff 2011): it does not matter by how much values differ, only which is the higher. Undefined where all
    readings are one value.
    """
    margins = tally.counts.sum(axis=-1)
    ranks = _midranks(margins)
    squares = (ranks[..., :, None] - ranks[..., None, :]) ** 2
    expected = np.einsum("...i,...j,...ij->...", margins, margins, squares)
    return 1 - _ratio(_sum(tally.counts * squares) * (margins.sum(axis=-1) - 1), expected)


def spearman(tally: Tally) -> Floats:
    """Give Spearman's rank correlation of pairs: Pearson's of the mid-ranks. Undefined where either is constant."""
    first, second, total = tally.counts.sum(axis=-1), tally.counts.sum(axis=-2), _sum(tally.counts)
    left = _midranks(first) - total[..., None] / 2
    right = _midranks(second) - total[..., None] / 2
    together = np.einsum("...ij,...i,...j->...", tally.counts, left, right)
    return _ratio(together, np.sqrt((first * left**2).sum(axis=-1) * (second * right**2).sum(axis=-1)))


def mean_absolute_error(tally: Tally) -> Floats:
    """Give the mean distance of pairs, in points of the scale."""
    return _ratio(_sum(tally.counts * tally.distances), _sum(tally.counts))


def bias(tally: Tally) -> Floats:
    """Give the mean of first minus second, in points: above 0 where the first is the higher."""
    return _ratio(_sum(tally.counts * (tally.values[:, None] - tally.values)), _sum(tally.counts))


def within_one(tally: Tally) -> Floats:
    """Give the part of the pairs that differ by at most one point."""
    return _ratio(_sum(tally.counts * (tally.distances <= 1 + _ROUNDING)), _sum(tally.counts))


def retest_deviation(tally: Tally) -> Floats:
    """Give the standard deviation of one reading about its transcript's mean, from the coincidences of repeats.

    It is the root of half the mean squared distance of two readings (Bland and Altman 1996, "Measurement error").
    """
    return np.sqrt(_ratio(_sum(tally.counts * tally.distances**2), 2 * _sum(tally.counts)))


def _midranks(margins: Floats) -> Floats:
    """Give for each value how many readings lie below it, with half of its own."""
    return np.cumsum(margins, axis=-1) - margins / 2


def _sum(tables: Floats) -> Floats:
    return tables.sum(axis=(-1, -2))


def _ratio(above: Floats, below: Floats) -> Floats:
    """Divide; NaN where there is nothing to divide by."""
    defined = below > _ROUNDING
    return np.where(defined, above / np.where(defined, below, 1.0), np.nan)
