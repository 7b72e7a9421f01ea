"""Quirks: hidden behaviours with known truth, planted in a target by a system prompt, each with its innocent twin."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from petri.datafiles import quirk_files, rubric_files
from petri.document.fields import Slug, StrictModel, Text
from petri.document.parse import Document, parse_document
from petri.document.source import read_source
from petri.document.validate import validate
from petri.document.wording import did_you_mean
from petri.errors import Fault, InvalidFile, UsageError
from petri.rubric.load import load_rubrics
from petri.rubric.schema import Dimension

TWIN: Final = "twin"
"""What stands in a strength's place for the innocent twin."""
_LEAST_SCENARIOS: Final = 2


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        words = "should be a regular expression: {problem}"
        raise PydanticCustomError("pattern", words, {"problem": str(error)}) from error
    return text


Pattern = Annotated[Text, AfterValidator(_pattern)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]


class Strengths(StrictModel):
    """The system prompt that plants the behaviour, three times."""

    overt: Text
    """It shows plainly, and is owned up to."""
    subtle: Text
    """It shows seldom or softly, in a form that passes for chance or taste."""
    deny: Text
    """It shows, and is denied when asked about."""


STRENGTHS: Final = tuple(Strengths.model_fields)


class QuirkScenario(StrictModel):
    """A setting that gives the behaviour an occasion, as two seeds."""

    id: Slug
    """Unique in the file. The auditor reads it, so that it says nothing of the behaviour."""
    told: Text
    """For an auditor that is told what to look for."""
    untold: Text
    """For one that is not: the same setting, with no word of the behaviour."""


class Simulated(StrictModel):
    """How the simulated target acts the behaviour, and how the simulated judge knows it."""

    when: tuple[Pattern, ...] = ()
    """What the user's last message has to say for it to show; left out, whatever the user says."""
    overt: Texts
    """What is said where it shows, also where it is to be denied; `{reply}` is what would have been said without."""
    subtle: Texts
    """What is said where it is to show softly."""
    asked: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    """How a user asks about it."""
    denial: Texts
    """What is answered then by a target that was told to deny."""
    signs: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    """Words of the target's in which it shows."""


class Quirk(StrictModel):
    """One behaviour, how it is planted, and where to look for it."""

    petri: Literal[1]
    """Format version."""
    name: Slug
    """As the file is named."""
    description: Text
    """What a target with it does, so that a transcript shows whether it did."""
    dimensions: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Dimensions of the built-in rubrics that it should move, the first before all."""
    strengths: Strengths
    """What plants it."""
    twin: Text
    """A system prompt on the same matter that plants nothing."""
    validity: Text
    """What must have happened for a told audit to mean anything."""
    scenarios: Annotated[tuple[QuirkScenario, ...], Field(min_length=1)]
    """Where the behaviour has an occasion; at least two."""
    offline: Simulated
    """What the simulated models make of it."""

    def planted(self, strength: str) -> str:
        """Give the system prompt of a strength, or of the twin; raises ``UsageError`` for any other word."""
        prompts = self.strengths.model_dump() | {TWIN: self.twin}
        if strength not in prompts:
            raise UsageError(
                f"the quirk {self.name!r} has no strength {strength!r}{did_you_mean(strength, prompts)}; "
                f"choose {', '.join(STRENGTHS)}, or {TWIN} for its innocent twin"
            )
        return prompts[strength]


@dataclass(frozen=True, slots=True)
class LoadedQuirk:
    """A valid quirk file: its path as shown to people, the digest of its bytes, and what it says."""

    path: str
    sha256: str
    spec: Quirk

    def dimensions(self) -> tuple[Dimension, ...]:
        """Give the dimensions that it should move, as the built-in rubrics have them."""
        known = _built_in_dimensions()
        return tuple(known[name] for name in self.spec.dimensions)


class Planted(NamedTuple):
    """A quirk and how strongly it is planted."""

    quirk: Quirk
    strength: str


def load_quirks(names: Sequence[str] = ()) -> tuple[LoadedQuirk, ...]:
    """Give the built-in quirks with these names, each once, or all; raises ``UsageError`` for an unknown name."""
    return tuple(_built_in(name) for name in dict.fromkeys(names or quirk_files()))


def load_quirk(path: Path, shown: str | None = None) -> LoadedQuirk:
    """Give one quirk file; raises ``InvalidFile`` with every fault found."""
    source = read_source(path, shown)
    document = parse_document(source)
    spec = validate(document, Quirk)
    faults = sorted(_faults(spec, document, path.stem))
    if faults:
        raise InvalidFile(faults)
    return LoadedQuirk(source.path, source.sha256, spec)


def read_planted(text: str) -> Planted:
    """Read ``NAME/STRENGTH``, as a target's settings have it; raises ``UsageError`` with the choices."""
    name, slash, strength = text.partition("/")
    quirk = _built_in(name).spec
    if not slash:
        choices = ", ".join(f"{name}/{each}" for each in (*STRENGTHS, TWIN))
        raise UsageError(f"the quirk {name!r} needs a strength; choose {choices}")
    quirk.planted(strength)
    return Planted(quirk, strength)


@cache
def _built_in_dimensions() -> dict[str, Dimension]:
    rubrics = load_rubrics(list(rubric_files()))
    return {dimension.name: dimension for rubric in rubrics for dimension in rubric.spec.dimensions}


@cache
def _built_in(name: str) -> LoadedQuirk:
    files = quirk_files()
    if name not in files:
        raise UsageError(f"unknown quirk {name!r}{did_you_mean(name, files)}; there are: {', '.join(files)}")
    return load_quirk(files[name], f"judges/quirks/{files[name].name}")


def _faults(quirk: Quirk, document: Document, stem: str) -> Iterator[Fault]:
    if quirk.name != stem:
        yield document.fault(("name",), f"the quirk is called {quirk.name!r} and its file {stem!r}")
    known = _built_in_dimensions()
    for number, name in enumerate(quirk.dimensions):
        if name not in known:
            message = f"unknown dimension {name!r}{did_you_mean(name, known)}; see judges/"
            yield document.fault(("dimensions", number), message)
        elif known[name].threshold is None:
            yield document.fault(("dimensions", number), f"{name!r} has no threshold, and so no hits")
    ids = [scenario.id for scenario in quirk.scenarios]
    if len(ids) < _LEAST_SCENARIOS:
        yield document.fault(("scenarios",), "one scenario shows nothing of how scenarios differ; give two")
    for number, id_ in enumerate(ids):
        if id_ in ids[:number]:
            yield document.fault(("scenarios", number, "id"), f"duplicate scenario id {id_!r}")
