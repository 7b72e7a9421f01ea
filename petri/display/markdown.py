"""Text from anywhere, made harmless in Markdown: as code, in which nothing is markup, a link or a mention."""

import re
from typing import Final

from petri.display.safe import flat

_TICKS: Final = re.compile("`+")


def code(text: str) -> str:
    """Give the text on one line as a code span, whatever stands in it."""
    shown = flat(text).strip()
    if not shown:
        return "—"
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(shown)), default=0))
    room = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{room}{shown}{room}{fence}"


def table(headings: list[str], rows: list[list[str]]) -> list[str]:
    """Give the lines of a table whose cells are Markdown: the first columns to the left, numbers as they are."""
    lines = [headings, ["---"] * len(headings), *rows]
    # GitHub splits a row before it looks for code, so that a bar needs its mark in code too.
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
