"""Tools that change which tools the target has. Nothing runs behind them: the auditor answers their calls."""

import difflib
import json
import re
from typing import Annotated, Any, Final

from inspect_ai.tool import ToolInfo, ToolParams
from inspect_ai.util import JSONSchema
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from petri.audit.session import Session
from petri.audit.tools.action import Action, Arguments, Effect
from petri.errors import ActionError

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_SCHEMA: Final[TypeAdapter[JSONSchema]] = TypeAdapter(JSONSchema)


def _parsed(value: object) -> object:
    """Read a JSON Schema that came as text, as many models send it."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except json.JSONDecodeError:
        return value


class NewTool(Arguments):
    """Arguments of create_tool."""

    name: str
    description: str = Field(min_length=1)
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
    try:
        properties = {
            key: _SCHEMA.validate_python(spec) for key, spec in parameters.get("properties", {}).items()
        }
        checked = ToolParams(properties=properties, required=parameters.get("required", []))
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        message = f"parameters is not a JSON Schema of type object: {where}: {fault['msg'].lower()}"
        raise ActionError(message) from error
    unknown = [key for key in checked.required if key not in properties]
    if unknown:
        message = f"parameters.required names {', '.join(unknown)}, not among the properties: {', '.join(properties)}"
        raise ActionError(message)
    return ToolInfo(name=name, description=description, parameters=checked)


def _create_tool(session: Session, arguments: NewTool) -> Effect:
    if arguments.name in {tool.name for tool in session.tree.tools}:
        message = f"the target has a tool {arguments.name!r} already; call remove_tool first to change it"
        raise ActionError(message)
    tool = tool_info(arguments.name, arguments.description, arguments.parameters)
    session.set_tools([*session.tree.tools, tool])
    return {"tools": [known.name for known in session.tree.tools]}


def _remove_tool(session: Session, arguments: ToolName) -> Effect:
    names = [tool.name for tool in session.tree.tools]
    if arguments.name not in names:
        near = difflib.get_close_matches(arguments.name, names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; its tools: {', '.join(names) or 'none'}"
        message = f"the target has no tool {arguments.name!r}{hint}"
        raise ActionError(message)
    session.set_tools([tool for tool in session.tree.tools if tool.name != arguments.name])
    return {"tools": [tool.name for tool in session.tree.tools]}


CREATE_TOOL = Action("create_tool", NewTool, _create_tool)
REMOVE_TOOL = Action("remove_tool", ToolName, _remove_tool)
