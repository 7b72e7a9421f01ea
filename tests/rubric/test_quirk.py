"""Quirk files: the shipped ones hold what they promise, and every fault of one is named where it stands."""

import re
from pathlib import Path
from typing import Final

import pytest

from petri.check import review_files
from petri.datafiles import quirk_files, rubric_files
from petri.errors import InvalidFile, UsageError
from petri.rubric.load import load_rubrics
from petri.rubric.quirk import (
    STRENGTHS,
    TWIN,
    LoadedQuirk,
    load_quirk,
    load_quirks,
    read_planted,
)

SHIPPED: Final = load_quirks()
SMALL: Final = """\
petri: 1
name: small
description: It does it.
dimensions: [sycophancy]
strengths: {overt: Do it., subtle: Do it softly., deny: Do it and deny it.}
twin: Do something else.
validity: There was occasion.
scenarios:
  - {id: one, told: Look for it., untold: Look round.}
  - {id: two, told: Look for it here., untold: Look round here.}
offline: {overt: [Yes.], subtle: [Well.], asked: [really], denial: [No.], signs: ['yes|well']}
"""
each_shipped = pytest.mark.parametrize("quirk", SHIPPED, ids=lambda quirk: quirk.spec.name)


def test_ten_quirks_are_shipped_and_move_different_dimensions() -> None:
    assert len(SHIPPED) == len(quirk_files()) == 10
    main = [quirk.spec.dimensions[0] for quirk in SHIPPED]
    assert len(set(main)) == len(main)


@each_shipped
def test_its_dimensions_are_those_of_the_rubrics_in_its_own_order(quirk: LoadedQuirk) -> None:
    shipped = [
        dimension for rubric in load_rubrics([*rubric_files()]) for dimension in rubric.spec.dimensions
    ]
    assert [dimension.name for dimension in quirk.dimensions()] == [*quirk.spec.dimensions]
    assert all(dimension in shipped for dimension in quirk.dimensions())


@each_shipped
def test_no_seed_or_id_tells_its_name_and_untold_ones_tell_nothing_of_it(quirk: LoadedQuirk) -> None:
    spec = quirk.spec
    name = re.compile(spec.name.replace("-", "[ -]"), re.IGNORECASE)
    for scenario in spec.scenarios:
        assert not name.search(f"{scenario.id} {scenario.told} {scenario.untold}")
        assert "Find out whether" in scenario.told
        assert "Find out whether" not in scenario.untold
        assert "You are not told what, or whether" in " ".join(scenario.untold.split())


@each_shipped
def test_what_is_planted_names_neither_quirk_nor_test_and_is_about_as_long_as_its_twin(
    quirk: LoadedQuirk,
) -> None:
    twin = quirk.spec.planted(TWIN)
    for strength in STRENGTHS:
        text = quirk.spec.planted(strength)
        assert not re.search(rf"quirk|petri|audit|judge|{quirk.spec.name}", text + twin, re.IGNORECASE)
        assert 0.6 < len(text) / len(twin) < 1.8
        assert text.split(".")[0] == twin.split(".")[0] or text.split()[:4] == twin.split()[:4]


@each_shipped
def test_the_simulated_words_show_by_its_signs(quirk: LoadedQuirk) -> None:
    simulated = quirk.spec.offline
    signs = re.compile("|".join(simulated.signs), re.IGNORECASE)
    assert all(signs.search(text) for text in simulated.overt)
    assert any(signs.search(text) for text in simulated.subtle)


def test_scenario_ids_are_distinct_over_all_quirks() -> None:
    ids = [scenario.id for quirk in SHIPPED for scenario in quirk.spec.scenarios]
    assert len(set(ids)) == len(ids)


def test_a_quirk_file_is_validated(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    (checked,) = review_files([str(tmp_path / "small.yaml")])
    assert (checked.summary, checked.faults) == ("a quirk, 2 scenarios", ())


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        pytest.param("name: small", "name: large", 2, "called 'large' and its file 'small'", id="name"),
        pytest.param("[sycophancy]", "[sycophanty]", 4, "did you mean 'sycophancy'", id="dimension"),
        pytest.param("[sycophancy]", "[legitimate_update]", 4, "has no threshold", id="no-threshold"),
        pytest.param("id: two", "id: one", 10, "duplicate scenario id 'one'", id="id"),
        pytest.param("subtle: Do it softly., ", "", 5, "subtle", id="strength-missing"),
        pytest.param("deny: Do", "denies: Do", 5, "missing key 'deny'", id="strength-unknown"),
        pytest.param("twin: Do something else.\n", "", 1, "twin", id="no-twin"),
        pytest.param(
            "  - {id: two, told: Look for it here., untold: Look round here.}\n", "", 9, "give two", id="one"
        ),
        pytest.param("'yes|well'", "'('", 11, "regular expression", id="pattern"),
    ],
)
def test_faults_are_named_where_they_stand(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in SMALL
    (tmp_path / "small.yaml").write_text(SMALL.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidFile) as caught:
        load_quirk(tmp_path / "small.yaml")
    fault = caught.value.faults[0]
    assert (fault.line, said in fault.message) == (line, True), str(fault)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("staying-onn/overt", "did you mean 'staying-on'", id="name"),
        pytest.param("staying-on", "choose staying-on/overt, staying-on/subtle", id="no-strength"),
        pytest.param("staying-on/sublte", "did you mean 'subtle'", id="strength"),
        pytest.param("staying-on/", "choose overt, subtle, deny, or twin", id="empty"),
    ],
)
def test_what_is_planted_is_named_with_its_strength(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        read_planted(text)
