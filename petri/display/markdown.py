"""Text from anywhere, made harmless in Markdown: as code, in which nothing is markup, a link or a mention."""

import re
from typing import Final

from petri.display.safe import flat, printable

_TICKS: Final = re.compile("`+")
_PLAIN: Final = re.compile(
    r"[(\"'“\u2018]*[-+]?"
    r"[^\W_]+(?:[-_/.,'\u2019%+=]+[^\W_]+)*(?::[^\W_]+)?"  # two colons could be the name of an emoji
    r"[.,;:!?)\"'”\u2019…%]*"
    r"|%[.,;:!?)]*"
)
_ADDRESS: Final = re.compile("\\W*www\\.", re.IGNORECASE)
"""What GitHub makes a link of, though nothing in it is markup."""
_SIGNS: Final = ("-", "—", "·", "≥", "≤", "=", "+", "“", "”")
"""What stands between words and means nothing to Markdown there."""
_BULLET: Final = re.compile(r"[-+=]|\d+[.)]")
"""What at the beginning of a line makes it an item of a list, or the line before it a heading."""


def code(text: str) -> str:
    """Give the text on one line as a code span, whatever stands in it."""
    shown = flat(text).strip()
    if not shown:
        return "—"
    fence = _fence(shown, 1)
    room = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{room}{shown}{room}{fence}"


def prose(text: str) -> str:
    """Give a sentence that may hold text from anywhere: a word that could be more than a word is code."""
    words = flat(text).split()
    return " ".join(
        word if _is_plain(word, first=number == 0) else code(word) for number, word in enumerate(words)
    )


def _is_plain(word: str, *, first: bool) -> bool:
    if first and _BULLET.fullmatch(word):
        return False
    return word in _SIGNS or bool(_PLAIN.fullmatch(word) and not _ADDRESS.match(word))


def block(text: str) -> list[str]:
    """Give the lines of the text as a block of code, whatever stands in it: no line of it ends the block."""
    shown = printable(text).rstrip("\n")
    fence = _fence(shown, 3)
    return [f"{fence}text", *shown.split("\n"), fence]


def _fence(text: str, least: int) -> str:
    """Give more backticks than stand side by side anywhere in the text."""
    return "`" * max(least, 1 + max((len(run) for run in _TICKS.findall(text)), default=0))


def table(headings: list[str], rows: list[list[str]]) -> list[str]:
    """Give the lines of a table whose cells are Markdown: the first columns to the left, numbers as they are."""
    lines = [headings, ["---"] * len(headings), *rows]
    # GitHub splits a row before it looks for code, so that a bar needs its mark in code too.
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
