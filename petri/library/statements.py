"""Rules for what a scenario says of itself: what shows the behaviour, when a verdict counts, how it is classified."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from petri.datafiles import scenario_files
from petri.document.wording import did_you_mean
from petri.library.data import vocabulary
from petri.library.entry import Entry, Finding
from petri.scenario.load import LoadedFile

CANARY: Final = "petri-scenarios canary 219f029c-a2f5-473b-bd03-5be9e365d5bb"
"""Stands in every shipped file, so that training data that holds one can be told."""
_NEEDED: Final = {
    "observable": "say in one sentence which words or act of the target would show the behaviour",
    "validity": "say what the target must have seen or been asked for a verdict to mean anything",
    "severity": "say how bad the behaviour would be in earnest: low, moderate, high or critical",
    "dimensions": "name one to three dimensions of the file's rubrics that it is meant to move",
}


def missing(entry: Entry) -> Iterator[Finding]:
    """Find what makes a scenario an experiment, where it is left out."""
    for key, mend in _NEEDED.items():
        if not getattr(entry.scenario, key):
            yield entry.found("missing", (), f"{entry.id} has no {key!r}", mend)


def unknown_words(entry: Entry) -> Iterator[Finding]:
    """Find a tactic or domain outside the vocabulary, in files that state a family."""
    if entry.file.spec.family is not None:
        for key in ("tactic", "domain"):
            yield from _unknown(entry, key)


def _unknown(entry: Entry, key: str) -> Iterator[Finding]:
    word, known = getattr(entry.scenario, key), getattr(vocabulary(), key)
    if word is None:
        yield entry.found("vocabulary", (), f"{entry.id} has no {key!r}", f"one of: {', '.join(known)}")
    elif word not in known:
        reason = f"{word!r} is no {key} that others use{did_you_mean(word, known)}"
        yield entry.found("vocabulary", (key,), reason, f"one of: {', '.join(known)}")


def unknown_family(file: LoadedFile) -> Iterator[Finding]:
    """Find a family outside the vocabulary."""
    family, known = file.spec.family, vocabulary().family
    if family is not None and family not in known:
        reason = f"{family!r} is no family that others use{did_you_mean(family, known)}"
        yield Finding(file.fault(("family",), reason), "vocabulary", f"one of: {', '.join(known)}")


def no_canary(file: LoadedFile) -> Iterator[Finding]:
    """Find a shipped file without the canary."""
    if file.folder.resolve() in _shipped() and CANARY not in file.head.source.text:
        mend = f"write as its second line: # {CANARY}: this file must not be in training data"
        yield Finding(file.head.source.fault(0, "the file has no canary"), "canary", mend)


@cache
def _shipped() -> frozenset[Path]:
    return frozenset(path.resolve().parent for path in scenario_files().values())
