"""An auditor's tool: its arguments, its effect on the session, and how a call of it is read."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from inspect_ai.tool import ToolCall, ToolInfo, ToolParams
from inspect_ai.util import JSONSchema
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from petri.audit.session import Session
from petri.errors import ActionError
from petri.prompts.files import OURS, Prompts

Effect = dict[str, Any]
"""What a call did, told to the auditor as JSON."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "is blank; write something")
    return text


Words = Annotated[str, Field(min_length=1), AfterValidator(_not_blank)]
"""Text with something in it; some providers refuse a message that is blank."""


class Arguments(BaseModel):
    """The arguments of an auditor's tool, read strictly."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class Action(Generic[A]):
    """One tool of the auditor. ``apply`` raises ``ActionError`` when the call makes no sense as things stand."""

    name: str
    arguments: type[A]
    apply: Callable[[Session, A], Effect]

    def info(self, prompts: Prompts = OURS) -> ToolInfo:
        """Describe the tool to the auditor; the words are in ``prompts/auditor/tools``."""
        schema = self.arguments.model_json_schema()
        properties = {
            name: JSONSchema.model_validate(_plain(spec)) for name, spec in schema["properties"].items()
        }
        parameters = ToolParams(properties=properties, required=schema.get("required", []))
        description = prompts.text(f"auditor/tools/{self.name}")
        return ToolInfo(name=self.name, description=description, parameters=parameters)

    def call(self, session: Session, call: ToolCall) -> Effect:
        """Carry out a call of this tool, or raise ``ActionError`` saying what would be right."""
        if call.parse_error:
            raise ActionError(f"the arguments of {self.name} are not a JSON object: {call.parse_error}")
        try:
            arguments = self.arguments.model_validate(call.arguments)
        except ValidationError as error:
            raise ActionError(self._explain(error)) from error
        return self.apply(session, arguments)

    def _explain(self, error: ValidationError) -> str:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'arguments'}: {fault['msg'].lower()}"
            for fault in error.errors(include_url=False)
        )
        wanted = ", ".join(self.arguments.model_fields) or "no arguments"
        return f"{self.name} takes {wanted}; {faults}"


def _plain(spec: dict[str, Any]) -> dict[str, Any]:
    """Drop what only pydantic adds to a JSON Schema, so that the auditor does not pay for it."""
    return {key: value for key, value in spec.items() if key != "title"}


def as_json(effect: Effect) -> str:
    """Give what a call did as the text of its result."""
    return json.dumps(effect, ensure_ascii=False)
