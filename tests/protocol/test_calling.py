"""Models without tool calling over the wire: what is sent to them, what comes back, the one repair, the probe."""

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Any, Final

import pytest
from inspect_ai.event import ModelEvent
from inspect_ai.log import transcript
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    GenerateConfig,
    get_model,
)
from inspect_ai.tool import ToolCall, ToolInfo, ToolParams
from inspect_ai.util import JSONSchema

from petri.protocol.calling import Called, Mode, call_model, sending
from petri.protocol.probe import supports_tools
from tests.loopback import Exchange, LoopbackServer, Reply, Responder, loopback_server

LOOK: Final = ToolInfo(
    name="look",
    description="Looks.",
    parameters=ToolParams(properties={"path": JSONSchema(type="string")}, required=["path"]),
)
GOOD: Final = '```tool\n{"tool": "look", "arguments": {"path": "a"}}\n```'
BAD: Final = "```tool\n{'tool': 'look'}\n```"
MODELS: Final = ("openai/gpt-4o-mini", "openai-api/house/some-model", "anthropic/claude-sonnet-4-6")


def opening() -> list[ChatMessage]:
    return [ChatMessageSystem(content="Be brief."), ChatMessageUser(content="Find.")]


def says(*replies: str) -> Responder:
    """A model that says these words, one reply after another."""
    numbers = count()
    return lambda exchange: Reply(replies[next(numbers)])


async def ask(
    server: LoopbackServer,
    messages: Sequence[ChatMessage],
    tools: Sequence[ToolInfo] = (LOOK,),
    mode: Mode = "text",
    model: str = "openai-api/house/some-model",
) -> Called:
    url = server.anthropic_url if model.startswith("anthropic/") else server.openai_url
    config = GenerateConfig(max_tokens=1000, max_retries=0)
    async with get_model(model, base_url=url, api_key="nobody's", memoize=False, config=config) as chosen:
        return await call_model(sending(chosen), messages, tools, mode)


@pytest.mark.parametrize("model", MODELS)
def test_a_round_of_calls_needs_no_tools_of_the_provider(model: str) -> None:
    async def converse(server: LoopbackServer) -> tuple[Called, Called]:
        history = opening()
        first = await ask(server, history, model=model)
        calls = first.output.message.tool_calls or []
        answers = [ChatMessageTool(content=f"file {n}", tool_call_id=call.id) for n, call in enumerate(calls)]
        more = [first.output.message, *answers, ChatMessageUser(content="And?")]
        return first, await ask(server, [*history, *more], model=model)

    with loopback_server(says(f"Looking.\n{GOOD}\n{GOOD}", "Found.")) as server:
        first, last = asyncio.run(converse(server))
        assert server.violations == ()
        asked, again = server.exchanges
    for exchange in (asked, again):
        assert not exchange.body.get("tools")
        assert "tool_choice" not in exchange.body
        assert exchange.system.startswith("Be brief.\n\n## Tools\n")
    assert [turn.role for turn in again.turns] == ["user", "assistant", "user"]
    assert again.turns[1].text == f"Looking.\n\n{GOOD}\n\n{GOOD}"
    assert '{"call": 2, "of": "look", "result": "file 1"}' in again.turns[2].text
    assert again.turns[2].text.endswith("\n\nAnd?")
    message = first.output.message
    assert (first.output.stop_reason, first.output.completion, message.text) == (
        "tool_calls",
        "Looking.",
        "Looking.",
    )
    assert [(call.function, call.arguments) for call in message.tool_calls or ()] == [
        ("look", {"path": "a"})
    ] * 2
    assert (last.output.stop_reason, last.output.completion, last.output.message.tool_calls) == (
        "stop",
        "Found.",
        None,
    )
    assert (first.repairs, last.repairs) == (0, 0)


def test_natively_a_model_is_called_as_it_is() -> None:
    def reply(exchange: Exchange) -> Reply:
        return Reply(GOOD, (("look", {"path": "b"}),))

    with loopback_server(reply) as server:
        called = asyncio.run(ask(server, opening(), mode="native"))
        (exchange,) = server.exchanges
    assert (exchange.system, list(exchange.tools)) == ("Be brief.", ["look"])
    assert called.output.message.text == GOOD
    assert [call.arguments for call in called.output.message.tool_calls or ()] == [{"path": "b"}]
    assert (called.repairs, called.faults) == (0, ())


def test_without_tools_everything_is_text() -> None:
    history: list[ChatMessage] = [
        *opening(),
        ChatMessageAssistant(content="", tool_calls=[ToolCall("x", "look", {"path": "a"})]),
        ChatMessageTool(content="gone", tool_call_id="x"),
    ]
    with loopback_server(says(BAD)) as server:
        called = asyncio.run(ask(server, history, tools=()))
        (exchange,) = server.exchanges
    assert (exchange.system, exchange.turns[1].text) == ("Be brief.", GOOD)
    assert (called.output.stop_reason, called.output.completion, called.repairs) == ("stop", BAD, 0)


AT_A: Final[tuple[str, dict[str, Any], bool]] = ("look", {"path": "a"}, False)
UNREADABLE: Final[tuple[str, dict[str, Any], bool]] = ("unreadable", {}, True)
SECOND: Final[dict[str, tuple[str, list[tuple[str, dict[str, Any], bool]], str, int]]] = {
    "mended": (GOOD, [AT_A], "", 1),
    "withdrawn": ("Never mind.", [], "Never mind.", 1),
    "not mended": (f"{GOOD}\n{BAD}", [AT_A, UNREADABLE], BAD, 2),
}


@pytest.mark.parametrize(("second", "calls", "text", "faults"), SECOND.values(), ids=SECOND)
def test_a_malformed_call_is_asked_for_once_more(
    second: str, calls: list[tuple[str, dict[str, Any], bool]], text: str, faults: int
) -> None:
    with loopback_server(says(f"Well.\n{BAD}", second)) as server:
        called = asyncio.run(ask(server, opening()))
        assert server.violations == ()
        first, again = server.exchanges
    assert [turn.role for turn in again.turns] == ["user", "assistant", "user"]
    assert again.turns[:1] == first.turns
    assert again.turns[1].text == f"Well.\n{BAD}"
    assert "line 3, column 2: not JSON" in again.turns[2].text
    assert "`look`" in again.turns[2].text
    message = called.output.message
    made = [(call.function, call.arguments, bool(call.parse_error)) for call in message.tool_calls or ()]
    assert (made, message.text) == (calls, text)
    assert (called.repairs, len(called.faults)) == (1, faults)


def test_a_repair_keeps_the_turns_where_the_reply_continues_a_prefill() -> None:
    history = [*opening(), ChatMessageAssistant(content="Sure:")]
    with loopback_server(says(BAD, GOOD)) as server:
        asyncio.run(ask(server, history))
        first, again = server.exchanges
    assert [turn.role for turn in first.turns] == ["user", "assistant"]
    assert [turn.role for turn in again.turns] == ["user", "assistant", "user"]
    assert again.turns[1].text == f"Sure:\n\n{BAD}"
    assert again.system == first.system


def test_the_reply_is_found_in_the_log_by_its_id() -> None:
    async def run(server: LoopbackServer) -> tuple[Called, list[ModelEvent]]:
        called = await ask(server, opening())
        return called, [event for event in transcript().events if isinstance(event, ModelEvent)]

    with loopback_server(says(BAD, GOOD)) as server:
        called, events = asyncio.run(run(server))
    said = events[-1].output.message
    assert called.output.message.id == said.id
    assert said.text == GOOD
    assert said.tool_calls is None


# The probe


async def probe(server: LoopbackServer) -> bool:
    config = GenerateConfig(max_retries=0)
    name = "openai-api/house/toolmaker"
    async with get_model(
        name, base_url=server.openai_url, api_key="k", memoize=False, config=config
    ) as model:
        return await supports_tools(model)


PROBES: Final = {
    "it calls": (Reply("", (("ready", {"ok": True}),)), True),
    "it talks": (Reply("I am ready."), False),
    "it writes": (Reply('<tool_call>{"name": "ready", "arguments": {"ok": true}}</tool_call>'), False),
    "it calls another": (Reply("", (("look", {}),)), False),
    "refused": (Reply("some-model does not support tools", status=400), False),
    "not set up": (Reply('"auto" tool choice requires --enable-auto-tool-choice', status=400), False),
    "no endpoint": (Reply("No endpoints found that support tool use", status=404), False),
}


@pytest.mark.parametrize(("reply", "supported"), PROBES.values(), ids=PROBES)
def test_a_probe_tells_whether_tools_are_supported(reply: Reply, supported: bool) -> None:  # noqa: FBT001
    with loopback_server(lambda exchange: reply) as server:
        assert asyncio.run(probe(server)) is supported
        (exchange,) = server.exchanges
    assert list(exchange.tools) == ["ready"]


OTHERWISE: Final = {
    "no such model": Reply("model 'toolmaker' not found", status=404),
    "bad key": Reply("wrong key for this tool", status=401),
    "another fault": Reply("temperature must be positive", status=400),
}


@pytest.mark.parametrize("reply", OTHERWISE.values(), ids=OTHERWISE)
def test_a_probe_that_fails_otherwise_says_nothing_about_tools(reply: Reply) -> None:
    with loopback_server(lambda exchange: reply) as server, pytest.raises(Exception, match=reply.text):
        asyncio.run(probe(server))
