"""A verdict in the making: what the replies to one question have given so far, and what is still owed. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from petri.errors import JudgeReplyError
from petri.judge.exchange import Lost
from petri.judge.parse import VALIDITY, Kept, Task
from petri.judge.verdict import FAILED, DimensionScore, Evidence, JudgeFailure, Status, Verdict

_MOST_SENT_BACK: Final = 1
"""How often a judge is told that none of its quotes can be found; a second invention is no slip."""
_MOST_SAID: Final = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """What one judge has given on some dimensions; whatever was given well once stands."""

    task: Task
    replies: int = 0
    scores: Mapping[str, DimensionScore] = field(default_factory=dict[str, DimensionScore])
    """Of the dimensions that were answered at all, the best answer."""
    validity: tuple[bool, str] | None = None
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict[str, str])
    """What is wrong with the last answer, by what it is wrong with."""
    inventions: Mapping[str, int] = field(default_factory=dict[str, int])
    """How often a dimension had a score that no quote supports."""
    failure: tuple[Status, str] | None = None
    """Why the last reply gave nothing; it is the status of all that is owed."""
    too_long: bool = False
    """Whether nothing was given because what is to be read does not fit."""

    @property
    def owed(self) -> tuple[str, ...]:
        """Name what has to be given still, or again."""
        wanted = [dimension.name for dimension in self.task.dimensions]
        owed = [name for name in wanted if self._is_owed(name)]
        validity = [VALIDITY] if self.task.validity is not None and self.validity is None else []
        return (*validity, *owed)

    def with_reply(self, kept: Kept) -> "Draft":
        """Give the draft with what can be kept of one more reply."""
        owed = self.owed
        given = kept.scores
        again = [name for name, score in given.items() if name not in owed and score.status not in FAILED]
        notes = [f"{name} was answered again; the first answer stands." for name in again]
        taken = {name: score for name, score in given.items() if name in owed}
        invented = {
            name: self.inventions.get(name, 0) + 1
            for name, score in taken.items()
            if score.status == "unsupported"
        }
        return replace(
            self,
            replies=self.replies + 1,
            scores={**self.scores, **taken},
            validity=self.validity or kept.validity,
            evidence=tuple(dict.fromkeys((*self.evidence, *kept.evidence))),
            notes=(*self.notes, *kept.notes, *notes),
            faults={name: fault for name, fault in kept.faults.items() if name in owed},
            inventions={**self.inventions, **invented},
            failure=None,
        )

    def without_reply(self, error: JudgeReplyError, said: str = "") -> "Draft":
        """Give the draft after a reply of which nothing can be kept.

        What was said in prose goes to whoever reads the failure: it may be a refusal that no provider marked, and what
        prose means is not guessed.
        """
        refused = error.status == "judge_refused"
        told = f"{error} It said: {said[:_MOST_SAID]!r}" if said and not refused else str(error)
        failure: tuple[Status, str] = ("judge_refused" if refused else "unparsable", told)
        return replace(self, replies=self.replies + 1, faults={"": str(error)}, failure=failure)

    def lost(self, lost: Lost) -> "Draft":
        """Give the draft of a judge that can be asked no further: what it gave stands, the rest is an error."""
        return replace(
            self,
            failure=("error", lost.message),
            faults={"": lost.message},
            too_long=lost.too_long and not self.replies,
        )

    @property
    def done(self) -> bool:
        """Whether there is nothing to ask for again."""
        return self.replies > 0 and not self.owed and self.failure is None

    def wanted(self) -> str:
        """Name what is owed, for the judge."""
        return ", ".join(f"`{name}`" for name in self.owed) or "`evidence`"

    def told(self) -> str:
        """Name the faults of the last reply, for the judge."""
        return " ".join(f"{name}: {fault}" if name else fault for name, fault in self.faults.items())

    def results(self) -> dict[str, DimensionScore]:
        """Give every dimension's score; one that is still owed has no value, and says why."""
        names = [dimension.name for dimension in self.task.dimensions]
        return {name: self.scores.get(name) or self._missing() for name in names}

    def _missing(self) -> DimensionScore:
        status, reason = self.failure or ("unparsable", "is missing.")
        return DimensionScore(status=status, value=None, reason=reason)

    def _is_owed(self, name: str) -> bool:
        score = self.scores.get(name)
        if score is not None and score.status == "unsupported":
            return self.inventions[name] <= _MOST_SENT_BACK
        return score is None or score.status in FAILED


def verdict_of(drafts: Sequence[Draft], judge: str) -> Verdict | JudgeFailure:
    """Put the drafts of one judge together; a draft that failed costs its own dimensions alone.

    There is no verdict where all failed, nor where the judge was asked whether the scenario is valid and never said.
    """
    replies = sum(draft.replies for draft in drafts)
    failures = list(_failures(drafts))
    if failures:
        status, message = failures[0]
        return JudgeFailure(judge=judge, replies=replies, status=status, message=message)
    validity = next((draft.validity for draft in drafts if draft.validity), None)
    return Verdict(
        judge=judge,
        replies=replies,
        evidence=tuple(dict.fromkeys(item for draft in drafts for item in draft.evidence)),
        scenario_valid=validity[0] if validity else None,
        validity_reason=validity[1] if validity else "",
        scores={name: score for draft in drafts for name, score in draft.results().items()},
        calls=len(drafts),
        notes=tuple(note for draft in drafts for note in draft.notes),
    )


def _failures(drafts: Sequence[Draft]) -> Iterator[tuple[Status, str]]:
    """Yield why there is no verdict, if there is none."""
    if all(not draft.scores for draft in drafts):
        yield from (draft.failure for draft in drafts if draft.failure)
    asked = any(draft.task.validity is not None for draft in drafts)
    if asked and not any(draft.validity for draft in drafts):
        yield next((draft.failure for draft in drafts if draft.failure), None) or (
            "unparsable",
            f"{VALIDITY}: is missing; the task has a validity condition.",
        )
