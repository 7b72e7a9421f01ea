"""`petri audit`: run, judge, summarise."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from petri.cli.settings import read_settings
from petri.display.base import Display
from petri.display.console import talk
from petri.display.events import EventDisplay
from petri.display.lines import LineDisplay
from petri.runner import Order, run
from petri.transcript.store import out_folder


def command(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Scenario files, folders, or library:TAG.")
    ],
    auditor: Annotated[str | None, typer.Option(metavar="M", help="The auditing model.")] = None,
    target: Annotated[
        list[str] | None, typer.Option(metavar="M", help="A model to audit; repeat for more.")
    ] = None,
    judge: Annotated[
        list[str] | None, typer.Option(metavar="M", help="A judging model; repeat for a panel.")
    ] = None,
    offline: Annotated[bool, typer.Option(help="Built-in simulated models in every role left open.")] = False,
    epochs: Annotated[int | None, typer.Option(min=1, help="Repeats of each cell.")] = None,
    max_turns: Annotated[int | None, typer.Option(min=1, help="Target turns on the longest branch.")] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only these scenarios.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="T", help="Only scenarios with one of these tags.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many scenarios.")] = None,
    rubric: Annotated[
        list[str] | None, typer.Option(metavar="R", help="Rubric name or file; repeat.")
    ] = None,
    max_connections: Annotated[
        int | None, typer.Option(min=1, help="Requests at a time, per provider.")
    ] = None,
    max_samples: Annotated[int | None, typer.Option(min=1, help="Audits at a time.")] = None,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="Where runs go: transcripts, or PETRI_OUT.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="A name for the run, in its id.")] = None,
    fail_on: Annotated[
        list[str] | None, typer.Option(metavar="'DIM>=X'", help="Exit with 1 at such a score.")
    ] = None,
    no_judge: Annotated[bool, typer.Option("--no-judge", help="Record only; score nothing.")] = False,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A value of the file.")
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="JSONL events on stdout, nothing else there.")
    ] = False,
) -> None:
    """Audit models with scenarios: run the conversations, judge them, and say what came out.

    Example: petri audit scenario.yaml --target openai/gpt-5-mini --judge anthropic/claude-opus-4-6 --limit 5
    """
    flags = {
        "models.auditor": auditor,
        "models.target": _one_or_more(target),
        "models.judge": _one_or_more(judge),
        "audit.epochs": epochs,
        "audit.max_turns": max_turns,
        "judge.rubric": [_findable(given) for given in rubric] if rubric else None,
    }
    order = Order(
        scenarios=files,
        out=out_folder(out),
        only=only or (),
        tags=tag or (),
        limit=limit,
        settings=read_settings(set_ or ())
        | {key: value for key, value in flags.items() if value is not None},
        offline=offline,
        judge=not no_judge,
        fail_on=fail_on or (),
        name=name,
        max_samples=max_samples,
        max_connections=max_connections,
    )
    display: Display = EventDisplay(sys.stdout) if json_ else LineDisplay(talk())
    _, results = run(order, display)
    raise typer.Exit(results.run.exit_code)


def _one_or_more(names: list[str] | None) -> str | list[str] | None:
    return names[0] if names and len(names) == 1 else names


def _findable(rubric: str) -> str:
    """Give a rubric file named on the command line by its full path: a file's own are relative to the file."""
    path = Path(rubric)
    return str(path.resolve()) if path.is_file() else rubric
