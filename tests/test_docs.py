"""What the documentation says: generated parts, examples, command lines and links are all tried out."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any, cast, get_args

import pytest
import typer
from inspect_ai.event import SampleLimitEvent
from rich.console import Console
from typer.core import TyperGroup
from typer.main import get_command

from petri.analysis.compute import RunStatus, exit_code
from petri.analysis.results import Results
from petri.analysis.summary import count
from petri.boundary import kind_of
from petri.check import review_files
from petri.cli.main import COMMANDS
from petri.display.lines import LineDisplay
from petri.errors import PetriError, ProviderRefused, TargetFailed
from petri.judge.verdict import Status
from petri.offline.script import RoleName, read_script
from petri.prompts.files import text as prompt
from petri.runner import Order, run
from petri.transcript.folders import PLAN, RESULTS
from petri.transcript.outcome import decide_outcome, is_valid
from petri.transcript.schema import End, EndedBy
from scripts import reference

ROOT = Path(__file__).parents[1]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for folder, pattern in {
        ".": "*.md",
        "docs": "**/*.md",
        "scenarios": "*.md",
        "judges": "*.md",
        "transcripts": "*.md",
    }.items()
    for path in sorted((ROOT / folder).glob(pattern))
}
FILES, OFFLINE, README = PAGES["docs/files.md"], PAGES["docs/offline.md"], PAGES["README.md"]

FENCE = re.compile(r"^```(\w*)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(?:\.venv/bin/)?(petri(?: [^`]*)?)`")
COMMAND = re.compile(r"^(?:\.venv/bin/)?(petri .*)$", re.MULTILINE)
SHELL = {">", ">>", "|", "&&"}
FREE = {
    "settings",
    "variables",
    "expect",
    "prompts",
    "invalid",
    "error",
    "unscored",
    "quotes",
    "flags",
}  # the keys in these vary


def blocks(page: str) -> dict[str, str]:
    """The fenced blocks of a page that have a file's name."""
    return {name: text for _, name, text in FENCE.findall(page) if name}


def table(page: str, heading: str) -> dict[str, list[str]]:
    """The first table below a heading: its first column, without back quotes, and the others."""
    _, _, below = page.partition(f" {heading}\n")
    rows = re.findall(r"^\| .*", re.split(r"^#+ ", below, maxsplit=1, flags=re.MULTILINE)[0], re.MULTILINE)
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows[2:]]
    return {first.strip("`"): rest for first, *rest in cells}


def keys(data: Any, path: str = "") -> set[str]:
    """Every path of keys in JSON data; lists are looked through."""
    if isinstance(data, list):
        return {path}.union(*(keys(item, path) for item in cast("list[Any]", data)))
    if not isinstance(data, dict) or path.rpartition(".")[2] in FREE:
        return {path}
    found = {path}
    for key, value in cast("dict[str, Any]", data).items():
        found |= keys(value, f"{path}.{key}")
    return found


def uncommented(text: str) -> Any:
    return json.loads(re.sub(r"\s+// .*$", "", text, flags=re.MULTILINE))


# The generated parts


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_reference_is_up_to_date(name: str) -> None:
    page = (reference.DOCS / name).read_text(encoding="utf-8")
    assert reference.regenerate(page) == page, f"docs/{name} is out of date: {reference.ADVICE}"


def test_a_page_out_of_date_is_noticed() -> None:
    stale = FILES.replace("| `max_turns` |", "| `max_steps` |")
    assert stale != FILES
    assert reference.regenerate(stale) == FILES


def test_every_model_has_its_table_and_heading() -> None:
    pages = "".join((reference.DOCS / name).read_text(encoding="utf-8") for name in reference.PAGES)
    made = re.findall(r"^<!-- generated: (?:fields|values) (\w+) -->$", pages, re.MULTILINE)
    assert sorted(made) == sorted(reference.MODELS)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_has_an_example_that_parses(command: str) -> None:
    told = reference.help_of(*command.split())
    examples = re.findall(r"^  Example: (petri .*)$", told, re.MULTILINE)
    assert examples, told
    for line in examples:
        parse(line)
    assert max(map(len, told.splitlines())) <= reference.WIDTH


def test_help_loads_no_models(tmp_path: Path) -> None:
    code = (
        "import sys; from petri.cli.main import main; code = main(['--help']);"
        "heavy = {'inspect_ai', 'pydantic', 'rich', 'numpy', 'pandas', 'pyarrow', 'scipy', 'statsmodels'};"
        "print(code, heavy & set(sys.modules), file=sys.stderr)"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stderr == "0 set()\n"
    assert all(name in child.stdout for name in COMMANDS)


# Command lines


def parse(line: str) -> None:
    """Parse a command line as its command would; anything wrong with it raises."""
    said = shlex.split(line, comments=True)
    words = said[: next((at for at, word in enumerate(said) if word in SHELL), None)]
    _, name, *rest = words
    assert name in COMMANDS, f"{line!r}: there is no command {name!r}"
    chosen = get_command(_app(name))
    if isinstance(chosen, TyperGroup):
        name, *rest = rest
        chosen = chosen.commands[name]
    chosen.make_context(name, rest)


def _app(name: str) -> typer.Typer:
    command = import_module(COMMANDS[name][0]).command
    if isinstance(command, typer.Typer):
        return command
    app = typer.Typer(add_completion=False)
    app.command(name)(command)
    return app


def _lines() -> Iterator[Any]:
    for name, page in PAGES.items():
        for kind, _, text in FENCE.findall(page):
            for line in COMMAND.findall(text.replace("\\\n", " ")) if not kind else ():
                yield pytest.param(line, id=f"{name}: {line}")


@pytest.mark.parametrize("line", [*_lines()])
def test_a_command_line_parses(line: str) -> None:
    parse(line)


@pytest.mark.parametrize("name", PAGES)
def test_commands_in_prose_exist(name: str) -> None:
    prose = FENCE.sub("", PAGES[name])
    for line in INLINE.findall(prose):
        words = line.split()[1:]
        flags = {word for word in words if word.startswith("--")}
        command = words[0] if words and words[0] not in flags else None
        assert command is None or command in COMMANDS, f"{name}: {line!r}: no such command"
        known = re.findall(r"--[a-z-]+", reference.help_of(*([command] if command else [])))
        assert flags <= {*known}, f"{name}: {line!r}: no such flag"


# Links


def anchors(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    for target, heading in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", PAGES[name]):
        path = (ROOT / name).parent / target if target else ROOT / name
        assert path.exists(), f"{name}: {target} is not there"
        assert not heading or heading in anchors(path.read_text(encoding="utf-8")), f"{name}: #{heading}"


# Example files


def completed(text: str, folder: Path) -> str:
    """A part of a scenario file as a whole one, with the prompts and skills beside it that it names."""
    for name, path in re.findall(r"^  (\w+/\w+): (\S+\.md)", text, re.MULTILINE):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(prompt(name), encoding="utf-8")
    for path in re.findall(r"^skills: \[(.+)\]", text, re.MULTILINE):
        (folder / path).mkdir(parents=True)
        (folder / path / "skill.md").write_text("How it is done", encoding="utf-8")
    head = "" if text.startswith(("petri:", "#")) else "petri: 1\nname: part\n"
    body = "" if re.search(r"^(seed|scenarios|roles|dimensions):", text, re.MULTILINE) else "\nseed: x\n"
    return head + text + body


@pytest.mark.parametrize(
    ("page", "name", "text"),
    [
        pytest.param(page, file or "block.yaml", text, id=f"{page}: {file or number}")
        for page, content in PAGES.items()
        for number, (kind, file, text) in enumerate(FENCE.findall(content))
        if kind == "yaml"
    ],
)
def test_an_example_file_is_valid(tmp_path: Path, page: str, name: str, text: str) -> None:
    for other, beside in blocks(PAGES[page]).items():
        (tmp_path / other).write_text(beside, encoding="utf-8")
    path = tmp_path / name
    path.write_text(completed(text, tmp_path), encoding="utf-8")
    roles = [role for role in get_args(RoleName) if re.search(rf"^  {role}:", text, re.MULTILINE)]
    if text.partition("roles:\n")[1]:
        assert [read_script(path, role) for role in roles]
    else:
        assert [fault for review in review_files([name]) for fault in review.faults] == []


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Results, str]:
    """The example of docs/offline.md as a whole audit: its folder, its results, what was said."""
    home = tmp_path_factory.mktemp("example")
    for name, text in blocks(OFFLINE).items():
        (home / name).write_text(text, encoding="utf-8")
    said = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        folder, results = run(
            Order(["founders.yaml"], home / "runs"), LineDisplay(Console(file=said, width=200))
        )
    return folder.folder, results, said.getvalue()


def test_the_scripted_example_gives_what_the_page_says(example: tuple[Path, Results, str]) -> None:
    _, results, said = example
    (audit,) = results.audits
    assert (audit.outcome, audit.branches, results.run.exit_code) == ("completed", 2, 0)
    assert {name: score.value for name, score in audit.scores.items()} == {"sycophancy": 8}
    assert _shown_table(OFFLINE) in said


def test_the_readme_shows_what_its_first_command_prints(tmp_path: Path) -> None:
    said = StringIO()
    order = Order([str(ROOT / "scenarios" / "quickstart.yaml")], tmp_path, offline=True)
    run(order, LineDisplay(Console(file=said, width=200)))
    assert _shown_table(README) in said.getvalue()


def _shown_table(page: str) -> str:
    return next(text for _, _, text in FENCE.findall(page) if text.startswith("dimension "))


def test_the_example_of_run_json_has_the_keys_of_a_real_one(example: tuple[Path, Results, str]) -> None:
    folder, _, _ = example
    real = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    assert keys(uncommented(blocks(FILES)[PLAN])) == keys(real)


def _without_names(results: dict[str, Any]) -> dict[str, Any]:
    """The results with a list in the place of the targets' names, which differ from run to run."""
    return results | {"targets": [*results["targets"].values()]}


def test_the_example_of_results_json_is_one(example: tuple[Path, Results, str]) -> None:
    folder, _, _ = example
    shown = uncommented(blocks(FILES)[RESULTS])
    real = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    assert keys(_without_names(shown)) == keys(_without_names(real))
    results = Results.model_validate_json(json.dumps(shown))
    assert results.counts == count(results.audits)
    assert results.run.exit_code == exit_code(results.run.status, breached=True)


# Tables of words


def test_the_outcomes_are_all_there_are() -> None:
    ends = [None, *(End(by=by, reason="") for by in get_args(EndedBy))]
    limits = [None, *get_args(SampleLimitEvent.model_fields["type"].annotation)]
    decided = {
        decide_outcome(target_turns=turns, end=end, limit=limit, failed=failed)
        for turns, end, limit, failed in product((0, 1), ends, limits, (False, True))
    }
    documented = table(FILES, "Outcome of an audit")
    assert {*documented} == decided | {"scenario_invalid", "pending"}
    assert {name: valid == "yes" for name, (valid, _) in documented.items()} == {
        name: is_valid(name) for name in documented
    }


def test_the_statuses_of_a_score_are_all_there_are() -> None:
    assert [*table(FILES, "Status of a score")] == [*get_args(Status)]


def test_the_statuses_of_a_run_are_all_there_are() -> None:
    _, _, below = FILES.partition("### Run info\n")
    assert {*re.findall(r"`(\w+)`: ", below.partition("### ")[0])} == {*get_args(RunStatus)}


class Refusal(Exception):
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code
        super().__init__(f"refused with {status_code}")


def test_the_kinds_of_error_are_all_there_are() -> None:
    named = [TimeoutError(), ConnectionError(), KeyError(), OSError(), ValueError("insufficient_quota")]
    named += [ProviderRefused(), TargetFailed()]
    kinds = {kind_of(error) for error in [*map(Refusal, range(400, 600)), *named]}
    _, _, below = FILES.partition("| kind | what happened |\n")
    documented = re.findall(r"^\| `(\w+)` \|", below.partition("\n\n")[0], re.MULTILINE)
    assert {*documented} == kinds


def test_the_exit_codes_are_all_there_are() -> None:
    def codes(error: type[PetriError]) -> set[int]:
        return {error.exit_code}.union(*(codes(narrower) for narrower in error.__subclasses__()))

    finished = {exit_code(status, breached=gate) for status in get_args(RunStatus) for gate in (False, True)}
    assert {int(code) for code in table(FILES, "Exit codes")} == codes(PetriError) | finished
