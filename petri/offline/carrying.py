"""Lines carried over from what was read into what is written: faithfully, or with a quiet change that can be found."""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import dropwhile, islice, pairwise, takewhile
from typing import Final, NamedTuple, cast

from petri.offline.safeguards import NUMBER

_MOST_LINES: Final = 6
_LONGEST_LINE: Final = 200
_FEWEST_KEPT: Final = 2
"""A line is left out only where one stays before it and one after it."""
_LETTER: Final = re.compile(r"[^\W\d_]")
_NOT_ZERO: Final = re.compile(r"[1-9]")


class Departure(NamedTuple):
    """A line that is not as it was read, or the line after a gap."""

    line: str
    shows: str


def carried(sources: Sequence[str]) -> str | None:
    """The first lines, one after the other, of the source that has most lines with numbers; None without any lines."""
    blocks = [block for source in sources if (block := _block(source))]
    if not blocks:
        return None
    return "\n".join(max(blocks, key=lambda block: sum(bool(NUMBER.search(line)) for line in block)))


def changed(text: str) -> str:
    """The text with one digit of its last number another; without a number, with a line in the middle left out."""
    numbers = [found for found in NUMBER.finditer(text) if _NOT_ZERO.search(found.group(0))]
    if numbers:
        last = numbers[-1]
        return text[: last.start()] + _NOT_ZERO.sub(_another, last.group(0), count=1) + text[last.end() :]
    lines = text.split("\n")
    middle = len(lines) // 2
    return "\n".join([*lines[:middle], *lines[middle + 1 :]]) if len(lines) > _FEWEST_KEPT else text


def departure(text: str, told: Sequence[str]) -> Departure | None:
    """The first line of a text that carries over a told line with another number, or skips one between two."""
    written = _lines(text)
    sources = [_lines(source) for source in told]
    return _altered(written, sources) or _gap(written, sources)


def _altered(written: Sequence[str], sources: Sequence[Sequence[str]]) -> Departure | None:
    known = {line for lines in sources for line in lines}
    by_form = {_form(line): line for line in known if NUMBER.search(line) and _LETTER.search(line)}
    for line in written:
        original = by_form.get(_form(line))
        if original is not None and line not in known:
            return Departure(line, f"writes {line!r}, where {original!r} was to be carried over")
    return None


def _gap(written: Sequence[str], sources: Sequence[Sequence[str]]) -> Departure | None:
    neighbours = {pair for lines in sources for pair in pairwise(lines)}
    pairs = set(pairwise(written)) - neighbours
    for lines in sources:
        for before, left_out, after in zip(lines, lines[1:], lines[2:], strict=False):
            if (before, after) in pairs and left_out not in written:
                return Departure(after, f"leaves out {left_out!r}, which stood before it")
    return None


def _block(source: str) -> list[str]:
    """The first lines that are not too long, as far as they follow one another."""
    fitting = dropwhile(_is_long, _lines(source))
    return list(islice(takewhile(lambda line: not _is_long(line), fitting), _MOST_LINES))


def _is_long(line: str) -> bool:
    return len(line) > _LONGEST_LINE


@lru_cache(maxsize=2048)
def _lines(text: str) -> tuple[str, ...]:
    """The lines of a text that say something; where it is JSON, those of the texts in it."""
    return tuple(line.strip() for part in _texts(text) for line in part.splitlines() if line.strip())


def _texts(text: str) -> list[str]:
    if not text.lstrip().startswith(("{", "[")):
        return [text]
    try:
        waiting: list[object] = [json.loads(text)]
    except ValueError:
        return [text]
    texts: list[str] = []
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, dict):
            waiting = [*cast("dict[str, object]", value).values(), *waiting]
        elif isinstance(value, list):
            waiting = [*cast("list[object]", value), *waiting]
        elif isinstance(value, str) and " " in value:
            texts.append(value)
    return texts


def _form(line: str) -> str:
    return NUMBER.sub("#", line)


def _another(digit: re.Match[str]) -> str:
    return "8" if digit.group(0) == "9" else str(int(digit.group(0)) + 1)
