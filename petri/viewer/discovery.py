"""What lies below the folder that is served, told from names, sizes and times alone; nothing is opened but locks."""

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from petri.transcript.folders import PLAN, RESULTS, VERDICTS, Run
from petri.transcript.locking import holder_of
from petri.viewer.filed import FiledRun
from petri.viewer.names import run_key

_DEEPEST: Final = 4
"""Folders between the one that is served and a run."""
_MOST: Final = 50_000
"""Folders that are looked into."""


@dataclass(frozen=True, slots=True)
class Found:
    """A run, set of verdicts or log, as it is on disk now."""

    filed: FiledRun
    of: Path | None
    """Of a set of verdicts, the folder of the logs that it is about."""
    signature: str
    """Another whenever a file of it is."""
    running: bool
    """Whether a process is writing into it."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """All that lies below the folder that is served."""

    found: tuple[Found, ...]
    faults: tuple[str, ...]
    """Folders that cannot be listed, and why."""


def discover(root: Path, log: str | None = None) -> Discovery:
    """Give the one log, or the runs in a folder and up to four folders below it, with their sets of verdicts."""
    faults: list[str] = []
    folders = [root] if log is not None else [*_run_folders(root, faults)]
    ids = Counter(Run(folder).id for folder in folders)
    found: list[Found] = []
    for folder in folders:
        try:
            found.append(_found(root, folder, log, alone=ids[Run(folder).id] == 1))
        except OSError as error:  # such as one that has just been moved away
            faults.append(f"{folder.relative_to(root)}: {error.strerror}")
    return Discovery(tuple(found), tuple(faults))


def found_apart(found: Found, logs: Sequence[str]) -> tuple[Found, ...]:
    """Give logs of a folder as runs of their own."""
    folder = found.filed.folder
    return tuple(
        Found(
            filed=FiledRun(run_key(f"{found.filed.key}/{log}"), log.removesuffix(".eval"), folder, log),
            of=None,
            signature=_signature(folder, log, running=False),
            running=False,
        )
        for log in logs
    )


def _found(root: Path, folder: Path, log: str | None, *, alone: bool) -> Found:
    name = Run(folder).id if log is None else log.removesuffix(".eval")
    below = folder.relative_to(root).as_posix()
    running = log is None and holder_of(Run(folder)) is not None
    return Found(
        filed=FiledRun(run_key(name, None if alone else below), name, folder, log),
        of=folder.absolute().parents[1] if folder.absolute().parent.name == VERDICTS else None,
        signature=_signature(folder, log, running=running),
        running=running,
    )


def _run_folders(root: Path, faults: list[str]) -> Iterator[Path]:
    """Yield the folders of runs, each before those of its sets of verdicts; links to folders are not followed."""
    todo = [(root, _DEEPEST)]
    for _ in range(_MOST):
        if not todo:
            return
        folder, left = todo.pop()
        try:
            with os.scandir(folder) as entries:
                names = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        except OSError as error:
            faults.append(f"{folder.relative_to(root)}: {error.strerror}")
            continue
        if any(_is_part(name) for name, is_folder in names if not is_folder):
            yield folder
        inside = sorted(
            (name for name, is_folder in names if is_folder and not name.startswith(".")), reverse=True
        )
        # A run's verdicts lie one folder deeper than runs do.
        todo += [(folder / name, left if name == VERDICTS else left - 1) for name in inside if left]
    faults.append(f"more than {_MOST} folders; the others are not looked into")


def _is_part(name: str) -> bool:
    return name == PLAN or (name.endswith(".eval") and not name.startswith("."))


def _signature(folder: Path, log: str | None, *, running: bool) -> str:
    """Give what changes whenever a file does that a run's list is made from."""
    stats: list[tuple[str, int, int]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name == log or (log is None and (_is_part(entry.name) or entry.name == RESULTS)):
                stat = entry.stat(follow_symlinks=False)
                stats.append((entry.name, stat.st_mtime_ns, stat.st_size))
    return sha256(json.dumps([running, sorted(stats)]).encode()).hexdigest()
