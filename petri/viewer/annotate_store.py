"""Annotations on disk: a file of records for each annotator that only ever grows, and one of drafts beside it."""

import errno
import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from petri.analysis.annotations import FOLDER, SUFFIX, Record, read_records, to_line, whole_lines
from petri.viewer.wire_annotate import Draft

_SALT: Final = "salt"
_SALT_BYTES: Final = 32
_DRAFTS: Final = ".draft.json"
_LOCK: Final = ".lock"
_KEY_LENGTH: Final = 24
_DRAFT_FILE: Final = TypeAdapter(dict[str, Draft])


class Store:
    """What one annotator has written about one run; several processes may use it at once."""

    def __init__(self, run: Path, annotator: str) -> None:
        """Open the store in a run's folder; raises ``OSError`` where nothing can be written there."""
        self._folder = run / FOLDER
        self._folder.mkdir(exist_ok=True)
        self.path: Final = self._folder / f"{annotator}{SUFFIX}"
        """The file of records."""
        self._drafts = self._folder / f"{annotator}{_DRAFTS}"
        self._annotator = annotator
        self._salt = self._read_salt()

    def key(self, audit: str) -> str:
        """Give the key that stands for an audit in this annotator's addresses: nothing follows from it."""
        return self._mac(f"key\0{self._annotator}\0{audit}").hex()[:_KEY_LENGTH]

    def draw(self, audit: str) -> bytes:
        """Give an audit's place in a random order, which is the same for every annotator."""
        return self._mac(f"draw\0{audit}")

    def records(self) -> list[Record]:
        """Give what is stored, oldest first; raises ``UnreadableLog`` where a line is of another version."""
        return read_records(self.path) if self.path.exists() else []

    def append(self, make: Callable[[Sequence[Record]], Record | None]) -> None:
        """Store what is made of the records before it for good; nothing where nothing is made, or it raises.

        It is on the disk when this returns, as a whole or not at all, and between those records and it there is none.
        """
        with self._locked():
            record = make(self.records())
            if record is not None:
                self._write(to_line(record))

    def _write(self, line: bytes) -> None:
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            data = self.path.read_bytes()
            whole = whole_lines(data)
            if len(whole) < len(data):  # torn by a process that was killed: nobody was told that it is stored
                os.ftruncate(file, len(whole))
            added = whole[len(data) :] + line
            if os.write(file, added) < len(added):
                os.ftruncate(file, min(len(whole), len(data)))
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
            os.fsync(file)
        finally:
            os.close(file)

    def drafts(self) -> dict[str, Draft]:
        """Give the drafts by key; a file that holds none of this version is set aside, and there are none then."""
        with self._locked():
            return self._read_drafts()

    def save_draft(self, draft: Draft) -> None:
        """Keep a draft in the place of the one before; it is on the disk when this returns."""
        with self._locked():
            self._write_drafts(self._read_drafts() | {draft.key: draft})

    def drop_draft(self, key: str) -> None:
        """Forget a draft, if there is one."""
        with self._locked():
            drafts = self._read_drafts()
            if drafts.pop(key, None) is not None:
                self._write_drafts(drafts)

    def _read_drafts(self) -> dict[str, Draft]:
        if not self._drafts.exists():
            return {}
        try:
            return _DRAFT_FILE.validate_json(self._drafts.read_bytes())
        except ValidationError:
            aside = (self._drafts.with_suffix(f".unreadable-{number}") for number in count(1))
            self._drafts.rename(next(path for path in aside if not path.exists()))
            return {}

    def _write_drafts(self, drafts: dict[str, Draft]) -> None:
        part = self._drafts.with_suffix(".part")
        with part.open("wb") as file:
            file.write(_DRAFT_FILE.dump_json(drafts, indent=1))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._drafts)

    @contextmanager
    def _locked(self) -> Generator[None]:
        """Hold the store while the block runs; others wait."""
        with (self._folder / _LOCK).open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _mac(self, text: str) -> bytes:
        return hmac.digest(self._salt, text.encode("utf-8", "surrogatepass"), hashlib.sha256)

    def _read_salt(self) -> bytes:
        path = self._folder / _SALT
        with self._locked():
            if not path.exists():
                draft = path.with_suffix(".part")
                draft.write_text(secrets.token_hex(_SALT_BYTES), encoding="ascii")
                draft.replace(path)
        return path.read_bytes()
