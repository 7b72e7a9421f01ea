"""Files that a command writes to be given away: nothing is written over unasked, and what was written is said."""

from collections.abc import Sequence
from pathlib import Path

from petri.errors import UsageError
from petri.viewer.export import Written


def require_free(files: Sequence[Path], *, force: bool) -> None:
    """Raise ``UsageError`` where a file is in the way, or has no folder to lie in."""
    if len({path.absolute() for path in files}) < len(files):
        raise UsageError("two formats cannot be written to one file")
    for path in files:
        if not path.absolute().parent.is_dir():
            raise UsageError(f"{path}: there is no folder {path.parent}; make it first")
        if path.is_dir():
            raise UsageError(f"{path}: is a folder; name a file")
        if path.exists() and not force:
            raise UsageError(f"{path}: is there already; choose another name, or --force writes over it")


def described(file: Written) -> str:
    """Say where a file is, what it holds, how large it is, and what was taken out of it."""
    unreadable = f", {file.unreadable} could not be read" if file.unreadable else ""
    removed = f"secrets removed in {file.removed} places" if file.removed else "no secrets found"
    audits = f"{file.audits} audit{'' if file.audits == 1 else 's'}"
    return f"wrote {file.path}: {audits}{unreadable}, {_size(file.size)}, {removed}"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(size / 1e3, 1):.0f} kB"  # noqa: PLR2004 -- a megabyte
