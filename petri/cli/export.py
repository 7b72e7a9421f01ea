"""`petri export`: runs as files to give away."""

import asyncio
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from petri.analysis.results import Audit
from petri.cli import options
from petri.cli.outputs import described
from petri.display.console import talk
from petri.display.safe import flat
from petri.display.transcript_page import transcript_page
from petri.transcript.folders import find_run, out_folder
from petri.transcript.schema import Transcript
from petri.viewer.export import Outputs, Verdicts, export
from petri.viewer.sharing import JsonObject, Wanted

_LARGE: Final = 25_000_000
"""A page of more bytes opens slowly, and few mail servers take it."""


def command(
    runs: Annotated[list[str], typer.Argument(metavar="RUN", help="A run's id, folder or log, or last.")],
    html: Annotated[
        str | None,
        typer.Option("--html", metavar="FILE", help="The viewer with the data in it, as one page."),
    ] = None,
    jsonl: Annotated[
        str | None,
        typer.Option("--jsonl", metavar="FILE", help="Records and verdicts, a line for each audit."),
    ] = None,
    markdown: Annotated[
        str | None,
        typer.Option(
            "--md", metavar="PATH", help="Transcripts in Markdown: a folder, or a file that ends in .md."
        ),
    ] = None,
    parquet: Annotated[
        Path | None,
        typer.Option("--parquet", metavar="FOLDER", help="Tidy tables: audits, scores, quotes, messages."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FOLDER", help="The same tables for a spreadsheet.")
    ] = None,
    audit: Annotated[
        list[str] | None,
        typer.Option("--audit", metavar="ID", help="Only these audits, by a part of their ids."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many audits of each run.")
    ] = None,
    force: options.Force = False,
    out: options.Out = None,
) -> None:
    """Write runs as files to give away, rid of secrets: a page that opens by double click, lines, words, tables.

    Example: petri export last --html run.html
    """
    outputs = Outputs(_path(html), _path(jsonl), _path(markdown), parquet, csv)
    outputs.require_free(force=force)
    found = [find_run(name, out_folder(out)) for name in dict.fromkeys(runs)]
    console = talk()
    with console.status("reading") as status:
        written = asyncio.run(
            export(
                found,
                Wanted(tuple(audit or ()), limit),
                outputs,
                _rendered,
                lambda run, done, all_: status.update(Text(flat(f"{run}: {done} of {all_} audits"))),
            )
        )
    for file in written:
        console.print(Text(flat(described(file))), soft_wrap=True)
    if any(file.path == outputs.html and file.size > _LARGE for file in written):
        console.print(
            "The page is large: --limit N and --audit ID make it smaller, --md has the words alone."
        )


def _path(given: str | None) -> Path | None:
    return None if given is None else Path(given)


def _rendered(record: JsonObject, verdicts: Verdicts) -> str:
    said = [(name, Audit.model_validate(row)) for name, row in verdicts]
    return transcript_page(Transcript.model_validate(record), said)
