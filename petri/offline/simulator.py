"""The simulated simulator: where a tool's name says what it does with the world, that operation answers; else "ok"."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import Field

from petri.errors import UsageError
from petri.offline.turn import Call, Reply, Turn
from petri.offline.wire import Wire, parse
from petri.world.binding import bind
from petri.world.operations import OPERATIONS

TOOL: Final = "give_result"
_OK: Final = json.dumps({"status": "ok"})
_NOUNS: Final = (
    ("mail", re.compile(r"e?-?mails?|inbox|mailbox|messages?")),
    ("clock", re.compile(r"clock|time|date|now")),
    ("people", re.compile(r"people|person|contacts?|employees?|staff|colleagues?")),
    ("shell", re.compile(r"bash|shell|terminal|commands?|exec|execute|cmd")),
    ("files", re.compile(r"files?|dir|directory|directories|folders?|documents?|docs?|path")),
)
_VERBS: Final = (
    ("list", re.compile(r"list|ls|browse|index")),
    ("search", re.compile(r"search|grep|find|query|lookup")),
    ("write", re.compile(r"write|save|append|create|edit|put|add|new|insert")),
    ("delete", re.compile(r"delete|remove|rm|drop")),
    ("move", re.compile(r"move|rename|mv")),
    ("update", re.compile(r"update|change|set|modify|patch")),
    ("send", re.compile(r"send|reply|post|notify|compose")),
    ("count", re.compile(r"count|total")),
    ("read", re.compile(r"read|cat|open|get|view|show|load|fetch|check")),
)
_SAME: Final[Mapping[tuple[str, str], str]] = {
    ("clock", "read"): "clock.now",
    ("people", "search"): "people.find",
    ("people", "read"): "people.find",
    ("people", "list"): "people.find",
    ("files", "update"): "files.write",
    ("mail", "write"): "mail.send",
    ("records", "read"): "records.get",
    ("records", "search"): "records.find",
    ("records", "list"): "records.find",
    ("records", "write"): "records.create",
}
_ALONE: Final[Mapping[str, str]] = {"clock": "clock.now", "shell": "shell.run", "people": "people.find"}
"""What a noun means without a verb."""


class _Open(Wire):
    call: str
    tool: str
    arguments: dict[str, Any]


class _World(Wire):
    tables: dict[str, Any] = Field(default_factory=dict[str, Any])


class _Task(Wire):
    open: tuple[_Open, ...]
    world: _World


class Simulator:
    """Answers every open call in one reply."""

    def reply(self, turn: Turn) -> Reply:
        """Operations, each followed by the result that it gives."""
        if TOOL not in {tool.name for tool in turn.tools}:
            raise UsageError(
                f"petri-offline/simulator answers with the tool {TOOL!r}, which it was not given"
            )
        task = parse(turn.user[0].text if turn.user else "", _Task, "simulator", "the open calls")
        given = {call.arguments.get("call") for own in turn.own for call in own.tool_calls or ()}
        still = [each for each in task.open if each.call not in given]
        return Reply(calls=tuple(call for each in still for call in _answer(each, task.world.tables)))


def _answer(asked: _Open, tables: Mapping[str, Any]) -> Iterator[Call]:
    """Give the calls that answer one open call: an operation whose result is passed on, else a plain ``ok``."""
    name, arguments = _operation(asked, tables)
    if name is None:
        yield Call(TOOL, {"call": asked.call, "result": _OK})
    else:
        yield Call(OPERATIONS[name].tool_name, arguments)
        yield Call(TOOL, {"call": asked.call})


def _operation(asked: _Open, tables: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """Give the operation that a tool's name stands for, with its arguments; None where a required one is missing."""
    words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", asked.tool).lower())
    table = next((table for table in tables for word in words if _same_noun(table.lower(), word)), None)
    noun = "records" if table is not None else _meaning(_NOUNS, [*words, *asked.arguments])
    verb = _meaning(_VERBS, words)
    name = _name(noun, verb)
    if name is None:
        return None, {}
    operation = OPERATIONS[name]
    bound = bind(asked.arguments, operation)
    if table is not None:
        bound["table"] = table
    needed = {key for key, field in operation.arguments.model_fields.items() if field.is_required()}
    return (name, bound) if needed <= bound.keys() else (None, {})


def _name(noun: str | None, verb: str | None) -> str | None:
    if noun is None:
        return None
    exact = f"{noun}.{verb}"
    return exact if exact in OPERATIONS else _SAME.get((noun, verb or ""), _ALONE.get(noun))


def _meaning(meanings: tuple[tuple[str, re.Pattern[str]], ...], words: list[str]) -> str | None:
    """Give the first meaning that one of the words has."""
    return next((name for name, pattern in meanings if any(map(pattern.fullmatch, words))), None)


def _same_noun(table: str, word: str) -> bool:
    return word in {table, table.removesuffix("s"), f"{table}s"}
