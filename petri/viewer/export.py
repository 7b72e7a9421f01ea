"""A run as files to give away: one page that shows it, its records as JSON lines, its transcripts as Markdown."""

import json
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from petri.errors import UnreadableLog, UsageError
from petri.transcript.folders import Run
from petri.viewer.cleaned_view import clean_view
from petri.viewer.cleaning import Cleaner
from petri.viewer.draft import whole_file
from petri.viewer.shared_page import SharedPage
from petri.viewer.sharing import JsonObject, SharedRun, Wanted, shared_run

FORMAT: Final = "petri-audit/1"

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

    async def audit(self, run: SharedRun, number: int) -> None:
        """Write an audit, or nothing of it where it raises ``UnreadableLog``."""
        ...

    async def end(self) -> None:
        """Write what there is to say of all."""
        ...
