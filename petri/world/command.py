"""What every command of the shell shares: its output, its flags, its operands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from petri.errors import WorldError
from petri.world.state import World

MOST_OUTPUT: Final = 1_000_000
"""Characters that one command may write."""
MOST_OPERANDS: Final = 200
MOST_LOOKED: Final = 20_000
"""Entries of the disk that one command may look through, such as with ``ls -R``."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a command leaves: the world, what it wrote to each stream, and its exit code."""

    world: World
    out: str = ""
    err: str = ""
    code: int = 0


@dataclass(frozen=True, slots=True)
class Arguments:
    """A command's flags (with their values, for those that take one) and operands."""

    flags: Mapping[str, str] = field(default_factory=dict[str, str])
    operands: Sequence[str] = ()

    def has(self, flags: str) -> bool:
        """Tell whether any of some one-letter flags is given."""
        return any(flag in self.flags for flag in flags)


Run = Callable[[World, Arguments, str], Output]


@dataclass(frozen=True, slots=True)
class Program:
    """A command: what it does, the letters of its flags, and those of them that take a value."""

    run: Run
    flags: str = ""
    valued: str = ""
    long: Mapping[str, str] = field(default_factory=dict[str, str])
    """Long flags, by the letter they stand for."""
    failure: int = 1
    """The exit code when it is used wrongly."""
    raw: bool = False
    """Whether it reads its own flags: all words are operands."""

    def read(self, words: Sequence[str]) -> Arguments:
        """Sort words into flags and operands."""
        if self.raw:
            return Arguments(operands=words)
        flags: dict[str, str] = {}
        operands: list[str] = []
        rest = iter(words)
        for word in rest:
            if word == "--":
                operands += rest
            elif word.startswith("--"):
                name, _, value = word.partition("=")
                if name not in self.long:
                    raise WorldError(f"unrecognized option '{name}'")
                flags[self.long[name]] = value
            elif len(word) > 1 and word[0] == "-":
                self._short(word[1:], flags, rest)
            else:
                operands.append(word)
        if len(operands) > MOST_OPERANDS:
            raise WorldError("Argument list too long")
        return Arguments(flags, operands)

    def _short(self, letters: str, flags: dict[str, str], rest: Iterable[str]) -> None:
        if "#" in self.flags and letters.isdecimal():
            flags["n"] = letters  # head -5
            return
        for place, letter in enumerate(letters):
            if letter in self.valued:
                value = letters[place + 1 :] or next(iter(rest), None)
                if value is None:
                    raise WorldError(f"option requires an argument -- '{letter}'")
                flags[letter] = value
                return
            if letter not in self.flags or letter == "#":
                raise WorldError(f"invalid option -- '{letter}'")
            flags[letter] = ""


def lines_of(text: str) -> list[str]:
    """Give the lines of a text, without their ends; nothing has no lines."""
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def count(text: str, what: str = "number of lines") -> int:
    """Read a number that a flag gives."""
    if not (text.isdecimal() and text.isascii() and len(text) <= len(str(MOST_OUTPUT))):
        raise WorldError(f"invalid {what}: '{text}'")
    return int(text)


class _Stream:
    """Text that a command writes; more than it may write is an error as soon as it comes to that."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._room = MOST_OUTPUT

    def add(self, parts: Iterable[str]) -> None:
        for part in parts:
            self._room -= len(part)
            if self._room < 0:
                raise WorldError("write error: File too large")
            self.parts.append(part)


class Tally:
    """What a command wrote for several operands, of which some may fail."""

    def __init__(self, name: str, world: World, failure: int = 1) -> None:
        """Begin with nothing written."""
        self.world = world
        self._name, self._failure = name, failure
        self._written, self._errors = _Stream(), _Stream()
        self._room = MOST_LOOKED

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not self._written.parts

    def below(self, path: str) -> list[str]:
        """Give a path and everything below it, as long as the command has not looked through too much."""
        self._room -= self.world.disk.count(path)
        if self._room < 0:
            raise WorldError("Cannot allocate memory")
        return self.world.disk.below(path)

    def write(self, *parts: str) -> None:
        """Write parts of the output."""
        self._written.add(parts)

    def fail(self, why: str) -> None:
        """Note an error; the command goes on."""
        self._errors.add([f"{self._name}: {why}\n"])

    def output(self, code: int = 0) -> Output:
        """Give the whole; ``code`` is the exit code where nothing failed."""
        code = self._failure if self._errors.parts else code
        return Output(self.world, "".join(self._written.parts), "".join(self._errors.parts), code)
