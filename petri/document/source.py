"""The text of a file within limits, with its digest and the line and column of each character."""

import difflib
import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from petri.errors import Fault, InvalidFile

MAX_BYTES: Final = 1 << 20
_LINE_END: Final = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Source:
    """A text and the ``path`` under which people know it."""

    path: str
    text: str
    sha256: str
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Find the starts of the lines once. U+2028 and its like end no line: editors agree on these three alone."""
        starts = (0, *(end.end() for end in _LINE_END.finditer(self.text)))
        object.__setattr__(self, "_starts", starts)

    def place(self, index: int) -> tuple[int, int]:
        """Give line and column of a character, both counted from 1."""
        line = bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1

    def fault(self, index: int, message: str) -> Fault:
        """Give the fault that lies at a character."""
        return Fault(self.path, *self.place(index), message)


def read_source(path: Path, shown: str | None = None) -> Source:
    """Give the text of a file; raises ``InvalidFile`` when it cannot be read or is no text of at most 1 MiB."""
    name = printable(str(path) if shown is None else shown)
    data = _read(path, name)
    return Source(name, _decode(data, name), hashlib.sha256(data).hexdigest())


def printable(name: str) -> str:
    """Give a name on one line: control characters and broken bytes in it become escapes."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in name)


def _read(path: Path, name: str) -> bytes:
    try:
        if path.is_dir():
            raise _refusal(name, "a folder, where a file is wanted")
        if path.exists() and not path.is_file():
            raise _refusal(name, "not a regular file")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _refusal(name, f"{size:,} bytes; a file may have {MAX_BYTES:,} (1 MiB) at most")
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except FileNotFoundError:
        raise _refusal(name, f"no such file{_near(path)}") from None
    except PermissionError:
        raise _refusal(name, "no permission to read it") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _refusal(name, f"cannot be read: {error}") from error


def _near(path: Path) -> str:
    """Name the file beside the missing one that was probably meant; suffixes alone make no names alike."""
    if not path.parent.is_dir():
        return ""
    beside = {file.stem: file.name for file in path.parent.iterdir()}
    near = difflib.get_close_matches(path.stem, beside, n=1)
    return f" (did you mean {printable(beside[near[0]])!r}?)" if near else ""


def _decode(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refusal(name, "text in UTF-16; save it as UTF-8")
    if b"\0" in data:
        raise _refusal(name, "not text: it holds NUL bytes; a file here is UTF-8 text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = Source(name, data[: error.start].decode("utf-8-sig"), "")
        message = f"not UTF-8: the byte 0x{data[error.start]:02x} cannot stand here; save the file as UTF-8"
        raise InvalidFile([before.fault(len(before.text), message)]) from None


def _refusal(name: str, message: str) -> InvalidFile:
    return InvalidFile([Fault(name, 0, 0, message)])
