import hashlib
import json
from pathlib import Path
from typing import Literal

import jsonschema
import pytest
from ruamel.yaml import YAML

from petri.errors import InvalidFile, UsageError
from petri.rubric.load import load_rubric, load_rubrics
from petri.rubric.schema import RESERVED, Dimension, Scale, rubric_json_schema

JUDGES = Path(__file__).parents[2] / "judges"
SHIPPED = sorted(JUDGES.glob("*.yaml"))
HEAD = "petri: 1\nname: r\ndimensions:\n"


def _faults(text: str) -> list[str]:
    Path("r.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFile) as caught:
        load_rubric(Path("r.yaml"))
    return str(caught.value).split("\n")


def test_a_rubric_says_all_it_may_say() -> None:
    text = HEAD + (
        "  - name: tone\n    description: d\n    scale: {min: 0, max: 4, worse: low}\n"
        "    anchors: {0: bad, '4': good}\n"
        "    threshold: 1\n    counts: [this]\n    applies_when: It speaks.\n"
    )
    Path("r.yaml").write_text(text)
    rubric = load_rubric(Path("r.yaml"), "shown.yaml")
    (tone,) = rubric.spec.dimensions
    assert (rubric.path, rubric.sha256) == ("shown.yaml", hashlib.sha256(text.encode()).hexdigest())
    assert (tone.anchors, tone.threshold, tone.scale.worse) == ({0: "bad", 4: "good"}, 1, "low")
    assert Dimension.model_validate_json(tone.model_dump_json()) == tone


@pytest.mark.parametrize(
    ("dimensions", "faults"),
    [
        pytest.param(
            "  - nam: x\n    description: d\n",
            [
                "r.yaml:4:5: missing key 'name' in 'dimensions' item 1; required there: name, description",
                (
                    "r.yaml:4:5: unknown key 'nam' in 'dimensions' item 1 (did you mean 'name'?); known keys: name, "
                    "description, scale, anchors, threshold, counts, applies_when, about"
                ),
            ],
            id="keys",
        ),
        pytest.param(
            "  - {name: x, description: d}\n  - {name: y, description: d}\n  - {name: x, description: d}\n",
            ["r.yaml:6:12: duplicate dimension 'x'; it is already on line 4"],
            id="dimension twice",
        ),
        pytest.param(
            "  - {name: power-seeking, description: d}\n  - {name: power_seeking, description: d}\n",
            [
                (
                    "r.yaml:5:12: duplicate dimension 'power_seeking'; it is already on line 4 as 'power-seeking'; "
                    "names have to differ in more than '-' and '_'"
                ),
            ],
            id="dimension twice but for the hyphen",
        ),
        pytest.param(
            "  - {name: hit-rate, description: d}\n",
            ["r.yaml:4:12: 'hit-rate' cannot be the name of a dimension: it is the name of a metric"],
            id="reserved but for the hyphen",
        ),
        *[
            pytest.param(
                f"  - {{name: x, description: d, scale: {{worse: {worse}}}, threshold: {innocent}}}\n",
                [
                    (
                        f"r.yaml:4:{60 + len(worse)}: the threshold {innocent} is the innocent end of the scale, "
                        "so every score would be a hit"
                    ),
                ],
                id=f"threshold at the innocent end, {worse} is worse",
            )
            for worse, innocent in (("high", 1), ("low", 10))
        ],
        pytest.param(
            "  - {name: value, description: d}\n",
            ["r.yaml:4:12: 'value' cannot be the name of a dimension: Inspect uses it inside a score"],
            id="reserved",
        ),
        pytest.param(
            "  - name: x\n    description: d\n    anchors: {0: a, 11: b, 5: c}\n    threshold: 11\n",
            [
                "r.yaml:6:15: the anchor 0 lies outside the scale from 1 to 10",
                "r.yaml:6:21: the anchor 11 lies outside the scale from 1 to 10",
                "r.yaml:7:16: the threshold 11 lies outside the scale from 1 to 10",
            ],
            id="outside the scale",
        ),
        pytest.param(
            "  - {name: x, description: d, scale: {min: 5, max: 5}, threshold: 9}\n",
            ["r.yaml:4:38: 'min' should be below 'max', found 5 and 5"],
            id="no scale",
        ),
        pytest.param(
            "  - {name: x, description: d, scale: {worse: none}, threshold: 5}\n",
            ["r.yaml:4:64: a threshold needs a worse end, and 'worse' is 'none'; remove one of the two"],
            id="threshold without a worse end",
        ),
        pytest.param(
            "  - {name: x, description: d, scale: {worse: hihg, min: 0.5}, anchors: {a: b, 1: 2}}\n",
            [
                "r.yaml:4:46: 'worse' should be 'high', 'low' or 'none', found 'hihg' (did you mean 'high'?)",
                "r.yaml:4:57: 'min' should be a whole number, found 0.5",
                "r.yaml:4:73: the key 'a' should be a whole number, found 'a'",
                "r.yaml:4:82: 'anchors' 1 should be text, found 2; put it in quotes: \"2\"",
            ],
            id="wrong types",
        ),
        pytest.param(
            "  - {name: x, description: d, anchors: {1: a, 1: b}}\n",
            ["r.yaml:4:47: duplicate key 1; it is already on line 4"],
            id="anchor twice",
        ),
    ],
)
def test_faults_say_where_and_what(dimensions: str, faults: list[str]) -> None:
    assert _faults(HEAD + dimensions) == faults


@pytest.mark.parametrize("name", RESERVED)
def test_reserved_names_are_refused_with_the_reason(name: str) -> None:
    fault = f"r.yaml:4:12: {name!r} cannot be the name of a dimension: {RESERVED[name]}"
    assert _faults(HEAD + f"  - {{name: {name}, description: d}}\n") == [fault]


def test_rubrics_are_found_by_name_and_path() -> None:
    Path("sub").mkdir()
    Path("sub/mine.yaml").write_text(HEAD + "  - {name: mine, description: d}\n")
    loaded = load_rubrics(["deception", "./mine.yaml"], relative_to=Path("sub"))
    assert [rubric.path for rubric in loaded] == ["judges/deception.yaml", "sub/mine.yaml"]
    assert (
        load_rubrics([str(Path("sub/mine.yaml").resolve())], relative_to=Path("elsewhere"))[0].spec.name
        == "r"
    )


def test_an_unknown_name_is_answered_with_the_choices() -> None:
    with pytest.raises(UsageError) as caught:
        load_rubrics(["decepton"])
    names = ", ".join(path.stem for path in SHIPPED)
    assert str(caught.value) == (
        f"unknown rubric 'decepton' (did you mean 'deception'?); built in: {names}; "
        "a file of your own is named by its path, such as ./my-rubric.yaml"
    )


def test_a_rubric_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="the rubric 'deception' is named twice; once is enough"):
        load_rubrics(["deception", "sabotage", "deception"])


def test_a_dimension_of_two_rubrics_is_a_fault_that_names_both_places() -> None:
    Path("a.yaml").write_text(HEAD + "  - {name: x, description: d}\n")
    other = HEAD.replace("name: r", "name: s")
    Path("b.yaml").write_text(other + "  - {name: y, description: d}\n  - {name: x, description: d}\n")
    with pytest.raises(InvalidFile) as caught:
        load_rubrics(["a.yaml", "b.yaml"])
    assert str(caught.value) == "b.yaml:5:12: the dimension 'x' is already defined at a.yaml:4"


def test_names_of_two_rubrics_differ_in_more_than_a_hyphen() -> None:
    Path("a.yaml").write_text(HEAD + "  - {name: x-y, description: d}\n")
    Path("b.yaml").write_text(HEAD.replace("name: r", "name: s") + "  - {name: x_y, description: d}\n")
    with pytest.raises(
        InvalidFile, match=r"'x_y' is already defined at a\.yaml:4 as 'x-y'; names have to differ"
    ):
        load_rubrics(["a.yaml", "b.yaml"])


def test_two_rubrics_with_one_name_are_a_fault() -> None:
    Path("a.yaml").write_text(HEAD + "  - {name: x, description: d}\n")
    Path("b.yaml").write_text(HEAD + "  - {name: y, description: d}\n")
    with pytest.raises(InvalidFile) as caught:
        load_rubrics(["a.yaml", "b.yaml"])
    assert (
        str(caught.value)
        == "b.yaml:2:7: the rubric name 'r' is already that of a.yaml; each names one family"
    )


@pytest.mark.parametrize(
    ("dimension", "told"),
    [
        pytest.param(
            Dimension(name="x", description="d", threshold=5),
            {"name": "x", "description": "d", "scale": {"min": 1, "max": 10, "worse": "high"}},
            id="no threshold, nothing empty",
        ),
        pytest.param(
            Dimension(
                name="x", description="d", anchors={1: "a"}, counts=("c",), applies_when="w", about="audit"
            ),
            {
                "name": "x",
                "description": "d",
                "scale": {"min": 1, "max": 10, "worse": "high"},
                "anchors": {"1": "a"},
                "counts": ["c"],
                "applies_when": "w",
                "about": "audit",
            },
            id="all there is",
        ),
    ],
)
def test_what_a_judge_is_told(dimension: Dimension, told: dict[str, object]) -> None:
    assert dimension.as_task() == told


@pytest.mark.parametrize(
    ("worse", "innocent", "hits"),
    [("high", 1, {5, 6, 7, 8, 9, 10}), ("low", 10, {1, 2, 3, 4, 5}), ("none", 1, set[int]())],
)
def test_the_worse_end_decides(worse: Literal["high", "low", "none"], innocent: int, hits: set[int]) -> None:
    dimension = Dimension(name="x", description="d", scale=Scale(worse=worse), threshold=5)
    assert dimension.scale.innocent == innocent
    assert {value for value in range(1, 11) if dimension.is_hit(value)} == hits


def test_faults_of_all_rubrics_come_together() -> None:
    Path("b.yaml").write_text("")
    with pytest.raises(InvalidFile) as caught:
        load_rubrics(["a.yaml", "b.yaml"])
    assert str(caught.value) == "a.yaml:0:0: no such file\nb.yaml:1:1: the file is empty"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_files_are_valid(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=rubric.schema.json\n")
    assert load_rubric(path).spec.name == path.stem
    parsed = YAML(typ="safe", pure=True).load(text)  # pyright: ignore[reportUnknownMemberType]
    jsonschema.validate(json.loads(json.dumps(parsed)), rubric_json_schema(), jsonschema.Draft7Validator)


def test_the_shipped_rubrics_go_together() -> None:
    assert len(load_rubrics([path.stem for path in SHIPPED])) == len(SHIPPED)


def test_the_committed_schema_is_the_generated_one() -> None:
    committed = (JUDGES / "rubric.schema.json").read_text(encoding="utf-8")
    generated = json.dumps(rubric_json_schema(), indent=2, ensure_ascii=False) + "\n"
    assert committed == generated, "run: make schemas"
