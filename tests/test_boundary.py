"""Whatever escapes a job is a failure with a kind and one line; limits and cancellation are none."""

import asyncio
import json
from typing import Any

import pytest
from inspect_ai.util import LimitExceededError
from pydantic import TypeAdapter, ValidationError

from petri.boundary import Failure, attempted, guarded, kind_of


class APIStatusError(Exception):
    """As the SDKs of OpenAI and Anthropic have it."""

    def __init__(self, status_code: int, message: str = "refused", code: str | None = None) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.code = code


class APITimeoutError(Exception):
    pass


class APIConnectionError(Exception):
    pass


class ReadTimeout(Exception):
    pass


class RateLimitError(Exception):
    pass


class Attempt:
    def __init__(self, error: BaseException) -> None:
        self._error = error

    def exception(self) -> BaseException:
        return self._error


class RetryError(Exception):
    """As tenacity has it: the last attempt inside."""

    def __init__(self, error: BaseException) -> None:
        super().__init__("RetryError[<Future at 0x7f raised>]")
        self.last_attempt = Attempt(error)


def invalid() -> ValidationError:
    try:
        TypeAdapter(int).validate_python("x")
    except ValidationError as error:
        return error
    raise AssertionError


def not_json() -> json.JSONDecodeError:
    return json.JSONDecodeError("Expecting value", "<html>", 0)


KINDS: list[tuple[BaseException, str]] = [
    (APIStatusError(400), "bad_request"),
    (APIStatusError(401), "auth"),
    (APIStatusError(402), "quota"),
    (APIStatusError(403), "auth"),
    (APIStatusError(404), "model_not_found"),
    (APIStatusError(408), "timeout"),
    (APIStatusError(409), "bad_request"),
    (APIStatusError(422), "bad_request"),
    (APIStatusError(429), "rate_limit"),
    (APIStatusError(429, "You exceeded your current quota, insufficient_quota"), "quota"),
    (APIStatusError(429, code="insufficient_quota"), "quota"),
    (APIStatusError(400, "Your credit balance is too low"), "quota"),
    (APIStatusError(500), "server_error"),
    (APIStatusError(503), "server_error"),
    (APIStatusError(529), "overloaded"),
    (APITimeoutError(), "timeout"),
    (ReadTimeout(), "timeout"),
    (TimeoutError(), "timeout"),
    (APIConnectionError(), "connection"),
    (ConnectionResetError(), "connection"),
    (RateLimitError(), "rate_limit"),
    (not_json(), "bad_response"),
    (invalid(), "bad_response"),
    (IndexError(), "bad_response"),
    (KeyError("choices"), "bad_response"),
    (RuntimeError("anything"), "other"),
]


@pytest.mark.parametrize(
    ("error", "kind"), KINDS, ids=[f"{kind}-{number}" for number, (_, kind) in enumerate(KINDS)]
)
def test_kind(error: BaseException, kind: str) -> None:
    assert kind_of(error) == kind


def guard(error: BaseException | None, who: str = "target (m)") -> Any:
    async def job() -> str:
        if error is not None:
            raise error
        return "done"

    return asyncio.run(_guard(job, who))


async def _guard(job: Any, who: str) -> Any:
    return await guarded(job(), who)


def test_a_result_is_given_as_it_is() -> None:
    assert guard(None) == "done"
    assert attempted(lambda: 5, "x") == 5


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (APIStatusError(429, "slow down"), "rate_limit", "target (m): slow down"),
        (RuntimeError("one\n  two\tthree"), "other", "target (m): one two three"),
        (RuntimeError(), "other", "target (m): RuntimeError"),
        (RetryError(APIStatusError(503, "busy")), "server_error", "target (m): busy"),
        (KeyError("choices"), "bad_response", "target (m): the reply could not be read: 'choices'"),
        (APIStatusError(401, "bad key sk-abcdefghijklmnop"), "auth", "target (m): bad key [removed]"),
    ],
)
def test_a_failure(error: Exception, kind: str, message: str) -> None:
    failure = guard(error)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.message) == (kind, message)
    assert failure.error is error


def test_a_failure_is_cut_after_its_secrets_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", "s3cret-" * 4)
    failure = guard(RuntimeError("x" * 470 + "s3cret-" * 4))
    assert isinstance(failure, Failure)
    assert len(failure.message) <= 500
    assert "s3cret" not in failure.message


@pytest.mark.parametrize(
    "error", [LimitExceededError("token", value=2, limit=1), asyncio.CancelledError(), KeyboardInterrupt()]
)
def test_what_is_no_failure_passes(error: BaseException) -> None:
    with pytest.raises(type(error)):
        guard(error)


def test_a_plain_call_that_fails() -> None:
    def job() -> int:
        raise ValueError("no such provider")

    failure = attempted(job, "target nowhere/m")
    assert isinstance(failure, Failure)
    assert failure.message == "target nowhere/m: no such provider"
