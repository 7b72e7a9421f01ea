"""The lists, put together from the index: JSON text is passed on as it is wherever that is possible."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from petri.viewer.discovery import Found
from petri.viewer.index import Index, IndexedRun

_STAMP: Final = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z")

_NOTHING: Final = json.dumps(
    {"run": None, "dimensions": {}, "targets": {}}
    | dict.fromkeys(("breaches", "undecided", "judge_cards"), ())
    | {"usage": {}, "settings": {}}
)
"""``RunDetail``, but for the row, of a run that was not read."""

Row = dict[str, Any]


def run_rows(found: Mapping[str, Found], known: Mapping[str, IndexedRun]) -> list[Row]:
    """Give ``RunRow`` of each run, newest first."""
    folders = {one.filed.folder: key for key, one in reversed([*found.items()])}
    sets: dict[str, list[Found]] = {}
    for one in found.values():
        if one.of is not None and one.of in folders:
            sets.setdefault(folders[one.of], []).append(one)
    rows = [_run_row(one, known.get(key), folders, sets.get(key, ())) for key, one in found.items()]
    return sorted(rows, key=lambda row: (row["started"] or _stamp(row["id"]), row["id"]), reverse=True)


def run_detail(row: Row, index: Index) -> str:
    """Give ``RunDetail`` as JSON text; without numbers where nothing was read."""
    stored = index.detail(row["key"])
    head = f'{{"row":{json.dumps(row)}'
    if stored is None:
        return f"{head},{_NOTHING[1:]}"
    return f"{head},{stored[0][1:]}"


def audit_list(runs: Sequence[str], index: Index) -> str:
    """Give ``AuditList`` of these runs as JSON text."""
    stored = [(index.detail(run), index.rows(run)) for run in runs]
    lists = [(json.loads(detail[1]), rows) for detail, rows in stored if detail is not None]
    columns = _columns([dimensions for dimensions, _ in lists])
    texts = [_text(dimensions, list(columns), rows) for dimensions, rows in lists]
    return f'{{"dimensions":{json.dumps([*columns.values()])},"audits":[{",".join(filter(None, texts))}]}}'


def _run_row(one: Found, known: IndexedRun | None, folders: Mapping[Path, str], sets: Sequence[Found]) -> Row:
    row = known.row if known is not None and known.row is not None else _bare(one, known)
    if one.running and row["status"] not in {"reading", "unreadable"}:
        row = row | {"status": "running", "finished": None}
    return row | {
        "of": None if one.of is None else folders.get(one.of),
        "verdicts": [{"key": each.filed.key, "name": each.filed.folder.name} for each in sets],
    }


def _bare(one: Found, known: IndexedRun | None) -> Row:
    """Give the row of a run that was not read yet, or cannot be."""
    unreadable = known is not None and known.state == "unreadable"
    return {
        "key": one.filed.key,
        "id": one.filed.id,
        "status": "unreadable" if unreadable else "reading",
        "started": None,
        "finished": None,
        "models": None,
        "files": [],
        "counts": None,
        "unscored": {},
        "hits": None,
        "cost_usd": None,
        "breaches": 0,
        "error": known.faults[0] if known is not None and known.faults else None,
    }


def _stamp(name: str) -> str:
    """Give when a run was started, which its id begins with; else what sorts after all."""
    found = _STAMP.match(name)
    return "" if found is None else "{}-{}-{}T{}:{}:{}Z".format(*found.groups())


def _columns(lists: Sequence[Sequence[Row]]) -> dict[str, Row]:
    """Give each dimension once, by what it is; of one name on two scales each, and no threshold where there are two."""
    found: dict[str, Row] = {}
    for dimension in (dimension for dimensions in lists for dimension in dimensions):
        known = found.setdefault(_meaning(dimension), dimension)
        if known["threshold"] != dimension["threshold"]:
            found[_meaning(dimension)] = known | {"threshold": None}
    named: Counter[str] = Counter()
    for key, dimension in found.items():
        named[dimension["name"]] += 1
        if named[dimension["name"]] > 1:
            found[key] = dimension | {"name": f"{dimension['name']} ({named[dimension['name']]})"}
    return found


def _meaning(dimension: Row) -> str:
    return json.dumps([dimension["name"], dimension["scale"]], sort_keys=True)


def _text(dimensions: Sequence[Row], columns: Sequence[str], rows: Sequence[str]) -> str:
    """Give a run's rows as JSON text, the scores in the places of all columns."""
    places = [columns.index(_meaning(dimension)) for dimension in dimensions]
    if places == [*range(len(columns))]:
        return ",".join(rows)
    return ",".join(json.dumps(_moved(json.loads(row), places, len(columns))) for row in rows)


def _moved(row: Row, places: Sequence[int], columns: int) -> Row:
    scores: list[object] = [None] * columns
    for place, score in zip(places, row["scores"], strict=True):
        scores[place] = score
    at: int | None = row["worst"]
    return row | {
        "scores": scores,
        "worst": None if at is None else places[at],
        "hits": [places[hit] for hit in row["hits"]],
    }
