"""The one boundary: whatever escapes a job becomes a ``Failure`` with a kind and a line that a person can act on."""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from inspect_ai.event import ModelEvent
from inspect_ai.log import transcript
from inspect_ai.util import LimitExceededError

from petri.errors import Diverged, ModelGivenUp
from petri.secrets import redact

T = TypeVar("T")

_BY_STATUS: Final = {
    401: "auth",
    402: "quota",
    403: "auth",
    404: "model_not_found",
    407: "connection",
    408: "timeout",
    429: "rate_limit",
    529: "overloaded",
}
_BY_NAME: Final = {
    "timeout": "timeout",
    "connect": "connection",
    "readerror": "connection",
    "writeerror": "connection",
    "remoteprotocol": "connection",
    "jsondecode": "bad_response",
    "decodingerror": "bad_response",
    "unicode": "bad_response",
    "validation": "bad_response",
    # What providers stumble over when a reply with status 200 lacks what they take for granted.
    "indexerror": "bad_response",
    "keyerror": "bad_response",
    "typeerror": "bad_response",
    "attributeerror": "bad_response",
    "assertionerror": "bad_response",
    "ratelimit": "rate_limit",
    "badreply": "bad_response",
    "capreached": "cap",
    # A program of the user's is not run again for an answer of the wrong kind: it may have done something.
    "targetfailed": "target_failed",
    "targetreply": "target_failed",
    "providerrefused": "filtered",
}
_SERVER_ERROR: Final = 500
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Failure:
    """What a job raised: a short stable ``kind``, a ``message`` without secrets, and the exception itself."""

    kind: str
    message: str
    error: Exception


async def guarded(job: Awaitable[T], who: str) -> T | Failure:
    """Give the job's result, or its failure. ``who`` begins the message, such as ``target (openai/gpt-5)``.

    Limits of Inspect, a replay that diverged, and cancellation are not failures and pass through.
    """
    with _caught(who, unread="the reply could not be read: ") as failures:
        return await job
    _scrub_log()
    return failures[0]


def _scrub_log() -> None:
    """Remove secrets from what Inspect has noted of failed calls in the current sample: providers echo keys."""
    for event in transcript().events:
        if isinstance(event, ModelEvent) and event.error is not None:
            event.error = redact(event.error)
            event.traceback = redact(event.traceback or "") or None
            event.traceback_ansi = redact(event.traceback_ansi or "") or None
            event.call = None


def attempted(job: Callable[[], T], who: str) -> T | Failure:
    """Give what a plain call returns, or its failure."""
    with _caught(who) as failures:
        return job()
    return failures[0]


@contextmanager
def _caught(who: str, unread: str = "") -> Generator[list[Failure]]:
    """Collect what the block raises, if it raises; ``unread`` introduces what stumbled over a model's reply."""
    failures: list[Failure] = []
    try:
        yield failures
    except (LimitExceededError, Diverged):
        raise
    except Exception as error:  # noqa: BLE001 -- the boundary; see the module
        failures.append(_failure(error, who, unread))


def _failure(error: Exception, who: str, unread: str) -> Failure:
    cause = _cause(error)
    kind = kind_of(cause)
    said = " ".join(str(cause).split()) or type(cause).__name__
    if kind == "bad_response":
        said = unread + said
    return Failure(kind, redact(f"{who}: {said}")[:_LONGEST], error)


def kind_of(error: BaseException) -> str:
    """Classify by HTTP status where there is one, else by the exception's name; no provider's classes are imported."""
    if isinstance(error, ModelGivenUp):
        return error.kind
    said = f"{getattr(error, 'code', '')} {error}"
    if any(sign in said for sign in ("insufficient_quota", "exceeded your current quota", "credit balance")):
        return "quota"
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        if status >= _SERVER_ERROR:
            return _BY_STATUS.get(status, "server_error")
        return _BY_STATUS.get(status, "bad_request")
    name = type(error).__name__.lower()
    return next((kind for part, kind in _BY_NAME.items() if part in name), "other")


def _cause(error: Exception) -> BaseException:
    """Unwrap Inspect's errors that hide what the provider said: attempts that ran out, a request repeated in full."""
    attempt = getattr(error, "last_attempt", None)
    inner = attempt.exception() if attempt is not None else error
    refused = inner.__cause__ if hasattr(inner, "provider_message") else None
    return refused or inner or error
