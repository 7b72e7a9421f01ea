"""Inspect's own providers over the wire: what a model role, a tool and a tool result become."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
    get_model,
)
from inspect_ai.tool import ToolInfo, ToolParam, ToolParams

from . import Exchange, LoopbackServer, Reply, Usage, Wire, loopback_server
from .exchange import JsonObject

KEY = "key-for-nobody"
LOOKUP = ToolInfo(
    name="lookup",
    description="Finds a file.",
    parameters=ToolParams(properties={"path": ToolParam(type="string")}, required=["path"]),
)


@dataclass(frozen=True)
class Case:
    """A model name as users write it, and the wire it should take."""

    model: str
    wire: Wire
    streamed: bool = False
    max_tokens: int | None = None
    args: dict[str, Any] = field(default_factory=dict[str, Any])

    def __str__(self) -> str:
        return " ".join([self.model, self.wire, "streamed" if self.streamed else "whole"])


CASES = [
    Case("openai/gpt-4o-mini", "chat"),
    Case("openai/gpt-4o-mini", "chat", streamed=True, args={"streaming": True}),
    Case("openai/gpt-4o-mini", "responses", args={"responses_api": True}),
    Case("openai/gpt-4o-mini", "responses", streamed=True, args={"responses_api": True, "streaming": True}),
    Case("openai-api/house/some-model", "chat"),
    Case("openai-api/house/some-model", "chat", streamed=True, args={"stream": True}),
    Case("openai-api/house/some-model", "responses", args={"responses_api": True}),
    Case("anthropic/claude-sonnet-4-6", "messages", max_tokens=1000),
    Case("anthropic/claude-sonnet-4-6", "messages", streamed=True),
    Case("anthropic/claude-opus-4-8", "messages", streamed=True),
]


def finder(exchange: Exchange) -> Reply:
    """Looks up two files, then says what it found."""
    if exchange.turns[-1].role == "tool":
        found = ", ".join(result.text for result in exchange.turns[-1].tool_results)
        return Reply(f"Found {found}.", usage=Usage(11, 7, cache_read=5))
    return Reply("Looking.", (("lookup", {"path": "a"}), ("lookup", {"path": "b"})))


async def converse(case: Case, server: LoopbackServer) -> ModelOutput:
    """Two generations with a round of tools between; fails if the first calls no tools."""
    url = server.anthropic_url if case.wire == "messages" else server.openai_url
    history: list[ChatMessage] = [ChatMessageSystem(content="Be brief."), ChatMessageUser(content="Find.")]
    async with get_model(case.model, base_url=url, api_key=KEY, memoize=False, **case.args) as model:
        config = GenerateConfig(temperature=0.5, max_tokens=case.max_tokens)
        first = await model.generate(history, [LOOKUP], "any", config)
        calls = first.message.tool_calls or []
        assert [(call.function, call.arguments) for call in calls] == [
            ("lookup", {"path": "a"}),
            ("lookup", {"path": "b"}),
        ]
        results = [ChatMessageTool(content=f"file {n}", tool_call_id=c.id) for n, c in enumerate(calls)]
        return await model.generate([*history, first.message, *results], [LOOKUP], config=config)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_tool_round_trip_through_inspect(case: Case) -> None:
    with loopback_server(finder) as server:
        output = asyncio.run(converse(case, server))
        assert server.violations == ()
        first, last = server.exchanges
    assert output.completion == "Found file 0, file 1."
    assert output.stop_reason == "stop"
    assert output.usage
    assert (output.usage.output_tokens, output.usage.input_tokens_cache_read) == (7, 5)

    assert {first.wire, last.wire} == {case.wire}
    assert [bool(exchange.body.get("stream")) for exchange in (first, last)] == [case.streamed] * 2
    assert (first.system, last.system) == ("Be brief.", "Be brief.")
    assert first.tool_choice == "required"
    assert first.body.get("temperature") == (None if case.wire == "messages" else 0.5)
    assert [turn.role for turn in last.turns] == ["user", "assistant", "tool"]
    assert last.turns[1].text == "Looking."
    assert [r.id for r in last.turns[2].tool_results] == [c.id for c in last.turns[1].tool_calls]
    schema: JsonObject = dict(last.tools)["lookup"]
    assert (schema["type"], schema["required"]) == ("object", ["path"])
    assert KEY not in json.dumps(last.body)


def marked(exchange: Exchange) -> list[str]:
    """Where the request carries a cache mark."""
    body = exchange.body
    places = {"system": body["system"], "tools": body["tools"]}
    for number, message in enumerate(body["messages"]):
        places[f"messages.{number}"] = message["content"]
    marks = ["request"] if "cache_control" in body else []
    for place, blocks in places.items():
        marks += [f"{place}.{n}" for n, block in enumerate(blocks) if "cache_control" in block]
    return marks


@pytest.mark.parametrize("case", [case for case in CASES if case.wire == "messages"], ids=str)
def test_the_prompt_of_anthropic_models_is_marked_for_the_cache(case: Case) -> None:
    with loopback_server(finder) as server:
        asyncio.run(converse(case, server))
        first, last = server.exchanges
    assert marked(first) == ["request", "system.0", "tools.0"]
    assert marked(last) == ["request", "system.0", "tools.0", "messages.2.0"]


@pytest.mark.parametrize("name", ["openai/gpt-5-mini", "openai/o4-mini"])
def test_reasoning_models_are_probed_once_by_inspect(name: str) -> None:
    """Who counts the requests of such a model meets one more than was asked for."""
    with loopback_server(finder) as server:
        asyncio.run(converse(Case(name, "responses"), server))
        assert server.violations == ()
        probe, first, _ = server.exchanges
    assert [turn.text for turn in probe.turns] == ["Please say 'hello, world'"]
    assert not probe.tools
    assert first.tools
