"""Inspect's sandbox bridge: a proxy for a command's model calls, and what it tells of them."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from inspect_ai.agent import AgentState, sandbox_agent_bridge
from inspect_ai.event import ModelEvent
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    Model,
)
from inspect_ai.tool import ToolCall, ToolCallError
from inspect_ai.util import SandboxEnvironment

from petri.errors import TargetFailed
from petri.targets.deployed import Answer, event_count, marked, model_calls, system_of

_LISTENING: Final = "0A"
"""The state of a listening socket in Linux's tables."""
_STARTING: Final = 60.0
_PAUSE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Traffic:
    """What went over a bridge: the agent's main thread, and its model calls in order."""

    thread: Sequence[ChatMessage]
    calls: Sequence[ModelEvent]


class Bridge:
    """An open bridge; ``port`` is where it listens inside the sandbox."""

    def __init__(self, port: int, state: AgentState, start: int) -> None:
        self.port = port
        self._state, self._start = state, start

    def environment(self) -> dict[str, str]:
        """The variables by which OpenAI's and Anthropic's clients find the bridge."""
        url = f"http://127.0.0.1:{self.port}"
        return {
            "OPENAI_BASE_URL": f"{url}/v1",
            "OPENAI_API_KEY": "key",
            "ANTHROPIC_BASE_URL": url,
            "ANTHROPIC_API_KEY": "key",
        }

    def traffic(self) -> Traffic:
        """What has gone over it so far."""
        calls = [event for event in model_calls(self._start) if event.output.choices]
        return Traffic(self._state.messages if calls else (), calls)


@asynccontextmanager
async def open_bridge(
    conversation: Sequence[ChatMessage], inner: Model, sandbox: SandboxEnvironment, name: str | None
) -> AsyncGenerator[Bridge]:
    """Open a bridge in the sandbox, ready when it is yielded; every model the agent asks for is ``inner``."""
    # Inspect finds the agent's main thread among its side calls by the conversation that it starts with.
    state = AgentState(messages=list(conversation))
    port, start = _free_port(), event_count()
    async with sandbox_agent_bridge(
        state, model_aliases={"inspect": inner}, model_resolver=lambda _: inner, port=port, sandbox=name
    ) as bridge:
        await _listening(sandbox, port)
        yield Bridge(port, bridge.state, start)


def read_traffic(said: str, traffic: Traffic) -> Answer:
    """Give the agent's answer: what it said to the user, and before it what it did since the user spoke."""
    reply = ChatMessageAssistant(content=said)
    if not traffic.calls:
        return Answer(reply)
    system, tools = system_of(traffic.thread), traffic.calls[-1].tools
    added = [marked(message) for message in _new(traffic) if not isinstance(message, ChatMessageSystem)]
    if added and isinstance(added[-1], ChatMessageAssistant) and not added[-1].tool_calls:
        added.pop()  # the words that the command then wrote for the user: `said`
    return Answer(reply, "stop", _answered(added), system, tuple(tool.name for tool in tools))


def _new(traffic: Traffic) -> Sequence[ChatMessage]:
    """Give the part of the main thread that this turn added: what follows the input of its first call."""
    thread = [_key(message) for message in traffic.thread]
    for call in traffic.calls:
        given = [_key(message) for message in call.input]
        if given == thread[: len(given)]:
            return traffic.thread[len(given) :]
    return traffic.thread[-1:]  # the agent rewrote its history within the turn


def _key(message: ChatMessage) -> tuple[str, str]:
    return message.role, message.text


def _answered(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Give the messages with each tool call answered: a call the agent sent no result of did happen."""
    whole: list[ChatMessage] = []
    open_calls: dict[str, ToolCall] = {}
    for message in messages:
        if isinstance(message, ChatMessageTool):
            open_calls.pop(message.tool_call_id or "", None)
        else:
            whole += map(_unreported, open_calls.values())
            calls = message.tool_calls if isinstance(message, ChatMessageAssistant) else None
            open_calls = {call.id: call for call in calls or ()}
        whole.append(message)
    return [*whole, *map(_unreported, open_calls.values())]


def _unreported(call: ToolCall) -> ChatMessageTool:
    error = ToolCallError("unknown", "the agent reported no result of this call")
    return ChatMessageTool(content="", tool_call_id=call.id, function=call.function, error=error)


def _free_port() -> int:
    """Give a port that is free here; in a container of its own nearly every port is."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _listening(sandbox: SandboxEnvironment, port: int) -> None:
    """Wait for the proxy, which Inspect starts without waiting; its socket is looked for in Linux's own tables."""
    deadline = asyncio.get_running_loop().time() + _STARTING
    while asyncio.get_running_loop().time() < deadline:
        shown = await sandbox.exec(["cat", "/proc/net/tcp", "/proc/net/tcp6"], concurrency=False)
        rows = [line.split() for line in shown.stdout.splitlines()]
        if any(len(row) > 3 and row[1].endswith(f":{port:04X}") and row[3] == _LISTENING for row in rows):  # noqa: PLR2004
            return
        await asyncio.sleep(_PAUSE)
    raise TargetFailed(f"Inspect's model proxy did not start within {_STARTING:.0f} seconds in the sandbox")
