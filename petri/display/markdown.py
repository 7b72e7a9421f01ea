"""Text from anywhere, made harmless in Markdown: as code, in which nothing is markup, a link or a mention."""

import re
from typing import Final

from petri.display.safe import flat, printable

_TICKS: Final = re.compile("`+")


def code(text: str) -> str:
    """Give the text on one line as a code span, whatever stands in it."""
    shown = flat(text).strip()
    if not shown:
        return "—"
    fence = _fence(shown, 1)
    room = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{room}{shown}{room}{fence}"


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
