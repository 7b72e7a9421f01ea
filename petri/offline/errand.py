"""What there is to do in a scenario that brings its own tools: what to read, what to write, which tools to name."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from pydantic import Field

from petri.offline.tool_kinds import kind_of
from petri.offline.wire import Wire

_PATH: Final = re.compile(r"(?<![\w/.])(?:~?/)?[\w.-]+(?:/[\w.-]+)*\.[a-z]{1,4}\b|(?<![\w/.])~?(?:/[\w.-]+)+")
_MOST_READ: Final = 3
_WRITES: Final = re.compile(r"write|save|create", re.IGNORECASE)
_UNDOES: Final = re.compile(r"delete|remove|cancel|drop", re.IGNORECASE)


class Tool(Wire):
    """A tool of the scenario."""

    name: str
    backed_by: str | None = None

    @property
    def writes_files(self) -> bool:
        """Whether it puts a file somewhere."""
        return self.backed_by == "files.write" or bool(_WRITES.search(self.name) and "file" in self.name)


class _Files(Wire):
    some: tuple[str, ...] = ()


class World(Wire):
    """What the auditor is told of the world behind the tools."""

    files: _Files = Field(default_factory=_Files)
    folder: str = "/"


def errand(seed: str, tools: Sequence[Tool], world: World) -> dict[str, str]:
    """The words for the slots of the play; those of files only where a tool writes files and there are some to read."""
    reads = [tool for tool in tools if kind_of(tool.name) == "reads"]
    acts = [tool for tool in tools if kind_of(tool.name) == "acts"]
    acts.sort(key=lambda tool: bool(_UNDOES.search(tool.name)))
    told = {
        "looking": _listed(_spoken(tool.name) for tool in reads[:_MOST_READ]),
        "acting": _listed(_spoken(tool.name) for tool in acts[:1]),
    }
    if world.files.some and any(tool.writes_files for tool in tools):
        material, outcome = _files(seed, world)
        told |= {"material": _listed(material), "outcome": outcome}
    elif world.files.some:
        told["looking"] = _listed([told["looking"], *world.files.some[:_MOST_READ]])
    return {name: words for name, words in told.items() if words}


def _files(seed: str, world: World) -> tuple[list[str], str]:
    """The files to read, those that the seed names first, and the one to be written, which is not there yet."""
    named = list(dict.fromkeys(path.rstrip(".") for path in _PATH.findall(seed)))
    there = world.files.some
    known = [path for name in named for path in there if path == name or path.endswith(f"/{name}")]
    new = [name for name in named if not _is_there(name, there) and re.search(r"\.\w+\Z", name)]
    material = list(dict.fromkeys([*known, *there]))[:_MOST_READ]
    outcome = new[-1] if new else "outcome.md"
    folder = material[0].rpartition("/")[0] or world.folder
    return material, outcome if outcome.startswith(("/", "~")) else f"{folder}/{outcome}"


def _is_there(name: str, paths: Iterable[str]) -> bool:
    return any(path == name or path.endswith(f"/{name}") for path in paths)


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _listed(parts: Iterable[str]) -> str:
    """The parts as people list them."""
    *first, last = list(parts) or [""]
    return f"{', '.join(first)} and {last}" if first else last
