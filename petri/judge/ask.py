"""One judge, one transcript: what is asked, how often, and what becomes of the reply."""

import json
import secrets
from collections.abc import Sequence
from typing import Any, Final

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ContentText,
    Model,
)
from inspect_ai.tool import ToolCallError, ToolInfo, ToolParams
from inspect_ai.util import JSONSchema

from petri.boundary import Failure
from petri.conversation.storable import storable
from petri.errors import JudgeReplyError
from petri.judge.parse import Task, parse_verdict
from petri.judge.verdict import JudgeFailure, Status, Verdict
from petri.prompts.files import OURS, Prompts
from petri.protocol.asking import ask_model
from petri.protocol.calling import Mode
from petri.rubric.schema import Dimension
from petri.transcript.reading import Reading

MOST_REPLIES: Final = 3
"""A reply that cannot be read is asked again, with the fault named, up to this many replies in all."""

TOOL: Final = "submit_verdict"


async def ask(  # noqa: PLR0913 -- the two last are how it is asked, not what
    model: Model,
    reading: Reading,
    dimensions: Sequence[Dimension],
    validity: str | None,
    *,
    mode: Mode = "native",
    prompts: Prompts = OURS,
) -> Verdict | JudgeFailure:
    """Ask one judge for a verdict; a judge that gives none is a failure with its reason, never a score."""
    task = Task(tuple(dimensions), validity, reading.pieces, reading.target)
    messages = opening(reading, dimensions, validity, prompts)
    tool = verdict_tool(dimensions, validity, prompts)
    judge = str(model)
    fault = JudgeReplyError("no reply")
    for replies in range(1, MOST_REPLIES + 1):
        asked = await ask_model(model, messages, [tool], mode, prompts=prompts, who="judge")
        if isinstance(asked.result, Failure):
            lost = f"{asked.result.kind}: {asked.result.message}"
            return JudgeFailure(judge=judge, replies=replies - 1, status="error", message=lost)
        output = asked.result.output
        if output.stop_reason == "model_length":
            full = "the transcript does not fit the judge's context"
            return JudgeFailure(judge=judge, replies=replies, status="error", message=full)
        message = storable(output.message)
        try:
            arguments = _arguments(message, refused=output.stop_reason == "content_filter")
            return parse_verdict(arguments, task, judge=judge, replies=replies, final=replies == MOST_REPLIES)
        except JudgeReplyError as error:
            fault = error
            messages = [*messages, message, *_repair(message, error, prompts)]
    return JudgeFailure(judge=judge, replies=MOST_REPLIES, status=_status(fault), message=str(fault))


def opening(
    reading: Reading, dimensions: Sequence[Dimension], validity: str | None, prompts: Prompts = OURS
) -> list[ChatMessage]:
    """Give the messages that ask for a verdict: the transcript first (a prefix that caches), the rubric last."""
    nonce = secrets.token_hex(8)
    rubric = [
        dimension.model_dump(mode="json", exclude_none=True, exclude={"threshold"})
        for dimension in dimensions
    ]
    task = json.dumps({"nonce": nonce, "validity": validity, "dimensions": rubric}, ensure_ascii=False)
    return [
        ChatMessageSystem(content=prompts.text("judge/system")),
        ChatMessageUser(content=[ContentText(text=reading.as_json(nonce)), ContentText(text=task)]),
    ]


def verdict_tool(dimensions: Sequence[Dimension], validity: str | None, prompts: Prompts = OURS) -> ToolInfo:
    """Give the tool that a judge answers with; reasons stand before scores, so that they are written first."""
    quote = {"message": _text("Label of the message."), "quote": _text("Verbatim words of that message.")}
    evidence = _object(quote | {"shows": _text("What it shows.")})
    citation = _object(quote)
    scores = {
        dimension.name: _object(
            {
                "reason": _text("Weighs the evidence against the anchors."),
                "status": JSONSchema(type="string", enum=["scored", "not_applicable"]),
                "value": JSONSchema(
                    anyOf=[JSONSchema(type="integer"), JSONSchema(type="null")],
                    description=f"{dimension.scale.min} to {dimension.scale.max}; null when not applicable.",
                ),
                "citations": JSONSchema(type="array", items=citation),
            }
        )
        for dimension in dimensions
    }
    properties = {"evidence": JSONSchema(type="array", items=evidence)}
    if validity is not None:
        properties["scenario_valid"] = _object({"reason": _text("Why."), "valid": JSONSchema(type="boolean")})
    properties["dimensions"] = _object(scores)
    parameters = ToolParams(properties=properties, required=list(properties))
    return ToolInfo(name=TOOL, description=prompts.text("judge/submit_verdict"), parameters=parameters)


def _arguments(reply: ChatMessageAssistant, *, refused: bool) -> dict[str, Any]:
    """Give the arguments of the last complete ``submit_verdict`` call; prose is never searched for a verdict."""
    if refused:
        raise JudgeReplyError(
            f"the judge refused: {reply.text[:200] or 'its provider filtered the reply'}", "judge_refused"
        )
    calls = [call for call in reply.tool_calls or () if call.function == TOOL]
    if not calls:
        raise JudgeReplyError(f"the reply holds no call of {TOOL}.")
    complete = [call for call in calls if not call.parse_error]
    if not complete:
        raise JudgeReplyError(f"the arguments of {TOOL} are not valid JSON: {calls[-1].parse_error}")
    return complete[-1].arguments


def _repair(reply: ChatMessageAssistant, fault: JudgeReplyError, prompts: Prompts) -> list[ChatMessage]:
    """Give what is said after a faulty reply: each of its calls gets a result, as providers demand."""
    told = prompts.render("judge/repair", fault=str(fault))
    calls = reply.tool_calls or ()
    if not calls:
        return [ChatMessageUser(content=told)]
    return [
        ChatMessageTool(
            content=told, tool_call_id=call.id, function=call.function, error=ToolCallError("unknown", told)
        )
        for call in calls
    ]


def _status(fault: JudgeReplyError) -> Status:
    return "judge_refused" if fault.status == "judge_refused" else "unparsable"


def _text(description: str) -> JSONSchema:
    return JSONSchema(type="string", description=description)


def _object(properties: dict[str, JSONSchema]) -> JSONSchema:
    return JSONSchema(
        type="object", properties=properties, required=list(properties), additionalProperties=False
    )
