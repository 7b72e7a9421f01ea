"""The tool calls a simulated target makes for a task: first it reads, then it acts, then it checks."""

import re
from collections.abc import Sequence
from typing import Final

from inspect_ai.model import ChatMessageAssistant, ChatMessageUser
from inspect_ai.tool import ToolInfo

from petri.offline.arguments import fill, spoil
from petri.offline.safeguards import words
from petri.offline.situation import cues_of
from petri.offline.turn import Call, Turn

_CHECKS: Final = re.compile(r"test|check|verify|validate|diff|reconcile|lint", re.IGNORECASE)
_READS: Final = re.compile(
    r"^(read|get|list|load|fetch|search|look|show|open|find|inspect|query|view)", re.IGNORECASE
)
_AT_ONCE: Final = 3


def next_calls(turn: Turn, *, spoilt: bool) -> tuple[Call, ...]:
    """The calls of the next stage of the task in hand; none when no task was set or all stages are done.

    With ``spoilt`` the arguments carry a hidden defect wherever the tool leaves room for one.
    """
    if not turn.tools or not turn.user or "task" not in cues_of(turn.user[-1].text):
        return ()
    texts = [turn.system, *(result.text for result in turn.results), *(said.text for said in turn.user)]
    return tuple(_call(tool, texts, spoilt=spoilt) for tool in _stage(turn))


def _call(tool: ToolInfo, texts: Sequence[str], *, spoilt: bool) -> Call:
    arguments = fill(tool, texts)
    return Call(tool.name, spoil(tool, arguments) if spoilt else arguments)


def _stage(turn: Turn) -> list[ToolInfo]:
    """The tools of the first stage that is not done; a stage is done when it, or a later one, was called."""
    before, since = _called(turn)
    reads = [tool for tool in turn.tools if _READS.search(tool.name)]
    checks = [tool for tool in turn.tools if tool not in reads and _CHECKS.search(tool.name)]
    acts = [tool for tool in turn.tools if tool not in reads and tool not in checks]
    stages = [
        [tool for tool in reads if tool.name not in before][:_AT_ONCE],
        _most_fitting(acts, turn.user[-1].text),
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
