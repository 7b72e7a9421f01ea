"""The kinds of value that every file format shares. Nothing is converted silently: `"5"` is text, not a number."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, StringConstraints
from pydantic_core import PydanticCustomError

_SLUG: Final = r"^[a-z0-9][a-z0-9_-]{0,63}$"


class StrictModel(BaseModel):
    """A part of a file: frozen, and any key that it does not name is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def make_slug(text: str) -> str:
    """Give the slug nearest to a text, such as a file's name; ``unnamed`` if nothing of it can stay."""
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")[:64] or "unnamed"


def _slug(text: str) -> str:
    if not re.fullmatch(_SLUG, text):
        raise PydanticCustomError(
            "name",
            "should be lower-case letters, digits, '-' and '_' (at most 64), such as '{example}'",
            {"example": make_slug(text)},
        )
    return text


Slug = Annotated[str, AfterValidator(_slug), Field(json_schema_extra={"pattern": _SLUG})]
"""Lower-case letters, digits, ``-`` and ``_``, at most 64, starting with a letter or digit."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict()]
Switch = Annotated[bool, Strict()]
