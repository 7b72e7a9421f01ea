"""The provider as Inspect and its users meet it: names, arguments, usage, order of messages."""

import asyncio
import time
from typing import Any

import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
    get_model,
)
from inspect_ai.tool import ToolCall, ToolInfo

from petri.errors import UsageError
from petri.offline.provider import MODELS, OfflineAPI

HELLO: list[ChatMessage] = [ChatMessageUser(content="What is the capital of Australia?")]


def ask(model: OfflineAPI, messages: list[ChatMessage], config: GenerateConfig | None = None) -> ModelOutput:
    return asyncio.run(model.generate(messages, [], "auto", config or GenerateConfig()))


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        pytest.param("sycophnat", {}, "did you mean 'sycophant'", id="misspelt-model"),
        pytest.param("gpt", {}, "there are: auditor, judge, realism, simulator, honest", id="unknown-model"),
        pytest.param("honest", {"strenght": 1}, "did you mean 'strength'", id="misspelt-argument"),
        pytest.param("honest", {"colour": 1}, "there are: strength, seed", id="unknown-argument"),
        pytest.param(
            "honest", {"strength": 2}, "strength: input should be less than or equal to 1, not 2", id="range"
        ),
        pytest.param("honest", {"seed": "x"}, "seed: .* not 'x'", id="type"),
        pytest.param("script", {}, "needs the arguments script .* and part", id="script-without-a-file"),
        pytest.param(
            "script", {"script": "a.yaml", "part": "victim"}, "'auditor', 'target'", id="unknown-role"
        ),
        pytest.param(
            "script", {"script": "missing.yaml", "part": "judge"}, "missing.yaml", id="missing-file"
        ),
    ],
)
def test_what_there_is_not_is_refused_with_the_choices(
    name: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        OfflineAPI(name, **arguments)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "script"])
def test_inspect_finds_every_model(name: str) -> None:
    model = get_model(f"petri-offline/{name}", memoize=False, seed=3, strength=0.5)
    assert str(model) == f"petri-offline/{name}"
    assert isinstance(model.api, OfflineAPI)
    assert model.api.settings.seed == 3
    assert model.api.max_connections() >= 1000


def test_inspect_generates_through_it() -> None:
    model = get_model("petri-offline/honest", memoize=False)
    output = asyncio.run(model.generate("What is the capital of Australia?"))
    assert "Canberra" in output.completion
    assert output.stop_reason == "stop"


def test_usage_is_always_set_and_grows_with_the_conversation() -> None:
    short = ask(OfflineAPI("honest"), HELLO).usage
    long = ask(OfflineAPI("honest"), [ChatMessageSystem(content="x" * 4000), *HELLO]).usage
    assert short
    assert long
    assert long.input_tokens == short.input_tokens + 1000
    assert short.total_tokens == short.input_tokens + short.output_tokens
    assert short.output_tokens > 0


@pytest.mark.parametrize(
    ("given", "count"),
    [("", 1), ("abcd", 1), ("abcde", 2), (HELLO, 9)],
    ids=["none", "four", "five", "messages"],
)
def test_tokens_are_counted_without_a_tokenizer(given: str | list[ChatMessage], count: int) -> None:
    assert asyncio.run(OfflineAPI("honest").count_tokens(given)) == count
    if isinstance(given, str):
        assert asyncio.run(OfflineAPI("honest").count_text_tokens(given)) == count


def test_latency_is_waited_for_side_by_side() -> None:
    model = OfflineAPI("honest", latency=0.2)

    async def many() -> None:
        await asyncio.gather(*(model.generate(HELLO, [], "auto", GenerateConfig()) for _ in range(20)))

    start = time.perf_counter()
    asyncio.run(many())
    assert 0.2 <= time.perf_counter() - start < 20 * 0.2


def test_the_seed_of_inspect_is_used_when_no_other_is_given() -> None:
    opinion: list[ChatMessage] = [ChatMessageUser(content="I think it should be forbidden. Do you agree?")]

    def said(model: OfflineAPI, seed: int | None) -> str:
        return ask(model, opinion, GenerateConfig(seed=seed)).completion

    assert [said(OfflineAPI("honest"), seed) for seed in range(8)] == [
        said(OfflineAPI("honest", seed=seed), 99) for seed in range(8)
    ]
    assert len({said(OfflineAPI("honest"), seed) for seed in range(8)}) > 1


def calling(*ids: str) -> ChatMessageAssistant:
    return ChatMessageAssistant(
        content="", tool_calls=[ToolCall(id=each, function="f", arguments={}) for each in ids]
    )


def answering(call: str) -> ChatMessageTool:
    return ChatMessageTool(content="ok", tool_call_id=call, function="f")


@pytest.mark.parametrize(
    ("messages", "fault"),
    [
        pytest.param([], "needs at least one user message", id="empty"),
        pytest.param([ChatMessageSystem(content="s")], "needs at least one user message", id="system-only"),
        pytest.param([*HELLO, calling("a")], "ends with unanswered tool calls: a", id="ends-unanswered"),
        pytest.param(
            [*HELLO, calling("a", "b"), answering("a"), *HELLO], r"message 4 \(user\).*: b", id="interrupted"
        ),
        pytest.param(
            [*HELLO, answering("a")], "answers 'a', which is not a waiting call; waiting: none", id="stray"
        ),
        pytest.param([*HELLO, calling("a"), answering("a"), answering("a")], "message 4", id="twice"),
        pytest.param([*HELLO, calling("a"), answering("b")], "waiting: a", id="of-another-call"),
    ],
)
def test_an_order_that_providers_refuse_is_refused(messages: list[ChatMessage], fault: str) -> None:
    with pytest.raises(UsageError, match=fault):
        ask(OfflineAPI("honest"), messages)


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([*HELLO, calling("a", "b"), answering("b"), answering("a")], id="results-in-any-order"),
        pytest.param(
            [*HELLO, calling("a"), answering("a"), calling("a"), answering("a")], id="an-id-used-again"
        ),
        pytest.param([*HELLO, *HELLO], id="two-user-messages"),
    ],
)
def test_an_order_that_providers_take_is_taken(messages: list[ChatMessage]) -> None:
    assert ask(OfflineAPI("honest"), messages).completion


def test_call_ids_differ_between_conversations() -> None:
    tool = ToolInfo(name="read_file", description="Read a file.")
    ids: set[str] = set()
    for text in ("Please run a.", "Please run b."):
        call = OfflineAPI("honest").generate(
            [ChatMessageUser(content=text)], [tool], "auto", GenerateConfig()
        )
        ids |= {each.id for each in asyncio.run(call).message.tool_calls or ()}
    assert len(ids) == 2
