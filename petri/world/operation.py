"""What every operation on a world is made of: arguments, what it does, and what it leaves."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue
from pydantic_core import PydanticCustomError

from petri.world.state import World
from petri.world.values import LONGEST


@dataclass(frozen=True, slots=True)
class Done:
    """What an operation leaves: the world after it, and what the one who asked is told."""

    world: World
    result: str
    is_error: bool = False


class Arguments(BaseModel):
    """The arguments of an operation. What it does not know is left aside; numbers may stand for text."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


def _not_longer(value: str) -> str:
    if len(value) > LONGEST:
        raise PydanticCustomError("too_large", "File too large")
    return value


def _as_text(value: object) -> object:
    """Write down what came as data where text was asked for."""
    return json.dumps(value, ensure_ascii=False, indent=2) if isinstance(value, dict | list | bool) else value


def _as_data(value: object) -> object:
    """Read a mapping that came as JSON text, as many models send it."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (json.JSONDecodeError, RecursionError):
        return value


Words = Annotated[str, BeforeValidator(_as_text), AfterValidator(_not_longer)]
Fields = Annotated[dict[str, JsonValue], BeforeValidator(_as_data)]
Limit = Annotated[int, Field(ge=1)]

A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class Operation(Generic[A]):
    """One operation; ``apply`` raises ``WorldError`` with what a system would say where it cannot be done."""

    name: str
    arguments: type[A]
    apply: Callable[[World, A], Done]

    @property
    def tool_name(self) -> str:
        """The name as a tool's: ``files_read``."""
        return self.name.replace(".", "_")

    def parameters(self) -> dict[str, Any]:
        """Give the JSON Schema of the arguments."""
        schema = self.arguments.model_json_schema()
        properties = {name: _plain(spec) for name, spec in schema.get("properties", {}).items()}
        return {"type": "object", "properties": properties, "required": schema.get("required", [])}


def _plain(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Drop what only pydantic adds to a JSON Schema, and the choice of null: a model pays for each word."""
    choices = [each for each in spec.get("anyOf", ()) if each != {"type": "null"}]
    if len(choices) == 1:
        spec = choices[0] | {key: value for key, value in spec.items() if key != "anyOf"}
    dropped = {"title", "default", "additionalProperties", "minimum", "maximum", "minItems", "maxItems"}
    return {key: value for key, value in spec.items() if key not in dropped}


def as_json(value: object) -> str:
    """Give data as the text of a result."""
    return json.dumps(value, ensure_ascii=False, indent=2)
