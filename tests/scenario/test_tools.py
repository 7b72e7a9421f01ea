"""A tool's JSON Schema: refused where it cannot be used, else handed to the target as it was written."""

import json
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.tool import ToolParams

from petri.audit.tools.toolbox import tool_info
from petri.errors import ActionError, InvalidFile
from petri.scenario.load import load_file
from petri.scenario.schema import ScenarioFile, ToolDefinition

Schema = dict[str, Any]
ABOVE = "type, properties, required, additionalProperties"
INSIDE = f"{ABOVE}, description, enum, items, anyOf, format, pattern, minLength, maxLength, minimum, maximum"


def _write(parameters: Schema) -> Path:
    tool = ToolDefinition(name="t", description="d", parameters=parameters)
    file = ScenarioFile.model_validate(
        {"petri": 1, "name": "n", "scenarios": [{"id": "a", "seed": "s", "tools": [tool]}]}
    )
    path = Path("f.yaml")  # JSON is YAML
    path.write_text(file.model_dump_json(exclude_unset=True), encoding="utf-8")
    return path


def _of(**spec: Any) -> Schema:
    return {"type": "object", "properties": {"a": spec}}


REFUSED: dict[str, tuple[Schema, str]] = {
    "property name with a blank": (
        {"type": "object", "properties": {"a b": {"type": "string"}}},
        "parameters: 'a b' is no name for a property: letters, digits, _, . and -, at most 64",
    ),
    "required names no property": (
        {"type": "object", "properties": {"a": {}}, "required": ["b"]},
        "parameters.required names b, not among the properties: a",
    ),
    "array of nothing": (
        _of(type="array"),
        'parameters.a is an array; say of what, such as "items": {"type": "string"}',
    ),
    "array of nothing among choices": (
        _of(anyOf=[{"type": "string"}, {"type": ["array", "null"]}]),
        'parameters.a.anyOf.1 is an array; say of what, such as "items": {"type": "string"}',
    ),
    "const": (_of(const=1), "parameters.a: 'const' would not reach the target; write 'enum' with one value"),
    "oneOf": (_of(oneOf=[{}]), "parameters.a: 'oneOf' would not reach the target; write 'anyOf'"),
    "a reference": (
        _of(type="array", items={"$ref": "#/$defs/x"}),
        "parameters.a.items: '$ref' would not reach the target; write the schema out in its place",
    ),
    "definitions": (
        {"type": "object", "$defs": {"x": {}}},
        "parameters: '$defs' would not reach the target; write each schema out in its place",
    ),
    "a choice at the top": (
        {"type": "object", "anyOf": [{"required": []}]},
        f"parameters: 'anyOf' would not reach the target; these can be used here: {ABOVE}",
    ),
    "a bound deep inside": (
        _of(type="object", additionalProperties={"type": "integer", "multipleOf": 2}),
        f"parameters.a.additionalProperties: 'multipleOf' would not reach the target; these can be used here: {INSIDE}",
    ),
}


@pytest.mark.parametrize(("parameters", "message"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_in_a_file_and_from_the_auditor(parameters: Schema, message: str) -> None:
    with pytest.raises(InvalidFile) as in_file:
        load_file(_write(parameters))
    with pytest.raises(ActionError) as from_auditor:
        tool_info("t", "d", parameters)
    (fault,) = in_file.value.faults
    assert fault.line == 1
    assert fault.col > 1
    assert (fault.message, str(from_auditor.value)) == (message, message)


def test_a_fault_stands_at_the_keyword() -> None:
    text = (
        "petri: 1\nname: n\nseed: s\ntools:\n  - name: t\n    description: d\n    parameters:\n"
        "      type: object\n      properties:\n        a: {type: string, const: x}\n        b: true\n"
    )
    Path("f.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFile) as caught:
        load_file(Path("f.yaml"))
    assert [str(fault) for fault in caught.value.faults] == [
        "f.yaml:10:27: parameters.a: 'const' would not reach the target; write 'enum' with one value",
        'f.yaml:11:12: parameters.b should be a mapping such as {"type": "string"}, found true',
    ]


def test_parameters_nested_beyond_reason_are_a_fault() -> None:
    spec: Schema = {"type": "string"}
    for _ in range(300):
        spec = {"type": "array", "items": spec}
    line = {"seed": "s", "tools": [{"name": "t", "description": "d", "parameters": _of(**spec)}]}
    Path("f.jsonl").write_text(json.dumps(line), encoding="utf-8")
    with pytest.raises(InvalidFile, match="the parameters of 't' are nested too deep to be checked"):
        load_file(Path("f.jsonl"))


KEPT: dict[str, Schema] = {
    "text": _of(type="string", description="d", format="date", pattern="x", minLength=1, maxLength=2),
    "numbers": _of(type=["integer", "null"], minimum=1, maximum=2.5, enum=[1, 2]),
    "lists": _of(type="array", items={"anyOf": [{"type": "string"}, {"type": "null"}]}),
    "objects": _of(
        type="object", properties={"b": {"type": "boolean"}}, required=["b"], additionalProperties=False
    ),
    "mappings": _of(type="object", additionalProperties={"type": "string"}),
    "open": {"type": "object", "properties": {}, "additionalProperties": True},
    "closed": {"type": "object", "properties": {"a": {}}, "required": ["a"], "additionalProperties": False},
}


@pytest.mark.parametrize("parameters", KEPT.values(), ids=KEPT)
def test_it_reaches_the_target_as_it_was_written(parameters: Schema) -> None:
    (scenario,) = load_file(_write(parameters)).spec.scenarios
    made = tool_info("t", "d", scenario.tools[0].parameters).parameters
    silent: Schema = {"required": [], "additionalProperties": False}
    assert made.model_dump(exclude_none=True) == silent | parameters


def test_what_only_annotates_is_dropped() -> None:
    annotated = _of(type="string", title="A", **{"$comment": "c", "deprecated": True})
    above = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "T", "description": "d"}
    (scenario,) = load_file(_write(annotated | above)).spec.scenarios
    made = tool_info("t", "d", scenario.tools[0].parameters).parameters
    assert made == ToolParams.model_validate(_of(type="string"))
