"""The providers' own SDKs, whole conversations: what they send is understood, what they get is accepted."""

import asyncio
import json
from collections.abc import Callable
from functools import partial

import anthropic
import openai
import pytest
from anthropic.types import Message, MessageParam, ToolParam
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from openai.types.responses import FunctionToolParam, Response, ResponseInputParam

from . import Exchange, LoopbackServer, Reply, Usage, loopback_server
from .exchange import JsonObject

KEY = "key-for-nobody"
SCHEMA: JsonObject = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
USAGE = Usage(input_tokens=11, output_tokens=7, cache_read=5)

Facts = tuple[str, str, JsonObject, str, int]
"""What a client read: words beside the call, tool, arguments, closing words, all tokens of the prompt."""


def weather(exchange: Exchange) -> Reply:
    """Asks for the weather, then repeats what it was told."""
    results = [result for turn in exchange.turns for result in turn.tool_results]
    if results:
        return Reply(f"It is {results[-1].text}.", usage=USAGE)
    return Reply("Let me look.", (("weather", {"city": "Ely"}),), usage=USAGE)


def chat(server: LoopbackServer) -> Facts:
    tool: ChatCompletionToolParam = {
        "type": "function",
        "function": {"name": "weather", "parameters": SCHEMA},
    }
    history: list[ChatCompletionMessageParam] = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Weather in Ely?"},
    ]
    with openai.OpenAI(base_url=server.openai_url, api_key=KEY) as client:
        ask = client.chat.completions.create
        first = ask(model="m", messages=history, tools=[tool], tool_choice="required").choices[0]
        assert first.message.tool_calls
        (call,) = first.message.tool_calls
        assert (call.type, first.finish_reason) == ("function", "tool_calls")
        assert call.type == "function"
        name, arguments = call.function.name, call.function.arguments
        history.append(
            {
                "role": "assistant",
                "content": first.message.content,
                "tool_calls": [
                    {"id": call.id, "type": "function", "function": {"name": name, "arguments": arguments}}
                ],
            }
        )
        history.append({"role": "tool", "tool_call_id": call.id, "content": "wet"})
        last = ask(model="m", messages=history, tools=[tool])
    assert last.usage
    words = [str(choice.message.content) for choice in (first, last.choices[0])]
    return words[0], name, json.loads(arguments), words[1], last.usage.prompt_tokens


def responses(server: LoopbackServer) -> Facts:
    tools: list[FunctionToolParam] = [
        {"type": "function", "name": "weather", "parameters": SCHEMA, "strict": False}
    ]
    history: ResponseInputParam = [{"role": "user", "content": "Weather in Ely?"}]
    with openai.OpenAI(base_url=server.openai_url, api_key=KEY) as client:
        ask = partial(client.responses.create, model="m", instructions="Be brief.", tools=tools)
        first = ask(input=history, tool_choice="required")
        assert isinstance(first, Response)
        call = first.output[-1]
        assert call.type == "function_call"
        name, arguments = call.name, call.arguments
        history.append({"role": "assistant", "content": first.output_text})
        history.append(
            {"type": "function_call", "call_id": call.call_id, "name": name, "arguments": arguments}
        )
        history.append({"type": "function_call_output", "call_id": call.call_id, "output": "wet"})
        last = ask(input=history)
        assert isinstance(last, Response)
    assert last.usage
    tokens = last.usage.input_tokens
    return first.output_text, name, json.loads(arguments), last.output_text, tokens


def messages(server: LoopbackServer) -> Facts:
    tool: ToolParam = {"name": "weather", "input_schema": SCHEMA}
    history: list[MessageParam] = [{"role": "user", "content": "Weather in Ely?"}]
    with anthropic.Anthropic(base_url=server.anthropic_url, api_key=KEY) as client:
        ask = partial(client.messages.create, model="m", max_tokens=100, system="Be brief.", tools=[tool])
        first = ask(messages=history, tool_choice={"type": "any"})
        assert isinstance(first, Message)
        text, call = first.content
        assert text.type == "text"
        assert call.type == "tool_use"
        history.append({"role": "assistant", "content": [text, call]})
        history.append(
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "wet"}],
            }
        )
        last = ask(messages=history)
        assert isinstance(last, Message)
    assert (first.stop_reason, last.stop_reason) == ("tool_use", "end_turn")
    (words,) = last.content
    assert words.type == "text"
    tokens = last.usage.input_tokens + (last.usage.cache_read_input_tokens or 0)
    return text.text, call.name, call.input, words.text, tokens


@pytest.mark.parametrize("converse", [chat, responses, messages])
def test_a_tool_round_trip(converse: Callable[[LoopbackServer], Facts]) -> None:
    with loopback_server(weather) as server:
        facts = converse(server)
        assert server.violations == ()
        first, last = server.exchanges
    assert facts == ("Let me look.", "weather", {"city": "Ely"}, "It is wet.", 16)
    assert (first.system, last.system) == ("Be brief.", "Be brief.")
    assert (first.tool_choice, last.tool_choice) == ("required", "")
    assert dict(last.tools) == {"weather": SCHEMA}
    said = [(t.role, t.text, [(c.name, c.arguments) for c in t.tool_calls]) for t in last.turns]
    assert said == [
        ("user", "Weather in Ely?", []),
        ("assistant", "Let me look.", [("weather", {"city": "Ely"})]),
        ("tool", "", []),
    ]
    call, result = last.turns[1].tool_calls[0], last.turns[2].tool_results[0]
    assert (result.id, result.text) == (call.id, "wet")


def test_a_streamed_call_arrives_whole() -> None:
    with (
        loopback_server(weather) as server,
        openai.OpenAI(base_url=server.openai_url, api_key=KEY) as for_openai,
        anthropic.Anthropic(base_url=server.anthropic_url, api_key=KEY) as for_anthropic,
    ):
        with for_openai.chat.completions.stream(
            model="m", messages=[{"role": "user", "content": "Weather?"}]
        ) as chunks:
            completion = chunks.get_final_completion()
        with for_openai.responses.stream(model="m", input="Weather?") as stream:
            response = stream.get_final_response()
        with for_anthropic.messages.stream(
            model="m", max_tokens=9, messages=[{"role": "user", "content": "Weather?"}]
        ) as events:
            message = events.get_final_message()
    (choice,) = completion.choices
    assert (choice.message.content, choice.finish_reason) == ("Let me look.", "tool_calls")
    assert [call.function.arguments for call in choice.message.tool_calls or ()] == ['{"city": "Ely"}']
    assert response.output_text == "Let me look."
    assert response.output[-1].to_dict()["arguments"] == '{"city": "Ely"}'
    assert [block.to_dict().get("input") for block in message.content] == [None, {"city": "Ely"}]
    assert message.stop_reason == "tool_use"


def test_requests_at_once_are_all_answered_and_told_apart() -> None:
    async def ask_all(url: str) -> list[str]:
        async with openai.AsyncOpenAI(base_url=url, api_key=KEY) as client:
            asked = [client.responses.create(model=f"m{n}", input="Hello") for n in range(50)]
            return [f"{got.model} {got.output_text}" for got in await asyncio.gather(*asked)]

    with loopback_server(lambda exchange: Reply(f"I am {exchange.model}.")) as server:
        answers = asyncio.run(ask_all(server.openai_url))
        assert [exchange.number for exchange in server.exchanges] == list(range(1, 51))
    assert answers == [f"m{n} I am m{n}." for n in range(50)]


@pytest.mark.parametrize(
    ("reply", "error", "said"),
    [
        pytest.param(Reply("slow down", status=429), "RateLimitError", "slow down", id="status"),
        pytest.param(
            Reply(status=502, raw_body=b"<html>", headers={"x-place": "edge"}),
            "InternalServerError",
            "502|<html>",
            id="raw",
        ),
    ],
)
def test_errors_are_the_providers(reply: Reply, error: str, said: str) -> None:
    with (
        loopback_server(lambda _: reply) as server,
        openai.OpenAI(base_url=server.openai_url, api_key=KEY, max_retries=0) as for_openai,
        anthropic.Anthropic(base_url=server.anthropic_url, api_key=KEY, max_retries=0) as for_anthropic,
    ):
        with pytest.raises(getattr(openai, error), match=said):
            for_openai.responses.create(model="m", input="Hello")
        with pytest.raises(getattr(anthropic, error), match=said) as caught:
            for_anthropic.messages.create(
                model="m", max_tokens=9, messages=[{"role": "user", "content": "Hello"}]
            )
        assert caught.value.response.headers.get("x-place") == reply.headers.get("x-place")
        assert server.violations == ()


def test_a_fault_of_the_reply_reaches_the_test() -> None:
    def reply(exchange: Exchange) -> Reply:
        raise LookupError(exchange.model)

    with (
        pytest.raises(LookupError, match="no-such-model"),
        loopback_server(reply) as server,
        openai.OpenAI(base_url=server.openai_url, api_key=KEY) as client,
        pytest.raises(openai.BadRequestError, match="the test's reply raised LookupError"),
    ):
        client.responses.create(model="no-such-model", input="Hello")
