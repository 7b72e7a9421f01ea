"""How many requests a minute go to each model, whatever roles it plays."""

import asyncio
from typing import Final

from asyncio_throttle.throttler import Throttler

_MINUTE: Final = 60.0


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

    def __init__(self) -> None:
        """Start with no rate for anybody."""
        self._gates: dict[str, _Gate] = {}

    def limit(self, model: str, rpm: int) -> None:
        """Let so many requests a minute through to a model; of two rates for one, the lower holds."""
        known = self._gates.get(model)
        if known is None or rpm < known.rpm:
            self._gates[model] = _Gate(rpm)

    def rpm(self, model: str) -> int | None:
        """Give the rate of a model."""
        gate = self._gates.get(model)
        return gate and gate.rpm

    async def turn(self, model: str) -> None:
        """Wait until the next request may go to a model."""
        gate = self._gates.get(model)
        if gate is not None:
            await gate.turn()
