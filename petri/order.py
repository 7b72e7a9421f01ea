"""What is to be run: an order, and what it comes to once its files, flags and defaults are settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from petri.check import agreement_faults, resolved_rubrics
from petri.errors import InvalidFile, NothingToRun, UsageError
from petri.governor import Limits
from petri.plan import AuditJob, plan_audits, require_distinct
from petri.roles import OFFLINE, as_choices, missing_roles, target_label
from petri.rubric.load import LoadedRubric, load_rubrics
from petri.rubric.schema import Dimension
from petri.scenario.load import LoadedFile
from petri.scenario.override import override, with_threshold
from petri.scenario.schema import Model
from petri.scenario.select import load_scenarios


@dataclass(frozen=True, slots=True)
class Order:
    """What to run. ``settings`` replaces values of the scenario files, by keys such as ``audit.max_turns``."""

    scenarios: Sequence[str]
    out: Path
    only: Sequence[str] = ()
    tags: Sequence[str] = ()
    limit: int | None = None
    settings: Mapping[str, object] = field(default_factory=dict[str, object])
    offline: bool = False
    judge: bool = True
    fail_on: Sequence[str] = ()
    name: str | None = None
    max_samples: int | None = None
    max_connections: int | None = None
    limits: Limits = field(default_factory=Limits)
    preflight: bool = False
    """Whether each model is called once, with a few words, before the first audit."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file for one target: one Inspect task, and so one log."""

    file: LoadedFile
    target: Model
    label: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What an order comes to."""

    files: Sequence[LoadedFile]
    parts: Sequence[Part]
    jobs: Sequence[AuditJob]
    rubrics: Mapping[str, Sequence[LoadedRubric]]
    """Those of each file, by its path."""


def settle(order: Order) -> Settled:
    """Check all that can be checked of the files and flags without a model; give every audit that would run.

    Raises ``UsageError`` for what cannot be meant, and ``NothingToRun`` where no audit is left.
    """
    files = _load(order)
    rubrics = _rubrics(files)
    parts = [Part(file, t, target_label(t)) for file in files for t in as_choices(file.spec.models.target)]
    jobs = [
        job
        for file in files
        for job in plan_audits([file], [part.label for part in parts if part.file is file])
    ]
    require_distinct(jobs)
    if not jobs:
        raise NothingToRun("there is nothing to run")
    return Settled(files, parts, jobs, rubrics)


def _load(order: Order) -> list[LoadedFile]:
    """Load the selected files with the order's settings in force; see that they agree and every role has a model."""
    files = [
        _settled(order, file)
        for file in load_scenarios(
            order.scenarios, only=order.only, tags=order.tags, limit=order.limit, flags=bool(order.settings)
        )
    ]
    if "judge.rubric" in order.settings:
        load_rubrics(resolved_rubrics(files[0]))
    faults = [fault for file in files for fault in agreement_faults(file)]
    if faults:
        raise InvalidFile(faults)
    return files


def _rubrics(files: Sequence[LoadedFile]) -> dict[str, Sequence[LoadedRubric]]:
    """Give the rubrics of each file; refuse those that give one dimension two meanings.

    A run's results have one summary for each name.
    """
    loaded: dict[tuple[str, ...], Sequence[LoadedRubric]] = {}
    found: dict[str, tuple[Dimension, str]] = {}
    rubrics: dict[str, Sequence[LoadedRubric]] = {}
    for file in files:
        names = tuple(resolved_rubrics(file))
        if names not in loaded:
            loaded[names] = load_rubrics(names)
        rubrics[file.path] = loaded[names]
        for rubric in loaded[names]:
            for dimension in rubric.spec.dimensions:
                first, home = found.setdefault(dimension.name, (dimension, rubric.path))
                if first != dimension:
                    raise UsageError(
                        f"{rubric.path}: the dimension {dimension.name!r} is another than in {home}; "
                        "rename one, or run the scenario files apart"
                    )
    return rubrics


def _settled(order: Order, file: LoadedFile) -> LoadedFile:
    """Give the file with the order's settings, and with the offline models in the roles that no flag fills."""
    settings = dict(order.settings)
    if order.offline:
        settings = {f"models.{role}": model for role, model in OFFLINE.items()} | settings
    settings = with_threshold(file, settings)
    if order.offline and "models.judge" not in order.settings and _cascades(file, settings):
        settings["models.judge"] = [OFFLINE["judge"]] * 2
    settled = override(file, settings)
    missing = missing_roles(settled.spec.models, judged=order.judge)
    if missing:
        raise UsageError(_ways_out(file.path, missing))
    return settled


def _cascades(file: LoadedFile, settings: Mapping[str, object]) -> bool:
    """Say whether one judge screens for others, which takes two, also of the built-in ones."""
    return file.spec.judge.cascade is not None or any(key.startswith("judge.cascade") for key in settings)


def _ways_out(path: str, missing: Sequence[str]) -> str:
    """Say how a role gets a model."""
    flags = " ".join(f"--{role} MODEL" for role in missing)
    return (
        f"{path}: no model is named for {', '.join(missing)}. Three ways out: {flags} "
        "(such as anthropic/claude-sonnet-4-6, with its API key in the environment or in .env); "
        f"models.{missing[0]} in the scenario file; or --offline for the built-in simulated models"
    )
