"""Deaths in the midst of writing: a process that kills itself at a write of some kind, or when a file grows too long.

The kinds are told apart by what Python says of everything that it does (its audit events). The kill is SIGKILL, or what
the kernel sends where a file passes a limit, then with half of the last write on the disk: nobody tidies up.
"""

import os
import re
import resource
import signal
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

WRITES: Final = {
    "run folder made": ("os.mkdir", r"/runs/[^/]+$"),
    "run.lock opened": ("open", r"/run\.lock$"),
    "run.lock removed": ("os.remove", r"/run\.lock$"),
    "run.json begun": ("open", r"/run\.json\.part$"),
    "run.json put in place": ("os.rename", r"/run\.json\.part$"),
    "log begun": ("open", r"/runs/[^/]+/\.inspect_tmp_"),
    "log put in place": ("os.rename", r"/runs/[^/]+/\.inspect_tmp_"),
    "sample buffer opened": ("sqlite3.connect", r"/samplebuffer/"),
    "sample buffer committed": ("sqlite3.commit", r""),
    "sample buffer removed": ("os.remove", r"/samplebuffer/"),
    "results.json begun": ("open", r"/results\.json\.part$"),
    "results.json put in place": ("os.rename", r"/results\.json\.part$"),
    "recovery begun": ("os.mkdir", r"/\.recovering$"),
    "recovered log begun": ("open", r"/\.recovering/"),
    "recovered log put in place": ("os.rename", r"/\.recovering/[^.][^/]*$"),
    "recovery tidied up": ("shutil.rmtree", r"/\.recovering$"),
}
"""What is written -> Python's audit event of it, and a pattern of the path that is written."""


@dataclass(slots=True)
class Death:
    """Kills this process at a write."""

    kind: str
    number: int
    """Which write of that kind, counted from 1."""
    after: bool
    """Whether it is over by then: the next thing of any kind that Python tells of kills."""
    seen: int = 0
    done: bool = False

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        """Take what Python tells of everything that it does."""
        if event == "os.kill":
            return
        if self.done:
            os.kill(os.getpid(), signal.SIGKILL)
        wanted, path = WRITES[self.kind]
        if event != wanted or not (path == "" or re.search(path, str(args[0]))):
            return
        if event == "open" and not _for_writing(args):
            return
        self.seen += 1
        if self.seen == self.number:
            self.done = True
            if not self.after:
                os.kill(os.getpid(), signal.SIGKILL)


def _for_writing(args: tuple[Any, ...]) -> bool:
    mode, flags = args[1:3]
    return bool(set(mode) & set("wax+")) if mode else bool(flags & (os.O_WRONLY | os.O_RDWR))


class _Telling(sqlite3.Connection):
    """A connection whose commits Python tells of."""

    def commit(self) -> None:
        sys.audit("sqlite3.commit", "")
        super().commit()
        sys.audit("sqlite3.committed", "")


def arm(told: dict[str, Any]) -> None:
    """Arm what is to kill this process: ``write``, ``number`` and ``after``, or ``file_size`` in bytes; or nothing."""
    if "write" in told:
        connect: Callable[..., sqlite3.Connection] = sqlite3.connect
        sqlite3.connect = lambda *args, **more: connect(*args, factory=_Telling, **more)  # type: ignore[assignment]
        sys.addaudithook(Death(told["write"], told["number"], told["after"]).hear)
    if "file_size" in told:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (told["file_size"], resource.RLIM_INFINITY))
