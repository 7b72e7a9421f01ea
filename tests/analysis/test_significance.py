"""Tests of differences against SciPy, statsmodels, and tables small enough to count by hand."""

from importlib import import_module
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from petri.analysis.claims import weigh
from petri.analysis.significance import EXACT, benjamini_hochberg, holm, sign_flip_p
from petri.analysis.stats import mean_error

# They have no types.
multitest: Any = import_module("statsmodels.stats.multitest")
power: Any = import_module("statsmodels.stats.power")
weightstats: Any = import_module("statsmodels.stats.weightstats")

# differences -> p
COUNTED: dict[str, tuple[list[float], float | None]] = {
    "nothing": ([], None),
    "one scenario": ([3], None),
    "one that differs": ([0, 0, 4], None),
    "two alike: one of two patterns is as extreme": ([1, 1], 0.25),
    "two against each other": ([2, -2], 0.75),
    "four alike": ([1, 1, 1, 1], 1 / 16),
    "five alike": ([2, 2, 2, 2, 2], 1 / 32),
    "scenarios without a difference say nothing": ([0, 0, 0, 1, 1, 1, 1], 1 / 16),
    # sums 6, 4, 4 and 2: of four patterns one lies beyond the observed 4, and two are as extreme
    "one more extreme": ([1, -1, 4], (1 + 2 / 2) / 4),
}


@pytest.mark.parametrize("name", COUNTED)
def test_few_scenarios_are_counted(name: str) -> None:
    differences, wanted = COUNTED[name]
    assert sign_flip_p(differences) == (None if wanted is None else pytest.approx(wanted))


@given(st.lists(st.integers(-9, 9), min_size=2, max_size=9))
def test_counting_agrees_with_going_through_all_patterns(differences: list[int]) -> None:
    given = [each for each in differences if each]
    if len(given) < 2:
        assert sign_flip_p(differences) is None
        return
    sums = [
        abs(sum(s * d for s, d in zip(signs, given, strict=True)))
        for signs in product((1, -1), repeat=len(given))
    ]
    observed = abs(sum(given))
    wanted = (sum(s > observed for s in sums) + sum(s == observed for s in sums) / 2) / len(sums)
    assert sign_flip_p(differences) == pytest.approx(wanted)


def test_without_ties_it_is_scipys_permutation_test_less_half_of_the_observed_patterns() -> None:
    data = np.random.default_rng(1).normal(0.4, 1, EXACT)
    theirs = stats.permutation_test((data,), np.sum, permutation_type="samples", n_resamples=2**EXACT)
    assert sign_flip_p(data.tolist()) == pytest.approx(float(theirs.pvalue) - 1 / 2**EXACT)


def test_of_many_scenarios_the_draws_come_near_to_the_t_test() -> None:
    data = np.random.default_rng(2).normal(0.25, 1, 60)
    ours, theirs = sign_flip_p(data.tolist()), stats.ttest_1samp(data, 0).pvalue
    assert ours == pytest.approx(float(theirs), abs=0.01)
    assert ours == sign_flip_p(data.tolist())


# p-values -> Holm's, Benjamini and Hochberg's; the last from their paper of 1995, table 1
ADJUSTED: dict[str, tuple[list[float | None], list[float | None], list[float | None]]] = {
    "none": ([], [], []),
    "one": ([0.04], [0.04], [0.04]),
    "two": ([0.03, 0.01], [0.03, 0.02], [0.03, 0.02]),
    "never above one, never out of order": ([0.6, 0.5, 0.4], [1, 1, 1], [0.6, 0.6, 0.6]),
    "no test costs nothing": ([None, 0.03, None, 0.01], [None, 0.03, None, 0.02], [None, 0.03, None, 0.02]),
}


@pytest.mark.parametrize("name", ADJUSTED)
def test_many_p_values(name: str) -> None:
    values, by_holm, by_rate = ADJUSTED[name]
    assert list(holm(values)) == [None if p is None else pytest.approx(p) for p in by_holm]
    assert list(benjamini_hochberg(values)) == [None if p is None else pytest.approx(p) for p in by_rate]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_the_rate_of_false_claims_is_scipys(values: list[float]) -> None:
    assert list(benjamini_hochberg(values)) == pytest.approx(list(stats.false_discovery_control(values)))


@pytest.mark.parametrize("seed", range(4))
def test_both_adjustments_are_those_of_statsmodels(seed: int) -> None:
    values: list[float] = (np.random.default_rng(seed).random(9) ** 4).tolist()
    for ours, method in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
        theirs: list[float] = list(multitest.multipletests(values, method=method)[1])
        assert list(ours(values)) == pytest.approx(theirs)


def test_the_published_example_rejects_what_it_rejected() -> None:
    """Benjamini and Hochberg 1995, section 4: of 15 hypotheses Bonferroni's way rejects 3 and theirs 4."""
    published = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    published += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    assert sum(p <= 0.05 for p in benjamini_hochberg(published) if p is not None) == 4
    assert sum(p <= 0.05 for p in holm(published) if p is not None) == 3


# difference, error, freedom, p, margin -> claim, equivalent
CLAIMS: dict[str, tuple[tuple[float, float, float, float | None, float], tuple[str, bool]]] = {
    "found": ((2.0, 0.5, 20, 0.001, 1.0), ("supported", False)),
    "found, and too small to matter": ((0.4, 0.1, 20, 0.001, 1.0), ("supported", True)),
    "nearly nothing, sharply measured": ((0.1, 0.1, 20, 0.4, 1.0), ("not supported", True)),
    "would have been found": ((0.8, 0.33, 50, 0.06, 1.0), ("not supported", False)),
    "vague": ((0.8, 0.9, 10, 0.4, 1.0), ("underpowered", False)),
    "no test could be made": ((0.1, 0.9, 4, None, 1.0), ("underpowered", False)),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_what_may_be_claimed(name: str) -> None:
    given, wanted = CLAIMS[name]
    said = weigh(*given)
    assert (said.claim, said.equivalent) == wanted


def test_what_could_have_been_found_is_what_planning_says() -> None:
    """With z for t it is Miller's (2024): 80 % of power at 2.8 standard errors."""
    assert weigh(0, 1, 10_000, None, 1).detectable == pytest.approx(2.802, abs=1e-3)


@pytest.mark.parametrize("scenarios", [10, 20, 40])
def test_what_could_have_been_found_has_the_power_that_statsmodels_gives_it(scenarios: int) -> None:
    """By the non-central t distribution, of which two central quantiles are an approximation."""
    freedom = scenarios - 1
    detectable = weigh(0, 1 / np.sqrt(scenarios), freedom, None, 1).detectable
    assert power.TTestPower().power(detectable, scenarios, 0.05) == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("margin", [0.2, 0.5, 0.9])
def test_equivalence_is_statsmodels_two_one_sided_tests(seed: int, margin: float) -> None:
    first, second = np.random.default_rng(seed).normal(5, 0.8, (2, 20))
    changes: list[float] = (second - first).tolist()
    told = mean_error(changes, [str(n) for n in range(20)])
    assert told is not None
    p, *_ = weightstats.ttost_paired(second, first, -margin, margin)
    assert weigh(float(np.mean(changes)), *told, None, margin).equivalent == bool(p < 0.05)
