"""What a comparison allows to be said: supported, not supported, or underpowered. Pure."""

from dataclasses import dataclass
from typing import Final, Literal

from petri.analysis.quantiles import student
from petri.analysis.significance import ALPHA

Claim = Literal["supported", "not supported", "underpowered"]
"""``supported``: the sides differ. ``not supported``: no difference as large as the margin would have stayed unseen.
``underpowered``: these data cannot tell."""

POWER: Final = 0.8


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a claim rests on."""

    claim: Claim
    detectable: float
    """The smallest difference that would have been found four times of five, given how scenarios varied."""
    equivalent: bool
    """Whether the difference is shown to be smaller than the margin, to either side."""


def weigh(
    difference: float, error: float, freedom: float, p_adjusted: float | None, margin: float
) -> Evidence:
    """Say what a difference, its standard error with so many degrees of freedom, and its p-value allow to be claimed.

    The smallest detectable difference is (t(0.975) + t(0.8)) * error, as for planning (``petri.costs.power``).
    Equivalence is shown by two one-sided tests (Schuirmann 1987), which is that the 90 % interval lies within the
    margin. Without it, a difference that was not found is "not supported" only where one as large as the margin would
    have been found; else the comparison is underpowered.
    """
    detectable = (student(1 - ALPHA / 2, freedom) + student(POWER, freedom)) * error
    half = student(1 - ALPHA, freedom) * error
    equivalent = -margin < difference - half and difference + half < margin
    claim: Claim = (
        "supported"
        if _found(p_adjusted)
        else "not supported"
        if equivalent or detectable <= margin
        else "underpowered"
    )
    return Evidence(claim, detectable, equivalent)


def claim_without_error(p_adjusted: float | None) -> Claim:
    """Say what may be claimed where scenarios do not vary, so that nothing says how far off a difference may be."""
    return "supported" if _found(p_adjusted) else "underpowered"


def _found(p_adjusted: float | None) -> bool:
    return p_adjusted is not None and p_adjusted <= ALPHA
