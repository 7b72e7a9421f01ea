"""What a run was expected to come to, as run.json and results.json hold it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Spread(_Stored):
    """A figure that is not known beforehand."""

    median: float
    """As likely more as less."""
    p90: float
    """In nine of ten cases not more."""
    ceiling: float | None
    """What the program's own limits do not let it exceed; null where nothing bounds it."""


class RoleEstimate(_Stored):
    """What one model in one role was expected to use, over all audits of the run."""

    role: Literal["auditor", "target", "judge", "realism", "simulator"]
    model: str
    """With what was set for it, in brackets."""
    audits: int
    """In how many audits it plays the role."""
    calls: Spread
    input_tokens: Spread
    """All that it reads, whether from a cache or not."""
    cached_tokens: Spread
    """Those of them that come from the provider's cache."""
    output_tokens: Spread
    usd: Spread | None
    """null = its price is not known, never 0."""
    source: str
    """Where the figures are from: earlier audits, or the default profile."""
    price_source: str | None
    """Where the price is from; null where it is not known."""
    no_ceiling: str | None = None
    """Why there is no ceiling; null where there is one."""


class RunEstimate(_Stored):
    """What a run was expected to come to."""

    audits: int
    roles: tuple[RoleEstimate, ...]
    usd: Spread | None
    """Of all models whose price is known; null where none is."""
    unpriced: tuple[str, ...]
    """The models whose price is not known, which ``usd`` leaves out."""
