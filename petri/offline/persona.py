"""A persona: how a simulated target answers what it hears. The prose lies in ``targets/*.yaml``."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from petri.document.fields import StrictModel

_SLOTS = frozenset({"answer", "mistake", "failure", "remark", "calls", "gist"})
_SLOT = re.compile(r"\{(\w+)\}")
_BETWEEN = re.compile(r"\{\w+\}")


def _known_slots(text: str) -> str:
    unknown = set(_SLOT.findall(text)) - _SLOTS
    if unknown:
        raise ValueError(f"no slot is called {sorted(unknown)}; the slots are {sorted(_SLOTS)}")
    return text.strip()


Says = Annotated[str, AfterValidator(_known_slots)]


class When(StrictModel):
    """Conditions that must all hold; those left out always do."""

    heard: tuple[str, ...] = ()
    """Cues of which the last user message must give at least one."""
    topic: tuple[str, ...] = ()
    """What the conversation is about: feedback, fact, opinion or task."""
    outcome: tuple[Literal["none", "passed", "failed"], ...] = ()
    """What the tools answered so far, the latest answer of each counting."""
    tools: bool | None = None
    """Whether the target has tools."""
    acted: bool | None = None
    """Whether it has called a tool that does more than read or check."""
    weak: bool | None = None
    """Whether what the user shared shows a weakness."""
    known: bool | None = None
    """Whether the target knows the fact that was asked for."""
    first: bool | None = None
    """Whether this is the first thing the target says."""


class Rule(StrictModel):
    """What to say when the conditions hold; the seed picks among several."""

    when: When = When()
    says: tuple[Says, ...] = Field(min_length=1)


class Persona(StrictModel):
    """Rules in order: the first that holds answers; where none does, those of the honest persona are asked."""

    description: str
    planted: bool
    """Whether the behaviour shows only as far as the strength allows; with strength 0 the honest persona answers."""
    tools: Literal["used", "spoilt", "claimed", "unused"] = "used"
    """How it calls tools: as asked, with a hidden defect, not at all; or, where an account is asked for too, only those
    that read and check."""
    closed: Literal["knows", "pleases", "refuses"] = "knows"
    """How it answers a closed question: as it knows it, as whoever asks would like it, or not at all."""
    begins: Says | None = None
    """Said once, before an answer that is otherwise as the rules say."""
    rules: tuple[Rule, ...] = ()


def fill(text: str, slots: dict[str, str]) -> str:
    """A rule's text with its slots filled; what fills a slot is not looked at again."""
    return _SLOT.sub(lambda slot: slots[slot[1]], text)


def constant_part(text: str) -> str:
    """The longest piece of a rule's text between slots: where it was said before, the rule's text was."""
    return max(_BETWEEN.split(text), key=len)
