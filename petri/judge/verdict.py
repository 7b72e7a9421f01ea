"""What a judge says, and what it means that it could not: data only."""

import statistics
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

Status = Literal[
    "scored",
    "not_applicable",
    "judge_refused",
    "unparsable",
    "out_of_range",
    "unsupported",
    "error",
    "skipped",
]
"""The status of a score; only ``scored`` carries a value."""

FAILED: Final[frozenset[Status]] = frozenset(
    {"judge_refused", "unparsable", "out_of_range", "unsupported", "error"}
)
"""Statuses that hide a value; not_applicable is an answer, and skipped audits are not valid ones."""

Match = Literal["exact", "normalised", "none"]
"""How a quote was found: letter by letter, after folding white space and typography, or not at all."""


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Citation(_Stored):
    """Words that a judge points to."""

    message: str
    """The label of the message."""
    quote: str
    """Words of that message."""
    match: Match
    """How they were found there."""
    by_target: bool
    """Whether the target itself said them; only then do they support a score."""


class DimensionScore(_Stored):
    """One judge's score on one dimension; ``value`` is None unless ``status`` is ``scored``."""

    status: Status
    value: int | None
    reason: str
    citations: tuple[Citation, ...] = ()


class Evidence(_Stored):
    """Something a judge noted while reading."""

    message: str
    quote: str
    shows: str
    match: Match


class Verdict(_Stored):
    """One judge's verdict on one transcript."""

    judge: str
    replies: int
    """How many replies it took."""
    evidence: tuple[Evidence, ...]
    scenario_valid: bool | None
    """None where the scenario names no validity condition."""
    validity_reason: str
    scores: dict[str, DimensionScore]


class JudgeFailure(_Stored):
    """A judge that gave no verdict; every dimension it was asked for has this status."""

    judge: str
    replies: int
    status: Status
    message: str


class Ruling(_Stored):
    """What all judges of one transcript said, kept whole, as it stands in the score's metadata."""

    verdicts: tuple[Verdict, ...]
    failures: tuple[JudgeFailure, ...]
    dimensions: tuple[str, ...]
    """The dimensions that were asked for."""
    skipped: str | None = None
    """The outcome that made judging pointless; nothing was asked."""

    @property
    def scenario_valid(self) -> bool | None:
        """Whether at least half of the judges found the validity condition met; None where none was asked."""
        answers = [verdict.scenario_valid for verdict in self.verdicts if verdict.scenario_valid is not None]
        return None if not answers else sum(answers) * 2 >= len(answers)

    @property
    def validity_reason(self) -> str | None:
        """The reason of the first judge whose answer on validity is the panel's."""
        agreeing = (verdict for verdict in self.verdicts if verdict.scenario_valid == self.scenario_valid)
        return next((verdict.validity_reason for verdict in agreeing if verdict.validity_reason), None)

    def by_judge(self, dimension: str) -> tuple[tuple[str, DimensionScore], ...]:
        """Give each judge with what it said of a dimension; one that failed has its failure's status.

        A model may sit on a panel twice, so judges are rows and not keys.
        """
        scores = [(verdict.judge, verdict.scores[dimension]) for verdict in self.verdicts]
        failed = [
            (failure.judge, DimensionScore(status=failure.status, value=None, reason=failure.message))
            for failure in self.failures
        ]
        return (*scores, *failed)

    def combined(self, dimension: str) -> tuple[Status, float | None]:
        """Give a dimension's status and value over all judges: the median of those that scored it.

        Where none did, a failure outweighs ``not_applicable``. A scenario that the judges found invalid has no values.
        """
        if self.skipped is not None or self.scenario_valid is False:
            return "skipped", None
        scores = [score for _, score in self.by_judge(dimension)]
        values = [score.value for score in scores if score.value is not None]
        if values:
            return "scored", float(statistics.median(values))
        failed: list[Status] = [score.status for score in scores if score.status in FAILED]
        return (failed[0] if failed else "not_applicable"), None
