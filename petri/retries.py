"""The one loop that repeats failed calls is Inspect's: what it repeats, how long it waits, and what a failure cost."""

import math
import random
from collections.abc import Iterator
from typing import Any, Final

from inspect_ai.model import ModelAPI, RetryDecision

from petri.boundary import kind_of
from petri.errors import CallTimeout, CapReached, ModelGivenUp

GIVE_UP: Final = frozenset({"auth", "quota", "model_not_found"})
"""Kinds of failure that no further call of the same model would mend."""
_FIRST_WAIT: Final = 3.0
_LONGEST_WAIT: Final = 60.0
_JITTER: Final = 0.1
_UNAUTHORISED: Final = 401
_NEVER_SENT: Final = ("connecterror", "connecttimeout", "connectionrefused", "gaierror")


def without_own_retries(api: ModelAPI) -> None:
    """Let a provider's SDK make each request once: its own retries are seen and counted by nobody."""
    client: Any = getattr(api, "client", None)
    if getattr(client, "max_retries", 0):
        client.max_retries = 0


def decide(error: Exception, said: RetryDecision | bool) -> RetryDecision | bool:  # noqa: FBT001 -- Inspect's type
    """Say whether a call is repeated: as its provider says, but for what is ours and what cannot pass."""
    if isinstance(error, CallTimeout):
        return RetryDecision.transient()
    if isinstance(error, CapReached | ModelGivenUp) or kind_of(error) in GIVE_UP:
        return RetryDecision.no()
    return said


def wait_before(attempt: int, error: BaseException | None, said: RetryDecision | bool) -> float:  # noqa: FBT001
    """Give the seconds until the next attempt: what the provider asked for and a little more, else ever longer."""
    asked = asked_for(error, said)
    if asked is not None:
        return asked + random.uniform(0, min(1.0, asked * _JITTER))  # noqa: S311 -- spreads requests, hides nothing
    longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (attempt - 1))
    return random.uniform(longest / 2, longest)  # noqa: S311 -- likewise


def asked_for(error: BaseException | None, said: RetryDecision | bool) -> float | None:  # noqa: FBT001 -- Inspect's own
    """Give the seconds for which a provider asks to be left alone; None where it says nothing that can be meant."""
    asked = _milliseconds(error)
    if asked is None and isinstance(said, RetryDecision):
        asked = said.retry_after
    return asked if asked is not None and asked > 0 and math.isfinite(asked) else None


def _milliseconds(error: BaseException | None) -> float | None:
    """Give what ``retry-after-ms`` asks for, in seconds; Inspect reads the other headers."""
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    said = headers.get("retry-after-ms") if headers is not None else None
    try:
        return None if said is None else float(said) / 1000
    except ValueError:
        return None


def remedy(api: ModelAPI, kind: str) -> str:
    """Say what a person can do about a failure that no further call would mend; nothing where one might."""
    if kind == "auth":
        key = next(iter(api.api_key_vars), "the provider's key")
        return f"; check {key} in the environment or in .env, and whether it may use this model"
    if kind == "quota":
        return "; the account has nothing left to spend: see the provider's billing page"
    if kind == "model_not_found":
        return "; check the model's name, and whether this account may use it"
    return ""


def lasts(error: BaseException, *, answered: bool) -> bool:
    """Say whether a failure is the model's for the rest of the run.

    A model that has answered exists and may be used: what a router answers with 403 or 404 then is about one request.
    """
    kind = kind_of(error)
    if kind == "quota" or getattr(error, "status_code", None) == _UNAUTHORISED:
        return True
    return not answered and kind in GIVE_UP


def unbilled(error: BaseException) -> bool:
    """Say whether a failed attempt cost nothing for certain: it was never sent, or was answered with an error status.

    What broke off, timed out or could not be read may have been billed.
    """
    if isinstance(getattr(error, "status_code", None), int):
        return True
    names = (type(each).__name__.lower() for each in _chain(error))
    return any(sign in name for name in names for sign in _NEVER_SENT)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what caused it."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
