"""Which way a model's tool calls are written: as set, or as one call of its own finds out, once for each model."""

import asyncio
from typing import Final

import pytest
from inspect_ai.model import GenerateConfig, Model, get_model

from petri.protocol.calling import Mode
from petri.protocol.choosing import Probes, ToolCalling
from tests.loopback import Exchange, LoopbackServer, Reply, loopback_server

READY: Final = Reply("", (("ready", {"ok": True}),))
WORDS: Final = Reply("I am ready.")


def connected(server: LoopbackServer, name: str = "openai-api/house/some-model") -> Model:
    config = GenerateConfig(max_retries=0)
    return get_model(name, base_url=server.openai_url, api_key="nobody's", memoize=False, config=config)


@pytest.mark.parametrize(
    ("wanted", "reply", "mode", "asked"),
    [
        pytest.param("native", WORDS, "native", 0, id="set to native"),
        pytest.param("text", READY, "text", 0, id="set to text"),
        pytest.param("auto", READY, "native", 1, id="it calls"),
        pytest.param("auto", WORDS, "text", 1, id="it talks"),
    ],
)
def test_the_way_is_set_or_found_out(wanted: ToolCalling, reply: Reply, mode: Mode, asked: int) -> None:
    async def drive(server: LoopbackServer) -> Mode:
        async with connected(server) as model:
            return await Probes().mode(model, wanted)

    with loopback_server(lambda _: reply) as server:
        assert asyncio.run(drive(server)) == mode
        assert len(server.exchanges) == asked


def test_each_model_is_asked_once_however_many_audits_want_to_know() -> None:
    def knowing(exchange: Exchange) -> Reply:
        return READY if exchange.model == "able" else WORDS

    async def drive(server: LoopbackServer, elsewhere: LoopbackServer) -> list[Mode]:
        probes = Probes()
        async with (
            connected(server, "openai-api/house/able") as able,
            connected(server, "openai-api/house/other") as other,
            connected(elsewhere, "openai-api/house/other") as namesake,
            connected(server, "openai-api/house/able") as again,
        ):
            models = (able, other, able, other, namesake, again)
            return list(await asyncio.gather(*(probes.mode(model, "auto") for model in models)))

    with loopback_server(knowing) as server, loopback_server(lambda _: READY) as elsewhere:
        modes = asyncio.run(drive(server, elsewhere))
        assert modes == ["native", "text", "native", "text", "native", "native"]
        assert (len(server.exchanges), len(elsewhere.exchanges)) == (2, 1)


def test_what_could_not_be_found_out_is_asked_again() -> None:
    replies = iter([Reply("wrong key", status=401), READY])

    async def drive(server: LoopbackServer) -> Mode:
        probes = Probes()
        async with connected(server) as model:
            with pytest.raises(Exception, match="wrong key"):
                await probes.mode(model, "auto")
            return await probes.mode(model, "auto")

    with loopback_server(lambda _: next(replies)) as server:
        assert asyncio.run(drive(server)) == "native"
