"""What models charge: the table, the file in front of it, and what neither knows."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from petri.costs.prices import OFFLINE, Prices, Rate, Tokens, known_prices, table_source
from petri.errors import InvalidFile

IN_NOVEMBER = datetime(2026, 11, 1, 12, tzinfo=UTC)  # some prices have hours
GIVEN = """\
petri: 1
prices:
  openai/gpt-5-mini: {input: 1, output: 2}
  vllm/*: {input: 0, output: 0}
  anthropic/mine: {input: 4, output: 8, cache_read: 0.5, cache_write: 6}
"""


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        pytest.param("openai/gpt-5-mini", (0.25, 2, 0.025, 0.25), id="openai"),
        pytest.param("anthropic/claude-sonnet-4-6", (3, 15, 0.3, 3.75), id="anthropic"),
        pytest.param("google/gemini-2.5-pro", (1.25, 10, 0.125, 1.25), id="google"),
        pytest.param("openai/azure/gpt-4o", (2.5, 10, 1.25, 2.5), id="azure-within-openai"),
        pytest.param("google/vertex/gemini-2.5-flash", (0.3, 2.5, 0.03, 0.3), id="vertex"),
        pytest.param("bedrock/anthropic.claude-3-5-sonnet-20241022-v2:0", (3, 15, 0.3, 3.75), id="bedrock"),
        pytest.param("grok/grok-4", (3, 15, 0.75, 3), id="named-otherwise"),
        pytest.param("openai-api/deepseek/deepseek-chat", (0.27, 1.1, 0.07, 0.27), id="openai-compatible"),
        pytest.param("openrouter/anthropic/claude-sonnet-4", (3, 15, 0.3, 3.75), id="openrouter"),
        pytest.param("petri-offline/honest", (0, 0, 0, 0), id="simulated"),
    ],
)
def test_a_known_model_has_a_price(model: str, expected: tuple[float, ...]) -> None:
    price = Prices().of(model, at=IN_NOVEMBER)
    assert price is not None
    assert (price.input.usd, price.output.usd, price.cache_read.usd, price.cache_write.usd) == expected
    assert price.source == (OFFLINE if model.startswith("petri-offline/") else table_source())


@pytest.mark.parametrize(
    ("model", "base_url"),
    [
        pytest.param("openai/gpt-99", None, id="unknown-model"),
        pytest.param("vllm/my-model", None, id="own-machine"),
        pytest.param("openai-api/vllm/gpt-4o", None, id="unknown-service"),
        pytest.param("petri-target/agent.py:reply", None, id="program"),
        pytest.param("gpt-4o", None, id="no-provider"),
        pytest.param("openai/gpt-4o", "http://127.0.0.1:8000/v1", id="served-elsewhere"),
    ],
)
def test_an_unknown_price_is_none(model: str, base_url: str | None) -> None:
    assert Prices().of(model, base_url=base_url) is None


def test_an_address_can_say_who_serves_a_model() -> None:
    price = Prices().of(
        "openai-api/any/deepseek-chat", base_url="https://api.deepseek.com/v1", at=IN_NOVEMBER
    )
    assert price is not None
    assert price.input == Rate(0.27)


def test_batches_are_cheaper() -> None:
    price = Prices().of("openai/gpt-5-mini", batch=True, at=IN_NOVEMBER)
    assert price is not None
    assert (price.input.usd, price.output.usd) == (0.125, 1)


@pytest.mark.parametrize(
    ("read", "usd"),
    [(100_000, 0.125), (200_000, 0.25), (200_001, 0.5000025)],
    ids=["short", "at the step", "past the step: all of it"],
)
def test_long_calls_cost_more(read: int, usd: float) -> None:
    price = Prices().of("google/gemini-2.5-pro", at=IN_NOVEMBER)
    assert price is not None
    assert price.cost(Tokens(input=read)) == pytest.approx(usd)
    assert price.cost(Tokens(input=10 * read), calls=10) == pytest.approx(10 * usd)


def test_what_is_cached_has_its_own_price() -> None:
    price = Prices().of("anthropic/claude-sonnet-4-6", at=IN_NOVEMBER)
    assert price is not None
    tokens = Tokens(input=1_000, output=100, cache_read=10_000, cache_write=2_000)
    assert price.cost(tokens) == pytest.approx((1_000 * 3 + 100 * 15 + 10_000 * 0.3 + 2_000 * 3.75) / 1e6)
    assert price.most(13_000, 100) == pytest.approx((13_000 * 3.75 + 100 * 15) / 1e6)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        pytest.param("openai/gpt-5-mini", (1, 2, 1, 1), id="before-the-table"),
        pytest.param("vllm/any/thing", (0, 0, 0, 0), id="pattern"),
        pytest.param("anthropic/mine", (4, 8, 0.5, 6), id="caches"),
    ],
)
def test_the_file_goes_before_the_table(tmp_path: Path, model: str, expected: tuple[float, ...]) -> None:
    (tmp_path / "petri-prices.yaml").write_text(GIVEN, encoding="utf-8")
    prices = known_prices()
    price = prices.of(model)
    assert price is not None
    assert (price.input.usd, price.output.usd, price.cache_read.usd, price.cache_write.usd) == expected
    assert price.source == "petri-prices.yaml"
    assert prices.of("openai/gpt-99") is None


def test_the_example_of_the_docs_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "costs.md").read_text(encoding="utf-8")
    (tmp_path / "petri-prices.yaml").write_text(page.split("```text\n")[1].split("```")[0], encoding="utf-8")
    price = known_prices().of("anthropic/claude-sonnet-4-6")
    assert price is not None
    assert price.cache_write == Rate(3)


def test_a_variable_names_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ours.yaml").write_text(GIVEN, encoding="utf-8")
    monkeypatch.setenv("PETRI_PRICES", "ours.yaml")
    price = known_prices().of("vllm/x")
    assert price is not None
    assert price.source == "ours.yaml"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("petri: 1\nprices: {a/b: {input: -1, output: 2}}\n", "2:23: .*at least 0"),
        ("petri: 1\nprices: {a/b: {input: 1}}\n", "2:15: .*missing key 'output'"),
        ("petri: 1\nprices:\n  a/b: {input: 1, output: 2, cached: 1}\n", "3:30: .*unknown key 'cached'"),
        ("petri: 1\nprices: {a/b: {input: '1', output: 2}}\n", "2:23: .*a number"),
        ("prices: {}\n", "1:1: .*missing key 'petri'"),
    ],
    ids=["negative", "missing", "unknown key", "text", "no version"],
)
def test_a_faulty_file_says_where(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "petri-prices.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFile) as raised:
        known_prices()
    assert re.search(f"petri-prices.yaml:{fault}", str(raised.value)), raised.value


def test_a_file_that_is_named_has_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PETRI_PRICES", "nowhere.yaml")
    with pytest.raises(InvalidFile, match=r"nowhere\.yaml:0:0: no such file"):
        known_prices()


def test_the_table_says_how_old_it_is() -> None:
    assert re.fullmatch(
        r"price table genai-prices \d+\.\d+\.\d+, changes up to 20\d\d-\d\d-\d\d", table_source()
    )
