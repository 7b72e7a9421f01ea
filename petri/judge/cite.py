"""From quoted words to the message they stand in, and where in it. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from petri.judge.verdict import NEAR, Citation, Match, Span
from petri.rubric.schema import Dimension
from petri.transcript.fold import fold, folded
from petri.transcript.reading import Piece

_SHORTEST: Final = 4
"""Letters and digits that a quote needs: a shorter one could stand anywhere, and is found only as a whole text."""

_SHORTEST_NEAR: Final = 20
"""A near match needs as many letters and digits, and the likeness ``NEAR``. A slip of copying (a word left out, another
case, a lost comma) of such a quote stays above it; two different sentences of the same text do not come near it
(``tests/judge/test_near.py`` measures both)."""

_COARSE: Final = 70.0
_SLACK: Final = 12
"""How the place of a near match is found before it is measured, and how far its ends are moved then."""

_WORD: Final = re.compile(r"\w+(?:'\w+)?")
_TURNING: Final = frozenset(
    [
        "no",
        "not",
        "never",
        "none",
        "nobody",
        "nothing",
        "neither",
        "nor",
        "cannot",
        "without",
        "hardly",
        "false",
    ]
)
"""Words that turn what is said into its opposite, and cost a near match next to nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """How a quote was found and where; ``span`` is None where it was not."""

    match: Match
    span: Span | None = None


NOWHERE: Final = Found("none")


def find_quote(quote: str, label: str, pieces: Mapping[str, Sequence[Piece]]) -> Found:
    """Find a quote in the message with this label: letter by letter, else folded, else but for a slip of copying.

    A near match has the same numbers and the same negations as the words it stands for.
    """
    texts = list(enumerate(pieces.get(label, ())))
    wanted = fold(quote)
    size = sum(character.isalnum() for character in wanted)
    if size < _SHORTEST:
        texts = [(at, piece) for at, piece in texts if wanted and fold(piece.text) == wanted]
    for at, piece in texts:
        start = piece.text.find(quote)
        if start >= 0:
            return Found("exact", Span(piece=at, kind=piece.kind, start=start, end=start + len(quote)))
    for at, piece in texts:
        start = folded(piece.text).text.find(wanted)
        if start >= 0:
            return Found("normalised", _span(at, piece, start, start + len(wanted)))
    return _near(wanted, texts) if size >= _SHORTEST_NEAR else NOWHERE


def labels_with(quote: str, pieces: Mapping[str, Sequence[Piece]]) -> Iterator[str]:
    """Yield the labels of the messages that a quote does stand in, but for white space and typography."""
    wanted = fold(quote)
    if sum(character.isalnum() for character in wanted) >= _SHORTEST:
        for label, texts in pieces.items():
            if any(wanted in folded(piece.text).text for piece in texts):
                yield label


def supports(cited: Citation, dimension: Dimension) -> bool:
    """Say whether words carry a score: they were said, and by the target, unless the audit itself is scored."""
    return cited.match != "none" and (cited.by_target or dimension.about == "audit")


def _near(wanted: str, texts: Sequence[tuple[int, Piece]]) -> Found:
    """Give the likest stretch of these texts, if it is like enough and says the same."""
    best, found = 0.0, NOWHERE
    for at, piece in texts:
        text = folded(piece.text).text
        score, start, end = _likest(wanted, text)
        if score >= NEAR and score > best and _weighty(wanted) == _weighty(text[start:end]):
            best, found = score, Found("near", _span(at, piece, start, end))
    return found


def _likest(wanted: str, text: str) -> tuple[float, int, int]:
    """Give the stretch of whole words that is likest to what is wanted, with its likeness; 0 where none comes near.

    An alignment finds the place. It has the length of what is wanted, so its ends are then moved: or else a word that
    was left out would cost twice, and a "not" could fall off the edge.
    """
    coarse = fuzz.partial_ratio_alignment(wanted, text, score_cutoff=_COARSE)
    if coarse is None or not text:
        return 0.0, 0, 0
    longer = len(wanted) > len(text)
    start, end = (0, len(text)) if longer else (coarse.dest_start, coarse.dest_end)
    slack = max(len(wanted) // 6, _SLACK)
    low, high = max(start - slack, 0), min(end + slack, len(text))
    starts = [at for at in range(low, min(start + slack, end)) if at == 0 or not text[at - 1].isalnum()]
    ends = [
        at for at in range(max(end - slack, start), high + 1) if at == len(text) or not text[at].isalnum()
    ]
    pairs = ((fuzz.ratio(wanted, text[one:two]), one, two) for one in starts for two in ends if one < two)
    return max(pairs, default=(0.0, 0, 0))


def _weighty(text: str) -> Counter[str]:
    """Count the words that a near match must not lose or gain: numbers and negations."""
    return Counter(
        "not" if word.endswith("n't") else word
        for word in _WORD.findall(text.casefold())
        if word in _TURNING or word.endswith("n't") or any(character.isdigit() for character in word)
    )


def _span(at: int, piece: Piece, start: int, end: int) -> Span:
    first, last = folded(piece.text).span(start, end)
    return Span(piece=at, kind=piece.kind, start=first, end=last)
