"""Each rule of each protocol, broken once: refused in the provider's words, and on record."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

import anthropic
import openai
import pytest

from . import Reply, Wire, loopback_server
from .exchange import JsonObject

Requests = Sequence[tuple[Wire, JsonObject, str]]
PATHS: dict[Wire, str] = {
    "chat": "/v1/chat/completions",
    "responses": "/v1/responses",
    "messages": "/v1/messages",
}
OBJECT: JsonObject = {"type": "object", "properties": {}}
HELLO: JsonObject = {"role": "user", "content": "Hello"}
LONG = "a" * 65


def chat(*messages: JsonObject, **more: Any) -> JsonObject:
    return {"model": "m", "messages": [HELLO, *messages]} | more


def chat_call(call_id: str = "c1", name: str = "f", arguments: str = "{}") -> JsonObject:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def chat_asks(*calls: JsonObject) -> JsonObject:
    return {"role": "assistant", "content": None, "tool_calls": list(calls)}


def chat_result(call_id: str = "c1") -> JsonObject:
    return {"role": "tool", "tool_call_id": call_id, "content": "done"}


def chat_tool(name: str = "f", parameters: JsonObject = OBJECT) -> JsonObject:
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


def respond(*items: JsonObject, **more: Any) -> JsonObject:
    return {"model": "m", "input": [HELLO, *items]} | more


def item(kind: Literal["call", "output"], call_id: str = "c1", **more: Any) -> JsonObject:
    named: JsonObject = {"type": "function_call_output", "call_id": call_id, "output": "done"}
    if kind == "call":
        named = {"type": "function_call", "call_id": call_id, "name": "f", "arguments": "{}"}
    return named | more


def message(*messages: JsonObject, **more: Any) -> JsonObject:
    return {"model": "m", "max_tokens": 9, "messages": [HELLO, *messages]} | more


def use(use_id: str = "t1", **more: Any) -> JsonObject:
    called: JsonObject = {"type": "tool_use", "id": use_id, "name": "f", "input": {}}
    return called | more


def result(use_id: str = "t1") -> JsonObject:
    return {"type": "tool_result", "tool_use_id": use_id, "content": "done"}


def text(words: str, **more: Any) -> JsonObject:
    return {"type": "text", "text": words} | more


def says(role: Literal["user", "assistant", "system"], *blocks: JsonObject) -> JsonObject:
    return {"role": role, "content": list(blocks)}


MARK: JsonObject = {"cache_control": {"type": "ephemeral"}}
UNTYPED_ITEMS: JsonObject = {"type": "object", "properties": {"names": {"type": "array"}}}
BAD_KEY: JsonObject = {"type": "object", "properties": {"a b": {"type": "string"}}}
THOUGHT: JsonObject = {"type": "thinking", "thinking": "Hm.", "signature": "another's"}
NO_SCHEMA: JsonObject = {"type": "object", "properties": {"n": {"type": "integr"}}}

BROKEN: Requests = [
    ("chat", chat(messages=[]), "messages: List should have at least 1"),
    ("chat", chat(chat_asks(chat_call())), "no tool result at the end"),
    ("chat", chat(chat_asks(chat_call()), HELLO), "turn 2: no tool result before it"),
    ("chat", chat(chat_asks(chat_call()), HELLO, chat_result()), "turn 2: no tool result before it"),
    ("chat", chat(chat_asks(chat_call(), chat_call("c2")), chat_result(), HELLO), r"\['c2'\]"),
    ("chat", chat(chat_asks(chat_call()), chat_result(), chat_result()), "'c1'.* was answered before"),
    ("chat", chat(chat_result("c9")), "'c9'.* is not known"),
    ("chat", chat(chat_asks(chat_call(), chat_call()), chat_result()), "ids must be unique, 'c1'"),
    ("chat", chat(chat_asks(chat_call(LONG)), chat_result(LONG)), "id: String should have at most 40"),
    ("chat", chat(chat_asks(chat_call(arguments="{")), chat_result()), "arguments: Invalid JSON"),
    ("chat", chat(chat_asks(chat_call(arguments="[]")), chat_result()), "arguments: .* valid dict"),
    ("chat", chat(chat_asks(chat_call(name="a b")), chat_result()), "function.name: String should match"),
    ("chat", chat({"role": "assistant", "content": None}), "content may be null only beside tool_calls"),
    ("chat", chat({"role": "narrator", "content": "x"}), "'narrator'"),
    ("chat", chat({**HELLO, "origin": "auditor"}), "origin: Extra inputs are not permitted"),
    ("chat", chat(tools=[]), "tools: List should have at least 1"),
    ("chat", chat(tools=[chat_tool("a.b")]), "name: String should match"),
    ("chat", chat(tools=[chat_tool(), chat_tool()]), "names must be unique, 'f'"),
    ("chat", chat(tools=[chat_tool(parameters={})]), "schema must have type 'object', got None"),
    ("chat", chat(tools=[chat_tool(parameters=NO_SCHEMA)]), "JSON schema is invalid: 'integr'"),
    ("chat", chat(tools=[chat_tool(parameters=UNTYPED_ITEMS)]), "array schema missing items"),
    ("chat", chat(tool_choice="auto"), "tool_choice: may only be given together with tools"),
    (
        "chat",
        chat(tools=[chat_tool()], tool_choice={"type": "function", "function": {"name": "g"}}),
        "'tool:g' names none of the tools",
    ),
    ("responses", respond(input=[]), "input: Value should have at least 1"),
    ("responses", respond(item("call")), "no tool result at the end"),
    ("responses", respond(item("call"), {"role": "assistant", "content": "x"}), "no tool result"),
    ("responses", respond(item("output")), "'c1'.* is not known"),
    ("responses", respond(item("output"), item("call")), "'c1'.* is not known"),
    ("responses", respond(item("call"), item("output"), item("output")), "was answered before"),
    ("responses", respond(item("call"), item("call"), item("output")), "ids must be unique, 'c1'"),
    ("responses", respond(item("call", LONG), item("output", LONG)), "call_id: .* at most 64"),
    ("responses", respond(item("call", id="c1"), item("output")), "id: String should match pattern '.fc'"),
    ("responses", respond({**HELLO, "id": "x1"}), "id: String should match pattern '.msg'"),
    ("responses", respond(item("call", arguments="no"), item("output")), "arguments: Invalid JSON"),
    ("responses", respond(item("call", name="f()"), item("output")), "name: String should match"),
    ("responses", respond({"type": "item_reference", "id": "x"}), "item_reference"),
    ("responses", respond({"type": "reasoning", "id": "rs1", "summary": []}), "encrypted_content: Field req"),
    ("responses", respond(previous_response_id="resp_1"), "previous_response_id"),
    ("responses", respond(tools=[{"type": "function", "name": "f"}]), "parameters: Field required"),
    ("messages", message(temperature=1.0), "temperature: Extra inputs are not permitted"),
    ("messages", {"model": "m", "messages": [HELLO]}, "max_tokens: Field required"),
    ("messages", message(messages=[]), "messages: List should have at least 1"),
    ("messages", message(messages=[{"role": "assistant", "content": "x"}]), "first message must be user"),
    ("messages", message(says("user", text(""))), "text: String should match"),
    ("messages", message(says("user", text(" \n"))), "text: String should match"),
    ("messages", message({"role": "user", "content": ""}), "content"),
    ("messages", message(says("user")), "should have at least 1"),
    ("messages", message({"role": "assistant", "content": "Well, "}), "trailing whitespace"),
    (
        "messages",
        message({"role": "assistant", "content": "Well,"}, model="claude-opus-4-6"),
        "not support assistant message prefill",
    ),
    ("messages", message(system=""), "system"),
    ("messages", message(says("assistant", use())), "no tool result at the end"),
    ("messages", message(says("assistant", use()), HELLO), "turn 2: no tool result before it"),
    (
        "messages",
        message(says("assistant", use()), says("user", text("Here:"), result())),
        "turn 2: no tool result before it",
    ),
    ("messages", message(says("assistant", use(), use("t2")), says("user", result())), r"\['t2'\]"),
    ("messages", message(says("assistant", use()), says("user", result(), result())), "answered before"),
    ("messages", message(says("user", result())), "'t1'.* is not known"),
    ("messages", message(says("assistant", use(), use()), says("user", result())), "unique, 't1'"),
    ("messages", message(says("assistant", use("t.1")), says("user", result("t.1"))), "id: String should"),
    ("messages", message(says("assistant", use(input="{}")), says("user", result())), "valid dictionary"),
    ("messages", message(says("assistant", use(name="a b")), says("user", result())), "name: String"),
    ("messages", message(tools=[{"name": LONG, "input_schema": OBJECT}]), "name: String should match"),
    ("messages", message(tools=[{"name": "f", "input_schema": {"type": "array"}}]), "got 'array'"),
    ("messages", message(tools=[{"name": "f"}]), "input_schema: Field required"),
    ("messages", message(tools=[{"name": "f", "input_schema": BAD_KEY}]), "property keys .* 'a b' does not"),
    ("messages", message(says("assistant", THOUGHT)), "Invalid `signature` in `thinking` block"),
    ("messages", message(tool_choice={"type": "auto"}), "may only be given together with tools"),
    ("messages", message(says("user", *[text("x", **MARK)] * 5)), "at most 4 blocks .* got 5"),
]

KEPT: Mapping[str, tuple[Wire, JsonObject]] = {
    "system after user": ("chat", chat(HELLO, {"role": "system", "content": ""}, HELLO)),
    "parallel results in any order": (
        "chat",
        chat(chat_asks(chat_call(), chat_call("c2")), chat_result("c2"), chat_result()),
    ),
    "user between call and output": (
        "responses",
        respond(item("call"), item("call", "c2"), HELLO, item("output", "c2"), item("output")),
    ),
    "prefill": ("messages", message(HELLO, {"role": "assistant", "content": "Well,"})),
    "text after results": (
        "messages",
        message(says("assistant", use()), says("user", result(), text("And now?"))),
    ),
    "user after results": (
        "messages",
        message(says("assistant", use()), says("user", result()), HELLO),
    ),
    "four cache marks": ("messages", message(says("user", *[text("x", **MARK)] * 4))),
    "system after user in messages": ("messages", message(says("system", text("Be brief.")))),
}


@pytest.fixture(scope="module")
def for_openai() -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key="k", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def for_anthropic() -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(api_key="k", max_retries=0) as client:
        yield client


Post = Callable[[str, JsonObject], object]


@pytest.fixture(scope="module")
def post(for_openai: openai.OpenAI, for_anthropic: anthropic.Anthropic) -> Post:
    """Sends a body, legal or not, through the client whose provider has the path."""

    def send(url: str, body: JsonObject) -> object:
        client = for_anthropic if url.endswith("/messages") else for_openai
        return client.post(url, body=body, cast_to=object)

    return send


@pytest.mark.parametrize(
    ("wire", "body", "fault"), BROKEN, ids=[f"{wire} {fault}" for wire, _, fault in BROKEN]
)
def test_a_broken_rule_is_refused(wire: Wire, body: JsonObject, fault: str, post: Post) -> None:
    refused = (openai.BadRequestError, anthropic.BadRequestError)
    with loopback_server(lambda _: Reply("Hi")) as server:
        with pytest.raises(refused, match=fault):
            post(server.anthropic_url + PATHS[wire], body)
        assert server.exchanges == ()
        assert [violation.split(":")[0] for violation in server.violations] == [wire]


@pytest.mark.parametrize(("wire", "body"), KEPT.values(), ids=list(KEPT))
def test_what_the_provider_allows_is_answered(wire: Wire, body: JsonObject, post: Post) -> None:
    with loopback_server(lambda _: Reply("Hi")) as server:
        post(server.anthropic_url + PATHS[wire], body)
        assert server.violations == ()


def test_a_request_needs_a_key_and_a_known_path(
    for_openai: openai.OpenAI, for_anthropic: anthropic.Anthropic
) -> None:
    with loopback_server(lambda _: Reply("Hi")) as server:
        url = server.anthropic_url
        keyless = {"Authorization": openai.omit}
        with pytest.raises(openai.AuthenticationError):
            for_openai.post(url + PATHS["chat"], body=chat(), options={"headers": keyless}, cast_to=object)
        with pytest.raises(anthropic.AuthenticationError):
            for_anthropic.post(
                url + PATHS["messages"],
                body=message(),
                options={"headers": {"Authorization": anthropic.omit}},
                cast_to=object,
            )
        with pytest.raises(openai.NotFoundError):
            for_openai.post(f"{url}/v1/embeddings", body={}, cast_to=object)
        assert len(server.violations) == 3
