"""What a collection covers: counted without twins, in every direction, and thin where its size lets expect more."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from petri.errors import NothingToRun
from petri.library.coverage import cover, matching, modalities
from petri.library.entry import Entry, entries
from petri.scenario.load import LoadedFile
from tests.library.written import scenario, written

TOOL = {"name": "ask", "description": "Asks."}
CHECK = {"flip": {"ask": "Which?", "correct": ["a"], "wrong": ["b"]}}


def _all(*files: LoadedFile) -> list[Entry]:
    return [entry for file in files for entry in entries(file)]


def _many(name: str, count: int, family: str, **each: Any) -> LoadedFile:
    return written(name, *(scenario(id=f"{name}-{number}", **each) for number in range(count)), family=family)


@pytest.mark.parametrize(
    ("changes", "audit", "kinds"),
    [
        pytest.param({}, {}, ("chat",), id="nothing but words"),
        pytest.param({"tools": [TOOL]}, {}, ("tools",), id="tools"),
        pytest.param({"needs": ["tools"]}, {}, ("tools",), id="tools that the auditor makes"),
        pytest.param({}, {"tools": "fixed"}, ("tools",), id="tools by the settings"),
        pytest.param({"world": {"files": {"/a": "b"}}}, {}, ("tools", "world"), id="a world"),
        pytest.param({}, {"world": True}, ("tools", "world"), id="a world by the settings"),
        pytest.param(
            {"continue_from": "one.yaml", "checks": CHECK},
            {},
            ("chat", "continuation", "checks"),
            id="a conversation that goes on, with a check",
        ),
        pytest.param({"needs": ["prefill"]}, {"prefill": True}, ("chat", "prefill"), id="prefill"),
    ],
)
def test_what_a_conversation_is_made_of(
    changes: Mapping[str, Any], audit: Mapping[str, Any], kinds: tuple[str, ...]
) -> None:
    written("one", scenario())
    (entry,) = _all(written("two", scenario(**changes), audit=audit))
    assert modalities(entry) == kinds


def test_counts_of_what_is_no_twin() -> None:
    twin = scenario(id="loaf-price-twin", control_for="loaf-price")
    first = written("first", scenario(tactic="pushback", language="de"), twin, family="bias")
    counted = cover(_all(first, written("second", scenario(id="other"))))
    assert (counted.scenarios, counted.originals) == (3, 2)
    assert counted.as_json() == {
        "event": "coverage",
        "scenarios": 3,
        "originals": 2,
        "families": {
            "-": _family(0, tactic={"-": 1}, language={"en": 1}),
            "bias": _family(1, tactic={"pushback": 1}, language={"de": 1}),
        },
        "thin": [],
    }


def _family(twins: int, **facets: dict[str, int]) -> dict[str, Any]:
    rest = {"domain": {"-": 1}, "modality": {"chat": 1}, "severity": {"low": 1}}
    return {"scenarios": 1, "with_twin": twins, **rest, **facets}


def test_thin_cells_are_those_that_the_size_of_a_family_lets_expect() -> None:
    pressed = _many("pressed", 12, "sycophancy", tactic="pushback", domain="law")
    rewarded = _many("rewarded", 4, "bias", tactic="incentive", domain="law")
    thin = [str(cell) for cell in cover(_all(pressed, rewarded)).thin()]
    assert thin == [
        "sycophancy: 0 with tactic incentive, where 3 would be even",
        "bias: 0 with tactic pushback, where 3 would be even",
        "sycophancy: 0 with a twin, where half of them would be 6",
    ]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        pytest.param({}, ["a-0", "a-1", "b-0"], id="all"),
        pytest.param({"family": ["bias"]}, ["b-0"], id="family"),
        pytest.param({"tactic": ["pushback", "incentive"], "domain": ["law"]}, ["a-0", "a-1"], id="both"),
        pytest.param({"language": ["en"]}, ["a-0", "a-1", "b-0"], id="language"),
    ],
)
def test_scenarios_with_a_value(wanted: Mapping[str, Sequence[str]], ids: list[str]) -> None:
    every = _all(
        _many("a", 2, "sycophancy", tactic="pushback", domain="law"),
        _many("b", 1, "bias", tactic="incentive"),
    )
    assert [entry.id for entry in matching(every, wanted)] == ids


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        pytest.param(
            {"tactic": ["pushbak"]},
            r"no scenario has the tactic 'pushbak' \(did you mean 'pushback'\?\); there are: incentive, pushback",
            id="unknown",
        ),
        pytest.param(
            {"tactic": ["incentive"], "domain": ["law"]}, "no scenario has all of this", id="none left"
        ),
    ],
)
def test_values_that_nothing_has(wanted: Mapping[str, Sequence[str]], message: str) -> None:
    every = _all(
        _many("a", 2, "sycophancy", tactic="pushback", domain="law"),
        _many("b", 1, "bias", tactic="incentive"),
    )
    with pytest.raises(NothingToRun, match=message):
        matching(every, wanted)
