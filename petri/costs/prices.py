"""What models charge: the table of genai-prices, before it a file of the user's; None for what neither knows."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Final, Literal

from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelPrice, StartDateConstraint, TieredPrices
from pydantic import Field

from petri.document.fields import Number, StrictModel
from petri.document.parse import parse_document
from petri.document.source import read_source
from petri.document.validate import validate

FILE: Final = "petri-prices.yaml"
VARIABLE: Final = "PETRI_PRICES"
"""Names another file than the one of the working folder."""
OFFLINE: Final = "offline"
_MILLION: Final = 1_000_000
_SERVICES: Final = {
    "anthropic": "anthropic",
    "openai": "openai",
    "google": "google",
    "mistral": "mistral",
    "deepseek": "deepseek",
    "groq": "groq",
    "grok": "x-ai",
    "together": "together",
    "fireworks": "fireworks",
    "openrouter": "openrouter",
    "perplexity": "perplexity",
    "cloudflare": "cloudflare",
    "moonshot": "moonshotai",
    "azureai": "azure",
    "bedrock": "aws",
}
"""Inspect's providers, by what the table calls them. A model that is served elsewhere, or here, has no known price."""
_HOSTED: Final = {"azure": "azure", "bedrock": "aws", "vertex": "google"}
"""Who serves a model, where that stands between the provider and the model: `anthropic/bedrock/...`."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one call or of many: read anew, read from a cache, written to it, and written by the model."""

    input: float = 0
    output: float = 0
    cache_read: float = 0
    cache_write: float = 0

    @property
    def read(self) -> float:
        """All that the model read."""
        return self.input + self.cache_read + self.cache_write

    def __add__(self, other: "Tokens") -> "Tokens":
        """Give both together."""
        return Tokens(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
        )


@dataclass(frozen=True, slots=True)
class Rate:
    """USD for a million tokens; ``steps`` are what it becomes for calls that read more than so many."""

    usd: float
    steps: tuple[tuple[int, float], ...] = ()

    def at(self, read: float) -> float:
        """Give the rate of a call that reads so many tokens."""
        passed = [usd for start, usd in self.steps if read > start]
        return passed[-1] if passed else self.usd

    @property
    def highest(self) -> float:
        """What no call exceeds."""
        return max([self.usd, *(usd for _, usd in self.steps)])


@dataclass(frozen=True, slots=True)
class Price:
    """What a model charges, and who says so."""

    input: Rate
    output: Rate
    cache_read: Rate
    cache_write: Rate
    source: str

    def cost(self, tokens: Tokens, calls: float = 1) -> float:
        """Give the USD for tokens that so many calls of equal size came to."""
        read = tokens.read / calls if calls else 0
        spent = (
            self.input.at(read) * tokens.input
            + self.output.at(read) * tokens.output
            + self.cache_read.at(read) * tokens.cache_read
            + self.cache_write.at(read) * tokens.cache_write
        )
        return spent / _MILLION

    def most(self, read: float, written: float) -> float:
        """Give the USD that calls cannot exceed, whatever is cached and however large they are."""
        reading = max(self.input.highest, self.cache_write.highest, self.cache_read.highest)
        return (reading * read + self.output.highest * written) / _MILLION

    @property
    def is_free(self) -> bool:
        """Whether nothing costs anything."""
        return not any(rate.highest for rate in (self.input, self.output, self.cache_read, self.cache_write))


Usd = Annotated[Number, Field(ge=0)]


class GivenPrice(StrictModel):
    """What a model charges, in USD for a million tokens."""

    input: Usd
    """For what the model reads."""
    output: Usd
    """For what it writes, its reasoning included."""
    cache_read: Usd | None = None
    """For what it reads from a cache; left out, as much as `input`."""
    cache_write: Usd | None = None
    """For what is written to a cache; left out, as much as `input`."""


class PriceFile(StrictModel):
    """Prices that go before those of the table."""

    petri: Literal[1]
    """Format version."""
    prices: dict[str, GivenPrice]
    """By Inspect's name of the model; `*` in it stands for anything, as in `vllm/*`, and the first that fits counts."""


@dataclass(frozen=True, slots=True)
class Prices:
    """All prices that are known."""

    given: tuple[tuple[str, Price], ...] = ()
    """The user's own, by pattern."""

    def of(
        self,
        model: str,
        *,
        base_url: str | None = None,
        batch: bool = False,
        at: datetime | None = None,
    ) -> Price | None:
        """Give what a model charges, under the name that Inspect has for it; None where that is not known.

        ``base_url`` is where it is served, if not at its usual address; ``at`` is when it is asked, now by default.
        """
        for pattern, price in self.given:
            if fnmatchcase(model, pattern):
                return price
        if model.startswith("petri-offline/"):
            return Price(Rate(0), Rate(0), Rate(0), Rate(0), OFFLINE)
        return _listed(model, base_url, batch=batch, at=at or datetime.now(UTC))


def known_prices() -> Prices:
    """Give the prices in force: the table's, and before them those of `petri-prices.yaml` or of ``PETRI_PRICES``.

    The file is read once for each process, so that a run ends with the prices that it began with. Raises
    ``InvalidFile`` with every fault of it.
    """
    named = os.environ.get(VARIABLE)
    path = Path(named or FILE)
    return _read(path.absolute(), str(path)) if named or path.exists() else Prices()


@cache
def table_source() -> str:
    """Name the table: its version, and the day of the last change of a price that it knows and that is in force."""
    days = [
        option.constraint.start_date
        for provider in get_snapshot().providers
        for model in provider.models
        if isinstance(model.prices, list)
        for option in model.prices
        if isinstance(option.constraint, StartDateConstraint)
    ]
    today = datetime.now(UTC).date()
    last = max((day for day in days if day <= today), default=None)
    told = f", changes up to {last}" if last else ""
    return f"price table genai-prices {version('genai-prices')}{told}"


@cache
def _read(path: Path, shown: str) -> Prices:
    document = parse_document(read_source(path, shown))
    file = validate(document, PriceFile)
    return Prices(tuple(_given(file.prices, shown)))


def _given(prices: Mapping[str, GivenPrice], shown: str) -> Iterator[tuple[str, Price]]:
    for pattern, price in prices.items():
        reading, writing = (
            price.input if usd is None else usd for usd in (price.cache_read, price.cache_write)
        )
        yield (
            pattern,
            Price(Rate(price.input), Rate(price.output), Rate(reading), Rate(writing), shown),
        )


def _listed(model: str, base_url: str | None, *, batch: bool, at: datetime) -> Price | None:
    """Look a model up in the table."""
    service, name = _served_by(model)
    if service is None and base_url is None:
        return None
    try:
        provider, found = get_snapshot().find_provider_model(
            name, None, None if base_url else service, base_url
        )
    except LookupError:
        return None
    own = any(found is each for each in provider.models)
    return _price(found.get_prices(at, {"processing": "batch"} if batch and own else None))


def _served_by(model: str) -> tuple[str | None, str]:
    """Give who serves a model, as the table calls them, and the model's own name."""
    provider, _, name = model.partition("/")
    if provider == "openai-api":
        service, _, name = name.partition("/")
        return _SERVICES.get(service), name
    host, _, rest = name.partition("/")
    if rest and host in _HOSTED and provider in {"anthropic", "openai", "google", "mistral"}:
        return _HOSTED[host], rest
    return _SERVICES.get(provider), name


def _price(listed: ModelPrice) -> Price | None:
    """Give a price of the table; what it does not say of caches costs as much as what is read anew."""
    read, written = _rate(listed.input_mtok), _rate(listed.output_mtok)
    if read is None or written is None:
        return None
    return Price(
        read,
        written,
        _rate(listed.cache_read_mtok) or read,
        _rate(listed.cache_write_mtok) or read,
        table_source(),
    )


def _rate(listed: Decimal | TieredPrices | None) -> Rate | None:
    if listed is None:
        return None
    if isinstance(listed, Decimal):
        return Rate(float(listed))
    return Rate(float(listed.base), tuple((tier.start, float(tier.price)) for tier in listed.tiers))
