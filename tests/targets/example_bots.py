"""Targets as a user would write them. Tests copy this file into their folder and name what is in it."""

import json
import sys
from collections.abc import Callable
from typing import Any

from inspect_ai.agent import Agent, AgentState, agent, agent_bridge, react
from inspect_ai.model import ChatMessageAssistant, ChatMessageUser, ModelOutput, get_model
from inspect_ai.tool import Tool, ToolCall, tool
from openai import AsyncOpenAI

Rows = list[dict[str, Any]]
NOT_CALLABLE = 7


class Nested:
    @staticmethod
    def answer(messages: Rows) -> str:
        return f"Nested, {len(messages)}."


class CallableObject:
    async def __call__(self, messages: Rows) -> str:
        return "From an object."


OBJECT = CallableObject()


def last(messages: Rows) -> str:
    return f"{len(messages)}: {messages[-1]['content']}"


async def last_async(messages: Rows, ending: str = "") -> dict[str, Any]:
    return {"role": "assistant", "content": last(messages) + ending, "refusal": None, "tool_calls": None}


def seen(messages: Rows, tools: Rows) -> str:
    return json.dumps([messages, tools])


def uses_tools(messages: Rows, tools: Rows) -> dict[str, Any]:
    name = tools[0]["function"]["name"]
    arguments = ['{"path": "a"}', {"path": "b"}, "", "{", "[1]"]
    calls = [
        {"id": f"c{at}", "function": {"name": name, "arguments": each}} for at, each in enumerate(arguments)
    ]
    return {"tool_calls": calls}


def halves(messages: Rows) -> str:
    return "half \ud83d of one"


def raises(messages: Rows) -> str:
    raise KeyError("no such customer, sk-abcdefghijklmnop")


def leaves(messages: Rows) -> str:
    sys.exit(3)


def returning(value: object) -> Callable[[Rows], object]:
    return lambda messages: value


returns_none, returns_number, returns_empty = returning(None), returning(7), returning({"text": "Hi."})
returns_bad_call, returns_bad_content = returning({"tool_calls": [{"id": "x"}]}), returning({"content": 3})


def scripted(script: str) -> Any:
    return get_model("petri-offline/script", script=script, part="target", memoize=False)


@tool
def look() -> Tool:
    async def execute(path: str) -> str:
        """Looks.

        Args:
            path: Where.
        """
        return f"looked at {path}"

    return execute


@agent
def desk(script: str, prompt: str = "You are the desk.") -> Agent:
    return react(prompt=prompt, tools=[look()], model=scripted(script), submit=False)


@agent
def broken(how: str) -> Agent:
    async def execute(state: AgentState) -> AgentState:
        if how == "raises":
            raise ValueError("lost")
        if how == "silent":
            return state
        if how == "user":
            state.messages.append(ChatMessageUser(content="I am the user."))
            return state
        return "done"  # type: ignore[return-value]  # pyright: ignore[reportReturnType] -- a user's mistake

    return execute


@agent
def stops(reason: Any) -> Agent:
    async def execute(state: AgentState) -> AgentState:
        message = ChatMessageAssistant(content="That is", model="m")
        state.messages.append(message)
        state.output = ModelOutput.from_message(message, stop_reason=reason)
        return state

    return execute


MADE = stops("stop")


@agent
def asks() -> Agent:
    """An agent that leaves its tool calls to whoever it talks to."""

    async def execute(state: AgentState) -> AgentState:
        call = ToolCall("c1", "look", {"path": "a"})
        state.messages.append(ChatMessageAssistant(content="", tool_calls=[call]))
        return state

    return execute


async def bridged(messages: Any) -> str | None:
    """Uses OpenAI's own client, whose calls Inspect's in-process bridge answers with a model of Inspect's."""
    async with agent_bridge(), AsyncOpenAI(api_key="key") as client:
        model = "inspect/petri-offline/honest"
        done = await client.chat.completions.create(model=model, messages=messages)
    return done.choices[0].message.content


@agent
def reminded(script: str) -> Agent:
    """An agent whose own loop tells the model to go on, in the user's role."""

    async def execute(state: AgentState) -> AgentState:
        for reminder in ("Go on.", None):
            output = await scripted(script).generate(state.messages)
            state.messages.append(output.message)
            if reminder is not None:
                state.messages.append(ChatMessageUser(content=reminder))
        return state

    return execute
