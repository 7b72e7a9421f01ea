"""A log as the archive that it is: how large it becomes, said before it is unpacked."""

from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

from petri.errors import UnreadableLog

_MIB: Final = 2**20
LARGEST_PART: Final = 512 * _MIB
"""Bytes of one sample, unpacked: far above what an audit of a thousand turns comes to (about 15 MiB)."""
LARGEST_HEAD: Final = 256 * _MIB
"""Bytes of all that is read for a list: the header and the summaries."""
MOST_PARTS: Final = 500_000


def require_bounded(log: Path) -> None:
    """Raise ``UnreadableLog`` for a log that is no archive, lies elsewhere, or would fill the memory unpacked."""
    if log.is_symlink() and log.resolve().parent != log.parent.resolve():
        raise UnreadableLog(f"{log}: is a link to another folder; links are not followed")
    try:
        with ZipFile(log) as archive:
            sizes = {part.filename: part.file_size for part in archive.infolist()}
    except (OSError, BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableLog(f"{log}: cannot be read as an Inspect log: {error}") from error
    head = sum(size for name, size in sizes.items() if not name.startswith("samples/"))
    largest = max(sizes.values(), default=0)
    if len(sizes) > MOST_PARTS or largest > LARGEST_PART or head > LARGEST_HEAD:
        raise UnreadableLog(
            f"{log}: is not opened: unpacked, it has {len(sizes)} parts, the largest of {largest // _MIB} MiB, "
            f"and {head // _MIB} MiB that every list needs; at most {MOST_PARTS}, {LARGEST_PART // _MIB} MiB and "
            f"{LARGEST_HEAD // _MIB} MiB are"
        )
