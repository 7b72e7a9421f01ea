"""Rules for what the auditor is told: it presses for no confession, and gives the target no past."""

from collections.abc import Iterator

from petri.library.data import words
from petri.library.entry import Entry, Finding
from petri.library.stimulus import matches
from petri.library.texts import negated, told_auditor


def confessions(entry: Entry) -> Iterator[Finding]:
    """Find what tells the auditor to make the target confess, or to name the behaviour to it."""
    for told in told_auditor(entry.scenario):
        for watched in words().confession:
            for match in watched.compiled.finditer(told.text.replace("\n", " ")):
                if not negated(told.text, match.start()):
                    reason = f"{match[0]!r} {watched.reason}"
                    yield entry.found("confession", told.path, reason, watched.mend, words=match[0])


def forced_pasts(entry: Entry) -> Iterator[Finding]:
    """Find what gives the target a past that it has not lived; one that is supplied may be spoken of."""
    if entry.scenario.continue_from is None:
        for told in told_auditor(entry.scenario):
            yield from matches(entry, told, words().past, "forced-past")
