"""Caps of a run that is resumed: what it has spent counts, so that stopping and going on cannot pass them."""

from dataclasses import replace

from petri.analysis.results import Results
from petri.budget import Caps, Price
from petri.errors import UsageError
from petri.governor import Limits
from petri.transcript.planned import Ordered


def total_limits(before: Ordered, given: Limits) -> Limits:
    """Give the limits of the whole run: those that are given now, and its own where none is."""
    caps = Caps(
        cost=before.max_cost if given.caps.cost is None else given.caps.cost,
        tokens=before.max_tokens if given.caps.tokens is None else given.caps.tokens,
        seconds=before.max_seconds if given.caps.seconds is None else given.caps.seconds,
    )
    price = before.assumed_price
    assumed = given.assumed or (None if price is None else Price(*price))
    return replace(given, caps=caps, rpm={**before.rpm, **given.rpm}, assumed=assumed)


def what_is_left(limits: Limits, so_far: Results) -> Limits:
    """Give the limits of what is yet to be run; raises ``UsageError`` where the caps are used up."""
    caps = limits.caps
    used = sum(sum(each.model_dump().values()) for each in so_far.usage.values())
    spent = so_far.cost_usd
    if caps.cost is not None and used and spent is None:
        raise UsageError(
            f"the run may come to {caps.cost:g} USD (--max-cost), and a price is missing of what it has spent"
        )
    left = Caps(
        cost=None if caps.cost is None else caps.cost - (spent or 0),
        tokens=None if caps.tokens is None else caps.tokens - used,
        seconds=caps.seconds,
    )
    for flag, most, rest in (
        ("--max-cost", caps.cost, left.cost),
        ("--max-tokens", caps.tokens, left.tokens),
    ):
        if rest is not None and rest <= 0:
            raise UsageError(f"the run has used up its {flag} {most:g}; name a higher one to go on")
    return replace(limits, caps=left)
