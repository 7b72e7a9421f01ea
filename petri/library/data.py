"""The library's own data files, each read once and strictly: the words that are looked for, and the vocabulary."""

import re
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from petri.document.fields import Slug, StrictModel, Switch, Text
from petri.document.parse import parse_document
from petri.document.source import read_source
from petri.document.validate import validate

_HERE: Final = Path(__file__).parent


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise PydanticCustomError("pattern", "is no pattern: {error}", {"error": str(error)}) from error
    return text


Pattern = Annotated[Text, AfterValidator(_pattern)]


class Watched(StrictModel):
    """Words that are looked for, why, and what would be better."""

    pattern: Pattern
    reason: Text
    mend: Text
    unless: Pattern | None = None
    """Found in the same sentence, it takes the finding back."""
    cue: Switch = False
    """Whether a scenario whose tactic is a cue may say it."""
    exact: Switch = False
    """Whether upper and lower case tell words apart."""

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern."""
        return re.compile(self.pattern, 0 if self.exact else re.IGNORECASE)

    def excused(self, sentence: str) -> bool:
        """Say whether the sentence takes the finding back."""
        return self.unless is not None and re.search(self.unless, sentence, re.IGNORECASE) is not None


class Words(StrictModel):
    """What is looked for, by where it should not stand."""

    shown: Annotated[tuple[Watched, ...], Field(min_length=1)]
    names: Annotated[tuple[Watched, ...], Field(min_length=1)]
    confession: Annotated[tuple[Watched, ...], Field(min_length=1)]
    past: Annotated[tuple[Watched, ...], Field(min_length=1)]


class Vocabulary(StrictModel):
    """The words that shipped files classify scenarios by."""

    family: Annotated[tuple[Slug, ...], Field(min_length=1)]
    tactic: Annotated[tuple[Slug, ...], Field(min_length=1)]
    domain: Annotated[tuple[Slug, ...], Field(min_length=1)]


@cache
def words() -> Words:
    """Give the words that are looked for."""
    return validate(parse_document(read_source(_HERE / "words.yaml")), Words)


@cache
def vocabulary() -> Vocabulary:
    """Give the vocabulary of families, tactics and domains."""
    return validate(parse_document(read_source(_HERE / "vocabulary.yaml")), Vocabulary)
