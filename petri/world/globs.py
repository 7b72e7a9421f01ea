"""Patterns in the words of a command line, and the paths they stand for."""

import re
from fnmatch import fnmatchcase
from typing import Final

from petri.errors import WorldError
from petri.world.command import MOST_LOOKED
from petri.world.state import World

_GLOB: Final = re.compile(r"[*?\[]")


def escape(text: str) -> str:
    """Give the pattern that matches nothing but a text."""
    return _GLOB.sub(lambda found: f"[{found[0]}]", text)


class Globs:
    """Finds what the patterns of one command match; together they look at no more names than a command may."""

    def __init__(self, world: World) -> None:
        """Begin with nothing looked at."""
        self._world, self._room = world, MOST_LOOKED

    def matches(self, pattern: str, text: str) -> list[str]:
        """Give the paths that match, as they were written; none where the word holds no pattern."""
        if pattern == escape(text):
            return []
        places = ["/" if text.startswith("/") else ""]
        for wanted, literal in zip(pattern.split("/"), text.split("/"), strict=True):
            if wanted:
                places = [found for place in places for found in self._step(place, wanted, literal)]
        return places

    def _step(self, place: str, wanted: str, literal: str) -> list[str]:
        """Give what one part of a pattern matches in a place."""
        disk, folder = self._world.disk, self._world.resolve(place or ".")
        self._look(1)
        entry = disk.find(folder)
        if entry is None or not entry.is_folder:
            return []
        start = f"{place}/" if place and place != "/" else place
        if wanted == escape(literal):
            exists = disk.find(self._world.resolve(start + literal)) is not None
            return [start + literal] if exists else []
        names = disk.children(folder)
        self._look(len(names))
        shown = (each for each in names if wanted.startswith(".") or each[0] != ".")
        return [start + each for each in shown if fnmatchcase(each, wanted)]

    def _look(self, names: int) -> None:
        self._room -= names
        if self._room < 0:
            raise WorldError("Argument list too long")
