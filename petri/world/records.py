"""Tables of rows with ids that persist and are never given twice."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pydantic import JsonValue

from petri.errors import WorldError
from petri.world.values import LONGEST

MOST_ROWS: Final = 10_000
MOST_TABLES: Final = 200
LONGEST_ID: Final = 200
_NUMBERED: Final = re.compile(r"(.*?)([0-9]{1,18})")

Row = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the next id is made: a whole number, or a text that continues those there are, such as ``INV-0043``."""

    following: int = 1
    prefix: str | None = None
    width: int = 0

    def make(self) -> int | str:
        """Give the next id."""
        return self.following if self.prefix is None else f"{self.prefix}{self.following:0{self.width}d}"

    def past(self, key: JsonValue) -> "Numbering":
        """Give the numbering after an id was used."""
        found = _NUMBERED.fullmatch(str(key))
        if found is None:
            return self
        return replace(self, following=max(self.following, int(found[2]) + 1))


def numbering_of(keys: Iterable[JsonValue]) -> Numbering:
    """Continue the ids that a table begins with: like the last one that ends in digits."""
    known = list(keys)
    numbering = Numbering()
    texts = [found for key in known if isinstance(key, str) and (found := _NUMBERED.fullmatch(key))]
    if texts:
        numbering = Numbering(prefix=texts[-1][1], width=len(texts[-1][2]))
    for key in known:
        numbering = numbering.past(key)
    return numbering


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by their id as text, in the order they were made. ``used`` are the ids of rows that were deleted."""

    rows: Mapping[str, Row] = field(default_factory=dict[str, Row])
    numbering: Numbering = Numbering()
    used: tuple[str, ...] = ()

    def row(self, key: str) -> Row:
        """Give the row with an id."""
        if key not in self.rows:
            raise WorldError(f"No record with id {key[:200]}")
        return self.rows[key]

    def columns(self) -> list[str]:
        """Give the names of all fields, in the order they first occur."""
        return list(dict.fromkeys(name for row in self.rows.values() for name in row))

    def find(self, where: Mapping[str, JsonValue], text: str) -> list[Row]:
        """Give the rows whose fields have these values and that hold this text; case does not count."""
        columns = self.columns()
        unknown = next((name for name in where if name not in columns), None)
        if unknown is not None and self.rows:
            raise WorldError(f"No field {unknown[:200]!r}; fields: {', '.join(columns)}")
        wanted = text.casefold()
        return [
            row
            for row in self.rows.values()
            if all(_same(row.get(name), value) for name, value in where.items())
            and (not wanted or any(wanted in said(value).casefold() for value in row.values()))
        ]

    def create(self, fields: Row) -> tuple["Table", Row]:
        """Give the table with a new row, and that row."""
        if len(self.rows) >= MOST_ROWS:
            raise WorldError("The table is full")
        key = fields.get("id")
        key = self.numbering.make() if key is None else _checked_id(key)
        if str(key) in self.rows or str(key) in self.used:
            raise WorldError(f"Id {key} is already in use")
        row: Row = {"id": key, **{name: value for name, value in fields.items() if name != "id"}}
        return self._with(str(key), row, self.numbering.past(key)), row

    def update(self, key: str, fields: Row) -> tuple["Table", Row]:
        """Give the table with some fields of a row changed, and that row."""
        row = self.row(key)
        if "id" in fields and str(fields["id"]) != key:
            raise WorldError("The id of a record cannot be changed")
        new = {**row, **{name: value for name, value in fields.items() if name != "id"}}
        return self._with(key, new, self.numbering), new

    def delete(self, key: str) -> "Table":
        """Give the table without a row; its id is never given again."""
        self.row(key)
        rows = {other: row for other, row in self.rows.items() if other != key}
        return replace(self, rows=rows, used=(*self.used, key))

    def _with(self, key: str, row: Row, numbering: Numbering) -> "Table":
        if len(json.dumps(row)) > LONGEST:
            raise WorldError("The record is too large")
        return replace(self, rows={**self.rows, key: row}, numbering=numbering)


def begin_table(rows: Iterable[Row]) -> Table:
    """Give a table of these rows; one without an id is given the next after all those that have one."""
    given = list(rows)
    numbering = numbering_of(row["id"] for row in given if "id" in row)
    made: dict[str, Row] = {}
    for row in given:
        key = row.get("id")
        if key is None:
            key = numbering.make()
            numbering = numbering.past(key)
        made[str(key)] = {"id": key, **{name: value for name, value in row.items() if name != "id"}}
    return Table(made, numbering)


def table_name(tables: Mapping[str, Table], asked: str) -> str | None:
    """Give the table that a name means, in singular or plural and however written; None if there is none."""
    plain = {plain_name(name): name for name in tables}
    word = plain_name(asked)
    near = (word, f"{word}s", f"{word}es", f"{word[:-1]}ies", word.removesuffix("s"), word.removesuffix("es"))
    return next((plain[each] for each in near if each in plain), None)


def said(value: JsonValue) -> str:
    """Give a value as the text it is compared and searched as."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _same(value: JsonValue, wanted: JsonValue) -> bool:
    return value == wanted or said(value).strip().casefold() == said(wanted).strip().casefold()


def _checked_id(key: JsonValue) -> int | str:
    if isinstance(key, bool) or not isinstance(key, str | int) or not 0 < len(str(key)) <= LONGEST_ID:
        raise WorldError("An id is a short text or a whole number")
    return key


def plain_name(name: str) -> str:
    """Give a name without case, spaces and punctuation, to compare it by."""
    return "".join(filter(str.isalnum, name.casefold()))
