"""Seeds as other tools keep them: folders of Markdown, lists, tables. What is read is data, whatever it says.

Petri 3 has a folder of Markdown files with front matter; Petri 2 lists of texts, as JSON, as lines or as a list written
in Python, of which only literals are read; Bloom a folder with BEHAVIOR.md and scenarios/seeds/*.md.
"""

import ast
import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from petri.document.parse import parse_document
from petri.document.source import Source, read_source
from petri.errors import Fault, InvalidFile, UsageError

BEHAVIOUR: Final = "BEHAVIOR.md"
_SEEDS: Final = ("scenarios", "seeds")
_FRONT_MATTER: Final = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_CONTENT: Final = re.compile(r"^[ \t]*[^#\s]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Item:
    """One seed as it was found: where, under which name, and all that was said of it; ``fields`` may hold anything."""

    origin: str
    name: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Collection:
    """Seeds that were found together, and what is said of them all."""

    items: Sequence[Item]
    description: str = ""
    shared: Mapping[str, Any] = field(default_factory=dict[str, Any])


def read_collection(path: Path) -> Collection:
    """Give the seeds of a file or folder; raises ``UsageError`` for what holds none, ``InvalidFile`` for faults."""
    if path.is_dir():
        return _bloom(path) if (path / BEHAVIOUR).is_file() else Collection(tuple(_markdown_files(path)))
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        kinds = ", ".join(_READERS)
        raise UsageError(f"{path} cannot be brought in; give a folder of Markdown seeds, or a file ({kinds})")
    return Collection(tuple(reader(read_source(path))))


def _bloom(folder: Path) -> Collection:
    source = read_source(folder / BEHAVIOUR)
    front, body = _parted(source)
    seeds = folder.joinpath(*_SEEDS)
    if not seeds.is_dir():
        raise UsageError(
            f"{folder} has a {BEHAVIOUR} and no {'/'.join(_SEEDS)}; there is nothing to bring in"
        )
    return Collection(tuple(_markdown_files(seeds)), body, front)


def _markdown_files(folder: Path) -> Iterator[Item]:
    """Yield the Markdown files of a folder, not of those in it; a readme is no seed."""
    paths = [path for path in sorted(folder.glob("*.md")) if path.stem.lower() not in {"readme", "behavior"}]
    if not paths:
        raise UsageError(f"{folder} holds no Markdown file; there is nothing to bring in")
    for path in paths:
        yield from _markdown(read_source(path))


def _markdown(source: Source) -> Iterator[Item]:
    front, body = _parted(source)
    yield Item(source.path, Path(source.path).stem, {**front, "seed": body})


def _parted(source: Source) -> tuple[dict[str, Any], str]:
    """Give the front matter as data, and the text below it."""
    block = _FRONT_MATTER.match(source.text)
    if block is None or not _CONTENT.search(block[1]):
        return {}, source.text[block.end() if block else 0 :].strip()
    document = parse_document(source, start=block.start(1), end=block.end(1), name="the front matter")
    if document.faults:
        raise InvalidFile(document.faults)
    if not isinstance(document.data, dict):
        raise InvalidFile([source.fault(block.start(1), "the front matter should be a mapping")])
    return {str(key): value for key, value in document.data.items()}, source.text[block.end() :].strip()


def _plain_lines(source: Source) -> Iterator[Item]:
    stem = Path(source.path).stem
    for number, line in enumerate(source.text.splitlines(), start=1):
        if line.strip():
            yield Item(f"{source.path}:{number}", f"{stem}-{number}", {"seed": line.strip()})


def _json(source: Source) -> Iterator[Item]:
    try:
        data: Any = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        raise InvalidFile([Fault(source.path, 0, 0, f"not JSON that can be used: {error}")]) from error
    yield from _listed(source, data)


def _json_lines(source: Source) -> Iterator[Item]:
    for number, line in enumerate(source.text.splitlines(), start=1):
        if line.strip():
            try:
                data: Any = json.loads(line)
            except (ValueError, RecursionError) as error:
                fault = Fault(source.path, number, 1, f"not JSON that can be used: {error}")
                raise InvalidFile([fault]) from error
            yield _item(source, data, number)


def _python(source: Source) -> Iterator[Item]:
    """Read the first list in a Python file that holds nothing but literals; nothing of the file is run."""
    try:
        tree = ast.parse(source.text)
        values = [getattr(node, "value", None) for node in tree.body]
        lists = [value for value in values if isinstance(value, ast.List | ast.Tuple)]
        data: Any = ast.literal_eval(lists[0]) if lists else None
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        message = f"no list of plain texts: {error}; Python is read here, not run"
        raise InvalidFile([Fault(source.path, 0, 0, message)]) from error
    yield from _listed(source, data)


def _table(source: Source) -> Iterator[Item]:
    rows = csv.DictReader(io.StringIO(source.text, newline=""))
    try:
        for row in rows:
            named = {key: value for key, value in row.items() if key is not None and value not in {None, ""}}
            yield _item(source, named, rows.line_num)
    except csv.Error as error:
        fault = Fault(source.path, rows.line_num, 1, f"not CSV that can be used: {error}")
        raise InvalidFile([fault]) from error


def _listed(source: Source, data: Any) -> Iterator[Item]:
    if not isinstance(data, list | tuple):
        raise InvalidFile([Fault(source.path, 0, 0, "should be a list of texts, or of mappings with a text")])
    for number, each in enumerate(cast("Sequence[Any]", data), start=1):
        yield _item(source, each, number)


def _item(source: Source, data: Any, number: int) -> Item:
    origin, name = f"{source.path}:{number}", f"{Path(source.path).stem}-{number}"
    if isinstance(data, str):
        return Item(origin, name, {"seed": data})
    if not isinstance(data, dict):
        raise InvalidFile([Fault(source.path, number, 1, "should be a text, or a mapping with one")])
    fields = {str(key): value for key, value in cast("dict[Any, Any]", data).items()}
    inner = fields.get("metadata")
    if isinstance(inner, dict):
        del fields["metadata"]
        fields = {str(key): value for key, value in cast("dict[Any, Any]", inner).items()} | fields
    return Item(origin, name, fields)


_READERS: Final[Mapping[str, Callable[[Source], Iterator[Item]]]] = {
    ".md": _markdown,
    ".txt": _plain_lines,
    ".json": _json,
    ".jsonl": _json_lines,
    ".csv": _table,
    ".py": _python,
}
