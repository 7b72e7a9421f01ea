"""Rates over a cascade: what was read with a probability stands for as many audits, and nothing else changes."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import pytest

from petri.analysis.results import Audit
from petri.analysis.stats import (
    clustered_mean_interval,
    effective_size,
    rate_interval,
    weighted_mean,
)
from petri.analysis.summary import missing, summarise
from petri.judge.cascade import draw
from petri.judge.verdict import Status
from petri.rubric.schema import Dimension
from tests.analysis.rows import row

CAVING = Dimension(name="caving", description="x", threshold=5)

T1 = 12.706204736432095  # Student's t, 97.5 %, 1 degree of freedom


def read(
    value: float | None, inclusion: float | None, scenario: str = "a", status: Status | None = None
) -> Audit:
    audit = row(value=value, status=status, scenario=scenario)
    score = audit.scores["caving"].model_copy(update={"inclusion": inclusion})
    return audit.model_copy(update={"scores": {"caving": score}})


UNREAD: Final = read(None, 0.25, status="skipped")
FLAGGED: Final = read(9, 1, "b")


@dataclass(frozen=True, slots=True)
class Case:
    """Audits of a cascade, and what they tell of all."""

    audits: Sequence[Audit]
    n: tuple[int, int, int]
    """Valid, scored, and screened only."""
    mean: float | None
    hit_rate: float | None
    effective_n: float | None
    bounds: tuple[float | None, float | None]
    unscored: dict[str, int]


CASES: dict[str, Case] = {
    "no cascade": Case([read(9, None), read(1, None)], (2, 2, 0), 5, 0.5, None, (5, 5), {}),
    "all flagged": Case([FLAGGED, read(1, 1)], (2, 2, 0), 5, 0.5, 2, (5, 5), {}),
    "one drawn of four": Case(
        [FLAGGED, read(1, 0.25), UNREAD, UNREAD, UNREAD],
        (5, 2, 3),
        (9 + 4 * 1) / 5,
        1 / 5,
        25 / 17,
        (13 / 5, 13 / 5),
        {},
    ),
    "a miss of the screener weighs most": Case(
        [FLAGGED, read(9, 0.25), UNREAD], (3, 2, 1), 9, 1, 25 / 17, (9, 9), {}
    ),
    "none drawn: what was flagged says nothing of the rest": Case(
        [FLAGGED, UNREAD], (2, 1, 1), None, None, None, (None, None), {}
    ),
    "the one that was drawn was lost": Case(
        [FLAGGED, UNREAD, read(None, 0.25, status="judge_refused")],
        (3, 1, 1),
        None,
        None,
        None,
        (None, None),
        {"judge_refused": 1},
    ),
    "the one that was drawn does not apply, and so do those it stands for": Case(
        [FLAGGED, UNREAD, read(None, 0.25, status="not_applicable")],
        (3, 1, 1),
        9,
        1,
        1,
        (9, 9),
        {"not_applicable": 1},
    ),
    "a lost value counts in the bounds for as many as it stands for": Case(
        [FLAGGED, read(1, 0.25), read(None, 0.25, status="error"), UNREAD],
        (4, 2, 1),
        13 / 5,
        1 / 5,
        25 / 17,
        ((9 + 4 + 40) / 9, (9 + 4 + 4) / 9),
        {"error": 1},
    ),
    "all drawn": Case([read(9, 1), read(1, 1)], (2, 2, 0), 5, 0.5, 2, (5, 5), {}),
    "only screened": Case([UNREAD], (1, 0, 1), None, None, None, (None, None), {}),
}


@pytest.mark.parametrize("name", CASES)
def test_summary(name: str) -> None:
    case = CASES[name]
    found = summarise(CAVING, case.audits)
    assert (found.n_valid, found.n_scored, found.n_screened) == case.n
    assert found.n_valid == found.n_scored + sum(found.unscored.values()) + found.n_screened
    assert found.unscored == case.unscored
    numbers = (found.mean, found.hit_rate, found.effective_n)
    assert numbers == pytest.approx((case.mean, case.hit_rate, case.effective_n))
    assert (found.mean_if_unscored_worst, found.mean_if_unscored_best) == pytest.approx(case.bounds)
    assert (found.hit_rate_ci95 is None) == (found.mean is None)


def test_what_was_only_screened_is_not_missing() -> None:
    assert missing(UNREAD) == []


def test_where_everything_is_read_for_certain_the_numbers_are_those_of_no_cascade() -> None:
    values = random.Random(4).choices([1, 2, 3.5, 4, 6, 9], k=60)
    plain = [read(value, None, f"s{number % 13}") for number, value in enumerate(values)]
    certain = [read(value, 1, f"s{number % 13}") for number, value in enumerate(values)]
    found = summarise(CAVING, certain)
    assert found.effective_n == 60
    assert found.model_copy(update={"effective_n": None}) == summarise(CAVING, plain)


def test_weights_by_hand() -> None:
    """Two scenarios, one value each, the second of which stands for three audits."""
    assert weighted_mean([8, 4], [1, 3]) == 5
    assert weighted_mean([], []) is None
    assert effective_size([1, 3]) == 1.6
    assert effective_size([]) == 0
    # deviations 3 and -1, weighted 3 and -3: sqrt(18 * 2) / 4; 2 * 1.6 / 2 - 1 degrees of freedom, but never below 1
    assert clustered_mean_interval([8, 4], ["a", "b"], [1, 3]) == pytest.approx((5 - T1 * 1.5, 5 + T1 * 1.5))
    # a rate of 1/4 among 1.6
    assert rate_interval([True, False], ["a", "b"], [1, 3]) == pytest.approx((0.0221185, 0.8308621), abs=1e-6)


@dataclass(frozen=True, slots=True)
class World:
    """Audits, and how good their screener is."""

    scenarios: int
    each: int
    sample: float
    finds: float
    """The part of the hits that it flags."""
    accuses: float
    """The part of the others that it flags."""


WORLDS: dict[str, World] = {
    "a good screener": World(60, 5, 0.1, 0.9, 0.1),
    "a blind screener": World(60, 5, 0.2, 0.2, 0.1),
    "one that accuses most": World(30, 4, 0.3, 1.0, 0.7),
    "few audits": World(25, 3, 0.25, 0.8, 0.1),
}
TURNS: Final = 1000
RATE: Final = 0.15
MEAN: Final = RATE * 7.5 + (1 - RATE) * 2.5


@dataclass(slots=True)
class Run:
    """What the panel read in one of many runs; scenarios differ in how often their audits are hits."""

    values: list[float] = field(default_factory=list[float])
    scenarios: list[str] = field(default_factory=list[str])
    weights: list[float] = field(default_factory=list[float])
    drawn: int = 0

    @property
    def hits(self) -> list[bool]:
        return [value >= 5 for value in self.values]

    def covers(self) -> tuple[bool, bool]:
        """Whether the intervals of the mean and of the rate hold what is true."""
        mean = clustered_mean_interval(self.values, self.scenarios, self.weights)
        rate = rate_interval(self.hits, self.scenarios, self.weights)
        return (
            mean is not None and mean.low <= MEAN <= mean.high,
            rate is not None and rate.low <= RATE <= rate.high,
        )


def a_run(world: World, seed: int) -> Run:
    chance = random.Random(seed)
    run = Run()
    for scenario in range(world.scenarios):
        often = chance.betavariate(2 * RATE, 2 * (1 - RATE))
        for epoch in range(world.each):
            hit = chance.random() < often
            flagged = chance.random() < (world.finds if hit else world.accuses)
            probability = 1.0 if flagged else world.sample
            value = chance.randint(5, 10) if hit else chance.randint(1, 4)
            if draw(f"s{scenario}-{epoch}", str(seed)) < probability:
                run.values.append(value)
                run.scenarios.append(str(scenario))
                run.weights.append(1 / probability)
                run.drawn += not flagged
    return run


@pytest.mark.parametrize("name", WORLDS)
def test_over_many_runs_the_rates_are_right_and_the_intervals_hold_them(name: str) -> None:
    """The runs are the same ones each time: their chance is seeded, and the draws follow from their names."""
    world = WORLDS[name]
    runs = [run for run in (a_run(world, seed) for seed in range(TURNS)) if run.drawn]
    assert len(runs) >= 0.99 * TURNS
    audits = sum(sum(run.weights) for run in runs) / len(runs)
    assert audits == pytest.approx(world.scenarios * world.each, rel=0.02)
    rates = [weighted_mean(run.hits, run.weights) or 0 for run in runs]
    means = [weighted_mean(run.values, run.weights) or 0 for run in runs]
    assert sum(rates) / len(runs) == pytest.approx(RATE, abs=0.006)
    assert sum(means) / len(runs) == pytest.approx(MEAN, abs=0.045)
    plain = sum(sum(run.hits) / len(run.hits) for run in runs) / len(runs)
    assert plain > RATE + 0.02  # of what the panel read, whatever it stands for
    everything = [a_run(replace(world, sample=1), seed) for seed in range(TURNS)]
    for part, whole in zip(coverage(runs), coverage(everything), strict=True):
        assert part >= min(whole, 0.95) - 0.015


def coverage(runs: Sequence[Run]) -> tuple[float, float]:
    """How often the intervals of the mean and of the rate hold what is true."""
    found = [run.covers() for run in runs]
    return sum(mean for mean, _ in found) / len(runs), sum(rate for _, rate in found) / len(runs)
