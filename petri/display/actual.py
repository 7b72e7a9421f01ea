"""What a run did cost, beside what was expected of it."""

from petri.analysis.results import Results
from petri.display.estimate import amount, dollars, is_free, priced_range


def actual_line(results: Results) -> str | None:
    """Give what the run cost beside what was expected; None where nothing was expected, or nothing costs anything."""
    expected = results.estimate
    if expected is None or is_free(expected):
        return None
    if results.cost_usd is not None and expected.usd is not None and not expected.unpriced:
        return f"Cost: {dollars(results.cost_usd)}; expected was {priced_range(expected)}"
    used = sum(
        each.input_tokens + each.cache_read + each.cache_write + each.output_tokens
        for each in results.usage.values()
    )
    cost = "?" if results.cost_usd is None else dollars(results.cost_usd)
    spreads = [spread for row in expected.roles for spread in (row.input_tokens, row.output_tokens)]
    low, high = sum(spread.median for spread in spreads), sum(spread.p90 for spread in spreads)
    return f"Cost: {cost}; {amount(used)} tokens, expected were about {amount(low)} to {amount(high)}"
