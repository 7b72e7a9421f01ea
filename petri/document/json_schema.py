"""JSON Schemas of file formats, in the shape that editors read best."""

from collections.abc import Mapping
from typing import Any, Final

from petri.document.fields import StrictModel

DRAFT: Final = "http://json-schema.org/draft-07/schema#"


def model_schema(model: type[StrictModel]) -> dict[str, Any]:
    """Give the JSON Schema of a model as draft-07, which the YAML language server knows best."""
    return {"$schema": DRAFT, **_draft07(model.model_json_schema())}


def _draft07(node: Mapping[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for key, value in node.items():
        if key in {
            "properties",
            "patternProperties",
            "$defs",
        }:  # here the keys are names, whatever they are called
            schema["definitions" if key == "$defs" else key] = {
                name: _draft07(v) for name, v in value.items()
            }
        elif key == "$ref":
            schema["$ref"] = value.replace("#/$defs/", "#/definitions/")
        elif key in {"anyOf", "oneOf", "allOf"}:
            schema[key] = [_draft07(choice) for choice in value]
        elif key in {"items", "additionalProperties"} and not isinstance(value, bool):
            schema[key] = _draft07(value)
        elif key != "title" and not _is_long_default(key, value):
            schema[key] = value
    if "patternProperties" in schema:
        schema["additionalProperties"] = False
    return _with_siblings(_without_choice(schema))


def _is_long_default(key: str, value: object) -> bool:
    """Tell a default that says no more than that the key may be left out."""
    return key == "default" and (value is None or isinstance(value, dict | list))


def _without_choice(schema: dict[str, Any]) -> dict[str, Any]:
    """Write "this or null" as two types of one value: editors explain a wrong value better without a choice."""
    match schema.get("anyOf"):
        case [{"type": str() as kind} as choice, {"type": "null"}] if not {"enum", "const"} & choice.keys():
            return (
                {key: value for key, value in schema.items() if key != "anyOf"}
                | choice
                | {"type": [kind, "null"]}
            )
        case _:
            return schema


def _with_siblings(schema: dict[str, Any]) -> dict[str, Any]:
    """Draft-07 ignores what stands beside ``$ref``; under ``allOf`` it counts."""
    if "$ref" not in schema or len(schema) == 1:
        return schema
    return {
        "allOf": [{"$ref": schema["$ref"]}],
        **{key: value for key, value in schema.items() if key != "$ref"},
    }
