"""The Inspect task: scenario, plan, auditor and judge put together. `petri audit` runs this same task."""

from collections.abc import Mapping, Sequence
from typing import cast

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import Model, model_roles
from inspect_ai.scorer import Scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.viewer import ViewerConfig

from petri.audit.auditor import auditor
from petri.audit.players import EVERYTHING, abilities
from petri.audit.tools.toolbox import given_tools
from petri.check import resolved_rubrics
from petri.errors import ActionError, UsageError
from petri.judge.scorer import judge as judge_scorer
from petri.plan import Cell, plan_cells
from petri.prompts.files import digest, digests
from petri.roles import as_choices, make_roles, manners, require_prefill, target_label
from petri.rubric.load import load_rubrics
from petri.rubric.objective import objective_dimensions
from petri.rubric.schema import Dimension
from petri.scenario.checks import planted_quirks
from petri.scenario.override import override, with_threshold
from petri.scenario.schema import JudgeSettings, Models
from petri.scenario.select import LoadedFile, load_scenarios
from petri.skipping import skipping
from petri.targets.deployed import DeployedAPI
from petri.transcript.planned import FileDigest, LogFacts


@task
def audit(  # noqa: PLR0913, PLR0917 -- each is an option of `inspect eval -T`
    scenarios: str | Sequence[str],
    only: str | Sequence[str] = (),
    tags: str | Sequence[str] = (),
    limit: int | None = None,
    epochs: int | None = None,
    max_turns: int | None = None,
    rubric: str | Sequence[str] = (),
    judge: bool = True,  # noqa: FBT001, FBT002 -- `-T judge=false`
    settings: Mapping[str, object] | None = None,
) -> Task:
    """Audit one target with the scenarios that these selectors name.

    The roles ``auditor``, ``target`` and ``judge`` come from Inspect (`--model-role`), else from the scenario file.
    ``settings`` replaces values of the file, such as ``{"audit.tools": "none"}``. With ``judge`` false nothing is
    scored.
    """
    changes = dict(settings or {})
    given = {"audit.epochs": epochs, "audit.max_turns": max_turns, "judge.rubric": _names(rubric) or None}
    changes |= {key: value for key, value in given.items() if value is not None}
    loaded = load_scenarios(_names(scenarios), only=_names(only), tags=_names(tags), limit=limit, flags=True)
    bound = model_roles()
    files = [override(file, with_threshold(file, changes | _optional(bound))) for file in loaded]
    spec = files[0].spec
    _require_agreement(files)
    label = None if "target" in bound else next(map(target_label, as_choices(spec.models.target)), None)
    cells = [cell for file in files for cell in plan_cells(file)]
    _require_usable(cells)
    for file in files:
        _require_prefill(file, bound.get("target"))
    spoken = {
        role: [manner.model_dump() for manner in each]
        for role, each in manners(spec.models).items()
        if role not in bound
    }
    roles = make_roles(spec.models, bound if judge else {*bound, "judge"})
    _require_able(cells, bound.get("target") or roles.get("target"))
    if "target" not in bound:
        _require_plantable(spec.models, roles.get("target"))
    rubrics = resolved_rubrics(files[0])
    return Task(
        dataset=MemoryDataset([_sample(cell, label, spoken) for cell in cells], name=spec.name),
        setup=require_roles(["auditor", "target", "judge"] if judge else ["auditor", "target"]),
        solver=auditor(),
        scorer=_scorer(
            rubrics if judge else (), spec.judge, [dimension.name for dimension in _measured(cells)]
        ),
        model_roles=roles,
        epochs=spec.audit.epochs,
        early_stopping=skipping(roles),
        sandbox=_sandbox(files, bound.get("target") or roles.get("target")),
        viewer=ViewerConfig(trust_content=False),
        metadata={"petri": _facts(files, cells, label, rubrics if judge else ()).model_dump(mode="json")},
    )


@solver
def require_roles(roles: Sequence[str]) -> Solver:
    """Stop an audit before its first call when a role has no model."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001 -- Inspect's signature
        missing = [role for role in roles if role not in model_roles()]
        if missing:
            message = (
                f"no model has the role {' or '.join(missing)}; name one with --model-role {missing[0]}=MODEL, "
                f"in the scenario file under models, or use petri-offline/{missing[0]}"
            )
            raise UsageError(message)
        return state

    return solve


def _scorer(rubrics: Sequence[str], settings: JudgeSettings, checks: Sequence[str]) -> Scorer | None:
    """Give the scorer; without judges it counts what the scenarios' own checks found, if they have any."""
    if not rubrics and not checks:
        return None
    return judge_scorer(rubrics, settings.procedure(), checks)


def _names(value: str | Sequence[str]) -> tuple[str, ...]:
    """Read one name, several with commas between them (as `-T` gives them), or a list."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return tuple(value)


def _sample(cell: Cell, target: str | None, spoken: Mapping[str, object]) -> Sample:
    told = {"petri": cell.model_dump(mode="json"), "target": target, "manners": spoken}
    return Sample(input=cell.seed, id=cell.id, metadata=told)


def _sandbox(files: Sequence[LoadedFile], target: object) -> str | tuple[str, str] | None:
    """Give the sandbox as Inspect names it, a type, or a type and its configuration file; None where nothing runs."""
    needed = any(file.spec.audit.tools == "sandbox" for file in files) or _runs_in_sandbox(target)
    kind, _, config = (files[0].spec.audit.sandbox or "").partition(":")
    if not kind or not needed:
        return None
    path = (files[0].folder / config).resolve()
    if config and not path.is_file():
        raise UsageError(f"{files[0].path}: audit.sandbox names {config!r}, and there is no such file")
    return (kind, str(path)) if config else kind


def _runs_in_sandbox(target: object) -> bool:
    return str(target).startswith("petri-command/")


def _facts(
    files: Sequence[LoadedFile], cells: Sequence[Cell], target: str | None, rubrics: Sequence[str]
) -> LogFacts:
    """Say in the log's header what was planned, so that a log that holds nothing else can still be accounted for."""
    return LogFacts(
        target=target,
        files=tuple(FileDigest(path=file.path, sha256=file.sha256) for file in files),
        prompts=used_prompts(files),
        cells=tuple(cell.header() for cell in cells),
        dimensions=(
            *(dimension for rubric in load_rubrics(rubrics) for dimension in rubric.spec.dimensions),
            *_measured(cells),
        ),
    )


def _measured(cells: Sequence[Cell]) -> tuple[Dimension, ...]:
    """Give the dimensions that the scenarios measure themselves, each once."""
    return objective_dimensions({kind for cell in cells for kind in cell.checks.given()})


def used_prompts(files: Sequence[LoadedFile]) -> dict[str, str]:
    """Give the digests of the prompts in use."""
    ours = digests("auditor", "judge", "protocol", "realism", "simulator", "target")
    return ours | {name: digest(text) for file in files for name, text in file.prompts.items()}


def _require_usable(cells: Sequence[Cell]) -> None:
    """Refuse tools that a provider would refuse, before anything is spent."""
    for cell in cells:
        try:
            given_tools(cell)
        except ActionError as error:
            raise UsageError(f"{cell.file}: scenario {cell.scenario!r}: tools: {error}") from error


def _require_able(cells: Sequence[Cell], target: object) -> None:
    """Refuse scenarios that a deployed agent cannot be put in: it has a system prompt and tools of its own."""
    can = abilities(target) if isinstance(target, Model) else EVERYTHING
    for cell in cells:
        given = {
            "its system prompt": cell.system is not None and not can.system_prompt,
            "its tools": bool(cell.tools) and not can.tools,
            "a conversation to go on from": bool(cell.prefix) and not can.rollback,
            "tools of a sandbox": cell.audit.tools == "sandbox" and not can.tools,
        }
        if cell.audit.sandbox is None and _runs_in_sandbox(target):
            raise UsageError(
                f"{cell.file}: {target} runs in a sandbox, and none is named; set audit.sandbox, such as docker"
            )
        if cell.checks.given() and not can.rollback:
            raise UsageError(
                f"{cell.file}: scenario {cell.scenario!r} has checks, which ask the target anew at earlier points, and "
                f"{target} cannot go back; leave them out, or audit a model"
            )
        for what in (what for what, wrong in given.items() if wrong):
            raise UsageError(
                f"{cell.file}: scenario {cell.scenario!r} gives {what}, and {target} has its own; "
                "leave it out, or audit a model"
            )


def _require_plantable(models: Models, target: object) -> None:
    """Refuse a quirk for a program: it has its own prompt, and what it reports of its prompts reaches the judge."""
    program = isinstance(target, Model) and isinstance(target.api, DeployedAPI)
    if program and any(planted_quirks(models)):
        raise UsageError(
            f"{target} is a program, in which no quirk can be planted; leave quirk out, or audit a model"
        )


def _require_prefill(file: LoadedFile, bound: object) -> None:
    """Refuse prefill for a target that does not go on from it."""
    if file.spec.audit.prefill:
        for target in [str(bound)] if isinstance(bound, Model) else as_choices(file.spec.models.target):
            require_prefill(target, file.path)


def _optional(bound: Mapping[str, object]) -> dict[str, object]:
    """Give the roles that a plan depends on and Inspect fills as if the file named them, so that it knows of them."""
    named: dict[str, object] = {
        f"models.{role}": str(bound[role]) for role in ("realism", "simulator") if role in bound
    }
    judges = bound.get("judge")
    several = cast("list[object]", judges) if isinstance(judges, list) else [judges] if judges else []
    return named | ({"models.judge": list(map(str, several))} if several else {})


def _require_agreement(files: Sequence[LoadedFile]) -> None:
    """Refuse files that want different models, judging or epochs: one task has one of each."""
    first = files[0]
    for file in files[1:]:
        for what, ours, theirs in (
            ("models", first.spec.models, file.spec.models),
            ("judge.rubric", resolved_rubrics(first), resolved_rubrics(file)),
            ("judge", first.spec.judge.procedure(), file.spec.judge.procedure()),
            ("audit.epochs", first.spec.audit.epochs, file.spec.audit.epochs),
            ("audit.sandbox", first.spec.audit.sandbox, file.spec.audit.sandbox),
            ("prompts", first.prompts, file.prompts),
        ):
            if ours != theirs:
                message = (
                    f"{first.path} and {file.path} differ in {what}; run them apart, or use `petri audit`"
                )
                raise UsageError(message)
