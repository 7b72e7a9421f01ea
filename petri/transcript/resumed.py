"""What the sample of a resumed run says of itself: which audit it goes on with, and where that one's record stands."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from inspect_ai.model import ModelUsage
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from petri.errors import UnreadableLog


class Noted(BaseModel):
    """What the metadata of a sample say of it, under a key of their own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    KEY: ClassVar[str]
    UNREADABLE: ClassVar[str]

    @classmethod
    def of_metadata(cls, metadata: Mapping[str, Any]) -> Self | None:
        """Read a sample's metadata; None for a sample of which nothing of the kind is said."""
        told = metadata.get(cls.KEY)
        if told is None:
            return None
        try:
            return cls.model_validate(told)
        except ValidationError as error:
            raise UnreadableLog(f"{cls.UNREADABLE}: {error}") from error

    def as_metadata(self) -> dict[str, object]:
        """Give the metadata that say so."""
        return {self.KEY: self.model_dump(mode="json")}


class Place(BaseModel):
    """A sample of a log in a known folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    log: Annotated[str, Field(pattern=r"^[^/\\]+\.eval$")]
    """The log's file name, and no path: what a log says leads nowhere else."""
    sample: str
    epoch: int
    uuid: str | None
    """The sample's own identity: another sample under the same name is not the one that is meant."""


class Resumed(Noted):
    """The metadata of a sample that goes on with an audit, or begins one that was planned before."""

    KEY: ClassVar[str] = "petri_resumed"
    UNREADABLE: ClassVar[str] = "a sample does not say what it goes on with"

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


def audit_epoch(metadata: Mapping[str, Any], epoch: int) -> int:
    """Give the epoch of the audit in a sample, which Inspect counts as ``epoch``."""
    resumed = Resumed.of_metadata(metadata)
    return epoch if resumed is None else resumed.epoch
