"""What a tool's JSON Schema may say: what every provider accepts, and what reaches the target as it was written."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from petri.document.wording import found

_PROPERTY: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_KEPT_ABOVE: Final = ("type", "properties", "required", "additionalProperties")
_KEPT: Final = (
    *_KEPT_ABOVE,
    *("description", "enum", "items", "anyOf", "format", "pattern"),
    *("minLength", "maxLength", "minimum", "maximum"),
)
_SILENT: Final = {"$schema", "$id", "$comment", "title", "description", "default", "examples"} | {
    "deprecated",
    "readOnly",
    "writeOnly",
}
"""These only annotate: what is accepted is the same without them."""
_INSTEAD: Final = {
    "const": "write 'enum' with one value",
    "oneOf": "write 'anyOf'",
    "$ref": "write the schema out in its place",
    "$defs": "write each schema out in its place",
    "definitions": "write each schema out in its place",
}


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """What cannot be used of a tool's parameters: the keys that lead there, and what would be right."""

    path: tuple[str | int, ...]
    message: str
    of_key: bool = False


@dataclass(frozen=True, slots=True)
class _Node:
    """A schema inside the parameters, under ``path``; ``name`` is what messages call it."""

    schema: Any
    path: tuple[str | int, ...]
    name: str

    def child(self, schema: Any, *keys: str | int, name: str | int | None = None) -> "_Node":
        shown = ".".join(map(str, keys)) if name is None else name
        return _Node(schema, (*self.path, *keys), f"{self.name}.{shown}")


def parameter_faults(parameters: Mapping[str, Any]) -> Iterator[SchemaFault]:
    """Give what cannot be used of parameters that are a JSON Schema of type object."""
    top = _Node(parameters, (), "parameters")
    yield from _required(parameters)
    yield from _lost(top, parameters, _KEPT_ABOVE)
    yield from _inner_faults(top, parameters)


def _required(parameters: Mapping[str, Any]) -> Iterator[SchemaFault]:
    names: Sequence[str] = parameters.get("required") or ()
    known: Mapping[str, Any] = parameters.get("properties") or {}
    unknown = [name for name in names if name not in known]
    if unknown:
        properties = ", ".join(known) or "none"
        message = f"parameters.required names {', '.join(unknown)}, not among the properties: {properties}"
        yield SchemaFault(("required",), message)


def _node_faults(node: _Node) -> Iterator[SchemaFault]:
    given: object = node.schema
    if not isinstance(given, dict):
        wanted = f'{node.name} should be a mapping such as {{"type": "string"}}'
        yield SchemaFault(node.path, f"{wanted}, found {found(given)}")
        return
    schema = cast("dict[str, Any]", given)
    types: object = schema.get("type")
    if (types == "array" or (isinstance(types, list) and "array" in types)) and schema.get("items") is None:
        message = f'{node.name} is an array; say of what, such as "items": {{"type": "string"}}'
        yield SchemaFault(node.path, message)
    yield from _lost(node, schema, _KEPT)
    yield from _inner_faults(node, schema)


def _inner_faults(node: _Node, schema: Mapping[str, Any]) -> Iterator[SchemaFault]:
    properties: Mapping[str, object] = schema.get("properties") or {}
    for key in properties:
        if not _PROPERTY.fullmatch(key):
            message = (
                f"{node.name}: {key!r} is no name for a property: letters, digits, _, . and -, at most 64"
            )
            yield SchemaFault((*node.path, "properties", key), message, of_key=True)
    for inner in _inner(node, schema):
        yield from _node_faults(inner)


def _inner(node: _Node, schema: Mapping[str, Any]) -> Iterator[_Node]:
    properties: Mapping[str, object] = schema.get("properties") or {}
    choices: Sequence[object] = schema.get("anyOf") or ()
    for key, value in properties.items():
        yield node.child(value, "properties", key, name=key)
    for number, value in enumerate(choices):
        yield node.child(value, "anyOf", number)
    if schema.get("items") is not None:
        yield node.child(schema["items"], "items")
    if isinstance(schema.get("additionalProperties"), dict):
        yield node.child(schema["additionalProperties"], "additionalProperties")


def _lost(node: _Node, schema: Mapping[str, Any], kept: Sequence[str]) -> Iterator[SchemaFault]:
    for key in schema:
        if key not in kept and key not in _SILENT:
            instead = _INSTEAD.get(key, f"these can be used here: {', '.join(kept)}")
            message = f"{node.name}: {key!r} would not reach the target; {instead}"
            yield SchemaFault((*node.path, key), message, of_key=True)
