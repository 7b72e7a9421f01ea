"""What a run will probably cost, in a line or two."""

from typing import Final

from petri.transcript.estimated import RunEstimate, Spread

_BILLION: Final = 1_000_000_000
_MILLION: Final = 1_000_000
_THOUSAND: Final = 1_000
_HUNDRED: Final = 100


def dollars(usd: float) -> str:
    """Give an amount in two significant digits below a dollar, in cents below a hundred, in dollars from there."""
    if usd == 0:
        return "$0"
    if usd < 1:
        shown = f"{usd:.2g}" if usd >= 1 / _THOUSAND else "0.001"
        return f"{'' if usd >= 1 / _THOUSAND else 'under '}${float(shown):.{max(2, len(shown) - 2)}f}"
    return f"${usd:,.2f}" if usd < _HUNDRED else f"${usd:,.0f}"


def amount(number: float) -> str:
    """Give a number of tokens or calls in three digits or so, such as 940, 12.3k or 4.56M."""
    if number >= _BILLION:
        return f"{number / _BILLION:,.0f}B"
    if number >= _MILLION:
        return f"{number / _MILLION:,.2f}M" if number < _HUNDRED * _MILLION else f"{number / _MILLION:,.0f}M"
    if number >= 10 * _THOUSAND:
        return f"{number / _THOUSAND:.1f}k" if number < _HUNDRED * _THOUSAND else f"{number / _THOUSAND:.0f}k"
    return f"{number:,.0f}"


def priced_range(estimate: RunEstimate) -> str:
    """Give the range of the cost, as `about $4.10 to $9.80`; `?` for what has no known price."""
    known = "" if estimate.usd is None else _span(estimate.usd)
    unknown = "?" if estimate.unpriced else ""
    return "about " + " + ".join(part for part in (known, unknown) if part)


def estimate_lines(estimate: RunEstimate) -> list[str]:
    """Give what a person should know before a run begins; nothing where nothing costs anything."""
    if is_free(estimate):
        return []
    audits = f"{estimate.audits:,} audit{'' if estimate.audits == 1 else 's'}"
    bound = _bound(estimate)
    lines = [f"{audits}: {priced_range(estimate)}, {bound} ({_sources(estimate)})"]
    if estimate.unpriced:
        models = ", ".join(estimate.unpriced)
        lines.append(f"? is what {models} charges, which is not known; petri-prices.yaml can say it")
    return lines


def _span(usd: Spread) -> str:
    low, high = dollars(usd.median), dollars(usd.p90)
    return low if low == high else f"{low} to {high}"


def is_free(estimate: RunEstimate) -> bool:
    """Say whether nothing can cost anything."""
    return estimate.usd is not None and estimate.usd.ceiling == 0 and not estimate.unpriced


def _bound(estimate: RunEstimate) -> str:
    if estimate.usd is not None and estimate.usd.ceiling is not None and not estimate.unpriced:
        return f"ceiling {dollars(estimate.usd.ceiling)}"
    return "no ceiling"


def _sources(estimate: RunEstimate) -> str:
    """Name where the figures are from, each once."""
    named = [
        part
        for row in estimate.roles
        for part in (*row.source.split("; "), row.price_source)
        if part is not None
    ]
    return "; ".join(dict.fromkeys(named))
