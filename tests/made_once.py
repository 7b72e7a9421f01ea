"""What several test processes need and one of them makes."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

_PATIENCE: Final = 110.0


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Give a folder that ``make`` has filled; the processes of one run of the suite share it."""
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    folder = shared / name
    done = shared / f"{name}.done"
    try:
        folder.mkdir()
    except FileExistsError:
        _wait_for(done)
        return folder
    make(folder)
    done.touch()
    return folder


def _wait_for(done: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while not done.exists():
        if time.monotonic() > until:
            pytest.fail(f"{done.stem}: the process that makes it did not finish")
        time.sleep(0.1)
