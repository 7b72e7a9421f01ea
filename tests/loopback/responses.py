"""OpenAI Responses, seen from a server that stores nothing: every request brings the whole conversation."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Discriminator, Field, Json, StringConstraints
from pydantic import Tag as Case

from .exchange import (
    Exchange,
    JsonObject,
    Reply,
    ToolCall,
    ToolResult,
    Turn,
    joined,
    seal,
    split_system,
    unsealed,
)
from .rules import Block, Envelope, NamedChoice, OpenAISchema, TextPart, ToolName, plain, tools_by_name

CallId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Status = Literal["in_progress", "completed", "incomplete"]


class Text(TextPart):
    type: Literal["input_text", "output_text"]
    annotations: list[Any] | None = None
    logprobs: list[Any] | None = None


Content = str | list[Text]


class Message(Block):
    """What somebody said; the model's own words come back with the id they were given."""

    type: Literal["message"] = "message"
    id: Annotated[str, StringConstraints(pattern="^msg")] | None = None
    role: Literal["system", "developer", "user", "assistant"]
    content: Content
    status: Status | None = None

    def turn(self) -> Turn:
        return Turn("system" if self.role == "developer" else self.role, plain(self.content))


class Reasoning(Block):
    """What the model thought. A server that stores nothing reads it from the encrypted form alone."""

    type: Literal["reasoning"]
    id: Annotated[str, StringConstraints(pattern="^rs")]
    summary: list[Any]
    content: list[Any] | None = None
    encrypted_content: str
    status: Status | None = None

    def turn(self) -> Turn:
        return Turn("assistant", reasoning=unsealed(self.encrypted_content))


class Call(Block):
    type: Literal["function_call"]
    id: Annotated[str, StringConstraints(pattern="^fc")] | None = None
    call_id: CallId
    name: ToolName
    arguments: Json[dict[str, Any]]
    status: Status | None = None

    def turn(self) -> Turn:
        return Turn("assistant", tool_calls=(ToolCall(self.call_id, self.name, self.arguments),))


class Output(Block):
    type: Literal["function_call_output"]
    call_id: CallId
    output: Content
    status: Status | None = None

    def turn(self) -> Turn:
        return Turn("tool", tool_results=(ToolResult(self.call_id, plain(self.output)),))


class ToolDefinition(Block):
    type: Literal["function"]
    name: ToolName
    description: str = ""
    parameters: OpenAISchema
    strict: bool | None = None


class Choice(Block):
    type: Literal["function"]
    name: ToolName


def _kind(item: object) -> str:
    """The type of an item, which a message may leave out."""
    return str(cast("JsonObject", item).get("type", "message")) if isinstance(item, dict) else "message"


def _as_items(given: object) -> object:
    """The input as a list of items, of which a bare string is the shortest."""
    return [{"role": "user", "content": given}] if isinstance(given, str) else given


Item = Annotated[
    Annotated[Message, Case("message")]
    | Annotated[Reasoning, Case("reasoning")]
    | Annotated[Call, Case("function_call")]
    | Annotated[Output, Case("function_call_output")],
    Discriminator(_kind),
]


class Request(Envelope):
    model: str
    input: Annotated[list[Item], BeforeValidator(_as_items), Field(min_length=1)]
    instructions: str | None = None
    previous_response_id: None = None
    tools: list[ToolDefinition] | None = None
    tool_choice: NamedChoice | Choice | None = None


def parse(number: int, headers: Mapping[str, str], body: JsonObject) -> Exchange:
    """The exchange the request opens."""
    request = Request.model_validate(body)
    system, turns = split_system(joined((item.turn() for item in request.input), "assistant", "tool"))
    choice = request.tool_choice
    return Exchange(
        number=number,
        wire="responses",
        model=request.model,
        system="\n".join(filter(None, (request.instructions, system))),
        turns=turns,
        tools=tools_by_name((tool.name, tool.parameters) for tool in request.tools or []),
        tool_choice=f"tool:{choice.name}" if isinstance(choice, Choice) else choice or "",
        headers=headers,
        body=body,
    )


def encode(exchange: Exchange, reply: Reply) -> JsonObject:
    """The response that says the reply."""
    serial = f"{exchange.number:04}"
    output: list[JsonObject] = []
    if reply.reasoning:
        summary = [{"type": "summary_text", "text": reply.reasoning}]
        thought: JsonObject = {"type": "reasoning", "id": f"rs_{serial}", "summary": summary}
        asked = "reasoning.encrypted_content" in exchange.body.get("include", ())
        output.append(thought | {"encrypted_content": seal(reply.reasoning) if asked else None})
    if reply.text or not reply.tool_calls:
        part: JsonObject = {"type": "output_text", "text": reply.text, "annotations": []}
        message: JsonObject = {"type": "message", "id": f"msg_{serial}", "role": "assistant"}
        output.append(message | {"status": "completed", "content": [part]})
    for index, (name, arguments) in enumerate(reply.tool_calls):
        ids = {"id": f"fc_{serial}_{index}", "call_id": f"call_{serial}_{index}"}
        called = {"name": name, "arguments": json.dumps(arguments), "status": "completed"}
        output.append({"type": "function_call"} | ids | called)
    usage = reply.usage_for(exchange)
    return {
        "id": f"resp_{serial}",
        "object": "response",
        "created_at": 1_700_000_000,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": exchange.body.get("instructions"),
        "metadata": {},
        "model": exchange.model,
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": exchange.body.get("tool_choice", "auto"),
        "tools": exchange.body.get("tools", []),
        "usage": {
            "input_tokens": usage.prompt_tokens,
            "input_tokens_details": {
                "cached_tokens": usage.cache_read,
                "cache_write_tokens": usage.cache_write,
            },
            "output_tokens": usage.output_tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": usage.prompt_tokens + usage.output_tokens,
        },
    }


def events(exchange: Exchange, answer: JsonObject) -> Iterator[JsonObject | str]:
    """The response as a stream: each item opened, filled and closed, then the whole."""
    opened: JsonObject = answer | {"status": "in_progress", "output": [], "usage": None}
    steps: list[JsonObject] = [{"type": "response.created", "response": opened}]
    for index, item in enumerate(answer["output"]):
        steps += _item_steps(index, item)
    steps.append({"type": "response.completed", "response": answer})
    for number, step in enumerate(steps):
        yield step | {"sequence_number": number}


def _item_steps(index: int, item: JsonObject) -> Iterator[JsonObject]:
    """The steps in which one item of the output arrives."""
    at: JsonObject = {"output_index": index, "item_id": item["id"]}
    hollow: JsonObject = {"content": []} if item["type"] == "message" else {"arguments": ""}
    opened = item | ({} if item["type"] == "reasoning" else hollow | {"status": "in_progress"})
    yield {"type": "response.output_item.added", "output_index": index, "item": opened}
    if item["type"] == "reasoning":
        pass
    elif item["type"] == "message":
        (part,) = item["content"]
        at["content_index"] = 0
        yield at | {"type": "response.content_part.added", "part": part | {"text": ""}}
        yield at | {"type": "response.output_text.delta", "delta": part["text"], "logprobs": []}
        yield at | {"type": "response.output_text.done", "text": part["text"], "logprobs": []}
        yield at | {"type": "response.content_part.done", "part": part}
    else:
        arguments = item["arguments"]
        yield at | {"type": "response.function_call_arguments.delta", "delta": arguments}
        done: JsonObject = {"arguments": arguments, "name": item["name"]}
        yield at | {"type": "response.function_call_arguments.done"} | done
    yield {"type": "response.output_item.done", "output_index": index, "item": item}
