"""YAML as plain data, with the position of every key and value, and every fault up to where the parser must stop.

YAML 1.2 core schema: `no`, `off`, `1:30` and dates are text. Aliases, anchors, tags, duplicate keys and second documents
are faults, so a small file cannot grow and nothing is lost silently.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from petri.document.problems import reader_problem, syntax_problem
from petri.document.source import Source
from petri.errors import Fault

Key = str | int
KeyPath = tuple[Key, ...]
Value = str | int | float | bool | list["Value"] | dict[Key, "Value"] | None

MAX_DEPTH: Final = 32
MAX_FAULTS: Final = 100

_NULL: Final = {"", "~", "null", "Null", "NULL"}
_BOOL: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_MAX_DIGITS: Final = 300
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_FOREIGN_BREAKS: Final = "\x85\u2028\u2029"


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says (``data``), where it says it, and what is wrong with it as YAML.

    ``values`` and ``keys`` give the index in the source's text for a path of keys. ``gaps`` are the paths whose value
    could not be taken from the file; ``readable`` is False where the parser could not go on to the end.
    """

    source: Source
    data: Value
    values: Mapping[KeyPath, int]
    keys: Mapping[KeyPath, int] = field(default_factory=dict[KeyPath, int])
    faults: tuple[Fault, ...] = ()
    gaps: frozenset[KeyPath] = frozenset()
    readable: bool = True

    def index(self, path: KeyPath, *, key: bool = False) -> int:
        """Give where a value (or its key) starts; for what the file does not hold, the nearest thing around it."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, 0)

    def fault(self, path: KeyPath, message: str, *, key: bool = False) -> Fault:
        """Give the fault of a value, or of its key."""
        return self.source.fault(self.index(path, key=key), message)

    def fault_in_text(self, path: KeyPath, excerpt: str, message: str) -> Fault:
        """Give the fault of an excerpt of a text value; of the value where the excerpt is written otherwise."""
        start = self.index(path)
        found = self.source.text.find(excerpt, start)
        return self.source.fault(found if found >= 0 else start, message)


def parse_document(
    source: Source, *, start: int = 0, end: int | None = None, integer_keys_in: frozenset[str] = frozenset()
) -> Document:
    """Give the YAML between two indices of a source. Mappings under ``integer_keys_in`` may have whole-number keys."""
    text = source.text[start:end]
    hidden = _stand_ins(text)
    reading = _Reading(
        source, start, integer_keys_in, {ord(stand_in): ord(char) for char, stand_in in hidden.items()}
    )
    try:
        reading.document(YAML(typ="safe", pure=True).parse(text.translate(str.maketrans(hidden))))
    except ReaderError as error:
        reading.add(error.position, reader_problem(text[error.position]))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reading.add(*syntax_problem(text, min(mark.index, len(text)) if mark else 0, str(error.problem)))
    except _StopReading:
        pass
    else:
        reading.readable = True
    return reading.result()


def _stand_ins(text: str) -> dict[str, str]:
    """Give private-use characters for those that the parser, by YAML 1.1, would take for ends of lines."""
    foreign = [char for char in _FOREIGN_BREAKS if char in text]
    free = (chr(code) for code in range(0xE000, 0xF900) if chr(code) not in text)
    return dict(zip(foreign, free, strict=False))


class _StopReading(Exception):
    """The rest of the file cannot be read."""


class _Reading:
    """One pass over the parser's events."""

    def __init__(
        self, source: Source, start: int, integer_keys_in: frozenset[str], restore: Mapping[int, int]
    ) -> None:
        self._source = source
        self._start = start
        self._integer_keys_in = integer_keys_in
        self._restore = restore
        self._data: Value = None
        self._values: dict[KeyPath, int] = {}
        self._keys: dict[KeyPath, int] = {}
        self._faults: list[Fault] = []
        self._gaps: set[KeyPath] = set()
        self.readable = False

    def add(self, index: int, message: str) -> None:
        """Note a fault; after very many, the rest is not worth reading."""
        self._faults.append(self._source.fault(self._start + index, message))
        if len(self._faults) >= MAX_FAULTS:
            self._faults.append(
                self._source.fault(self._start + index, "too many faults; the rest is not shown")
            )
            raise _StopReading

    def result(self) -> Document:
        data = self._data if self.readable else None
        return Document(
            self._source,
            data,
            self._values,
            self._keys,
            tuple(self._faults),
            frozenset(self._gaps),
            self.readable,
        )

    def document(self, events: Iterator[Event]) -> None:
        """Read the first document; an empty file and a second document are faults."""
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.add(
                        _index(event), "a second document starts here; a file holds one (remove the '---')"
                    )
                    raise _StopReading
            elif isinstance(event, NodeEvent):
                self._data = self._node(event, events, ())
        if not documents or (self._data is None and not self._gaps):
            self.add(0, "the file is empty")
            raise _StopReading

    def _node(self, event: Event, events: Iterator[Event], path: KeyPath) -> Value:
        self._values[path] = self._start + _index(event)
        if isinstance(event, AliasEvent):
            self.add(_index(event), f"alias '*{event.anchor}'; write the value out again")
            self._gaps.add(path)
            return None
        self._check_properties(event)
        if len(path) > MAX_DEPTH:
            self.add(_index(event), f"nested deeper than {MAX_DEPTH} levels")
            raise _StopReading
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        return self._scalar(event, path)

    def _check_properties(self, event: Event) -> None:
        if event.anchor:
            self.add(_index(event), f"anchor '&{event.anchor}'; anchors are not used here: remove it")
        if event.ctag:
            self.add(_index(event), f"tag '{event.ctag}'; tags are not used here: remove it")

    def _mapping(self, events: Iterator[Event], path: KeyPath) -> Value:
        entries: dict[Key, Value] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event, events, path)
            if key is None or self._is_double(key, event, path):
                self._node(next(events), events, (*path, "?"))
                continue
            self._keys[*path, key] = self._start + _index(event)
            entries[key] = self._node(next(events), events, (*path, key))
        return entries

    def _is_double(self, key: Key, event: Event, path: KeyPath) -> bool:
        first = next((self._keys[p] for p in ((*path, key), (*path, str(key))) if p in self._keys), None)
        if first is None:
            return False
        line, _ = self._source.place(first)
        self.add(_index(event), f"duplicate key {key!r}; it is already on line {line}")
        return True

    def _key(self, event: Event, events: Iterator[Event], path: KeyPath) -> Key | None:
        """Give a key; None, with a fault, for what cannot be one."""
        if not isinstance(event, ScalarEvent):
            kind = "an alias" if isinstance(event, AliasEvent) else "a mapping or list"
            self.add(
                _index(event), f"{kind} cannot be a key; text that starts with '{{' or '[' must be in quotes"
            )
            if not isinstance(event, AliasEvent):
                self._node(event, events, (*path, "?"))
            return None
        self._check_properties(event)
        key = self._scalar(event, path)
        if isinstance(key, str):
            return key
        if isinstance(key, int) and not isinstance(key, bool) and path and path[-1] in self._integer_keys_in:
            return key
        self.add(_index(event), f"the key {event.value!r} is not text; put it in quotes")
        return None

    def _sequence(self, events: Iterator[Event], path: KeyPath) -> Value:
        items: list[Value] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._node(event, events, (*path, len(items))))
        return items

    def _scalar(self, event: Event, path: KeyPath) -> Value:
        text = str(event.value).translate(self._restore)
        if _SURROGATE.search(text):
            text = self._joined(text, event, path)
        if event.style is not None or not event.implicit[0]:
            return text
        value = _resolve(text)
        if isinstance(value, float) and not math.isfinite(value):
            self.add(_index(event), f"{text} is not a number that can be used here")
            self._gaps.add(path)
            return None
        return value

    def _joined(self, text: str, event: Event, path: KeyPath) -> str:
        """Join the halves of characters that were escaped as JSON does, in two; a half alone is a fault."""
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            half = _SURROGATE.findall(text)[0]
            self.add(_index(event), f"\\u{ord(half):04x} is half of a character; write the character itself")
            self._gaps.add(path)
            return ""


def _resolve(text: str) -> Value:
    """Give the value of a plain scalar by the core schema of YAML 1.2."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text) and len(text) <= _MAX_DIGITS:
        return int(text, 0 if text[:2] in {"0o", "0x"} else 10)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NOT_FINITE.fullmatch(text):
        return math.nan
    return text


def _index(event: Event) -> int:
    return int(event.start_mark.index)
