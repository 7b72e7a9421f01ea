"""A reply in the text protocol, read: the calls it makes, and the words around them. Pure.

A call is a JSON object that begins a line: ``{"tool": "look", "arguments": {"path": "a"}}``. The JSON itself says where
it ends, so that a string may hold anything, fences included. What is read beside that form is what small models write
instead of it and what can mean one thing only:

- a fence or ``<tool_call>`` tag of another name around it, one that is never closed, or none at all;
- several objects in one fence, or a list of them;
- ``name`` or ``function`` for ``tool``, ``parameters`` for ``arguments``, no arguments for a tool that needs none;
- line breaks and tabs that stand unescaped in a string.

Everything else is a fault, which costs one more reply and guesses nothing: trailing commas, single quotes and comments
(reading them takes a parser of another language), a key given twice (one value would be lost), unknown keys (they may
be arguments, or not), arguments that are a string.

Whether something is meant as a call at all is decided before it is read: it stands in a block that only calls stand in,
or it begins by naming a tool that exists. All other JSON is ordinary text; a target may be asked for JSON.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from inspect_ai.tool import ToolCall, ToolInfo

_NAME_KEYS: Final = ("tool", "name", "function")
_ARGUMENT_KEYS: Final = ("arguments", "parameters")
_UNNAMED: Final = "unreadable"
"""What a call that cannot be read calls, where it does not say."""

# Possessive (`*+`), so that no text takes time that is more than linear in its length.
_START: Final = re.compile(
    r"""^[ \t]*+
    (?: (?P<marked> `{3,}+[ \t]*+(?:tools?|tool_calls?|tool_code|function_calls?)\b | <tool_calls?> ) \s*+
      | (?P<fence> `{3,}+[ \t]*+\w*+\s*+ )?+ (?= (?: \[\s*+ )?+ \{ ) )
    (?= (?: (?: \[\s*+ )?+ \{\s*+ "(?P<key>tool|name|function)"\s*+:\s*+"(?P<name>[^"\\\n]*+)" )? )
    """,
    re.MULTILINE | re.VERBOSE,
)
_MORE: Final = re.compile(r"[\s,]*+(?=[\[{])")
_CLOSE: Final = re.compile(r"\s*+(?:`{3,}+(?!\w)|</tool_calls?>)")
_NEXT_BLOCK: Final = re.compile(r"^[ \t]*+`{3,}+(?:(?=[ \t]*+\w)|.*+\n?+)|</tool_calls?>", re.MULTILINE)

_DEEPEST: Final = 100
"""Levels of nesting; Inspect takes no more in a call."""
_LONGEST_NAME: Final = 64
_LONGEST_FAULT: Final = 300
_MOST_BROKEN: Final = 1000
"""Blocks that are not JSON, after which the rest of a reply is not looked at: each may be as long as the reply."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A reply: its text, and its calls in order.

    A call that cannot be read has a ``parse_error``, no arguments, and its words stay in the text: nothing that a model
    said is lost.
    """

    text: str
    calls: tuple[ToolCall, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with the calls that cannot be read: what, where, and what would be right."""
        return tuple(call.parse_error for call in self.calls if call.parse_error)


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of the reply that makes calls, or tries to: ``fault`` says why it fails."""

    start: int
    end: int
    calls: tuple[tuple[str, dict[str, Any]], ...]
    fault: str | None = None


def parse_reply(reply: str, tools: Sequence[ToolInfo], ids: str) -> Parsed:
    """Give what a reply says and calls; the ids of its calls are ``<ids>_1`` and so on."""
    calls: list[ToolCall] = []
    words: list[str] = []
    at = 0
    for block in _blocks(reply, frozenset(tool.name for tool in tools)):
        for name, arguments in block.calls:
            calls.append(ToolCall(f"{ids}_{len(calls) + 1}", name, arguments, parse_error=block.fault))
        if block.fault is None:
            words.append(reply[at : block.start])
            at = block.end
    if at == 0:
        return Parsed(reply, tuple(calls))
    words.append(reply[at:])
    return Parsed("\n\n".join(filter(None, map(str.strip, words))), tuple(calls))


def _blocks(reply: str, names: frozenset[str]) -> Iterator[_Block]:
    """Yield the parts of a reply that make calls, in order."""
    at = broken = 0
    while broken < _MOST_BROKEN and (found := _START.search(reply, at)):
        meant = found["marked"] is not None or found["name"] in names
        at = found.end() + 1
        try:
            values, end = _values(reply, found)
            at = max(at, end)  # what is no call is passed over whole: nothing inside it is one
            if values and (meant or found["key"] == "tool"):
                yield _Block(found.start(), end, tuple(map(_call, values)))
        except (ValueError, RecursionError) as error:
            broken += 1
            if meant:
                block = _broken(reply, found, error)
                at = max(at, block.end)
                yield block


def _values(reply: str, found: re.Match[str]) -> tuple[list[object], int]:
    """Give the JSON values that begin here, and where they end, a fence included; lists are their items."""
    fenced = bool(found["marked"] or found["fence"])
    value, end = _DECODER.raw_decode(reply, found.end())
    values = [value]
    while fenced and (more := _MORE.match(reply, end)):
        value, end = _DECODER.raw_decode(reply, more.end())
        values.append(value)
    if fenced and (close := _CLOSE.match(reply, end)):
        end = close.end()
    return list(_flat(values)), end


def _broken(reply: str, found: re.Match[str], error: ValueError | RecursionError) -> _Block:
    """Give a block that cannot be read, up to the next fence: what, where, and what would be right."""
    line, column = reply.count("\n", 0, found.end()) + 1, None
    what = str(error)
    if isinstance(error, json.JSONDecodeError):
        line, column = error.lineno, error.colno
        what = f"not JSON: {error.msg}"
    elif isinstance(error, RecursionError):
        what = f"nested deeper than {_DEEPEST} levels"
    name = (found["name"] or _UNNAMED)[:_LONGEST_NAME]
    where = f"line {line}" if column is None else f"line {line}, column {column}"
    form = json.dumps({"tool": name if found["name"] else "NAME", "arguments": {"ARGUMENT": "VALUE"}})
    end = _NEXT_BLOCK.search(reply, found.end())
    fault = f"{where}: {what[:_LONGEST_FAULT]}; a call is one JSON object such as {form}"
    return _Block(found.start(), end.end() if end else len(reply), ((name, {}),), fault)


def _flat(values: Iterable[object]) -> Iterator[object]:
    for value in values:
        yield from cast("list[object]", value) if isinstance(value, list) else (value,)


def _call(value: object) -> tuple[str, dict[str, Any]]:
    """Give the name and arguments of a call, or raise ``ValueError`` saying why this is none."""
    if not isinstance(value, dict):
        raise ValueError(f"{json.dumps(value)[:80]} is not an object")  # noqa: TRY004 -- a fault in JSON, not in Python
    data = cast("dict[str, Any]", value)
    named = [key for key in _NAME_KEYS if key in data]
    given = [key for key in _ARGUMENT_KEYS if key in data]
    if len(named) != 1 or len(given) > 1:
        raise ValueError(f'the keys are {", ".join(data) or "missing"} instead of "tool" and "arguments"')
    if unknown := [key for key in data if key not in (*named, *given)]:
        raise ValueError(f'what the tool takes stands inside "arguments", and {", ".join(unknown)} does not')
    name: Any = data[named[0]]
    arguments: Any = data[given[0]] if given else {}
    if not isinstance(name, str) or not name:
        raise ValueError(f'"{named[0]}" is not the name of a tool')
    if not isinstance(arguments, dict):
        raise ValueError(f'"{given[0]}" of {name!r} is not an object')  # noqa: TRY004 -- as above
    _require_shallow(cast("object", arguments))
    return name, cast("dict[str, Any]", arguments)


def _require_shallow(arguments: object) -> None:
    level: list[object] = [arguments]
    for _ in range(_DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
    if level:
        raise RecursionError


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return cast("dict[str, object]", value).values()
    return cast("list[object]", value) if isinstance(value, list) else ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Give a JSON object, or raise ``ValueError`` where a key would lose one of its values."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for number, (key, _) in enumerate(pairs) if key in dict(pairs[:number]))
        raise ValueError(f"the key {twice!r} is given twice")
    return found


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:40]} is not a finite number")
    return number


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_number, parse_constant=_number, strict=False
)
