"""A model in a role, as caps and rates see it: what a call may come to at most, and what it came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from inspect_ai.model import ChatMessage, GenerateConfig, Model, ModelOutput, ModelUsage, get_model_info
from inspect_ai.tool import ToolInfo

from petri.budget import Amount, Price, Spent
from petri.retries import GIVE_UP, remedy

LONGEST_REPLY: Final = 4096
"""Tokens of a reply where neither the scenario file, nor the provider, nor Inspect's table of models says."""
FRAME: Final = 2048
"""Tokens that a provider may add to what it is sent, such as its own words about tools."""
_MOST_USAGE: Final = 100_000_000
"""Tokens of one call that no provider can mean."""
_OURS: Final = "petri-"
_FREE: Final = Price(0.0, 0.0)
_OFFLINE: Final = "petri-offline/"


def inspect_price(name: str) -> Price | None:
    """Give the price that Inspect has of a model (``set_model_info``); offline models cost nothing."""
    if name.startswith(_OFFLINE):
        return _FREE
    info = get_model_info(name)
    cost = info and info.cost
    return cost and Price(cost.input, cost.output, cost.input_cache_read, cost.input_cache_write)


@dataclass(frozen=True, slots=True)
class Seat:
    """A model in a role, as the governor knows it."""

    name: str
    key: str
    """The model and where it is served: what rates and faults are about."""
    role: str
    price: Price | None
    longest: int
    """Tokens that a reply has at most."""
    remedies: Mapping[str, str]
    """What a person can do, by the kind of failure."""
    seconds: float | None
    """What one attempt may take, where that is ours to measure."""

    @property
    def judging(self) -> bool:
        """Whether it judges."""
        return self.role == "judge"

    @property
    def ours(self) -> bool:
        """Whether it is a simulated model, or a program of the user's: without quota or key, and nothing to prove."""
        return self.name.startswith(_OURS)

    @property
    def counted(self) -> bool:
        """Whether its calls are of a model; what a program of the user's spends, only its own models know."""
        return not self.ours or self.name.startswith(_OFFLINE)

    def most(self, size: int, config: GenerateConfig | None = None) -> Amount:
        """Give the most that a call can come to; no tokenizer makes more tokens than there are bytes."""
        out = (config and config.max_tokens) or self.longest
        out = (out + ((config and config.reasoning_tokens) or 0)) * ((config and config.num_choices) or 1)
        return Amount(size + out, self.price.most(size, out) if self.price else 0.0)

    def amount(self, output: ModelOutput, most: Amount) -> Amount:
        """Give what a call came to; where the provider does not say, it is taken for the most it can have been."""
        usage = output.usage
        if usage is None:
            return most
        spent = Spent(
            usage.input_tokens,
            usage.output_tokens,
            usage.input_tokens_cache_read or 0,
            usage.input_tokens_cache_write or 0,
        )
        return Amount(spent.tokens, self.price.cost(spent) if self.price else 0.0)


def credible(usage: ModelUsage | None) -> ModelUsage | None:
    """Give what a provider says that a call came to; None where it cannot be meant, as if it had said nothing."""
    if usage is None:
        return None
    told = (
        usage.input_tokens,
        usage.output_tokens,
        usage.input_tokens_cache_read or 0,
        usage.input_tokens_cache_write or 0,
    )
    return usage if all(0 <= tokens <= _MOST_USAGE for tokens in told) else None


def seat_of(model: Model, role: str, price: Price | None, *, queues: bool) -> Seat:
    """Give the seat of a model; with ``queues`` its attempts are timed from when their turn has come."""
    info = get_model_info(model)
    return Seat(
        name=str(model),
        key=key_of(model),
        role=role,
        price=price,
        longest=reply_limit(model) or (info and info.output_tokens) or LONGEST_REPLY,
        remedies={kind: remedy(model.api, kind) for kind in GIVE_UP},
        seconds=model.config.attempt_timeout if queues else None,
    )


def key_of(model: Model) -> str:
    """Give the model and where it is served, which together have one quota and one key."""
    return f"{model} {model.api.base_url or ''}".strip()


def reply_limit(model: Model) -> int | None:
    """Give the tokens of a reply that its settings or its provider allow; None where neither says."""
    return model.config.max_tokens or model.api.max_tokens_for_config(model.config) or model.api.max_tokens()


def request_size(input: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> int:  # noqa: A002 -- Inspect's name
    """Give the bytes of a request, and room for what a provider puts around it."""
    said = sum(len(message.model_dump_json().encode()) for message in input)
    return FRAME + said + sum(len(tool.model_dump_json(exclude={"options"}).encode()) for tool in tools)
