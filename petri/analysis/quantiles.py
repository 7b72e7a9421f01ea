"""Quantiles of distributions. Of scipy this loads what it computes them with: its ``stats`` takes ten times as long."""

from scipy import special


def normal(probability: float) -> float:
    """Give the point below which a standard normal value lies with this probability."""
    return float(special.ndtri(probability))


def student(probability: float, freedom: float) -> float:
    """Give the point below which Student's t with so many degrees of freedom lies with this probability."""
    return float(special.stdtrit(freedom, probability))


def student_beyond(value: float, freedom: float) -> float:
    """Give the probability that Student's t lies above a value."""
    return float(special.stdtr(freedom, -value))


def beta(probability: float, a: float, b: float) -> float:
    """Give the point below which a beta value lies with this probability."""
    return float(special.betaincinv(a, b, probability))
