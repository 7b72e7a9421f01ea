"""Failures of providers, rid of secrets before anybody writes them down; a reply is left as the model gave it."""

import asyncio
from typing import Any, Final

import pytest
from inspect_ai.model import GenerateConfig, ModelAPI, ModelCall, ModelOutput, get_model

from petri.redaction import discreet, rid

KEY: Final = 'corr+ect/"horse"\\battery'
SAID: Final = f"The key {KEY} was refused."
LEFT: Final = "The key [removed] was refused."


class Refused(Exception):
    def __init__(self, message: str, body: Any) -> None:
        super().__init__(message, 401)
        self.message = message
        self.body = body


class Fixed(Exception):
    @property
    def message(self) -> str:
        return str(self)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", KEY)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (SAID, LEFT),
        (SAID.encode(), LEFT.encode()),
        (
            {"error": {"message": SAID, KEY: [SAID, 7, None]}},
            {"error": {"message": LEFT, "[removed]": [LEFT, 7, None]}},
        ),
        (None, None),
    ],
    ids=["text", "bytes", "JSON", "nothing"],
)
def test_an_exception(body: object, left: object) -> None:
    error = Refused(SAID, body)
    rid(error)
    assert (error.args, error.message, error.body) == ((LEFT, 401), LEFT, left)


def test_what_it_came_from_and_what_cannot_be_set() -> None:
    outer, cause, context = Fixed(SAID), Refused(SAID, None), ValueError(SAID)
    outer.__cause__, outer.__context__ = cause, context
    cause.__context__ = outer  # a ring
    rid(outer)
    assert (str(outer), outer.message, cause.message, str(context)) == (LEFT, LEFT, LEFT, LEFT)


class Api(ModelAPI):
    """A provider that gives, or raises, what it is told to."""

    def __init__(self, given: Any) -> None:
        super().__init__("api")
        self.given = given

    async def generate(self, *args: Any, **kwargs: Any) -> Any:
        if isinstance(self.given, Exception):
            raise self.given
        return self.given


def generated(given: Any) -> Any:
    model = get_model("petri-offline/honest", memoize=False)
    model.api = Api(given)
    return asyncio.run(discreet(model).api.generate([], [], "auto", GenerateConfig()))


def test_what_a_provider_raises() -> None:
    with pytest.raises(Refused) as raised:
        generated(Refused(SAID, None))
    assert raised.value.message == LEFT


def test_an_exception_that_a_provider_returns() -> None:
    error, call = generated((Refused(SAID, None), ModelCall(request={}, response={"said": SAID})))
    assert (error.message, call.response) == (LEFT, {"said": LEFT})


@pytest.mark.parametrize("with_call", [True, False])
def test_an_output_that_is_an_error(*, with_call: bool) -> None:
    output = ModelOutput.from_content("m", SAID, error=SAID)
    call = ModelCall(request={}, response={"said": SAID})
    generated((output, call) if with_call else output)
    assert (output.error, output.completion, output.message.text) == (LEFT, LEFT, LEFT)
    assert call.response == {"said": LEFT if with_call else SAID}


def test_a_reply_is_the_models_own() -> None:
    given = (ModelOutput.from_content("m", SAID), ModelCall(request={}, response={"said": SAID}))
    output, call = generated(given)
    assert (output.completion, call.response) == (SAID, {"said": SAID})
