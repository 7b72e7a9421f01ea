"""Regular expressions for a hostile author: matching takes time in proportion to the text, whatever the pattern.

A pattern becomes a non-deterministic automaton (K. Thompson, 1968), whose sets of states are remembered as they occur.
Not offered, because they cannot be matched so: back references. Word boundaries are not offered either.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from petri.errors import WorldError

LONGEST: Final = 500
MOST_STATES: Final = 2_000
MOST_STEPS: Final = 2_000_000
"""Characters that a pattern may look at; where it has to think, each of its states counts as one."""
_DEEPEST: Final = 40
_REMEMBERED: Final = 4_096

Test = Callable[[str], bool]
Kind = Literal["split", "char", "start", "end", "found"]
Syntax = Literal["basic", "extended", "fixed"]

_CLASSES: Final[dict[str, Test]] = {
    "d": str.isdecimal,
    "w": lambda char: char == "_" or char.isalnum(),
    "s": str.isspace,
}
_NAMED: Final[dict[str, Test]] = {
    "alpha": str.isalpha,
    "digit": str.isdecimal,
    "alnum": str.isalnum,
    "space": str.isspace,
    "upper": str.isupper,
    "lower": str.islower,
    "punct": lambda char: char.isprintable() and not char.isalnum() and not char.isspace(),
}


@dataclass(frozen=True, slots=True)
class _Char:
    test: Test


@dataclass(frozen=True, slots=True)
class _Edge:
    kind: Literal["start", "end"]


@dataclass(frozen=True, slots=True)
class _All:
    parts: tuple["_Part", ...]


@dataclass(frozen=True, slots=True)
class _Any:
    parts: tuple["_Part", ...]


@dataclass(frozen=True, slots=True)
class _Repeat:
    part: "_Part"
    least: int
    most: int | None


_Part = _Char | _Edge | _All | _Any | _Repeat


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str, *, extended: bool, ignore_case: bool) -> None:
        self._text, self._at, self._depth = pattern, 0, 0
        self._extended, self._ignore_case = extended, ignore_case

    def read(self) -> _Part:
        part = self._choice()
        if self._at < len(self._text):
            raise WorldError("Unmatched ) or \\)")
        return part

    def _special(self, char: str) -> bool:
        """Whether an operator such as ``|`` comes next: bare if extended, after a backslash if basic."""
        return self._text.startswith(char if self._extended else f"\\{char}", self._at)

    def _skip(self) -> None:
        self._at += 1 if self._extended else 2

    def _choice(self) -> _Part:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise WorldError("Regular expression too big")
        choices = [self._sequence()]
        while self._special("|"):
            self._skip()
            choices.append(self._sequence())
        self._depth -= 1
        return choices[0] if len(choices) == 1 else _Any(tuple(choices))

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while self._at < len(self._text) and not self._special("|") and not self._special(")"):
            first = not parts
            part = self._atom(first=first)
            while not (first and isinstance(part, _Edge)) and (count := self._count()) is not None:
                part = _Repeat(part, *count)
            parts.append(part)
        return _All(tuple(parts))

    def _count(self) -> tuple[int, int | None] | None:
        if self._text.startswith("*", self._at):
            self._at += 1
            return 0, None
        for char, bounds in (("+", (1, None)), ("?", (0, 1))):
            if self._special(char):
                self._skip()
                return bounds
        if not self._special("{"):
            return None
        self._skip()
        inner, closed, _ = self._text[self._at :].partition("}" if self._extended else "\\}")
        self._at += len(inner) + len("}" if self._extended else "\\}")
        least, comma, most = inner.partition(",")
        bounds = (least or "0", most or least or "0")
        if not closed or not all(bound.isdecimal() and bound.isascii() for bound in bounds):
            raise WorldError("Invalid content of \\{\\}")
        low, high = int(bounds[0]), None if comma and not most else int(bounds[1])
        if max(low, high or 0) > MOST_STATES or (high is not None and high < low):
            raise WorldError("Invalid content of \\{\\}")
        return low, high

    def _atom(self, *, first: bool) -> _Part:
        if self._special("("):
            self._skip()
            inner = self._choice()
            if not self._special(")"):
                raise WorldError("Unmatched ( or \\(")
            self._skip()
            return inner
        char = self._text[self._at]
        self._at += 1
        if char == "^" and (first or self._extended):
            return _Edge("start")
        if char == "$" and (self._extended or self._at == len(self._text) or self._special("|")):
            return _Edge("end")
        if char == ".":
            return _Char(lambda _: True)
        if char == "[":
            return _Char(self._set())
        return _Char(self._folded(self._escape() if char == "\\" else _is(char)))

    def _escape(self) -> Test:
        if self._at == len(self._text):
            raise WorldError("Trailing backslash")
        char = self._text[self._at]
        self._at += 1
        if char.isdecimal():
            raise WorldError("Invalid back reference")
        if char.lower() in _CLASSES:
            test = _CLASSES[char.lower()]
            return test if char.islower() else lambda each: not test(each)
        if char in "bB<>":
            raise WorldError("Word boundaries are not supported")
        return _is(char)

    def _set(self) -> Test:
        text, at = self._text, self._at
        negated = text.startswith("^", at)
        at += negated
        tests: list[Test] = []
        while not (text.startswith("]", at) and tests):
            if at >= len(text):
                raise WorldError("Unmatched [, [^, [:, [., or [=")
            name = text[at + 2 :].partition(":]")[0] if text.startswith("[:", at) else ""
            if name in _NAMED:
                tests.append(_NAMED[name])
                at += len(name) + 4
            elif text.startswith("-", at + 1) and at + 2 < len(text) and text[at + 2] != "]":
                tests.append(_between(text[at], text[at + 2]))
                at += 3
            else:
                tests.append(_is(text[at]))
                at += 1
        self._at = at + 1
        folded = [self._folded(test) for test in tests]

        @lru_cache(_REMEMBERED)  # a set may be long, and many states may share it
        def test(char: str) -> bool:
            return any(each(char) for each in folded) != negated

        return test

    def _folded(self, test: Test) -> Test:
        return (lambda char: test(char.lower()) or test(char.upper())) if self._ignore_case else test


def _is(wanted: str) -> Test:
    return lambda char: char == wanted


def _between(low: str, high: str) -> Test:
    return lambda char: low <= char <= high


@dataclass(slots=True)
class _State:
    kind: Kind
    test: Test | None = None
    after: tuple[int, ...] = ()


class Pattern:
    """A pattern that lines can be searched for."""

    def __init__(
        self, pattern: str, syntax: Syntax = "basic", *, ignore_case: bool = False, steps: int = MOST_STEPS
    ) -> None:
        """Read the pattern; raises ``WorldError`` for one that is malformed, too large or not offered."""
        if len(pattern) > LONGEST:
            raise WorldError("Regular expression too big")
        if syntax == "fixed":
            part: _Part = _All(tuple(_Char(_fixed(char, ignore_case=ignore_case)) for char in pattern))
        else:
            part = _Reader(pattern, extended=syntax == "extended", ignore_case=ignore_case).read()
        self._steps = steps
        self._states: list[_State] = [_State("found")]
        self._first = self._build(part, 0)
        self._seen: dict[tuple[frozenset[int], str], frozenset[int]] = {}
        self._sets: dict[frozenset[int], frozenset[int]] = {}
        """One of each: to find out that two are equal takes as long as they are large."""
        self._inside = self._closure([self._first], at_start=False)
        self._at_start = self._closure([self._first], at_start=True)
        self._in_nothing = 0 in self._closure([self._first], at_start=True, at_end=True)
        self._literal = pattern if not ignore_case and (syntax == "fixed" or pattern.isalnum()) else None

    def is_in(self, line: str) -> bool:
        """Tell whether the pattern occurs anywhere in a line."""
        if self._literal is not None:
            self._spend(1)
            return self._literal in line
        self._spend(1 + len(line))
        if not line:
            return self._in_nothing
        states = self._at_start
        for char in line:
            if 0 in states:
                return True
            states = self._step(states, char)
        return 0 in self._ended(states)

    def _spend(self, steps: int) -> None:
        self._steps -= steps
        if self._steps < 0:
            raise WorldError("memory exhausted")

    def _ended(self, states: frozenset[int]) -> frozenset[int]:
        """Give the states reached at the end of a line; remembered under a character that no line holds."""
        known = self._seen.get((states, "\n"))
        if known is None:
            self._spend(len(states))
            known = self._seen[states, "\n"] = self._closure(states, at_start=False, at_end=True)
        return known

    def _step(self, states: frozenset[int], char: str) -> frozenset[int]:
        known = self._seen.get((states, char))
        if known is not None:
            return known
        after = [
            self._states[each].after[0]
            for each in states
            if (test := self._states[each].test) is not None and test(char)
        ]
        result = self._closure(after, at_start=False) | self._inside
        self._spend(len(states) + len(result))
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
            self._sets.clear()
        result = self._sets.setdefault(result, result)
        self._seen[states, char] = result
        return result

    def _closure(
        self, states: Sequence[int] | frozenset[int], *, at_start: bool, at_end: bool = False
    ) -> frozenset[int]:
        """Give the states reached without reading; an end that is not yet reached stays among them."""
        passable = {"split": True, "start": at_start, "end": at_end}
        waiting, reached = list(states), set(states)
        while waiting:
            state = self._states[waiting.pop()]
            for each in state.after if passable.get(state.kind) else ():
                if each not in reached:
                    reached.add(each)
                    waiting.append(each)
        return frozenset(reached)

    def _add(self, kind: Kind, after: tuple[int, ...], test: Test | None = None) -> int:
        if len(self._states) >= MOST_STATES:
            raise WorldError("Regular expression too big")
        self._states.append(_State(kind, test, after))
        return len(self._states) - 1

    def _build(self, part: _Part, after: int) -> int:
        """Add the states of a part that goes on with ``after``; give its first."""
        match part:
            case _Char(test):
                return self._add("char", (after,), test)
            case _Edge(kind):
                return self._add(kind, (after,))
            case _All(parts):
                for each in reversed(parts):
                    after = self._build(each, after)
                return after
            case _Any(parts):
                return self._add("split", tuple(self._build(each, after) for each in parts))
            case _:
                return self._repeat(part, after)

    def _repeat(self, part: _Repeat, after: int) -> int:
        inner, least, most = part.part, part.least, part.most
        first = after
        if most is None:
            first = self._add("split", ())
            self._states[first].after = (self._build(inner, first), after)
        for _ in range((most or least) - least):
            first = self._add("split", (self._build(inner, first), after))
        for _ in range(least):
            first = self._build(inner, first)
        return first


def _fixed(wanted: str, *, ignore_case: bool) -> Test:
    folded = wanted.lower()
    return (lambda char: char.lower() == folded) if ignore_case else _is(wanted)
