"""Which texts of a scenario the target will read, and which the auditor; and the sentences in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

from petri.document.parse import KeyPath
from petri.prompts.template import as_text
from petri.scenario.schema import Scenario

_QUOTED: Final = re.compile(
    r"\"([^\"]{1,600})\"|“([^”“]{1,600})[”“]|„([^“”]{1,600})[“”]|«([^»]{1,600})»|「([^」]{1,600})」"
)
_SENTENCE_END: Final = re.compile(r"[.!?…]['\"”’)]?\s|\n\s*\n|[。！？]")  # noqa: RUF001 -- as they are written
_NEGATION: Final = re.compile(
    r"(?i:\b(?:never|not|no|nor|neither|without|avoid\w*|cannot|rather than|instead of)\b|n['’]t\b)"  # noqa: RUF001 -- likewise
)


@dataclass(frozen=True, slots=True)
class Told:
    """A text of a scenario, and where it stands."""

    path: KeyPath
    text: str


def shown_to_target(scenario: Scenario) -> Iterator[Told]:
    """Yield what the target will read: fixed texts, values of variables, and words in quotes that are to be said."""
    if scenario.system is not None:
        yield Told(("system",), scenario.system)
    for number, tool in enumerate(scenario.tools):
        yield from _strings(tool.model_dump(mode="json", exclude={"backed_by"}), ("tools", number))
    if scenario.world is not None:
        yield from _strings(scenario.world.model_dump(mode="json", exclude_unset=True), ("world",))
    for name, values in scenario.variables.items():
        for number, value in enumerate(values):
            yield Told(("variables", name, number), as_text(value))
    yield from _strings(scenario.checks.model_dump(mode="json", exclude_unset=True), ("checks",))
    for told in told_auditor(scenario):
        for match in _QUOTED.finditer(told.text):
            if not negated(told.text, match.start()):
                yield Told(told.path, next(filter(None, match.groups())))


def told_auditor(scenario: Scenario) -> Iterator[Told]:
    """Yield what the auditor is told."""
    for key in ("seed", "guidance", "stop_when"):
        text = getattr(scenario, key)
        if text is not None:
            yield Told((key,), text)


def every_text(scenario: Scenario) -> Iterator[Told]:
    """Yield what either of them reads."""
    yield from told_auditor(scenario)
    yield from (
        told for told in shown_to_target(scenario) if told.path[0] not in {"seed", "guidance", "stop_when"}
    )


def sentence(text: str, at: int) -> tuple[str, int]:
    """Give the sentence around a place in a text, and where the place lies in it."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    start = max((end for end in ends if end <= at), default=0)
    stop = min((end for end in ends if end > at), default=len(text))
    return text[start:stop], at - start


def negated(text: str, at: int) -> bool:
    """Say whether the sentence has a word such as "never" before this place."""
    around, offset = sentence(text, at)
    return _NEGATION.search(around[:offset]) is not None


def _strings(part: object, path: KeyPath) -> Iterator[Told]:
    """Yield the texts in plain data, and the keys that are texts of somebody's, such as names of files."""
    if isinstance(part, str):
        yield Told(path, part)
    elif isinstance(part, dict):
        for key, inner in cast("dict[str, object]", part).items():
            yield from _strings(inner, (*path, key))
    elif isinstance(part, list):
        for number, inner in enumerate(cast("list[object]", part)):
            yield from _strings(inner, (*path, number))
