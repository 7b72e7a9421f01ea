"""The rule for dimensions: what a scenario is meant to move is scored by a rubric of its file, or by its checks."""

from collections.abc import Iterator, Mapping
from functools import cache

from petri.datafiles import rubric_files
from petri.document.wording import did_you_mean
from petri.library.entry import Entry, Finding, entries
from petri.rubric.load import find_rubric, load_rubric
from petri.rubric.objective import objective_dimensions
from petri.scenario.load import LoadedFile


def unreachable(file: LoadedFile) -> Iterator[Finding]:
    """Find dimensions that nothing scores; a rubric that cannot be found is a fault of the file, and told before."""
    judged = {name: rubric for rubric in file.spec.judge.rubric for name in _dimensions(file, rubric)}
    for entry in entries(file):
        yield from _out_of_reach(entry, judged)


def _out_of_reach(entry: Entry, judged: Mapping[str, str]) -> Iterator[Finding]:
    measured = [dimension.name for dimension in objective_dimensions(entry.scenario.checks.given())]
    known = [*judged, *measured]
    for number, name in enumerate(entry.scenario.dimensions):
        if name not in known:
            elsewhere = _shipped().get(name)
            near = "" if elsewhere else did_you_mean(name, known)
            reason = f"nothing in this file scores {name!r}{near}"
            mend = (
                f"add {elsewhere} under judge: rubric, or take another dimension"
                if elsewhere
                else f"its rubrics and checks score: {', '.join(known)}"
            )
            yield entry.found("unreachable-dimension", ("dimensions", number), reason, mend)


def _dimensions(file: LoadedFile, rubric: str) -> list[str]:
    path, shown = find_rubric(rubric, relative_to=file.folder)
    if rubric in rubric_files():
        return [name for name, home in _shipped().items() if home == rubric]
    return [dimension.name for dimension in load_rubric(path, shown).spec.dimensions]


@cache
def _shipped() -> dict[str, str]:
    """Give the rubric of each dimension that ships."""
    rubrics = {name: load_rubric(path, name) for name, path in rubric_files().items()}
    return {dimension.name: name for name, rubric in rubrics.items() for dimension in rubric.spec.dimensions}
