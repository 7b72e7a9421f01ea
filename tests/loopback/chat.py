"""OpenAI Chat Completions, seen from the server."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, Json, StringConstraints

from .exchange import Exchange, JsonObject, Reply, ToolCall, ToolResult, Turn, joined, split_system
from .rules import (
    Block,
    Envelope,
    NamedChoice,
    OpenAISchema,
    Refusal,
    TextPart,
    ToolName,
    plain,
    tools_by_name,
)

CallId = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Text(TextPart):
    type: Literal["text"]


Content = str | list[Text]


class System(Block):
    role: Literal["system", "developer"]
    content: Content

    def turn(self) -> Turn:
        return Turn("system", plain(self.content))


class User(Block):
    role: Literal["user"]
    content: Content

    def turn(self) -> Turn:
        return Turn("user", plain(self.content))


class CalledFunction(Block):
    name: ToolName
    arguments: Json[dict[str, Any]]


class Call(Block):
    id: CallId
    type: Literal["function"]
    function: CalledFunction


class Assistant(Block):
    role: Literal["assistant"]
    content: Content | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    tool_calls: Annotated[list[Call], Field(min_length=1)] | None = None

    def turn(self) -> Turn:
        if self.content is None and not self.tool_calls:
            raise Refusal("assistant content may be null only beside tool_calls")
        calls = (ToolCall(c.id, c.function.name, c.function.arguments) for c in self.tool_calls or [])
        return Turn("assistant", plain(self.content), tuple(calls), reasoning=self.reasoning_content or "")


class Tool(Block):
    role: Literal["tool"]
    tool_call_id: CallId
    content: Content

    def turn(self) -> Turn:
        return Turn("tool", tool_results=(ToolResult(self.tool_call_id, plain(self.content)),))


class Function(Block):
    name: ToolName
    description: str = ""
    parameters: OpenAISchema
    strict: bool | None = None


class ToolDefinition(Block):
    type: Literal["function"]
    function: Function


class FunctionName(Block):
    name: ToolName


class Choice(Block):
    type: Literal["function"]
    function: FunctionName


class Request(Envelope):
    model: str
    messages: Annotated[
        list[Annotated[System | User | Assistant | Tool, Field(discriminator="role")]], Field(min_length=1)
    ]
    tools: Annotated[list[ToolDefinition], Field(min_length=1)] | None = None
    tool_choice: NamedChoice | Choice | None = None


def parse(number: int, headers: Mapping[str, str], body: JsonObject) -> Exchange:
    """The exchange the request opens."""
    request = Request.model_validate(body)
    system, turns = split_system(joined((message.turn() for message in request.messages), "tool"))
    choice = request.tool_choice
    return Exchange(
        number=number,
        wire="chat",
        model=request.model,
        system=system,
        turns=turns,
        tools=tools_by_name((t.function.name, t.function.parameters) for t in request.tools or []),
        tool_choice=f"tool:{choice.function.name}" if isinstance(choice, Choice) else choice or "",
        headers=headers,
        body=body,
    )


def encode(exchange: Exchange, reply: Reply) -> JsonObject:
    """The completion that says the reply."""
    message: JsonObject = {"role": "assistant", "content": reply.text or None, "refusal": None}
    if reply.reasoning:
        message["reasoning_content"] = reply.reasoning
    if reply.tool_calls:
        message["tool_calls"] = [
            {
                "id": f"call_{exchange.number:04}_{index}",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(arguments)},
            }
            for index, (name, arguments) in enumerate(reply.tool_calls)
        ]
    usage = reply.usage_for(exchange)
    finish = "tool_calls" if reply.tool_calls else "stop"
    return {
        "id": f"chatcmpl-{exchange.number:04}",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": exchange.model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.prompt_tokens + usage.output_tokens,
            "prompt_tokens_details": {"cached_tokens": usage.cache_read},
        },
    }


def events(exchange: Exchange, answer: JsonObject) -> Iterator[JsonObject | str]:
    """The completion as a stream of chunks: words, calls, finish, usage if asked for."""
    head = {key: answer[key] for key in ("id", "created", "model")} | {"object": "chat.completion.chunk"}
    (choice,) = answer["choices"]
    message = choice["message"]
    calls = [{"index": index, **call} for index, call in enumerate(message.get("tool_calls", ()))]
    deltas: list[tuple[JsonObject, str | None]] = [
        ({"role": "assistant", "content": message["content"]}, None),
        *(({"tool_calls": [call]}, None) for call in calls),
        ({}, choice["finish_reason"]),
    ]
    for delta, finish in deltas:
        yield head | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    if exchange.body.get("stream_options", {}).get("include_usage"):
        yield head | {"choices": [], "usage": answer["usage"]}
    yield "[DONE]"
