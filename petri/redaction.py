"""Models whose failures repeat no key: providers do, and Inspect writes a failure down before anybody else sees it."""

from collections.abc import Awaitable, Callable, Iterator
from types import TracebackType
from typing import Any, Final, cast

from inspect_ai.model import Model, ModelCall, ModelOutput

from petri.secrets import redact

_TEXTS: Final = ("message", "body", "doc", "object", "reason")
"""Where exceptions of providers and parsers keep what they were sent, beside their arguments."""

Given = ModelOutput | tuple[ModelOutput | Exception, ModelCall]


def discreet(model: Model) -> Model:
    """Give the model, whose provider's failures are from now on rid of secrets as soon as they arise."""
    api = model.api
    generate: Callable[..., Awaitable[Given]] = api.generate

    async def generating(*args: Any, **kwargs: Any) -> Given:
        with _Rid():
            given = await generate(*args, **kwargs)
        return _rid_given(given)

    api.generate = generating
    return model


def rid(error: BaseException) -> None:
    """Remove secrets from an exception, and from those that it came from, in place: its class decides what follows."""
    for one in _chain(error):
        one.args = tuple(_rid_value(value) for value in one.args)
        for name in _TEXTS:
            value = getattr(one, name, None)
            if isinstance(value, str | dict | list | bytes):
                _set(one, name, _rid_value(value))


def _set(error: BaseException, name: str, value: object) -> None:
    try:
        setattr(error, name, value)
    except AttributeError:  # it follows from the arguments, which are mended
        return


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]


class _Rid:
    """A block whose exceptions are rid of secrets on their way out."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the exception go on."""
        if error is not None:
            rid(error)


def _rid_given(given: Given) -> Given:
    """Rid what a provider gave in place of a reply; a reply is the model's own words, and stays as it is."""
    output, call = given if isinstance(given, tuple) else (given, None)
    if isinstance(output, Exception):
        rid(output)
    elif output.error is not None:
        output.error = redact(output.error)
        for choice in output.choices:
            choice.message.text = redact(choice.message.text)
        output.completion = redact(output.completion)
    else:
        return given
    if call is not None:
        call.response = _rid_value(call.response)
    return given


def _rid_value(value: Any) -> Any:
    """Give data as JSON has it without secrets; other data as it is."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, bytes):
        return redact(value.decode("utf-8", "replace")).encode()
    if isinstance(value, dict):
        inner = cast("dict[Any, Any]", value)
        return {_rid_value(name): _rid_value(item) for name, item in inner.items()}
    if isinstance(value, list):
        return [_rid_value(item) for item in cast("list[Any]", value)]
    return value
