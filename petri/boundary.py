"""The one boundary: whatever escapes a job becomes a ``Failure`` with a kind and a line that a person can act on."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Final, TypeVar

from inspect_ai.util import LimitExceededError

from petri.secrets import redact

T = TypeVar("T")

_BY_STATUS: Final = {
    401: "auth",
    402: "quota",
    403: "auth",
    404: "model_not_found",
    408: "timeout",
    429: "rate_limit",
    529: "overloaded",
}
_BY_NAME: Final = {
    "timeout": "timeout",
    "connect": "connection",
    "jsondecode": "bad_response",
    "validation": "bad_response",
    "indexerror": "bad_response",
    "ratelimit": "rate_limit",
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

    Limits of Inspect and cancellation are not failures and pass through.
    """
    try:
        return await job
    except LimitExceededError:
        raise
    except Exception as error:  # noqa: BLE001 -- the one place; see the module
        cause = _cause(error)
        said = " ".join(str(cause).split()) or type(cause).__name__
        return Failure(kind_of(cause), redact(f"{who}: {said}")[:_LONGEST], error)


def kind_of(error: BaseException) -> str:
    """Classify by HTTP status where there is one, else by the exception's name; no provider's classes are imported."""
    said = str(error)
    if "insufficient_quota" in said or "credit balance" in said:
        return "quota"
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        if status >= _SERVER_ERROR:
            return _BY_STATUS.get(status, "server_error")
        return _BY_STATUS.get(status, "bad_request")
    name = type(error).__name__.lower()
    return next((kind for part, kind in _BY_NAME.items() if part in name), "other")


def _cause(error: Exception) -> BaseException:
    """Unwrap the error of a retry, which only says that its attempts ran out."""
    attempt = getattr(error, "last_attempt", None)
    inner = attempt.exception() if attempt is not None else None
    return inner if isinstance(inner, BaseException) else error
