"""The ledger: what is spent and what may still be spent never pass a cap, and nobody waits for nothing."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from petri.budget import Amount, Caps, Ledger, Price, Spent
from petri.errors import CapReached


class Meter:
    """What an account is charged, and the most that it could have been at any moment."""

    def __init__(self) -> None:
        self.spent = Amount()
        self.open = Amount()
        self.worst = Amount()
        self.calls = 0

    def begin(self, most: Amount) -> None:
        self.calls += 1
        self.open += most
        now = self.spent + self.open
        self.worst = Amount(max(self.worst.tokens, now.tokens), max(self.worst.usd, now.usd))

    def end(self, most: Amount, came_to: Amount) -> None:
        self.open -= most
        self.spent += came_to


async def _spender(ledger: Ledger, meter: Meter, seed: int, *, judging: bool) -> str:
    draw = random.Random(seed)
    while True:
        most = Amount(draw.randint(10, 400), draw.uniform(0.01, 0.4))
        try:
            await ledger.reserve(most, "a model", judging=judging)
        except CapReached as reached:
            return reached.cap
        meter.begin(most)
        await asyncio.sleep(draw.choice([0, 0, 0.0005]))
        share = draw.choice([0.0, 0.3, 1.0])
        came_to = Amount(int(most.tokens * share), most.usd * share)
        meter.end(most, came_to)
        ledger.settle(most, came_to)


async def _spend(ledger: Ledger, meter: Meter, *, players: int, judges: int = 0, seed: int = 0) -> list[str]:
    async with asyncio.timeout(20):
        return await asyncio.gather(
            *(_spender(ledger, meter, seed * 10_000 + n, judging=False) for n in range(players)),
            *(_spender(ledger, meter, seed * 10_000 - n - 1, judging=True) for n in range(judges)),
        )


@pytest.mark.parametrize(
    ("caps", "ends"),
    [
        (Caps(cost=20.0), {"cost"}),
        (Caps(tokens=20_000), {"tokens"}),
        (Caps(cost=20.0, tokens=20_000), {"cost", "tokens"}),
    ],
    ids=["cost", "tokens", "both"],
)
@pytest.mark.parametrize("seed", range(3))
def test_a_cap_is_never_passed_whatever_is_under_way(caps: Caps, ends: set[str], seed: int) -> None:
    ledger, meter = Ledger(caps), Meter()
    ended = asyncio.run(_spend(ledger, meter, players=64, judges=8, seed=seed))
    assert meter.worst.usd <= (caps.cost or 1e9) + 1e-9
    assert meter.worst.tokens <= (caps.tokens or 1e9)
    assert set(ended) <= ends
    assert ledger.spent.tokens == meter.spent.tokens
    assert ledger.reserved == Amount()
    if caps.tokens is None and caps.cost is not None:
        # What is left is less than two calls may come to: nothing was refused too soon.
        assert caps.cost - meter.spent.usd < 0.8


def test_a_part_is_kept_for_judging() -> None:
    ledger, meter = Ledger(Caps(tokens=10_000)), Meter()
    assert set(asyncio.run(_spend(ledger, meter, players=64))) == {"tokens"}
    assert meter.worst.tokens <= 8_000
    assert set(asyncio.run(_spend(ledger, meter, players=0, judges=8))) == {"tokens"}
    assert 8_000 < meter.spent.tokens <= 10_000


@pytest.mark.parametrize(
    ("audits", "players_may"), [(1, 800), (50, 500), (500, 500)], ids=["few", "many", "too-many"]
)
def test_the_part_for_judging_grows_with_what_is_to_be_judged(audits: int, players_may: int) -> None:
    ledger = Ledger(Caps(tokens=1000))
    ledger.keep(Amount(tokens=10), audits)
    assert ledger.first_call(Amount(players_may), "m", judging=False) is None
    assert "kept for judging" in (ledger.first_call(Amount(players_may + 1), "m", judging=False) or "")
    assert ledger.first_call(Amount(1000), "m", judging=True) is None


def test_a_call_waits_for_those_under_way_and_the_first_to_come_goes_first() -> None:
    async def play() -> list[int]:
        ledger, order = Ledger(Caps(tokens=100), judging=0.0), list[int]()
        await ledger.reserve(Amount(90), "m", judging=False)

        async def want(number: int, tokens: int) -> None:
            await ledger.reserve(Amount(tokens), "m", judging=False)
            order.append(number)

        waiting = [asyncio.create_task(want(n, size)) for n, size in enumerate([60, 5, 20])]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert order == []  # the second would fit, but would let the first wait for ever
        ledger.settle(Amount(90), Amount(10))
        await asyncio.gather(*waiting)
        return order

    assert asyncio.run(play()) == [0, 1, 2]


def test_one_that_waits_and_is_cancelled_holds_nobody_up() -> None:
    async def play() -> None:
        ledger = Ledger(Caps(tokens=100), judging=0.0)
        await ledger.reserve(Amount(90), "m", judging=False)
        gone, stays = (asyncio.create_task(ledger.reserve(Amount(50), "m", judging=False)) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        ledger.settle(Amount(90), Amount(10))
        await stays
        assert ledger.reserved == Amount(50)

    asyncio.run(play())


def test_what_one_is_refused_ends_it_for_all_players_and_not_for_judges() -> None:
    async def play() -> Sequence[str]:
        ledger = Ledger(Caps(tokens=100), judging=0.2)
        await ledger.reserve(Amount(50), "m", judging=False)
        ledger.settle(Amount(50), Amount(50))
        said: list[str] = []
        for size in (40, 1):
            with pytest.raises(CapReached) as refused:
                await ledger.reserve(Amount(size), "m", judging=False)
            said.append(str(refused.value))
        await ledger.reserve(Amount(50), "m", judging=True)
        return said

    first, second = asyncio.run(play())
    assert first == second
    assert first == (
        "--max-tokens 100, of which 20% is kept for judging: "
        "50 tokens spent so far, and one call of m may come to 40 tokens"
    )


def test_time_ends_audits_and_lets_judges_finish() -> None:
    async def play() -> None:
        now = [0.0]
        ledger = Ledger(Caps(seconds=60.0), now=lambda: now[0])
        await ledger.reserve(Amount(10**9, 10**9), "m", judging=False)
        now[0] = 60.0
        with pytest.raises(CapReached, match=r"time is up \(--max-time, 60 s\)") as refused:
            await ledger.reserve(Amount(), "m", judging=False)
        assert (refused.value.cap, refused.value.limit) == ("time", 60.0)
        await ledger.reserve(Amount(), "m", judging=True)

    asyncio.run(play())


@pytest.mark.parametrize(
    ("price", "spent", "cost"),
    [
        (Price(3, 15), Spent(1_000_000, 1_000_000), 18.0),
        (Price(3, 15), Spent(cache_read=1_000_000, cache_write=1_000_000), 6.0),
        (Price(3, 15, 0.3, 3.75), Spent(cache_read=1_000_000, cache_write=1_000_000), 4.05),
        (Price(0, 0), Spent(5, 5, 5, 5), 0.0),
    ],
    ids=["plain", "cache-unpriced", "cache-priced", "free"],
)
def test_a_price(price: Price, spent: Spent, cost: float) -> None:
    assert price.cost(spent) == pytest.approx(cost)
    whole_input = spent.tokens - spent.output
    assert price.most(whole_input, spent.output) >= price.cost(spent)
