"""One process at a time writes into a run's folder; the system lets its lock go however it ends."""

import fcntl
import json
import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

from pydantic import BaseModel, ConfigDict, ValidationError

from petri.errors import RunLocked, UsageError
from petri.transcript.folders import Run

LOCK: Final = "run.lock"
"""The file that is locked; it says by whom, and is gone when the run has ended."""


class Holder(BaseModel):
    """The process that a run belongs to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        """Name it for a person."""
        return f"process {self.pid} on {self.host}, since {self.since}"


@contextmanager
def locked(run: Run) -> Generator[None]:
    """Hold a run's lock while the block runs; raises ``RunLocked``, naming the holder, where another process has it.

    What a process left that was killed is taken over: its lock went with it.
    """
    path = run.folder / LOCK
    file = _open(path)
    try:
        mine = Holder(
            pid=os.getpid(),
            host=socket.gethostname(),
            since=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        file.truncate(0)
        file.write(mine.model_dump_json())
        file.flush()
        yield
    finally:
        path.unlink(missing_ok=True)  # first, so that nobody locks what is about to go
        file.close()


def _open(path: Path) -> TextIO:
    """Open and lock the file; a lock on one that its last holder has just removed is worth nothing."""
    while True:
        file = path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        except BlockingIOError as error:
            holder = _read(file)
            file.close()
            raise RunLocked(
                f"{path.parent.name} is being written by {holder}; wait for its end, or stop it and resume then"
            ) from error
        except OSError as error:
            file.close()
            raise UsageError(
                f"{path}: cannot be locked: {error.strerror or error}; keep runs on a disk that has locks (--out)"
            ) from error
        file.close()


def _read(file: TextIO) -> str:
    """Name the holder, as the file does."""
    file.seek(0)
    try:
        return str(Holder.model_validate(json.loads(file.read())))
    except (json.JSONDecodeError, ValidationError):
        return "another process"


def holder_of(run: Run) -> Holder | None:
    """Give who is writing into a run, without a hand on the lock; None where nobody is, or is no longer there.

    Of a process on another machine nobody here can tell whether it lives: as long as it is named it counts.
    """
    try:
        holder = Holder.model_validate_json((run.folder / LOCK).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    return holder if holder.host != socket.gethostname() or _lives(holder.pid) else None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another user
        return True
    return True
