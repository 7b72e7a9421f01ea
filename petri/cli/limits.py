"""Caps, rates and prices, given on the command line."""

import math
import re
from collections.abc import Sequence
from typing import Final

from petri.budget import Caps, Price
from petri.costs.prices import known_prices
from petri.errors import UsageError
from petri.governor import Limits
from petri.seat import inspect_price

_UNITS: Final = {"h": 3600, "m": 60, "s": 1}
_DURATION: Final = re.compile(r"(?:\d+(?:\.\d+)?[hms])+")
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)([hms])")


def read_limits(
    max_cost: float | None,
    max_tokens: int | None,
    max_time: str | None,
    rpm: Sequence[str] | None,
    assume_price: str | None,
) -> Limits:
    """Give the limits that flags name; raises ``UsageError`` for one that cannot be read."""
    caps = Caps(max_cost, max_tokens, None if max_time is None else read_duration(max_time))
    assumed = None if assume_price is None else read_price(assume_price)
    return Limits(caps, dict(map(_rate, rpm or ())), assumed, price_of=known_price)


def known_price(model: str) -> Price | None:
    """Give the most that a model charges: as Inspect was told, else by the user's file or the price table."""
    told = inspect_price(model)
    if told is not None:
        return told
    price = known_prices().of(model)
    if price is None:
        return None
    rates = (price.input, price.output, price.cache_read, price.cache_write)
    return Price(*(rate.highest for rate in rates))


def read_duration(text: str) -> float:
    """Give the seconds of a duration such as ``90s``, ``30m`` or ``1h30m``."""
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    if not _DURATION.fullmatch(text) or seconds == 0:
        raise UsageError(f"--max-time {text!r}: write a duration such as 90s, 30m or 1h30m")
    return seconds


def read_price(text: str) -> Price:
    """Give the price that ``IN,OUT`` names, in USD per million tokens."""
    try:
        given = [float(part) for part in text.split(",")]
    except ValueError:
        given = []
    if len(given) != 2 or not all(math.isfinite(each) and each >= 0 for each in given):  # noqa: PLR2004 -- in and out
        raise UsageError(f"--assume-price {text!r}: write IN,OUT in USD per million tokens, such as 3,15")
    return Price(*given)


def _rate(text: str) -> tuple[str, int]:
    model, _, number = text.rpartition("=")
    if not model or not number.isdecimal() or int(number) == 0:
        raise UsageError(f"--rpm {text!r}: write MODEL=N, such as openai/gpt-5-mini=500")
    return model, int(number)
