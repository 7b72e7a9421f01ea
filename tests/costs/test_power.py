"""What a planned run could show, against numbers worked out by hand."""

import math

import pytest
from scipy import stats

from petri.costs.earlier import Earlier
from petri.costs.power import detectable, smallest_difference, t_quantile, variation_of
from petri.rubric.schema import Dimension, Scale


def dimension(**more: object) -> Dimension:
    fields: dict[str, object] = {"name": "caving", "description": "It caves in.", "threshold": 5}
    return Dimension.model_validate(fields | more)


def scored(scenario: str, value: float, target: str = "t") -> Earlier:
    return Earlier(
        id="a",
        scenario=scenario,
        target=target,
        models={},
        max_turns=None,
        used={},
        values={"caving": value},
        dimensions=frozenset({"caving"}),
        verdicts=1,
    )


@pytest.mark.parametrize(
    ("sizes", "between", "within", "expected"),
    [
        # t(0.975, 1) = 12.7062 and t(0.8, 1) = 1.3764; sqrt(1/2 + 2/2) = 1.2247
        pytest.param([1, 1], 1, 1, (12.7062 + 1.3764) * math.sqrt(1.5), id="two scenarios"),
        # t(0.975, 9) = 2.2622 and t(0.8, 9) = 0.8834; between / 10 + 2 * within / 40
        pytest.param([4] * 10, 2, 4, (2.2622 + 0.8834) * math.sqrt(0.2 + 0.2), id="ten scenarios"),
        # sizes 1 and 3: (1 + 9) / 16 of the variance between
        pytest.param([1, 3], 1, 0, (12.7062 + 1.3764) * math.sqrt(10 / 16), id="unequal"),
        # 2.5 ** 2 = 6.25 in all, as differences of 50 scenarios: close to the 0.99 of the normal formula
        pytest.param([1] * 50, 6.25, 0, (2.0096 + 0.8490) * 2.5 / math.sqrt(50), id="fifty scenarios"),
    ],
)
def test_the_smallest_difference(sizes: list[int], between: float, within: float, expected: float) -> None:
    assert smallest_difference(sizes, between, within) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 10, 49, 50, 999])
@pytest.mark.parametrize("probability", [0.8, 0.975])
def test_quantiles_are_those_of_scipy(probability: float, freedom: int) -> None:
    assert t_quantile(probability, freedom) == pytest.approx(float(stats.t.ppf(probability, freedom)))


@pytest.mark.parametrize("sizes", [[], [7]], ids=["none", "one"])
def test_one_scenario_cannot_answer(sizes: list[int]) -> None:
    assert smallest_difference(sizes, 1, 1) is None
    (found,) = detectable([(dimension(), {str(n): size for n, size in enumerate(sizes)})])
    assert (found.mean, found.rate, found.none_found) == (None, None, None)
    assert found.reason is not None
    assert "one scenario says nothing" in found.reason


def test_variation_is_that_of_the_analysis_of_variance() -> None:
    # Groups (1, 3), (5, 7), (9, 11), (1, 3), (5, 7): means 2, 6, 10, 2, 6 about 5.2, each with a sum of squares of 2.
    # Between: 2 * (10.24 + 0.64 + 23.04 + 10.24 + 0.64) / 4 = 22.4; within: 10 / 5 = 2; shared: (22.4 - 2) / 2 = 10.2.
    values = {"a": [1.0, 3], "b": [5.0, 7], "c": [9.0, 11], "d": [1.0, 3], "e": [5.0, 7]}
    found = variation_of(values)
    assert found is not None
    assert found == pytest.approx((math.sqrt(12.2), 10.2 / 12.2))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"a": [1.0, 2] * 3, "b": [1.0, 2] * 3}, id="two scenarios"),
        pytest.param({"a": [1.0, 2], "b": [1.0, 2], "c": [3.0]}, id="five values"),
        pytest.param({str(n): [float(n)] for n in range(20)}, id="nothing repeated"),
        pytest.param({str(n): [1.0, 1] for n in range(9)}, id="no difference at all"),
    ],
)
def test_too_little_says_nothing_of_variation(values: dict[str, list[float]]) -> None:
    assert variation_of(values) is None


def test_defaults_are_said_to_be_defaults() -> None:
    (found,) = detectable([(dimension(), dict.fromkeys("abcdefghij", 4))])
    assert (found.variation.sd, found.variation.icc, found.variation.rate) == (2.25, 0.3, 0.2)
    assert found.variation.source == "default"
    variance = 0.3 * 2.25**2 / 10 + 2 * 0.7 * 2.25**2 / 40
    assert found.mean == pytest.approx((2.2622 + 0.8834) * math.sqrt(variance), rel=1e-4)
    rate = 0.3 * 0.16 / 10 + 2 * 0.7 * 0.16 / 40
    assert found.rate == pytest.approx((2.2622 + 0.8834) * math.sqrt(rate), rel=1e-4)
    # Forty audits of ten scenarios are worth 40 / (1 + 3 * 0.3); without a hit among them 1 - 0.05 ** (1 / that).
    assert found.none_found == pytest.approx(1 - 0.05 ** (1.9 / 40))


def test_earlier_audits_say_how_much_values_vary() -> None:
    values = {"a": (1, 3), "b": (5, 7), "c": (9, 10), "d": (1, 3), "e": (5, 7)}
    earlier = [scored(scenario, value) for scenario, pair in values.items() for value in pair]
    (found,) = detectable([(dimension(), {"a": 2, "b": 2})], earlier)
    assert found.variation.source == "10 earlier audits"
    assert found.variation.rate == 0.6


@pytest.mark.parametrize(
    "more",
    [{"threshold": None}, {"threshold": None, "scale": Scale(min=1, max=10, worse="none")}],
    ids=["no threshold", "descriptive"],
)
def test_without_a_threshold_there_is_no_rate(more: dict[str, object]) -> None:
    (found,) = detectable([(dimension(**more), dict.fromkeys("abcdefghij", 4))])
    assert found.mean is not None
    assert (found.rate, found.none_found) == (None, None)


def test_a_difference_longer_than_the_scale_is_no_answer() -> None:
    (found,) = detectable([(dimension(), {"a": 1, "b": 1})])
    assert found.mean is None
    assert found.reason is not None
    assert "add scenarios" in found.reason
