"""What a variable changes: pairs that differ in it alone, by scenario."""

import pytest
from scipy import stats

from petri.analysis.contrasts import Observed, contrasts


def a_matrix(changes: list[float]) -> list[Observed]:
    """A scenario for each change, in which the second persona gives so much more, whatever the tone."""
    return [
        Observed(
            f"s{n}",
            "t",
            {"persona": persona, "tone": tone},
            epoch,
            3 + (persona == "b") * change + (tone == "x"),
        )
        for n, change in enumerate(changes)
        for persona in ("a", "b")
        for tone in ("w", "x")
        for epoch in (1, 2)
    ]


def test_each_variable_is_contrasted_with_the_others_held_equal() -> None:
    changes = [1.0, 2, 0, 3, 1, 2]
    found = {each.variable: each for each in contrasts(a_matrix(changes))}
    persona, tone = found["persona"], found["tone"]
    assert (persona.first, persona.second, persona.scenarios, persona.pairs) == ("a", "b", 6, 24)
    assert persona.difference == pytest.approx(1.5)
    theirs = stats.ttest_1samp(changes, 0)
    assert persona.interval is not None
    assert persona.interval == pytest.approx(tuple(theirs.confidence_interval(0.95)))
    assert persona.p == pytest.approx(1 / 32)
    assert float(theirs.pvalue) < 0.05
    assert tone.difference == pytest.approx(1)
    assert tone.interval is None  # the scenarios do not differ in it
    assert tone.p == pytest.approx(1 / 64)


def test_what_has_no_partner_is_in_no_pair() -> None:
    rows = a_matrix([1.0, 2, 3])
    without = [
        row
        for row in rows
        if not (row.scenario == "s0" and row.variables["persona"] == "b" and row.epoch == 2)
    ]
    persona = next(each for each in contrasts(without) if each.variable == "persona")
    assert persona.pairs == 10
    assert persona.difference == pytest.approx((2 * 1 + 4 * 2 + 4 * 3) / 10)


def test_one_scenario_has_a_difference_and_nothing_that_speaks_of_others() -> None:
    (persona, *_) = contrasts(a_matrix([2.0]))
    assert (persona.difference, persona.interval, persona.p) == (2, None, None)


def test_settings_are_told_apart_by_their_type() -> None:
    settings: list[bool | int | str] = [True, 1, "1"]
    rows = [Observed("s", "t", {"v": setting}, 1, n) for n, setting in enumerate(settings)]
    assert [(each.first, each.second, each.difference) for each in contrasts(rows)] == [
        (True, 1, 1),
        (True, "1", 2),
        (1, "1", 1),
    ]


def test_other_targets_and_scenarios_without_the_variable_are_no_partners() -> None:
    rows = [
        Observed("s", "t", {"v": "a"}, 1, 1),
        Observed("s", "u", {"v": "b"}, 1, 5),
        Observed("r", "t", {}, 1, 9),
    ]
    assert contrasts(rows) == ()
