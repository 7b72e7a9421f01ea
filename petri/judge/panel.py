"""All judges of one transcript: every verdict kept, failures beside verdicts, one value a dimension."""

from collections.abc import Sequence
from dataclasses import dataclass

from inspect_ai.model import Model
from inspect_ai.util import collect

from petri.boundary import Failure, guarded
from petri.errors import UsageError
from petri.judge.ask import ask
from petri.judge.verdict import JudgeFailure, Ruling, Verdict
from petri.plan import Cell
from petri.prompts.files import Prompts
from petri.protocol.calling import Mode
from petri.rubric.schema import Dimension
from petri.transcript.outcome import is_valid
from petri.transcript.reading import Reading, read
from petri.transcript.schema import Transcript


@dataclass(frozen=True, slots=True)
class Judge:
    """A model that judges, and how its tool calls are written."""

    model: Model
    mode: Mode = "native"


async def rule(judges: Sequence[Judge], transcript: Transcript, dimensions: Sequence[Dimension]) -> Ruling:
    """Ask every judge about a transcript; an audit that is not valid is skipped, with its outcome as the reason."""
    names = tuple(dimension.name for dimension in dimensions)
    if not is_valid(transcript.outcome):
        return Ruling(verdicts=(), failures=(), dimensions=names, skipped=transcript.outcome)
    if not judges:
        raise UsageError("no judge is named; name one with --judge, or run with --no-judge")
    reading = read(transcript)
    answers = await collect(*[_ask(judge, reading, dimensions, transcript.cell) for judge in judges])
    return Ruling(
        verdicts=tuple(answer for answer in answers if isinstance(answer, Verdict)),
        failures=tuple(answer for answer in answers if isinstance(answer, JudgeFailure)),
        dimensions=names,
    )


async def _ask(
    judge: Judge, reading: Reading, dimensions: Sequence[Dimension], cell: Cell
) -> Verdict | JudgeFailure:
    """Ask one judge; one that cannot be reached is a failure of its own and harms neither transcript nor panel."""
    model = judge.model
    asked = ask(model, reading, dimensions, cell.validity, mode=judge.mode, prompts=Prompts(cell.prompts))
    answer = await guarded(asked, f"judge ({model})")
    if isinstance(answer, Failure):
        return JudgeFailure(
            judge=str(model), replies=0, status="error", message=f"{answer.kind}: {answer.message}"
        )
    return answer
