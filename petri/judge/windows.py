"""A long transcript in overlapping windows that share the plan of the whole, and what is read in place of it. Pure."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from petri.errors import TooLong
from petri.judge.parts import OVERLAP, Part, parts
from petri.judge.verdict import Evidence
from petri.transcript.reading import Reading

_PLAN: Final = ("label", "parent", "origin", "role", "answers", "is_error", "marks")
_BYTES_PER_TOKEN: Final = 4


@dataclass(frozen=True, slots=True)
class Window:
    """Some messages of a reading in full, or in part where no window could hold them, with the plan of the whole."""

    number: int
    of: int
    parts: tuple[Part, ...]
    reading: Reading

    def as_json(self, nonce: str) -> str:
        """Give the window as one JSON object, built as the whole is."""
        inside = {part.row["label"]: part for part in self.parts}
        rows = (
            inside[label].row if (label := row["label"]) in inside else _planned(row)
            for row in self.reading.messages
        )
        place: dict[str, Any] = {"number": self.number, "of": self.of}
        place["in_full"] = [label for label, part in inside.items() if part.of == 1]
        if in_part := {label: f"{part.number} of {part.of}" for label, part in inside.items() if part.of > 1}:
            place["in_part"] = in_part
        return _with_rows(self.reading, rows).as_json(nonce, window=place)


def tokens(text: str) -> int:
    """Estimate the tokens of a text without its model: a token is about four bytes, also where letters take several."""
    return math.ceil(len(text.encode("utf-8", "surrogatepass")) / _BYTES_PER_TOKEN)


def cut(reading: Reading, room: int) -> tuple[Window, ...]:
    """Give the windows of at most ``room`` tokens each; a message that takes more is cut.

    Raises ``TooLong`` where the plan leaves no room for a message, nor for parts of it that could be understood.
    """
    plan = tokens(_with_rows(reading, map(_planned, reading.messages)).as_json("0" * 16, window={}))
    left = room - plan
    pieces = [part for row in reading.messages for part in _parts(row, left, plan)]
    # Two parts of a message never share a window.
    sizes = [max(_size(part.row), 0 if part.of == 1 else left // 2 + 1) for part in pieces]
    runs = list(_runs(sizes, left))
    return tuple(
        Window(number, len(runs), tuple(pieces[start:end]), reading)
        for number, (start, end) in enumerate(runs, start=1)
    )


def merged_json(reading: Reading, evidence: Sequence[Evidence], windows: int, nonce: str) -> str:
    """Give what is scored in place of a long transcript: its plan, with the words that were found in each message."""
    excerpts: dict[str, list[dict[str, str]]] = {}
    for item in dict.fromkeys(evidence):
        excerpts.setdefault(item.message, []).append({"quote": item.quote, "shows": item.shows})
    rows = (
        _planned(row) | ({"excerpts": excerpts[row["label"]]} if row["label"] in excerpts else {})
        for row in reading.messages
    )
    return _with_rows(reading, rows).as_json(nonce, windows=windows)


def _parts(row: Mapping[str, Any], left: int, plan: int) -> tuple[Part, ...]:
    """Give a message whole if it fits beside the plan, and otherwise in parts that do."""
    size = _size(row)
    if size <= left:
        return (Part(row),)
    try:
        return parts(row, left, _size)
    except TooLong as error:
        raise TooLong(
            f"{row['label']} takes about {size:,} tokens, and the plan of the conversation about {plan:,}; there is "
            f"room for {max(left + plan, 0):,}; {error}"
        ) from error


def _size(row: Mapping[str, Any]) -> int:
    return tokens(json.dumps(row, ensure_ascii=False)) + 4


def _runs(sizes: Sequence[int], room: int) -> Iterator[tuple[int, int]]:
    """Yield stretches that fit, each beginning within the one before it, if only what fits beside the next message."""
    start = 0
    while True:
        end, taken = start, 0
        while end < len(sizes) and taken + sizes[end] <= room:
            taken += sizes[end]
            end += 1
        yield start, end
        if end == len(sizes):
            return
        shared, start = 0, end
        most = min(OVERLAP * room, room - sizes[end])
        while shared + sizes[start - 1] <= most:
            start -= 1
            shared += sizes[start]


def _planned(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in _PLAN if key in row}


def _with_rows(reading: Reading, rows: Iterable[Mapping[str, Any]]) -> Reading:
    """Give the reading with other rows in the place of its messages."""
    return replace(reading, messages=tuple(rows))
