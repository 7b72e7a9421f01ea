"""Text from models and files, made harmless for a terminal."""

import re
from typing import Final

_CONTROL: Final = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # direction, width none, line ends
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\U0001d173-\U0001d17a"  # drawn as nothing
    "\ufe00-\ufe0e\U000e0000-\U000e0fff"  # variation selectors but for that of emoji, tags
    "\ud800-\udfff"  # halves of characters
    "]"
)


def printable(text: str) -> str:
    r"""Give the text with control, direction and invisible characters shown as ``\x1b`` or ``\u202e``.

    Line breaks and tabs stay. Nothing in the result can move a cursor, set a title or hide a word.
    """
    return _CONTROL.sub(lambda match: _escaped(match.group()), text.replace("\r\n", "\n"))


def flat(text: str) -> str:
    """Give the text, made printable, on one line: a line break in it cannot begin a line that looks like ours."""
    return printable(text).replace("\n", " ").replace("\t", " ")


def one_line(text: str, width: int) -> str:
    """Give the text on one line of at most ``width`` characters."""
    line = " ".join(printable(text).split())
    return line if len(line) <= width else line[: max(width - 1, 0)] + "…"


def _escaped(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:  # noqa: PLR2004 -- one byte
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 -- one UTF-16 unit
