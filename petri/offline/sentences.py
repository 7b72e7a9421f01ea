"""A text in sentences, each a verbatim piece of it."""

import re

_END = re.compile(r"(?<=[.!?])[\"”')\]]?\s+|\n+")
_MAX_QUOTE = 240


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, without the space around them."""
    pieces: list[str] = []
    start = 0
    for end in _END.finditer(text):
        pieces.append(text[start : end.end()].strip())
        start = end.end()
    pieces.append(text[start:].strip())
    return [piece for piece in pieces if piece]


def sentence_at(text: str, position: int) -> str:
    """The sentence around a position, at most 240 characters; always words of ``text`` as they stand."""
    start = 0
    for end in _END.finditer(text):
        if end.start() >= position:
            return text[start : end.start()].strip()[:_MAX_QUOTE]
        start = end.end()
    return text[start:].strip()[:_MAX_QUOTE]
