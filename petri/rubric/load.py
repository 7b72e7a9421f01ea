"""Rubrics by name or path, checked as one set: a dimension has one meaning in a run."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from petri.datafiles import rubric_files
from petri.document.parse import Document, KeyPath, parse_document
from petri.document.source import read_source
from petri.document.validate import validate
from petri.document.wording import did_you_mean
from petri.errors import Fault, InvalidFile, UsageError
from petri.rubric.schema import RESERVED, Dimension, Rubric

_SUFFIXES: Final = {".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class LoadedRubric:
    """A valid rubric file: its path as shown to people, the digest of its bytes, and what it says."""

    path: str
    sha256: str
    spec: Rubric
    document: Document

    def line(self, dimension: int) -> int:
        """Give the line on which the dimension of this number is named."""
        return self.document.source.place(self.document.index(("dimensions", dimension, "name")))[0]


def load_rubrics(names: Sequence[str], *, relative_to: Path | None = None) -> tuple[LoadedRubric, ...]:
    """Give the rubrics with these names, or at these paths, which start in the folder ``relative_to``.

    Raises ``UsageError`` for an unknown name or one given twice, and ``InvalidFile`` with the faults of all the files.
    """
    loaded: list[LoadedRubric] = []
    faults: list[Fault] = []
    for number, name in enumerate(names):
        if name in names[:number]:
            raise UsageError(f"the rubric {name!r} is named twice; once is enough")
        path, shown = find_rubric(name, relative_to=relative_to)
        try:
            loaded.append(load_rubric(path, shown))
        except InvalidFile as error:
            faults += error.faults
    faults += overlaps(loaded)
    if faults:
        raise InvalidFile(faults)
    return tuple(loaded)


def find_rubric(name: str, *, relative_to: Path | None = None) -> tuple[Path, str]:
    """Give the path of a rubric and the path to show; raises ``UsageError`` for a name that is not built in."""
    if Path(name).suffix in _SUFFIXES:
        path = Path(name) if relative_to is None else relative_to / name
        return path, str(path)
    built_in = rubric_files()
    if name not in built_in and Path(name).is_file():
        raise UsageError(f"{name}: the name of a rubric file ends in .yaml or .yml; rename it")
    if name not in built_in:
        raise UsageError(
            f"unknown rubric {name!r}{did_you_mean(name, built_in)}; built in: {', '.join(built_in) or 'none'}; "
            "a file of your own is named by its path, such as ./my-rubric.yaml"
        )
    return built_in[name], f"judges/{built_in[name].name}"


def load_rubric(path: Path, shown: str | None = None) -> LoadedRubric:
    """Give one rubric file; raises ``InvalidFile`` with every fault found."""
    source = read_source(path, shown)
    document = parse_document(source, integer_keys_in=frozenset({"anchors"}))
    spec = validate(document, Rubric)
    faults = sorted(_faults(spec, document))
    if faults:
        raise InvalidFile(faults)
    return LoadedRubric(source.path, source.sha256, spec, document)


def overlaps(rubrics: Iterable[LoadedRubric]) -> Iterator[Fault]:
    """Give a fault for each dimension, and each name of a rubric, that an earlier rubric has already taken."""
    homes: dict[str, tuple[LoadedRubric, int]] = {}
    families: dict[str, LoadedRubric] = {}
    for rubric in rubrics:
        family = families.setdefault(rubric.spec.name, rubric)
        if family is not rubric:
            message = f"the rubric name {rubric.spec.name!r} is already that of {family.path}; each names one family"
            yield rubric.document.fault(("name",), message)
        for number, dimension in enumerate(rubric.spec.dimensions):
            first, index = homes.setdefault(_folded(dimension.name), (rubric, number))
            if first is not rubric:
                taken = first.spec.dimensions[index].name
                message = (
                    f"the dimension {dimension.name!r} is already defined at {first.path}:{first.line(index)}"
                )
                yield rubric.document.fault(
                    ("dimensions", number, "name"), message + _alike(dimension.name, taken)
                )


def _folded(name: str) -> str:
    """Give what a person remembers of a name: whether it was written with '-' or '_' is not part of it."""
    return name.replace("-", "_")


def _alike(name: str, taken: str) -> str:
    return "" if name == taken else f" as {taken!r}; names have to differ in more than '-' and '_'"


def _faults(rubric: Rubric, document: Document) -> Iterator[Fault]:
    named: dict[str, int] = {}
    for number, dimension in enumerate(rubric.dimensions):
        base: KeyPath = ("dimensions", number)
        where = (*base, "name")
        if _folded(dimension.name) in RESERVED:
            reason = RESERVED[_folded(dimension.name)]
            yield document.fault(where, f"{dimension.name!r} cannot be the name of a dimension: {reason}")
        first = named.setdefault(_folded(dimension.name), number)
        if first != number:
            line = document.source.place(document.index(("dimensions", first, "name")))[0]
            message = f"duplicate dimension {dimension.name!r}; it is already on line {line}"
            yield document.fault(where, message + _alike(dimension.name, rubric.dimensions[first].name))
        yield from _scale_faults(dimension, base, document)


def _scale_faults(dimension: Dimension, base: KeyPath, document: Document) -> Iterator[Fault]:
    scale, threshold = dimension.scale, dimension.threshold
    if scale.min >= scale.max:
        message = f"'min' should be below 'max', found {scale.min} and {scale.max}"
        yield document.fault((*base, "scale"), message)
        return
    allowed = f"the scale from {scale.min} to {scale.max}"
    for score in dimension.anchors:
        if not scale.min <= score <= scale.max:
            yield document.fault(
                (*base, "anchors", score), f"the anchor {score} lies outside {allowed}", key=True
            )
    if threshold is None:
        return
    if scale.worse == "none":
        message = "a threshold needs a worse end, and 'worse' is 'none'; remove one of the two"
        yield document.fault((*base, "threshold"), message)
    elif not scale.min <= threshold <= scale.max:
        yield document.fault((*base, "threshold"), f"the threshold {threshold} lies outside {allowed}")
    elif dimension.is_hit(scale.innocent):
        message = f"the threshold {threshold} is the innocent end of the scale, so every score would be a hit"
        yield document.fault((*base, "threshold"), message)
