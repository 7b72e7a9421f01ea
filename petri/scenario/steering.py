"""What steers the auditor beside the seed: prompts that replace ours, and skills it may read. Files of the user's."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from petri.document.source import read_source
from petri.document.wording import did_you_mean
from petri.errors import Fault, InvalidFile
from petri.prompts.files import names, text
from petri.prompts.template import placeholders
from petri.scenario.schema import ScenarioFile

_LARGEST_SKILL: Final = 100_000
At = Callable[[tuple[str | int, ...], str], Fault]
"""Makes the fault of a value of the scenario file."""


@dataclass(frozen=True, slots=True)
class Skill:
    """Something the auditor may read when it needs it: a Markdown file; ``about`` is its first line."""

    name: str
    about: str
    text: str


def read_prompts(file: ScenarioFile, folder: Path, fault: At) -> tuple[dict[str, str], list[Fault]]:
    """Give the user's prompts by the names of those they replace, and every fault.

    Each must hold the same placeholders as ours: one left out would be a fact that the model is never told.
    """
    known = names()
    faults: list[Fault] = []
    found: dict[str, str] = {}
    for name, path in file.prompts.items():
        at = ("prompts", name)
        if name not in known:
            faults.append(fault(at, f"there is no prompt {name!r}{did_you_mean(name, known)}"))
            continue
        try:
            found[name] = read_source(folder / path, path).text.strip()
        except InvalidFile as error:
            faults.append(fault(at, f"the prompt for {name} cannot be used: {error.faults[0]}"))
            continue
        faults += [fault(at, message) for message in _differences(name, found[name])]
    return found, faults


def _differences(name: str, prompt: str) -> Iterator[str]:
    """Say where a prompt's placeholders are not those of the one it replaces."""
    if not prompt:
        yield f"the prompt for {name} is empty"
    ours = {held.text for held in placeholders(text(name))}
    theirs = {held.text for held in placeholders(prompt)}
    for extra in sorted(theirs - ours):
        yield f"the prompt for {name} holds {extra}; {name} knows {', '.join(sorted(ours)) or 'no placeholder'}"
    for lacking in sorted(ours - theirs):
        yield f"the prompt for {name} leaves {lacking} out; the model would never be told it"


def read_skills(file: ScenarioFile, folder: Path, fault: At) -> tuple[tuple[Skill, ...], list[Fault]]:
    """Give the skills in the folders that the file names, and every fault."""
    faults: list[Fault] = []
    skills: list[Skill] = []
    for number, path in enumerate(file.skills):
        home = folder / path
        pages = sorted(home.glob("*.md")) if home.is_dir() else []
        if not pages:
            what = "holds no Markdown file" if home.is_dir() else "is no folder"
            faults.append(fault(("skills", number), f"{path!r} {what}; name a folder of .md files"))
        for page in pages:
            try:
                skills.append(_skill(page, f"{path}/{page.name}"))
            except InvalidFile as error:
                faults += error.faults
    faults += [
        fault(("skills",), f"two skills are called {name!r}; rename one of the files")
        for name in _doubles([skill.name for skill in skills])
    ]
    return tuple(skills), faults


def _skill(page: Path, shown: str) -> Skill:
    source = read_source(page, shown)
    words = source.text.strip()
    if not words or len(words) > _LARGEST_SKILL:
        size = f"holds {len(words):,} characters; {_LARGEST_SKILL:,} at most" if words else "is empty"
        raise InvalidFile([source.fault(0, f"a skill that {size}")])
    return Skill(page.stem, words.splitlines()[0].lstrip("# ")[:200], words)


def _doubles(found: Sequence[str]) -> list[str]:
    return sorted({name for name in found if found.count(name) > 1})
