"""Anthropic Messages, seen from the server."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from .exchange import Exchange, JsonObject, Reply, ToolCall, Turn, joined, seal
from .exchange import ToolResult as NeutralResult
from .rules import (
    AnthropicSchema,
    Block,
    Envelope,
    NonBlank,
    Refusal,
    TextPart,
    ToolName,
    plain,
    tools_by_name,
)

UseId = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]+$")]
OLD_VERSION = "2023-06-01"
SAMPLING = {"temperature", "top_p", "top_k"}
"""Options that the version of October 2026 takes no more, for any model."""
CHOICES = {"auto": "auto", "any": "required", "none": "none"}


class CacheMark(Block):
    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] | None = None


class Text(TextPart):
    type: Literal["text"]
    text: NonBlank
    cache_control: CacheMark | None = None
    citations: None = None


class UnsealedThinking(Block):
    type: Literal["thinking"]
    thinking: NonBlank
    signature: str


def sealed(block: UnsealedThinking) -> UnsealedThinking:
    """The block, if its signature is the one that this text was given."""
    if block.signature != seal(block.thinking):
        raise ValueError("Invalid `signature` in `thinking` block")
    return block


Thinking = Annotated[UnsealedThinking, AfterValidator(sealed)]


class ToolUse(Block):
    type: Literal["tool_use"]
    id: UseId
    name: ToolName
    input: dict[str, Any]
    cache_control: CacheMark | None = None


class ToolResult(Block):
    type: Literal["tool_result"]
    tool_use_id: UseId
    content: str | list[Text] = ""
    is_error: bool = False
    cache_control: CacheMark | None = None


class User(Block):
    """The user's words, and results of tools before them."""

    role: Literal["user"]
    content: NonBlank | Annotated[list[Text | ToolResult], Field(min_length=1)]

    def turns(self) -> Iterator[Turn]:
        """The neutral turns, one for each block, in their order."""
        for block in [self.content] if isinstance(self.content, str) else self.content:
            if isinstance(block, ToolResult):
                result = NeutralResult(block.tool_use_id, plain(block.content), block.is_error)
                yield Turn("tool", tool_results=(result,))
            else:
                yield Turn("user", block if isinstance(block, str) else block.text)


class Assistant(Block):
    role: Literal["assistant"]
    content: NonBlank | Annotated[list[Text | ToolUse | Thinking], Field(min_length=1)]

    def turns(self) -> Iterator[Turn]:
        blocks = [] if isinstance(self.content, str) else self.content
        calls = [block for block in blocks if isinstance(block, ToolUse)]
        words = self.content if isinstance(self.content, str) else [b for b in blocks if isinstance(b, Text)]
        thoughts = [block.thinking for block in blocks if isinstance(block, UnsealedThinking)]
        made = tuple(ToolCall(c.id, c.name, c.input) for c in calls)
        yield Turn("assistant", plain(words), made, reasoning="\n".join(thoughts))


class System(Block):
    """Instructions given in mid-conversation, which the newest models take."""

    role: Literal["system"]
    content: NonBlank | list[Text]

    def turns(self) -> Iterator[Turn]:
        yield Turn("system", plain(self.content))


class ToolDefinition(Block):
    type: Literal["custom"] | None = None
    name: ToolName
    description: str = ""
    input_schema: AnthropicSchema
    cache_control: CacheMark | None = None


class Choice(Block):
    """How far the model is free to call tools."""

    type: Literal["auto", "any", "none", "tool"]
    name: ToolName | None = None
    disable_parallel_tool_use: bool | None = None


class Request(Envelope):
    model: str
    max_tokens: Annotated[int, Field(ge=0)]
    messages: Annotated[
        list[Annotated[User | Assistant | System, Field(discriminator="role")]], Field(min_length=1)
    ]
    system: NonBlank | list[Text] | None = None
    tools: list[ToolDefinition] | None = None
    tool_choice: Choice | None = None
    cache_control: CacheMark | None = None


def parse(number: int, headers: Mapping[str, str], body: JsonObject) -> Exchange:
    """The exchange the request opens; neighbouring messages of one role count as one."""
    request = Request.model_validate(body)
    if headers.get("anthropic-version") != OLD_VERSION and (extra := SAMPLING & body.keys()):
        raise Refusal(f"{min(extra)}: Extra inputs are not permitted")
    turns = (turn for message in request.messages for turn in message.turns())
    choice = request.tool_choice
    named = (CHOICES.get(choice.type) or f"tool:{choice.name}") if choice else ""
    return Exchange(
        number=number,
        wire="messages",
        model=request.model,
        system=plain(request.system),
        turns=joined(turns, "user", "assistant", "tool"),
        tools=tools_by_name((tool.name, tool.input_schema) for tool in request.tools or []),
        tool_choice=named,
        headers=headers,
        body=body,
    )


def encode(exchange: Exchange, reply: Reply) -> JsonObject:
    """The message that says the reply."""
    content: list[JsonObject] = []
    if reply.reasoning:
        signature = seal(reply.reasoning)
        content.append({"type": "thinking", "thinking": reply.reasoning, "signature": signature})
    content += [{"type": "text", "text": reply.text}] if reply.text else []
    for index, (name, arguments) in enumerate(reply.tool_calls):
        use = {"id": f"toolu_{exchange.number:04}_{index}", "name": name, "input": arguments}
        content.append({"type": "tool_use"} | use)
    usage = reply.usage_for(exchange)
    return {
        "id": f"msg_{exchange.number:04}",
        "type": "message",
        "role": "assistant",
        "model": exchange.model,
        "content": content,
        "stop_reason": "tool_use" if reply.tool_calls else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cache_read_input_tokens": usage.cache_read,
            "cache_creation_input_tokens": usage.cache_write,
        },
    }


def events(exchange: Exchange, answer: JsonObject) -> Iterator[JsonObject | str]:
    """The message as a stream: each block opened, filled and closed, then why it stopped."""
    usage = answer["usage"]
    opened: JsonObject = {"content": [], "stop_reason": None, "usage": usage | {"output_tokens": 1}}
    yield {"type": "message_start", "message": answer | opened}
    for index, block in enumerate(answer["content"]):
        hollow: JsonObject = {"text": ""}
        deltas: list[JsonObject] = [{"type": "text_delta", "text": block.get("text")}]
        if block["type"] == "tool_use":
            hollow = {"input": {}}
            deltas = [{"type": "input_json_delta", "partial_json": json.dumps(block["input"])}]
        elif block["type"] == "thinking":
            hollow = {"thinking": "", "signature": ""}
            deltas = [{"type": "thinking_delta", "thinking": block["thinking"]}]
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
        yield {"type": "content_block_start", "index": index, "content_block": block | hollow}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    stop = {key: answer[key] for key in ("stop_reason", "stop_sequence")}
    yield {"type": "message_delta", "delta": stop, "usage": {"output_tokens": usage["output_tokens"]}}
    yield {"type": "message_stop"}
