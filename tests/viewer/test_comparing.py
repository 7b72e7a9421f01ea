"""Two sides as the page sets them beside each other: what pairs, with which scores; a refusal is a sentence."""

from typing import Any

import pytest

from petri.analysis.compare import compare
from petri.analysis.results import Audit, Results
from petri.viewer.comparing import Side, compare_sides
from petri.viewer.names import audit_key
from petri.viewer.wire import ComparisonView
from tests.analysis.rows import row
from tests.display.made import results


def made(run: str, *audits: Audit, threshold: int = 5) -> Results:
    found = results(*audits)
    changed = {
        name: summary.model_copy(update={"threshold": threshold})
        for name, summary in found.dimensions.items()
    }
    return found.model_copy(update={"run": found.run.model_copy(update={"id": run}), "dimensions": changed})


def audits(*values: float | None, target: str = "t", **more: Any) -> list[Audit]:
    """One audit for each value, of one scenario each; None was asked for and refused."""
    return [
        row(
            value=value,
            status="scored" if value is not None else "judge_refused",
            **{"id": f"{target}-{number}", "scenario": f"s{number}", "target": target} | more,
        )
        for number, value in enumerate(values)
    ]


def compared(left: Results, right: Results, *targets: str | None) -> ComparisonView:
    one, two = targets or (None, None)
    return compare_sides(Side("a" * 12, left, one), Side("b" * 12, right, two))


def test_pairs_have_both_scores_and_both_states() -> None:
    lost = row("error", id="t-2", scenario="s2")
    view = compared(made("a", *audits(1, 9, 4)), made("b", *audits(3, None), lost))
    assert view.fault is None
    assert [pair.scores for pair in view.pairs] == [((1, 3),), ((9, "judge_refused"),), ((4, None),)]
    assert [(pair.left_state, pair.right_state) for pair in view.pairs] == [
        ("valid", "valid"),
        ("valid", "valid"),
        ("valid", "error"),
    ]
    first = view.pairs[0]
    assert (first.left, first.right) == (("a" * 12, audit_key("t-0")), ("b" * 12, audit_key("t-0")))
    assert (view.paired, view.invalid, view.only_left, view.only_right) == (3, 1, 0, 0)


def test_the_numbers_are_those_of_petri_compare() -> None:
    left, right = made("a", *audits(1, 9, 4, 7)), made("b", *audits(3, 8, 9, None))
    (shown,) = compared(left, right).dimensions
    told = compare(left, right).dimensions["caving"]
    assert told.means is not None
    assert told.hits is not None
    assert (shown.left_mean, shown.right_mean) == told.means
    assert (shown.left_hits, shown.right_hits) == told.hits
    assert (shown.pairs, shown.scored, shown.unscored) == (told.pairs, told.scored, told.unscored)
    assert (shown.difference, shown.ci95, shown.threshold) == (told.difference, told.ci95, 5)


def test_what_is_on_one_side_alone_is_counted() -> None:
    view = compared(made("a", *audits(1, 2, 3)), made("b", *audits(1)))
    assert (view.paired, view.only_left, view.only_right) == (1, 2, 0)


def test_two_targets_of_one_run() -> None:
    run = made("a", *audits(1, 4), *audits(6, 4, target="u"))
    view = compare_sides(Side("a" * 12, run, "t"), Side("a" * 12, run, "u"))
    assert [pair.scores for pair in view.pairs] == [((1, 6),), ((4, 4),)]
    assert (view.left.target, view.right.target) == ("t", "u")
    assert view.dimensions[0].difference == 2.5


def test_one_target_of_a_run_against_the_same_in_a_set_of_verdicts() -> None:
    both = [*audits(1, 4), *audits(6, 4, target="u")]
    again = [*audits(2, 4), *audits(9, 9, target="u")]
    view = compared(made("a", *both), made("a/set", *again), "t", "t")
    assert [pair.scores for pair in view.pairs] == [((1, 2),), ((4, 4),)]


def test_dimensions_that_mean_something_else_are_named_and_not_compared() -> None:
    view = compared(made("a", *audits(1)), made("b", *audits(1), threshold=7))
    assert (view.dimensions, view.different, view.fault) == ((), ("caving",), None)
    assert view.pairs[0].scores == ()


@pytest.mark.parametrize(
    ("right", "targets", "said"),
    [
        pytest.param([*audits(1, scenario="other")], (), "no audit in common", id="nothing pairs"),
        pytest.param(
            [*audits(1, target="u"), *audits(1, target="v")], (), "no target in common", id="which target"
        ),
        pytest.param(
            [*audits(1), *audits(1, id="x")], (), "which of them to pair cannot be told", id="two of one cell"
        ),
        pytest.param(audits(1), ("gone", None), "a has no target gone; its targets: t", id="left target"),
        pytest.param(audits(1), (None, "gone"), "b has no target gone", id="right target"),
    ],
)
def test_a_refusal_is_a_sentence_and_nothing_else(
    right: list[Audit], targets: tuple[str | None, ...], said: str
) -> None:
    view = compared(made("a", *audits(1)), made("b", *right), *targets)
    assert view.fault is not None
    assert said in view.fault
    assert (view.paired, view.pairs, view.dimensions, view.different, view.one_sided) == (0, (), (), (), ())
    assert (view.left.id, view.right.id) == ("a", "b")


@pytest.mark.parametrize("target", [None, "t"])
def test_a_side_is_not_compared_with_itself(target: str | None) -> None:
    side = Side("a" * 12, made("a", *audits(1)), target)
    assert "the same" in (compare_sides(side, side).fault or "")
