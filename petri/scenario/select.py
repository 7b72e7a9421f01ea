"""From what a person names to the scenarios that are meant. What matches nothing is an error, never a seed."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

from petri.datafiles import scenario_files
from petri.document.source import printable
from petri.document.wording import did_you_mean
from petri.errors import Fault, InvalidFile, NothingToRun, UsageError
from petri.scenario.load import SUFFIXES, LoadedFile, load_file
from petri.scenario.schema import Scenario

__all__ = ["LoadedFile", "Selection", "find_files", "load_scenarios"]

_LIBRARY: Final = "library:"
_LONGEST: Final = 60
_FRONT_MATTER: Final = re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*[\r\n]")
_FORMS: Final = "a file (.yaml, .yml, .md, .jsonl), a folder, or library:<file, family, tag or id>"
_EVERYTHING: Final = "all"


@dataclass(frozen=True, slots=True)
class Selection:
    """A file that was selected, as it is shown to people; ``ids`` are the scenarios meant, None for all.

    ``read`` is what it says, where it had to be read to be selected.
    """

    path: Path
    shown: str
    ids: frozenset[str] | None = None
    read: LoadedFile | None = None


def load_scenarios(
    selectors: Sequence[str],
    *,
    only: Sequence[str] = (),
    tags: Sequence[str] = (),
    limit: int | None = None,
    flags: bool = False,
) -> tuple[LoadedFile, ...]:
    """Give the selected files, each with the scenarios that are left after the filters.

    ``only`` holds scenario ids, ``tags`` tags of which one must match, ``limit`` how many scenarios there may be;
    ``flags`` says that settings are still to be changed.
    Raises ``InvalidFile`` with the faults of all files, ``UsageError`` for a selector or id that matches nothing,
    and ``NothingToRun`` where the filters leave nothing.
    """
    if limit is not None and limit < 1:
        raise UsageError(f"the limit is {limit}; it should be at least 1")
    loaded: list[LoadedFile] = []
    faults: list[Fault] = []
    for selection in find_files(selectors, flags=flags):
        try:
            file = selection.read or load_file(selection.path, selection.shown, flags=flags)
            loaded.append(
                _narrowed(file, lambda scenario, ids=selection.ids: ids is None or scenario.id in ids)
            )
        except InvalidFile as error:
            faults += error.faults
    if faults:
        raise InvalidFile(faults)
    return _filtered(loaded, only, tags, limit)


def find_files(selectors: Sequence[str], *, flags: bool = False) -> tuple[Selection, ...]:
    """Give the files that the selectors name, each once, in the order named; ``flags`` as for ``load_scenarios``."""
    if not selectors:
        raise UsageError(f"no scenario is named; give {_FORMS}")
    merged: dict[Path, Selection] = {}
    for selection in chain.from_iterable(_matches(selector, flags=flags) for selector in selectors):
        place = selection.path.resolve()
        before = merged.get(place, selection)
        ids = None if before.ids is None or selection.ids is None else before.ids | selection.ids
        merged[place] = replace(before, ids=ids)
    return tuple(merged.values())


def _matches(selector: str, *, flags: bool) -> list[Selection]:
    if selector.startswith(_LIBRARY):
        return _in_library(selector.removeprefix(_LIBRARY), flags=flags)
    # os.path, because Path raises on text that is too long to be a name
    if os.path.isdir(selector):  # noqa: PTH112 -- Path.is_dir raises on odd names
        return _in_folder(selector)
    if Path(selector).suffix.lower() in SUFFIXES and "\0" not in selector:
        return [Selection(Path(selector), selector)]
    if os.path.exists(selector):  # noqa: PTH110 -- Path.exists raises on odd names
        raise UsageError(f"{_shown(selector)} is no scenario file; give {_FORMS}")
    near = did_you_mean(selector[:_LONGEST], [f"{_LIBRARY}{name}" for name in scenario_files()])
    raise UsageError(f"{_shown(selector)} matches nothing{near}; give {_FORMS}. Text is never run as a seed")


def _in_folder(folder: str) -> list[Selection]:
    """Give the scenario files of a folder and its folders, sorted; not hidden ones, readmes or other Markdown."""

    def refuse(error: OSError) -> None:
        raise InvalidFile([Fault(printable(str(error.filename)), 0, 0, "no permission to read this folder")])

    files: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(root, name) for name in names if not name.startswith(".")]
    kept = [file for file in files if file.suffix.lower() in SUFFIXES and file.stem.lower() != "readme"]
    found = sorted(filter(_is_meant, kept))
    if not found:
        hint = "; Markdown without front matter counts only where it is named itself" if kept else ""
        raise UsageError(f"{_shown(folder)} holds no scenario file{hint}; give {_FORMS}")
    return [Selection(file, str(file)) for file in found]


def _is_meant(file: Path) -> bool:
    """Tell a seed from other Markdown by its front matter; what cannot be read is kept, for loading says why."""
    if file.suffix.lower() != ".md" or not file.is_file():
        return True
    try:
        with file.open("rb") as opened:
            return bool(_FRONT_MATTER.match(opened.read(_LONGEST)))
    except OSError:
        return True


def _in_library(wanted: str, *, flags: bool) -> list[Selection]:
    """Give the built-in scenarios whose file, family, id or tag has this name; ``all`` names every one."""
    read = _library(flags=flags)
    chosen = [_chosen_of(path, file, wanted) for path, file in read]
    kept = [selection for selection in chosen if selection is not None]
    if not kept:
        known = dict.fromkeys(chain((_EVERYTHING,), *(_groups(file) for _, file in read)))
        ids = [scenario.id for _, file in read for scenario in file.spec.scenarios]
        raise UsageError(
            f"no built-in file, family, scenario id or tag is called {_shown(wanted)}"
            f"{did_you_mean(wanted, [*known, *ids])}; there are: {', '.join(known)}, and {len(ids)} ids, which "
            "`petri scenarios list` shows"
        )
    return kept


@cache
def _library(*, flags: bool) -> tuple[tuple[Path, LoadedFile], ...]:
    """Give the built-in files, read once: each task of a run is made from one of them by its name."""
    return tuple(
        (path, load_file(path, f"{_LIBRARY}{name}", flags=flags)) for name, path in scenario_files().items()
    )


def _chosen_of(path: Path, file: LoadedFile, wanted: str) -> Selection | None:
    """Give what of a built-in file is meant by a name: all of it, some scenarios, or None for nothing.

    Most models refuse a prefill, so files that need one come with their own name, not with a family or with everything.
    """
    spec = file.spec
    ids = {scenario.id for scenario in spec.scenarios if wanted in {scenario.id, *scenario.tags}}
    grouped = not spec.audit.prefill and wanted in {_EVERYTHING, spec.family, *spec.tags}
    if grouped or wanted == path.stem:
        return Selection(path, file.path, read=file)
    return Selection(path, file.path, frozenset(ids), file) if ids else None


def _groups(file: LoadedFile) -> Iterator[str]:
    """Yield the names by which several scenarios of a built-in file are selected."""
    yield file.path.removeprefix(_LIBRARY)
    if file.spec.family is not None:
        yield file.spec.family
    yield from file.spec.tags
    for scenario in file.spec.scenarios:
        yield from scenario.tags


def _narrowed(file: LoadedFile, keep: Callable[[Scenario], bool], limit: int | None = None) -> LoadedFile:
    kept = tuple(scenario for scenario in file.spec.scenarios if keep(scenario))[:limit]
    return replace(file, spec=file.spec.model_copy(update={"scenarios": kept}))


def _filtered(
    files: Sequence[LoadedFile], only: Sequence[str], tags: Sequence[str], limit: int | None
) -> tuple[LoadedFile, ...]:
    ids = dict.fromkeys(scenario.id for file in files for scenario in file.spec.scenarios)
    for name in only:
        if name not in ids:
            raise UsageError(
                f"no scenario has the id {name!r}{did_you_mean(name, ids)}; ids: {', '.join(ids)}"
            )
    left = limit
    kept: list[LoadedFile] = []
    for file in files:
        shared = set(file.spec.tags)

        def keep(scenario: Scenario, shared: set[str] = shared) -> bool:
            tagged = not tags or not shared.union(scenario.tags).isdisjoint(tags)
            return tagged and (not only or scenario.id in only)

        narrowed = _narrowed(file, keep, left)
        if left is not None:
            left -= len(narrowed.spec.scenarios)
        if narrowed.spec.scenarios:
            kept.append(narrowed)
    if not kept:
        raise NothingToRun(_nothing(files, tags))
    return tuple(kept)


def _nothing(files: Sequence[LoadedFile], tags: Sequence[str]) -> str:
    known = dict.fromkeys(
        tag for file in files for tag in chain(file.spec.tags, *(s.tags for s in file.spec.scenarios))
    )
    hint = did_you_mean(tags[0], known) if tags and tags[0] not in known else ""
    return (
        f"nothing to run: no scenario is left by these filters{hint}; "
        f"tags in these files: {', '.join(known) or 'none'}"
    )


def _shown(selector: str) -> str:
    return repr(selector if len(selector) <= _LONGEST else f"{selector[:_LONGEST]}…")
