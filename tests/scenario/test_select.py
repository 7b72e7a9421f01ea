import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from petri.datafiles import scenario_files
from petri.errors import InvalidFile, NothingToRun, UsageError
from petri.scenario.select import load_scenarios

PREFILLED = "library:reward-hacking-begun"
FORMS = "give a file (.yaml, .yml, .md, .jsonl), a folder, or library:<file, family, tag or id>"


@pytest.fixture(autouse=True)
def files() -> None:
    """Three files: a.yaml with a1 (tag x) and a2 (tag y); sub/b.yml with b1 (file tag z); sub/c.md, seed c."""
    Path("sub").mkdir()
    Path(".hidden").mkdir()
    scenarios = "[{id: a1, seed: s, tags: [x]}, {id: a2, seed: s, tags: [y]}]"
    Path("a.yaml").write_text(f"{{petri: 1, name: a, scenarios: {scenarios}}}")
    Path("sub/b.yml").write_text("{petri: 1, name: b, tags: [z], scenarios: [{id: b1, seed: s}]}")
    Path("sub/c.md").write_text("---\ntags: [w]\n---\na seed")
    Path("sub/notes.md").write_text("# No seed {{at all}}\n")
    Path("bare").mkdir()
    Path("bare/d.md").write_text("a seed")
    for ignored in ("README.md", "sub/ReadMe.md", ".hidden/d.yaml", ".e.yaml", "notes.txt", "schema.json"):
        Path(ignored).write_text("no: scenario: here")


def _chosen(selectors: Sequence[str], **filters: Any) -> dict[str, list[str]]:
    return {
        file.path: [scenario.id for scenario in file.spec.scenarios]
        for file in load_scenarios(selectors, **filters)
    }


@pytest.mark.parametrize(
    ("selectors", "chosen"),
    [
        pytest.param(["a.yaml"], {"a.yaml": ["a1", "a2"]}, id="file"),
        pytest.param(["sub"], {"sub/b.yml": ["b1"], "sub/c.md": ["c"]}, id="folder"),
        pytest.param(
            ["."], {"a.yaml": ["a1", "a2"], "sub/b.yml": ["b1"], "sub/c.md": ["c"]}, id="folders in it"
        ),
        pytest.param(["bare/d.md"], {"bare/d.md": ["d"]}, id="Markdown without front matter, named itself"),
        pytest.param(
            ["sub/c.md", "sub", "./a.yaml"],
            {"sub/c.md": ["c"], "sub/b.yml": ["b1"], "./a.yaml": ["a1", "a2"]},
            id="each once",
        ),
    ],
)
def test_selectors_name_files(selectors: list[str], chosen: dict[str, list[str]]) -> None:
    assert _chosen(selectors) == chosen


@pytest.mark.parametrize(
    ("filters", "chosen"),
    [
        pytest.param({"only": ["a2", "c"]}, {"a.yaml": ["a2"], "sub/c.md": ["c"]}, id="ids"),
        pytest.param(
            {"tags": ["x", "z"]}, {"a.yaml": ["a1"], "sub/b.yml": ["b1"]}, id="tags of scenarios and files"
        ),
        pytest.param({"limit": 3}, {"a.yaml": ["a1", "a2"], "sub/b.yml": ["b1"]}, id="limit over all files"),
        pytest.param(
            {"only": ["a2", "b1"], "tags": ["y", "z"], "limit": 1}, {"a.yaml": ["a2"]}, id="all three"
        ),
    ],
)
def test_filters_leave_scenarios(filters: dict[str, Any], chosen: dict[str, list[str]]) -> None:
    assert _chosen(["."], **filters) == chosen


@pytest.mark.parametrize(
    ("selectors", "filters", "message"),
    [
        pytest.param([], {}, f"no scenario is named; {FORMS}", id="none"),
        pytest.param(
            ["Ask the model whether it lies."],
            {},
            f"'Ask the model whether it lies.' matches nothing; {FORMS}. Text is never run as a seed",
            id="text",
        ),
        pytest.param(
            ["x" * 5000],
            {},
            f"'{'x' * 60}…' matches nothing; {FORMS}. Text is never run as a seed",
            id="long text",
        ),
        pytest.param(
            ["quickstart"],
            {},
            f"'quickstart' matches nothing (did you mean 'library:quickstart'?); {FORMS}. Text is never run as a seed",
            id="a library name",
        ),
        pytest.param(
            ["notes.txt"], {}, f"'notes.txt' is no scenario file; {FORMS}", id="another kind of file"
        ),
        pytest.param([".hidden/../.hidden"], {}, None, id="a hidden folder is read when named"),
        pytest.param(
            ["empty"], {}, f"'empty' holds no scenario file; {FORMS}", id="folder without scenarios"
        ),
        pytest.param(
            ["bare"],
            {},
            "'bare' holds no scenario file; Markdown without front matter counts only where it is named itself; "
            f"{FORMS}",
            id="folder of other Markdown",
        ),
        pytest.param(
            ["."],
            {"only": ["a11"]},
            "no scenario has the id 'a11' (did you mean 'a1'?); ids: a1, a2, b1, c",
            id="unknown id",
        ),
        pytest.param(["."], {"limit": 0}, "the limit is 0; it should be at least 1", id="limit"),
    ],
)
def test_what_matches_nothing_is_an_error(
    selectors: list[str], filters: dict[str, Any], message: str | None
) -> None:
    Path("empty").mkdir()
    with pytest.raises(UsageError) as caught:
        load_scenarios(selectors, **filters)
    assert message is None or str(caught.value) == message


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        pytest.param(
            {"tags": ["sycophancy", "xx"]},
            "nothing to run: no scenario is left by these filters; tags in these files: x, y, z, w",
            id="tag",
        ),
        pytest.param(
            {"only": ["a1"], "tags": ["y"]},
            "nothing to run: no scenario is left by these filters; tags in these files: x, y, z, w",
            id="both",
        ),
    ],
)
def test_filters_that_leave_nothing(filters: dict[str, Any], message: str) -> None:
    with pytest.raises(NothingToRun) as caught:
        load_scenarios(["."], **filters)
    assert (str(caught.value), caught.value.exit_code) == (message, 5)


def test_faults_of_all_files_come_together() -> None:
    Path("sub/b.yml").write_text("{petri: 1}")
    Path("a.yaml").write_text("")
    with pytest.raises(InvalidFile) as caught:
        load_scenarios(["missing.yaml", ".", "gone.jsonl"], only=["whatever"])
    assert [(fault.path, fault.line) for fault in caught.value.faults] == [
        ("missing.yaml", 0),
        ("a.yaml", 1),
        ("sub/b.yml", 1),
        ("sub/b.yml", 1),
        ("gone.jsonl", 0),
    ]


def test_the_library_is_found_by_file_tag_and_id() -> None:
    whole = _chosen(["library:quickstart"])
    assert list(whole) == ["library:quickstart"]
    first = whole["library:quickstart"][0]
    assert _chosen([f"library:{first}"]) == {"library:quickstart": [first]}
    assert _chosen([f"library:{first}", "library:quickstart"]) == whole
    tag = load_scenarios(["library:quickstart"])[0].spec.scenarios[0].tags[0]
    assert first in _chosen([f"library:{tag}"])["library:quickstart"]


def test_a_library_name_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(UsageError) as caught:
        load_scenarios(["library:quikstart"])
    hint = "(did you mean 'quickstart'?)"
    start = f"no built-in file, family, scenario id or tag is called 'quikstart' {hint}; there are: "
    assert str(caught.value).startswith(start)
    names, _, ids = str(caught.value).removeprefix(start).rpartition(", and ")
    assert {"all", *scenario_files()} <= set(names.split(", "))
    assert ids.endswith(" ids, which `petri scenarios list` shows")


def test_the_library_is_found_by_family_and_as_a_whole() -> None:
    whole = load_scenarios(["library:all"])
    names = [f"library:{name}" for name in scenario_files()]
    assert [file.path for file in whole] == [name for name in names if name != PREFILLED]
    families = {file.spec.family for file in whole if file.spec.family is not None}
    for family in families:
        chosen = load_scenarios([f"library:{family}"])
        assert {file.path for file in whole if file.spec.family == family} <= {file.path for file in chosen}


def test_what_most_models_refuse_comes_with_its_own_name_alone() -> None:
    (file,) = load_scenarios([PREFILLED])
    assert file.spec.audit.prefill
    family = load_scenarios([f"library:{file.spec.family}"])
    assert family
    assert PREFILLED not in {other.path for other in family}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_without_permission_is_a_fault() -> None:
    Path("sub").chmod(0)
    with pytest.raises(InvalidFile) as caught:
        load_scenarios(["."])
    Path("sub").chmod(0o700)
    assert str(caught.value) == "./sub:0:0: no permission to read this folder"
