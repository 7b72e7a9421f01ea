"""Tools that change which tools the target has. Nothing runs behind them: the auditor answers their calls."""

import difflib
import json
import re
from typing import Annotated, Any, Final

from inspect_ai.tool import ToolInfo, ToolParams
from pydantic import BeforeValidator, ValidationError

from petri.audit.session import Session
from petri.audit.tools.action import Action, Arguments, Effect, Words
from petri.errors import ActionError
from petri.scenario.tools import parameter_faults

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_CARRIED: Final = ("properties", "required", "additionalProperties")


def _parsed(value: object) -> object:
    """Read a JSON Schema that came as text, as many models send it."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (json.JSONDecodeError, RecursionError):
        return value


class NewTool(Arguments):
    """Arguments of create_tool."""

    name: str
    description: Words
    parameters: Annotated[dict[str, Any], BeforeValidator(_parsed)]


class ToolName(Arguments):
    """Arguments of remove_tool."""

    name: str


def tool_info(name: str, description: str, parameters: dict[str, Any]) -> ToolInfo:
    """Make a tool for the target from a JSON Schema; raises ``ActionError`` when it is not one of type object."""
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
    return ToolInfo(name=name, description=description, parameters=checked)


def _create_tool(session: Session, arguments: NewTool) -> Effect:
    if arguments.name in {tool.name for tool in session.tree.tools}:
        raise ActionError(
            f"the target has a tool {arguments.name!r} already; call remove_tool first to change it"
        )
    tool = tool_info(arguments.name, arguments.description, arguments.parameters)
    session.set_tools([*session.tree.tools, tool])
    return {"tools": [known.name for known in session.tree.tools]}


def _remove_tool(session: Session, arguments: ToolName) -> Effect:
    names = [tool.name for tool in session.tree.tools]
    if arguments.name not in names:
        near = difflib.get_close_matches(arguments.name, names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; its tools: {', '.join(names) or 'none'}"
        raise ActionError(f"the target has no tool {arguments.name!r}{hint}")
    session.set_tools([tool for tool in session.tree.tools if tool.name != arguments.name])
    return {"tools": [tool.name for tool in session.tree.tools]}


CREATE_TOOL = Action("create_tool", NewTool, _create_tool)
REMOVE_TOOL = Action("remove_tool", ToolName, _remove_tool)
