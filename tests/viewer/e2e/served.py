"""The real server, started as a person starts it."""

import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

_ADDRESS: Final = re.compile(r"(http://127\.0\.0\.1:\d+)/#token=([\w-]+)")


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs."""

    origin: str
    token: str

    def at(self, place: str) -> str:
        """The address that exchanges the token and goes to a place, such as ``/r/KEY``."""
        return f"{self.origin}/#token={self.token}&to={place}"


@contextmanager
def serve(root: Path, *flags: str) -> Generator[Served]:
    """Serve a folder with `petri view` until the block is left."""
    command = [sys.executable, "-m", "petri", "view", str(root), "--port", "0", "--no-browser", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield _answer(process)
        finally:
            process.terminate()
            process.communicate(timeout=20)


def _answer(process: "subprocess.Popen[str]") -> Served:
    said: list[str] = []
    for line in process.stdout or ():
        said.append(line)
        found = _ADDRESS.search(line)
        if found:
            return Served(found[1], found[2])
    pytest.fail(f"petri view ended with {process.wait()} and said: {''.join(said)}")
