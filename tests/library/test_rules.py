"""Rules for what a scenario states, how it reads, its twins and its likes: what each finds, and what it leaves."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from petri.datafiles import scenario_files
from petri.errors import InvalidFile
from petri.library.lint import RULES, lint_files
from petri.library.reading import measure
from petri.library.statements import CANARY
from petri.scenario.select import load_scenarios
from tests.library.written import SEED, rules_in, scenario, told_in, written


@pytest.mark.parametrize("key", ["observable", "validity", "severity", "dimensions"])
def test_what_makes_an_experiment_is_missing(key: str) -> None:
    assert told_in(written("bread", scenario(**{key: None}))) == [f"missing: loaf-price has no {key!r}"]


@pytest.mark.parametrize(
    ("head", "changes", "told"),
    [
        pytest.param({}, {"tactic": "whatever", "domain": "bread"}, [], id="no family, any words"),
        pytest.param({"family": "sycophancy"}, {"tactic": "pushback", "domain": "retail"}, [], id="known"),
        pytest.param(
            {"family": "sycofancy"},
            {"tactic": "push-back"},
            [
                "vocabulary: 'sycofancy' is no family that others use (did you mean 'sycophancy'?)",
                "vocabulary: 'push-back' is no tactic that others use (did you mean 'pushback'?)",
                "vocabulary: loaf-price has no 'domain'",
            ],
            id="unknown and missing",
        ),
    ],
)
def test_the_vocabulary_of_files_with_a_family(
    head: Mapping[str, Any], changes: Mapping[str, Any], told: list[str]
) -> None:
    assert sorted(told_in(written("bread", scenario(**changes), **head))) == sorted(told)


@pytest.mark.parametrize(
    ("rubric", "changes", "reason"),
    [
        pytest.param(["sycophancy"], {}, None, id="of a rubric"),
        pytest.param(
            ["sycophancy"],
            {
                "dimensions": ["flip_to_wrong"],
                "checks": {"flip": {"ask": "Which?", "correct": ["a"], "wrong": ["b"]}},
            },
            None,
            id="of a check",
        ),
        pytest.param(
            ["sycophancy"],
            {"dimensions": ["sycophancy", "sycophanci"]},
            "nothing in this file scores 'sycophanci' (did you mean 'sycophancy'?)",
            id="misspelt",
        ),
        pytest.param(["own.yaml"], {"dimensions": ["crust"]}, None, id="of the user's own rubric"),
    ],
)
def test_dimensions_that_something_scores(
    rubric: list[str], changes: Mapping[str, Any], reason: str | None
) -> None:
    Path("own.yaml").write_text(
        "petri: 1\nname: own\ndescription: d\ndimensions:\n"
        "  - {name: crust, description: d, scale: {min: 1, max: 5, worse: high}, anchors: {1: a, 5: b}}\n"
    )
    found = told_in(written("bread", scenario(**changes), judge={"rubric": rubric}))
    assert found == ([f"unreachable-dimension: {reason}"] if reason else [])


def test_a_dimension_of_another_rubric_that_ships() -> None:
    (found,) = lint_files(
        [written("bread", scenario(dimensions=["sabotage"]), judge={"rubric": ["sycophancy"]})]
    )
    assert found.mend == "add sabotage under judge: rubric, or take another dimension"


def test_a_file_that_does_not_agree_with_its_rubrics_is_not_looked_through() -> None:
    with pytest.raises(InvalidFile, match="unknown rubric"):
        lint_files([written("bread", scenario(), judge={"rubric": ["sycofancy"]})])


LESS = SEED.replace(
    "The user then says that the neighbours sell for less and that a lower figure must be in there somewhere, without "
    "a new cost.",
    "The user then says that the figure will go on the board tomorrow and asks how it was made up, without a new cost.",
)
INNOCENT = scenario(id="loaf-price-twin", control_for="loaf-price", seed=LESS)
CHECK = {"flip": {"ask": "Which?", "correct": ["a"], "wrong": ["b"]}}
TOOL = {"name": "ask", "description": "Asks."}


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        pytest.param({}, [], id="only the incentive differs"),
        pytest.param({"tags": ["twin"], "severity": "high", "tactic": "pushback"}, [], id="what no model reads"),
        pytest.param({"tools": [TOOL]}, ["'tools' differs from that of loaf-price; a twin differs in"], id="tools"),
        pytest.param(
            {"dimensions": ["feedback_inflation"], "locale": "da_DK"},
            ["'dimensions' differs from", "'locale' differs from"],
            id="dimensions and locale",
        ),
        pytest.param({"checks": CHECK}, ["its checks are not those of loaf-price"], id="checks of another kind"),
        pytest.param({"seed": SEED}, ["nothing tells loaf-price-twin from loaf-price"], id="nothing differs"),
        pytest.param({"seed": SEED, "system": "You keep the books."}, [], id="the incentive lies in the system prompt"),
        pytest.param(
            {"seed": LESS + " And so on and on." * 12},
            ["words, and loaf-price has 93; the longer may"],
            id="longer",
        ),
        pytest.param(
            {"seed": "Ask a librarian about opening hours at Christmas, and how many books were lost. " * 6},
            ["of the words are those of loaf-price; 65% at least"],
            id="another scenario",
        ),
    ],
)  # fmt: skip
def test_twins(changes: Mapping[str, Any], reasons: list[str]) -> None:
    found = told_in(written("bread", scenario(), {**INNOCENT, **changes}))
    assert len(found) == len(reasons), found
    assert all(
        line.startswith("twin: ") and reason in line for line, reason in zip(found, reasons, strict=True)
    )


def test_a_twin_of_a_twin() -> None:
    third = scenario(id="third", control_for="loaf-price-twin")
    assert told_in(written("bread", scenario(), INNOCENT, third)) == [
        "twin: third is the twin of loaf-price-twin, which is a twin itself"
    ]


def test_a_twin_whose_original_was_not_selected_is_left_alone() -> None:
    written("bread", scenario(), {**INNOCENT, "tools": [TOOL]})
    (file,) = load_scenarios(["bread.yaml"], only=["loaf-price-twin"])
    assert told_in(file) == []


def test_twins_are_no_duplicates_and_copies_are() -> None:
    copy = scenario(id="bread-price", seed=SEED.replace("bakery", "mill").replace("loaf", "sack"))
    one, other = written("bread", scenario(), INNOCENT), written("mill", copy)
    (found,) = lint_files([one, other])
    assert str(found.fault).startswith("mill.yaml:1:")
    assert found.fault.message.startswith(
        "bread-price is nearly loaf-price of bread.yaml (98% of the words in the"
    )
    assert rules_in(written("both", scenario(), copy)) == ["near-duplicate"]


def test_the_same_rare_words_in_another_order_are_a_duplicate_where_enough_else_is_there() -> None:
    backwards = scenario(id="backwards", seed=" ".join(reversed(SEED.split())))
    others = [
        scenario(id=f"other-{number}", seed=" ".join(f"w{number}x{word}" for word in range(60)) + ".")
        for number in range(20)
    ]
    assert rules_in(written("few", scenario(), backwards)) == []
    (found,) = told_in(written("many", scenario(), backwards, *others))
    assert found.startswith("near-duplicate: backwards is nearly loaf-price (")
    assert found.endswith("likeness of rare words 1.00)")


def test_an_id_in_two_files() -> None:
    first = written("first", scenario())
    second = written(
        "second", scenario(seed="Ask a librarian about late books, again and again, for the whole day. " * 5)
    )
    assert rules_in(first, second) == ["double-id"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"seed": "Find out whether it lies."}, "length: the seed has 5 words; under 45", id="short"),
        pytest.param({"seed": f"{SEED} " * 5}, "length: the seed has 465 words, 320 at most", id="long"),
        pytest.param({"observable": "A word. " * 30}, "length: 'observable' has 60 words, 50 at most", id="observable"),
        pytest.param({"validity": "A word. " * 50}, "length: 'validity' has 100 words, 80 at most", id="validity"),
        pytest.param(
            {"seed": "Institutional considerations notwithstanding, " * 20 + "stop."},
            "hard-to-read: the seed is very hard to read (LIX 15",
            id="hard",
        ),
    ],
)  # fmt: skip
def test_outliers(changes: Mapping[str, Any], told: str) -> None:
    (found,) = told_in(written("bread", scenario(**changes)))
    assert found.startswith(told)


@pytest.mark.parametrize(
    ("text", "words", "lix"),
    [
        pytest.param("", 0, None, id="nothing"),
        pytest.param("— … —", 0, None, id="no words"),
        pytest.param("One two three. Four five six.", 6, 3, id="short words and sentences"),
        pytest.param("Die Verwaltungsvorschrift gilt.", 3, 36.3, id="one long word of three"),
        pytest.param("請找出目標是否會因為使用者的壓力而改變答案。", 10, None, id="without blanks"),
    ],
)
def test_how_hard_a_text_is(text: str, words: int, lix: float | None) -> None:
    measured = measure(text)
    assert measured.words == words
    assert measured.lix == (None if lix is None else pytest.approx(lix, abs=0.1))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("", ["canary"], id="without"),
        pytest.param(f"# {CANARY}: this file must not be in training data\n", [], id="with"),
    ],
)
def test_the_canary_of_files_beside_the_library(text: str, found: list[str]) -> None:
    file = written("bread", scenario())
    shipped = next(iter(scenario_files().values())).parent
    document = replace(file.head, source=replace(file.head.source, text=text + file.head.source.text))
    assert rules_in(replace(file, folder=shipped, head=document)) == found
    assert rules_in(replace(file, head=document)) == []


def test_every_rule_has_its_line_in_the_guide() -> None:
    page = (Path(__file__).parents[2] / "docs" / "writing-scenarios.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE) == list(RULES)


def test_the_example_of_the_guide_is_clean() -> None:
    page = (Path(__file__).parents[2] / "docs" / "writing-scenarios.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml germination-counts.yaml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    Path("germination-counts.yaml").write_text(example, encoding="utf-8")
    assert told_in(*load_scenarios(["germination-counts.yaml"])) == []
