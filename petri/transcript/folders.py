"""Runs as folders: where they lie, what they are called, and finding one by its name. Nothing is read but names."""

import os
import re
import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from petri.errors import RunNotFound, UsageError

DEFAULT_OUT: Final = "transcripts"
PLAN: Final = "run.json"
RESULTS: Final = "results.json"
VERDICTS: Final = "verdicts"
"""The folder, beside the logs, of the sets of verdicts that were given on them later."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run's folder, whose name is the run's id; ``log`` narrows it to one of its logs."""

    folder: Path
    log: Path | None = None

    @property
    def id(self) -> str:
        """The id: UTC time, name and a short random part; of a set of verdicts, with its run's before it."""
        name, whole = self.folder.absolute().name, self.judged
        return name if whole is self else f"{whole.folder.name}/{name}"

    @property
    def judged(self) -> "Run":
        """The run whose transcripts these are: of a set of verdicts the one that it lies in, else itself."""
        folder = self.folder.absolute()
        return Run(folder.parents[1]) if folder.parent.name == VERDICTS else self

    def verdict_sets(self) -> tuple["Run", ...]:
        """Give the sets of verdicts that `petri judge` added, oldest first; each has logs and results like a run."""
        return tuple(reversed(list_runs(self.folder / VERDICTS)))

    def logs(self) -> tuple[Path, ...]:
        """Give the Inspect logs, oldest first."""
        if self.log is not None:
            return (self.log,)
        return tuple(sorted(self.folder.glob("*.eval")))


def out_folder(chosen: str | None = None) -> Path:
    """Give the folder that runs are written to: the one chosen, else ``PETRI_OUT``, else ``transcripts``."""
    out = chosen or os.environ.get("PETRI_OUT") or DEFAULT_OUT
    if "://" in out:
        raise UsageError(f"{out!r} is no local folder; runs are written to local folders in this version")
    if Path(out).name == VERDICTS:
        raise UsageError(
            f"{out!r} is what the folder of verdicts on a run is called; choose another name for runs"
        )
    return Path(out)


def new_run(out: Path, name: str) -> Run:
    """Make the folder of a new run; raises ``OSError`` where it cannot be written."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:48] or "run"
    folder = out / f"{stamp}-{slug}-{random.token_hex(2)}"
    folder.mkdir(parents=True)
    return Run(folder)


def is_run(folder: Path) -> bool:
    """Whether a folder is that of a run, or of logs without a plan."""
    return (folder / PLAN).is_file() or any(folder.glob("*.eval"))


def list_runs(out: Path) -> tuple[Run, ...]:
    """Give the runs below a folder, newest first."""
    folders = [path for path in out.iterdir() if path.is_dir()] if out.is_dir() else []
    runs = [Run(path) for path in folders if is_run(path)]
    return tuple(sorted(runs, key=lambda run: run.id, reverse=True))


def find_run(name: str, out: Path) -> Run:
    """Give a run by its folder, its id, an unmistakable part of its id, ``last``, or the path of one Inspect log.

    ``RUN/SET`` names a set of verdicts on a run in the same ways.
    """
    if "://" in name:
        raise UsageError(
            f"{name!r} is no local file or folder; logs are read from local ones in this version"
        )
    path = Path(name)
    if name and path.is_dir():
        return Run(path)
    if path.is_file():
        return Run(path.parent, path)
    run, _, chosen = name.rpartition("/")
    if run and chosen and (not Path(run).is_dir() or (Path(run) / VERDICTS).is_dir()):
        found = find_run(run, out)
        return _one_of(found.verdict_sets(), chosen, "sets of verdicts", f"verdicts {chosen!r} on {found.id}")
    return _one_of(tuple(reversed(list_runs(out))), name, "runs", f"run {name!r} in {out}/")


def _one_of(runs: Sequence[Run], name: str, kind: str, wanted: str) -> Run:
    """Give the one of these that a name fits; ``last`` is the newest, which stands at the end."""
    if name == "last" and runs:
        return runs[-1]
    matches = [run for run in runs if name and name in run.folder.name]
    if len(matches) == 1:
        return matches[0]
    choices = ", ".join(run.folder.name for run in list(reversed(matches or runs))[:5])
    if matches:
        raise RunNotFound(f"{name!r} fits {len(matches)} {kind}: {choices}")
    raise RunNotFound(f"no {wanted}; {f'the newest: {choices}' if choices else 'there are none yet'}")
