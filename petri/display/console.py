"""Where output goes: data to stdout, talk to stderr; wide where no terminal sets a width, so that nothing is cut."""

import json
import sys
from typing import Any, TextIO

from rich.console import Console

_WIDE = 200


def data() -> Console:
    """Give a console for data, on stdout."""
    return _console(stderr=False)


def talk() -> Console:
    """Give a console for talk, on stderr."""
    return _console(stderr=True)


def echo_json(value: dict[str, Any], stream: TextIO | None = None, indent: int | None = None) -> None:
    """Write an object as JSON to the stream (stdout), on one line without an indent.

    What is not ASCII is escaped, and DEL too: no text in it can end the line, move a cursor or fail to be encoded.
    """
    text = json.dumps(value, indent=indent, allow_nan=False).replace("\x7f", "\\u007f")
    out = stream or sys.stdout
    out.write(f"{text}\n")
    out.flush()


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=_WIDE)
