"""The Inspect task that judges stored transcripts again: a sample for each, which names the one it is about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import Model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.viewer import ViewerConfig

from petri.errors import NothingToRun, UnreadableSample, UsageError
from petri.judge.scorer import judge as judge_scorer
from petri.plan import Cell
from petri.prompts.files import digests
from petri.rubric.load import LoadedRubric, load_rubrics
from petri.rubric.objective import OBJECTIVE, judged, objective_dimensions
from petri.rubric.schema import Dimension
from petri.scenario.schema import JudgeSettings
from petri.transcript.folders import Run
from petri.transcript.planned import LogFacts, PlannedAudit
from petri.transcript.sources import Source, StoredLog
from petri.transcript.store import Header, one_each, read_samples, sample_states


@dataclass(frozen=True, slots=True)
class Stored:
    """A recorded audit, and the sample that holds it."""

    audit: PlannedAudit
    source: Source


def stored_audits(run: Run) -> tuple[Stored, ...]:
    """Give a run's recorded audits, each once: of several records of one, the one results are computed from."""
    held = (found for path in run.logs() for found in _in_log(StoredLog.at(path)))
    return tuple(one_each((stored.audit.id, stored, failed) for stored, failed in held).values())


def _in_log(log: StoredLog) -> Iterator[tuple[Stored, bool]]:
    """Yield what a log holds, each with whether it ended in an error."""
    header = log.header
    states = sample_states(log.path)
    if not isinstance(header, Header):
        for (sample_id, epoch), (uuid, failed) in states.items():
            (sample,) = read_samples(log.path, [(sample_id, epoch)])
            transcript = log.transcript(sample)
            audit = PlannedAudit(
                id=transcript.id, cell=transcript.cell.header(), target=transcript.target, epoch=epoch
            )
            yield Stored(audit, Source(log=log.path.name, sample=sample_id, epoch=epoch, uuid=uuid)), failed
        return
    if header.facts.again is not None:
        raise UsageError(f"{log.path}: holds verdicts, not transcripts; name the run that they are about")
    planned = header.planned()
    for (cell_id, epoch), (uuid, failed) in states.items():
        source = Source(log=log.path.name, sample=cell_id, epoch=epoch, uuid=uuid)
        yield Stored(planned[cell_id, epoch], source), failed


def rubrics_of(run: Run) -> tuple[str, ...]:
    """Give the rubrics that a run was judged with; raises ``UsageError`` where they are not what they were."""
    found: list[tuple[tuple[str, ...], dict[str, Dimension]]] = []
    for path in run.logs():
        header = StoredLog.at(path).header
        cell = _first_cell(path) if isinstance(header, Header) else None
        if isinstance(header, Header) and cell is not None:
            found.append((_found_again(cell), {item.name: item for item in judged(header.facts.dimensions)}))
    if not found:
        return JudgeSettings().rubric
    chosen, before = found[0]
    if any(others != before for _, others in found):
        raise UsageError(f"{run.id}: its files were judged with different rubrics; name one with --rubric")
    loaded = load_rubrics(chosen) if before else ()
    now = {dimension.name: dimension for rubric in loaded for dimension in rubric.spec.dimensions}
    for name in {**now, **before}:
        if now.get(name) != before.get(name):
            raise UsageError(
                f"{', '.join(rubric.path for rubric in loaded)}: {name!r} is not what {run.id} was judged with; "
                f"--rubric {' --rubric '.join(chosen)} takes it as it is now"
            )
    return chosen


def measured_in(run: Run) -> tuple[Dimension, ...]:
    """Give the dimensions that a run's scenarios measured themselves: those numbers are counted again, not judged."""
    headers = [StoredLog.at(path).header for path in run.logs()]
    names = {
        item.name for header in headers if isinstance(header, Header) for item in header.facts.dimensions
    }
    return tuple(item for item in objective_dimensions(OBJECTIVE) if item.name in names)


def _first_cell(path: Path) -> Cell | None:
    """Give the cell of a log's first sample that is whole: all are judged with the same rubrics."""
    for key in sample_states(path):
        with suppress(UnreadableSample):
            (sample,) = read_samples(path, [key])
            return Cell.model_validate(sample.metadata["petri"])
    return None


def _found_again(cell: Cell) -> tuple[str, ...]:
    """Give a cell's rubrics so that they can be found from here: paths beside its file in full."""
    beside = [(name, Path(cell.file).parent / name) for name in cell.rubric]
    return tuple(str(path) if path.suffix in {".yaml", ".yml"} else name for name, path in beside)


def rejudge_task(
    run: Run,
    chosen: Sequence[Stored],
    judges: Sequence[Model],
    settings: JudgeSettings,
    manners: Sequence[Mapping[str, Any]],
) -> Task:
    """Give the task; the judges see a stored transcript as they see one that has just ended."""
    if not chosen:
        raise NothingToRun(f"{run.id}: holds no transcript to judge")
    rubrics = load_rubrics(settings.rubric)
    checks = measured_in(run)
    return Task(
        name="rejudge",
        dataset=MemoryDataset([_sample(stored, manners) for stored in chosen], name=run.id),
        solver=stored_already(),
        scorer=judge_scorer(
            list(settings.rubric),
            settings.procedure(),
            [dimension.name for dimension in checks],
            logs=str(run.folder),
        ),
        model_roles={"judge": list(judges) if len(judges) > 1 else judges[0]},
        viewer=ViewerConfig(trust_content=False),
        metadata={"petri": _facts(chosen, rubrics, checks).model_dump(mode="json")},
    )


@solver
def stored_already() -> Solver:
    """Do nothing: the conversation is over and recorded."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001 -- Inspect's signature
        return state

    return solve


def _sample(stored: Stored, manners: Sequence[Mapping[str, Any]]) -> Sample:
    told = {**stored.source.as_metadata(), "manners": {"judge": list(manners)}}
    return Sample(input=f"The stored transcript {stored.audit.id}", id=stored.audit.id, metadata=told)


def _facts(
    chosen: Iterable[Stored], rubrics: Iterable[LoadedRubric], checks: Sequence[Dimension]
) -> LogFacts:
    return LogFacts(
        target=None,
        files=(),
        prompts=digests("judge"),
        cells=(),
        dimensions=(
            *(dimension for rubric in rubrics for dimension in rubric.spec.dimensions),
            *checks,
        ),
        again=tuple(stored.audit for stored in chosen),
    )
