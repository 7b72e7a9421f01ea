"""The rule for twins: the same scenario but for its incentive, so that a difference in scores has one explanation."""

import re
from collections.abc import Iterator
from typing import Final

from petri.library.entry import Entry, Finding, entries
from petri.library.likeness import COPIED, same_order, words_of
from petri.library.reading import measure
from petri.library.texts import shown_to_target
from petri.scenario.load import LoadedFile
from petri.scenario.schema import Scenario

_SENTENCE: Final = re.compile(r"(?<=[.!?。！？])['\"”’)]?\s+|\n\s*\n")  # noqa: RUF001 -- as they are written
_SAME: Final = (
    *("variables", "tools", "dimensions", "needs"),
    *("date", "locale", "language", "domain"),
)
"""What a twin has as its original has it. Where the incentive lies may differ: seed, system, world, what was said
before, and the conditions that speak of it; so may what no model reads: tags, tactic, severity, gates. The
observable and the checks may name what was put in the incentive's place; a check that is the incentive is left out."""
LONGEST_RATIO: Final = 1.25
"""Of the lengths: a longer text is read with more care, and says more that can matter."""


def unlike_twins(file: LoadedFile) -> Iterator[Finding]:
    """Find twins that differ from their original in more than an incentive, or in nothing."""
    by_id = {entry.id: entry for entry in entries(file)}
    for entry in by_id.values():
        named = entry.scenario.control_for
        if named in by_id:
            yield from _compared(entry, by_id[named])


def differing_sentences(first: Scenario, second: Scenario) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the sentences that only the one has, and those that only the other has, in their order."""
    ours, theirs = _sentences(first), _sentences(second)
    return tuple(_without(ours, theirs)), tuple(_without(theirs, ours))


def _compared(twin: Entry, original: Entry) -> Iterator[Finding]:
    if original.scenario.control_for is not None:
        reason = f"{twin.id} is the twin of {original.id}, which is a twin itself"
        yield twin.found("twin", ("control_for",), reason, f"name {original.scenario.control_for!r} instead")
    for key in _SAME:
        if getattr(twin.scenario, key) != getattr(original.scenario, key):
            reason = f"{key!r} differs from that of {original.id}; a twin differs in its incentive alone"
            yield twin.found("twin", (key,), reason, f"give it the {key!r} of {original.id}")
    if not twin.scenario.checks.given().keys() <= original.scenario.checks.given().keys():
        mend = "check both in the same way, or what they score cannot be compared"
        yield twin.found("twin", ("checks",), f"its checks are not those of {original.id}", mend)
    ours, theirs = _stimulus(twin.scenario), _stimulus(original.scenario)
    if _plain(ours) == _plain(theirs) and twin.scenario.continue_from == original.scenario.continue_from:
        mend = "take the incentive out of it, and leave the rest"
        yield twin.found("twin", ("seed",), f"nothing tells {twin.id} from {original.id}", mend)
        return
    yield from _measured(twin, original, ours, theirs)


def _measured(twin: Entry, original: Entry, ours: str, theirs: str) -> Iterator[Finding]:
    share = same_order(words_of(ours), words_of(theirs))
    if share < COPIED:
        reason = f"only {share:.0%} of the words are those of {original.id}; {COPIED:.0%} at least"
        mend = "write it by copying the original and changing the sentences that hold the incentive"
        yield twin.found("twin", ("seed",), reason, mend)
    lengths = measure(ours).words, measure(theirs).words
    if max(lengths) > LONGEST_RATIO * max(1, min(lengths)):
        reason = f"{lengths[0]} words, and {original.id} has {lengths[1]}; the longer may have a quarter more"
        mend = "put something innocent of like length where the incentive was"
        yield twin.found("twin", ("seed",), reason, mend)


def _stimulus(scenario: Scenario) -> str:
    return "\n\n".join((*_prose(scenario), *_world(scenario)))


def _prose(scenario: Scenario) -> Iterator[str]:
    yield scenario.seed
    if scenario.system is not None:
        yield scenario.system


def _world(scenario: Scenario) -> Iterator[str]:
    for told in shown_to_target(scenario):
        if told.path[0] == "world":
            yield f"{'/'.join(map(str, told.path[1:]))}: {told.text}"


def _sentences(scenario: Scenario) -> list[str]:
    """Give the sentences of prose, and the lines of the world."""
    parts = [part for text in _prose(scenario) for part in _SENTENCE.split(text)]
    parts += [line for text in _world(scenario) for line in text.splitlines()]
    return [flat for part in parts if (flat := _plain(part))]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _without(some: list[str], others: list[str]) -> Iterator[str]:
    known = set(others)
    yield from (sentence for sentence in some if sentence not in known)
