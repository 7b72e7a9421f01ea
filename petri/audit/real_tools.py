"""Real tools for the target: Inspect's own, which run in the sample's sandbox and nowhere else."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool, execute_tools
from inspect_ai.tool import Tool, ToolDef, ToolInfo, bash, python, text_editor

from petri.errors import UsageError

_TIMEOUT: Final = 120
"""Seconds that one call may take."""
_MAX_OUTPUT: Final = 16 * 1024
"""Bytes of a result that the target is shown; of a longer one it gets the two ends."""

_TOOLS: Final[Mapping[str, Callable[[], Tool]]] = {
    "bash": lambda: bash(timeout=_TIMEOUT),
    "python": lambda: python(timeout=_TIMEOUT),
    "text_editor": lambda: text_editor(timeout=_TIMEOUT),
}

REAL_TOOLS: Final = tuple(_TOOLS)
"""The names there are."""


def tool_infos(names: Sequence[str]) -> list[ToolInfo]:
    """Give the definitions of these tools, for the target; raises ``UsageError`` for a name there is not."""
    return [
        ToolInfo(name=made.name, description=made.description, parameters=made.parameters)
        for made in _made(names)
    ]


async def run_real_tools(
    message: ChatMessageAssistant, names: Sequence[str], messages: Sequence[ChatMessage]
) -> list[ChatMessageTool]:
    """Carry out the calls of ``message``, which follows ``messages``; give one result a call, in order.

    An unknown tool, arguments that do not parse, a command that takes too long: the result is an error, as the target
    would see it from any harness. Needs a sample with a sandbox.
    """
    done = await execute_tools([*messages, message], _made(names), max_output=_MAX_OUTPUT)
    return [result for result in done.messages if isinstance(result, ChatMessageTool)]


def _made(names: Sequence[str]) -> list[ToolDef]:
    """Give the tools; calls of one message run one after the other, so that the second sees what the first did."""
    unknown = [name for name in names if name not in _TOOLS]
    if unknown:
        named = ", ".join(map(repr, unknown))
        raise UsageError(f"there is no real tool {named}; there are: {', '.join(REAL_TOOLS)}")
    return [ToolDef(_TOOLS[name](), parallel=False) for name in names]
