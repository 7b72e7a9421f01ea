"""What an audit did cost, call by call: some providers charge more for long calls, and prices change by the day."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from inspect_ai.event import Event, ModelEvent
from inspect_ai.model import ModelUsage

from petri.costs.prices import Prices, Tokens
from petri.transcript.store import Header


def cost_of(events: Iterable[Event], prices: Prices, addresses: Mapping[str, str]) -> float | None:
    """Give what the calls among a sample's events cost in USD; None as soon as one of them cannot be priced.

    What Inspect says of a call's cost goes before our prices. ``addresses`` are where models are served that are not
    at their usual address. Calls that failed or were cut off reported nothing, and are left out.
    """
    total, counted = 0.0, False
    for event in _calls(events):
        cost = _cost(event, prices, addresses)
        if cost is None:
            return None
        total, counted = total + cost, True
    return total if counted else None


def calls_by_role(events: Iterable[Event]) -> Counter[str]:
    """Give how often each role was asked and answered."""
    return Counter(str(event.role) for event in _calls(events))


def addresses_of(header: Header) -> dict[str, str]:
    """Give where a log's models are served, by name, but for those at their usual address."""
    roles = (header.log.eval.model_roles or {}).values()
    models = [model for bound in roles for model in (bound if isinstance(bound, list) else [bound])]
    return {model.model: model.base_url for model in models if model.base_url}


def _calls(events: Iterable[Event]) -> Iterator[ModelEvent]:
    for event in events:
        if (
            isinstance(event, ModelEvent)
            and not event.pending
            and event.error is None
            and event.cache != "read"
        ):
            yield event


def _cost(event: ModelEvent, prices: Prices, addresses: Mapping[str, str]) -> float | None:
    used = event.output.usage
    if used is None or used.total_cost is not None:
        return used and used.total_cost
    price = prices.of(
        event.model,
        base_url=addresses.get(event.model),
        batch=bool(event.config.batch),
        at=event.timestamp,
    )
    return None if price is None else price.cost(_tokens(used))


def _tokens(used: ModelUsage) -> Tokens:
    """Give a call's tokens; Inspect counts those that a model reasons with among its output."""
    return Tokens(
        used.input_tokens,
        used.output_tokens,
        used.input_tokens_cache_read or 0,
        used.input_tokens_cache_write or 0,
    )
