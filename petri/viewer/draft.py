"""Files and folders that are written whole or not at all."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from petri.errors import UsageError


@contextmanager
def whole_file(path: Path) -> Generator[BinaryIO]:
    """Give a draft to write to, which becomes the file at the end; where anything ends it before, nothing is left.

    The ``OSError`` of a disk that is full names the file.
    """
    draft = path.with_name(f"{path.name}.part")
    try:
        file = draft.open("xb")
    except FileExistsError as error:
        raise UsageError(
            f"{draft}: is there already: another export writes it, or was killed; remove it"
        ) from error
    try:
        with file:
            yield file
        draft.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with suppress(OSError):  # what ended it is what to tell of; after the end there is no draft
            draft.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Generator[Path]:
    """Give a draft of a folder, as ``whole_file`` does of a file; what the folder holds already stays beside it."""
    draft = path.with_name(f"{path.name}.part")
    try:
        draft.mkdir()
    except FileExistsError as error:
        raise UsageError(
            f"{draft}: is there already: another export writes it, or was killed; remove it"
        ) from error
    try:
        yield draft
        path.mkdir(exist_ok=True)
        for file in sorted(draft.iterdir()):
            file.replace(path / file.name)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
