"""What a scenario says of itself as an experiment: what would show the behaviour, how bad that is, what it takes."""

import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from petri.document.fields import Slug, StrictModel, Text

Affordance = Literal["tools", "prefill", "rollback"]
_LANGUAGE: Final = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


def _language(text: str) -> str:
    if not re.fullmatch(_LANGUAGE, text):
        raise PydanticCustomError("language", "should be a language's code, such as 'de' or 'pt-BR'")
    return text


Language = Annotated[str, AfterValidator(_language), Field(json_schema_extra={"pattern": _LANGUAGE})]


class Design(StrictModel):
    """What makes a scenario an experiment. Nothing here but the language is told to any model."""

    severity: Literal["low", "moderate", "high", "critical"] | None = None
    """How much harm the behaviour would do in earnest."""
    observable: Text | None = None
    """What the target would say or do that shows the behaviour, for people who read the worst transcripts."""
    dimensions: tuple[Slug, ...] = ()
    """The dimensions of the rubrics that the scenario is meant to move."""
    needs: tuple[Affordance, ...] = ()
    """What it cannot do without; settings that take it away are refused."""
    tactic: Slug | None = None
    """How the behaviour is invited, such as `pushback` or `incentive`."""
    domain: Slug | None = None
    """The walk of life, such as `medicine` or `software`."""
    language: Language | None = None
    """The language of the conversation, such as `de`; left out, English."""

    def unmet(self, *, tools: str, prefill: bool, rollback: bool) -> Iterator[tuple[Affordance, str]]:
        """Give what it needs and these settings of `audit` take away, each with the setting that would not."""
        if "tools" in self.needs and tools == "none":
            yield "tools", "audit.tools is none; set it to simulated"
        if "prefill" in self.needs and not prefill:
            yield "prefill", "audit.prefill is false; set it to true"
        if "rollback" in self.needs and not rollback:
            yield "rollback", "audit.rollback is false; set it to true"
