"""A report: what a run supports and no more. Bad input is a sentence, never a number."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from petri.analysis.beside import Beside
from petri.analysis.canaries import Canaries, Drift
from petri.analysis.people import Given
from petri.analysis.report import make_report
from petri.analysis.report_schema import Report
from petri.analysis.results import Audit, AuditScore, JudgeScore, Results
from petri.analysis.significance import benjamini_hochberg, holm
from petri.errors import NothingToRun, UsageError
from petri.judge.verdict import Citation
from petri.rubric.schema import Dimension
from tests.analysis.rows import CAVING, a_run, row, scored

Adjust = Callable[[Sequence[float | None]], tuple[float | None, ...]]
LYING = Dimension(name="lying", description="x", threshold=5)


def grid(*targets: str, scenarios: int = 10, epochs: int = 2, **more: Any) -> list[Audit]:
    """Audits of these targets; the second target of several caves in more, by half a point to three."""
    return [
        row(
            value=float(1 + n % 4 + m * (1 + n % 3) + e % 2),
            id=f"{target}-{n}-{e}",
            target=target,
            scenario=f"s{n}",
            epoch=e + 1,
            **more,
        )
        for m, target in enumerate(targets)
        for n in range(scenarios)
        for e in range(epochs)
    ]


def varied(scenarios: int = 8) -> list[Audit]:
    """A persona that adds about two points, crossed with a tone that adds nothing."""
    return [
        row(
            value=float(2 + n % 3 + (persona == "b") * (1 + n % 3) + (n + e + (tone == "y")) % 2),
            id=f"{n}-{persona}-{tone}-{e}",
            scenario=f"s{n}",
            epoch=e,
            variables={"persona": persona, "tone": tone},
        )
        for n in range(scenarios)
        for persona in "ab"
        for tone in "xy"
        for e in (1, 2)
    ]


@pytest.mark.parametrize(
    ("audits", "said"),
    [
        ([row("pending"), row("error", id="b")], "nothing to report but 1 timeout, 1 pending"),
        ([row("auditor_refused"), row("no_target_turns", id="b")], "1 auditor_refused, 1 no_target_turns"),
        ([], "0 planned"),
    ],
)
def test_a_run_with_nothing_valid_has_no_report(audits: list[Audit], said: str) -> None:
    with pytest.raises(NothingToRun, match=said):
        make_report(a_run(*audits))


def test_a_baseline_is_one_of_its_targets() -> None:
    with pytest.raises(UsageError, match=r"'v' is no target of .*; its targets: t, u"):
        make_report(a_run(*grid("t", "u")), baseline="v")


def flags(told: Report) -> str:
    return " ".join(told.caveats)


def unscored(audits: list[Audit]) -> list[Audit]:
    return [each.model_copy(update={"scores": {"caving": scored(None, "judge_refused")}}) for each in audits]


def partly(results: Results) -> Results:
    return results.model_copy(update={"run": results.run.model_copy(update={"status": "interrupted"})})


# a run -> what is said of it as a whole
CAVEATS: dict[str, tuple[Results, str | None]] = {
    "a sound run": (a_run(*grid("t")), None),
    "one scenario": (a_run(*grid("t", scenarios=1, epochs=9)), "There is one scenario"),
    "few scenarios": (a_run(*grid("t", scenarios=7)), "There are 7 scenarios. With fewer than 10"),
    "one epoch": (a_run(*grid("t", epochs=1)), "Every audit was made once"),
    "nothing judged": (
        a_run(*[each.model_copy(update={"scores": {}}) for each in grid("t")]),
        "Nothing was judged",
    ),
    "nothing scored": (a_run(*unscored(grid("t"))), "No score has a value (20 judge_refused)"),
    "some failed": (a_run(*grid("t")[:-1], *unscored(grid("t")[-1:])), "1 of 20 scores failed"),
    "incomplete": (
        partly(a_run(*grid("t"), row("pending", id="p"))),
        "The run is interrupted: 1 of 21 audits have no valid end.",
    ),
    "all valid, and not all scored": (
        partly(a_run(*grid("t"))),
        "The run is interrupted: every audit is valid",
    ),
}


@pytest.mark.parametrize("name", CAVEATS)
def test_what_limits_the_run_as_a_whole_is_said(name: str) -> None:
    results, said = CAVEATS[name]
    told = make_report(results)
    assert flags(told) == "" if said is None else said in flags(told)


def numbers(told: Report) -> list[object]:
    """All that would be a claim about scenarios in general."""
    intervals = [figure.summary.ci95 for figure in told.figures]
    claims = [d.claim for each in told.comparisons.values() for d in each.dimensions.values()]
    tests = [each for row in told.contrasts for each in (row.ci95, row.p, row.p_adjusted)]
    return [
        each for each in (*intervals, *claims, *tests, *told.effects, *told.components) if each is not None
    ]


@pytest.mark.parametrize(
    "audits",
    [
        pytest.param(grid("t", "u", scenarios=1, epochs=9), id="one scenario, two targets"),
        pytest.param(varied(1), id="one scenario with variables"),
        pytest.param(unscored(grid("t", "u")), id="all unscored"),
        pytest.param(
            [each.model_copy(update={"scores": {}}) for each in grid("t", "u")], id="nothing judged"
        ),
    ],
)
def test_bad_input_gives_no_number_that_speaks_of_others(audits: list[Audit]) -> None:
    assert numbers(make_report(a_run(*audits))) == []


def test_one_epoch_gives_no_variance_shares() -> None:
    assert make_report(a_run(*grid("t", epochs=1))).components == ()
    (twice,) = make_report(a_run(*grid("t"))).components
    assert sum(twice.shares.values()) == pytest.approx(1)


def test_targets_are_compared_with_the_baseline_by_scenario() -> None:
    told = make_report(a_run(*grid("t", "u")), primary=["caving"], margin=0.5)
    assert told.baseline == "t"
    caving = told.comparisons["u"].dimensions["caving"]
    assert (caving.pairs, caving.scenarios, caving.primary, caving.margin) == (20, 10, True, 0.5)
    assert caving.difference == pytest.approx(1.9)
    assert caving.claim == "supported"
    other = make_report(a_run(*grid("t", "u")), baseline="u").comparisons["t"].dimensions["caving"]
    assert other.difference == pytest.approx(-1.9)


@pytest.mark.parametrize(("primary", "adjust"), [((), benjamini_hochberg), (("caving",), holm)])
def test_p_values_are_adjusted_over_all_targets_of_the_report(
    primary: tuple[str, ...], adjust: Adjust
) -> None:
    """With three others, three differences are tested: as many could look like one by chance."""
    audits = [
        each for each in grid("t", "u", "v", "w", scenarios=4) if (each.target, each.scenario) != ("w", "s3")
    ]
    told = make_report(a_run(*audits), primary=primary)
    rows = [each.dimensions["caving"] for each in told.comparisons.values()]
    assert [row.p_adjusted for row in rows] == list(adjust([row.p for row in rows]))
    alone = make_report(a_run(*grid("t", "u", scenarios=4))).comparisons["u"].dimensions["caving"]
    assert alone.p == alone.p_adjusted == rows[0].p
    assert rows[0].p_adjusted != rows[0].p


def test_a_primary_dimension_has_to_be_one_also_where_nothing_is_compared() -> None:
    with pytest.raises(UsageError, match=r"no dimension 'cavin' to be primary \(did you mean 'caving'\?\)"):
        make_report(a_run(*grid("t")), primary=["cavin"])


def test_it_holds_what_stands_beside_the_run() -> None:
    drift = Drift(since="r/early", values=6, same_prompts=True, moved=2, mean_change=0.5)
    canaries = Canaries(
        verdicts="r/v",
        judges=("j",),
        transcripts=10,
        labels=8,
        scored=7,
        error=0.5,
        wrong_side=1,
        drift=drift,
    )
    assert make_report(a_run(*grid("t")), Beside(canaries=canaries)).reliability.canaries == canaries
    assert make_report(a_run(*grid("t"))).reliability.canaries is None


def test_a_target_that_shares_no_audit_is_named_with_the_reason() -> None:
    lone = [each.model_copy(update={"scenario": f"other-{each.scenario}"}) for each in grid("u")]
    told = make_report(a_run(*grid("t"), *lone))
    assert told.comparisons == {}
    assert "have no audit in common" in told.not_compared["u"]


def test_variables_have_contrasts_effects_and_interactions() -> None:
    told = make_report(a_run(*varied()))
    persona, tone = told.contrasts
    assert (persona.variable, persona.first, persona.second, persona.pairs) == ("persona", "a", "b", 32)
    effects = {row.variable: row for row in told.effects}
    assert effects["persona"].estimate == pytest.approx(persona.difference)
    assert effects["persona"].p < 0.05 < effects["tone"].p
    assert persona.p_adjusted is not None
    assert persona.p is not None
    assert persona.p_adjusted >= persona.p
    assert tone.difference == pytest.approx(effects["tone"].estimate)
    (table,) = told.interactions
    assert (table.rows, table.columns, table.cells[0][0].n, table.cells[0][0].scenarios) == (
        "persona",
        "tone",
        16,
        8,
    )
    assert told.not_modelled == {}


def test_where_no_model_is_possible_the_reason_stands_in_its_place() -> None:
    told = make_report(a_run(*varied(4)))
    assert told.effects == ()
    assert told.not_modelled["caving"].startswith("persona: 4 scenarios with two of its settings")


@pytest.mark.parametrize(
    ("drawn", "contrasts", "reason"),
    [(True, True, "takes no weights"), (False, False, "does not stand for all")],
)
def test_what_a_cascade_read_is_weighted_or_not_used(drawn: object, contrasts: object, reason: str) -> None:
    audits = varied()
    cleared = AuditScore(value=None, status="skipped", judges=(), citations=(), inclusion=0.25)
    first = audits[0].scores["caving"].model_copy(update={"inclusion": 0.25}) if drawn else cleared
    audits[0] = audits[0].model_copy(update={"scores": {"caving": first}})
    audits[-1] = audits[-1].model_copy(update={"scores": {"caving": cleared}})
    told = make_report(a_run(*audits))
    assert told.effects == ()
    assert bool(told.contrasts) is contrasts
    assert reason in told.not_modelled["caving"]


def test_people_count_only_for_the_rubric_of_the_run() -> None:
    audits = grid("t", scenarios=20)
    values = {each.id: each.scores["caving"].value or 0 for each in audits}
    given = [
        Given(name, "ada", "0a", ("r", "random"), 40, {"caving": value + 1}) for name, value in values.items()
    ]
    (right,) = make_report(a_run(*audits, rubric="0a"), Beside(people=tuple(given))).figures
    assert right.by_people is not None
    assert right.by_people.bias == pytest.approx(1)
    other = make_report(a_run(*audits, rubric="0b"), Beside(people=tuple(given)))
    assert other.figures[0].by_people is None
    assert "another rubric than the run was judged by are not used: 40 of 40" in flags(other)


def test_dimensions_that_applied_to_nothing_are_idle() -> None:
    both = [
        each.model_copy(update={"scores": each.scores | {"lying": scored(None, "not_applicable")}})
        for each in grid("t")
    ]
    told = make_report(a_run(*both, dimensions=(CAVING, LYING)))
    assert [figure.dimension for figure in told.figures] == ["caving"]
    assert told.idle == ("lying",)


def test_worst_and_borderline_cases_have_their_quotes() -> None:
    found = Citation(message="M2", quote="It is.", match="normalised", by_target=True)
    lost = found.model_copy(update={"match": "none"})
    staged = found.model_copy(update={"by_target": False, "quote": "Is it?"})
    judge = JudgeScore(judge="j", value=9, status="scored", reason="It gave in.")
    score = AuditScore(value=9, status="scored", judges=(judge,), citations=(lost, staged, found))
    bad = row(value=9, id="bad", scenario="z").model_copy(update={"scores": {"caving": score}})
    told = make_report(a_run(*grid("t", scenarios=3, epochs=1), bad, row("error", id="e")))
    assert (told.worst[0].audit, told.worst[0].value) == ("bad", 9)
    assert (told.worst[0].citation, told.worst[0].reason) == (found, "It gave in.")
    assert all(abs(case.value - 5) <= 1 for case in told.borderline)
    assert "bad" not in {case.audit for case in told.borderline}


def test_the_headline_counts_what_there_is() -> None:
    told = make_report(a_run(*grid("t", "u"), row("error", id="e", target="t", scenario="s0", epoch=3)))
    assert told.headline[:3] == (
        "41 audits were planned: 10 scenarios, 2 targets.",
        "40 are valid; 1 is not: 1 timeout.",
        "40 of 40 scores that applied have a value; judged by some/judge, audited by some/auditor.",
    )
    assert told.method.rubrics == {}


def test_a_report_is_stored_and_read_again() -> None:
    told = make_report(a_run(*varied(), *grid("u")))
    assert Report.model_validate_json(told.model_dump_json()) == told
