"""An annotator's desk, as the server asks for it: ready JSON that the reader makes; light, like ``library.py``."""

import os
import re
from dataclasses import dataclass
from typing import Final

from petri.analysis.annotations import Mode
from petri.errors import UnreadableLog, UsageError
from petri.transcript.folders import Run
from petri.viewer.reader import Reader

_ANNOTATOR: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,30}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Desk:
    """One annotator at one run; every method gives JSON of the model that is named, as bytes.

    Raises ``UnknownKey`` for a key that is not in the queue, ``BadMessage`` for what cannot be stored, ``Withheld`` for
    what the annotator may not see yet.
    """

    reader: Reader
    run: Run
    annotator: str
    mode: Mode

    def __post_init__(self) -> None:
        """Refuse a name that cannot be that of a file; raises ``UsageError``."""
        if not _ANNOTATOR.fullmatch(self.annotator):
            raise UsageError(
                f"{self.annotator!r} names no annotator; up to 32 small letters, digits, '-' and '_', such as reader-1"
            )

    async def start(self) -> None:
        """Start the reader; returns before anything was read."""
        self.reader.start()

    async def close(self) -> None:
        """Stop the reader."""
        await self.reader.close()

    async def session(self) -> bytes:
        """Give ``AnnotateSession``."""
        return await self._call("session")

    async def item(self, key: str) -> bytes:
        """Give ``BlindItem``."""
        return await self._call("item", key)

    async def submit(self, key: str, text: str) -> bytes:
        """Store an ``Annotation``, given as JSON, for good; give ``Saved``."""
        return await self._call("submit", key, text)

    async def reveal(self, key: str) -> bytes:
        """Give ``Reveal``, and store that it was seen."""
        return await self._call("reveal", key)

    async def draft(self, key: str) -> bytes:
        """Give the ``Draft`` that is kept of an item; else what was submitted last, or an empty one."""
        return await self._call("draft", key)

    async def save_draft(self, key: str, text: str) -> bytes:
        """Keep a ``Draft``, given as JSON, in the place of the one before; give ``Saved``."""
        return await self._call("save_draft", key, text)

    async def _call(self, name: str, *args: str) -> bytes:
        log = None if self.run.log is None else str(self.run.log)
        at = (str(self.run.folder), log, self.annotator, self.mode)
        try:
            return await self.reader.call(f"annotate.{name}", at, *args)
        except UnreadableLog as error:
            raise type(error)(str(error).replace(f"{self.run.folder}{os.sep}", "")) from error
