"""What only shows when files are read together: the rubrics that a scenario file names, the dimensions of its gates."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from math import prod
from typing import Final

from petri.document.source import read_source
from petri.document.wording import did_you_mean
from petri.errors import Fault, InvalidFile, UsageError
from petri.rubric.load import LoadedRubric, find_rubric, load_rubric, overlaps
from petri.rubric.objective import objective_dimensions
from petri.rubric.quirk import load_quirk, read_planted
from petri.scenario.checks import planted_quirks
from petri.scenario.load import LoadedFile, load_file
from petri.scenario.select import Selection, find_files

_DIMENSIONS: Final = re.compile(r"^dimensions[ \t]*:", re.MULTILINE)
_SCENARIOS: Final = re.compile(r"^(?:seed|scenarios)[ \t]*:", re.MULTILINE)
_STRENGTHS: Final = re.compile(r"^strengths[ \t]*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one file: a line about what it holds, or its faults."""

    path: str
    summary: str
    faults: tuple[Fault, ...] = ()


def review_files(selectors: Sequence[str]) -> tuple[Checked, ...]:
    """Give one line or all faults for each file.

    `strengths` make it a quirk, else `dimensions` a rubric, unless it has scenarios, which name dimensions too.
    """
    return tuple(map(_review, find_files(selectors)))


def agreement_faults(file: LoadedFile) -> Iterator[Fault]:
    """Give the faults of a valid scenario file against its rubrics: unknown ones, their own, and unknown dimensions."""
    rubrics: list[LoadedRubric] = []
    complete = True
    for number, name in enumerate(file.spec.judge.rubric):
        where = ("judge", "rubric", number)
        if name in file.spec.judge.rubric[:number]:
            yield file.head.fault(where, f"the rubric {name!r} is named twice; once is enough")
            continue
        try:
            rubrics.append(load_rubric(*find_rubric(name, relative_to=file.folder)))
        except InvalidFile as error:
            complete = False
            yield file.head.fault(where, f"the rubric {name!r} has faults: {error.faults[0]}")
        except UsageError as error:
            complete = False
            yield file.head.fault(where, str(error))
    yield from overlaps(rubrics)
    for _, place, written in planted_quirks(file.spec.models):
        try:
            read_planted(written)
        except UsageError as error:
            yield file.head.fault(place, str(error))
    if complete:
        yield from _gate_faults(file, rubrics)


def _gate_faults(file: LoadedFile, rubrics: Sequence[LoadedRubric]) -> Iterator[Fault]:
    judged = [dimension for rubric in rubrics for dimension in rubric.spec.dimensions]
    for scenario in file.spec.scenarios:
        measured = objective_dimensions(scenario.checks.given())
        known = {dimension.name: dimension.scale for dimension in (*judged, *measured)}
        place = file.places[scenario.id]
        for name, bounds in scenario.expect.items():
            if name not in known:
                hint = did_you_mean(name, known)
                message = f"unknown dimension {name!r}{hint}; the rubrics define: {', '.join(known)}"
                yield place.fault(("expect", name), message, key=True)
                continue
            scale = known[name]
            for end, bound in bounds.model_dump(exclude_none=True).items():
                if not scale.min <= bound <= scale.max:
                    message = f"{bound:g} lies outside the scale of {name}, {scale.min} to {scale.max}"
                    yield place.fault(("expect", name, end), message)


def resolved_rubrics(file: LoadedFile) -> list[str]:
    """Give the file's rubrics so that they can be found from anywhere: paths beside the file in full."""
    beside = [(name, file.folder / name) for name in file.spec.judge.rubric]
    return [str(path.resolve()) if path.suffix in {".yaml", ".yml"} else name for name, path in beside]


def _review(selection: Selection) -> Checked:
    try:
        if _has_key(selection, _STRENGTHS):
            quirk = load_quirk(selection.path, selection.shown)
            return Checked(quirk.path, f"a quirk, {_count(len(quirk.spec.scenarios), 'scenario')}")
        if _has_key(selection, _DIMENSIONS) and not _has_key(selection, _SCENARIOS):
            rubric = load_rubric(selection.path, selection.shown)
            return Checked(rubric.path, _count(len(rubric.spec.dimensions), "dimension"))
        file = selection.read or load_file(selection.path, selection.shown)
    except InvalidFile as error:
        return Checked(error.faults[0].path, "", error.faults)
    unreadable = tuple(_prefix_faults(file))
    if unreadable:
        return Checked(file.path, "", unreadable)
    cells = sum(prod(len(values) for values in s.variables.values()) for s in file.spec.scenarios)
    summary = f"{_count(len(file.spec.scenarios), 'scenario')}, {_count(cells, 'cell')}"
    return Checked(file.path, summary, tuple(agreement_faults(file)))


def _prefix_faults(file: LoadedFile) -> Iterator[Fault]:
    """Give the faults of conversations to go on from. Reading one takes Inspect: seconds, for files that name one."""
    given = {scenario.id: scenario.continuation for scenario in file.spec.scenarios}
    for id_, wanted in given.items():
        if wanted is None:
            continue
        try:
            import_module("petri.scenario.prefix").read_wanted(wanted, file.folder)
        except InvalidFile as error:
            yield from (file.places[id_].fault(("continue_from",), str(fault)) for fault in error.faults)


def _has_key(selection: Selection, key: re.Pattern[str]) -> bool:
    """Say whether a file has a key at its top level, by which its kind is known before it is read strictly."""
    if selection.path.suffix.lower() not in {".yaml", ".yml"}:
        return False
    return bool(key.search(read_source(selection.path, selection.shown).text))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
