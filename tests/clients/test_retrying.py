"""One loop of retries between us and a provider: who repeats what, how often, and after how long."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from inspect_ai.model import Model, RetryDecision

from petri.boundary import Failure, guarded
from petri.budget import Amount, Caps, Price
from petri.errors import CapReached, ModelGivenUp
from petri.governor import Governor, Limits, governing
from petri.retries import wait_before
from petri.roles import call_settings, make_model
from petri.scenario.schema import ModelSettings
from tests.clients.players import CHAT, KEYS, MESSAGES, RESPONSES, Client
from tests.loopback import Exchange, LoopbackServer, Reply, Usage, loopback_server

pytestmark = pytest.mark.long

FINE = Reply("Good morning.", usage=Usage(30, 5))
CLIENTS = [CHAT, RESPONSES, MESSAGES]


@dataclass
class Moody:
    """Gives these replies one after the other, and then fine ones; notes when it was asked."""

    replies: list[Reply]
    asked: list[float] = field(default_factory=list[float])

    def __call__(self, _: Exchange) -> Reply:
        self.asked.append(time.monotonic())
        number = len(self.asked)
        return self.replies[number - 1] if number <= len(self.replies) else FINE


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)


def _model(client: Client, server: LoopbackServer, **settings: object) -> Model:
    return make_model(ModelSettings.model_validate(client.settings("target", server, **settings)), "target")


def _say(model: Model) -> Any:
    return asyncio.run(guarded(model.generate("Hello."), "target"))


@pytest.mark.parametrize("client", CLIENTS, ids=str)
@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_a_provider_is_asked_as_often_as_is_set_and_no_more(client: Client, status: int) -> None:
    moody = Moody([Reply("No.", status=status, headers={"retry-after-ms": "1"})] * 9)
    with loopback_server(moody) as server:
        failed = _say(_model(client, server, max_retries=2))
    assert isinstance(failed, Failure)
    assert len(moody.asked) == 3


@pytest.mark.parametrize(("client", "status"), [(CHAT, 429), (CHAT, 503), (MESSAGES, 429)], ids=str)
def test_what_a_provider_asks_for_is_waited(client: Client, status: int) -> None:
    """It is more than would be waited without, and a machine under load only makes it longer."""
    moody = Moody([Reply("Slow down.", status=status, headers={"retry-after": "3.2"})])
    with loopback_server(moody) as server:
        _say(_model(client, server))
    first, second = moody.asked
    assert second - first >= 3.2


@pytest.mark.parametrize("client", CLIENTS, ids=str)
@pytest.mark.parametrize(("status", "kind"), [(429, "rate_limit"), (500, "transient"), (529, "transient")])
def test_only_a_rate_limit_shrinks_what_is_sent_at_a_time(client: Client, status: int, kind: str) -> None:
    with loopback_server(Moody([Reply("No.", status=status)])) as server:
        model = _model(client, server, max_retries=0)
        failed = _say(model)
    decision = model.api.should_retry(failed.error.last_attempt.exception())
    assert isinstance(decision, RetryDecision)
    assert (decision.retry, decision.kind) == (True, kind)


class Refused(Exception):
    """A refusal as the SDKs have it."""

    def __init__(self, **headers: str) -> None:
        self.response = type("Response", (), {"headers": headers})()


@pytest.mark.parametrize("said", ["nonsense", "-5", "0", "nan", "inf", ""])
def test_what_cannot_be_meant_is_not_waited_for(said: str) -> None:
    refused = Refused(**{"retry-after-ms": said})
    assert 1.5 <= wait_before(1, refused, said=False) <= 3.0


@pytest.mark.parametrize(("attempt", "least", "most"), [(1, 1.5, 3), (2, 3, 6), (5, 24, 48), (30, 30, 60)])
def test_without_a_word_from_the_provider_it_is_ever_longer(attempt: int, least: float, most: float) -> None:
    assert least <= wait_before(attempt, None, said=True) <= most


@pytest.mark.parametrize(
    ("headers", "said", "seconds"),
    [
        ({}, RetryDecision.rate_limit(1.0), 1.0),
        ({}, RetryDecision.transient(20.0), 20.0),
        ({"retry-after-ms": "400"}, RetryDecision.rate_limit(None), 0.4),
        ({"retry-after-ms": "400"}, RetryDecision.rate_limit(30.0), 0.4),
    ],
    ids=["seconds", "of-a-server", "milliseconds", "both"],
)
def test_it_is_waited_for_and_little_more(
    headers: dict[str, str], said: RetryDecision, seconds: float
) -> None:
    assert seconds <= wait_before(4, Refused(**headers), said) <= seconds + min(1.0, seconds / 10)


def _capped(**caps: Any) -> Limits:
    return Limits(Caps(**caps), assumed=Price(1.0, 10.0))


@pytest.mark.parametrize(
    ("replies", "spent"),
    [
        ([], "usage"),
        ([Reply("No.", status=500, headers={"retry-after-ms": "1"})], "usage"),
        ([Reply(raw_body=b"<html>")], "ceiling"),
    ],
    ids=["fine", "refused-once", "unreadable"],
)
def test_each_attempt_is_counted_for_what_it_can_have_cost(replies: list[Reply], spent: str) -> None:
    with loopback_server(Moody(replies)) as server, governing(Governor(_capped(tokens=100_000))) as governor:
        _say(_model(CHAT, server, max_tokens=100))
    ledger = governor.ledger
    assert ledger.reserved == Amount()
    if spent == "ceiling":
        assert 2_100 < ledger.spent.tokens < 2_600
    else:
        assert (ledger.spent.tokens, ledger.spent.usd) == (35, pytest.approx(30e-6 + 50e-6))


def test_a_reply_without_a_ceiling_gets_one() -> None:
    moody = Moody([])
    with loopback_server(moody) as server, governing(Governor(_capped(cost=9.0))):
        made = _model(CHAT, server)
        _say(made)
        assert made.config.max_tokens == 16_384  # what Inspect knows of gpt-4o
        unknown = make_model(
            ModelSettings(model="openai-api/house/mystery", base_url=server.openai_url), "target"
        )
        assert unknown.config.max_tokens == 4096
        (exchange,) = server.exchanges
        assert 16_384 in exchange.body.values()
    with loopback_server(moody) as server:
        assert _model(CHAT, server).config.max_tokens is None


def test_a_call_at_the_cap_is_not_made() -> None:
    moody = Moody([])
    with loopback_server(moody) as server, governing(Governor(_capped(tokens=2_000))):
        failed = _say(_model(CHAT, server, max_tokens=100))
    assert isinstance(failed, Failure)
    assert isinstance(failed.error, CapReached)
    assert (failed.kind, moody.asked) == ("cap", [])


@pytest.mark.parametrize("reply", [Reply("No.", status=401), Reply("No.", status=404)], ids=["key", "name"])
def test_a_model_that_cannot_be_reached_is_asked_once(reply: Reply) -> None:
    moody = Moody([reply] * 9)
    with loopback_server(moody) as server, governing(Governor()) as governor:
        first, second = (_say(_model(CHAT, server)) for _ in range(2))
        end = governor.end()
    assert isinstance(second.error, ModelGivenUp)
    assert first.kind == second.kind
    assert len(moody.asked) == 1
    assert end is not None
    assert end.by == "model"


def test_the_time_in_a_queue_is_no_time_of_the_attempt() -> None:
    """Ten calls at two a second, with a second for each: the last waits for five."""
    with loopback_server(Moody([])) as server, governing(Governor(Limits(rpm={CHAT.name("target"): 120}))):
        model = _model(CHAT, server, attempt_timeout=1, max_retries=0)

        async def all_at_once() -> list[Any]:
            return await asyncio.gather(*(guarded(model.generate("Hello."), "target") for _ in range(5)))

        said = asyncio.run(all_at_once())
    assert not [each for each in said if isinstance(each, Failure)]


def test_an_attempt_in_a_queue_has_its_own_clock() -> None:
    def slow(_: Exchange) -> Reply:
        time.sleep(2)
        return FINE

    begun = time.monotonic()
    with loopback_server(slow) as server, governing(Governor(_capped(tokens=10_000))) as governor:
        failed = _say(_model(CHAT, server, attempt_timeout=1, max_retries=0, max_tokens=100))
        waited = time.monotonic() - begun
    assert isinstance(failed, Failure)
    assert (failed.kind, failed.message) == ("timeout", "target: no reply within 1 seconds")
    assert waited < 5
    assert governor.ledger.spent.tokens > 2_000  # it may have been billed


def test_what_one_role_is_asked_to_wait_all_roles_of_the_model_wait() -> None:
    """The second role has not been refused yet, and is not sent into a closed door."""
    moody = Moody([Reply("Slow down.", status=429, headers={"retry-after": "3"})])
    with loopback_server(moody) as server, governing(Governor()):
        settings = ModelSettings.model_validate(CHAT.settings("target", server))
        first, second = (make_model(settings, role) for role in ("auditor", "target"))

        async def both() -> tuple[Any, Any]:
            early = asyncio.create_task(guarded(first.generate("Hello."), "auditor"))
            while not moody.asked:  # noqa: ASYNC110 -- the server lives in a thread
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.5)
            return await asyncio.gather(early, guarded(second.generate("Hello."), "target"))

        said = asyncio.run(both())
    assert not [each for each in said if isinstance(each, Failure)]
    refused, *others = moody.asked
    assert len(others) == 2
    assert min(others) - refused >= 3


@pytest.mark.parametrize(
    ("model", "seconds"),
    [
        ({"model": MESSAGES.name("target")}, 300),
        ({"model": MESSAGES.name("target"), "attempt_timeout": 1}, 1),
        ({"model": MESSAGES.name("target"), "args": {"streaming": False}}, None),
        ({"model": MESSAGES.name("target"), "batch": True}, None),
        ({"model": CHAT.name("target")}, None),
        ({"model": CHAT.name("target"), "args": {"streaming": True}}, 300),
    ],
    ids=["streamed", "short", "told-not-to", "batch", "whole", "told-to"],
)
def test_silence_ends_an_attempt_where_replies_are_streamed(
    model: dict[str, Any], seconds: int | None
) -> None:
    assert call_settings(ModelSettings(**model)).get("stream_idle_timeout") == seconds
