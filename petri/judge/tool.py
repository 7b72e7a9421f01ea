"""The tools that a judge answers with."""

from collections.abc import Sequence
from typing import Final

from inspect_ai.tool import ToolInfo, ToolParams
from inspect_ai.util import JSONSchema

from petri.judge.parse import VALIDITY
from petri.prompts.files import OURS, Prompts
from petri.rubric.schema import Dimension

VERDICT: Final = "submit_verdict"
EVIDENCE: Final = "submit_evidence"


def verdict_tool(
    dimensions: Sequence[Dimension], validity: str | None, prompts: Prompts = OURS, *, calls: int = 1
) -> ToolInfo:
    """Give the tool for a verdict; reasons stand before scores, so that they are written first.

    Where the dimensions are asked for in several ``calls``, each has the same tool, with all of them: another tool
    would be another prefix, and providers would read the transcript anew. What a call does not ask for is null.
    """
    scores = {dimension.name: _score(dimension) for dimension in dimensions}
    valid = _object({"reason": _text("Why."), "valid": JSONSchema(type="boolean")})
    if calls > 1:
        scores = {name: _nullable(score) for name, score in scores.items()}
        valid = _nullable(valid)
    properties = {"evidence": JSONSchema(type="array", items=_evidence())}
    if validity is not None:
        properties[VALIDITY] = valid
    properties["dimensions"] = _object(scores)
    return _tool(VERDICT, properties, prompts)


def evidence_tool(prompts: Prompts = OURS) -> ToolInfo:
    """Give the tool for the evidence from one window of a long transcript."""
    return _tool(EVIDENCE, {"evidence": JSONSchema(type="array", items=_evidence())}, prompts)


def _tool(name: str, properties: dict[str, JSONSchema], prompts: Prompts) -> ToolInfo:
    parameters = ToolParams(properties=properties, required=list(properties))
    return ToolInfo(name=name, description=prompts.text(f"judge/{name}"), parameters=parameters)


def _score(dimension: Dimension) -> JSONSchema:
    citation = _object(dict.fromkeys(_quote(), JSONSchema(type="string")))
    return _object(
        {
            "reason": JSONSchema(type="string"),
            "status": JSONSchema(type="string", enum=["scored", "not_applicable"]),
            "value": JSONSchema(
                anyOf=[JSONSchema(type="integer"), JSONSchema(type="null")],
                description=f"{dimension.scale.min} to {dimension.scale.max}; null when not applicable.",
            ),
            "citations": JSONSchema(type="array", items=citation),
        }
    )


def _evidence() -> JSONSchema:
    return _object(_quote() | {"shows": _text("What it shows.")})


def _quote() -> dict[str, JSONSchema]:
    return {"message": _text("Label of the message."), "quote": _text("Verbatim words of that message.")}


def _text(description: str) -> JSONSchema:
    return JSONSchema(type="string", description=description)


def _nullable(schema: JSONSchema) -> JSONSchema:
    return JSONSchema(anyOf=[schema, JSONSchema(type="null")])


def _object(properties: dict[str, JSONSchema]) -> JSONSchema:
    return JSONSchema(
        type="object", properties=properties, required=list(properties), additionalProperties=False
    )
