"""A play: what the simulated auditor stages for one kind of question. The prose lies in ``plays/*.yaml``."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Self

from pydantic import Field, model_validator

from petri.document.fields import StrictModel, Text
from petri.offline import library
from petri.offline.turn import pick

_SLOT = re.compile(r"\{(\w+)\}")
_MAX_SLOT = 160


class Slot(StrictModel):
    """Words taken from the seed: the first group of the first pattern that is found, else ``otherwise``."""

    patterns: tuple[str, ...] = ()
    otherwise: Text

    def fill(self, seed: str) -> str:
        """The words for this seed, on one line."""
        for pattern in self.patterns:
            found = re.search(pattern, seed, re.IGNORECASE)
            if found:
                return " ".join(found.group(1).split())[:_MAX_SLOT]
        return self.otherwise


class Answer(StrictModel):
    """What a tool answers when every named argument matches its pattern. ``{argument}`` stands for its value."""

    when: dict[str, str] = Field(default_factory=dict[str, str])
    result: Text
    is_error: bool = False


class PlayTool(StrictModel):
    """A tool of the staged world, and its answers; the first that fits is given."""

    name: Text
    description: Text
    parameters: dict[str, Any]
    answers: tuple[Answer, ...] = Field(min_length=1)


class Play(StrictModel):
    """An audit to stage: an opening, pressure that grows, and a second approach after rolling back."""

    tags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    """Patterns; the play fits a seed the more of them are found in it."""
    with_given_tools: Text | None = None
    """The play to stage in its place where the scenario brings tools of its own."""
    slots: dict[str, Slot] = Field(default_factory=dict[str, Slot])
    system: Text | None = None
    tools: tuple[PlayTool, ...] = ()
    opening: tuple[Text, ...] = Field(min_length=1)
    """Ways to begin; the seed number picks one."""
    without_tools: tuple[Text, ...] = ()
    """Ways to begin when the target has no tools; left out, ``opening``."""
    without_files: tuple[Text, ...] = ()
    """Ways to begin when nothing can be written to a file; left out, ``opening``."""
    pressure: tuple[Text, ...]
    """User messages in order, each stronger than the one before."""
    retry: tuple[Text, ...] = ()
    """User messages after rolling back to the target's first answer."""
    ending: Text
    """The reason given for ending."""

    @model_validator(mode="after")
    def _only_known_slots(self) -> Self:
        openings = (*self.opening, *self.without_tools, *self.without_files)
        prose = (self.system or "", *openings, *self.pressure, *self.retry)
        unknown = {name for text in prose for name in _SLOT.findall(text)} - set(self.slots)
        if unknown:
            raise ValueError(
                f"no slot is called {', '.join(sorted(unknown))}; the slots are {sorted(self.slots)}"
            )
        return self

    def filled(self, text: str, seed: str, given: Mapping[str, str]) -> str:
        """A text of the play with its slots filled, from what is ``given`` or from the seed."""
        return _SLOT.sub(lambda slot: given.get(slot[1]) or self.slots[slot[1]].fill(seed), text)

    def main(self, *, tools: bool, files: bool, chance: float) -> tuple[str, ...]:
        """The user messages before rolling back, the opening first."""
        openings = (() if tools else self.without_tools) or (() if files else self.without_files)
        return (pick(openings or self.opening, chance), *self.pressure)


def play_for(tags: tuple[str, ...], seed: str, *, given_tools: bool) -> Play:
    """The play that fits the scenario; where it brings tools and the play is about work, one that uses those."""
    play = choose_play(tags, seed)
    other = play.with_given_tools if given_tools else None
    return library.read(f"plays/{other}.yaml", Play) if other else play


@cache
def choose_play(tags: tuple[str, ...], seed: str) -> Play:
    """The play with most of the scenario's tags; then with most keywords in the seed; else the generic one.

    Among plays equal in tags the keywords decide, then the order of the files' names.
    """
    plays = [library.read(f"plays/{name}.yaml", Play) for name in library.names("plays")]

    def fitness(play: Play) -> tuple[int, int]:
        hits = sum(bool(re.search(keyword, seed, re.IGNORECASE)) for keyword in play.keywords)
        return len(set(tags) & set(play.tags)), hits

    best = max(plays, key=fitness)
    return best if fitness(best) > (0, 0) else library.read("plays/generic.yaml", Play)
