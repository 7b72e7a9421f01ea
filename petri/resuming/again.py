"""An interrupted run finished: what `petri resume` does, as a function."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from inspect_ai import Task, task_with  # pyright: ignore[reportUnknownVariableType] -- untyped in part
from inspect_ai.dataset import MemoryDataset, Sample

from petri.analysis.compute import compute_results
from petri.analysis.results import Results
from petri.analysis.summary import is_complete
from petri.audit.auditor import auditor
from petri.display.base import Display
from petri.display.progress import watching
from petri.errors import UsageError
from petri.governor import Governor, Limits, governing
from petri.plan import Cell
from petri.preflight import try_models
from petri.resuming.changes import require_unchanged
from petri.resuming.spending import total_limits, what_is_left
from petri.resuming.standing import Stage, Standing, standings
from petri.roles import as_choices
from petri.runner import (
    Order,
    Part,
    Prepared,
    carry_out,
    finish,
    plan_file,
    prepare,
    resumable,
    run,
    start_of,
    upcoming,
)
from petri.transcript.folders import PLAN, RESULTS, Run, find_run
from petri.transcript.locking import locked
from petri.transcript.planned import LogFacts, Ordered, PlannedAudit, RunFile
from petri.transcript.salvage import salvage
from petri.transcript.store import read_plan, write_json

_LONGEST_WAIT: Final = 2.0


@dataclass(frozen=True, slots=True)
class ResumeOrder:
    """Which run to finish. More ``epochs`` than it had, and ``targets`` that it did not have, are added to it.

    Caps in ``limits`` take the place of the run's own; either counts what the run has spent before.
    """

    run: str
    out: Path
    fork: bool = False
    epochs: int | None = None
    targets: Sequence[str] = ()
    max_samples: int | None = None
    max_connections: int | None = None
    limits: Limits = field(default_factory=Limits)
    preflight: bool = False


def resume(order: ResumeOrder, display: Display | None = None) -> tuple[Run, Results]:
    """Finish a run in its own folder: only what is not complete is run, from where it stood.

    Raises ``UsageError`` before anything is spent, also where something has changed since the run was planned; with
    ``fork`` a new run of the same plan is begun instead, and nothing is taken over.
    """
    display = display or Display()
    found = find_run(order.run, order.out)
    before = read_plan(found)
    if before is None or before.order is None:
        raise UsageError(
            f"{order.run}: is no run of `petri audit` that says how it was ordered; begin a new one"
        )
    limits = total_limits(before.order, order.limits)
    if order.fork:
        return run(_order(order, before, limits), display)
    with resumable(found, display), locked(found):
        salvage(found)
        so_far = compute_results(found)
        left = what_is_left(limits, so_far)
        with governing(Governor(left, judged=before.order.judge)):
            ready = prepare(_order(order, before, limits))
            plan = plan_file(ready, found)
            require_unchanged(before, plan)
            kept = {"started": before.started, "audits": _all_audits(before, plan)}
            write_json(found.folder / PLAN, plan.model_copy(update=kept).model_dump(mode="json"))
            results = _finish_audits(ready, found, so_far, display)
    with resumable(found, display):
        finish(found, results, display)
    return found, results


def _finish_audits(ready: Prepared, found: Run, so_far: Results, display: Display) -> Results:
    """Run what is left to do, and give the results of everything."""
    complete = {audit.id for audit in so_far.audits if is_complete(audit)}
    left = [job for job in ready.jobs if job.id not in complete]
    where = tuple(standings(found, left))
    display.notice(_said(len(ready.jobs), where))
    if not where:
        results = compute_results(found)
        write_json(found.folder / RESULTS, results.model_dump(mode="json"))
        return results
    if ready.order.preflight:
        for line in try_models(ready.files, judged=ready.order.judge).said():
            display.notice(line)
    tasks = [
        _resumed(task, mine, found)
        for task, part in zip(ready.tasks, ready.parts, strict=True)
        if (mine := [each for each in where if _belongs(each, part)])
    ]
    _wait_for_a_later_name(found)
    with watching(display, len(where), audits=upcoming(left)):
        display.started(replace(start_of(ready, found), planned=len(where), audits=upcoming(left)))
        return carry_out(ready.order, found, tasks, len(where), display)


def _wait_for_a_later_name(found: Run) -> None:
    """Wait until a new log's name sorts behind the others': Inspect names logs by the second in which they begin."""
    newest = max((log.name for log in found.logs()), default="")
    deadline = time.monotonic() + _LONGEST_WAIT
    while datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S") <= newest[:19] and time.monotonic() < deadline:
        time.sleep(0.02)


def _order(order: ResumeOrder, before: RunFile, limits: Limits) -> Order:
    """Give the order that the run was, with what is to be added to it."""
    said = before.order or Ordered(scenarios=())
    again = Order(
        scenarios=said.scenarios,
        out=order.out,
        only=said.only,
        tags=said.tags,
        limit=said.limit,
        settings=before.settings,
        offline=said.offline,
        judge=said.judge,
        fail_on=before.fail_on,
        max_samples=order.max_samples,
        max_connections=order.max_connections,
        limits=limits,
        preflight=order.preflight,
    )
    settings = dict(before.settings)
    if order.epochs is not None:
        had = max(audit.epoch for audit in before.audits)
        if order.epochs < had:
            raise UsageError(
                f"--epochs {order.epochs}: the run has {had}; epochs are added, and none is taken away"
            )
        settings["audit.epochs"] = order.epochs
    if order.targets:
        settings["models.target"] = [*_targets(again), *order.targets]
    return replace(again, settings=settings)


def _targets(order: Order) -> list[object]:
    """Give the targets that a run has, as settings name them."""
    models = [
        [
            target if isinstance(target, str) else target.model_dump(mode="json", exclude_defaults=True)
            for target in each
        ]
        for each in (as_choices(file.spec.models.target) for file in prepare(order).files)
    ]
    if any(each != models[0] for each in models[1:]):
        raise UsageError(
            "--target: the run's files have different targets; add the new one in a run of its own"
        )
    return list(models[0])


def _all_audits(before: RunFile, now: RunFile) -> tuple[PlannedAudit, ...]:
    """Give what was planned, in its order, and then what is added."""
    known = {audit.id for audit in before.audits}
    return (*before.audits, *(audit for audit in now.audits if audit.id not in known))


def _belongs(standing: Standing, part: Part) -> bool:
    return standing.job.target == part.label and standing.job.cell.file == part.file.path


def _resumed(task: Task, mine: Sequence[Standing], found: Run) -> Task:
    """Give the task with a sample for each audit that is left, and none for those that are complete."""
    samples = {str(sample.id): sample for sample in task.dataset}
    metadata = cast("dict[str, Any]", task.metadata)
    facts = LogFacts.model_validate(metadata["petri"]).model_copy(
        update={
            "resumed": tuple(
                PlannedAudit(id=job.id, cell=job.cell.header(), target=job.target, epoch=job.epoch)
                for job in (each.job for each in mine)
            )
        }
    )
    return task_with(
        task,
        dataset=MemoryDataset([_sample(each, samples[each.job.cell.id]) for each in mine], name=found.id),
        solver=auditor(logs=str(found.folder)),
        epochs=1,
        metadata={"petri": facts.model_dump(mode="json")},
    )


def _sample(standing: Standing, planned: Sample) -> Sample:
    metadata = (planned.metadata or {}) | standing.resumed.as_metadata()
    return Sample(input=Cell.model_validate(metadata["petri"]).seed, id=standing.job.id, metadata=metadata)


def _said(planned: int, where: Sequence[Standing]) -> str:
    """Say what will be done: ``31 of 60 complete; 2 go on from their last turn, 27 begin``."""
    stages = Counter(each.stage for each in where)
    told = ", ".join(f"{stages[stage]} {stage.value}" for stage in Stage if stages[stage])
    return f"{planned - len(where)} of {planned} complete; {told or 'nothing is left to do'}"
