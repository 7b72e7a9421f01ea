"""Components of variance against worked examples, and against data that was drawn with known ones."""

from importlib import import_module
from typing import Any

import numpy as np
import pytest

from petri.analysis.components import Components, Rated, Source, components


def drawn(
    chance: np.random.Generator, sizes: list[int], judges: int, sd: tuple[float, float, float, float]
) -> list[Rated]:
    """Audits with these standard deviations of scenarios, epochs, judges and readings."""
    scenario, epoch, judge, reading = sd
    strict = chance.normal(0, judge, judges)
    audits: list[Rated] = []
    for number, size in enumerate(sizes):
        centre = chance.normal(0, scenario)
        for _ in range(size):
            one = centre + chance.normal(0, epoch)
            audits.append(Rated(str(number), tuple(one + strict + chance.normal(0, reading, judges))))
    return audits


def test_one_judge_is_the_textbook_one_way_table() -> None:
    """Three groups of three: mean squares 21 within 1, so (21 - 1) / 3 between groups."""
    values = {"a": (1, 2, 3), "b": (4, 5, 6), "c": (6.29150262, 7.29150262, 8.29150262)}
    audits = [Rated(name, (value,)) for name, group in values.items() for value in group]
    found = components(audits)
    assert found is not None
    groups = [np.mean(group) for group in values.values()]
    between = 3 * float(np.var(groups, ddof=1))
    assert found.variances == {"scenario": pytest.approx((between - 1) / 3), "epoch": pytest.approx(1)}
    assert found.error() == pytest.approx(np.sqrt((between - 1) / 9 + 1 / 9))


def test_balanced_data_give_statsmodels_restricted_maximum_likelihood() -> None:
    """Where no estimate is below 0 the analysis of variance is REML (Searle, Casella and McCulloch 1992, 4.8)."""
    audits = drawn(np.random.default_rng(3), [4] * 12, 1, (1.5, 1.0, 0, 0))
    library: Any = import_module("statsmodels.regression.mixed_linear_model")
    groups = np.array([int(audit.scenario) for audit in audits])
    model = library.MixedLM([audit.values[0] for audit in audits], np.ones((48, 1)), groups=groups)
    theirs: Any = model.fit(reml=True)
    found = components(audits)
    assert found is not None
    assert found.variances["scenario"] == pytest.approx(float(theirs.cov_re[0, 0]), rel=1e-3)
    assert found.variances["epoch"] == pytest.approx(float(theirs.scale), rel=1e-4)
    assert found.error() == pytest.approx(float(theirs.bse_fe[0]), rel=1e-3)


def test_a_panel_is_the_textbook_two_way_table() -> None:
    """Shrout and Fleiss 1979: six targets, four judges; mean squares 32.49 for judges, 1.02 for the residual."""
    ratings = [(9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7)]
    found = components([Rated("abc"[n // 2], tuple(map(float, row))) for n, row in enumerate(ratings)])
    assert found is not None
    assert found.variances["reading"] == pytest.approx(1.02, abs=0.005)
    assert found.variances["judge"] == pytest.approx((32.49 - 1.02) / 6, abs=0.01)


@pytest.mark.parametrize("judges", [1, 3])
def test_over_many_draws_the_components_are_those_drawn_from(judges: int) -> None:
    chance = np.random.default_rng(judges)
    sd = (1.5, 1.0, 0.5, 0.8)
    found = [components(drawn(chance, [2, 3, 4, 3, 5, 3, 2, 4] * 3, judges, sd)) for _ in range(300)]
    known = [each.variances for each in found if each is not None]
    assert len(known) == 300
    wanted: dict[Source, float] = (
        {"scenario": 2.25, "epoch": 1.64}
        if judges == 1
        else {"scenario": 2.25, "epoch": 1, "judge": 0.25, "reading": 0.64}
    )
    for source, variance in wanted.items():
        mean = float(np.mean([each[source] for each in known]))
        assert mean == pytest.approx(variance, rel=0.12), source


# audits -> why nothing can be told apart
TOO_LITTLE = {
    "nothing": [],
    "two scenarios": [Rated("a", (1.0,)), Rated("a", (2.0,)), Rated("b", (3.0,)), Rated("b", (5.0,))],
    "one audit a scenario": [Rated(name, (float(n),)) for n, name in enumerate("abcdef")],
}


@pytest.mark.parametrize("name", TOO_LITTLE)
def test_what_cannot_be_told_apart_is_none(name: str) -> None:
    assert components(TOO_LITTLE[name]) is None


# variances, judges -> shares of the first source, what to buy
ADVICE: dict[str, tuple[Components, str | None]] = {
    "scenarios differ": (Components({"scenario": 4, "epoch": 1}, 10, 30, 1), "scenarios"),
    "epochs differ, and cost no new scenario": (Components({"scenario": 0, "epoch": 1}, 10, 30, 1), "epochs"),
    "judges differ": (
        Components({"scenario": 1, "epoch": 1, "judge": 2, "reading": 0}, 50, 250, 2),
        "judges",
    ),
    "nothing varies": (Components({"scenario": 0, "epoch": 0}, 10, 30, 1), None),
}


@pytest.mark.parametrize("name", ADVICE)
def test_what_to_buy(name: str) -> None:
    found, wanted = ADVICE[name]
    assert found.advice() == wanted
    shares = found.shares
    assert (shares is None) == (wanted is None)
    assert shares is None or sum(shares.values()) == pytest.approx(1)
