"""A transcript as the page shows it, without secrets: quotes still lead to the words that they quote."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from petri.viewer.cleaning import Cleaned, Cleaner

JsonObject = dict[str, Any]
Where = tuple[str, int]
"""A message's label, and which of its pieces."""


def clean_view(view: JsonObject, cleaner: Cleaner) -> JsonObject:
    """Give the JSON of a ``TranscriptView`` cleaned, the places of its quotes moved along with their words."""
    # What crosses as JSON text is cleaned as data, or what is cut might take a quotation mark along.
    cleaned = _clean(_turned(view, json.loads), cleaner)
    return _turned(cleaned, lambda data: json.dumps(data, ensure_ascii=False))


def _clean(view: JsonObject, cleaner: Cleaner) -> JsonObject:
    changed: dict[Where, Cleaned] = {}
    messages = [_message(message, cleaner, changed) for message in view["messages"]]
    rest = cleaner.data({name: value for name, value in view.items() if name != "messages"})
    if view["state"] == "error" and rest["reason"] is not None:  # then it is an error's message
        rest["reason"] = cleaner.ours(rest["reason"])
    cleaned = {name: messages if name == "messages" else rest[name] for name in view}
    for quote in _quotes(cleaned):
        _move(quote, changed)
    return cleaned


def _turned(view: JsonObject, turn: Callable[[Any], Any]) -> JsonObject:
    """Give a view with each of its texts that are JSON turned."""

    def calling(message: JsonObject) -> JsonObject:
        return message | {
            "calls": [call | {"arguments": turn(call["arguments"])} for call in message["calls"]]
        }

    return view | {
        "messages": [calling(message) for message in view["messages"]],
        "toolsets": [
            [tool | {"parameters": turn(tool["parameters"])} for tool in tools] for tools in view["toolsets"]
        ],
        "auditor": [calling(message) for message in view["auditor"]],
        "world": [record | {"arguments": turn(record["arguments"])} for record in view["world"]],
    }


def _message(message: JsonObject, cleaner: Cleaner, changed: dict[Where, Cleaned]) -> JsonObject:
    pieces: list[JsonObject] = []
    for number, piece in enumerate(message["pieces"]):
        cleaned = cleaner.traced(piece["text"])
        if cleaned.cuts:
            changed[message["label"], number] = cleaned
        pieces.append(piece | {"text": cleaned.text})
    rest = {name: value for name, value in message.items() if name != "pieces"}
    cleaned_rest = cleaner.data(rest, "said")
    return {name: pieces if name == "pieces" else cleaned_rest[name] for name in message}


def _quotes(view: JsonObject) -> Iterator[JsonObject]:
    for verdicts in view["verdicts"]:
        for judge in verdicts["judges"]:
            yield from judge["evidence"]
            for dimension in judge["dimensions"]:
                yield from dimension["quotes"]


def _move(quote: JsonObject, changed: Mapping[Where, Cleaned]) -> None:
    place = quote["place"]
    if place is not None and (cleaned := changed.get((quote["message"], place["piece"]))) is not None:
        start, end = cleaned.place(place["start"], place["end"])
        quote["place"] = {"piece": place["piece"], "start": start, "end": end}
