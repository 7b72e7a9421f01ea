"""The world behind the target's tools: the same call is always answered in the same way."""

import re
from typing import Any, NamedTuple

from pydantic import Field

from petri.document.fields import StrictModel
from petri.offline import library
from petri.offline.play import Answer, PlayTool

_SLOT = re.compile(r"\{(\w+)\}")


class StockTool(StrictModel):
    """Answers for tools that no play defines, by what the tool's name says it does."""

    named: str
    """A pattern for the tool's name."""
    answers: tuple[Answer, ...] = Field(min_length=1)


class Stock(StrictModel):
    """The answers in ``world.yaml``; the last entry fits every name."""

    tools: tuple[StockTool, ...] = Field(min_length=1)


class Result(NamedTuple):
    """What a tool answers."""

    text: str
    is_error: bool


def answer(tools: tuple[PlayTool, ...], name: str, arguments: dict[str, Any]) -> Result:
    """The answer to a call: of the play's own tool, else of a stock tool with a fitting name."""
    answers = next((tool.answers for tool in tools if tool.name == name), None) or _stock_answers(name)
    fitting = next((each for each in answers if _fits(each, arguments)), answers[-1])
    text = _SLOT.sub(lambda slot: str(arguments.get(slot[1], slot[0])), fitting.result)
    return Result(text, fitting.is_error)


def _stock_answers(name: str) -> tuple[Answer, ...]:
    stock = library.read("world.yaml", Stock).tools
    return next(
        (tool.answers for tool in stock if re.search(tool.named, name, re.IGNORECASE)), stock[-1].answers
    )


def _fits(candidate: Answer, arguments: dict[str, Any]) -> bool:
    return all(
        re.search(pattern, str(arguments.get(argument, "")), re.IGNORECASE)
        for argument, pattern in candidate.when.items()
    )
