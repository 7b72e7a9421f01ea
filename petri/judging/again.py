"""Stored transcripts judged again: what `petri judge` does, as a function."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from inspect_ai import Task
from inspect_ai.log import EvalSample
from pydantic import Field, ValidationError

from petri.analysis.audits import audit_row, unreadable_row
from petri.analysis.compute import compute_results
from petri.analysis.results import Audit, Results
from petri.display.audit_progress import Upcoming, named
from petri.display.base import Display, Start
from petri.display.progress import watching
from petri.document.fields import StrictModel
from petri.document.wording import did_you_mean
from petri.errors import NothingToRun, RunNotFound, UnreadableSample, UsageError
from petri.evaluation import evaluate, lowered_costs
from petri.governor import Governor, Limits, current, governing
from petri.prompts.files import digests
from petri.rejudge import Stored, measured_in, rejudge_task, rubrics_of, stored_audits
from petri.roles import OFFLINE, as_settings, make_model, manners, target_label
from petri.rubric.load import load_rubrics
from petri.scenario.override import KEYS, with_value
from petri.scenario.schema import JudgeSettings, Models, ModelSettings
from petri.stopping import Why, stoppable
from petri.transcript.folders import PLAN, RESULTS, VERDICTS, Run, find_run, list_runs, new_run
from petri.transcript.planned import FileDigest, Judging, ModelNames, PlannedAudit, RunFile
from petri.transcript.sources import StoredLogs, required_source
from petri.transcript.store import file_sha256, read_plan, sample_keys, write_json


@dataclass(frozen=True, slots=True)
class JudgeOrder:
    """What to judge, and by whom. ``settings`` are those of a scenario file, such as ``judge.repeats``."""

    runs: Sequence[str]
    out: Path
    judges: Sequence[str] = ()
    offline: bool = False
    settings: Mapping[str, object] = field(default_factory=dict[str, object])
    only: Sequence[str] = ()
    limit: int | None = None
    name: str | None = None
    batch: bool = False
    max_samples: int | None = None
    max_connections: int | None = None
    limits: Limits = field(default_factory=Limits)


class _Settings(StrictModel):
    """The sections of a scenario file that say how transcripts are judged."""

    models: Models = Models()
    judge: JudgeSettings = Field(default_factory=JudgeSettings)


@dataclass(frozen=True, slots=True)
class _Panel:
    """The judges, and how they are asked."""

    models: tuple[ModelSettings, ...]
    settings: JudgeSettings


@dataclass(frozen=True, slots=True)
class _Planned:
    """What is to be judged of one run, by whom, and the task that does it."""

    run: Run
    chosen: tuple[Stored, ...]
    panel: _Panel
    task: Task


_KEYS: Final = ("models.judge", *(key for key in KEYS if key.startswith("judge.")))
"""The settings of a scenario file that say how transcripts are judged."""


def judge_again(order: JudgeOrder, display: Display | None = None) -> list[tuple[Run, Results]]:
    """Judge the stored transcripts of runs again; each run gets a set of verdicts with results of its own.

    Transcripts and earlier verdicts stay as they are. After an interrupt, or with a full disk, no other run is begun.
    Raises ``UsageError`` before anything is spent.
    """
    runs = [run for name in order.runs for run in _runs(name, order.out)]
    doubles = [run for number, run in enumerate(runs) if run in runs[:number]]
    if doubles:
        raise UsageError(f"{doubles[0].id} is named twice; once is enough")
    with governing(Governor(order.limits)):
        judged: list[tuple[Run, Results]] = []
        for each in [_planned(order, run) for run in runs]:
            verdicts, results, stopped = _judge_run(order, each, display or Display())
            judged.append((verdicts, results))
            if stopped is not None:  # whoever stops one wants no other to begin
                if stopped == "interrupted" != results.run.status and len(judged) < len(runs):
                    raise KeyboardInterrupt  # it came after the last verdict: this run is whole, and the others are not
                break
        return judged


def _runs(name: str, out: Path) -> tuple[Run, ...]:
    """Give the run of this name, or all runs in a folder of runs."""
    run = find_run(name, out)
    if run.logs():
        return (run,)
    inside = list_runs(run.folder)
    if not inside:
        raise RunNotFound(f"{name}: holds no Inspect log (.eval), and no folder that does")
    # One that was stopped before its first audit keeps nobody from judging the others.
    held = [found for found in inside if any(sample_keys(log) for log in found.logs())]
    if not held:
        raise NothingToRun(f"{name}: its runs hold no transcript to judge")
    return tuple(reversed(held))


def _panel(order: JudgeOrder, run: Run) -> _Panel:
    """Give the judges with their settings, and the rubric: the one that is named, or the run's own."""
    data: dict[str, dict[str, Any]] = {"models": {}, "judge": {}}
    for key, value in order.settings.items():
        if key not in _KEYS:
            raise UsageError(
                f"{key!r} has no part in judging{did_you_mean(key, _KEYS)}; settings: {', '.join(_KEYS)}"
            )
        data = with_value(data, key, value)
    if order.judges:
        data["models"]["judge"] = list(order.judges)
    elif order.offline and "judge" not in data["models"]:
        data["models"]["judge"] = [OFFLINE["judge"]] * (1 if data["judge"].get("cascade") is None else 2)
    if "rubric" not in data["judge"]:
        data["judge"]["rubric"] = list(rubrics_of(run))
    try:
        settings = _Settings.model_validate(data)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = [str(part) for part in fault["loc"]]
        named = (".".join(place[:depth]) for depth in (3, 2))
        where = next((key for key in named if key in _KEYS), ".".join(place[:3]))
        raise UsageError(f"{where}: {fault['msg'].lower()}") from error
    named = settings.models.judge
    models = named if isinstance(named, tuple) else () if named is None else (named,)
    if not models:
        raise UsageError(
            "no judge is named: --judge MODEL (such as anthropic/claude-sonnet-4-6, with its API key in the "
            "environment or in .env), or --offline for the built-in one"
        )
    if settings.judge.cascade is not None and len(models) < 2:  # noqa: PLR2004 -- one screens, another reads
        raise UsageError(
            "judge.cascade needs two judges at least: the first screens for the others; name another"
        )
    batched = {"batch": True} if order.batch else {}
    return _Panel(tuple(as_settings(model).model_copy(update=batched) for model in models), settings.judge)


def _chosen(order: JudgeOrder, run: Run) -> tuple[Stored, ...]:
    """Give the recorded audits that are to be judged."""
    stored = stored_audits(run)
    for wanted in order.only:
        if not any(wanted in {item.audit.id, item.audit.cell.scenario} for item in stored):
            ids = sorted({item.audit.cell.scenario for item in stored})
            raise UsageError(
                f"{run.id}: records no audit or scenario {wanted!r}{did_you_mean(wanted, ids)}; "
                f"it has: {', '.join(ids)}"
            )
    kept = [
        item
        for item in stored
        if not order.only or {item.audit.id, item.audit.cell.scenario} & set(order.only)
    ]
    return tuple(kept[: order.limit])


def _require_blind(run: Run, chosen: Sequence[Stored], settings: JudgeSettings) -> None:
    """Refuse to tell judges the name of a target in which a behaviour was planted: it names the behaviour."""
    if not settings.blind and any("quirk=" in stored.audit.target for stored in chosen):
        raise UsageError(
            f"{run.id}: judge.blind is false, and the name of a target with a quirk tells of the quirk; leave it true"
        )


def _require_place(run: Run) -> None:
    """Refuse a run whose plan cannot be read, or beside which nothing can be written, before others are judged."""
    read_plan(run)
    sets = run.folder / VERDICTS
    place = sets if sets.exists() else run.folder
    if not place.is_dir() or not os.access(place, os.W_OK):
        what = "is not writable" if place.is_dir() else "is no folder"
        raise UsageError(f"{run.folder}: the verdicts cannot be written there: {place} {what}")


def _planned(order: JudgeOrder, run: Run) -> _Planned:
    chosen, panel = _chosen(order, run), _panel(order, run)
    _require_blind(run, chosen, panel.settings)
    _require_place(run)
    made = [make_model(model, "judge") for model in panel.models]
    if (governor := current()) is not None:
        governor.require_usable()
    spoken = [manner.model_dump() for manner in manners(Models(judge=panel.models))["judge"]]
    return _Planned(run, chosen, panel, rejudge_task(run, chosen, made, panel.settings, spoken))


def _judge_run(order: JudgeOrder, planned: _Planned, display: Display) -> tuple[Run, Results, Why | None]:
    """Give the verdicts on one run with their results, and what stopped their giving, if anything did."""
    run, chosen, panel = planned.run, planned.chosen, planned.panel
    stored = StoredLogs(run.folder)

    audits = {stored.audit.id: stored.audit for stored in chosen}

    def row(sample: EvalSample) -> Audit:
        try:
            return audit_row(sample, stored.read(required_source(sample)), None)
        except UnreadableSample as error:
            return unreadable_row(audits[str(sample.id)], None, error)

    with watching(display, len(chosen), row, _upcoming(chosen)):
        verdicts = _new_set(order, run, panel)
        plan = _plan(order, run, verdicts, panel, chosen)
        write_json(verdicts.folder / PLAN, plan.model_dump(mode="json"))
        display.started(_start(run, verdicts, panel, chosen))
        with stoppable(verdicts.folder, display.notice) as stop:
            with stop.audits(), lowered_costs(memory=False):
                evaluate(
                    [planned.task],
                    verdicts,
                    len(chosen),
                    max_samples=order.max_samples,
                    max_connections=order.max_connections,
                )
            if stop.why is not None:
                plan = plan.model_copy(update={"stopped": stop.why})
                write_json(verdicts.folder / PLAN, plan.model_dump(mode="json"))
            # Reading every sample again leaves much behind that has to be collected.
            results = compute_results(verdicts)
            write_json(verdicts.folder / RESULTS, results.model_dump(mode="json"))
    display.finished(results, str(verdicts.folder))
    return verdicts, results, stop.why


def _new_set(order: JudgeOrder, run: Run, panel: _Panel) -> Run:
    name = order.name or panel.models[0].model.rpartition("/")[2]
    try:
        return new_run(run.folder / VERDICTS, name)
    except OSError as error:
        raise UsageError(
            f"{run.folder}: the verdicts cannot be written there: {error.strerror or error}"
        ) from error


def _plan(order: JudgeOrder, run: Run, verdicts: Run, panel: _Panel, chosen: Sequence[Stored]) -> RunFile:
    """Give what is about to be judged; audits that were planned and never recorded stay in the count as pending."""
    before = read_plan(run)
    everything = before.audits if before is not None and not order.only and order.limit is None else ()
    audits = {audit.id: audit for audit in (*everything, *(stored.audit for stored in chosen))}
    return RunFile(
        id=verdicts.id,
        started=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        petri=version("petri"),
        inspect_ai=version("inspect_ai"),
        python=sys.version.split()[0],
        files=before.files if before is not None else (),
        models=_names(before, panel, tuple(audits.values())),
        settings=dict(order.settings),
        fail_on=(),
        audits=tuple(audits.values()),
        judging=Judging(
            of=run.id,
            logs=tuple(FileDigest(path=log.name, sha256=file_sha256(log)) for log in run.logs()),
            rubrics=tuple(
                FileDigest(path=rubric.path, sha256=rubric.sha256)
                for rubric in load_rubrics(panel.settings.rubric)
            ),
            settings=panel.settings.model_dump(mode="json"),
            prompts=digests("judge"),
        ),
    )


def _names(before: RunFile | None, panel: _Panel, audits: Sequence[PlannedAudit]) -> ModelNames:
    judges = tuple(target_label(model) for model in panel.models)
    targets = tuple(dict.fromkeys(audit.target for audit in audits))
    if before is not None:
        return before.models.model_copy(update={"target": targets, "judge": judges})
    return ModelNames(auditor=None, target=targets, judge=judges)


def _start(run: Run, verdicts: Run, panel: _Panel, chosen: Sequence[Stored]) -> Start:
    return Start(
        run=verdicts.id,
        folder=str(verdicts.folder),
        planned=len(chosen),
        auditor=None,
        targets=tuple(dict.fromkeys(stored.audit.target for stored in chosen)),
        judges=tuple(target_label(model) for model in panel.models),
        realism=None,
        simulator=None,
        offline=all(model.model.startswith("petri-offline/") for model in panel.models),
        judging=run.id,
        audits=_upcoming(chosen),
        dimensions=(
            *(each for rubric in load_rubrics(panel.settings.rubric) for each in rubric.spec.dimensions),
            *measured_in(run),
        ),
    )


def _upcoming(chosen: Sequence[Stored]) -> tuple[Upcoming, ...]:
    """Give what a display is to know of the transcripts."""
    return tuple(
        Upcoming(each.audit.id, named(each.audit.cell), each.audit.target, each.audit.epoch)
        for each in chosen
    )
