"""Text without what copying changes, and where each of its characters stood. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from petri.transcript.defusing import UNSEEN

_TYPOGRAPHY: Final = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "}  # noqa: RUF001 -- these are folded
)
_GONE: Final = re.compile(rf"⟦[^⟦⟧]{{0,24}}⟧|[⟦⟧]|{UNSEEN}|[\u200c\u200d\ufe0e\ufe0f]")
"""Our marks, and characters that are drawn as nothing."""
_WORD: Final = re.compile(r"\S+")
_JAMO: Final = range(0x1160, 0x1200)
"""Vowels and finals that make one syllable with what precedes them."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; ``starts`` and ``ends`` say for each of its characters where it came from."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the stretch of the original that a stretch of the folded text came from."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> str:
    """Fold what copying changes, not words: white space, quotation marks, dashes, Unicode form, our marks."""
    return folded(text).text


@lru_cache(maxsize=128)
def folded(text: str) -> Folded:
    """Give the folded text with its places; kept for a while, for one text is searched for many quotes."""
    units = _words(text) if text.isascii() and not _GONE.search(text) else _clusters(text)
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end, unit in units:
        out.append(unit)
        if len(unit) == end - start:
            starts += range(start, end)
            ends += range(start + 1, end + 1)
        else:
            starts += [start] * len(unit)
            ends += [end] * len(unit)
    return Folded("".join(out), tuple(starts), tuple(ends))


def _words(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the words of an ASCII text and a space between each two, with their places."""
    last = None
    for word in _WORD.finditer(text):
        if last is not None:
            yield last, word.start(), " "
        yield word.start(), word.end(), word.group()
        last = word.end()


def _clusters(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield each character with the marks that it bears, folded, and a space between words."""
    gone = {at for found in _GONE.finditer(text) for at in range(found.start(), found.end())}
    seen = [at for at in range(len(text)) if at not in gone]
    space: tuple[int, int] | None = None
    spoken = False
    at = 0
    while at < len(seen):
        first = at
        at += 1
        char = text[seen[first]]
        if char.isspace():
            space = (space[0] if space else seen[first], seen[first] + 1)
            continue
        while at < len(seen) and _belongs(text[seen[at]]):
            at += 1
        if space and spoken:
            yield *space, " "
        space, spoken = None, True
        whole = "".join(text[place] for place in seen[first:at])
        yield seen[first], seen[at - 1] + 1, unicodedata.normalize("NFC", whole).translate(_TYPOGRAPHY)


def _belongs(char: str) -> bool:
    """Say whether a character makes one with what precedes it."""
    return unicodedata.category(char)[0] == "M" or ord(char) in _JAMO
