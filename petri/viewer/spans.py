"""From a place in a text as a judge is shown it to the same words in the text as it was said. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from inspect_ai.model import ChatMessage
from rapidfuzz import fuzz

from petri.conversation.text import Kind, citable
from petri.judge.verdict import NEAR, Match, Span
from petri.transcript.defusing import Showing, defused_characters, defused_key
from petri.transcript.fold import fold
from petri.transcript.shown import shown_message
from petri.viewer.wire_transcript import Place

_PRIVATE: Final = (range(0xE000, 0xF900), range(0xF0000, 0xFFFFE), range(0x100000, 0x10FFFE))
"""Characters that mean nothing."""
_MOST_FOLDED: Final = 4
"""Letters that one at each end may be folded to, beyond the first."""


@dataclass(frozen=True)
class ShownPiece:
    """A text of a message that a quote may come from, as it was said and as a judge is shown it."""

    kind: Kind
    raw: str
    shown: str
    changes: tuple[tuple[int, int, int, int], ...]
    """Where the two differ: from where to where in ``raw``, from where to where in ``shown``; in order."""

    def raw_place(self, start: int, end: int) -> tuple[int, int]:
        """Give where the words from ``start`` to ``end`` of ``shown`` stand in ``raw``.

        What is shown changed is one whole: a quote of a part of it is a quote of all of it.
        """
        return self._raw(start, last=False), self._raw(end, last=True)

    @cached_property
    def _starts(self) -> list[int]:
        return [change[2] for change in self.changes]

    def _raw(self, at: int, *, last: bool) -> int:
        number = bisect_right(self._starts, at - last) - 1
        if number < 0:
            return at
        first, after, _, shown_after = self.changes[number]
        if at - last < shown_after:
            return after if last else first
        return after + at - shown_after


def shown_pieces(message: ChatMessage) -> tuple[ShownPiece, ...]:
    """Give the texts of a message that a quote may come from, in the order in which verdicts count them.

    Both forms come of one pass over the message: each change is written into the text between marks that the message
    does not hold, and taken apart again. So the two cannot differ in anything but the changes.
    """
    marks = _Marks.foreign_to(message)
    marked = shown_message(message, Showing(marks.text, marks.key))
    return tuple(marks.apart(kind, text) for kind, text in citable(marked) if kind != "tool_result")


def place_of(quote: str, match: Match, span: Span | None, pieces: Sequence[ShownPiece]) -> Place | None:
    """Give where quoted words stand, as a page counts; None where they were not found, or stand there no more.

    A verdict of an earlier version has no span, or counts in a text that was shown otherwise: words that are there
    letter by letter are looked for anew, and others have no place.
    """
    if match == "none":
        return None
    found = None if span is None else (span.piece, span.start, span.end)
    if match == "exact" and (found is None or _words(pieces, *found) != quote):
        places = ((number, piece.shown.find(quote)) for number, piece in enumerate(pieces))
        found = next(((number, at, at + len(quote)) for number, at in places if at >= 0), None)
    if found is None or not _agree(match, quote, _words(pieces, *found)):
        return None
    number, first, after = found
    start, end = pieces[number].raw_place(first, after)
    raw = pieces[number].raw
    return Place(piece=number, start=utf16(raw[:start]), end=utf16(raw[:end]))


def _agree(match: Match, quote: str, words: str) -> bool:
    """Say whether words are those that a match of this kind found for a quote."""
    if not words or match == "exact":
        return bool(words)
    wanted, there = fold(quote), fold(words)
    if match == "near":
        return fuzz.ratio(wanted, there) >= NEAR
    # A quote may begin or end within what is folded as one, such as three dots.
    return wanted != "" and wanted in there and len(there) - len(wanted) <= _MOST_FOLDED


def _words(pieces: Sequence[ShownPiece], number: int, start: int, end: int) -> str:
    """Give what stands there; nothing where there is no such place."""
    shown = pieces[number].shown if number < len(pieces) else ""
    return shown[start:end] if end <= len(shown) else ""


def utf16(text: str) -> int:
    """Count the UTF-16 units of a text, which is how a page counts."""
    return len(text) + sum(char > "\uffff" for char in text)


@dataclass(frozen=True, slots=True)
class _Marks:
    """Three characters around a change: before what was said, between it and what is shown for it, after that."""

    open: str
    middle: str
    close: str

    @classmethod
    def foreign_to(cls, message: ChatMessage) -> "_Marks":
        """Choose private characters that stand nowhere in a message."""
        taken = set(message.model_dump_json())
        free = (char for char in map(chr, chain(*_PRIVATE)) if char not in taken)
        return cls(next(free), next(free), next(free))

    def text(self, text: str) -> str:
        shown = defused_characters(text)
        if isinstance(shown, str):
            return text
        return "".join(
            raw if raw == now else self._changed(raw, now) for raw, now in zip(text, shown, strict=True)
        )

    def key(self, key: str) -> str:
        if self.text(key) != key or defused_key(key) == key:
            return self.text(key)
        split = defused_key(key).removeprefix(key[0]).removesuffix(key[1:])
        return key[0] + self._changed("", split) + key[1:]

    def apart(self, kind: Kind, marked: str) -> ShownPiece:
        """Take a marked text apart into what was said and what is shown."""
        raw: list[str] = []
        shown: list[str] = []
        changes: list[tuple[int, int, int, int]] = []
        said = seen = 0
        for before, after, changed in self._parts(marked):
            raw.append(before)
            shown.append(after)
            if changed:
                changes.append((said, said + len(before), seen, seen + len(after)))
            said += len(before)
            seen += len(after)
        return ShownPiece(kind, "".join(raw), "".join(shown), tuple(changes))

    def _changed(self, raw: str, shown: str) -> str:
        return f"{self.open}{raw}{self.middle}{shown}{self.close}"

    def _parts(self, marked: str) -> Iterator[tuple[str, str, bool]]:
        pattern = re.compile(f"{self.open}([^{self.middle}]*){self.middle}([^{self.close}]*){self.close}")
        at = 0
        for change in pattern.finditer(marked):
            same = marked[at : change.start()]
            yield same, same, False
            yield change[1], change[2], True
            at = change.end()
        yield marked[at:], marked[at:], False
