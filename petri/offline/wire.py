"""Reading the JSON that the audit loop and the judging send to a simulated model."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from petri.errors import UsageError


class Wire(BaseModel):
    """A part of a message to a role. Fields that a simulated model does not need may be added to the message."""

    model_config = ConfigDict(extra="ignore", frozen=True)


_Part = TypeVar("_Part", bound=Wire)


def parse(text: str, model: type[_Part], role: str, what: str) -> _Part:
    """The message as ``model``, or a ``UsageError`` that names the role and says what was expected."""
    try:
        return model.model_validate_json(text)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise UsageError(
            f"petri-offline/{role} reads {what} as one JSON object, and this is not of that form: {where}: "
            f"{first['msg']} (is the model in the {role}'s role?)"
        ) from fault
