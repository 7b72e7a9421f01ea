"""Seeds of other tools as a scenario file: what is carried over, what is not and said so, and what is only data."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petri.cli.main import main
from petri.document.parse import parse_document
from petri.document.source import Source
from petri.document.validate import validate
from petri.library.foreign import Collection, Item
from petri.library.imported import as_scenario_file
from petri.scenario.load import load_file
from petri.scenario.schema import Scenario, ScenarioFile

Import = Callable[[str], tuple[int, str, dict[str, Scenario]]]


@pytest.fixture
def bring_in(capsys: pytest.CaptureFixture[str]) -> Import:
    def run(path: str) -> tuple[int, str, dict[str, Scenario]]:
        code = main(["scenarios", "import", path, "--out", "new.yaml"])
        out, err = capsys.readouterr()
        assert out == ""
        made = load_file(Path("new.yaml")).spec.scenarios if Path("new.yaml").exists() else ()
        return code, err, {scenario.id: scenario for scenario in made}

    return run


def _files(**contents: str) -> None:
    for name, text in contents.items():
        path = Path(name.replace("__", "/").replace("_dot_", "."))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "seeds", "lost"),
    [
        pytest.param(
            "one.md",
            "---\nid: late_fees\ntags: [a b, c]\ncanary: x\ndocker_image: y\n---\nFind out.\n\nMore.\n",
            {"late_fees": "Find out.\n\nMore."},
            ["'canary', which has no place in a scenario", "'docker_image', which has no place in a scenario"],
            id="Markdown with front matter",
        ),
        pytest.param("plain.md", "Find out.", {"plain": "Find out."}, [], id="Markdown without"),
        pytest.param(
            "seeds.txt", "One.\n\n Two.\n", {"seeds-1": "One.", "seeds-3": "Two."}, [], id="a line a seed"
        ),
        pytest.param(
            "seeds.json",
            '["One.", {"input": "Two.", "id": "b", "metadata": {"tags": ["t"], "difficulty": 3}, "target": "n/a"}, '
            '{"x": 1}]',
            {"seeds-1": "One.", "b": "Two."},
            [
                "'difficulty', which has no place in a scenario",
                "'target', which has no place in a scenario",
                "seeds.json:3: it has no text",
            ],
            id="JSON",
        ),
        pytest.param(
            "seeds.jsonl",
            '{"seed": "One.", "severity": "high", "tags": "a, b"}\n\n'
            '{"seed": "Two.", "severity": "grave", "tags": 3}\n',
            {"seeds-1": "One.", "seeds-3": "Two."},
            [
                "'severity', which Input should be 'low', 'moderate', 'high' or 'critical'",
                "'tags', which are no list",
            ],
            id="JSON lines",
        ),
        pytest.param(
            "seeds.csv",
            'id,prompt,observable,notes\nx,"One,\ntwo.",It lies.,mine\nX,Three.,,\n',
            {"x": "One,\ntwo.", "x-2": "Three."},
            ["'notes', which has no place in a scenario"],
            id="a table",
        ),
        pytest.param(
            "seeds.py",
            '"""Seeds."""\nimport os\nSEEDS = [\n    "One " "more.",\n    {"input": "Two."},\n]\n',
            {"seeds-1": "One more.", "seeds-2": "Two."},
            [],
            id="a list in Python",
        ),
        pytest.param(
            "odd.json",
            '["{{who}} {{{ \\u0007x", {"seed": "# a: [b\\n  - c: \\"d\\"   \\n...\\n---\\n!!python/object", '
            '"guidance": ["x"]}]',
            {"odd-1": "{ {who}} { { { x", "odd-2": '# a: [b\n  - c: "d"\n...\n---\n!!python/object'},
            [
                "'guidance', which is no text",
                "'{{', which would be a variable, and is written '{ {'",
                "characters that cannot stand in a text file",
            ],
            id="what looks like a template, YAML or code",
        ),
    ],
)  # fmt: skip
def test_what_is_carried_over_and_what_is_not(
    bring_in: Import, name: str, text: str, seeds: dict[str, str], lost: list[str]
) -> None:
    Path(name).write_text(text, encoding="utf-8")
    code, err, made = bring_in(name)
    assert code == 0, err
    assert {id_: scenario.seed for id_, scenario in made.items()} == seeds
    told = sorted(line for line in err.splitlines() if line.startswith("not carried over: "))
    assert told == [f"not carried over: {reason}" for reason in lost]
    count = f"{len(seeds)} scenario{'s' * (len(seeds) != 1)}"
    assert err.splitlines()[-2:] == [f"wrote new.yaml: {count}", "next: petri scenarios lint new.yaml"]


def test_what_a_scenario_has_too_is_kept(bring_in: Import) -> None:
    Path("s.jsonl").write_text('{"seed": "One.", "severity": "high", "tags": "A b;c", "date": "2027-01-31"}')
    _, _, made = bring_in("s.jsonl")
    (one,) = made.values()
    assert (one.severity, one.tags, str(one.date)) == ("high", ("a-b", "c"), "2027-01-31")


ODD = [
    *"ab \n\t\r\x85\u2028\ufeff\xa0#|>\"'%\x00\x1b\ud83d&*!\\0~?,[]\x7f\ufffe😀",
    ": ",
    "- ",
    "{{",
    "}}",
    "---\n",
    "\n\n  ",
]
"""What YAML, a terminal or a template would make something of."""


@given(st.lists(st.lists(st.sampled_from(ODD), min_size=1, max_size=12).map("".join), min_size=1, max_size=3))
def test_whatever_a_seed_says_is_a_text_in_a_valid_file(texts: list[str]) -> None:
    items = tuple(Item("o", "n", {"seed": f"Find out. {text}", "guidance": text}) for text in texts)
    made = as_scenario_file(Collection(items, texts[0]), "n", "o")
    spec = validate(parse_document(Source("n.yaml", made.text, "")), ScenarioFile)
    assert [scenario.id for scenario in spec.scenarios] == ["n", "n-2", "n-3"][: len(texts)]
    for text, scenario in zip(texts, spec.scenarios, strict=True):
        letters = "".join(letter for letter in text if letter in "ab😀&*!?")
        assert "".join(letter for letter in scenario.seed[10:] if letter in "ab😀&*!?") == letters


def test_a_folder_of_markdown_is_read_without_its_folders(bring_in: Import) -> None:
    _files(
        seeds__a_dot_md="One.",
        seeds__b_dot_md="---\n---\nTwo.",
        seeds__README_dot_md="no",
        seeds__c__d_dot_md="no",
    )
    _, _, made = bring_in("seeds")
    assert {id_: scenario.seed for id_, scenario in made.items()} == {"a": "One.", "b": "Two."}


def test_a_folder_of_bloom(bring_in: Import) -> None:
    _files(
        bloom__BEHAVIOR_dot_md="---\nname: flattery\nnum_scenarios: 12\n---\nPraise without ground.",
        bloom__scenarios__seeds__one_dot_md="---\ntools: [x]\n---\nOne.",
    )
    code, err, made = bring_in("bloom")
    assert (code, [*made]) == (0, ["one"])
    assert load_file(Path("new.yaml")).spec.description == "Praise without ground."
    assert [line for line in err.splitlines() if line.startswith("not")] == [
        "not carried over: 'name', which is said of all seeds together",
        "not carried over: 'num_scenarios', which is said of all seeds together",
        "not carried over: 'tools', which has no place in a scenario",
    ]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        pytest.param("a.json", "{}", "should be a list of texts", id="no list"),
        pytest.param("a.json", "[1]", "a.json:1:1: should be a text, or a mapping with one", id="no text"),
        pytest.param("a.json", "[", "not JSON that can be used", id="broken JSON"),
        pytest.param("a.jsonl", "{}\n{", "a.jsonl:2:1: not JSON that can be used", id="broken line"),
        pytest.param("a.json", "[{}]", "holds no seed", id="nothing in it"),
        pytest.param("a.json", '["\\u0007"]', "holds no seed", id="nothing that can be written"),
        pytest.param("a.py", "SEEDS = [open('x')]", "no list of plain texts", id="code in the list"),
        pytest.param("a.py", "SEEDS = make()", "should be a list", id="code for a list"),
        pytest.param("a.py", "SEEDS = [", "no list of plain texts", id="broken Python"),
        pytest.param("a.csv", 'seed\n"a' + "b" * 200_000, "not CSV that can be used", id="broken table"),
        pytest.param("a.md", "---\na: &b c\n---\nx", "anchors are not used here", id="front matter with a fault"),
        pytest.param("a.md", "---\n- a\n---\nx", "the front matter should be a mapping", id="front matter, no mapping"),
        pytest.param("a.xml", "<a/>", "cannot be brought in", id="another kind"),
        pytest.param("a/b.txt", "x", "holds no Markdown file", id="a folder without seeds"),
        pytest.param("a/BEHAVIOR.md", "x", "no scenarios/seeds", id="a Bloom folder without seeds"),
        pytest.param("a.json", '["' + "{" * 600_000 + '"]', "bring it in in parts", id="long"),
    ],
)  # fmt: skip
def test_what_cannot_be_brought_in(bring_in: Import, name: str, text: str, message: str) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")
    code, err, made = bring_in(name.split("/", maxsplit=1)[0])
    assert (code, made) == (2, {})
    assert message in err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        pytest.param(["--out", "old.yaml"], "old.yaml exists and stays as it is", id="there already"),
        pytest.param(["--out", "new.json"], "a scenario file ends in .yaml or .yml", id="another suffix"),
        pytest.param(["--out", "no/new.yaml"], "there is no folder 'no'", id="no folder"),
    ],
)
def test_where_it_is_written(args: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    _files(old_dot_yaml="mine", seeds_dot_txt="One.")
    assert main(["scenarios", "import", "seeds.txt", *args]) == 2
    assert message in capsys.readouterr().err
    assert Path("old.yaml").read_text() == "mine"
