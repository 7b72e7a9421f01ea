"""What an audit did cost, from the calls in its log."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from inspect_ai.event import Event, InfoEvent, ModelEvent
from inspect_ai.model import GenerateConfig, ModelOutput, ModelUsage

from petri.costs.prices import Prices
from petri.costs.spending import calls_by_role, cost_of

IN_NOVEMBER = datetime(2026, 11, 1, 12, tzinfo=UTC)


def call(model: str = "openai/gpt-5-mini", role: str = "target", **more: Any) -> ModelEvent:
    used = {"input_tokens": 1_000_000, "output_tokens": 100_000, "total_tokens": 1_100_000}
    usage = ModelUsage.model_validate(used | more.pop("usage", {}))
    fields: dict[str, Any] = {
        "model": model,
        "role": role,
        "input": [],
        "tools": [],
        "tool_choice": "auto",
        "config": GenerateConfig(batch=more.pop("batch", None)),
        "output": ModelOutput(usage=None if more.pop("silent", False) else usage),
        "timestamp": IN_NOVEMBER,
    }
    return ModelEvent.model_validate(fields | more)


@pytest.mark.parametrize(
    ("events", "usd"),
    [
        pytest.param([], None, id="nothing was called"),
        pytest.param([call()], 0.45, id="one call"),
        pytest.param([call(), call(role="judge", model="openai/gpt-5")], 0.45 + 2.25, id="two models"),
        pytest.param([call(), call("vllm/mine")], None, id="an unknown price"),
        pytest.param([call(), call(silent=True)], None, id="a call that does not say what it used"),
        pytest.param([call(), call(silent=True, error="timeout")], 0.45, id="a call that failed"),
        pytest.param([call(), call(pending=True)], 0.45, id="a call that was cut off"),
        pytest.param([call(), call(cache="read")], 0.45, id="from Inspect's own cache"),
        pytest.param([call("petri-offline/honest")], 0, id="simulated"),
        pytest.param([call("vllm/mine", usage={"total_cost": 3.5})], 3.5, id="Inspect knows"),
        pytest.param([call(usage={"input_tokens_cache_read": 1_000_000})], 0.475, id="cached"),
        pytest.param([call(usage={"reasoning_tokens": 50_000})], 0.45, id="reasoning is output"),
        pytest.param([call(batch=True)], 0.225, id="batch"),
        pytest.param([call(), InfoEvent(data={})], 0.45, id="what is no call"),
    ],
)
def test_an_audit_costs_what_its_calls_cost(events: Sequence[Event], usd: float | None) -> None:
    found = cost_of(events, Prices(), {})
    assert found == (None if usd is None else pytest.approx(usd))


def test_a_long_call_is_priced_as_one() -> None:
    """Twice 150,000 tokens are two short calls, not a long one."""
    short = call("google/gemini-2.5-pro", usage={"input_tokens": 150_000, "output_tokens": 0})
    assert cost_of([short, short], Prices(), {}) == pytest.approx(2 * 0.1875)


def test_a_model_that_is_served_elsewhere_has_no_known_price() -> None:
    assert cost_of([call()], Prices(), {"openai/gpt-5-mini": "http://127.0.0.1:8000/v1"}) is None


def test_calls_are_counted_by_role() -> None:
    events = [call(), call(role="judge"), call(), call(error="timeout"), InfoEvent(data={})]
    assert calls_by_role(events) == {"target": 2, "judge": 1}
