"""Whether a model takes tools, found out by one small call."""

import re
from typing import Final

from inspect_ai.model import ChatMessage, ChatMessageUser, Model
from inspect_ai.tool import ToolInfo, ToolParams
from inspect_ai.util import JSONSchema

from petri.boundary import Failure, guarded
from petri.prompts.files import text

READY: Final = "ready"
_ABOUT_TOOLS: Final = re.compile(r"\b(?:tools?|tool_choice)\b|function.calling", re.IGNORECASE)
_REFUSING: Final = ("bad_request", "model_not_found", "server_error")
"""Kinds of failure that tools are turned away with: mostly 400 or 422, by routers 404, by some servers 500."""


async def supports_tools(model: Model) -> bool:
    """Say whether a model that is asked for one trivial call makes it, as a native tool call.

    A provider that refuses tools means no. Any other failure is raised as it came: it says nothing about tools.
    """
    ready = ToolInfo(
        name=READY,
        description=text("protocol/ready"),
        parameters=ToolParams(properties={"ok": JSONSchema(type="boolean")}, required=["ok"]),
    )
    who = f"probe of {model}"
    asked: list[ChatMessage] = [ChatMessageUser(content=text("protocol/probe"))]
    output = await guarded(model.generate(asked, tools=[ready]), who)
    if isinstance(output, Failure):
        said = output.message.removeprefix(who)
        if output.kind in _REFUSING and _ABOUT_TOOLS.search(said):
            return False
        raise output.error
    calls = output.message.tool_calls or ()
    return any(call.function == READY and not call.parse_error for call in calls)
