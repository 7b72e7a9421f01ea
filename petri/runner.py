"""A run from its plan to its results: what `petri audit` does, as a function."""

import shlex
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from inspect_ai import Task

from petri.analysis.compute import compute_results
from petri.analysis.gate import doubt, parse_gate, require_reachable
from petri.analysis.results import Results
from petri.analysis.summary import is_complete
from petri.check import resolved_rubrics
from petri.costs.earlier import earlier_audits
from petri.costs.estimate import estimate, planned_shapes
from petri.costs.prices import known_prices
from petri.display.audit_progress import Upcoming
from petri.display.base import Display, Start
from petri.display.progress import watching
from petri.errors import UsageError
from petri.evaluation import evaluate, lowered_costs
from petri.governor import Governor, current, governing
from petri.order import Order, Part, settle
from petri.plan import AuditJob
from petri.preflight import folder_faults, model_faults, try_models
from petri.roles import as_choices, target_label
from petri.rubric.load import load_rubrics
from petri.rubric.objective import objective_dimensions
from petri.rubric.schema import Dimension
from petri.scenario.load import LoadedFile
from petri.scenario.schema import Model
from petri.stopping import Why, room_to_write, stoppable
from petri.tasks import audit, used_prompts
from petri.transcript.estimated import RunEstimate
from petri.transcript.folders import PLAN, RESULTS, Run, new_run
from petri.transcript.locking import locked
from petri.transcript.planned import FileDigest, ModelNames, Ordered, PlannedAudit, RunFile
from petri.transcript.store import read_plan, write_json

Approve = Callable[[RunEstimate], None]
"""Told what a run will probably cost; raises ``UsageError`` where it is not to begin."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run that may begin: everything that can be checked before anything is spent was found right."""

    order: Order
    files: tuple[LoadedFile, ...]
    parts: tuple[Part, ...]
    jobs: tuple[AuditJob, ...]
    tasks: tuple[Task, ...]
    """One for each part."""
    doubts: tuple[str, ...] = ()
    """What is probably not meant so, each as a sentence."""
    expected: RunEstimate | None = None
    """What the run will probably come to."""


def run(order: Order, display: Display | None = None, approve: Approve | None = None) -> tuple[Run, Results]:
    """Check everything that can be checked, run the audits, and compute the results from what was logged.

    Raises ``UsageError`` before anything is spent; so may ``approve``, which is told what the run will probably cost.
    A run that is interrupted has its results too. A process makes one run at a time, which leaves the process as it
    was; Inspect may print a banner on stdout.
    """
    with governing(Governor(order.limits, judged=order.judge)):
        return _run(order, display or Display(), approve)


def _run(order: Order, display: Display, approve: Approve | None) -> tuple[Run, Results]:
    ready = prepare(order, display, approve)
    with watching(display, len(ready.jobs), audits=upcoming(ready.jobs)):
        folder = _new_run(order, ready.files)
        with resumable(folder, display), locked(folder):
            write_json(folder.folder / PLAN, plan_file(ready, folder).model_dump(mode="json"))
            display.started(start_of(ready, folder))
            results = carry_out(order, folder, ready.tasks, len(ready.jobs), display)
    with resumable(folder, display):
        finish(folder, results, display)
    return folder, results


def prepare(order: Order, display: Display | None = None, approve: Approve | None = None) -> Prepared:
    """Load and check what an order names; raises ``UsageError`` or ``NothingToRun`` before anything is spent."""
    settled = settle(order)
    files = tuple(settled.files)
    doubts = _check_gates(order, files)
    _check_models(order, files)
    tasks = tuple(_task(order, part) for part in settled.parts)
    governor = current()
    if governor is not None:
        governor.require_usable()
    expected = estimate(
        planned_shapes(settled, judged=order.judge), earlier_audits(order.out), known_prices()
    )
    if display is not None:
        display.estimated(expected)
    if approve is not None:
        approve(expected)
    if order.preflight and display is not None:
        for line in try_models(files, judged=order.judge).said():
            display.notice(line)
    return Prepared(order, files, tuple(settled.parts), tuple(settled.jobs), tasks, doubts, expected)


def carry_out(order: Order, folder: Run, tasks: Sequence[Task], planned: int, display: Display) -> Results:
    """Run tasks into the logs of a run, and write the results of all its logs, however it ended.

    Raises ``DiskFull`` where they cannot be written for want of room.
    """
    if (governor := current()) is not None:
        governor.ledger.start_clock()
    with room_to_write(folder.folder), stoppable(folder.folder, display.notice) as stop:
        with stop.audits(), lowered_costs():
            evaluate(
                tasks, folder, planned, max_samples=order.max_samples, max_connections=order.max_connections
            )
        while True:
            known = stop.why
            results = _write_results(folder, known)
            if stop.why == known:
                return results


def _write_results(folder: Run, why: Why | None) -> Results:
    """Compute and write what became of a run, and what stopped it."""
    plan = read_plan(folder)
    if plan is not None and (stopped := _stopped(why)):
        write_json(folder.folder / PLAN, plan.model_copy(update=stopped).model_dump(mode="json"))
    results = compute_results(folder)
    write_json(folder.folder / RESULTS, results.model_dump(mode="json"))
    return results


def _stopped(why: Why | None) -> dict[str, str]:
    """Give what run.json says of a run that was stopped."""
    governor = current()
    end = None if governor is None else governor.end()
    if why == "disk_full" or (why is not None and end is None):
        return {"stopped": why}
    return {} if end is None else {"stopped": end.by, "stopped_because": end.reason}


def finish(folder: Run, results: Results, display: Display) -> None:
    """Show what became of a run, and the command that goes on with it where something is left to do."""
    display.finished(results, str(folder.folder))
    done = sum(map(is_complete, results.audits))
    if done < len(results.audits):
        display.notice(f"Partial: {done} of {len(results.audits)} audits are complete. {_go_on(folder)}")


@contextmanager
def resumable(folder: Run, display: Display) -> Generator[None]:
    """Say how to go on with a run where an interrupt breaks off what is done with it in the block."""
    try:
        yield
    except KeyboardInterrupt:
        if (folder.folder / PLAN).is_file():
            display.notice(f"Interrupted. {_go_on(folder)}")
        raise


def _go_on(folder: Run) -> str:
    return f"Go on with: petri resume {shlex.quote(str(folder.folder))}"


def _check_gates(order: Order, files: Sequence[LoadedFile]) -> tuple[str, ...]:
    """Read every gate, so that a mistyped one costs nothing, and give the doubts that there are about them.

    Raises ``UsageError`` where nothing would be scored.
    """
    judged = {
        dimension.name: dimension
        for file in files
        for rubric in load_rubrics(resolved_rubrics(file))
        for dimension in rubric.spec.dimensions
    }
    scenarios = [scenario for file in files for scenario in file.spec.scenarios]
    kinds = {kind for scenario in scenarios for kind in scenario.checks.given()}
    known = judged | {dimension.name: dimension for dimension in objective_dimensions(kinds)}
    gates = [parse_gate(text, known) for text in order.fail_on]
    for gate in gates:
        require_reachable(gate, known[gate.dimension])
    doubts = [said for gate in gates if (said := doubt(gate, known[gate.dimension].scale))]
    if order.judge:
        return tuple(doubts)
    if any(gate.dimension in judged for gate in gates):
        raise UsageError("--fail-on needs scores, and --no-judge leaves them out; remove one of the two")
    for scenario in scenarios:
        for name in judged.keys() & scenario.expect.keys():
            raise UsageError(
                f"scenario {scenario.id!r} expects something of {name}, and --no-judge leaves scores out; remove one "
                "of the two"
            )
    return tuple(doubts)


def _check_models(order: Order, files: Sequence[LoadedFile]) -> None:
    """Raise ``UsageError`` with everything that is wrong with models, keys and the folder for runs."""
    faults = [*folder_faults(order.out), *model_faults(files, judged=order.judge)]
    if faults:
        raise UsageError("\n".join(faults))


def _task(order: Order, part: Part) -> Task:
    """Make the registered task with arguments that can be written down, so that Inspect can make it again."""
    models = part.file.spec.models
    chosen: dict[str, Any] = {
        "models.auditor": _plain(models.auditor),
        "models.target": _plain(part.target),
        "models.judge": [_plain(judge) for judge in as_choices(models.judge)] or None,
        "models.realism": _plain(models.realism),
        "models.simulator": _plain(models.simulator),
        "audit.realism": part.file.spec.audit.realism,
    }
    return audit(
        scenarios=[part.file.path],
        only=[scenario.id for scenario in part.file.spec.scenarios],
        judge=order.judge,
        settings=dict(order.settings) | chosen,
    )


def _plain(model: Model | None) -> str | dict[str, Any] | None:
    """Give a model as JSON-ready data."""
    return (
        model
        if model is None or isinstance(model, str)
        else model.model_dump(mode="json", exclude_defaults=True)
    )


def _new_run(order: Order, files: Sequence[LoadedFile]) -> Run:
    name = order.name or files[0].spec.name
    try:
        return new_run(order.out, name)
    except OSError as error:
        raise UsageError(
            f"{order.out}: the run cannot be written there: {error.strerror or error}"
        ) from error


def plan_file(ready: Prepared, folder: Run) -> RunFile:
    """Give what is about to run, as run.json holds it."""
    order, files, assumed = ready.order, ready.files, ready.order.limits.assumed
    judges = [judge for file in files for judge in as_choices(file.spec.models.judge)] if order.judge else []
    return RunFile(
        id=folder.id,
        started=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        petri=version("petri"),
        inspect_ai=version("inspect_ai"),
        python=sys.version.split()[0],
        files=tuple(FileDigest(path=file.path, sha256=file.sha256) for file in files),
        models=ModelNames(
            auditor=", ".join(dict.fromkeys(_label(file.spec.models.auditor) for file in files)),
            target=tuple(dict.fromkeys(part.label for part in ready.parts)),
            judge=tuple(dict.fromkeys(map(_label, judges))),
            realism=_named(file.spec.models.realism for file in files),
            simulator=_named(file.spec.models.simulator for file in files),
        ),
        settings=dict(order.settings),
        fail_on=tuple(order.fail_on),
        audits=tuple(
            PlannedAudit(id=job.id, cell=job.cell.header(), target=job.target, epoch=job.epoch)
            for job in ready.jobs
        ),
        order=Ordered(
            scenarios=tuple(order.scenarios),
            only=tuple(order.only),
            tags=tuple(order.tags),
            limit=order.limit,
            offline=order.offline,
            judge=order.judge,
            max_cost=order.limits.caps.cost,
            max_tokens=order.limits.caps.tokens,
            max_seconds=order.limits.caps.seconds,
            rpm=dict(order.limits.rpm),
            assumed_price=assumed and (assumed.input, assumed.output),
        ),
        rubrics=tuple(
            {
                rubric.path: FileDigest(path=rubric.path, sha256=rubric.sha256)
                for file in files
                for rubric in load_rubrics(resolved_rubrics(file) if order.judge else ())
            }.values()
        ),
        prompts=used_prompts(files),
        estimate=ready.expected,
    )


def _label(model: Model | None) -> str:
    return "?" if model is None else target_label(model)


def _named(models: Iterable[Model | None]) -> str | None:
    """Name the models in a role that may have none, each once; None where it has none."""
    return ", ".join(dict.fromkeys(target_label(model) for model in models if model is not None)) or None


def start_of(ready: Prepared, folder: Run) -> Start:
    """Give what a display is told as the run begins."""
    parts, judged = ready.parts, ready.order.judge
    models = [part.file.spec.models for part in parts]
    judges = [judge for named in models for judge in as_choices(named.judge)] if judged else []
    names = (
        [_label(named.auditor) for named in models]
        + [part.label for part in parts]
        + list(map(_label, judges))
        + [_label(model) for named in models for model in (named.realism, named.simulator) if model]
    )
    return Start(
        run=folder.id,
        folder=str(folder.folder),
        planned=len(ready.jobs),
        auditor=", ".join(dict.fromkeys(_label(named.auditor) for named in models)),
        targets=tuple(dict.fromkeys(part.label for part in parts)),
        judges=tuple(dict.fromkeys(map(_label, judges))),
        realism=_named(named.realism for named in models),
        simulator=_named(named.simulator for named in models),
        offline=all(name.startswith("petri-offline/") for name in names),
        audits=upcoming(ready.jobs),
        estimate_usd=ready.expected.usd.median if ready.expected and ready.expected.usd else None,
        cap_usd=ready.order.limits.caps.cost,
        doubts=ready.doubts,
        dimensions=_scored(ready),
    )


def upcoming(jobs: Iterable[AuditJob]) -> tuple[Upcoming, ...]:
    """Give what a display is to know of planned audits."""
    return tuple(map(Upcoming.of_job, jobs))


def _scored(ready: Prepared) -> tuple[Dimension, ...]:
    """Give the dimensions that are scored, each once: those of the rubrics, and those that scenarios measure."""
    judged = [
        dimension
        for file in ready.files
        for rubric in load_rubrics(resolved_rubrics(file) if ready.order.judge else ())
        for dimension in rubric.spec.dimensions
    ]
    kinds = {kind for job in ready.jobs for kind in job.cell.checks.given()}
    return tuple({each.name: each for each in (*judged, *objective_dimensions(kinds))}.values())
