"""The mixed model against a published example, statsmodels' own search, SciPy's t-test, and what it must not say."""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from petri.analysis.contrasts import Observed, contrasts
from petri.analysis.fitting import Design, Fit, fit
from petri.analysis.interactions import interactions
from petri.analysis.mixed import LEAST, Modelled, effects

ROOT = Path(__file__).parents[2]

# Milliken and Johnson 1984: the productivity of six workers on three machines, three times each.
MACHINES = {
    "A": [52.0, 52.8, 53.1, 51.8, 52.8, 53.1, 60.0, 60.2, 58.4, 51.1, 52.3, 50.3, 50.9, 51.8, 51.4, 46.4, 44.8, 49.2],
    "B": [62.1, 62.6, 64.0, 59.7, 60.0, 59.0, 68.6, 65.8, 69.7, 63.2, 62.8, 62.2, 64.8, 65.0, 65.4, 43.7, 44.2, 43.0],
    "C": [67.5, 67.2, 66.9, 61.5, 61.7, 62.3, 70.8, 70.6, 71.0, 64.1, 66.2, 64.0, 72.1, 72.0, 71.1, 62.0, 61.4, 60.5],
}  # fmt: skip


def machines() -> list[Observed]:
    return [
        Observed(f"worker {n // 3}", "t", {"machine": machine}, n % 3 + 1, value)
        for machine, values in MACHINES.items()
        for n, value in enumerate(values)
    ]


def test_the_published_example() -> None:
    """Pinheiro and Bates 2000, section 1.3, by nlme: machines 7.967 and 13.917 with 2.177; SDs 4.781, 3.729, 0.9616."""
    told = effects("d", machines())
    assert told.reason is None
    assert [(row.setting, row.reference, row.slopes, row.values) for row in told.rows] == [
        ("B", "A", True, 54),
        ("C", "A", True, 54),
    ]
    assert [row.estimate for row in told.rows] == pytest.approx([7.967, 13.917], abs=5e-4)
    assert [row.error for row in told.rows] == pytest.approx([2.177, 2.177], abs=5e-4)
    levels = np.repeat([0, 1, 2], 18)
    design = Design(
        np.array([each.value for each in machines()]),
        np.column_stack([np.ones(54), levels == 1, levels == 2]).astype(float),
        np.tile(np.repeat(np.arange(6), 3), 3),
        (levels,),
    )
    found = fit(design)
    assert isinstance(found, Fit)
    variances = [found.intercept, *found.slopes, found.residual]
    assert np.sqrt(variances) == pytest.approx([4.781, 3.729, 0.9616], abs=1e-3)
    assert found.errors[0] == pytest.approx(2.486, abs=1e-3)


def test_a_random_intercept_is_statsmodels_own_fit() -> None:
    chance = np.random.default_rng(4)
    groups = np.repeat(np.arange(9), 8)
    levels = np.tile([0, 1], 36)
    values = chance.normal(0, 1, 9)[groups] + 0.6 * levels + chance.normal(0, 1, 72)
    fixed = np.column_stack([np.ones(72), levels]).astype(float)
    ours = fit(Design(values, fixed, groups, ()))
    library: Any = import_module("statsmodels.regression.mixed_linear_model")
    theirs: Any = library.MixedLM(values, fixed, groups=groups).fit(reml=True)
    assert isinstance(ours, Fit)
    assert ours.estimates == pytest.approx(theirs.fe_params)
    assert ours.errors == pytest.approx(theirs.bse_fe, rel=1e-4)
    assert ours.intercept == pytest.approx(float(theirs.cov_re[0, 0]), rel=1e-3)
    assert ours.residual == pytest.approx(float(theirs.scale), rel=1e-4)


def drawn(
    seed: int, scenarios: int = 10, epochs: int = 3, slope: float = 1.0, level: float = 1.0
) -> list[Observed]:
    """Scenarios that answer differently to a variable with an effect of 2, crossed with one that has none."""
    chance = np.random.default_rng(seed)
    rows: list[Observed] = []
    for n in range(scenarios):
        own = {setting: chance.normal(0, slope) for setting in "ab"}
        start = 5 + chance.normal(0, level)
        rows += [
            Observed(
                f"s{n}",
                "t",
                {"persona": setting, "tone": tone},
                epoch,
                start + 2 * (setting == "b") + own[setting] + chance.normal(0, 0.5),
            )
            for setting in "ab"
            for tone in (True, False)
            for epoch in range(1, epochs + 1)
        ]
    return rows


def test_two_settings_of_a_balanced_matrix_are_the_paired_t_test_of_scenarios() -> None:
    rows = drawn(1)
    persona = next(row for row in effects("d", rows).rows if row.variable == "persona")
    means = {
        setting: [
            np.mean([r.value for r in rows if r.scenario == f"s{n}" and r.variables["persona"] == setting])
            for n in range(10)
        ]
        for setting in "ab"
    }
    theirs = stats.ttest_rel(means["b"], means["a"])
    interval = theirs.confidence_interval(0.95)
    assert (persona.slopes, persona.scenarios) == (True, 10)
    assert persona.p == pytest.approx(float(theirs.pvalue), rel=1e-3)
    assert persona.ci95 == pytest.approx((float(interval.low), float(interval.high)), rel=1e-3)
    contrast = next(each for each in contrasts(rows) if each.variable == "persona")
    assert persona.estimate == pytest.approx(contrast.difference)


def test_what_scenarios_do_not_answer_to_differently_has_no_slope() -> None:
    rows = {row.variable: row for row in effects("d", drawn(5)).rows}
    assert rows["persona"].slopes
    assert not rows["tone"].slopes
    assert (rows["tone"].reference, rows["tone"].setting) == (True, False)
    assert abs(rows["tone"].estimate) < 0.5


def test_one_audit_of_each_setting_leaves_slopes_to_the_rest() -> None:
    once = [each for each in drawn(3, epochs=1) if each.variables["tone"]]
    rows = [
        Observed(each.scenario, "t", {"persona": each.variables["persona"]}, 1, each.value) for each in once
    ]
    (row,) = effects("d", rows).rows
    pairs = np.array([each.value for each in rows]).reshape(10, 2)
    assert not row.slopes
    assert row.p == pytest.approx(float(stats.ttest_rel(pairs[:, 1], pairs[:, 0]).pvalue), rel=1e-3)


def test_targets_are_told_apart_and_scenarios_without_a_variable_cost_nothing() -> None:
    both = [*drawn(5), *(Observed(r.scenario, "u", r.variables, r.epoch, r.value + 3) for r in drawn(6))]
    other = [Observed("alone", "t", {}, 1, 9.0), *both]
    assert effects("d", other) == effects("d", both)
    assert {row.values for row in effects("d", both).rows} == {240}


def changed(change: Callable[[Observed], float]) -> list[Observed]:
    return [Observed(r.scenario, r.target, r.variables, r.epoch, change(r)) for r in drawn(7)]


def only(keep: Callable[[Observed], bool]) -> list[Observed]:
    return [row for row in drawn(7) if keep(row)]


# values -> the reason that there is no model
TOO_LITTLE: dict[str, tuple[list[Observed], str | None]] = {
    "nothing": ([], None),
    "no variables": ([Observed("s", "t", {}, 1, 3.0)], None),
    "each scenario has one setting": (
        [Observed(r.scenario, "t", {"persona": r.scenario}, 1, r.value) for r in drawn(7)],
        None,
    ),
    "few scenarios": (
        drawn(7, scenarios=5),
        "persona: 5 scenarios with two of its settings, and a model needs 6",
    ),
    "one value throughout": (changed(lambda r: 1.0), "every value is 1"),
    "no chance": (
        changed(lambda r: float(r.scenario[1]) + (r.variables["persona"] == "b")),
        "scenario and settings give every value exactly",
    ),
    "two variables that go together": (
        only(lambda r: (r.variables["persona"] == "b") == bool(r.variables["tone"])),
        "its settings cannot be told apart",
    ),
    "scenarios that are alike": (
        [Observed(f"s{n % 8}", "t", {"p": n // 8 % 2}, n // 16, float(n * 7 % 5)) for n in range(160)],
        "scenarios differ no more than audits of one scenario do",
    ),
}


@pytest.mark.parametrize("name", TOO_LITTLE)
def test_where_the_data_do_not_suffice_there_is_a_reason_and_no_number(name: str) -> None:
    rows, reason = TOO_LITTLE[name]
    told = effects("d", rows)
    assert told.rows == ()
    assert told.reason == reason if reason is None else reason in str(told.reason)


def test_a_variable_of_few_scenarios_is_named_and_the_others_modelled() -> None:
    rows = [
        Observed(
            r.scenario,
            "t",
            {**r.variables, **({"extra": r.epoch} if r.scenario < "s2" else {})},
            r.epoch,
            r.value,
        )
        for r in drawn(8)
    ]
    told = effects("d", rows)
    assert {row.variable for row in told.rows} == {"persona", "tone"}
    assert told.reason == f"extra: 2 scenarios with two of its settings, and a model needs {LEAST}"


def test_a_setting_that_few_scenarios_share_with_the_first_is_left_out() -> None:
    rare = [
        Observed(f"s{n}", "t", {"persona": "c", "tone": tone}, 1, 9.0)
        for n in range(3)
        for tone in (True, False)
    ]
    assert effects("d", [*drawn(9), *rare]) == Modelled(effects("d", drawn(9)).rows, None)


def test_nothing_imports_the_library_before_a_model_is_fitted() -> None:
    """It takes more than a second, which `petri --help` does not have; so it is loaded by name, with the first fit."""
    said = [
        path.name
        for path in sorted((ROOT / "petri").rglob("*.py"))
        if "statsmodels" in path.read_text("utf-8")
    ]
    assert said == ["fitting.py"]
    imported = re.compile(r"^\s*(from|import) statsmodels", re.MULTILINE)
    assert not imported.search((ROOT / "petri" / "analysis" / "fitting.py").read_text("utf-8"))


def test_interactions_are_means_of_what_has_both_variables() -> None:
    rows = [
        Observed("s", "t", {"a": "x", "b": 1}, 1, 2.0),
        Observed("s", "t", {"a": "x", "b": 1}, 2, 4.0),
        Observed("s", "t", {"a": "y", "b": 2}, 1, 7.0, inclusion=0.5),
        Observed("s", "t", {"a": "y", "b": 2}, 2, 1.0),
        Observed("r", "t", {"a": "x", "b": 1}, 1, 9.0),
        Observed("q", "t", {"a": "x"}, 1, 9.0),
    ]
    (table,) = interactions("d", rows)
    assert (table.rows, table.columns) == ("a", "b")
    assert (table.row_settings, table.column_settings) == (("x", "y"), (1, 2))
    assert [[(cell.mean, cell.n, cell.scenarios) for cell in row] for row in table.cells] == [
        [(3.0, 2, 1), (None, 0, 0)],
        [(None, 0, 0), (5.0, 2, 1)],
    ]
