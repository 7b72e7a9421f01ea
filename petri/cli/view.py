"""`petri view`: the transcript viewer in a browser."""

from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_cache_path

from petri import __version__
from petri.cli import options
from petri.display.safe import flat
from petri.errors import NotServed, RunNotFound, UsageError
from petri.transcript.folders import Run, find_run, is_run, out_folder
from petri.viewer.address import LOOPBACK, PORT, check_token, listen
from petri.viewer.admission import Admission
from petri.viewer.app import Served
from petri.viewer.desk import Desk, Mode
from petri.viewer.library import Library
from petri.viewer.reader import Reader
from petri.viewer.server import Opened, open_browser, serve
from petri.viewer.static_files import read_page


def command(  # noqa: D417 -- the arguments are described to the reader of --help
    what: Annotated[
        str | None, typer.Argument(metavar="RUN|DIR", help="A run, a log, or a folder of runs; else all runs.")
    ] = None,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = LOOPBACK,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, metavar="N", help=f"0: any free one; else {PORT}, or the next free one."),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address, open nothing.")] = False,
    annotate: Annotated[bool, typer.Option("--annotate", help="Score the transcripts of a run yourself.")] = False,
    annotator: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who scores them, such as reader-1.")
    ] = None,
    mode: Annotated[Mode, typer.Option(help="Which transcripts come first.")] = "random",
    token: Annotated[
        str | None,
        typer.Option(metavar="T", envvar="PETRI_VIEW_TOKEN", help="A token that others will need as well."),
    ] = None,
    out: options.Out = None,
) -> None:
    """Look at runs and their transcripts in a browser, or score transcripts there; serves until Ctrl-C.

    The address that it prints opens the page for whoever has it.

    Example: petri view last
    """
    page = read_page()
    served, talk = _annotating(what, annotator, mode, out) if annotate else _viewing(what, out)
    ...
