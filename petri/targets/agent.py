"""An Inspect agent as the target: it gets the conversation and adds to it, tool calls, results and all."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from inspect_ai.agent import Agent, AgentState
from inspect_ai.agent import run as run_agent
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageSystem, StopReason
from inspect_ai.tool import ToolInfo

from petri.boundary import Failure, attempted
from petri.errors import TargetReplyError, UsageError
from petri.targets.deployed import Answer, event_count, marked, model_calls, system_of


class AgentTarget:
    """An agent, as an instance or as the ``@agent`` function that makes it from ``args``."""

    takes_tools = False

    def __init__(self, name: str, found: Callable[..., Any], args: Mapping[str, Any]) -> None:
        """Take or make the agent; raises ``UsageError`` when its ``args`` do not fit."""
        self._agent = _made(name, found, args)

    async def answer(
        self,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolInfo],  # noqa: ARG002 - an agent has its own
    ) -> Answer:
        """Run the agent on the conversation; raises ``TargetReplyError`` when it does not end on words of its own."""
        known = {message.id for message in messages}
        start = event_count()
        state = cast("object", await run_agent(self._agent, list(messages)))
        if not isinstance(state, AgentState):
            raise TargetReplyError(
                f"the agent returned {type(state).__name__}; an agent returns its AgentState"
            )
        added = [message for message in state.messages if message.id not in known]
        said = [marked(message) for message in added if not isinstance(message, ChatMessageSystem)]
        last = said[-1] if said else None
        if not isinstance(last, ChatMessageAssistant):
            ending = f"ended on a {last.role} message" if last else "added no message"
            raise TargetReplyError(f"the agent {ending}; it must end on an assistant message of its own")
        calls = [event for event in model_calls(start) if event.output.choices]
        main = next(
            (call for call in calls if call.output.message.id == last.id), calls[-1] if calls else None
        )
        return Answer(
            last,
            _stop(state, last),
            said[:-1],
            system_of(main.input) if main else system_of(added),
            tuple(tool.name for tool in main.tools) if main else (),
        )


def _stop(state: AgentState, last: ChatMessageAssistant) -> StopReason:
    if last.tool_calls:
        return "tool_calls"
    stop = state.output.stop_reason if state.output.choices else "stop"
    return stop if stop in {"max_tokens", "model_length"} else "stop"


def _made(name: str, found: Callable[..., Any], args: Mapping[str, Any]) -> Agent:
    call = found if inspect.isfunction(found) else found.__call__
    if inspect.iscoroutinefunction(call):
        if args:
            raise UsageError(
                f"{name} is an agent that is made already, so it takes no args: {', '.join(args)}"
            )
        return cast("Agent", found)
    made = attempted(lambda: found(**args), f"making the agent {name}")
    if isinstance(made, Failure):
        raise UsageError(f"{made.message} ({type(made.error).__name__})") from made.error
    return cast("Agent", made)
