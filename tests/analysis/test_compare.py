"""Two sides of the same audits: what pairs, what does not, and the numbers of the pairs alone."""

import re
from typing import Any

import pytest

from petri.analysis.compare import Compared, compare
from petri.analysis.results import Audit, AuditScore, Results
from petri.analysis.stats import clustered_difference_interval
from petri.display.comparison import print_comparison
from petri.errors import NothingToRun, UsageError
from petri.rubric.schema import Scale
from tests.analysis.rows import row, scored
from tests.display.made import recorder, results


def side(name: str, *audits: Audit, **dimensions: Any) -> Results:
    made = results(*audits)
    changed = {
        name: summary.model_copy(update={"threshold": 5} | dimensions.get(name, {}))
        for name, summary in made.dimensions.items()
    }
    return made.model_copy(update={"run": made.run.model_copy(update={"id": name}), "dimensions": changed})


def audits(*values: float | None, target: str = "t", outcome: str = "completed", **more: Any) -> list[Audit]:
    return [
        row(
            outcome,
            value,
            status="scored" if value is not None else "judge_refused",
            id=f"{target}-{number}",
            scenario=f"s{number // 2}",
            epoch=number % 2 + 1,
            target=target,
            **more,
        )
        for number, value in enumerate(values)
    ]


def test_pairs_are_compared_and_nothing_else() -> None:
    found = compare(side("a", *audits(1, 4, 7, 9)), side("b", *audits(2, 6, 7, None)))
    caving = found.dimensions["caving"]
    assert (found.paired, found.invalid, found.only) == (4, 0, (0, 0))
    assert (caving.pairs, caving.scored, caving.unscored) == (4, 3, {"judge_refused": 1})
    assert caving.means == (4, 5)
    assert caving.difference == 1
    interval = clustered_difference_interval([1, 2, 0], ["s0", "s0", "s1"])
    assert interval is not None
    assert caving.ci95 == (interval.low, interval.high)
    assert caving.hits == (1, 2)
    assert caving.moved == 1
    assert [(pair.first, pair.values, pair.change) for pair in found.moved] == [("t-1", (4, 6), 2)]


@pytest.mark.parametrize(
    ("sides", "mean"),
    [
        pytest.param(("a", "a/set"), (2 * 1 + 1 * 0) / 3, id="the same transcripts, one draw"),
        pytest.param(("a", "b"), (4 * 1 + 1 * 0) / 5, id="other transcripts, two draws"),
    ],
)
def test_what_a_cascade_drew_stands_for_what_it_did_not(sides: tuple[str, str], mean: float) -> None:
    def drawn(*values: float) -> list[Audit]:
        first, *rest = audits(*values)
        score = first.scores["caving"].model_copy(update={"inclusion": 0.5})
        return [first.model_copy(update={"scores": {"caving": score}}), *rest]

    found = compare(side(sides[0], *drawn(1, 5)), side(sides[1], *drawn(2, 5)))
    assert found.dimensions["caving"].difference == pytest.approx(mean)


def test_what_was_flagged_says_nothing_of_what_no_panel_read() -> None:
    """As in results: where a cascade drew nothing, there is no mean, and so no difference of means."""

    def flagged(*values: float) -> list[Audit]:
        first, second = audits(*values)
        cleared = AuditScore(value=None, status="skipped", judges=(), citations=(), inclusion=0.1)
        return [first, second.model_copy(update={"scores": {"caving": cleared}})]

    caving = compare(side("a", *flagged(6, 1)), side("b", *audits(9, 1))).dimensions["caving"]
    assert (caving.pairs, caving.scored, caving.unscored) == (2, 1, {"skipped": 1})
    assert caving.means is caving.difference is caving.ci95 is None
    assert (caving.hits, caving.moved) == ((1, 1), 1)


def test_verdicts_on_one_run_are_paired_by_transcript() -> None:
    """Two samples of another program's log may have names that come to one."""
    alike = [row(value=value, id=f"t-{number}") for number, value in enumerate((1, 9))]
    found = compare(side("a/one", *alike), side("a/two", *alike))
    assert (found.paired, found.moved) == (2, ())
    with pytest.raises(UsageError, match="a: t-0 and t-1 are of one scenario, cell and epoch"):
        compare(side("a", *alike), side("b", *audits(1)))


def test_runs_on_one_target_each_are_paired_across_targets() -> None:
    found = compare(side("a", *audits(1, 4)), side("b", *audits(2, 4, target="u")))
    assert found.paired == 2
    assert found.dimensions["caving"].difference == 0.5
    assert compare(side("a", *audits(1, 9)), side("b", *audits(1, 1, target="u"))).moved[0].second == "u-1"


def test_several_targets_are_paired_each_with_itself() -> None:
    both = [*audits(1, 2), *audits(3, 4, target="u")]
    found = compare(side("a", *both), side("b", *audits(5, 5, target="u")))
    assert (found.paired, found.only) == (2, (2, 0))
    assert found.dimensions["caving"].means == (3.5, 5)


@pytest.mark.parametrize(
    ("second", "error", "said"),
    [
        pytest.param([*audits(1, target="u"), *audits(1, target="v")], UsageError, "no target in common", id="targets"),
        pytest.param(audits(1, variables={"x": 1}), NothingToRun, "no audit in common", id="cells"),
        pytest.param(audits(1, file="g.yaml"), NothingToRun, "no audit in common", id="files"),
    ],
)  # fmt: skip
def test_a_pairing_is_never_guessed(second: list[Audit], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        compare(side("a", *audits(1)), side("b", *second))


def test_what_is_not_valid_on_both_sides_is_counted_and_not_compared() -> None:
    lost = row("error", id="t-1", scenario="s0", epoch=2)
    found = compare(side("a", *audits(1, 9)), side("b", *audits(3), lost))
    assert (found.paired, found.invalid) == (2, 1)
    assert found.dimensions["caving"].means == (1, 3)


def test_dimensions_that_mean_something_else_are_named_and_not_compared() -> None:
    other = {"threshold": 7}
    found = compare(side("a", *audits(1)), side("b", *audits(1), caving=other))
    assert (found.dimensions, found.different) == ({}, ("caving",))
    more = audits(1)[0]
    wider = more.model_copy(update={"scores": more.scores | {"lying": scored(1)}})
    assert compare(side("a", *audits(1)), side("b", wider)).one_sided == ("lying",)


def test_another_wording_is_another_measurement() -> None:
    """The rubric was edited between two sets of verdicts: same name, same scale, other words."""
    sides = [
        side(f"a/{name}", *audits(1, 9)).model_copy(update={"meanings": {"caving": digest}})
        for name, digest in (("one", "0a"), ("two", "0b"))
    ]
    found = compare(sides[0], sides[1])
    assert (found.dimensions, found.different) == ({}, ("caving",))
    assert compare(sides[0], sides[1].model_copy(update={"meanings": {"caving": "0a"}})).different == ()


@pytest.mark.parametrize(
    ("names", "log"), [(("a", "a"), None), (("a/set", "a/set"), None), (("a", "copy"), "1.eval")]
)
def test_a_run_is_not_compared_with_itself(names: tuple[str, str], log: str | None) -> None:
    """`petri compare last last`, or a run and a copy of its folder: they agree by nature."""
    sides = [side(name, *audits(1, 9, log=log)) for name in names]
    with pytest.raises(UsageError, match="are the same verdicts on the same transcripts"):
        compare(sides[0], sides[1])


def test_other_verdicts_on_a_copy_are_paired_by_transcript() -> None:
    alike = [row(value=value, id=f"t-{number}", log="1.eval") for number, value in enumerate((1, 9))]
    other = [row(value=2, id=f"t-{number}", log="1.eval") for number in range(2)]
    assert compare(side("a", *alike), side("copy", *other)).paired == 2


def test_values_that_are_on_neither_side_give_no_number() -> None:
    caving = compare(side("a", *audits(None)), side("b", *audits(None))).dimensions["caving"]
    assert (caving.pairs, caving.scored, caving.unscored) == (1, 0, {"judge_refused": 1})
    assert caving.means is caving.difference is caving.ci95 is None
    assert caving.hits == (0, 0)


@pytest.mark.parametrize(("worse", "hits"), [("high", (1, 2)), ("low", (3, 1)), ("none", None)])
def test_hits_lie_towards_the_worse_end(worse: Any, hits: tuple[int, int] | None) -> None:
    scale = {"scale": Scale(worse=worse)}
    found = compare(
        side("a", *audits(1, 5, 4, 9)[:3], caving=scale), side("b", *audits(6, 8, 4)[:3], caving=scale)
    )
    assert found.dimensions["caving"].hits == hits


def said(compared: Compared) -> str:
    console, text = recorder()
    print_comparison(console, compared)
    return text.getvalue()


def test_it_is_printed_with_what_is_missing() -> None:
    text = said(
        compare(
            side("first-run", *audits(1, 4, 9, None, 9, 9, 9, 9, 9)),
            side("b", *audits(1, 9, 1, 2, 1, 1, 1, 1)),
        )
    )
    assert "first   first-run" in text
    assert "7 / 8" in text
    assert "1 judge_refused" in text
    assert "8 audits on both sides, 0 of them not valid on both; 1 audits are in the first alone" in text
    assert "caving: 9 and 1 in t-2" in text
    assert "1 more moved" in text


FIRST = [1, 2, 3, 4, 2, 1] * 4
CHANGES = {
    "much": [2, 3, 2, 4] * 6,
    "little": [0, 1, 1, 1] * 6,
    "hardly any": [1, 0, 0, 0, -1, 0] * 4,
    "either way": [5, 0, 0, -4, 2, 3, -3, 0] * 3,
}
# how the second side differs -> the margin, what is claimed, whether the difference is smaller than the margin
CLAIMS = {
    "much": (2, "supported", "not shown"),
    "little": (2, "supported", "shown"),
    "hardly any": (2, "not supported", "shown"),
    "either way": (0.5, "underpowered", "not shown"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_the_claim_stands_beside_what_it_rests_on(name: str) -> None:
    margin, claim, smaller = CLAIMS[name]
    second = [value + change for value, change in zip(FIRST, CHANGES[name], strict=True)]
    compared = compare(side("a", *audits(*FIRST)), side("b", *audits(*second)), ["caving"], margin)
    caving = compared.dimensions["caving"]
    assert caving.detectable is not None
    (row,) = [line for line in said(compared).splitlines() if line.startswith("caving (primary)")]
    cells = re.split(r"  +", row)
    assert cells[1] == claim
    assert cells[4:] == [f"{caving.detectable:.2f}", f"{margin:g}", smaller]
    assert "p adjusted: Holm for the 1 primary, Benjamini and Hochberg for the 0 others." in said(compared)
    console, narrow = recorder(80)
    print_comparison(console, compared)
    assert f" {claim} " in narrow.getvalue(), "the word is not folded"


def test_what_does_not_apply_or_cannot_be_compared_is_said() -> None:
    def at(status: Any, name: str) -> AuditScore:
        return scored(None, status) if status else scored(1)

    base = audits(1)[0]
    one = base.model_copy(update={"scores": {"caving": at("not_applicable", ""), "lying": at("", "")}})
    two = base.model_copy(update={"scores": {"caving": at("not_applicable", ""), "flying": at("", "")}})
    text = said(compare(side("a", one), side("b", two)))
    assert "1 dimensions applied to no pair." in text
    assert "On one side alone: flying, lying" in text
    other = said(compare(side("a", *audits(1)), side("b", *audits(1), caving={"threshold": 7})))
    assert "their scales, thresholds or words differ: caving" in other
