"""Numbers of a report in few characters; what is not known is a dash, and never a 0."""

import math
from typing import Final

NONE: Final = "—"
_LEAST_P: Final = 0.001


def number(value: float | None) -> str:
    """Give a mean or a difference in points: `4.25`."""
    return NONE if value is None else f"{value:.2f}"


def signed(value: float | None) -> str:
    """Give a difference with its sign: `+1.50`."""
    return NONE if value is None else f"{value:+.2f}"


def interval(ends: tuple[float, float] | None, form: str = ".2f") -> str:
    """Give an interval: `1.00 to 10.00`."""
    return NONE if ends is None else f"{ends[0]:{form}} to {ends[1]:{form}}"


def percent(share: float | None) -> str:
    """Give a part in hundredths: `12.5 %`."""
    return NONE if share is None else f"{100 * share:.1f} %"


def at_most(share: float) -> str:
    """Give an upper bound in hundredths, rounded up: what is at most 3.14 % is not at most 3.1 %."""
    return percent(math.ceil(share * 1000 - 1e-9) / 1000)


def percents(ends: tuple[float, float] | None) -> str:
    """Give an interval of parts: `2.0 to 31.5 %`."""
    return NONE if ends is None else f"{100 * ends[0]:.1f} to {100 * ends[1]:.1f} %"


def p_value(p: float | None) -> str:
    """Give a p-value; a small one is `< 0.001`, for none is 0."""
    if p is None:
        return NONE
    return f"< {_LEAST_P}" if p < _LEAST_P else f"{p:.3f}"


def counted(hits: int, n: int) -> str:
    """Give a count with what it is a part of: `3 of 12`."""
    return f"{hits} of {n}"


def listed(counts: dict[str, int]) -> str:
    """Give counts by what they are of: `2 refused, 1 unparsable`; `0` for none."""
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "0"
