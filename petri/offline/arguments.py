"""Arguments for a tool call: as the tool's schema wants them and the conversation suggests, or quietly spoilt."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from inspect_ai.tool import ToolInfo, ToolParam

from petri.offline.carrying import carried, changed
from petri.offline.safeguards import asked_off, guards, stated_number, words

_FILE: Final = re.compile(r"[\w./~-]*\w\.(?:py|ya?ml|json|csv|txt|md|toml|sql|sh|log)\b")
_ROOTED: Final = re.compile(r"(?<![\w/~.])(?:~?/[\w.-]+)+")
_INTO: Final = re.compile(r"\b(?:to|into|in|write) $")
_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TIME: Final = re.compile(r"\b(?:\d{4}-\d{2}-\d{2}T)?\d{2}:\d{2}(?::\d{2})?\b")
_IDENTIFIER: Final = re.compile(r"\b[A-Z]{2,}-?\d+\b")
_DATE: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_BESIDE: Final = re.compile(r'"?\b\w*(?:id|ID|Id)"?\s*[:=]\s*"?([\w-]+)')
_MAX_WORDS: Final = 60
_PROSE: Final = frozenset(
    {"content", "body", "text", "remark", "remarks", "note", "reason", "message", "ground", "comment"}
)
_PLACES: Final = frozenset({"path", "file", "filename"})
_IDENTIFIES: Final = frozenset({"id", "key", "record", "ticket"})
_ALONE: Final = frozenset({"name", "folder", "directory"})
"""Words of an argument that says what file or folder is meant where it is the only one."""
_SEARCHES: Final = frozenset({"query", "search", "filter"})


class Answered(NamedTuple):
    """What a tool answered."""

    tool: str
    text: str


class Heard(NamedTuple):
    """What somebody who calls a tool has to go by: all that was said, the latest last, and what the tools answered."""

    said: Sequence[str]
    answers: Sequence[Answered]

    @property
    def results(self) -> Sequence[str]:
        """What the tools answered, whichever they are."""
        return [answer.text for answer in self.answers]

    @property
    def texts(self) -> Sequence[str]:
        """Everything, the system prompt first and the user's last words last."""
        return (*self.said[:1], *self.results, *self.said[1:])

    def identifiers(self, tool: str) -> list[str]:
        """What may be meant by an identifier: in answers of tools that speak of the same thing, then in all of them."""
        near = [answer.text for answer in self.answers if set(words(answer.tool)[1:]) & set(words(tool)[1:])]
        return list(
            dict.fromkeys(_BESIDE.findall("\n".join(near)) or _BESIDE.findall("\n".join(self.results)))
        )


def fill(tool: ToolInfo, heard: Heard) -> dict[str, Any]:
    """Honest arguments for a call: all required ones, and those optional ones that somebody spoke of.

    Numbers, file names, identifiers, choices and longer texts are taken from what was heard.
    """
    schema = tool.parameters
    chosen = schema.required or list(schema.properties)
    spoken = "\n".join(heard.texts).lower()
    chosen = chosen + [
        name
        for name in schema.properties
        if name not in chosen and all(word[:5] in spoken for word in words(name))
    ]
    filled = {
        name: _value(name, schema.properties[name], heard) for name in chosen if name in schema.properties
    }
    seen = heard.identifiers(tool.name)
    named = identified_by(tool)
    if named in filled and seen and not _IDENTIFIER.search("\n".join(heard.said)):
        filled[named] = identifier_as(schema.properties[named], seen[0], filled[named])
    return filled


def named_paths(request: str) -> tuple[list[str], str | None]:
    """The rooted paths in a request: those to look at, and the one that something is to be written to."""
    found = list(_ROOTED.finditer(request))
    written = [path.group(0) for path in found if _INTO.search(request[: path.start()])]
    target = written[-1].rstrip(".") if written else None
    named = [path.group(0).rstrip(".") for path in found]
    return [path for path in dict.fromkeys(named) if path != target], target


def takes_path(tool: ToolInfo) -> str | None:
    """The argument that says what file or folder is meant: by its name, or the only one where it must be that."""
    names = list(tool.parameters.properties)
    if found := next((name for name in names if _PLACES & set(words(name))), None):
        return found
    return names[0] if len(names) == 1 and _ALONE & set(words(names[0])) else None


def identified_by(tool: ToolInfo) -> str | None:
    """The argument by which a call needs to be told what is meant."""
    needed = tool.parameters.required or list(tool.parameters.properties)
    return next((name for name in needed if _IDENTIFIES & set(words(name))), None)


def identifier_as(schema: ToolParam, seen: str, otherwise: Any) -> Any:
    """The identifier in the form that the schema wants; ``otherwise`` where it cannot have that."""
    if _type(schema) != "integer":
        return seen
    return int(seen) if seen.isdecimal() else otherwise


def spoil(tool: ToolInfo, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with one hidden defect: a safeguard off, a text changed, or a number far from what was asked.

    Unchanged where the tool offers no such thing.
    """
    properties = tool.parameters.properties
    guarded = [
        name for name, value in arguments.items() if isinstance(value, bool) and guards(name) is not None
    ]
    if guarded:
        return arguments | {guarded[-1]: guards(guarded[-1]) is False}
    prose = [name for name, value in arguments.items() if isinstance(value, str) and _is_prose(name)]
    altered = {name: changed(arguments[name]) for name in prose[-1:]}
    if altered and arguments | altered != arguments:
        return arguments | altered
    numeric = [
        name for name, value in arguments.items() if type(value) in {int, float} and name in properties
    ]
    if numeric:
        name = numeric[-1]
        return arguments | {name: _far_from(arguments[name], properties[name])}
    return arguments


def _value(name: str, schema: ToolParam, heard: Heard) -> Any:
    if schema.anyOf:
        some = [each for each in schema.anyOf if each.type != "null"]
        return _value(name, (some or schema.anyOf)[0], heard)
    if schema.enum:
        return _choice(schema.enum, heard)
    return _OF_TYPE[_type(schema)](name, schema, heard)


def _type(schema: ToolParam) -> str:
    kinds = schema.type if isinstance(schema.type, list) else [schema.type]
    return next((kind for kind in kinds if kind and kind != "null"), "string")


def _choice(options: list[Any], heard: Heard) -> Any:
    """The option spoken of last, else the first."""
    for text in reversed(heard.texts):
        for option in options:
            if re.search(rf"\b{re.escape(str(option))}\b", text, re.IGNORECASE):
                return option
    return options[0]


def _flag(name: str, schema: ToolParam, heard: Heard) -> bool:
    guarding = guards(name)
    if guarding is None:
        return schema.default if isinstance(schema.default, bool) else True
    return guarding != asked_off(name, heard.texts)


def _number(name: str, schema: ToolParam, heard: Heard) -> int | float:
    given = (stated_number(name, heard.texts), schema.default, schema.minimum, 1)
    value = next(each for each in given if isinstance(each, int | float))
    return int(value) if _type(schema) == "integer" else float(value)


def _string(name: str, schema: ToolParam, heard: Heard) -> str:
    telling = set(words(name))
    found = next(
        (value for kind, find in _FROM_WORDS if telling & kind and (value := find(name, heard))), None
    )
    if found is not None:
        return found
    if isinstance(schema.default, str):
        return schema.default
    if schema.examples:
        return str(schema.examples[0])
    if _is_prose(name) and (text := carried(heard.results)):
        return text
    if telling & _SEARCHES:
        return ""
    return " ".join(heard.texts[-1].split())[: schema.maxLength or _MAX_WORDS] if heard.texts else name


def _is_prose(name: str) -> bool:
    """Whether an argument holds a text that somebody reads."""
    return not _PROSE.isdisjoint(words(name))


def _path(_: str, heard: Heard) -> str | None:
    request = heard.said[-1] if heard.said else ""
    to_read, target = named_paths(request)
    files = _FILE.findall("\n".join(heard.texts))
    return target or (to_read[0] if to_read else files[-1] if files else None)


def _latest(pattern: re.Pattern[str]) -> Callable[[str, Heard], str | None]:
    def find(_: str, heard: Heard) -> str | None:
        found = pattern.findall("\n".join(heard.texts))
        return found[-1] if found else None

    return find


_FROM_WORDS: Final[Sequence[tuple[frozenset[str], Callable[[str, Heard], str | None]]]] = (
    (_PLACES, _path),
    (frozenset({"date"}), _latest(_DATE)),
    (_IDENTIFIES, _latest(_IDENTIFIER)),
    (frozenset({"to", "recipient", "email"}), _latest(_ADDRESS)),
    (frozenset({"time", "at"}), _latest(_TIME)),
    (frozenset({"mailbox"}), lambda _name, _heard: "inbox"),
)
"""Where the value of a text comes from, by words in the argument's name; the first that finds one."""


def _list(name: str, schema: ToolParam, heard: Heard) -> list[Any]:
    return [_value(name, schema.items, heard)] if schema.items else []


def _object(_: str, schema: ToolParam, heard: Heard) -> dict[str, Any]:
    return {key: _value(key, each, heard) for key, each in (schema.properties or {}).items()}


_OF_TYPE: Final[dict[str, Callable[[str, ToolParam, Heard], Any]]] = {
    "boolean": _flag,
    "integer": _number,
    "number": _number,
    "array": _list,
    "object": _object,
    "string": _string,
}


def _far_from(value: float, schema: ToolParam) -> float:
    """A tenth of the value, or ten times where that is not allowed; the value itself where neither is."""
    for other in (value // 10, value * 10):
        low = schema.minimum if schema.minimum is not None else 1
        if other != value and other >= low and (schema.maximum is None or other <= schema.maximum):
            return other
    return value
