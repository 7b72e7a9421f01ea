"""`petri view`: the transcript viewer in a browser."""

from typing import Annotated

import typer
from platformdirs import user_cache_path

from petri import __version__
from petri.analysis.annotations import Mode
from petri.cli import options
from petri.display.safe import flat
from petri.errors import RunNotFound, UsageError
from petri.transcript.folders import Run, find_run, is_run, out_folder
from petri.transcript.locking import holder_of
from petri.viewer.address import LOOPBACK, PORT, Listening, check_token, listen
from petri.viewer.admission import Admission
from petri.viewer.app import Served
from petri.viewer.desk import Desk
from petri.viewer.library import Library
from petri.viewer.reader import Reader
from petri.viewer.server import Opened, open_browser, serve
from petri.viewer.static_files import read_page

_PORT_HELP = f"0: any free one; {PORT} by default, or the next free one."


def command(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN|DIR", help="A run, a log (.eval), or a folder of runs; all runs by default."
        ),
    ] = None,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = LOOPBACK,
    port: Annotated[int | None, typer.Option(min=0, max=65535, metavar="N", help=_PORT_HELP)] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open nothing.")] = False,
    annotate: Annotated[
        bool, typer.Option("--annotate", help="Score a run's transcripts yourself, without its verdicts.")
    ] = False,
    annotator: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who scores them, such as reader-1.")
    ] = None,
    mode: Annotated[
        Mode | None, typer.Option(help="Which transcripts are scored; random by default.")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            metavar="T", envvar="PETRI_VIEW_TOKEN", help="A token of your own, for other addresses."
        ),
    ] = None,
    out: options.Out = None,
) -> None:
    """Look at runs and transcripts in a browser, or score them there, until Ctrl-C.

    Prints the address, which opens the page for whoever has it.

    Example: petri view last
    """
    if annotate:
        run = _run_to_annotate(what, out)
        # The page shows this title, and a run's name may be that of its target.
        desk = _desk(run, annotator, mode)
        served, name = _served(desk, desk.annotator), run.id
    elif annotator is not None or mode is not None:
        raise UsageError("--annotator and --mode are for --annotate")
    else:
        served = _viewing(what, out)
        name = served.title
    if token is not None:
        check_token(token)
    listening = listen(host, port, token)
    opened = Opened(listening, Admission(listening.port, token))

    def ready() -> None:
        typer.echo(opened.url)
        typer.echo(_talk(name, listening), err=True)
        if not no_browser:
            open_browser(opened.once)

    serve(served, opened, ready)


def _served(source: Library | Desk, title: str) -> Served:
    return Served(title=title, version=__version__, source=source, page=read_page())


def _viewing(what: str | None, out: str | None) -> Served:
    """Give what is looked at: the run, log or folder that was named, else the folder of runs."""
    folder = out_folder(out)
    cache = user_cache_path("petri", appauthor=False) / "viewer"
    if what is not None:
        run = find_run(what, folder)
        title = run.id if run.log is None else run.log.name
        return _served(Library(run.folder, run.log, cache=cache), title)
    if not folder.is_dir():
        raise RunNotFound(f"there is no folder {folder}/ of runs; petri audit makes it, --out names another")
    return _served(Library(folder, cache=cache), folder.absolute().name)


def _run_to_annotate(what: str | None, out: str | None) -> Run:
    """Give the run whose transcripts are scored."""
    if what is None:
        raise UsageError("--annotate needs a run: petri view RUN --annotate --annotator NAME")
    run = find_run(what, out_folder(out))
    if run.log is None and not is_run(run.folder):
        raise UsageError(f"{run.folder}/ is no run; --annotate takes one run at a time")
    if run.log is None and holder_of(run) is not None:
        raise UsageError(
            f"{run.id} is being written: its queue would be another tomorrow; annotate it when it has ended"
        )
    return run


def _desk(run: Run, annotator: str | None, mode: Mode | None) -> Desk:
    if annotator is None:
        raise UsageError("--annotate needs --annotator NAME: what is scored is kept under that name")
    return Desk(Reader(), run, annotator, mode or "random")


def _talk(name: str, listening: Listening) -> str:
    """Say what is served, and who can reach it."""
    said = f"petri: {flat(name)} is served until Ctrl-C"
    if listening.loopback:
        return said
    return f"{said}, to everybody who can reach {listening.host} and has the address; nothing is encrypted on the way"
