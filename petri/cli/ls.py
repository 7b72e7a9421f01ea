"""`petri ls`: the runs there are."""

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from petri.analysis.compute import compute_results
from petri.analysis.results import Counts, Results
from petri.cli import options
from petri.display.console import data, echo_json
from petri.display.safe import flat
from petri.display.table import make_table, print_table
from petri.errors import UnreadableLog
from petri.transcript.folders import Run, list_runs, out_folder


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
            echo_json(_event(run, results))
        return
    print_table(data(), _table(rows))
    for _, results in rows:
        if isinstance(results, UnreadableLog):
            typer.echo(f"petri: {flat(str(results))}", err=True)
    if len(runs) > limit:
        typer.echo(f"{len(runs) - limit} older runs; --limit shows more", err=True)


def _results(run: Run) -> Results | UnreadableLog:
    """Give a run's results; a damaged run is a row that says so, and hides no other."""
    try:
        return compute_results(run)
    except UnreadableLog as error:
        return error


def _event(run: Run, results: Results | UnreadableLog) -> dict[str, Any]:
    if isinstance(results, UnreadableLog):
        return {"id": run.id, "error": str(results)}
    return results.model_dump(mode="json", include={"run", "models", "counts"}) | {
        "id": run.id,
        "verdicts": [verdicts.id for verdicts in run.verdict_sets()],
    }


def _table(rows: list[tuple[Run, Results | UnreadableLog]]) -> Table:
    table = make_table("run", (run.id for run, _ in rows))
    table.add_column("status", no_wrap=True)
    judged = any(run.verdict_sets() for run, _ in rows)
    for heading in ("audits", "target", *(["verdicts"] if judged else [])):
        table.add_column(heading, overflow="fold")
    for run, results in rows:
        if isinstance(results, UnreadableLog):
            table.add_row(Text(flat(run.id)), Text("unreadable", style="red"))
        else:
            cells = (
                run.id,
                results.run.status,
                _fate(results.counts),
                ", ".join(results.models.target),
                *([", ".join(verdicts.folder.name for verdicts in run.verdict_sets())] if judged else []),
            )
            table.add_row(*(Text(flat(cell)) for cell in cells))
    return table


def _fate(counts: Counts) -> str:
    """Say what became of the planned audits: how many are valid, and how many are not for which kind of reason."""
    others = {
        "invalid": sum(counts.invalid.values()),
        "errors": sum(counts.error.values()),
        "pending": counts.pending,
    }
    rest = "".join(f", {number} {kind}" for kind, number in others.items() if number)
    return f"{counts.valid} of {counts.planned} valid{rest}"
