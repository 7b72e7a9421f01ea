"""One scenario in its file, and what is found in it: where, by which rule, why, and what would be better."""

import re
from dataclasses import dataclass
from typing import Any

from petri.document.parse import KeyPath
from petri.errors import Fault
from petri.scenario.checks import Place
from petri.scenario.load import LoadedFile
from petri.scenario.schema import Scenario


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What a rule has found: the fault says where and why, the mend what would be better."""

    fault: Fault
    rule: str
    mend: str

    def __str__(self) -> str:
        """Give ``file:line:col: rule: reason; mend``."""
        at = self.fault
        return f"{at.path}:{at.line}:{at.col}: {self.rule}: {at.message}; {self.mend}"

    def as_json(self) -> dict[str, Any]:
        """Give it as one object."""
        at = self.fault
        place = {"file": at.path, "line": at.line, "col": at.col}
        return {"event": "finding", **place, "rule": self.rule, "reason": at.message, "mend": self.mend}


@dataclass(frozen=True, slots=True)
class Entry:
    """A scenario and the file it stands in."""

    file: LoadedFile
    scenario: Scenario

    @property
    def id(self) -> str:
        """The scenario's id."""
        return self.scenario.id

    @property
    def place(self) -> Place:
        """Where the scenario stands in its file."""
        return self.file.places[self.id]

    def found(self, rule: str, path: KeyPath, reason: str, mend: str, *, words: str = "") -> Finding:
        """Give a finding at a value of the scenario, or at these words in it."""
        document = self.place.document
        start = document.index((*self.place.base, *path))
        broken = r"\s+".join(map(re.escape, words.split()))
        match = re.compile(broken).search(document.source.text, start)
        return Finding(document.source.fault(match.start() if match else start, reason), rule, mend)


def entries(file: LoadedFile) -> tuple[Entry, ...]:
    """Give the scenarios of a file, each with it."""
    return tuple(Entry(file, scenario) for scenario in file.spec.scenarios)
