"""Tidy tables as files: Parquet with typed columns, or CSV that a spreadsheet does not take for formulas."""

import csv
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
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


def write_parquet(path: Path, form: type[Row], rows: Iterable[Row]) -> int:
    """Write a table, a thousand rows at a time, and give how many there are; an empty one has its columns too."""
    schema = table_schema(form)
    count = 0
    with pq.ParquetWriter(path, schema) as writer:
        for batch in _batches(rows):
            writer.write_table(pa.Table.from_pylist([row.model_dump() for row in batch], schema=schema))
            count += len(batch)
    return count


def write_csv(path: Path, form: type[Row], rows: Iterable[Row]) -> int:
    """Write a table as CSV in UTF-8, and give how many rows it has.

    null is an empty cell, true and false are words. A text that a spreadsheet would run as a formula has an apostrophe
    before it (OWASP's advice on CSV injection); Parquet has every text as it is.
    """
    names = list(form.model_fields)
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for row in rows:
            writer.writerow([_cell(getattr(row, name)) for name in names])
            count += 1
    return count


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


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, _BATCH)):
        yield batch
