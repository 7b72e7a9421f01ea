"""Tools that change which tools the target has. Nothing runs behind them: the auditor answers their calls."""

import json
import re
from typing import Annotated, Any, Final

from inspect_ai.tool import ToolInfo, ToolParams
from pydantic import BeforeValidator, ValidationError

from petri.audit.real_tools import tool_infos
from petri.audit.session import Session
from petri.audit.tools.action import Action, Arguments, Effect, Words
from petri.document.wording import did_you_mean
from petri.errors import ActionError
from petri.plan import Cell
from petri.scenario.tools import parameter_faults
from petri.world.operations import OPERATIONS

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_BACKED_BY: Final = "petri_backed_by"
_CARRIED: Final = ("properties", "required", "additionalProperties")


def parsed(value: object) -> object:
    """Read a JSON Schema that came as text, as many models send it."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (json.JSONDecodeError, RecursionError):
        return value


class NewTool(Arguments):
    """Arguments of create_tool."""

    name: str
    description: Words
    parameters: Annotated[dict[str, Any], BeforeValidator(parsed)]


class BackedTool(NewTool):
    """Arguments of create_tool where a world stands behind the tools."""

    backed_by: str | None = None


class ChangedTool(Arguments):
    """Arguments of change_tool; what is left out stays."""

    name: str
    description: Words | None = None
    parameters: Annotated[dict[str, Any] | None, BeforeValidator(parsed)] = None


class ToolName(Arguments):
    """Arguments of remove_tool."""

    name: str


def tool_info(
    name: str, description: str, parameters: dict[str, Any], backed_by: str | None = None
) -> ToolInfo:
    """Make a tool for the target from a JSON Schema; raises ``ActionError`` when it is not one of type object.

    What stands behind it is kept with the tool, so that it comes back with the tools when a conversation goes back.
    """
    if not _NAME.fullmatch(name):
        message = (
            f"{name!r} is no tool name: letters, digits, _ and -, at most 64, starting with a letter or _"
        )
        raise ActionError(message)
    if parameters.get("type", "object") != "object" or not isinstance(parameters.get("properties", {}), dict):
        message = 'parameters must be a JSON Schema such as {"type": "object", "properties": {...}, "required": [...]}'
        raise ActionError(message)
    given = {key: parameters[key] for key in _CARRIED if key in parameters}
    try:
        checked = ToolParams.model_validate(given)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(["parameters", *(str(part) for part in fault["loc"])])
        raise ActionError(
            f'{where} is not JSON Schema, such as {{"type": "string"}}: {fault["msg"].lower()}'
        ) from error
    unusable = next(parameter_faults(parameters), None)
    if unusable is not None:
        raise ActionError(unusable.message)
    options = None if backed_by is None else {_BACKED_BY: _operation(backed_by)}
    return ToolInfo(name=name, description=description, parameters=checked, options=options)


def backing(tool: ToolInfo) -> str | None:
    """Give the operation of the world that answers a tool's calls, if one does."""
    return (tool.options or {}).get(_BACKED_BY)


def given_tools(cell: Cell) -> list[ToolInfo]:
    """Give the tools that the target has from the start; raises ``ActionError`` for what a provider would refuse."""
    own = [tool_info(tool.name, tool.description, tool.parameters, tool.backed_by) for tool in cell.tools]
    real = tool_infos(cell.audit.sandbox_tools) if cell.audit.tools == "sandbox" else []
    given = [*cell.prefix_tools, *own, *real]
    names = [tool.name for tool in given]
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise ActionError(
            f"two tools are called {double!r}: the scenario's, the given conversation's and the sandbox's together "
            "need different names"
        )
    if cell.prefix_tools and cell.audit.tools == "none":
        raise ActionError(
            "the given conversation has tools, and audit.tools is none; choose fixed or simulated"
        )
    return given


def _operation(name: str) -> str:
    if name in OPERATIONS:
        return name
    raise ActionError(
        f"the world has no operation {name!r}{did_you_mean(name, OPERATIONS)}; operations: {', '.join(OPERATIONS)}"
    )


def _create_tool(session: Session, arguments: NewTool) -> Effect:
    if arguments.name in {tool.name for tool in session.tree.tools}:
        raise ActionError(f"the target has a tool {arguments.name!r} already; call change_tool to change it")
    behind = arguments.backed_by if isinstance(arguments, BackedTool) else None
    tool = tool_info(arguments.name, arguments.description, arguments.parameters, behind)
    return _put(session, [*session.tree.tools, tool])


def _change_tool(session: Session, arguments: ChangedTool) -> Effect:
    old = _known_tool(session, arguments.name)
    parameters = arguments.parameters
    if parameters is None:
        parameters = old.parameters.model_dump(mode="json", exclude_none=True)
    new = tool_info(old.name, arguments.description or old.description, parameters, backing(old))
    return _put(session, [new if tool.name == old.name else tool for tool in session.tree.tools])


def _remove_tool(session: Session, arguments: ToolName) -> Effect:
    _known_tool(session, arguments.name)
    return _put(session, [tool for tool in session.tree.tools if tool.name != arguments.name])


def _known_tool(session: Session, name: str) -> ToolInfo:
    tools = {tool.name: tool for tool in session.tree.tools}
    if name not in tools:
        hint = did_you_mean(name, tools) or f"; its tools: {', '.join(tools) or 'none'}"
        raise ActionError(f"the target has no tool {name!r}{hint}")
    return tools[name]


def _put(session: Session, tools: list[ToolInfo]) -> Effect:
    session.set_tools(tools)
    return {"tools": [tool.name for tool in session.tree.tools]}


CREATE_TOOL = Action("create_tool", NewTool, _create_tool)
CREATE_BACKED_TOOL = Action("create_tool", BackedTool, _create_tool)
CHANGE_TOOL = Action("change_tool", ChangedTool, _change_tool)
REMOVE_TOOL = Action("remove_tool", ToolName, _remove_tool)
