"""Annotations on disk: a file of records for each annotator that only ever grows, and one of drafts beside it."""

import errno
import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from petri.analysis.annotations import FOLDER, SUFFIX, Record, read_records, to_line, whole_lines
from petri.errors import UnreadableLog
from petri.transcript.store import write_json
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

    def append(self, record: Record) -> None:
        """Store a record for good: it is on the disk when this returns, and as a whole or not at all."""
        line = to_line(record)
        with self._locked():
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
            try:
                whole = self._whole(file)
                written = os.write(file, line)
                if written < len(line):
                    os.ftruncate(file, whole)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
                os.fsync(file)
            finally:
                os.close(file)

    def _whole(self, file: int) -> int:
        """Give where the last whole line ends, with what stands behind it taken away: nobody was told it is stored."""
        data = self.path.read_bytes()
        whole = len(whole_lines(data))
        if whole < len(data):
            os.ftruncate(file, whole)
        return whole

    def drafts(self) -> dict[str, Draft]:
        """Give the drafts by key; raises ``UnreadableLog`` where the file is of another version."""
        if not self._drafts.exists():
            return {}
        try:
            return _DRAFT_FILE.validate_json(self._drafts.read_bytes())
        except ValidationError as error:
            raise UnreadableLog(
                f"{self._drafts.name}: holds no drafts of this version; move it away"
            ) from error

    def save_draft(self, draft: Draft) -> None:
        """Keep a draft in the place of the one before."""
        with self._locked():
            self._write_drafts(self.drafts() | {draft.key: draft})

    def drop_draft(self, key: str) -> None:
        """Forget a draft, if there is one."""
        with self._locked():
            drafts = self.drafts()
            if drafts.pop(key, None) is not None:
                self._write_drafts(drafts)

    def _write_drafts(self, drafts: dict[str, Draft]) -> None:
        write_json(self._drafts, _DRAFT_FILE.dump_python(drafts, mode="json"))

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
