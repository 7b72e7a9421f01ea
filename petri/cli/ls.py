"""`petri ls`: the runs there are."""

import json
from collections.abc import Mapping
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from petri.analysis.compute import compute_results
from petri.analysis.results import Results
from petri.cli import options
from petri.display.console import data
from petri.display.safe import printable
from petri.errors import UnreadableLog
from petri.transcript.store import Run, list_runs, out_folder


def command(
    out: options.Out = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many runs, the newest first.")] = 20,
    json_: options.Json = False,
) -> None:
    """List runs, the newest first: what ran on what, and what became of every planned audit.

    Example: petri ls --limit 5
    """
    folder = out_folder(out)
    runs = list_runs(folder)
    if not runs:
        typer.echo(f"no runs in {folder}/ yet; start one with: petri audit FILE", err=True)
        return
    rows = [(run, _results(run)) for run in runs[:limit]]
    if json_:
        for run, results in rows:
            typer.echo(json.dumps(_event(run, results), ensure_ascii=False))
        return
    data().print(_table(rows))
    if len(runs) > limit:
        typer.echo(f"{len(runs) - limit} older runs; --limit shows more", err=True)


def _results(run: Run) -> Results | UnreadableLog:
    """Give a run's results; a damaged run is a row that says so, and hides no other."""
    try:
        return compute_results(run)
    except UnreadableLog as error:
        return error


def _event(run: Run, results: Results | UnreadableLog) -> Mapping[str, object]:
    if isinstance(results, UnreadableLog):
        return {"id": run.id, "error": str(results)}
    return results.model_dump(mode="json", include={"run", "models", "counts"}) | {"id": run.id}


def _table(rows: list[tuple[Run, Results | UnreadableLog]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("run", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("target", overflow="fold")
    for heading in ("planned", "valid", "invalid", "errors", "pending"):
        table.add_column(heading, justify="right")
    for run, results in rows:
        if isinstance(results, UnreadableLog):
            table.add_row(Text(printable(run.id)), Text(printable(str(results)), style="red"))
            continue
        counts = results.counts
        numbers = (
            counts.planned,
            counts.valid,
            sum(counts.invalid.values()),
            sum(counts.error.values()),
            counts.pending,
        )
        names = (run.id, results.run.status, ", ".join(results.models.target))
        table.add_row(*(Text(printable(name)) for name in names), *(Text(str(number)) for number in numbers))
    return table
