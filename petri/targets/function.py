"""A plain function as the target: a list of message dicts goes in, text or a message dict comes out."""

import asyncio
import inspect
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Any, Final, cast

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool
from inspect_ai.tool import ToolCall, ToolInfo
from pydantic import BaseModel, ConfigDict, ValidationError

from petri.boundary import Failure, attempted
from petri.errors import TargetFailed, TargetReplyError, UsageError
from petri.targets.deployed import Answer

_RIGHT: Final = (
    "a target function returns the text of its reply, or a dict with `content`, `tool_calls` or both"
)


class FunctionCall(BaseModel):
    """What a tool call calls; ``arguments`` is JSON text, as models write it, or the object itself."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str
    arguments: str | dict[str, Any] = ""


class ReplyCall(BaseModel):
    """A tool call in a reply."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str = ""
    function: FunctionCall


class Reply(BaseModel):
    """A reply that is a dict. Other keys of OpenAI's messages may be there and are not looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    content: str | None = None
    tool_calls: list[ReplyCall] | None = None


class FunctionTarget:
    """A function ``(messages)`` or ``(messages, tools)``, sync or async, with further arguments by name."""

    def __init__(self, name: str, function: Callable[..., Any], args: Mapping[str, Any]) -> None:
        """Take the function; raises ``UsageError`` when it cannot be called so."""
        self._name, self._function, self._args = name, function, dict(args)
        signature = inspect.signature(function)
        self.takes_tools = "tools" in signature.parameters and "tools" not in args
        offered: dict[str, Any] = {"tools": []} if self.takes_tools else {}
        try:
            signature.bind([], **self._args, **offered)
        except TypeError as error:
            with_args = f" and the args {', '.join(args)}" if args else ""
            raise UsageError(
                f"{name} cannot be called with a list of messages{with_args}: {error}"
            ) from error

    async def answer(self, messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> Answer:
        """Call the function; raises ``TargetReplyError`` when what it returns is no reply."""
        given: dict[str, Any] = dict(self._args)
        if self.takes_tools:
            given["tools"] = [tool_dict(tool) for tool in tools]
        rows = [message_dict(message) for message in messages]
        if inspect.iscoroutinefunction(self._function):
            returned = await self._function(rows, **given)
        else:
            returned = await _in_thread(partial(self._function, rows, **given), self._name)
        if inspect.isawaitable(returned):  # an object with an async __call__
            returned = await returned
        return self._read(returned)

    def _read(self, returned: object) -> Answer:
        if isinstance(returned, str):
            return Answer(ChatMessageAssistant(content=returned))
        if not isinstance(returned, dict):
            raise TargetReplyError(f"it returned {type(returned).__name__}: {_RIGHT}")
        try:
            reply = Reply.model_validate(returned)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise TargetReplyError(
                f"it returned a dict in which {where!r} is wrong: {first['msg']}"
            ) from error
        if reply.content is None and not reply.tool_calls:
            keys = ", ".join(map(repr, cast("dict[object, object]", returned))) or "no keys"
            raise TargetReplyError(f"it returned a dict with {keys}: {_RIGHT}")
        calls = [_call(call) for call in reply.tool_calls or ()]
        message = ChatMessageAssistant(content=reply.content or "", tool_calls=calls or None)
        return Answer(message, "tool_calls" if calls else "stop")


def message_dict(message: ChatMessage) -> dict[str, Any]:
    """Give a message as OpenAI's chat format has it, text only."""
    row: dict[str, Any] = {"role": message.role, "content": message.text}
    if isinstance(message, ChatMessageTool):
        row["tool_call_id"] = message.tool_call_id
        if message.error is not None:
            row["content"] = message.error.message
    elif isinstance(message, ChatMessageAssistant) and message.tool_calls:
        row["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.function, "arguments": json.dumps(call.arguments)},
            }
            for call in message.tool_calls
        ]
    return row


def tool_dict(tool: ToolInfo) -> dict[str, Any]:
    """Give a tool as OpenAI's chat format has it."""
    parameters = tool.parameters.model_dump(mode="json", exclude_none=True)
    function = {"name": tool.name, "description": tool.description, "parameters": parameters}
    return {"type": "function", "function": function}


def _call(call: ReplyCall) -> ToolCall:
    name, arguments = call.function.name, call.function.arguments
    if isinstance(arguments, dict):
        return ToolCall(call.id, name, arguments)
    try:
        read: object = json.loads(arguments or "{}")
    except ValueError as error:
        return ToolCall(call.id, name, {}, parse_error=f"the arguments {arguments!r} are not JSON: {error}")
    if not isinstance(read, dict):
        return ToolCall(call.id, name, {}, parse_error=f"the arguments {arguments!r} are not a JSON object")
    return ToolCall(call.id, name, cast("dict[str, Any]", read))


async def _in_thread(call: Callable[[], object], name: str) -> object:
    """Give what a plain call returns, from a thread that no end of the process waits for: a target may hang."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[object] = loop.create_future()
    context = copy_context()

    def finish(made: object) -> None:
        if not done.done():
            done.set_result(made)

    def work() -> None:
        try:
            made = attempted(lambda: context.run(call), name)
        except SystemExit as end:
            ended = TargetFailed(f"it tried to end the process (SystemExit {end.code!r})")
            made = Failure("target_failed", str(ended), ended)
        with suppress(RuntimeError):  # the run is over, and nobody waits
            loop.call_soon_threadsafe(finish, made)

    threading.Thread(target=work, name=f"target {name}", daemon=True).start()
    made = await done
    if isinstance(made, Failure):
        raise made.error
    return made
