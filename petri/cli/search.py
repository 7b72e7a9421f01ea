"""`petri search`: words in transcripts."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_cache_path
from rich.console import Console
from rich.text import Text

from petri.cli import options
from petri.display.console import data, echo_json, talk
from petri.display.safe import flat
from petri.errors import RunNotFound, UsageError
from petri.transcript.folders import Run, find_run, out_folder
from petri.viewer.searching import Find, Finds, Search, search_texts


def command(
    query: Annotated[
        str, typer.Argument(metavar="WORDS", help="What is looked for; in quotes, word for word.")
    ],
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="RUN", help="Only in these runs; in all by default.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="At most so many finds, the best first.")
    ] = 20,
    out: options.Out = None,
    json_: options.Json = False,
) -> None:
    """Search what was said in transcripts; the first search reads them all, later ones what is new.

    Example: petri search "quarterly report" last
    """
    folder = out_folder(out)
    if not folder.is_dir():
        raise RunNotFound(f"there is no folder {folder}/ of runs; petri audit makes it, --out names another")
    chosen = tuple(find_run(name, folder) for name in runs or ())
    for run in chosen:
        _require_below(run, folder)
    cache = user_cache_path("petri", appauthor=False) / "viewer"
    console = talk()
    with console.status("reading") as status:

        def told(done: int, all_: int) -> None:
            status.update(f"reading transcripts: {done} of {all_}")

        found = asyncio.run(search_texts(Search(query, folder, chosen, limit), cache, told))
    for find in found.best:
        if json_:
            echo_json(asdict(find))
        else:
            data().print(_line(find), soft_wrap=True)
    _sum_up(console, found)


def _require_below(run: Run, folder: Path) -> None:
    if run.folder.resolve().parent != folder.resolve():
        raise UsageError(f"{run.folder} is no run in {folder}/; --out names the folder that it lies in")


def _line(find: Find) -> Text:
    line = Text(flat(f"{find.run} {find.audit} {find.label}  "), style="dim")
    for number, part in enumerate(find.parts):
        line.append(flat(part), style="bold not dim" if number % 2 else "not dim")
    return line


def _sum_up(console: Console, found: Finds) -> None:
    """Say how much was found in all, and what was not looked through."""
    for line in found.unreadable:
        console.print(Text(flat(f"petri: {line}")), soft_wrap=True)
    if not found.messages:
        console.print("nothing found")
    elif found.messages > len(found.best):
        console.print(
            f"{found.messages} messages in {found.audits} audits; --limit shows more", soft_wrap=True
        )
