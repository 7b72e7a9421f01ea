"""A rate of hits, corrected for the errors that the judge is known to make. Pure."""

import math
from typing import Final, NamedTuple

from petri.analysis.quantiles import normal
from petri.analysis.stats import LEVEL, Interval

_Z: Final = normal((1 + LEVEL) / 2)


class Measured(NamedTuple):
    """A rate and the number of observations behind it."""

    rate: float
    n: float


class Corrected(NamedTuple):
    """A corrected rate. None of the numbers is clipped: below 0 says that errors alone explain the hits."""

    rate: float
    variance: float
    interval: Interval


def correct_rate(observed: Measured, sensitivity: Measured, specificity: Measured) -> Corrected | None:
    """Give the rate of true hits behind an observed one; None where the judge is no better than chance.

    The estimate is Rogan and Gladen's (1978): (p + Sp - 1) / (Se + Sp - 1). Its variance, by the delta method, is
    [p(1-p)/n + (1-θ)² Sp(1-Sp)/m0 + θ² Se(1-Se)/m1] / (Se + Sp - 1)², with m0 and m1 the labelled transcripts that are
    innocent and that are hits; the judge's errors are thus not taken as known (Lee et al., arXiv 2511.21140).

    The interval is Lang and Reiczigel's (2014, Preventive Veterinary Medicine 113:13-22): the same variance about a
    shifted centre, with z²/2 hits and misses added to the observed rate and one of each to Se and Sp. The plain one is
    far too narrow where a judge made no error among few labels, for then it counts as perfect.
    """
    if min(observed.n, sensitivity.n, specificity.n) <= 0 or sensitivity.rate + specificity.rate <= 1:
        return None
    rate, variance = _estimate(observed, sensitivity, specificity)
    se, sp = (Measured((m.rate * m.n + 1) / (m.n + 2), m.n + 2) for m in (sensitivity, specificity))
    p = Measured((observed.rate * observed.n + _Z**2 / 2) / (observed.n + _Z**2), observed.n + _Z**2)
    if se.rate + sp.rate <= 1:
        return None
    centre, spread = _estimate(p, se, sp)
    centre += 2 * _Z**2 * (centre * _error(se) - (1 - centre) * _error(sp))
    half = _Z * math.sqrt(spread)
    return Corrected(rate, variance, Interval(centre - half, centre + half))


def _estimate(p: Measured, se: Measured, sp: Measured) -> tuple[float, float]:
    """Give the estimate and its variance."""
    youden = se.rate + sp.rate - 1
    rate = (p.rate + sp.rate - 1) / youden
    variance = _error(p) + (1 - rate) ** 2 * _error(sp) + rate**2 * _error(se)
    return rate, variance / youden**2


def _error(measured: Measured) -> float:
    """Give the variance of a measured rate."""
    return measured.rate * (1 - measured.rate) / measured.n
