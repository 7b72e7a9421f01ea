"""What is said of the files that a command has written to be given away."""

from petri.viewer.export import Written


def described(file: Written) -> str:
    """Say where a file is, what it holds, how large it is, and what was taken out of it."""
    unreadable = f", {file.unreadable} could not be read" if file.unreadable else ""
    removed = f"secrets removed in {file.removed} places" if file.removed else "no secrets found"
    audits = f"{file.audits} audit{'' if file.audits == 1 else 's'}"
    return f"wrote {file.path}: {audits}{unreadable}, {_size(file.size)}, {removed}"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(size / 1e3, 1):.0f} kB"  # noqa: PLR2004 -- a megabyte
