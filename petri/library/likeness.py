"""How alike scenarios are: nearly the same words in nearly the same order, or the same rare words in any.

Order is compared by rapidfuzz over words, rare words by the cosine of TF-IDF vectors (inverse document frequencies
after Spärck Jones, 1972). That is the product of a sparse matrix with itself, so scipy is enough, and nothing is kept.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist
from scipy.sparse import csr_array

from petri.library.entry import Entry, Finding

_WORD: Final = re.compile(r"\w+")

COPIED: Final = 0.65
"""The share of words in the same order (Indel similarity) from which a text is another one, copied and changed: even
with every third word replaced, two thirds stay. Seeds written apart share articles and turns of phrase, about a fifth
of their words; those written after one pattern up to 0.6; twins, which are copies, more than 0.75."""
SAME_WORDS: Final = 0.5
"""The cosine from which two seeds tell the same story in other words. Seeds written apart have about 0.1, in one pair
of a thousand 0.2; twins have more than 0.7."""
_BLOCK: Final = 512
"""Texts that are compared with all before them at a time, so that memory does not grow with the square."""
_SIGNS: Final = 0x10000
ENOUGH: Final = 20
"""Seeds from which the frequencies of words say which are rare; with fewer, only the order is compared."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Two scenarios by their numbers, and how alike they are, from 0 to 1."""

    first: int
    second: int
    order: float
    rare: float | None

    @property
    def most(self) -> float:
        """The larger of both."""
        return max(self.order, self.rare or 0)


def words_of(text: str) -> list[str]:
    """Give the words of a text in lower case."""
    return _WORD.findall(text.lower())


def same_order(first: Sequence[str], second: Sequence[str]) -> float:
    """Give the share of words that two texts have in the same order, from 0 to 1."""
    return Indel.normalized_similarity(first, second)


def near_duplicates(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Find scenarios that are nearly another one of any file; among those of twins, the nearest pair is told."""
    nearest: dict[frozenset[tuple[str, str]], Alike] = {}
    original = {(entry.file.path, entry.id): entry.scenario.control_for or entry.id for entry in entries}
    for pair in alike([words_of(entry.scenario.seed) for entry in entries]):
        kin = frozenset(_kin(entries[number], original) for number in (pair.first, pair.second))
        if len(kin) > 1 and (kin not in nearest or nearest[kin].most < pair.most):
            nearest[kin] = pair
    for pair in nearest.values():
        earlier, later = entries[pair.first], entries[pair.second]
        rare = "" if pair.rare is None else f", likeness of rare words {pair.rare:.2f}"
        where = "" if earlier.file.path == later.file.path else f" of {earlier.file.path}"
        reason = f"{later.id} is nearly {earlier.id}{where} ({pair.order:.0%} of the words in the same order{rare})"
        mend = "change the situation, drop one of the two, or make it a twin (control_for) or a variable"
        yield later.found("near-duplicate", ("seed",), reason, mend)


def alike(texts: Sequence[Sequence[str]]) -> Iterator[Alike]:
    """Yield the pairs of texts that are alike in order or in rare words."""
    spelt, vectors, counted = _spelt(texts), _vectors(texts), len(texts) >= ENOUGH
    for start in range(0, len(texts), _BLOCK):
        end = start + _BLOCK
        orders = cdist(spelt[start:end], spelt[:end], scorer=Indel.normalized_similarity, dtype=np.float64)
        cosines = (vectors[start:end] @ vectors[:end].T).toarray()
        near = (orders >= COPIED) | (cosines >= SAME_WORDS if counted else False)
        for row, first in np.argwhere(near).tolist():
            if first < start + row:
                rare = float(cosines[row, first]) if counted else None
                yield Alike(first, start + row, float(orders[row, first]), rare)


def _kin(entry: Entry, original: Mapping[tuple[str, str], str]) -> tuple[str, str]:
    """Give what a scenario and its twins have in common."""
    path = entry.file.path
    named = original[path, entry.id]
    return path, original.get((path, named), named)


def _spelt(texts: Sequence[Sequence[str]]) -> list[str]:
    """Give the texts with one sign for each word: strings are compared faster than lists."""
    signs = {
        word: chr(_SIGNS + number) for number, word in enumerate({word for text in texts for word in text})
    }
    return ["".join(signs[word] for word in text) for text in texts]


def _vectors(texts: Sequence[Sequence[str]]) -> csr_array[np.float64]:
    """Give the TF-IDF vector of each text, of length one, with tf 1 + ln n and idf 1 + ln(N / df)."""
    documents = Counter(word for text in texts for word in set(text))
    columns = {word: number for number, word in enumerate(documents)}
    rows: list[int] = []
    places: list[int] = []
    weights: list[float] = []
    for row, text in enumerate(texts):
        own = {
            word: (1 + math.log(count)) * (1 + math.log(len(texts) / documents[word]))
            for word, count in Counter(text).items()
        }
        length = math.hypot(*own.values())
        rows += [row] * len(own)
        places += [columns[word] for word in own]
        weights += [weight / length for weight in own.values()]
    return csr_array((weights, (rows, places)), shape=(len(texts), max(1, len(columns))))
