"""`petri scenarios`: the built-in scenarios and a user's own as a collection."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from petri.cli import options
from petri.datafiles import scenario_files
from petri.display.console import data, echo_json
from petri.display.library import print_coverage, print_list, print_scenario, scenario_data
from petri.display.safe import flat
from petri.document.fields import make_slug
from petri.errors import UsageError
from petri.library.coverage import cover, matching
from petri.library.entry import Entry, entries
from petri.library.foreign import read_collection
from petri.library.imported import as_scenario_file
from petri.library.lint import lint_files
from petri.scenario.select import load_scenarios

_WHOLE: Final = tuple(f"library:{name}" for name in scenario_files())
"""Every file by its name: `library:all` leaves out what most models could not be asked."""
_FOUND: Final = 1

command = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

Selectors = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE]", help="Scenario files, folders, or library:NAME; the library by default."
    ),
]
Family = Annotated[list[str] | None, typer.Option(metavar="F", help="Only of these families.")]
Tactic = Annotated[list[str] | None, typer.Option(metavar="T", help="Only with one of these tactics.")]
Domain = Annotated[list[str] | None, typer.Option(metavar="D", help="Only of these domains.")]
Language = Annotated[list[str] | None, typer.Option(metavar="L", help="Only in these languages, such as de.")]


@command.callback()
def about() -> None:
    """Look through scenarios: find faults of craft, list and show them, see what they cover, bring in others.

    Example: petri scenarios list library:sycophancy
    """


@command.command("lint")
def lint(
    files: Selectors = None,
    only: options.Only = None,
    tag: options.Tag = None,
    json_: options.Json = False,
) -> None:
    """Find what makes a scenario measure something else, as file:line:col: rule: reason; what would be better.

    Exits with 1 where something is found, 2 where a file is not valid, and 5 where the filters leave nothing.

    Example: petri scenarios lint my-scenarios/
    """
    loaded = load_scenarios(files or _WHOLE, only=only or (), tags=tag or ())
    found = lint_files(loaded)
    for finding in found:
        if json_:
            echo_json(finding.as_json())
        else:
            typer.echo(flat(str(finding)))
    count = sum(len(file.spec.scenarios) for file in loaded)
    typer.echo(f"{_count(count, 'scenario')}: {_count(len(found), 'finding')}", err=True)
    if found:
        raise typer.Exit(_FOUND)


@command.command("list")
def list_(
    files: Selectors = None,
    family: Family = None,
    tag: options.Tag = None,
    tactic: Tactic = None,
    domain: Domain = None,
    language: Language = None,
    json_: options.Json = False,
) -> None:
    """List scenarios, one a line.

    Example: petri scenarios list --family sabotage --domain software
    """
    every = _entries(files, tags=tag or ())
    wanted = {"family": family, "tactic": tactic, "domain": domain, "language": language}
    kept = matching(every, {name: values for name, values in wanted.items() if values})
    if json_:
        for entry in kept:
            echo_json(scenario_data(entry))
    else:
        twins = {entry.scenario.control_for: entry.id for entry in every if entry.scenario.control_for}
        print_list(data(), kept, twins)
    typer.echo(_count(len(kept), "scenario"), err=True)


@command.command("show")
def show(
    ids: Annotated[list[str], typer.Argument(metavar="ID", help="Scenarios' ids.")],
    file: Annotated[
        list[str] | None,
        typer.Option("--in", metavar="FILE", help="Where they are; the library by default."),
    ] = None,
    json_: options.Json = False,
) -> None:
    """Show all that scenarios say, and where twins differ.

    Example: petri scenarios show watched-agent-settings
    """
    load_scenarios(file or _WHOLE, only=ids, flags=True)  # an unknown id is answered with those that are near
    every = _entries(file)
    console = data()
    for entry in (entry for entry in every if entry.id in ids):
        if json_:
            echo_json(scenario_data(entry) | entry.scenario.model_dump(mode="json", exclude_unset=True))
        else:
            print_scenario(console, entry, _other(entry, every))


@command.command("coverage")
def coverage(files: Selectors = None, json_: options.Json = False) -> None:
    """Count scenarios by family and tactic, domain, modality, language and twin, and name the thin cells.

    Example: petri scenarios coverage library:all scenarios/mine.yaml
    """
    counted = cover(_entries(files))
    if json_:
        echo_json(counted.as_json())
    else:
        print_coverage(data(), counted)


@command.command("import")
def import_(
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH",
            help="A folder of Markdown seeds, a Bloom folder, or .md, .txt, .json, .jsonl, .csv, .py.",
        ),
    ],
    out: Annotated[str, typer.Option("--out", metavar="FILE.yaml", help="The scenario file to write.")],
    name: Annotated[
        str | None, typer.Option(help="The file's name in results; by default that of --out.")
    ] = None,
) -> None:
    """Bring in seeds of other tools as a scenario file, and say what could not be carried over. Nothing is replaced.

    Example: petri scenarios import old-seeds/ --out mine.yaml
    """
    target = Path(out)
    if target.suffix not in {".yaml", ".yml"}:
        raise UsageError(f"--out {out!r}: a scenario file ends in .yaml or .yml")
    if target.exists():
        raise UsageError(f"{target} exists and stays as it is; choose another name")
    if not target.parent.is_dir():
        raise UsageError(f"there is no folder {str(target.parent)!r}; make it first")
    made = as_scenario_file(read_collection(Path(path)), make_slug(name or target.stem), path)
    with target.open("x", encoding="utf-8", newline="\n") as file:
        file.write(made.text)
    for line in made.told():
        typer.echo(flat(line), err=True)
    typer.echo(f"wrote {flat(str(target))}: {_count(made.scenarios, 'scenario')}", err=True)
    typer.echo(f"next: petri scenarios lint {shlex.quote(str(target))}", err=True)


def _entries(files: Sequence[str] | None, tags: Sequence[str] = ()) -> list[Entry]:
    loaded = load_scenarios(files or _WHOLE, tags=tags, flags=True)
    return [entry for file in loaded for entry in entries(file)]


def _other(entry: Entry, every: Sequence[Entry]) -> Entry | None:
    """Give the twin of a scenario, or what it is the twin of."""
    beside = [other for other in every if other.file is entry.file]
    original = entry.scenario.control_for
    near = (other for other in beside if other.id == original or other.scenario.control_for == entry.id)
    return next(near, None)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
