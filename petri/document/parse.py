"""YAML as plain data, with the position of every key and value, and every fault up to where the parser must stop.

YAML 1.2 core schema: `no`, `off`, `1:30` and dates are text. Aliases, anchors, tags, duplicate keys and second
documents are faults, so a small file cannot grow and nothing is lost silently.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from petri.document.events import Event, UnreadableYAML, read_events
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


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says (``data``), where it says it, and what is wrong with it as YAML.

    ``values`` and ``keys`` give the index in the source's text for a path of keys. ``gaps`` are the paths whose value
    could not be taken from the file; ``readable`` is False where the parser could not go on to the end. ``name`` is
    what faults call the whole.
    """

    source: Source
    data: Value
    values: Mapping[KeyPath, int]
    keys: Mapping[KeyPath, int] = field(default_factory=dict[KeyPath, int])
    faults: tuple[Fault, ...] = ()
    gaps: frozenset[KeyPath] = frozenset()
    readable: bool = True
    name: str = "the file"

    def with_data(self, data: Any) -> "Document":
        """Give the same document with this as its data."""
        return replace(self, data=data)

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


@lru_cache(maxsize=128)  # rubrics are named by many files; a document is never changed
def parse_document(
    source: Source,
    *,
    start: int = 0,
    end: int | None = None,
    integer_keys_in: frozenset[str] = frozenset(),
    name: str = "the file",
) -> Document:
    """Give the YAML between two indices of a source. Mappings under ``integer_keys_in`` may have whole-number keys."""
    reading = _Reading(source, start, integer_keys_in, name)
    try:
        reading.document(read_events(source.text[start:end]))
    except UnreadableYAML as error:
        last = (error.index, str(error))
    except _StopReading as stop:
        last = (stop.index, str(stop))
    else:
        last = None
    return reading.result(last)


class _StopReading(Exception):
    """A fault after which the rest of the file is not read."""

    def __init__(self, index: int, message: str) -> None:
        self.index = index
        super().__init__(message)


class _Reading:
    """One pass over the parser's events."""

    def __init__(self, source: Source, start: int, integer_keys_in: frozenset[str], name: str) -> None:
        self._source = source
        self._start = start
        self._integer_keys_in = integer_keys_in
        self._name = name
        self._data: Value = None
        self._values: dict[KeyPath, int] = {}
        self._keys: dict[KeyPath, int] = {}
        self._faults: list[Fault] = []
        self._gaps: set[KeyPath] = set()

    def add(self, index: int, message: str) -> None:
        """Note a fault; after very many, the rest is not worth reading."""
        if len(self._faults) >= MAX_FAULTS:
            raise _StopReading(index, "too many faults; the rest is not shown")
        self._faults.append(self._source.fault(self._start + index, message))

    def result(self, last: tuple[int, str] | None = None) -> Document:
        """Give what was read; with a last fault, what came before it is no whole and has no data."""
        if last is not None:
            index, message = last
            self._faults.append(self._source.fault(self._start + index, message))
        return Document(
            source=self._source,
            data=self._data if last is None else None,
            values=self._values,
            keys=self._keys,
            faults=tuple(self._faults),
            gaps=frozenset(self._gaps),
            readable=last is None,
            name=self._name,
        )

    def document(self, events: Iterator[Event]) -> None:
        """Read the first document; an empty file and a second document are faults."""
        documents = 0
        for event in events:
            if event.kind == "document":
                documents += 1
                if documents > 1:
                    message = "a second document starts here; a file holds one (remove the '---')"
                    raise _StopReading(event.index, message)
            else:
                self._data = self._node(event, events, ())
        if not documents or (self._data is None and not self._gaps):
            raise _StopReading(0, f"{self._name} is empty")

    def _node(self, event: Event, events: Iterator[Event], path: KeyPath) -> Value:
        self._values[path] = self._start + event.index
        if event.kind == "alias":
            self.add(event.index, f"alias '*{event.anchor}'; write the value out again")
            self._gaps.add(path)
            return None
        self._check_properties(event)
        if len(path) > MAX_DEPTH:
            raise _StopReading(event.index, f"nested deeper than {MAX_DEPTH} levels")
        if event.kind == "mapping":
            return self._mapping(events, path)
        if event.kind == "sequence":
            return self._sequence(events, path)
        return self._scalar(event, path)

    def _check_properties(self, event: Event) -> None:
        if event.anchor:
            self.add(event.index, f"anchor '&{event.anchor}'; anchors are not used here: remove it")
        if event.tag:
            self.add(event.index, f"tag '{event.tag}'; tags are not used here: remove it")

    def _mapping(self, events: Iterator[Event], path: KeyPath) -> Value:
        entries: dict[Key, Value] = {}
        first: dict[str, int] = {}
        for event in events:
            if event.kind == "end":
                break
            key = self._key(event, events, path)
            if key is None:
                self._skip(next(events), events, path)
            elif str(key) in first:  # 1 and "1" would be one key to whoever reads them
                line, _ = self._source.place(first[str(key)])
                self.add(event.index, f"duplicate key {key!r}; it is already on line {line}")
                self._skip(next(events), events, path)
            else:
                first[str(key)] = self._keys[*path, key] = self._start + event.index
                value = next(events)
                entries[key] = self._node(value, events, (*path, key))
                if value.plain and not value.value:  # the parser puts nothing where the next thing starts
                    self._values[*path, key] = self._start + event.index
        return entries

    def _key(self, event: Event, events: Iterator[Event], path: KeyPath) -> Key | None:
        """Give a key; None, with a fault, for what cannot be one."""
        if event.kind != "scalar":
            self.add(
                event.index, "only text can be a key here; text that starts with '{' or '[' must be in quotes"
            )
            self._skip(event, events, path)
            return None
        self._check_properties(event)
        key = self._scalar(event, path)
        if isinstance(key, str):
            return key
        if isinstance(key, int) and not isinstance(key, bool) and path and path[-1] in self._integer_keys_in:
            return key
        self.add(event.index, f"the key {event.value!r} is not text; put it in quotes")
        return None

    def _skip(self, event: Event, events: Iterator[Event], path: KeyPath) -> None:
        """Read what is dropped, for its faults, under a path that nothing else has."""
        self._node(event, events, (*path, f"? {event.index}"))

    def _sequence(self, events: Iterator[Event], path: KeyPath) -> Value:
        items: list[Value] = []
        for event in events:
            if event.kind == "end":
                break
            items.append(self._node(event, events, (*path, len(items))))
        return items

    def _scalar(self, event: Event, path: KeyPath) -> Value:
        text = event.value
        if _SURROGATE.search(text):
            text = self._joined(text, event, path)
        if not event.plain:
            return text
        value = _resolve(text)
        if isinstance(value, float) and not math.isfinite(value):
            self.add(event.index, f"{text} is not a number that can be used here")
            self._gaps.add(path)
            return None
        return value

    def _joined(self, text: str, event: Event, path: KeyPath) -> str:
        """Join the halves of characters that were escaped as JSON does, in two; a half alone is a fault."""
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            half = _SURROGATE.findall(text)[0]
            self.add(event.index, f"\\u{ord(half):04x} is half of a character; write the character itself")
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
