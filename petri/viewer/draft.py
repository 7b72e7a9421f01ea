"""Files and folders that are written whole or not at all, and over nothing unasked."""

import shutil
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from petri.errors import UsageError


def require_free(paths: Sequence[Path], folders: Collection[Path] = (), *, force: bool) -> None:
    """Raise ``UsageError`` where one of the paths is in the way, or has no folder to lie in.

    All become files but for the ``folders`` among them.
    """
    if len({path.absolute() for path in paths}) < len(paths):
        raise UsageError("two formats cannot be written to one file")
    for path in paths:
        folder = path in folders
        if not path.absolute().parent.is_dir():
            raise UsageError(f"{path}: there is no folder {path.parent}; make it first")
        if path.exists() and path.is_dir() is not folder:
            raise UsageError(f"{path}: is a {'file; name a folder' if folder else 'folder; name a file'}")
        if (any(path.iterdir()) if path.is_dir() else path.exists()) and not force:
            raise UsageError(f"{path}: is there already; choose another name, or --force writes over it")


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
