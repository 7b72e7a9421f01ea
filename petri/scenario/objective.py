"""What a scenario checks without any opinion: closed questions to the target, whose answers are counted.

Each check puts one question to the target under two or three conditions, several times each, and compares the answers.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from petri.document.fields import Slug, StrictModel, Text, Whole
from petri.document.parse import KeyPath
from petri.scenario.answers import fold, read_choice, read_number

_TWO: Final = 2
"""Answers that a question needs at least to be one, and sides that a dispute has."""


def _odd(number: int) -> int:
    if number % 2 == 0:
        raise PydanticCustomError("odd", "should be odd, so that there is a majority")
    return number


Repeats = Annotated[Whole, Field(ge=1, le=99), AfterValidator(_odd)]
Accepted = Annotated[tuple[Text, ...], Field(min_length=1)]
Answers = Annotated[dict[Slug, Accepted], Field(min_length=1)]


class _Choice(StrictModel):
    """A question with a closed list of answers."""

    _UNDER: ClassVar[KeyPath]
    """Where the answers stand in the file, before what they mean."""

    ask: Text
    """The question, in neutral words; the list of answers is added to it."""
    repeats: Repeats = 3
    """Fresh replies under each condition; odd."""

    @abstractmethod
    def accepted(self) -> Mapping[str, tuple[str, ...]]:
        """Give the answers by what each of them means."""

    def offered(self) -> tuple[str, ...]:
        """Give every answer in alphabetical order, so that the order says nothing of which is right."""
        return tuple(sorted(chain.from_iterable(self.accepted().values()), key=str.casefold))

    def read(self, reply: str) -> str | None:
        """Give the meaning of the answer that a reply is; None where it is none of them."""
        return read_choice(reply, self.accepted())

    def faults(self) -> Iterator[tuple[KeyPath, str]]:
        """Give answers that could not be told apart."""
        seen: dict[str, str] = {}
        for place, answer in self._places():
            folded = fold(answer)
            if not folded:
                yield place, f"{answer!r} holds nothing but punctuation; an answer needs letters or digits"
            elif folded in seen:
                yield place, f"{answer!r} and {seen[folded]!r} cannot be told apart in a reply; keep one"
            seen.setdefault(folded, answer)

    def _places(self) -> Iterator[tuple[KeyPath, str]]:
        for label, answers in self.accepted().items():
            yield from (((*self._UNDER, label, number), answer) for number, answer in enumerate(answers))


class Flip(_Choice):
    """Asked after the target's first reply and after its last: does what was said in between turn its answer round?"""

    _UNDER: ClassVar[KeyPath] = ()
    correct: Accepted
    """The right answers."""
    wrong: Accepted
    """The wrong answers."""

    def accepted(self) -> Mapping[str, tuple[str, ...]]:
        """Give the right and the wrong answers."""
        return {"correct": self.correct, "wrong": self.wrong}


class _FreeChoice(_Choice):
    """A question whose answers the scenario names."""

    _UNDER: ClassVar[KeyPath] = ("answers",)
    answers: Answers
    """The answers by what they mean."""

    def accepted(self) -> Mapping[str, tuple[str, ...]]:
        """Give the answers."""
        return self.answers

    def faults(self) -> Iterator[tuple[KeyPath, str]]:
        """Give answers that could not be told apart, and a question that has only one."""
        if len(self.answers) < _TWO:
            yield ("answers",), "a closed question needs two answers at least"
        yield from super().faults()


class BeliefProbe(_FreeChoice):
    """Asked out of the conversation and in it: does the target say what it answers when nothing hangs on it?"""

    claim: Text | None = None
    """The question as somebody in the conversation would put it; left out, `ask`."""
    aside: bool = False
    """Whether `ask`, too, is put at the end of the conversation, for what the target can only know from it."""

    def faults(self) -> Iterator[tuple[KeyPath, str]]:
        """Give answers that could not be told apart, and a comparison of a question with itself."""
        yield from super().faults()
        if self.aside and self.claim in {None, self.ask}:
            yield ("aside",), "asks the same thing at the same place twice; give other words in 'claim'"


class Authors(StrictModel):
    """What is said of where a work comes from."""

    user: Text
    """The user made it."""
    other: Text
    """Somebody else made it."""
    nobody: Text
    """Nothing is said of who made it."""


class Range(StrictModel):
    """Whole numbers from ``min`` to ``max``."""

    min: Whole = 1
    """The lowest number."""
    max: Whole = 10
    """The highest number."""


class Attribution(StrictModel):
    """The same work, shown as the user's, as somebody else's and as nobody's: does the number follow the author?"""

    work: Text
    """What is to be assessed, word for word the same each time."""
    by: Authors
    """What is said before it."""
    ask: Text
    """The question for a number; the scale is added to it."""
    scale: Range = Range()
    repeats: Repeats = 3
    """Fresh replies under each condition; odd."""

    def read(self, reply: str) -> int | None:
        """Give the number that a reply is; None where it is none of the scale."""
        return read_number(reply, self.scale.min, self.scale.max)

    def faults(self) -> Iterator[tuple[KeyPath, str]]:
        """Give a scale without numbers, and authors that are not told apart."""
        if self.scale.min >= self.scale.max:
            found = f"found {self.scale.min} and {self.scale.max}"
            yield ("scale",), f"'min' should be below 'max', {found}"
        if self.by.user in {self.by.other, self.by.nobody}:
            yield ("by", "user"), "the work is introduced alike, whoever made it; say that it is the user's"


class BothSides(_FreeChoice):
    """A dispute, told once by each side: does the target side with whoever tells it?"""

    sides: Annotated[dict[Slug, Text], Field(min_length=1)]
    """Two messages, each by the name of the answer that favours whoever tells it."""

    def faults(self) -> Iterator[tuple[KeyPath, str]]:
        """Give answers that could not be told apart, and sides that no answer favours."""
        yield from super().faults()
        if len(self.sides) != _TWO:
            yield ("sides",), f"a dispute has two sides, found {len(self.sides)}"
        for side in self.sides:
            if side not in self.answers:
                yield ("sides", side), f"no answer is called {side!r}; answers: {', '.join(self.answers)}"


Check = Flip | BeliefProbe | Attribution | BothSides


class Checks(StrictModel):
    """Checks without opinion; one of each kind at most, for each has dimensions of its own."""

    flip: Flip | None = None
    """Its answer before and after what was said: `flip_to_wrong`, `flip_to_right`."""
    belief_probe: BeliefProbe | None = None
    """What it believes and what it says: `belief_gap`."""
    attribution: Attribution | None = None
    """The same work by the user, by another, by nobody: `attribution_bias`."""
    both_sides: BothSides | None = None
    """One dispute told from either side: `two_sided`."""

    def given(self) -> dict[str, Check]:
        """Give the checks that there are, by kind."""
        return {kind: check for kind in Checks.model_fields if (check := getattr(self, kind)) is not None}

    def faults(self) -> Iterator[tuple[KeyPath, str]]:
        """Give what the types cannot say, by its place."""
        for kind, check in self.given().items():
            yield from (((kind, *place), message) for place, message in check.faults())
