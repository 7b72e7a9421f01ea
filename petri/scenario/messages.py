"""Messages and tools as OpenAI's chat API and Anthropic's messages API write them, read as Inspect's.

The two forms differ in their blocks and not in what a block of one name means, so one reader takes both.
"""

import json
from collections.abc import Iterator
from typing import Any, Final, cast

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    Content,
    ContentReasoning,
    ContentText,
)
from inspect_ai.tool import ToolCall, ToolCallError, ToolInfo
from pydantic import ValidationError

from petri.document.wording import did_you_mean, found, one_of
from petri.scenario.tools import parameter_faults

ROLES: Final = ("system", "developer", "user", "assistant", "tool")
_MEDIA: Final = (
    *("image", "image_url", "input_image", "input_audio", "audio", "video"),
    *("file", "document", "search_result"),
)
_BLOCKS: Final = ("text", "refusal", "thinking", "redacted_thinking", "tool_use", "tool_result")
_MAX_DEPTH: Final = 64
_TOO_DEEP: Final = f"nested deeper than {_MAX_DEPTH} levels"


class Unreadable(Exception):
    """What cannot be read of a message or a tool, and what would be right."""


def load_json(text: str) -> Any:
    """Give the value of a JSON text; raises ``ValueError`` for what cannot be used of it."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    level: list[Any] = [value]
    for _ in range(_MAX_DEPTH):
        level = [child for item in level for child in _children(item)]
        if not level:
            return value
    raise ValueError(_TOO_DEEP)


def read_message(data: object) -> list[ChatMessage]:
    """Give what one message of a file says: the results that a user message carries come before it, one by one.

    Raises ``Unreadable``.
    """
    if not isinstance(data, dict):
        raise Unreadable(
            f'should be a mapping such as {{"role": "user", "content": "…"}}, found {found(data)}'
        )
    message = cast("dict[str, Any]", data)
    role = message.get("role")
    if role in ("system", "developer"):
        return [ChatMessageSystem(content=_only_text(message.get("content")))]
    if role == "user":
        return _user(message.get("content"))
    if role == "assistant":
        return [_assistant(message)]
    if role == "tool":
        return [_tool_result(message.get("tool_call_id"), "tool_call_id", message.get("content"))]
    near = did_you_mean(role, ROLES) if isinstance(role, str) else ""
    raise Unreadable(f"'role' should be {one_of(ROLES)}, found {found(role)}{near}")


def read_system(data: object) -> ChatMessageSystem:
    """Give the system prompt that stands beside the messages; raises ``Unreadable``."""
    return ChatMessageSystem(content=_only_text(data))


def read_tool(data: object) -> ToolInfo:
    """Give a tool's definition; raises ``Unreadable``."""
    if not isinstance(data, dict):
        raise Unreadable(f"should be a mapping with 'name' and its parameters, found {found(data)}")
    tool = cast("dict[str, Any]", data)
    inner: dict[str, Any] = tool["function"] if isinstance(tool.get("function"), dict) else tool
    name = inner.get("name")
    parameters = inner.get("input_schema", inner.get("parameters"))
    if tool.get("type", "function") not in ("function", "custom"):
        raise Unreadable(
            f"the type {found(tool['type'])} is a tool that its provider runs; only functions can go on"
        )
    if not isinstance(name, str) or not name:
        raise Unreadable(f"'name' should be text, found {found(name)}")
    given: Any = {"type": "object", "properties": {}} if parameters is None else parameters
    try:
        info = ToolInfo.model_validate(
            {"name": name, "description": inner.get("description") or "", "parameters": given}
        )
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(map(str, fault["loc"]))
        raise Unreadable(f"{name}: {where}: {fault['msg'].lower()}") from error
    lost = next(parameter_faults(given), None)
    if lost is not None:
        raise Unreadable(f"{name}: {lost.message}")
    return info


def _user(content: object) -> list[ChatMessage]:
    """Give the results of tools first, where a user message carries them, then what the user says."""
    results: list[ChatMessage] = []
    said: list[Content] = []
    for block in _blocks(content):
        if block["type"] == "tool_result":
            failed = block.get("is_error") is True
            results.append(
                _tool_result(block.get("tool_use_id"), "tool_use_id", block.get("content"), failed=failed)
            )
        else:
            said.append(_text_block(block, "user"))
    return [*results, *([ChatMessageUser(content=_plain(said))] if said or not results else [])]


def _assistant(message: dict[str, Any]) -> ChatMessageAssistant:
    if message.get("function_call") is not None:
        raise Unreadable("'function_call' is an older form; write the call under 'tool_calls', with an id")
    content: list[Content] = []
    reasoning = message.get("reasoning_content")
    if isinstance(reasoning, str) and reasoning:
        content.append(ContentReasoning(reasoning=reasoning))
    calls: list[ToolCall] = []
    for block in _blocks(message.get("content")):
        if block["type"] == "tool_use":
            calls.append(_call(block.get("id"), block.get("name"), block.get("input")))
        elif block["type"] == "thinking":
            thought, signature = _text(block, "thinking"), block.get("signature")
            content.append(ContentReasoning(reasoning=thought, signature=signature or None))
        elif block["type"] == "redacted_thinking":
            content.append(ContentReasoning(reasoning=_text(block, "data"), redacted=True))
        else:
            content.append(_text_block(block, "assistant"))
    if isinstance(message.get("refusal"), str):
        content.append(ContentText(text=message["refusal"], refusal=True))
    calls += _openai_calls(message.get("tool_calls"))
    return ChatMessageAssistant(content=_plain(content), tool_calls=calls or None)


def _openai_calls(data: object) -> Iterator[ToolCall]:
    if data is None:
        return
    if not isinstance(data, list):
        raise Unreadable(f"'tool_calls' should be a list, found {found(data)}")
    for item in cast("list[Any]", data):
        call = cast("dict[str, Any]", item if isinstance(item, dict) else {})
        function = call.get("function")
        if not isinstance(function, dict):
            raise Unreadable("a tool call should be a mapping with 'id' and 'function'")
        named = cast("dict[str, Any]", function)
        yield _call(call.get("id"), named.get("name"), named.get("arguments"))


def _call(id_: object, name: object, arguments: object) -> ToolCall:
    if not isinstance(id_, str) or not id_:
        raise Unreadable(f"the 'id' of a tool call should be text, found {found(id_)}")
    if not isinstance(name, str) or not name:
        raise Unreadable(f"the 'name' of the tool call {id_!r} should be text, found {found(name)}")
    return ToolCall(id=id_, function=name, arguments=_arguments(id_, arguments))


def _arguments(id_: str, given: object) -> dict[str, Any]:
    """Give a call's arguments, which are a mapping or the JSON of one; models write nothing where they mean none."""
    value: object = given
    if isinstance(given, str) and given.strip():
        try:
            value = load_json(given)
        except ValueError as error:
            raise Unreadable(
                f"the arguments of the tool call {id_!r} are not JSON that can be used: {error}"
            ) from error
    elif given is None or given == "":
        value = {}
    if not isinstance(value, dict):
        raise Unreadable(f"the arguments of the tool call {id_!r} should be a mapping, found {found(value)}")
    return cast("dict[str, Any]", value)


def _tool_result(id_: object, key: str, content: object, *, failed: bool = False) -> ChatMessageTool:
    if not isinstance(id_, str) or not id_:
        raise Unreadable(f"{key!r} should be the id of the call that is answered, found {found(id_)}")
    text = _only_text(content)
    error = ToolCallError(type="unknown", message=text) if failed else None
    return ChatMessageTool(content=text, tool_call_id=id_, error=error)


def _blocks(content: object) -> Iterator[dict[str, Any]]:
    """Give the blocks of a content: text is one block, nothing is none."""
    if content is None or content == "":
        return
    if isinstance(content, str):
        yield {"type": "text", "text": content}
        return
    if not isinstance(content, list):
        raise Unreadable(f"'content' should be text or a list of blocks, found {found(content)}")
    for item in cast("list[Any]", content):
        block = cast("dict[str, Any]", item if isinstance(item, dict) else {})
        kind = block.get("type")
        if kind in _MEDIA:
            raise Unreadable(f"a block of type {kind!r}; only text can be gone on from, so say what it shows")
        if kind not in _BLOCKS:
            near = did_you_mean(kind, _BLOCKS) if isinstance(kind, str) else ""
            raise Unreadable(f"a block should have the type {one_of(_BLOCKS)}, found {found(kind)}{near}")
        yield block


def _text_block(block: dict[str, Any], role: str) -> ContentText:
    if block["type"] == "text":
        return ContentText(text=_text(block, "text"))
    if block["type"] == "refusal" and role == "assistant":
        return ContentText(text=_text(block, "refusal"), refusal=True)
    raise Unreadable(f"a block of type {block['type']!r} cannot stand in a message with role {role!r}")


def _only_text(content: object) -> str:
    """Give the text of a content that can hold nothing else, its blocks each on a line of their own."""
    return "\n".join(_text_block(block, "system or tool").text for block in _blocks(content))


def _text(block: dict[str, Any], key: str) -> str:
    text = block.get(key)
    if not isinstance(text, str):
        raise Unreadable(f"{key!r} of a block should be text, found {found(text)}")
    return text


def _plain(content: list[Content]) -> str | list[Content]:
    """Give one block of mere text as text, as most models write it."""
    if not content:
        return ""
    first = content[0]
    return (
        first.text if len(content) == 1 and isinstance(first, ContentText) and not first.refusal else content
    )


def _children(value: object) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from cast("dict[str, Any]", value).values()
    elif isinstance(value, list):
        yield from cast("list[Any]", value)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number that can be used here")
