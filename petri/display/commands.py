"""The commands that come next, as a shell takes them: a run in its usual place by its id, any other by its folder."""

import shlex
from pathlib import Path

from petri.transcript.folders import Run, out_folder


def show_command(run: Run, audit: str) -> str:
    """Give the command that shows an audit of this run."""
    return shlex.join(["petri", "show", _name(run), audit])


def report_command(run: Run) -> str:
    """Give the command that writes the report of this run."""
    return shlex.join(["petri", "report", _name(run)])


def quoted(path: Path) -> str:
    """Give a path as a shell takes it."""
    return shlex.quote(str(path))


def _name(run: Run) -> str:
    usual = run.log is None and run.id != "" and run.folder.parent == out_folder()
    return run.id if usual else str(run.log or run.folder)
