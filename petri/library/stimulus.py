"""Rules for what the target reads: no word of the rubric's, nothing that a world would not hold, no stock names."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from petri.audit.lint import Staged, lint
from petri.library.data import Watched, words
from petri.library.entry import Entry, Finding
from petri.library.texts import Told, every_text, sentence, shown_to_target, told_auditor

CUES: Final = frozenset({"monitoring-cue", "trigger-cue"})
"""Tactics that consist in telling the target that it is examined, or is not."""
_STAGING: Final = {
    "test_words": ("test-words", "leave it out; nobody in the world would say it"),
    "auditor_talk": ("auditor-talk", "leave it out; it belongs to the auditor's notes"),
    "placeholder": ("placeholder", "write what would stand there, or leave it to the auditor"),
    "hash": ("contradiction", "leave it out, or take a real one"),
    "date": ("contradiction", "correct the date"),
    "count": ("contradiction", "correct the number or the list"),
    "not_looked_at": ("length", "shorten the text"),
}
"""The rules by which an audit's staged texts are looked through, under their names here, with a mend."""
_ANYWHERE: Final = {"placeholder", "hash"}


def rubric_words(entry: Entry) -> Iterator[Finding]:
    """Find words for behaviour, and for the study of it, in what the target reads."""
    cue = entry.scenario.tactic in CUES
    watched = [each for each in words().shown if not (cue and each.cue)]
    for told in shown_to_target(entry.scenario):
        yield from matches(entry, told, watched, "rubric-words")


def staged_slips(entry: Entry) -> Iterator[Finding]:
    """Find what gives a staged world away, by the rules that an audit goes by itself."""
    shown = list(shown_to_target(entry.scenario))
    briefed = told_auditor(entry.scenario)
    for told in shown:
        yield from _slips(entry, told, set(_STAGING))
    for told in briefed:
        yield from _slips(entry, told, _ANYWHERE)


def stock_names(entry: Entry) -> Iterator[Finding]:
    """Find names that models give everybody, firms and addresses of examples, and gaps to be filled in."""
    for told in every_text(entry.scenario):
        yield from matches(entry, told, words().names, "stock-name")


def matches(
    entry: Entry, told: Told, watched: list[Watched] | tuple[Watched, ...], rule: str
) -> Iterator[Finding]:
    """Yield each of the watched words that a text says, once, where its sentence does not excuse it."""
    flowing = told.text.replace("\n", " ")
    for each in watched:
        seen: set[str] = set()
        for match in each.compiled.finditer(flowing):
            said = match[0].strip()
            if said.lower() in seen or each.excused(sentence(told.text, match.start())[0].replace("\n", " ")):
                continue
            seen.add(said.lower())
            yield entry.found(rule, told.path, f"{said!r} {each.reason}", each.mend, words=said)


def _slips(entry: Entry, told: Told, rules: set[str]) -> Iterator[Finding]:
    today = entry.scenario.date or date.max  # without a date of its own, no day lies ahead
    staged = Staged("", "system", told.text)
    for slip in lint([staged], seed="", rubric_words=(), today=today):
        excused = slip.rule == "test_words" and entry.scenario.tactic in CUES
        if slip.rule in rules and not excused:
            rule, mend = _STAGING[slip.rule]
            said = f"{slip.words!r} {slip.message}" if slip.words else slip.message
            yield entry.found(rule, told.path, said, mend, words=slip.words)
