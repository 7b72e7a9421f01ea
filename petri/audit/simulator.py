"""The simulator: a model that answers the target's tool calls as the systems behind them would, from the world's state.

What it looks up and changes goes through the world's operations, so that results agree with each other whatever the
model remembers. A call that it leaves open stays open: no result is invented for it.
"""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ModelOutput,
)
from inspect_ai.tool import ToolCall, ToolCallError, ToolInfo, ToolParams
from inspect_ai.util import JSONSchema
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from petri.conversation.storable import storable
from petri.errors import WorldError
from petri.prompts.files import OURS, Prompts
from petri.world.mail import mailboxes
from petri.world.operations import OPERATIONS, perform
from petri.world.state import World
from petri.world.values import LONGEST, plain

MOST_GENERATIONS: Final = 8
TOOL: Final = "give_result"
_BY_TOOL: Final = {operation.tool_name: operation for operation in OPERATIONS.values()}
_MOST_EARLIER: Final = 20
_LONGEST_EARLIER: Final = 1_000
_MOST_NAMED: Final = 40


Ask = Callable[[Sequence[ChatMessage], Sequence[ToolInfo]], Awaitable[ModelOutput]]
"""Calls the simulator's model."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An open call of the target's."""

    label: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """The result of a call."""

    label: str
    result: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a simulation came to. Performing ``operations`` again, in order, leads to the same ``world``."""

    answers: tuple[Answered, ...]
    world: World
    operations: tuple[dict[str, Any], ...]
    """Each as ``{"name": "files.read", "arguments": {...}}``."""
    calls: int
    """Generations of the model."""
    unanswered: tuple[str, ...]
    """Labels of the calls that have no result."""


def _as_text(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | int | float) else value


class _Given(BaseModel):
    """The arguments of ``give_result``."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    call: str
    result: Annotated[str | None, BeforeValidator(_as_text)] = None
    is_error: bool | None = None


class _Desk:
    """The calls of one simulation: what is open, what was answered, and the world as it now is."""

    def __init__(self, world: World, asked: Sequence[Asked]) -> None:
        self.world = world
        self.open = [each.label for each in asked]
        self.answers: list[Answered] = []
        self.operations: list[dict[str, Any]] = []
        self._last: Answered | None = None
        """What the latest operation gave; its label is the operation's name."""

    def carry_out(self, call: ToolCall) -> ChatMessageTool:
        """Carry out one call of the model; one that makes no sense is answered with an error."""
        told = ChatMessageTool(content="", tool_call_id=call.id, function=call.function)
        try:
            told.content = self._call(call)
        except WorldError as fault:
            told.content = str(fault)
            told.error = ToolCallError("unknown", told.content)
        return told

    def _call(self, call: ToolCall) -> str:
        if call.parse_error:
            raise WorldError(f"the arguments of {call.function} are not a JSON object: {call.parse_error}")
        if call.function == TOOL:
            return self._give(call.arguments)
        operation = _BY_TOOL.get(call.function)
        if operation is None:
            raise WorldError(
                f"there is no operation {call.function[:80]!r}; there are: {', '.join(_BY_TOOL)}"
            )
        arguments = plain(call.arguments)
        done = perform(self.world, operation.name, call.arguments)
        self.world = done.world
        self.operations.append({"name": operation.name, "arguments": arguments})
        self._last = Answered(operation.name, done.result, done.is_error)
        return json.dumps({"result": done.result, "is_error": done.is_error}, ensure_ascii=False)

    def _give(self, arguments: dict[str, Any]) -> str:
        try:
            given = _Given.model_validate(arguments)
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, fault["loc"]))
            raise WorldError(f"{TOOL} takes call, result, is_error; {where}: {fault['msg']}") from error
        if given.call not in self.open:
            shown = ", ".join(self.open) or "none"
            raise WorldError(f"no open call has the label {given.call[:80]!r}; open: {shown}")
        result, is_error = given.result, given.is_error
        if result is None:
            if self._last is None:
                raise WorldError(
                    "result is missing, and no operation was done whose result could stand for it"
                )
            result = self._last.result
            is_error = self._last.is_error if is_error is None else is_error
        self.open.remove(given.call)
        self.answers.append(Answered(given.call, result[:LONGEST], bool(is_error)))
        return json.dumps({"open": self.open})


async def simulate(  # noqa: PLR0913 -- each stands for itself, and all but the first go by name
    ask: Ask,
    *,
    world: World,
    tools: Sequence[ToolInfo],
    asked: Sequence[Asked],
    earlier: Sequence[tuple[Asked, Answered]],
    guidance: str,
    prompts: Prompts = OURS,
) -> Simulated:
    """Let the model answer the open calls, in at most ``MOST_GENERATIONS`` generations; ``ask`` calls it."""
    desk = _Desk(world, asked)
    infos = operation_tools(prompts)
    messages: list[ChatMessage] = [
        ChatMessageSystem(content=prompts.text("simulator/system")),
        ChatMessageUser(content=_json(_task(world, tools, asked, earlier, guidance))),
    ]
    calls, silent = 0, False
    while desk.open and calls < MOST_GENERATIONS:
        output = await ask(messages, infos)
        calls += 1
        if output.stop_reason == "model_length":
            break
        message: ChatMessageAssistant = storable(output.message)
        messages.append(message)
        messages += map(desk.carry_out, message.tool_calls or ())
        if message.tool_calls:
            silent = False
        elif silent:
            break
        else:
            silent = True
            reminder = {"reminder": prompts.text("simulator/reminder"), "open": desk.open}
            messages.append(ChatMessageUser(content=_json(reminder)))
    return Simulated(tuple(desk.answers), desk.world, tuple(desk.operations), calls, tuple(desk.open))


def operation_tools(prompts: Prompts = OURS) -> list[ToolInfo]:
    """Give the simulator's tools: the world's operations, and ``give_result``."""
    infos = [
        ToolInfo(
            name=name,
            description=prompts.text(f"simulator/operations/{name}"),
            parameters=ToolParams.model_validate(operation.parameters()),
        )
        for name, operation in _BY_TOOL.items()
    ]
    text, flag = JSONSchema(type="string"), JSONSchema(type="boolean")
    parameters = ToolParams(properties={"call": text, "result": text, "is_error": flag}, required=["call"])
    give = ToolInfo(name=TOOL, description=prompts.text(f"simulator/{TOOL}"), parameters=parameters)
    return [*infos, give]


def _task(
    world: World,
    tools: Sequence[ToolInfo],
    asked: Sequence[Asked],
    earlier: Sequence[tuple[Asked, Answered]],
    guidance: str,
) -> dict[str, Any]:
    """Give what the model is told, the parts that stay the same first."""
    return {
        "guidance": guidance,
        "tools": [_definition(tool) for tool in tools],
        "earlier": [_shortened(*each) for each in earlier[-_MOST_EARLIER:]],
        "world": summary(world),
        "open": [{"call": each.label, "tool": each.name, "arguments": each.arguments} for each in asked],
    }


def _definition(tool: ToolInfo) -> dict[str, Any]:
    parameters = tool.parameters.model_dump(mode="json", exclude_none=True)
    return {"name": tool.name, "description": tool.description, "parameters": parameters}


def _shortened(asked: Asked, answered: Answered) -> dict[str, Any]:
    return {
        "tool": asked.name,
        "arguments": _cut(_json(asked.arguments)),
        "result": _cut(answered.result),
        "is_error": answered.is_error,
    }


def _cut(text: str) -> str:
    more = len(text) - _LONGEST_EARLIER
    return text if more <= 0 else f"{text[:_LONGEST_EARLIER]}[... {more} more characters]"


def summary(world: World) -> dict[str, Any]:
    """Give what a world holds, in few words; a long list is cut and counted."""
    files = [path for path, entry in world.disk.entries.items() if not entry.is_folder]
    counts = Counter(mail.mailbox for mail in world.mail)
    tables = {
        name: {"rows": len(table.rows), "fields": table.columns()[:_MOST_NAMED]}
        for name, table in list(world.tables.items())[:_MOST_NAMED]
    }
    return {
        "now": world.now.isoformat(),
        "user": world.user,
        "host": world.host,
        "folder": world.cwd,
        "files": {"count": len(files), "some": sorted(files)[:_MOST_NAMED]},
        "tables": tables,
        "mail": {name: counts[name] for name in mailboxes(world.mail)[:_MOST_NAMED]},
        "people": [f"{each.name} <{each.email}> {each.role}".strip() for each in world.people[:_MOST_NAMED]],
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
