"""What all calls of a run pass on their way to a model: caps, rates, the time an attempt may take, and the end of hope.

Each attempt of each role goes through ``Governor.generate``, below Inspect's retries, so that none is made uncounted.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Literal, Self

import anyio
from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    Model,
    ModelAPI,
    ModelCall,
    ModelOutput,
    RetryDecision,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from petri.boundary import kind_of
from petri.budget import JUDGING, NOTHING, Amount, Bell, Caps, Ledger, Price, PriceOf
from petri.errors import CallTimeout, ModelGivenUp, UsageError
from petri.rates import Rates
from petri.retries import asked_for, decide, lasts, unbilled, wait_before, without_own_retries
from petri.seat import FRAME, Seat, credible, inspect_price, key_of, reply_limit, request_size, seat_of
from petri.secrets import redact

_LONGEST: Final = 400

Result = ModelOutput | tuple[ModelOutput | Exception, ModelCall]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may come to, how fast it may call, and what its models cost."""

    caps: Caps = field(default_factory=Caps)
    rpm: Mapping[str, int] = field(default_factory=dict[str, int])
    """Requests a minute, by the name of a model; these win over what a scenario file says."""
    assumed: Price | None = None
    """The price of a model whose price is not known."""
    price_of: PriceOf = inspect_price


@dataclass(frozen=True, slots=True)
class End:
    """Why a run begins no further audits."""

    by: Literal["cost", "tokens", "time", "model"]
    """A cap, or a model that no call can reach."""
    reason: str


class Governor:
    """The governor of one run."""

    def __init__(self, limits: Limits | None = None, *, judged: bool = True) -> None:
        """Start with nothing spent; where nothing is ``judged``, nothing is kept for judging."""
        self._limits = limits or Limits()
        self.ledger = Ledger(self._limits.caps, judging=JUDGING if judged else 0.0)
        self._given_up: dict[str, ModelGivenUp] = {}
        self._broken: dict[str, End] = {}
        self._judging = NOTHING
        self._judged = 0
        self._unjudged = 0
        self._rates = Rates()
        self._seats: dict[tuple[str, str], Seat] = {}
        self._answered: set[str] = set()
        self._piloting: set[frozenset[str]] = set()
        self._news = Bell()

    def govern(self, model: Model, role: str, rpm: int | None = None) -> None:
        """Let every attempt of a model pass through here; its provider's SDK then repeats nothing of its own."""
        rate = self._limits.rpm.get(str(model), rpm)
        queues = self.ledger.caps.spending or rate is not None
        price = self.price_of(str(model))
        seat = seat_of(model, role, price, queues=queues)
        if queues:
            # Inspect's clock would run while a call waits for its turn; ours begins after that.
            model.config = model.config.model_copy(update={"attempt_timeout": None})
        if self.ledger.caps.spending and seat.counted and reply_limit(model) is None:
            # Set, for else it would be a guess, and no ceiling.
            model.config = model.config.model_copy(update={"max_tokens": seat.longest})
        if rate is not None:
            self._rates.limit(seat.key, rate)
        if seat.ours:
            self._answered.add(seat.key)
        self._seats[seat.key, role] = seat
        _Governed(self, seat, model.api).install()

    def price_of(self, model: str) -> Price | None:
        """Give the price of a model, the assumed one where its own is not known; None without either."""
        return self._limits.price_of(model) or self._limits.assumed

    @property
    def priced(self) -> bool:
        """Whether the price of every model is known."""
        return all(seat.price is not None for seat in self._seats.values() if seat.counted)

    def require_usable(self) -> None:
        """Raise ``UsageError`` for caps and rates that cannot be kept with the models of the run; nothing is spent."""
        faults: list[str] = []
        seats = [seat for seat in self._seats.values() if seat.counted]
        if self.ledger.caps.cost is not None:
            names = sorted({seat.name for seat in seats if seat.price is None})
            faults += [
                f"--max-cost: the price of {name} is not known; give one with --assume-price IN,OUT (USD per million "
                "tokens), or cap tokens with --max-tokens"
                for name in names
            ]
        tight = (self.ledger.first_call(seat.most(FRAME), seat.name, judging=seat.judging) for seat in seats)
        faults += [f"{fault}; raise it, or set max_tokens beside the model" for fault in tight if fault]
        known = {seat.name for seat in self._seats.values()}
        faults += [
            f"--rpm: no model of this run is called {name!r}; there are: {', '.join(sorted(known))}"
            for name in sorted(self._limits.rpm.keys() - known)
        ]
        if faults:
            raise UsageError("\n".join(dict.fromkeys(faults)))

    def end(self, keys: Sequence[str] | None = None) -> End | None:
        """Say why no further audit of these models begins (None: of any), if so."""
        broken = next((self._broken[key] for key in keys or self._broken if key in self._broken), None)
        reached = self.ledger.reached
        return broken or (reached and End(reached.cap, str(reached)))

    async def wait_for_pilot(self, models: Sequence[Model], proving: Sequence[Model]) -> None:
        """Hold an audit back until the models in ``proving`` have answered, in one audit that goes ahead of the others.

        So a key, a name or a quota that is wrong costs one audit at most. Raises ``ModelGivenUp`` where it has been
        found to be wrong, of any of ``models``.
        """
        needed = frozenset(map(key_of, proving))
        while True:
            end = self.end([key_of(model) for model in models])
            if end is not None and end.by == "model":
                gone = next(self._given_up[key] for key in map(key_of, models) if key in self._given_up)
                raise ModelGivenUp(end.reason, gone.kind)
            if needed <= self._answered or needed not in self._piloting:
                return
            await self._news.wait()

    @contextmanager
    def piloting(self, proving: Sequence[Model]) -> Generator[None]:
        """Let the audit in the block go ahead of the others that wait for its models, if any do."""
        needed = frozenset(map(key_of, proving))
        if needed <= self._answered:
            yield
            return
        self._piloting.add(needed)
        try:
            yield
        finally:
            self._piloting.discard(needed)
            self._news.ring()

    def audit_began(self) -> None:
        """Count an audit that will have to be judged."""
        self._unjudged += 1
        self._keep()

    def audit_failed(self) -> None:
        """Count it no more: what failed is not judged."""
        self._unjudged -= 1
        self._keep()

    def audit_judged(self) -> None:
        """Count it as judged."""
        self._unjudged -= 1
        self._judged += 1
        self._keep()

    def _keep(self) -> None:
        """Keep for judging what the audits under way need, going by those that were judged."""
        if self._judged and self.ledger.caps.spending:
            each = Amount(self._judging.tokens // self._judged, self._judging.usd / self._judged)
            self.ledger.keep(each, self._unjudged)

    def judging_cost(self, amount: Amount) -> None:
        """Note what a judge's call came to."""
        self._judging += amount

    def require_hope(self, key: str) -> None:
        """Raise ``ModelGivenUp`` for a model that is not called any more."""
        gone = self._given_up.get(key)
        if gone is not None:
            raise ModelGivenUp(str(gone), gone.kind)

    async def admit(self, seat: Seat, most: Amount) -> None:
        """Wait for the model's turn and for room in the budget; raises what says that there will be none."""
        self.require_hope(seat.key)
        await self.ledger.reserve(most, seat.name, judging=seat.judging)
        admitted = False
        try:
            await self._rates.turn(seat.key)
            self.require_hope(seat.key)
            admitted = True
        finally:
            if not admitted:
                self.ledger.settle(most, NOTHING)

    def answered(self, seat: Seat) -> None:
        """Note that a model can be reached."""
        if seat.key not in self._answered:
            self._answered.add(seat.key)
            self._news.ring()

    def refused(self, seat: Seat, seconds: float | None) -> None:
        """Hold a model's calls in all roles back for as long as its provider asks."""
        if seconds is not None:
            self._rates.hold(seat.key, seconds)

    def failed(self, seat: Seat, error: Exception) -> None:
        """Note a failure; one that lasts gives the model up for the rest of the run."""
        if seat.key not in self._given_up and lasts(error, answered=seat.key in self._answered):
            said = " ".join(redact(str(error)).split())[:_LONGEST]
            kind = kind_of(error)
            self._given_up[seat.key] = ModelGivenUp(said, kind)
            line = f"{kind}: {seat.role} ({seat.name}): {said}{seat.remedies.get(kind, '')}"
            self._broken[seat.key] = End("model", line)
            self._news.ring()


class _Governed:
    """One model's way to its provider."""

    def __init__(self, governor: Governor, seat: Seat, api: ModelAPI) -> None:
        self._governor = governor
        self._seat = seat
        self._api = api
        self._generate = api.generate
        self._should_retry = api.should_retry
        self._own_wait = api.retry_wait()

    def install(self) -> None:
        """Put this in the place of what Inspect asks of a provider."""
        self._api.generate = self.generate
        self._api.should_retry = self.should_retry
        if self._own_wait is None:
            self._api.retry_wait = lambda: self.wait

    def should_retry(self, ex: Exception) -> RetryDecision | bool:
        decision = decide(ex, self._should_retry(ex))
        if isinstance(decision, RetryDecision) and decision.kind == "rate_limit":
            self._governor.refused(self._seat, asked_for(ex, decision))
        return decision

    def wait(self, state: Any) -> float:
        error = state.outcome.exception() if state.outcome else None
        decision = self._should_retry(error) if isinstance(error, Exception) else False
        return wait_before(state.attempt_number, error, decision)

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 -- Inspect's name
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> Result:
        """Make one attempt, admitted, counted and timed."""
        seat, governor = self._seat, self._governor
        without_own_retries(self._api)
        capped = governor.ledger.caps.spending and seat.counted
        most = seat.most(request_size(input, tools), config) if capped else NOTHING
        await governor.admit(seat, most)
        with _Attempt(governor, seat, most) as attempt, anyio.move_on_after(seat.seconds):
            return attempt.came_to(
                await self._generate(input=input, tools=tools, tool_choice=tool_choice, config=config)
            )
        raise CallTimeout(f"no reply within {seat.seconds:g} seconds")


class _Attempt:
    """One attempt under way; whatever becomes of it is settled."""

    def __init__(self, governor: Governor, seat: Seat, most: Amount) -> None:
        self._governor = governor
        self._seat = seat
        self._most = most
        self._bill = most

    def __enter__(self) -> Self:
        return self

    def came_to(self, result: Result) -> Result:
        """Note a reply, or the error that a provider gives in the place of one."""
        output = result[0] if isinstance(result, tuple) else result
        if isinstance(output, Exception):
            self._failed(output)
        else:
            output.usage = credible(output.usage)
            self._bill = self._seat.amount(output, self._most)
            self._governor.answered(self._seat)
        return result

    def _failed(self, error: Exception) -> None:
        self._bill = NOTHING if unbilled(error) else self._most
        self._governor.failed(self._seat, error)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            self._failed(error)
        if self._seat.judging:
            self._governor.judging_cost(self._bill)
        self._governor.ledger.settle(self._most, self._bill)


_CURRENT: Final[ContextVar[Governor | None]] = ContextVar("governor", default=None)


def current() -> Governor | None:
    """Give the governor of the run under way; None where Inspect runs our task by itself."""
    return _CURRENT.get()


@contextmanager
def governing(governor: Governor) -> Generator[Governor]:
    """Let a governor govern the models that are made, and the audits that are run, inside the block."""
    token = _CURRENT.set(governor)
    try:
        yield governor
    finally:
        _CURRENT.reset(token)
