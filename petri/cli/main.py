"""The `petri` command: which commands there are, and how every error ends. A command is imported when it is chosen."""

import errno
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated, Any, Final

import typer
from dotenv import load_dotenv
from typer.core import TyperGroup
from typer.main import get_command

from petri import __version__
from petri.display.safe import printable
from petri.errors import InvalidFile, PetriError, UsageError
from petri.interrupts import SOFT, as_interrupt, handled

COMMANDS: Final = {
    "audit": ("petri.cli.audit", "Run scenarios on models, judge the conversations, summarise."),
    "resume": ("petri.cli.resume", "Finish a run that was stopped, without paying twice."),
    "plan": ("petri.cli.plan", "Show what would run, and what it would cost."),
    "explain": ("petri.cli.explain", "Show where each value comes from, and what is sent."),
    "judge": ("petri.cli.judge", "Judge stored transcripts again, with another judge or rubric."),
    "init": ("petri.cli.init", "Write a commented scenario file to start from."),
    "validate": ("petri.cli.validate", "Name every fault of scenario and rubric files."),
    "scenarios": ("petri.cli.scenarios", "Look through scenarios: lint, list, coverage, import."),
    "report": ("petri.cli.report", "Write what a run's data support, as a page, Markdown or JSON."),
    "compare": ("petri.cli.compare", "Compare two runs, or two sets of verdicts, audit by audit."),
    "calibrate": ("petri.cli.calibrate", "Compare verdicts with people's labels."),
    "rubric": ("petri.cli.rubric", "Draft a rubric from principles."),
    "quirks": ("petri.cli.quirks", "Try an auditor and a judge on planted behaviours."),
    "doctor": ("petri.cli.doctor", "Look at keys, models, prices, folders and this machine."),
    "schema": ("petri.cli.schema", "Print the JSON Schema of a file format."),
    "ls": ("petri.cli.ls", "List the runs there are."),
    "show": ("petri.cli.show", "Show one transcript in the terminal."),
    "export": ("petri.cli.export", "Give a run away: one page, JSON lines, Markdown, tables."),
    "search": ("petri.cli.search", "Search the words of transcripts."),
    "view": ("petri.cli.view", "Look at transcripts in a browser, or score them there."),
}
"""Command -> the module whose ``command`` it is (a function, or a group of commands), and its line in the help."""

_INTERNAL: Final = 4
_OF_THE_MACHINE: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}
"""Full disks and folders that are closed: no fault of ours, and nothing to report."""
_INTERRUPTED: Final = 130
_PIPE_CLOSED: Final = 141  # what a shell reports for a process that SIGPIPE ended


class LazyGroup(TyperGroup):
    """Lists stand-ins from the table above, and loads the command that was chosen."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Give the command that was typed; one that does not exist gets Typer's own answer."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, _load(name) if name in COMMANDS else command, rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an interrupt and a closed pipe keep their meaning, which Typer would turn into 1."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo("petri: interrupted", err=True)
            raise typer.Exit(_INTERRUPTED) from None
        except BrokenPipeError:
            os.dup2(
                os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
            )  # or the flush at exit would fail again
            raise typer.Exit(_PIPE_CLOSED) from None


def _load(name: str) -> Any:
    """Import a command's module and give its command."""
    module, _ = COMMANDS[name]
    gc.disable()  # what is loaded stays; looking through it for garbage takes a fifth of the time
    try:
        command = import_module(module).command
    finally:
        gc.enable()
    if isinstance(command, typer.Typer):
        return get_command(command)
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(name)(command)
    return get_command(single)


def _stand_in() -> None:
    """Never run: the command of this name is loaded in its place."""


def _about(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Audit language models: describe a worry in plain words, get judged, quoted evidence.

    Example: petri audit scenarios/quickstart.yaml --offline
    """
    if version:
        typer.echo(__version__)
        raise typer.Exit


def _app() -> typer.Typer:
    app = typer.Typer(cls=LazyGroup, rich_markup_mode=None, no_args_is_help=True)
    app.callback(invoke_without_command=True)(_about)
    for name, (_, line) in COMMANDS.items():
        app.command(name, help=line)(_stand_in)
    return app


def _read_env() -> None:
    """Read `.env`, before anything asks for a key or PETRI_OUT; Inspect would read it only with the first audit."""
    try:
        load_dotenv(".env")
    except (OSError, UnicodeError) as error:
        raise UsageError(f".env: cannot be read: {error}") from error


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code; SIGTERM and a closed terminal interrupt it as Ctrl-C does."""
    with handled(SOFT, as_interrupt):
        return _main(args)


def _main(args: Sequence[str] | None) -> int:
    """Run the command line; every error ends here, as lines on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(
                errors="backslashreplace"
            )  # not every terminal, pipe or file takes every character
    try:
        _read_env()
        get_command(_app())(args, prog_name="petri")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except InvalidFile as error:
        return _end(str(error), error.exit_code)
    except PetriError as error:
        return _end(f"petri: {error}", error.exit_code)
    except KeyboardInterrupt:  # before or after a command, whose own stands in LazyGroup
        return _end("petri: interrupted", _INTERRUPTED)
    except Exception as error:  # noqa: BLE001 -- the outermost boundary: a fault of ours becomes exit code 4
        return _end_unforeseen(error)
    return 0


def _end_unforeseen(error: Exception) -> int:
    if _terminal_is_gone(error):
        return _end_unheard()
    if os.environ.get("PETRI_DEBUG"):
        traceback.print_exc()
    return _end(_unexpected(error), _INTERNAL)


def _terminal_is_gone(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno == errno.EIO and error.filename is None


def _end_unheard() -> int:
    """End a command whose terminal was closed: nobody is told, now or by the flush at exit, which would fail too."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    return _INTERRUPTED


def _unexpected(error: Exception) -> str:
    """Say what no command was ready for: a fault of the machine's by its name, any other as one of ours."""
    if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
        return f"petri: {error.filename or 'a file'}: cannot be read or written: {error.strerror}"
    line = f"petri: internal error: {type(error).__name__}: {error}"
    return f"{line}\npetri: PETRI_DEBUG=1 shows where; please report it"


def _end(message: str, code: int) -> int:
    sys.stderr.write(f"{printable(message)}\n")
    return code
