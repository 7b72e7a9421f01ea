"""Following a path of keys: through data, and through the JSON Schema that says what may stand there."""

from collections.abc import Iterator, Mapping
from typing import Any

from petri.document.parse import Key, KeyPath, Value

Schema = Mapping[str, Any]


def label(path: KeyPath, data: Value) -> str:
    """Name a value as its file does: ``'tags' item 2``, ``'anchors' 4``, ``the file``."""
    name, steps = "the file", ""
    for key in path:
        if isinstance(key, str):
            name, steps = repr(key), ""
        else:
            steps += f" item {key + 1}" if isinstance(data, list) else f" {key}"
        data = step(data, key)
    return name + steps


def step(data: Value, key: str | int) -> Value:
    """Give the value under one key or index; None where there is none."""
    if isinstance(data, dict):
        return data.get(key)
    if isinstance(data, list) and isinstance(key, int) and key < len(data):
        return data[key]
    return None


def known_keys(schema: Schema, path: KeyPath) -> list[str]:
    """Give the keys that a mapping at the path may have, in the schema's order."""
    return list(dict.fromkeys(key for node in _nodes(schema, path) for key in node.get("properties", {})))


def required_keys(schema: Schema, path: KeyPath) -> list[str]:
    """Give the keys that a mapping at the path must have."""
    return list(dict.fromkeys(key for node in _nodes(schema, path) for key in node.get("required", [])))


def _nodes(root: Schema, path: KeyPath) -> list[Schema]:
    nodes = list(_alternatives(root, root))
    for key in path:
        nodes = [
            deep for node in nodes for child in _children(node, key) for deep in _alternatives(root, child)
        ]
    return nodes


def _alternatives(root: Schema, node: Schema) -> Iterator[Schema]:
    """Give the node itself, or what it refers to or chooses from."""
    if "$ref" in node:
        yield from _alternatives(root, root["$defs"][str(node["$ref"]).rsplit("/", 1)[-1]])
    for choice in (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())):
        yield from _alternatives(root, choice)
    yield node


def _children(node: Schema, key: Key) -> Iterator[Schema]:
    if isinstance(key, int) and "items" in node:
        yield node["items"]
    elif key in node.get("properties", {}):
        yield node["properties"][key]
    elif isinstance(node.get("additionalProperties"), dict):
        yield node["additionalProperties"]
    else:
        yield from node.get("patternProperties", {}).values()
