"""Prompt files: read, rendered strictly, and identified by digest."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from petri.prompts.template import fill

_ROOT: Final[Traversable] = files("petri.prompts")
_OURS_ALONE: Final = frozenset({"protocol/probe", "protocol/ready"})
"""They are sent before any audit."""
_ROLES: Final = ("auditor", "judge", "protocol", "realism", "simulator", "target")


@cache
def text(name: str) -> str:
    """Give the text of a prompt file by its name without suffix, such as ``auditor/system``."""
    return _ROOT.joinpath(*f"{name}.md".split("/")).read_text(encoding="utf-8").strip()


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts of an audit: ours, but for those that the user's files replace."""

    replaced: Mapping[str, str] = field(default_factory=dict[str, str])

    def text(self, name: str) -> str:
        """Give the text of a prompt by its name."""
        return self.replaced.get(name) or text(name)

    def render(self, name: str, **variables: object) -> str:
        """Give a prompt with its ``{{variables}}`` filled; one that is missing is an error."""
        return fill(self.text(name), variables)


OURS: Final = Prompts()


@cache
def names() -> tuple[str, ...]:
    """Give the names of all prompts that may be replaced, sorted."""
    found = [name for role in sorted(_ROLES) for name in _names(_ROOT.joinpath(role), role)]
    return tuple(name for name in found if name not in _OURS_ALONE)


def digest(prompt: str) -> str:
    """Give the SHA-256 of a prompt's text."""
    return hashlib.sha256(prompt.encode()).hexdigest()


def digests(*roles: str) -> dict[str, str]:
    """Give the SHA-256 of every prompt file of these roles, by name; recorded with each run."""
    found: dict[str, str] = {}
    for role in roles:
        for name in _names(_ROOT.joinpath(role), role):
            found[name] = digest(text(name))
    return found


def _names(folder: Traversable, prefix: str) -> list[str]:
    """List the prompt files below a folder, sorted."""
    names: list[str] = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            names.extend(_names(entry, f"{prefix}/{entry.name}"))
        elif entry.name.endswith(".md"):
            names.append(f"{prefix}/{entry.name.removesuffix('.md')}")
    return names
