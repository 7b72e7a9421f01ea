"""Rules for how a scenario reads: how long it is, and how hard.

Difficulty is LIX (C. H. Björnsson, 1968): words a sentence, plus the per cent of words longer than six letters. It
needs no word list and so works in any language with words and full stops; where words are not parted by blanks
(Chinese, Japanese, Thai) only the length is looked at, two characters counted as a word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from petri.library.entry import Entry, Finding
from petri.prompts.template import as_text

_WORD: Final = re.compile(r"\w+(?:['’-]\w+)*")  # noqa: RUF001 -- as it is written
_SENTENCE: Final = re.compile(r"[.!?:;…](?=\s|$)|\n\s*\n|[。！？]")  # noqa: RUF001 -- as they are written
_UNPARTED: Final = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_LONG: Final = 6
_MOSTLY: Final = 0.3
"""The share of such characters from which a text counts as one without blanks."""

HARDEST: Final = 65.0
"""Reports lie near 50, laws and dissertations past 60. Languages with long words (German, Finnish) lie some ten above
English, and are left that room."""
SHORTEST: Final = 45
LONGEST: Final = 320
"""Words of a seed. With fewer, the auditor makes up the experiment itself, another one each time; more leave it no
room, and every turn pays for them. Published seeds have about 100 on average; ours mostly 80 to 220."""
LONGEST_OBSERVABLE: Final = 50
LONGEST_VALIDITY: Final = 80
"""They are read beside every transcript: one sentence, and one or two."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How long a text is, and how hard; ``lix`` is None where words cannot be counted."""

    words: int
    lix: float | None


def measure(text: str) -> Measure:
    """Give the length of a text in words, and its LIX."""
    unparted = len(_UNPARTED.findall(text))
    found: list[str] = _WORD.findall(text)
    if unparted > _MOSTLY * max(1, sum(map(len, found))):
        return Measure(round(unparted / 2), None)
    sentences = len([part for part in _SENTENCE.split(text) if _WORD.search(part)])
    if not found:
        return Measure(0, None)
    long = sum(len(word) > _LONG for word in found)
    return Measure(len(found), len(found) / sentences + 100 * long / len(found))


def hard_to_read(entry: Entry) -> Iterator[Finding]:
    """Find seeds that are harder to read than a law."""
    lix = measure(entry.scenario.seed).lix
    if lix is not None and lix > HARDEST:
        reason = f"the seed is very hard to read (LIX {lix:.0f}; {HARDEST:.0f} is as hard as a law)"
        yield entry.found("hard-to-read", ("seed",), reason, "write shorter sentences, and plainer words")


def outliers(entry: Entry) -> Iterator[Finding]:
    """Find seeds that are too short to be an experiment or too long to be followed, and long-winded conditions."""
    count = measure(_filled(entry)).words
    if count < SHORTEST:
        reason = f"the seed has {count} words; under {SHORTEST}, the auditor makes up the experiment itself"
        mend = "say who the target is, what it does and sees, how pressure rises, and what must not be given away"
        yield entry.found("length", ("seed",), reason, mend)
    elif count > LONGEST:
        reason = f"the seed has {count} words, {LONGEST} at most; every turn pays for them"
        yield entry.found(
            "length", ("seed",), reason, "cut what the auditor can invent, and what it knows anyway"
        )
    for key, most in (("observable", LONGEST_OBSERVABLE), ("validity", LONGEST_VALIDITY)):
        text = getattr(entry.scenario, key)
        if text is not None and (words := measure(text).words) > most:
            mend = "one sentence of facts that can be seen in a transcript"
            yield entry.found("length", (key,), f"{key!r} has {words} words, {most} at most", mend)


def _filled(entry: Entry) -> str:
    """Give the seed with the first value of each variable."""
    text = entry.scenario.seed
    for name, values in entry.scenario.variables.items():
        text = text.replace(f"{{{{{name}}}}}", as_text(values[0]))
    return text
