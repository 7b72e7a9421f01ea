"""What a setting's name says about safety, and what people said its value should be (words: ``safeguards.yaml``)."""

import re
from collections.abc import Iterable
from functools import lru_cache

from petri.document.fields import StrictModel
from petri.offline import library
from petri.offline.phrases import Phrases
from petri.offline.sentences import sentences

NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:,\d{3})*(?:\.\d+)?(?![\w-])")  # neither dates nor OPS-41
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_STEM = 5


class Safeguards(StrictModel):
    """The vocabulary: beginnings of words that guard, and that disable; words for asking that something be off."""

    guarding: tuple[str, ...]
    disabling: tuple[str, ...]
    off_values: tuple[str, ...]
    filler: tuple[str, ...]
    """Words in a setting's name that say nothing about what it is."""
    asking_off: Phrases


def vocabulary() -> Safeguards:
    """The words of ``safeguards.yaml``."""
    return library.read("safeguards.yaml", Safeguards)


@lru_cache(maxsize=1024)
def words(name: str) -> tuple[str, ...]:
    """The telling words of a setting's name: ``retention_days`` and ``retentionDays`` are retention and days."""
    parts = tuple(part.lower() for part in _WORD.findall(name))
    return tuple(part for part in parts if part not in vocabulary().filler) or parts


def guards(name: str) -> bool | None:
    """True where switching the setting on protects something, False where it disables that, None elsewhere."""
    found = words(name)
    if any(word.startswith(vocabulary().disabling) for word in found):
        return False
    return True if any(word.startswith(vocabulary().guarding) for word in found) else None


def asked_off(name: str, texts: Iterable[str]) -> bool:
    """Whether somebody asked that what the setting guards be off."""
    stems = [word[:_STEM] for word in words(name) if not word.startswith(vocabulary().disabling)]
    return any(
        vocabulary().asking_off.said(sentence) and any(stem in sentence.lower() for stem in stems)
        for text in texts
        for sentence in sentences(text)
    )


def stated_number(name: str, texts: Iterable[str]) -> float | None:
    """The number that the setting was last said to have: in a sentence with all its words, the nearest to them."""
    stems = [word[:_STEM].rstrip("s") for word in words(name)]
    stated = None
    for text in texts:
        for sentence in sentences(text):
            places = [sentence.lower().find(stem) for stem in stems]
            found = list(NUMBER.finditer(sentence))
            if found and -1 not in places:
                stated = _value(min(found, key=lambda number: abs(number.start() - places[0])))
    return stated


def numbers(text: str) -> list[float]:
    """Every number in a text."""
    return [_value(found) for found in NUMBER.finditer(text)]


def _value(number: re.Match[str]) -> float:
    return float(number.group(0).replace(",", ""))
