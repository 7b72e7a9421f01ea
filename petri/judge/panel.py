"""All judges of one transcript: every verdict kept, failures beside verdicts, one value a dimension."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inspect_ai.util import collect

from petri.boundary import Failure, guarded
from petri.errors import UsageError
from petri.judge.ask import Question, ask
from petri.judge.exchange import Judge
from petri.judge.groups import Groups, make_groups
from petri.judge.verdict import JudgeFailure, Ruling, Verdict
from petri.prompts.files import Prompts
from petri.rubric.schema import Dimension
from petri.transcript.outcome import is_valid
from petri.transcript.reading import Reading, fresh_nonce, read
from petri.transcript.schema import Transcript

__all__ = ["Judge", "Procedure", "rule"]


@dataclass(frozen=True, slots=True)
class Procedure:
    """How judges are asked, whoever they are and whatever about."""

    groups: Groups | None = None
    """The dimensions of each call; by default a few calls (``make_groups``)."""
    repeats: int = 1
    """Verdicts of each judge; they show how steady it is."""
    context: int | None = None
    """Tokens that fit into a judge's context; by default what Inspect knows of its model."""
    blind: bool = True
    """Whether the record's own words leave out which model the target is."""


async def rule(
    judges: Sequence[Judge],
    transcript: Transcript,
    dimensions: Sequence[Dimension],
    procedure: Procedure = Procedure(),
) -> Ruling:
    """Ask every judge about a transcript; an audit that is not valid is skipped, with its outcome as the reason."""
    names = tuple(dimension.name for dimension in dimensions)
    if not is_valid(transcript.outcome):
        return Ruling(verdicts=(), failures=(), dimensions=names, skipped=transcript.outcome)
    if not judges:
        raise UsageError("no judge is named; name one with --judge, or run with --no-judge")
    reading = read(transcript, blind=procedure.blind)
    groups = procedure.groups or make_groups([dimensions])
    prompts = Prompts(transcript.cell.prompts)
    asked = [replace(judge, prompts=prompts) for judge in judges]
    validity = transcript.cell.validity
    given = await collect(*[_answers(judge, reading, groups, validity, procedure) for judge in asked])
    answers = [
        answer.model_copy(update={"seat": seat, "repeat": repeat})
        for seat, repeats in enumerate(given)
        for repeat, answer in enumerate(repeats, start=1)
    ]
    return Ruling(
        verdicts=tuple(answer for answer in answers if isinstance(answer, Verdict)),
        failures=tuple(answer for answer in answers if isinstance(answer, JudgeFailure)),
        dimensions=names,
        flags=dict(reading.flags),
    )


async def _answers(
    judge: Judge, reading: Reading, groups: Groups, validity: str | None, procedure: Procedure
) -> list[Verdict | JudgeFailure]:
    """Ask one judge as often as is wanted, one after the other, so that the transcript is in the provider's cache."""
    question = Question(reading, groups, validity, fresh_nonce(reading))
    return [await _answer(judge, question, procedure.context) for _ in range(procedure.repeats)]


async def _answer(judge: Judge, question: Question, context: int | None) -> Verdict | JudgeFailure:
    """Ask one judge; one that cannot be reached is a failure of its own and harms neither transcript nor panel."""
    answer = await guarded(ask(judge, question, context), f"judge ({judge.model})")
    if isinstance(answer, Failure):
        message = f"{answer.kind}: {answer.message}"
        return JudgeFailure(judge=str(judge.model), replies=0, status="error", message=message)
    return answer
