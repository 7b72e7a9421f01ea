"""Every byte that a run has written, packed or not, and whether a secret stands in it in any form."""

import gzip
import io
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import zstandard

ZSTD: Final = b"\x28\xb5\x2f\xfd"
SQLITE: Final = b"SQLite format 3\x00"


def places_with(found: Callable[[str], bool], *folders: Path) -> list[str]:
    """Where below the folders a text is for which ``found`` holds: the file, and the part of it."""
    return [
        f"{path}: {part}"
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for part, data in _unpacked(path)
        if found(data.decode("utf-8", "replace"))
    ]


def _unpacked(path: Path) -> Iterator[tuple[str, bytes]]:
    """A file's name and bytes, and what is packed in it, however deep."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:  # a run goes on while we look
        return
    yield from _layers(path.name, data)
    if data.startswith(SQLITE):
        yield from _rows(path)


def _layers(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, data
    if data.startswith(b"PK\x03\x04"):
        for member, inner in _members(data):
            yield from _layers(f"{name}/{member}", inner)
    elif data.startswith(ZSTD):
        yield from _layers(f"{name} (zstd)", zstandard.ZstdDecompressor().decompressobj().decompress(data))
    elif data.startswith(b"\x1f\x8b"):
        yield from _layers(f"{name} (gzip)", gzip.decompress(data))
    elif data[:2] in {b"x\x01", b"x\x9c", b"x\xda"}:
        try:
            unpacked = zlib.decompress(data)
        except zlib.error:  # two bytes that only looked like it
            return
        yield from _layers(f"{name} (zlib)", unpacked)


def _members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The members of a ZIP file, also those packed with Zstandard, which the standard library knows from 3.14 on."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            names, extra = struct.unpack("<HH", data[member.header_offset + 26 : member.header_offset + 30])
            start = member.header_offset + 30 + names + extra
            packed = data[start : start + member.compress_size]
            if packed.startswith(ZSTD):
                yield member.filename, zstandard.ZstdDecompressor().decompressobj().decompress(packed)
            else:
                yield member.filename, archive.read(member)


def _rows(path: Path) -> Iterator[tuple[str, bytes]]:
    """The values in a database, which may be packed one by one; of one that is being removed, those still there."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with closing(connection), suppress(sqlite3.OperationalError):
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type='table'")]
        for table in tables:
            for row in connection.execute(f'select * from "{table}"'):
                for value in row:
                    data = value.encode() if isinstance(value, str) else value
                    if isinstance(data, bytes):
                        yield from _layers(f"{path.name}:{table}", data)
