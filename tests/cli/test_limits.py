"""Caps, rates and prices as they are written on the command line."""

import pytest

from petri.budget import Caps, Price
from petri.cli.limits import read_duration, read_limits, read_price
from petri.errors import UsageError


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("1h30m", 5400), ("1.5h", 5400), ("1h1m1s", 3661)]
)
def test_a_duration(text: str, seconds: float) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "90", "0s", "-5m", "1 h", "1h x", "forever"])
def test_no_duration(text: str) -> None:
    with pytest.raises(UsageError, match=r"--max-time .*: write a duration such as 90s, 30m or 1h30m"):
        read_duration(text)


@pytest.mark.parametrize(
    ("text", "price"), [("3,15", Price(3, 15)), ("0,0", Price(0, 0)), ("0.1, 2.5", Price(0.1, 2.5))]
)
def test_a_price(text: str, price: Price) -> None:
    assert read_price(text) == price


@pytest.mark.parametrize("text", ["", "3", "3,15,1", "a,b", "-1,2", "nan,1", "inf,1"])
def test_no_price(text: str) -> None:
    with pytest.raises(UsageError, match=r"--assume-price .*: write IN,OUT"):
        read_price(text)


def test_limits_together() -> None:
    limits = read_limits(5.0, 1000, "2m", ["openai/gpt-5=500", "openai-api/house/a=b=7"], "3,15")
    assert limits.caps == Caps(5.0, 1000, 120)
    assert limits.rpm == {"openai/gpt-5": 500, "openai-api/house/a=b": 7}
    assert limits.assumed == Price(3, 15)
    assert read_limits(None, None, None, None, None).caps == Caps()


@pytest.mark.parametrize(
    "text", ["openai/gpt-5", "=5", "openai/gpt-5=", "openai/gpt-5=0", "openai/gpt-5=fast"]
)
def test_no_rate(text: str) -> None:
    with pytest.raises(UsageError, match=r"--rpm .*: write MODEL=N, such as openai/gpt-5-mini=500"):
        read_limits(None, None, None, [text], None)
