"""When the next request may go to each model, whatever roles it plays: rates, and what providers ask for."""

import asyncio
import random
import time
from typing import Final

from asyncio_throttle.throttler import Throttler

_MINUTE: Final = 60.0
LONGEST_HOLD: Final = 60.0
"""Seconds for which one refused call holds the others of its model back: while they wait, their time may run."""
_SPREAD: Final = 0.1


class _Gate:
    """One model's turnstile. Of those who wait, the first to come is the first through: only it asks for the time."""

    def __init__(self, rpm: int) -> None:
        self.rpm = rpm
        at_once = max(1, rpm // int(_MINUTE))
        self._throttler = Throttler(rate_limit=at_once, period=_MINUTE * at_once / rpm)
        self._queue = asyncio.Lock()

    async def turn(self) -> None:
        async with self._queue:
            await self._throttler.acquire()


class Rates:
    """The rates of a run, by model. Requests are spread over the minute: none waits for a minute to end."""

    def __init__(self, longest_hold: float = LONGEST_HOLD) -> None:
        """Start with no rate for anybody."""
        self._longest_hold = longest_hold
        self._gates: dict[str, _Gate] = {}
        self._until: dict[str, float] = {}

    def limit(self, model: str, rpm: int) -> None:
        """Let so many requests a minute through to a model; of two rates for one, the lower holds."""
        known = self._gates.get(model)
        if known is None or rpm < known.rpm:
            self._gates[model] = _Gate(rpm)

    def rpm(self, model: str) -> int | None:
        """Give the rate of a model."""
        gate = self._gates.get(model)
        return gate and gate.rpm

    def hold(self, model: str, seconds: float) -> None:
        """Let nothing through to a model for so long: its provider has asked to be left alone."""
        until = time.monotonic() + min(seconds, self._longest_hold)
        self._until[model] = max(until, self._until.get(model, until))

    async def turn(self, model: str) -> None:
        """Wait until the next request may go to a model."""
        while (left := self._until.get(model, 0.0) - time.monotonic()) > 0:  # noqa: ASYNC110 -- it may be put off
            await asyncio.sleep(left * random.uniform(1, 1 + _SPREAD))  # noqa: S311 -- spreads requests, hides nothing
        gate = self._gates.get(model)
        if gate is not None:
            await gate.turn()
