"""The rules of the providers' protocols; a request that breaks one is refused as the provider would refuse it.

Shapes are pydantic models beside each wire format, built from the types here; what spans messages is a function.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from .exchange import Exchange, JsonObject, Role, Turn

MAX_CACHE_MARKS = 4
ONLY_ANSWERS = re.compile(r"claude-[a-z]+-(4-[6-9]|[5-9])")
"""Models of Anthropic that do not go on from words put into their mouth."""


class Refusal(Exception):
    """A request the provider would not take, with the HTTP status it would answer."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Block(BaseModel):
    """A part of a request in which the provider takes no unknown key."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TextPart(Block):
    """Words that are a part of a message; each wire format names the types it takes."""

    text: str


class Envelope(BaseModel):
    """A request as a whole; its sampling options are not judged here."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def object_schema(schema: JsonObject) -> JsonObject:
    """The schema of a tool's parameters, if it is valid and describes an object."""
    if schema.get("type") != "object":
        raise ValueError(f"schema must have type 'object', got {schema.get('type')!r}")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ValueError(f"JSON schema is invalid: {error.message}") from error
    return schema


def openai_schema(schema: JsonObject) -> JsonObject:
    """The schema, if every array in it says what its items are."""
    for part in walk(schema):
        if part.get("type") == "array" and "items" not in part:
            raise ValueError("array schema missing items")
    return schema


def anthropic_schema(schema: JsonObject) -> JsonObject:
    """The schema, if its properties have names that Anthropic takes."""
    for name in schema.get("properties", {}):
        if not re.fullmatch(r"[a-zA-Z0-9_.-]{1,64}", name):
            raise ValueError(
                f"property keys should match pattern '^[a-zA-Z0-9_.-]{{1,64}}$', {name!r} does not"
            )
    return schema


def walk(value: object) -> Iterable[JsonObject]:
    """Every JSON object within the value, outermost first."""
    if isinstance(value, dict):
        whole = cast("JsonObject", value)
        yield whole
        for part in whole.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in cast("list[object]", value):
            yield from walk(part)


ToolName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
NonBlank = Annotated[str, StringConstraints(pattern=r"\S")]
AnthropicSchema = Annotated[dict[str, Any], AfterValidator(object_schema), AfterValidator(anthropic_schema)]
OpenAISchema = Annotated[dict[str, Any], AfterValidator(object_schema), AfterValidator(openai_schema)]
NamedChoice = Literal["auto", "none", "required"]


def plain(content: str | Sequence[TextPart] | None) -> str:
    """The text of a message's content."""
    return content if isinstance(content, str) else "\n".join(part.text for part in content or ())


def tools_by_name(tools: Iterable[tuple[str, JsonObject]]) -> dict[str, JsonObject]:
    """The tools' schemas by name, if no name is given twice."""
    named: dict[str, JsonObject] = {}
    for name, schema in tools:
        if name in named:
            raise Refusal(f"tools: tool names must be unique, {name!r} is not")
        named[name] = schema
    return named


def check_credentials(exchange: Exchange) -> None:
    """Nothing, if the request carries a key the way its provider wants it."""
    headers = exchange.headers
    present = headers.get("authorization", "").startswith("Bearer ")
    if exchange.wire == "messages":
        # Older Anthropic clients use a header of their own for the key, newer ones the standard one.
        present = present or bool(headers.get("x-api-key"))
        if "anthropic-version" not in headers:
            raise Refusal("anthropic-version: header is required")
    if not present:
        raise Refusal("no API key in the header of the request", 401)


def check_tool_choice(exchange: Exchange) -> None:
    """Nothing, if the tool choice is possible with the tools given."""
    choice, tools = exchange.tool_choice, exchange.tools
    if choice and not tools:
        raise Refusal("tool_choice: may only be given together with tools")
    if choice.startswith("tool:") and choice.removeprefix("tool:") not in tools:
        raise Refusal(f"tool_choice: {choice!r} names none of the tools {sorted(tools)}")


def check_pairing(turns: Iterable[Turn], may_wait_for: tuple[Role, ...]) -> None:
    """Nothing, if each tool call has one result in time, and each result a call.

    Args:
        turns: The conversation, in order.
        may_wait_for: Roles that may speak between a call and its result.
    """
    seen: set[str] = set()
    unanswered: set[str] = set()
    for index, turn in enumerate(turns):
        if unanswered and turn.role not in ("tool", *may_wait_for):
            raise Refusal(f"turn {index}: no tool result before it for tool call ids {sorted(unanswered)}")
        for call in turn.tool_calls:
            if call.id in seen:
                raise Refusal(f"turn {index}: tool call ids must be unique, {call.id!r} is not")
            seen.add(call.id)
            unanswered.add(call.id)
        for result in turn.tool_results:
            if result.id not in unanswered:
                fault = "was answered before" if result.id in seen else "is not known"
                raise Refusal(f"turn {index}: tool result for {result.id!r}, a tool call id that {fault}")
            unanswered.remove(result.id)
    if unanswered:
        raise Refusal(f"no tool result at the end for tool call ids {sorted(unanswered)}")


def check(exchange: Exchange) -> None:
    """Nothing, if the exchange keeps every rule that spans more than one message."""
    check_credentials(exchange)
    check_tool_choice(exchange)
    # Responses pairs by id wherever the result stands; the other two want it next.
    check_pairing(exchange.turns, ("user", "system") if exchange.wire == "responses" else ())
    if exchange.wire != "messages":
        return
    if exchange.turns[0].role != "user":
        raise Refusal(f"messages: first message must be user, got {exchange.turns[0].role}")
    last = exchange.turns[-1]
    if last.role == "assistant" and ONLY_ANSWERS.match(exchange.model):
        raise Refusal("This model does not support assistant message prefill.")
    if last.role == "assistant" and last.text != last.text.rstrip():
        raise Refusal("messages: final assistant content cannot end with trailing whitespace")
    marks = sum("cache_control" in part for part in walk(exchange.body))
    if marks > MAX_CACHE_MARKS:
        raise Refusal(f"at most {MAX_CACHE_MARKS} blocks may have cache_control, got {marks}")
