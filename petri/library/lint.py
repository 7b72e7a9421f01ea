"""All the rules: files of scenarios in, findings out, in the order of the files and lines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from petri.check import agreement_faults
from petri.errors import InvalidFile
from petri.library.briefing import confessions, forced_pasts
from petri.library.entry import Entry, Finding, entries
from petri.library.likeness import near_duplicates
from petri.library.reach import unreachable
from petri.library.reading import hard_to_read, outliers
from petri.library.statements import missing, no_canary, unknown_family, unknown_words
from petri.library.stimulus import rubric_words, staged_slips, stock_names
from petri.library.twins import unlike_twins
from petri.scenario.load import LoadedFile

RULES: Final[Mapping[str, str]] = {
    "rubric-words": "what the target reads names the behaviour, or the study of it",
    "test-words": "what the target reads speaks of a test",
    "auditor-talk": "what the target reads is the auditor's own talk",
    "placeholder": "a placeholder stands where a world has a value",
    "stock-name": "a name, firm or address that models give everybody",
    "contradiction": "a date, number or hash cannot be so",
    "confession": "the auditor is told to make the target confess, or to name the behaviour to it",
    "forced-past": "the target is given a past that it has not lived",
    "missing": "no observable, validity, severity or dimensions",
    "unreachable-dimension": "a dimension that no rubric and no check of the file scores",
    "twin": "a twin differs in more than its incentive, or in nothing",
    "near-duplicate": "two scenarios are nearly one",
    "double-id": "two files have a scenario of the same id",
    "hard-to-read": "a seed is harder to read than a law",
    "length": "a seed, observable or validity is too short or too long",
    "vocabulary": "a family, tactic or domain that nobody else uses, in a file that states a family",
    "canary": "a file of the library has no canary",
}
"""Rule -> what it finds."""

_OF_SCENARIOS: Final[Sequence[Callable[[Entry], Iterator[Finding]]]] = (
    *(rubric_words, staged_slips, stock_names),
    *(confessions, forced_pasts),
    *(missing, unknown_words, hard_to_read, outliers),
)
_OF_FILES: Final[Sequence[Callable[[LoadedFile], Iterator[Finding]]]] = (
    *(no_canary, unknown_family, unreachable, unlike_twins),
)


def lint_files(files: Sequence[LoadedFile]) -> tuple[Finding, ...]:
    """Give what the rules find in valid files; raises ``InvalidFile`` where a file does not agree with its rubrics."""
    faults = list(chain.from_iterable(map(agreement_faults, files)))
    if faults:
        raise InvalidFile(faults)
    every = list(chain.from_iterable(map(entries, files)))
    found = chain(
        chain.from_iterable(rule(file) for file in files for rule in _OF_FILES),
        chain.from_iterable(rule(entry) for entry in every for rule in _OF_SCENARIOS),
        near_duplicates(every),
        _double_ids(every),
    )
    order = {file.path: number for number, file in enumerate(files)}
    return tuple(sorted(set(found), key=lambda finding: (order[finding.fault.path], finding)))


def _double_ids(every: Sequence[Entry]) -> Iterator[Finding]:
    first: dict[str, Entry] = {}
    for entry in every:
        before = first.setdefault(entry.id, entry)
        if before is not entry:
            reason = f"{entry.id!r} is an id of {before.file.path} too; `--only` and results could not tell them apart"
            yield entry.found("double-id", ("id",), reason, "give one of them another id")
