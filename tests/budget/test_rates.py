"""Requests a minute: never more than that in any window, first come first through, and each model by itself."""

import asyncio
import time

import pytest

from petri.rates import Rates


async def _arrivals(rates: Rates, model: str, number: int) -> list[tuple[float, int]]:
    seen: list[tuple[float, int]] = []

    async def ask(each: int) -> None:
        await rates.turn(model)
        seen.append((time.monotonic(), each))

    await asyncio.gather(*(ask(each) for each in range(number)))
    return seen


@pytest.mark.parametrize(("rpm", "number"), [(1200, 30), (6000, 230)], ids=["spread", "a-hundred-a-second"])
def test_no_window_holds_more_than_the_rate_allows(rpm: int, number: int) -> None:
    rates = Rates()
    rates.limit("m", rpm)
    seen = asyncio.run(_arrivals(rates, "m", number))
    moments = [moment for moment, _ in seen]
    within = max(sum(start <= other < start + 0.95 for other in moments) for start in moments)
    assert within <= rpm / 60
    assert [each for _, each in seen] == list(range(number))


def test_a_model_without_a_rate_waits_for_nobody() -> None:
    rates = Rates()
    rates.limit("slow", 1)
    begun = time.monotonic()
    asyncio.run(_arrivals(rates, "quick", 500))
    assert time.monotonic() - begun < 1
    assert (rates.rpm("slow"), rates.rpm("quick")) == (1, None)


@pytest.mark.parametrize(
    ("given", "held"), [((60, 30), 30), ((30, 60), 30)], ids=["lower-later", "lower-first"]
)
def test_the_lower_of_two_rates_holds(given: tuple[int, int], held: int) -> None:
    rates = Rates()
    for rpm in given:
        rates.limit("m", rpm)
    assert rates.rpm("m") == held


def test_a_model_whose_provider_asks_for_it_is_left_alone() -> None:
    async def play() -> list[float]:
        rates = Rates()
        rates.hold("m", 0.3)
        rates.hold("m", 0.1)
        begun = time.monotonic()
        await rates.turn("another")
        at_once = time.monotonic() - begun
        await rates.turn("m")
        return [at_once, time.monotonic() - begun]

    at_once, later = asyncio.run(play())
    assert at_once < 0.2
    assert later >= 0.3


def test_nobody_is_held_back_for_hours() -> None:
    async def play() -> None:
        rates = Rates(longest_hold=0.1)
        rates.hold("m", 86_400)
        async with asyncio.timeout(5):
            await rates.turn("m")

    asyncio.run(play())
