"""Labels by people: CSV or JSON lines, read strictly, every fault with its line and column."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from pydantic import Field

from petri.document.fields import Slug, StrictModel, Text
from petri.document.parse import Document, KeyPath
from petri.document.source import Source, read_source
from petri.document.validate import validate
from petri.document.wording import did_you_mean, found
from petri.errors import Fault, InvalidFile

_CELL: Final = re.compile(r'(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n|\n|\r|\Z)')
_LINE: Final = re.compile(r"[^\r\n]+")


class LabelRow(StrictModel):
    """One row of a file of labels."""

    transcript: Text
    """The id of an audit, or `run/audit`."""
    dimension: Slug
    """What was scored."""
    value: float = Field(strict=True, allow_inf_nan=False)
    """The score that was given, on the dimension's scale."""
    annotator: Text
    """Who gave it."""
    note: str = ""
    """Anything else; it is not read."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label, with the run that it names, if any, and the place of each of its parts."""

    row: LabelRow
    document: Document
    rubric: str | None = None
    """The digest of the dimensions that the annotator had before them, where it is known."""

    @property
    def run(self) -> str | None:
        """The run that the label names; None where it names an audit alone."""
        return self.row.transcript.rpartition("/")[0] or None

    @property
    def audit(self) -> str:
        """The audit's id."""
        return self.row.transcript.rpartition("/")[2]

    @property
    def line(self) -> int:
        """The line on which it starts."""
        return self.document.source.place(self.document.index(()))[0]

    def fault(self, key: str, message: str) -> Fault:
        """Give the fault of one of its parts."""
        return self.document.fault((key,), message)


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a file, and what is wrong with the others; ``faults`` are not raised before all are known."""

    path: str
    sha256: str
    labels: tuple[Label, ...]
    faults: tuple[Fault, ...]


def read_labels(path: Path) -> Labels:
    """Give the labels of a file of CSV or, by its name, of JSON lines; raises ``InvalidFile`` if it is neither."""
    source = read_source(path)
    records = _json_lines(source) if path.suffix.lower() in {".jsonl", ".ndjson"} else _csv_rows(source)
    labels: list[Label] = []
    faults: list[Fault] = []
    for record in records:
        if isinstance(record, Fault):
            faults.append(record)
            continue
        try:
            labels.append(Label(validate(record, LabelRow), record))
        except InvalidFile as error:
            faults += error.faults
    if not labels and not faults:
        faults.append(Fault(source.path, 0, 0, "holds no labels"))
    return Labels(source.path, source.sha256, tuple(labels), tuple(faults))


def _json_lines(source: Source) -> Iterator[Document | Fault]:
    for line in _LINE.finditer(source.text):
        if not line[0].strip():
            continue
        try:
            data: Any = json.loads(line[0], object_pairs_hook=_unique)
        except json.JSONDecodeError as error:
            yield source.fault(line.start() + error.pos, f"not JSON: {error.msg}")
        except (ValueError, RecursionError) as error:
            yield source.fault(line.start(), f"not JSON that can be used: {error}")
        else:
            yield _json_record(source, line, data)


def _json_record(source: Source, line: re.Match[str], data: object) -> Document | Fault:
    if not isinstance(data, dict):
        return source.fault(
            line.start(), f"each line should be one label, a JSON object, found {found(data)}"
        )
    record = cast("dict[Any, Any]", data)
    keys: dict[KeyPath, int] = {}
    values: dict[KeyPath, int] = {(): line.start()}
    for key in record:
        name = re.search(rf"{re.escape(json.dumps(key, ensure_ascii=False))}\s*:\s*", line[0])
        if name:  # else it is written with escapes, and the label as a whole is its place
            keys[key,], values[key,] = line.start() + name.start(), line.start() + name.end()
    return Document(source, record, values, keys, name="the label")


def _unique(parts: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in parts]
    double = next((key for key in keys if keys.count(key) > 1), None)
    if double is not None:
        raise ValueError(f"duplicate key {double!r}")
    return dict(parts)


def _csv_rows(source: Source) -> Iterator[Document | Fault]:
    rows = _cells(source)
    head = next(rows, None)
    if head is None or isinstance(head, Fault):
        yield head or Fault(source.path, 0, 0, "holds no labels")
        return
    names = [text.strip().lower() for _, text in head]
    faults = [*_head_faults(source, head, names)]
    if faults:
        yield from faults
        return
    for row in rows:
        if isinstance(row, Fault):
            yield row
        elif len(row) != len(names):
            message = (
                f"{len(row)} cells, where the first line names {len(names)} columns; cells end at commas"
            )
            yield source.fault(row[0][0], message)
        else:
            places: dict[KeyPath, int] = {(name,): index for name, (index, _) in zip(names, row, strict=True)}
            places[()] = row[0][0]
            data: dict[Any, Any] = {name: text.strip() for name, (_, text) in zip(names, row, strict=True)}
            data["value"] = _number(data["value"])
            yield Document(source, data, places, name="the label")


def _head_faults(source: Source, head: list[tuple[int, str]], names: list[str]) -> Iterator[Fault]:
    """Give what is wrong with the first line: without it no other line can be read."""
    known = [*LabelRow.model_fields]
    missing = [
        name for name, field in LabelRow.model_fields.items() if field.is_required() and name not in names
    ]
    if missing:
        message = f"the first line should name the columns; missing: {', '.join(missing)}"
        yield source.fault(head[0][0], message)
    if not {*names} & {*known}:
        return  # it names none, and so each of its cells would be an unknown column
    for number, (name, (index, _)) in enumerate(zip(names, head, strict=True)):
        if name not in known:
            message = f"unknown column {found(name)}{did_you_mean(name, known)}; columns: {', '.join(known)}"
            yield source.fault(index, message)
        elif name in names[:number]:
            yield source.fault(index, f"the column {name!r} is there twice")


def _cells(source: Source) -> Iterator[list[tuple[int, str]] | Fault]:
    """Yield the rows of a CSV text, each cell with its place; blank lines are none. Quotes are as in RFC 4180."""
    row: list[tuple[int, str]] = []
    index = 0
    while index < len(source.text):
        cell = _CELL.match(source.text, index)
        if cell is None:
            message = (
                "quotes that are not closed before the next comma; a quote inside quotes is written twice"
            )
            yield source.fault(index, message)
            return
        quoted, plain, end = cell.groups()
        row.append((index, plain if quoted is None else quoted.replace('""', '"')))
        index = cell.end()
        if end != "," or index == len(source.text):
            if [text.strip() for _, text in row] != [""]:
                yield row
            row = []


def _number(text: str) -> object:
    """Give the number that a cell holds, or the cell as it is."""
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def scale_fault(label: Label, low: int, high: int) -> Fault | None:
    """Give the fault of a label whose value is not on the scale."""
    if low <= label.row.value <= high:
        return None
    return label.fault(
        "value",
        f"'value' should be on the scale of {label.row.dimension!r}, from {low} to {high}, "
        f"found {label.row.value:g}",
    )
