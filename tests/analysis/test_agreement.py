"""Agreement on published and hand-computed tables, against scipy, and by the properties that define each statistic."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from petri.analysis.agreement import (
    LEAST,
    Estimate,
    Statistic,
    Tally,
    bias,
    coincidences,
    estimate,
    mean_absolute_error,
    ordinal_alpha,
    pairs,
    retest_deviation,
    spearman,
    weighted_kappa,
    within_one,
)
from petri.analysis.calibrated_rate import Measured, correct_rate

Pairs = list[tuple[float, float]]

# Krippendorff 2011, "Computing Krippendorff's alpha-reliability", section D: four observers, twelve units, gaps.
KRIPPENDORFF = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
UNITS = [
    [float(value) for value in unit if value != "."]
    for unit in zip(*(row.split() for row in KRIPPENDORFF), strict=True)
]
CROSSED: Pairs = [(1, 1), (1, 1), (1, 2), (2, 1), (2, 2), (2, 2)]
SHIFTED: Pairs = [(2, 1), (3, 2), (4, 3)]


def each(found: Pairs) -> Tally:
    """Each pair in a transcript of its own."""
    return pairs([pair] for pair in found)


def value(tally: Tally, statistic: Statistic) -> float | None:
    found = float(statistic(tally.total()))
    return None if math.isnan(found) else found


# pairs, statistic -> value, worked out by hand
PAIRED: dict[str, tuple[Pairs, Statistic, float | None]] = {
    "kappa: nothing": ([], weighted_kappa, None),
    "kappa: perfect": ([(1, 1), (5, 5)], weighted_kappa, 1),
    "kappa: one value only": ([(1, 1), (1, 1)], weighted_kappa, None),
    "kappa: one reader never varies": ([(1, 1), (1, 5)], weighted_kappa, 0),
    # observed squares 2; expected 3 x 3 x 2 / 6 = 3
    "kappa: two of six crossed": (CROSSED, weighted_kappa, 1 / 3),
    "kappa: reversed": ([(1, 5), (5, 1)], weighted_kappa, -1),
    # observed 3; expected, over 3: (1 + 0 + 1) + (4 + 1 + 0) + (9 + 4 + 1) = 21, so 7
    "kappa: a shift counts": (SHIFTED, weighted_kappa, 1 - 3 / 7),
    "spearman: a shift does not": (SHIFTED, spearman, 1),
    "spearman: reversed": ([(1, 5), (5, 1)], spearman, -1),
    "spearman: one reader never varies": ([(1, 1), (1, 5)], spearman, None),
    "error: a shift": (SHIFTED, mean_absolute_error, 1),
    "error: both ways": (CROSSED, mean_absolute_error, 1 / 3),
    "error: nothing": ([], mean_absolute_error, None),
    "bias: a shift": (SHIFTED, bias, 1),
    "bias: both ways": (CROSSED, bias, 0),
    "within 1: a shift": (SHIFTED, within_one, 1),
    "within 1: half a point more": ([(1, 2.5), (1, 1)], within_one, 0.5),
}


@pytest.mark.parametrize("name", PAIRED)
def test_pairs(name: str) -> None:
    found, statistic, expected = PAIRED[name]
    assert value(each(found), statistic) == (None if expected is None else pytest.approx(expected))


# readings by transcript, statistic -> value
REPEATED: dict[str, tuple[list[list[float]], Statistic, float | None]] = {
    "alpha: the published example": (UNITS, ordinal_alpha, 0.815),
    "alpha: nothing": ([], ordinal_alpha, None),
    "alpha: single readings": ([[1], [5]], ordinal_alpha, None),
    "alpha: one value only": ([[1, 1], [1, 1]], ordinal_alpha, None),
    "alpha: perfect": ([[1, 1], [5, 5, 5]], ordinal_alpha, 1),
    # n = 4; observed 2 x 4 of squared distance; expected 8 x 4: 1 - 3 x 8 / 32
    "alpha: half": ([[1, 2], [1, 2]], ordinal_alpha, 1 - 3 * 16 / 32),
    "deviation: none": ([[3, 3], [7, 7]], retest_deviation, 0),
    # the sample variances are 2 and 0
    "deviation: in one of two": ([[1, 3], [7, 7]], retest_deviation, 1),
    "deviation: three readings": ([[1, 2, 3]], retest_deviation, 1),
}


@pytest.mark.parametrize("name", REPEATED)
def test_readings(name: str) -> None:
    found, statistic, expected = REPEATED[name]
    assert value(coincidences(found), statistic) == (
        None if expected is None else pytest.approx(expected, abs=5e-4)
    )


SCORES = st.integers(1, 10).map(float)
PAIRS = st.lists(st.tuples(SCORES, SCORES), min_size=2, max_size=25)
RATINGS = st.lists(st.lists(SCORES, min_size=1, max_size=4), min_size=2, max_size=15)


@given(PAIRS)
def test_spearman_is_scipys(found: Pairs) -> None:
    first, second = zip(*found, strict=True)
    assume(len({*first}) > 1 and len({*second}) > 1)
    assert value(each(found), spearman) == pytest.approx(stats.spearmanr(first, second).statistic)


@given(PAIRS)
def test_weighted_kappa_is_lins_concordance(found: Pairs) -> None:
    first, second = np.array(found).T
    expected = first.var() + second.var() + (first.mean() - second.mean()) ** 2
    assume(expected > 0)
    assert value(each(found), weighted_kappa) == pytest.approx(1 - ((first - second) ** 2).mean() / expected)


@given(RATINGS)
def test_alpha_by_its_definition(found: list[list[float]]) -> None:
    readings = sorted(reading for unit in found if len(unit) > 1 for reading in unit)
    assume(len({*readings}) > 1)

    def distance(one: float, other: float) -> float:
        low, high = sorted((one, other))
        between = sum(low <= reading <= high for reading in readings)
        return (between - (readings.count(low) + readings.count(high)) / 2) ** 2

    observed = sum(
        distance(*pair) / (len(unit) - 1)
        for unit in found
        if len(unit) > 1
        for pair in itertools.permutations(unit, 2)
    ) / len(readings)
    expected = np.mean([distance(*pair) for pair in itertools.permutations(readings, 2)])
    assert value(coincidences(found), ordinal_alpha) == pytest.approx(1 - observed / expected)


@given(PAIRS)
def test_bounds_and_symmetry(found: Pairs) -> None:
    there, back = each(found), each([(second, first) for first, second in found])
    for statistic in (weighted_kappa, spearman, mean_absolute_error, within_one):
        assert value(there, statistic) == (
            None if (v := value(back, statistic)) is None else pytest.approx(v)
        )
    assert value(there, bias) == pytest.approx(-(value(back, bias) or 0))
    for statistic in (weighted_kappa, spearman):
        agreed = value(there, statistic)
        assert agreed is None or -1 - 1e-9 <= agreed <= 1 + 1e-9
    assert 0 <= (value(there, within_one) or 0) <= 1
    assert (value(there, mean_absolute_error) or 0) >= abs(value(there, bias) or 0) - 1e-9


@given(PAIRS)
def test_ranks_do_not_feel_a_stretched_scale(found: Pairs) -> None:
    stretched = each([(first**3, second**3) for first, second in found])
    for statistic, tally in ((spearman, each(found)), (ordinal_alpha, each(found).both_ways())):
        other = stretched if statistic is spearman else stretched.both_ways()
        before, after = value(tally, statistic), value(other, statistic)
        assert before == (None if after is None else pytest.approx(after))


@given(PAIRS)
def test_kappa_does_not_feel_another_unit(found: Pairs) -> None:
    other = each([(10 * first - 3, 10 * second - 3) for first, second in found])
    before, after = value(each(found), weighted_kappa), value(other, weighted_kappa)
    assert before == (None if after is None else pytest.approx(after))


def noisy(size: int, seed: int = 0) -> Pairs:
    draw = np.random.default_rng(seed)
    truth = draw.integers(1, 11, size)
    read = np.clip(truth + draw.integers(-2, 3, size), 1, 10)
    return [(float(one), float(other)) for one, other in zip(read, truth, strict=True)]


def test_intervals_repeat_and_follow_the_seed() -> None:
    tally = each(noisy(40))
    assert estimate(tally, weighted_kappa) == estimate(tally, weighted_kappa)
    assert estimate(tally, weighted_kappa) != estimate(tally, weighted_kappa, seed=1)


def test_the_interval_of_a_mean_is_the_textbooks() -> None:
    found = noisy(400)
    differences = np.array([first - second for first, second in found])
    ci95 = estimate(each(found), bias).ci95
    assert ci95 is not None
    half = 1.96 * differences.std() / math.sqrt(len(found))
    assert ci95 == pytest.approx((differences.mean() - half, differences.mean() + half), abs=0.1 * half)


def test_more_labels_of_a_transcript_are_not_more_transcripts() -> None:
    found = noisy(30)
    for statistic in (weighted_kappa, spearman, bias):
        once, thrice = pairs([pair] for pair in found), pairs([pair] * 3 for pair in found)
        alone, repeated = estimate(once, statistic), estimate(thrice, statistic)
        assert repeated.value == pytest.approx(alone.value)
        assert repeated.ci95 == pytest.approx(alone.ci95)


def test_nothing_is_estimated_from_nothing() -> None:
    assert estimate(pairs([]), bias) == Estimate(value=None, ci95=None)


@pytest.mark.parametrize(
    ("found", "statistic"),
    [
        pytest.param(noisy(LEAST - 1), weighted_kappa, id="too few transcripts"),
        pytest.param([(1.0, 1.0), (9.0, 9.0)] * 10, weighted_kappa, id="no disagreement"),
        pytest.param([(2.0, 1.0)] * 20, bias, id="no spread"),
        pytest.param([(1.0, 1.0)] * 19 + [(9.0, 9.0)], spearman, id="undefined in many samples"),
    ],
)
def test_no_interval_is_better_than_a_false_one(found: Pairs, statistic: Statistic) -> None:
    estimated = estimate(each(found), statistic)
    assert estimated.value is not None
    assert estimated.ci95 is None


# Rates


def test_the_corrected_rate_of_a_worked_example() -> None:
    corrected = correct_rate(Measured(0.10, 300), Measured(0.80, 40), Measured(0.95, 100))
    assert corrected is not None
    assert corrected.rate == pytest.approx(0.05 / 0.75)
    parts = 0.09 / 300 + (1 - 1 / 15) ** 2 * 0.0475 / 100 + (1 / 15) ** 2 * 0.16 / 40
    assert corrected.variance == pytest.approx(parts / 0.75**2)


@given(st.floats(0, 1), st.floats(0.55, 1), st.floats(0.55, 1))
def test_correcting_undoes_the_errors(true: float, sensitivity: float, specificity: float) -> None:
    observed = true * sensitivity + (1 - true) * (1 - specificity)
    corrected = correct_rate(Measured(observed, 50), Measured(sensitivity, 20), Measured(specificity, 20))
    assert corrected is not None
    assert corrected.rate == pytest.approx(true, abs=1e-9)
    assert corrected.interval.low < corrected.interval.high


def test_fewer_hits_than_errors_are_told_as_they_are() -> None:
    corrected = correct_rate(Measured(0.0, 50), Measured(0.9, 30), Measured(0.9, 30))
    assert corrected is not None
    assert corrected.rate == pytest.approx(-0.125)
    assert corrected.interval.low < corrected.rate


@pytest.mark.parametrize(
    ("observed", "sensitivity", "specificity"),
    [
        pytest.param((0.5, 10), (0.5, 10), (0.5, 10), id="as chance"),
        pytest.param((0.5, 10), (0.2, 10), (0.6, 10), id="worse than chance"),
        pytest.param((0.5, 10), (1.0, 1), (0.05, 100), id="better than chance by one label alone"),
        pytest.param((0.5, 10), (1.0, 0), (1.0, 10), id="no hit was labelled"),
        pytest.param((0.5, 0), (1.0, 5), (1.0, 10), id="nothing was observed"),
    ],
)
def test_errors_that_cannot_be_undone(
    observed: tuple[float, int], sensitivity: tuple[float, int], specificity: tuple[float, int]
) -> None:
    assert correct_rate(Measured(*observed), Measured(*sensitivity), Measured(*specificity)) is None


@pytest.mark.parametrize(
    ("true", "sensitivity", "specificity", "sizes"),
    [
        pytest.param(0.02, 0.95, 0.98, (1000, 20, 20), id="rare, few labels"),
        pytest.param(0.10, 0.90, 0.97, (1000, 10, 20), id="few labels"),
        pytest.param(0.30, 0.90, 0.90, (50, 15, 30), id="few audits"),
    ],
)
def test_the_interval_covers_what_it_says(
    true: float, sensitivity: float, specificity: float, sizes: tuple[int, int, int]
) -> None:
    draw, covered, times = np.random.default_rng(0), 0, 1000
    n, hits, others = sizes
    rate = true * sensitivity + (1 - true) * (1 - specificity)
    for _ in range(times):
        found, right, left = (
            draw.binomial(n, rate),
            draw.binomial(hits, sensitivity),
            draw.binomial(others, specificity),
        )
        corrected = correct_rate(
            Measured(found / n, n), Measured(right / hits, hits), Measured(left / others, others)
        )
        assert corrected is not None
        covered += corrected.interval.low <= true <= corrected.interval.high
    assert covered / times >= 0.94
