"""A run as files to give away: one page that shows it, its records as JSON lines, its words as Markdown, tables."""

import json
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from petri.errors import NothingToRun, RunNotFound, UnreadableLog, UsageError
from petri.transcript.folders import Run
from petri.viewer.cleaning import Cleaner
from petri.viewer.draft import require_free, whole_file, whole_folder
from petri.viewer.embedding import page
from petri.viewer.shared_page import SharedPage
from petri.viewer.sharing import JsonObject, SharedRun, Wanted, shared_runs
from petri.viewer.tidy import TidyTables

FORMAT: Final = "petri-audit/1"
_ONE_FILE: Final = ".md"

Verdicts = Sequence[tuple[str, JsonObject]]
"""The name of each set of verdicts, the run's own first, and its ``Audit``."""

Rendered = Callable[[JsonObject, Verdicts], str]
"""Gives the Markdown of a ``petri-transcript/1`` and its verdicts."""

Told = Callable[[str, int, int], None]
"""Is told of every audit: the run's id, how many are done, how many there are."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Which files to write."""

    html: Path | None = None
    jsonl: Path | None = None
    markdown: Path | None = None
    """A folder, or a file that ends in ``.md``."""
    parquet: Path | None = None
    """A folder."""
    csv: Path | None = None
    """A folder."""

    @property
    def chosen(self) -> list[Path]:
        """All that are to be written."""
        every = (self.html, self.jsonl, self.markdown, self.parquet, self.csv)
        return [path for path in every if path is not None]

    def is_folder(self, path: Path) -> bool:
        """Say whether one of them is a folder of files."""
        return path in (self.parquet, self.csv) or (path is self.markdown and path.suffix != _ONE_FILE)

    def require_free(self, *, force: bool) -> None:
        """Raise ``UsageError`` where nothing is chosen, something is in the way, or has no folder to lie in."""
        if not self.chosen:
            raise UsageError(
                "say what to write: --html FILE, --jsonl FILE, --md PATH, --parquet FOLDER or --csv FOLDER"
            )
        require_free(self.chosen, [path for path in self.chosen if self.is_folder(path)], force=force)


@dataclass(frozen=True, slots=True)
class Written:
    """One file or folder that was written."""

    path: Path
    size: int
    """In bytes."""
    audits: int
    removed: int
    """Places where a secret stood."""
    unreadable: int
    """Audits that could not be read, and are not in it."""


class Writer(Protocol):
    """Writes one format; it is given everything as it was read, and cleans it."""

    cleaner: Cleaner

    async def begin(self, run: SharedRun) -> None:
        """Write what there is to say of the run."""
        ...

    async def audit(self, run: SharedRun, audit: str) -> None:
        """Write an audit; nothing of it where it raises ``UnreadableLog``."""
        ...

    async def end(self, unreadable: int) -> None:
        """Write what there is to say of all; so many audits could not be read."""
        ...


class _Lines:
    """Writes a line of JSON for each audit: its record and its verdicts."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.cleaner = Cleaner()

    async def begin(self, run: SharedRun) -> None:
        """Nothing is said of a run."""

    async def audit(self, run: SharedRun, audit: str) -> None:
        record, verdicts = await _record(run, audit, self.cleaner)
        said = [{"set": name, "audit": row} for name, row in verdicts]
        line = {"format": FORMAT, "run": run.id, "transcript": record, "verdicts": said}
        self._out.write(json.dumps(line, allow_nan=False).encode() + b"\n")

    async def end(self, unreadable: int) -> None:
        """Nothing is said of all."""


class _Pages:
    """Writes a page of Markdown for each audit, into a folder or one after the other into a file."""

    def __init__(self, out: BinaryIO | Path, rendered: Rendered) -> None:
        self._out = out
        self._rendered = rendered
        self.cleaner = Cleaner()

    async def begin(self, run: SharedRun) -> None:
        """Nothing is said of a run."""

    async def audit(self, run: SharedRun, audit: str) -> None:
        page = self._rendered(*await _record(run, audit, self.cleaner)).encode()
        if isinstance(self._out, Path):
            (self._out / f"{_file_name(audit)}-{run.key(audit)}.md").write_bytes(page)
        else:
            self._out.write(page + b"\n")

    async def end(self, unreadable: int) -> None:
        """Nothing is said of all."""


async def _record(run: SharedRun, audit: str, cleaner: Cleaner) -> tuple[JsonObject, Verdicts]:
    """Give the cleaned record of an audit, and what each set of verdicts says of it."""
    view = await run.view(audit)
    said: list[JsonObject] = [] if view is None else view["verdicts"]
    verdicts = [(str(cleaner.ours(one["name"])), cleaner.data(one["audit"])) for one in said]
    return cleaner.data(await run.record(audit)), verdicts


def _file_name(audit: str) -> str:
    """Give of an audit's id what may stand in a file's name; its key beside it keeps two apart."""
    return re.sub(r"[^A-Za-z0-9]+", "-", audit).strip("-")[:60] or "audit"


async def export(
    runs: Sequence[Run], wanted: Wanted, outputs: Outputs, rendered: Rendered, told: Told
) -> tuple[Written, ...]:
    """Write the files, each whole or not at all, one audit at a time; gives what was written.

    Raises what ``shared_runs`` raises, ``RunNotFound`` for an audit that is in none of the runs, ``NothingToRun`` where
    nothing is recorded, and ``OSError`` where the disk has no room.
    """
    tally = Tally()
    with ExitStack() as files:
        writers = _writers(outputs, rendered, files, ", ".join(run.id for run in runs))
        for run in runs:
            async with shared_runs(run, wanted) as opened:
                for shared in opened:
                    await write_run(shared, [*writers.values()], tally, told)
        for name in wanted.audits:
            if name not in tally.named:
                raise RunNotFound(f"no audit {name!r} is recorded in {', '.join(run.id for run in runs)}")
        if not tally.written:
            raise NothingToRun(
                f"{', '.join(run.id for run in runs)}: nothing is recorded that could be written"
            )
        for writer in writers.values():
            await writer.end(tally.unreadable)
    return tuple(
        Written(path, size_of(path), tally.written, writer.cleaner.removed, tally.unreadable)
        for path, writer in writers.items()
    )


@dataclass(slots=True)
class Tally:
    """What became of what was wanted."""

    written: int = 0
    unreadable: int = 0
    named: set[str] = field(default_factory=set[str])


async def write_run(run: SharedRun, writers: Sequence[Writer], tally: Tally, told: Told) -> None:
    """Write a run, one audit at a time; one that cannot be read is counted, and costs no other."""
    tally.named |= run.named
    for writer in writers:
        await writer.begin(run)
    for number, audit in enumerate(run.audits, start=1):
        try:
            for writer in writers:
                await writer.audit(run, audit)
            tally.written += 1
        except UnreadableLog:
            tally.unreadable += 1
        told(run.id, number, len(run.audits))


def _writers(outputs: Outputs, rendered: Rendered, files: ExitStack, title: str) -> dict[Path, Writer]:
    writers: dict[Path, Writer] = {}
    if outputs.html is not None:
        cleaner = Cleaner()
        routes = files.enter_context(page(files.enter_context(whole_file(outputs.html)), cleaner.ours(title)))
        writers[outputs.html] = SharedPage(routes, cleaner)
    if outputs.jsonl is not None:
        writers[outputs.jsonl] = _Lines(files.enter_context(whole_file(outputs.jsonl)))
    if outputs.parquet is not None:
        draft = files.enter_context(whole_folder(outputs.parquet))
        writers[outputs.parquet] = files.enter_context(TidyTables.into(draft, "parquet"))
    if outputs.csv is not None:
        draft = files.enter_context(whole_folder(outputs.csv))
        writers[outputs.csv] = files.enter_context(TidyTables.into(draft, "csv"))
    if outputs.markdown is not None:
        whole = whole_file if outputs.markdown.suffix == _ONE_FILE else whole_folder
        writers[outputs.markdown] = _Pages(files.enter_context(whole(outputs.markdown)), rendered)
    return writers


def size_of(path: Path) -> int:
    """Give the bytes of a file, or of all files in a folder."""
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
