"""Where output goes: data to stdout, talk to stderr; wide where no terminal sets a width, so that nothing is cut."""

import io
import json
import re
import sys
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout
from typing import Any, Final, TextIO, cast

from rich.console import Console

_WIDE: Final = 200
_FILLING: Final = re.compile(" +$", re.MULTILINE)


def data() -> Console:
    """Give a console for data, on stdout."""
    return _console(stderr=False)


def talk() -> Console:
    """Give a console for talk, on stderr."""
    return _console(stderr=True)


@contextmanager
def data_only() -> Generator[None]:
    """Keep off stdout what others print there: Inspect has a banner of its hooks."""
    with redirect_stdout(io.StringIO()):
        yield


def echo_json(value: dict[str, Any], stream: TextIO | None = None, indent: int | None = None) -> None:
    """Write an object as JSON to the stream (stdout), on one line without an indent.

    What is not ASCII is escaped, and DEL too: no text in it can end the line, move a cursor or fail to be encoded.
    """
    text = json.dumps(value, indent=indent, allow_nan=False).replace("\x7f", "\\u007f")
    out = stream or sys.stdout
    out.write(f"{text}\n")
    out.flush()


class _Trimmed(io.TextIOBase):
    """A stream without the blanks that fill up a terminal's lines."""

    def __init__(self, stream: TextIO) -> None:
        """Write to this stream."""
        self._stream = stream

    @property
    def encoding(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] -- a plain attribute there
        """What the stream can encode."""
        return self._stream.encoding

    def write(self, text: str) -> int:
        """Write the text; Rich writes whole lines."""
        self._stream.write(_FILLING.sub("", text))
        return len(text)

    def flush(self) -> None:
        """Flush the stream, unless it was closed before this view of it."""
        if not self._stream.closed:
            self._stream.flush()


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if console.is_terminal:
        return console
    stream = cast("TextIO", _Trimmed(sys.stderr if stderr else sys.stdout))
    return Console(file=stream, highlight=False, width=_WIDE)
