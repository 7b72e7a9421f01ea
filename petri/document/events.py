"""The YAML parser's events as typed values, and its complaints in words that help: the one place that knows it.

There are two parsers: ruamel's, whose word counts, and libyaml (through PyYAML), which is ten times as fast. What
libyaml reads without a complaint, and with nothing in it over which the two differ, is taken from it; all else is
ruamel's to say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

Kind = Literal["document", "mapping", "sequence", "end", "scalar", "alias"]

_KINDS: Final[dict[str, Kind]] = {
    "DocumentStartEvent": "document",
    "MappingStartEvent": "mapping",
    "SequenceStartEvent": "sequence",
    "MappingEndEvent": "end",
    "SequenceEndEvent": "end",
    "ScalarEvent": "scalar",
    "AliasEvent": "alias",
}
_FOREIGN_BREAKS: Final = "\x85\u2028\u2029"
_DISPUTED: Final = re.compile(
    "[\t\r\x85\u2028\u2029\ufeff]|[|>][-+0-9]*#|^%|^(?:---|\\.\\.\\.)", re.MULTILINE
)
"""What the parsers read in different ways: tabs, other breaks than line feeds, comments that touch a block's mark,
directives and marks of documents."""
_DEEPER: Final = {"mapping": 1, "sequence": 1, "end": -1}
_DEEPEST: Final = 64
"""Levels past which libyaml is not asked on: what it needs grows with their square, and nobody writes so many."""
_TAB: Final = re.compile(r"[ \t]*\t")
_PROBLEMS: Final = (
    (
        "mapping values are not allowed",
        "a ':' cannot stand here; put text that holds ': ' in quotes, or use '|'",
    ),
    ("<block end>", "this does not fit the lines above; check the indentation, quotes and brackets"),
    ("unexpected end of stream", "the file ends inside quotes that were never closed"),
    (
        "could not find expected ':'",
        "expected 'key: value' here; check the indentation, and for a missing ':'",
    ),
    ("<stream end>", "the file ends inside brackets that were never closed"),
    ("',' or ']'", "expected ',' or ']' here; check that '[' is closed"),
    ("',' or '}'", "expected ',' or '}' here; text that starts with '{' must be in quotes"),
    (
        "unknown escape character",
        "unknown escape after '\\'; use single quotes, or write '\\\\' for one backslash",
    ),
    ("cannot start any token", "text cannot start with this character; put it in quotes"),
)


@dataclass(frozen=True, slots=True)
class Event:
    """A step of the parser. ``plain`` tells a scalar without quotes; ``index`` counts characters from 0."""

    kind: Kind
    index: int
    value: str
    plain: bool
    anchor: str | None
    tag: str | None


class UnreadableYAML(Exception):
    """The parser cannot go on: where, and what is wrong."""

    def __init__(self, index: int, message: str) -> None:
        """Keep the place beside the message."""
        self.index = index
        super().__init__(message)


def read_events(text: str) -> Iterator[Event]:
    """Give the events of a YAML text one by one; raises ``UnreadableYAML`` where the parser must stop."""
    quick = _read_quickly(text)
    if quick is not None:
        yield from quick
        return
    hidden = _stand_ins(text)
    restore = str.maketrans({stand_in: char for char, stand_in in hidden.items()})
    parser: Any = YAML(typ="safe", pure=True)
    try:
        for event in parser.parse(text.translate(str.maketrans(hidden))):
            kind = _KINDS.get(type(event).__name__)
            if kind is not None:
                yield _event(kind, event, restore)
    except ReaderError as error:
        index = cast("int", cast("Any", error).position)
        message = f"the character U+{ord(text[index]):04X} may not stand in a text file; remove it"
        raise UnreadableYAML(index, message) from None
    except MarkedYAMLError as error:
        raise _unreadable(text, error) from None


def _read_quickly(text: str) -> list[Event] | None:
    """Give the events as libyaml reads them; None where it is not there, complains, or need not be right."""
    if not yaml.__with_libyaml__ or _DISPUTED.search(text):
        return None
    parsed: list[Event] = []
    depth = 0
    try:
        for event in cast("Any", yaml).parse(text, Loader=yaml.CSafeLoader):
            kind = _KINDS.get(type(event).__name__)
            depth += _DEEPER.get(kind or "", 0)
            if depth > _DEEPEST or getattr(event, "anchor", None) or getattr(event, "tag", None):
                return None
            if kind is None:
                continue
            parsed.append(_quick_event(kind, event))
            if parsed[-1].plain and not parsed[-1].value:  # where nothing stands is another matter of dispute
                return None
    except (yaml.YAMLError, UnicodeError):
        return None
    return parsed


def _quick_event(kind: Kind, event: Any) -> Event:
    scalar = kind == "scalar"
    return Event(
        kind=kind,
        index=event.start_mark.index,
        value=event.value if scalar else "",
        plain=scalar and not event.style and event.implicit[0],
        anchor=None,
        tag=None,
    )


def _stand_ins(text: str) -> dict[str, str]:
    """Give private-use characters for those that the parser, by YAML 1.1, would take for ends of lines."""
    foreign = [char for char in _FOREIGN_BREAKS if char in text]
    free = (chr(code) for code in range(0xE000, 0xF900) if chr(code) not in text)
    return dict(zip(foreign, free, strict=False))


def _event(kind: Kind, event: Any, restore: dict[int, str]) -> Event:
    scalar = kind == "scalar"
    return Event(
        kind=kind,
        index=event.start_mark.index,
        value=event.value.translate(restore) if scalar else "",
        plain=scalar and event.style is None and event.implicit[0],
        anchor=getattr(event, "anchor", None),
        tag=_as_written(event) if getattr(event, "ctag", None) else None,
    )


def _as_written(event: Any) -> str:
    return str(event.ctag).replace("tag:yaml.org,2002:", "!!")


def _unreadable(text: str, error: Any) -> UnreadableYAML:
    problem = str(error.problem)
    mark = error.problem_mark or error.context_mark
    index = min(mark.index, len(text)) if mark else 0
    line = max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1
    tab = _TAB.match(text, line)
    if tab and (tab.end() > index or "'\\t'" in problem):
        return UnreadableYAML(tab.end() - 1, "indented with a tab; use spaces")
    known = (ours for theirs, ours in _PROBLEMS if theirs in problem)
    return UnreadableYAML(index, next(known, f"not valid YAML: {problem}"))
