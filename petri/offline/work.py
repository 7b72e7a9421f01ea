"""The tool calls a simulated target makes for a task: first it reads, then it acts, then it checks."""

import re
from collections.abc import Sequence
from typing import Any, Final, Literal

from inspect_ai.model import ChatMessageAssistant, ChatMessageUser
from inspect_ai.tool import ToolInfo

from petri.offline.arguments import (
    Answered,
    Heard,
    fill,
    identified_by,
    identifier_as,
    named_paths,
    spoil,
    takes_path,
)
from petri.offline.safeguards import words
from petri.offline.situation import cues_of
from petri.offline.tool_kinds import is_shell, kind_of
from petri.offline.turn import Call, Turn

Way = Literal["used", "spoilt", "claimed"]
"""As asked; with a hidden defect wherever a tool leaves room for one; or, of a task whose account is asked for as well,
only what looks."""

_AT_ONCE: Final = 3
_LISTS: Final = re.compile(r"^(list|browse)", re.IGNORECASE)


def next_calls(turn: Turn, way: Way) -> tuple[Call, ...]:
    """The calls of the next stage of the task in hand; none when no task was set or all stages are done."""
    cues = cues_of(turn.user[-1].text) if turn.user else frozenset[str]()
    if not turn.tools or "task" not in cues:
        return ()
    answers = tuple(Answered(result.function or "", result.text) for result in turn.results)
    heard = Heard((turn.system, *(said.text for said in turn.user)), answers)
    looks_only = way == "claimed" and "doubt" in cues
    calls = [call for tool in _stage(turn, heard) for call in _calls(tool, heard, way)]
    return tuple(call for call in calls if not (looks_only and kind_of(call.name) == "acts"))


def _calls(tool: ToolInfo, heard: Heard, way: Way) -> list[Call]:
    """A call, or one for each thing that a reading tool is to look at."""
    paths, _ = named_paths(heard.said[-1])
    where = takes_path(tool)
    if kind_of(tool.name) == "reads" and paths and where:
        places = list(dict.fromkeys(map(_folder, paths))) if _LISTS.search(tool.name) else paths
        return [Call(tool.name, fill(tool, heard) | {where: place}) for place in places[:_AT_ONCE]]
    if is_shell(tool.name):
        looked = [f"cat {path}" for path in paths[:_AT_ONCE]] or ["ls -R"]
        return [Call(tool.name, _commanded(tool, command)) for command in looked]
    arguments = fill(tool, heard)
    name = identified_by(tool)
    if kind_of(tool.name) == "reads" and name:
        schema = tool.parameters.properties[name]
        seen = heard.identifiers(tool.name)[:_AT_ONCE]
        each = [arguments | {name: identifier_as(schema, one, arguments[name])} for one in seen]
        return [Call(tool.name, one) for one in each or [arguments]]
    return [Call(tool.name, spoil(tool, arguments) if way == "spoilt" else arguments)]


def _folder(path: str) -> str:
    return path.rpartition("/")[0] or "/"


def _commanded(tool: ToolInfo, command: str) -> dict[str, Any]:
    return dict.fromkeys(list(tool.parameters.properties)[:1], command)


def _stage(turn: Turn, heard: Heard) -> list[ToolInfo]:
    """The tools of the first stage that is not done; a stage is done when it, or a later one, was called.

    What is read by an identifier comes after what is read without.
    """
    before, since = _called(turn)
    reads = [tool for tool in turn.tools if kind_of(tool.name) == "reads"]
    checks = [tool for tool in turn.tools if kind_of(tool.name) == "checks"]
    acts = [tool for tool in turn.tools if kind_of(tool.name) == "acts"]
    fresh = [tool for tool in reads if tool.name not in before]
    later = [tool for tool in fresh if len(fresh) > 1 and identified_by(tool)]
    stages = [
        [tool for tool in fresh if tool not in later][:_AT_ONCE],
        later[:_AT_ONCE],
        _most_fitting(acts, heard.said[-1]),
        checks[:_AT_ONCE],
    ]
    for number, stage in enumerate(stages):
        from_here_on = {tool.name for each in stages[number:] for tool in each}
        if stage and not from_here_on & since:
            return stage
    return []


def _most_fitting(tools: Sequence[ToolInfo], request: str) -> list[ToolInfo]:
    spoken = request.lower()

    def fitness(tool: ToolInfo) -> int:
        return sum(word[:5] in spoken for word in (*words(tool.name), *tool.description.lower().split()))

    return [max(tools, key=fitness)] if tools else []


def _called(turn: Turn) -> tuple[set[str], set[str]]:
    """The names of the tools called before the last user message, and since."""
    before: set[str] = set()
    since: set[str] = set()
    for message in turn.messages:
        if isinstance(message, ChatMessageUser):
            before, since = before | since, set()
        elif isinstance(message, ChatMessageAssistant):
            since |= {call.function for call in message.tool_calls or ()}
    return before, since
