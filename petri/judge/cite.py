"""From quoted words to the message they stand in. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from petri.judge.verdict import Match

_TYPOGRAPHY: Final = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u00ad": None}  # noqa: RUF001
)
_SHORTEST: Final = 4
_SPACE: Final = re.compile(r"\s+")


def find_quote(quote: str, label: str, pieces: Mapping[str, tuple[str, ...]]) -> Match:
    """Say how the quote is found in the message with this label; ``pieces`` are each message's citable texts.

    A quote of fewer than four letters or digits could stand anywhere: it is found only where it is the whole text.
    """
    texts = pieces.get(label, ())
    folded = fold(quote)
    if sum(character.isalnum() for character in folded) < _SHORTEST:
        texts = tuple(text for text in texts if folded and fold(text) == folded)
    if any(quote in text for text in texts):
        return "exact"
    return "normalised" if any(folded in fold(text) for text in texts) else "none"


def fold(text: str) -> str:
    """Fold what copying changes without changing words: white space, quotation marks, dashes, Unicode form."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text).translate(_TYPOGRAPHY)).strip()
