"""What no audit can exceed: the caps that the code has, by the most that one call of a model can read and write."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

from inspect_ai.model import get_model_info

from petri.audit.auditor import MOST_IDLE
from petri.audit.realism import MOST_REPLIES as MOST_CHECKS
from petri.audit.session import MOST_BRANCHING
from petri.audit.simulator import MOST_GENERATIONS
from petri.costs.prices import Tokens
from petri.costs.profile import Player, Shape, Use
from petri.judge.ask import MOST_REPLIES
from petri.protocol.asking import MOST_ATTEMPTS
from petri.roles import as_settings
from petri.scenario.schema import ModelSettings

_STEP: Final = 8
"""Calls of one step of the auditor: a refusal is met with a reminder once, and each call may need room made first."""
_ROOM: Final = 0.5
"""The least part of its context that a window of a transcript takes; the judge's own share is 0.75, less its task."""
_CONDITIONS: Final = 6
"""The most answers that a scenario's own question asks for, to one repeat."""
_KNOWN: Final = frozenset(
    {"anthropic", "openai", "google", "mistral", "grok", "deepseek", "azureai", "bedrock", "together"}
)
"""Providers that Inspect may make to look a model up: they load nothing and call nobody."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one call can read and write; None where that is not known."""

    read: int | None
    written: int | None


@dataclass(frozen=True, slots=True)
class NoCeiling:
    """Why nothing bounds what a model uses."""

    reason: str


def limits_of(settings: ModelSettings) -> Limits:
    """Give what bounds a call: ``max_tokens`` where it is set, else what Inspect knows of the model."""
    known = _known(settings.model) if settings.model.partition("/")[0] in _KNOWN else Limits(None, None)
    return Limits(known.read, settings.max_tokens or known.written)


def ceiling(shape: Shape, player: Player) -> Use | NoCeiling:
    """Give what a model in a role cannot exceed in one audit, or why there is no such bound."""
    settings = player.settings
    limits = limits_of(settings)
    if limits.read is None:
        return NoCeiling(f"how much {settings.model} can read at once is not known")
    if limits.written is None:
        return NoCeiling(f"max_tokens is not set for {settings.model}")
    calls = (
        MOST_ATTEMPTS * (2 if settings.tool_calling != "native" else 1) * _asked(shape, player, limits.read)
    )
    return Use(calls, Tokens(input=calls * limits.read, output=calls * limits.written))


def _asked(shape: Shape, player: Player, read: int) -> float:
    """Give the most calls, each of which may have to be repeated."""
    replies = shape.audit.max_turns * MOST_BRANCHING
    steps = MOST_IDLE * (replies + 1)
    match player.role:
        case "auditor":
            return steps * _STEP
        case "target":
            return replies + math.ceil(shape.checks * _CONDITIONS)
        case "realism":
            return steps * MOST_CHECKS
        case "simulator":
            return (replies + steps) * MOST_GENERATIONS
        case "judge":
            return (
                shape.readings(player.place, 1)
                * MOST_REPLIES
                * (len(shape.groups) + _windows(shape, replies, read))
            )


def _windows(shape: Shape, replies: int, read: int) -> int:
    """Give in how many windows the longest transcript would be read."""
    said = [limits_of(as_settings(model)).written for model in (shape.models.auditor, shape.target) if model]
    # Where it is not known how much is said, the auditor's own context bounds it no better than this does.
    longest = replies * (MOST_IDLE + 1) * max(limit or read for limit in said)
    return math.ceil(longest / (_ROOM * read))


@cache
def _known(model: str) -> Limits:
    info = get_model_info(model)
    if info is None:
        return Limits(None, None)
    return Limits(info.input_tokens or info.context_length, info.output_tokens)
