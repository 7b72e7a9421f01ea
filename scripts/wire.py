# noqa: INP001 -- a script, not a package
"""web/wire.schema.json: the JSON Schema of every model in petri/viewer/wire*.py.

    python scripts/wire.py            brings it up to date
    python scripts/wire.py --check    changes nothing; exits with 1 where it is out of date

From it, ``npm run wire`` in web/ makes the page's types and the data of its check of what arrives.
"""

import inspect
import json
import sys
from pathlib import Path
from typing import Any, Final, cast

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from petri.viewer import wire, wire_annotate, wire_report, wire_server, wire_transcript

SCHEMA: Final = Path(__file__).parents[1] / "web" / "wire.schema.json"
ADVICE: Final = "run python scripts/wire.py, then npm run wire in web/"


def models() -> list[type[BaseModel]]:
    """Give the models that these define; the schema has them by name."""
    return [
        value
        for module in (wire, wire_transcript, wire_report, wire_annotate, wire_server)
        for _, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, wire_server.Wire) and value.__module__ == module.__name__
        if value is not wire_server.Wire
    ]


def schema() -> str:
    """Give the schema as the text of its file."""
    _, document = models_json_schema([(model, "serialization") for model in models()])
    definitions = {name: _sent(each) for name, each in sorted(document["$defs"].items())}
    return json.dumps({"$defs": definitions}, indent=1, ensure_ascii=False) + "\n"


def _sent(definition: dict[str, Any]) -> dict[str, Any]:
    """Give a definition for what is sent, which leaves no field out, without what a reader does not need."""
    if "properties" in definition:
        definition = {**definition, "required": list(definition["properties"])}
    return _untitled(definition)


def _untitled(schema: Any) -> Any:
    """Give a schema or part of one without titles and defaults; a property of one of these names stays."""
    if isinstance(schema, list):
        return [_untitled(each) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    parts = cast("dict[str, Any]", schema)
    kept = {name: value for name, value in parts.items() if name not in {"title", "default"}}
    properties = cast("dict[str, Any]", kept.get("properties", {}))
    named = {name: _untitled(each) for name, each in properties.items()}
    return {name: named if name == "properties" else _untitled(value) for name, value in kept.items()}


def main(arguments: list[str]) -> int:
    """Write the schema, or say that it is out of date."""
    text = schema()
    if SCHEMA.is_file() and SCHEMA.read_text(encoding="utf-8") == text:
        return 0
    if "--check" in arguments:
        sys.stderr.write(f"{SCHEMA.name} is out of date: {ADVICE}\n")
        return 1
    SCHEMA.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
