"""Tidy tables as files: Parquet with typed columns, or CSV that a spreadsheet does not take for formulas."""

import csv
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from petri.analysis.tables import Row

_BATCH: Final = 1000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
_TYPES: Final[dict[type, Callable[[], pa.DataType]]] = {
    bool: pa.bool_,
    int: pa.int64,
    float: pa.float64,
    str: pa.string,
}


Add = Callable[[Row], None]
"""Takes a row of a table that is being written."""


@contextmanager
def parquet_file(path: Path, form: type[Row]) -> Generator[Add]:
    """Give what takes the rows of a table, and writes a thousand at a time; an empty one has its columns too."""
    schema = table_schema(form)
    waiting: list[Row] = []
    with pq.ParquetWriter(path, schema) as writer:

        def write() -> None:
            writer.write_table(pa.Table.from_pylist([row.model_dump() for row in waiting], schema=schema))
            waiting.clear()

        def add(row: Row) -> None:
            waiting.append(row)
            if len(waiting) == _BATCH:
                write()

        yield add
        if waiting:
            write()


@contextmanager
def csv_file(path: Path, form: type[Row]) -> Generator[Add]:
    """Give what takes the rows of a table, and writes them as CSV in UTF-8.

    null is an empty cell, true and false are words. A text that a spreadsheet would run as a formula has an apostrophe
    before it (OWASP's advice on CSV injection); Parquet has every text as it is.
    """
    names = list(form.model_fields)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)

        def add(row: Row) -> None:
            writer.writerow([_cell(getattr(row, name)) for name in names])

        yield add


def table_schema(form: type[Row]) -> pa.Schema:
    """Give the columns of a table: their types, and what they mean as the fields' metadata."""
    return pa.schema(
        [
            pa.field(name, _kind(field.annotation), metadata={"about": field.description or ""})
            for name, field in form.model_fields.items()
        ]
    )


def _kind(annotation: Any) -> pa.DataType:
    """Give the type of a column; the words of a Literal are texts, and null is in every type."""
    choices = get_args(annotation) or (annotation,)
    return next((_TYPES[choice] for choice in choices if choice in _TYPES), pa.string)()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # A NUL ends a text for many readers of CSV.
        text = value.replace("\x00", "\ufffd")
        return f"'{text}" if text.startswith(_FORMULA) else text
    return repr(value)
