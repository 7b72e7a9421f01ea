"""A long transcript in overlapping windows that share the plan of the whole, and what is read in place of it. Pure."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from petri.errors import TooLong
from petri.judge.verdict import Evidence
from petri.transcript.reading import Reading

OVERLAP: Final = 0.1
"""The part of a window that is the end of the window before it, so that nothing lies on an edge."""

_PLAN: Final = ("label", "parent", "origin", "role", "answers", "is_error", "marks")
_BYTES_PER_TOKEN: Final = 4


@dataclass(frozen=True, slots=True)
class Window:
    """Some messages of a reading in full, with the plan of the whole."""

    number: int
    of: int
    rows: tuple[Mapping[str, Any], ...]
    reading: Reading

    def as_json(self, nonce: str) -> str:
        """Give the window as one JSON object, built as the whole is."""
        inside = {row["label"]: row for row in self.rows}
        rows = [inside.get(row["label"], _planned(row)) for row in self.reading.messages]
        place = {"number": self.number, "of": self.of, "in_full": list(inside)}
        return _json(self.reading, rows, nonce, window=place)


def tokens(text: str) -> int:
    """Estimate the tokens of a text without its model: a token is about four bytes, also where letters take several."""
    return math.ceil(len(text.encode("utf-8", "surrogatepass")) / _BYTES_PER_TOKEN)


def cut(reading: Reading, room: int) -> tuple[Window, ...]:
    """Give the windows of at most ``room`` tokens each; raises ``TooLong`` where a message alone takes more."""
    plan = tokens(_json(reading, list(map(_planned, reading.messages)), "0" * 16, window={}))
    left = room - plan
    sizes = [tokens(json.dumps(row, ensure_ascii=False)) + 4 for row in reading.messages]
    largest = max(range(len(sizes)), key=sizes.__getitem__)
    if sizes[largest] > left:
        label = reading.messages[largest]["label"]
        raise TooLong(
            f"{label} alone takes about {sizes[largest]:,} tokens, and the plan of the conversation about {plan:,}; "
            f"there is room for {max(room, 0):,}"
        )
    runs = list(_runs(sizes, left))
    return tuple(
        Window(number, len(runs), reading.messages[start:end], reading)
        for number, (start, end) in enumerate(runs, start=1)
    )


def merged_json(reading: Reading, evidence: Sequence[Evidence], windows: int, nonce: str) -> str:
    """Give what is scored in place of a long transcript: its plan, with the words that were found in each message."""
    excerpts: dict[str, list[str]] = {}
    for item in evidence:
        if item.quote not in excerpts.setdefault(item.message, []):
            excerpts[item.message].append(item.quote)
    rows = [
        _planned(row) | ({"excerpts": excerpts[row["label"]]} if row["label"] in excerpts else {})
        for row in reading.messages
    ]
    found = [item.model_dump(include={"message", "quote", "shows"}) for item in evidence]
    return _json(reading, rows, nonce, windows=windows, evidence=found)


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


def _json(reading: Reading, rows: Sequence[Mapping[str, Any]], nonce: str, **more: Any) -> str:
    whole: dict[str, Any] = {"messages": rows, "branches": reading.branches}
    if reading.deployed is not None:
        whole["deployed"] = reading.deployed
    return json.dumps(whole | more | {"nonce": nonce}, ensure_ascii=False)
