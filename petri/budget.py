"""What a run may spend: prices, caps, and the ledger in which each call is reserved before it is made.

A reservation is the most that a call can come to, and what it came to takes its place afterwards. So the sum of what is
spent and what may still be spent never passes a cap, however many calls are under way.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Self

from petri.errors import CapReached

Cap = Literal["cost", "tokens", "time"]

JUDGING: Final = 0.2
"""The part of a cap that only judges may use, so that what is complete when the rest is spent can still be judged."""
MOST_JUDGING: Final = 0.5
"""What that part may grow to, where the audits under way need more by what those before them took."""
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens of one call or many; ``input`` leaves out those read from or written to the cache."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.input + self.output + self.cache_read + self.cache_write


@dataclass(frozen=True, slots=True)
class Price:
    """USD for a million tokens; a price of the cache that is not given is that of any other input."""

    input: float
    output: float
    cache_read: float | None = None
    cache_write: float | None = None

    def cost(self, spent: Spent) -> float:
        """Give what tokens cost, in USD."""
        read = self.input if self.cache_read is None else self.cache_read
        write = self.input if self.cache_write is None else self.cache_write
        paid = spent.input * self.input + spent.output * self.output
        return (paid + spent.cache_read * read + spent.cache_write * write) / _MILLION

    def most(self, tokens_in: int, tokens_out: int) -> float:
        """Give the most that so many tokens can cost, whatever is read from or written to the cache."""
        dearest = max(self.input, self.cache_read or 0, self.cache_write or 0)
        return (tokens_in * dearest + tokens_out * self.output) / _MILLION


PriceOf = Callable[[str], Price | None]
"""The price of a model by its full name; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Caps:
    """What a run may come to: USD, tokens (all of them, cached ones too), seconds. None is no cap."""

    cost: float | None = None
    tokens: int | None = None
    seconds: float | None = None

    @property
    def spending(self) -> bool:
        """Whether calls have to be counted."""
        return self.cost is not None or self.tokens is not None


@dataclass(frozen=True, slots=True)
class Amount:
    """What a call comes to, or may come to. Without a cap on cost, USD may be left at 0."""

    tokens: int = 0
    usd: float = 0.0

    def __add__(self, other: Self) -> "Amount":
        """Give the sum."""
        return Amount(self.tokens + other.tokens, self.usd + other.usd)

    def __sub__(self, other: Self) -> "Amount":
        """Give the difference."""
        return Amount(self.tokens - other.tokens, self.usd - other.usd)


NOTHING: Final = Amount()


class Bell:
    """Wakes all who wait for something to change."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._waiting: list[asyncio.Event] = []

    async def wait(self) -> None:
        """Wait for the next ring."""
        event = asyncio.Event()
        self._waiting.append(event)
        await event.wait()

    def ring(self) -> None:
        """Wake everybody."""
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            event.set()


class Ledger:
    """What a run has spent, what it may still come to with the calls under way, and which cap has ended it.

    Of several that wait for room, the first to come is the first to get it; judges have a queue of their own.
    """

    def __init__(
        self, caps: Caps, *, judging: float = JUDGING, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Start with nothing spent; ``judging`` is the part kept for judges. Time runs from now, or ``start_clock``."""
        self.caps = caps
        self.spent = NOTHING
        self.reserved = NOTHING
        self.reached: CapReached | None = None
        """What has ended the audits, once something has; judges may go on with what is kept for them."""
        self._least_kept = self._kept = judging
        self._now = now
        self._began = now()
        self._settled = Bell()
        self._queues = {True: asyncio.Lock(), False: asyncio.Lock()}

    def start_clock(self) -> None:
        """Let the time run from now on: what was looked at before the first audit does not count."""
        self._began = self._now()

    async def reserve(self, most: Amount, who: str, *, judging: bool) -> None:
        """Set aside the most that a call can come to, waiting for calls under way where they may leave enough.

        Raises ``CapReached`` where not even their costing nothing would do. Without a cap nothing is kept from anybody.
        """
        async with self._queues[judging]:
            while True:
                self._require_room(most, who, judging=judging)
                if self._exceeded(self.spent + self.reserved + most, judging=judging) is None:
                    break
                await self._settled.wait()
            self.reserved += most

    def settle(self, reserved: Amount, came_to: Amount) -> None:
        """Put what a call came to in the place of what was set aside for it."""
        self.reserved -= reserved
        self.spent += came_to
        if self.reserved.tokens == 0:
            self.reserved = NOTHING  # fractions of a cent, left over from adding and taking away
        self._settled.ring()

    def _require_room(self, most: Amount, who: str, *, judging: bool) -> None:
        if not judging and self.reached is not None:
            raise CapReached(str(self.reached), self.reached.cap, self.reached.limit)
        cap = self._exceeded(self.spent + most, judging=judging) or (None if judging else self._late())
        if cap is not None:
            limits = {"cost": self.caps.cost, "tokens": self.caps.tokens, "time": self.caps.seconds}
            reached = CapReached(self._said(cap, most, who), cap, limits[cap] or 0)
            if not judging:
                self.reached = reached
                self._settled.ring()
            raise reached

    def keep(self, each: Amount, audits: int) -> None:
        """Keep for judging what so many audits need at so much each, within bounds."""
        shares = [
            audits * each.usd / self.caps.cost if self.caps.cost else 0.0,
            audits * each.tokens / self.caps.tokens if self.caps.tokens else 0.0,
        ]
        self._kept = min(max(self._least_kept, *shares), max(self._least_kept, MOST_JUDGING))

    def first_call(self, most: Amount, who: str, *, judging: bool) -> str | None:
        """Say why a run cannot even begin: one call may come to more than its caps allow all calls together."""
        cap = self._exceeded(most, judging=judging)
        return None if cap is None else self._said(cap, most, who)

    def _exceeded(self, amount: Amount, *, judging: bool) -> Cap | None:
        share = 1.0 if judging else 1.0 - self._kept
        if self.caps.cost is not None and amount.usd > self.caps.cost * share:
            return "cost"
        if self.caps.tokens is not None and amount.tokens > self.caps.tokens * share:
            return "tokens"
        return None

    def _late(self) -> Cap | None:
        seconds = self.caps.seconds
        return "time" if seconds is not None and self._now() - self._began >= seconds else None

    def _said(self, cap: Cap, most: Amount, who: str) -> str:
        if cap == "time":
            return f"the run's time is up (--max-time, {self.caps.seconds:g} s)"
        spent, next_, whole = (
            (f"{self.spent.usd:.4f} USD", f"{most.usd:.4f} USD", f"--max-cost {self.caps.cost:g}")
            if cap == "cost"
            else (
                f"{self.spent.tokens:,} tokens",
                f"{most.tokens:,} tokens",
                f"--max-tokens {self.caps.tokens}",
            )
        )
        kept = f", of which {self._kept:.0%} is kept for judging" if self._kept else ""
        return f"{whole}{kept}: {spent} spent so far, and one call of {who} may come to {next_}"
