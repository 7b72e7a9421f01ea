"""What the sample of a resumed run says of itself: which audit it goes on with, and where that one's record stands."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Self

from inspect_ai.model import ModelUsage
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from petri.errors import UnreadableLog

_KEY: Final = "petri_resumed"


class Place(BaseModel):
    """A sample of a log in a known folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    log: Annotated[str, Field(pattern=r"^[^/\\]+\.eval$")]
    """The log's file name, and no path: what a log says leads nowhere else."""
    sample: str
    epoch: int
    uuid: str | None
    """The sample's own identity: another sample under the same name is not the one that is meant."""


class Resumed(BaseModel):
    """The metadata of a sample that goes on with an audit, or begins one that was planned before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    epoch: int
    """The audit's own; Inspect counts the samples of the log that goes on anew."""
    past: Place | None = None
    """What was recorded of the audit; None where it had not begun."""
    spent: dict[str, ModelUsage] = {}
    """By role, what its earlier samples spent."""
    calls: dict[str, int] = {}
    """By role, how often they were answered."""
    cost_usd: float | None = None
    """What they cost; None where that is not known, or where they spent nothing."""

    @classmethod
    def of_metadata(cls, metadata: Mapping[str, Any]) -> Self | None:
        """Read a sample's metadata; None for a sample that was not resumed."""
        told = metadata.get(_KEY)
        if told is None:
            return None
        try:
            return cls.model_validate(told)
        except ValidationError as error:
            raise UnreadableLog(f"a sample does not say what it goes on with: {error}") from error

    def as_metadata(self) -> dict[str, object]:
        """Give the metadata that says so."""
        return {_KEY: self.model_dump(mode="json", exclude_none=True)}


def audit_epoch(metadata: Mapping[str, Any], epoch: int) -> int:
    """Give the epoch of the audit in a sample, which Inspect counts as ``epoch``."""
    resumed = Resumed.of_metadata(metadata)
    return epoch if resumed is None else resumed.epoch
