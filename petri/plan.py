"""What will run: scenarios x variables x targets x epochs, as jobs whose ids follow from their content."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from inspect_ai.model import ChatMessage
from inspect_ai.tool import ToolInfo
from pydantic import BaseModel, ConfigDict, ValidationError

from petri.errors import InvalidFile, UsageError
from petri.prompts.template import fill, fill_known
from petri.rubric.objective import objective_dimensions
from petri.rubric.schema import Dimension
from petri.scenario.checks import setting_faults
from petri.scenario.objective import Checks
from petri.scenario.prefix import Prefix, read_wanted
from petri.scenario.schema import (
    AuditSettings,
    Expectation,
    Scenario,
    ToolDefinition,
    VariableValue,
)
from petri.scenario.select import LoadedFile
from petri.scenario.steering import Skill
from petri.world.setup import WorldSetup

_STEERING: Final = {
    "guidance",
    "stop_when",
    "date",
    "locale",
    "language",
    "world",
    "prompts",
    "skills",
    "checks",
}
"""What changes an audit beside the seed, and so its identity, where it is set."""


class CellHeader(BaseModel):
    """What names a cell, as logs' headers and run.json hold it; the rest stands in its sample.

    ``id`` follows from the content, so the same cell has the same id in every run; it is Inspect's sample id.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    file: str
    scenario: str
    variables: dict[str, VariableValue] = {}
    control_for: str | None = None
    expect: dict[str, Expectation] = {}


class Cell(CellHeader):
    """One scenario with one combination of its variables: all that an audit needs to know, nothing of the target."""

    seed: str
    tags: tuple[str, ...] = ()
    system: str | None = None
    tools: tuple[ToolDefinition, ...] = ()
    validity: str | None = None
    guidance: str | None = None
    stop_when: str | None = None
    date: dt.date | None = None
    locale: str | None = None
    language: str | None = None
    prefix: tuple[ChatMessage, ...] = ()
    """The conversation that the audit goes on from."""
    prefix_tools: tuple[ToolInfo, ...] = ()
    world: WorldSetup | None = None
    """What stands behind the target's tools at the start; None where nothing does."""
    audit: AuditSettings
    rubric: tuple[str, ...]
    prompts: dict[str, str] = {}
    """What replaces prompts of ours, by name."""
    skills: tuple[Skill, ...] = ()
    checks: Checks = Checks()
    """What the target is asked after the audit, and what is scored by counting its answers."""

    @property
    def measured(self) -> tuple[Dimension, ...]:
        """The dimensions that the checks score, without a judge."""
        return objective_dimensions(self.checks.given())

    def header(self) -> CellHeader:
        """Give what names the cell."""
        return CellHeader(**{name: getattr(self, name) for name in CellHeader.model_fields})


@dataclass(frozen=True, slots=True)
class AuditJob:
    """One planned audit: a cell, a target (by its label) and an epoch counted from 1."""

    id: str
    cell: Cell
    target: str
    epoch: int


def plan_cells(file: LoadedFile) -> tuple[Cell, ...]:
    """Give the cells of a file in file order; raises ``UsageError`` for settings that cannot be honoured."""
    _require_sensible(file)
    _require_tools_allowed(file)
    _require_needs_met(file)
    return tuple(
        _cell(file, scenario, values) for scenario in file.spec.scenarios for values in scenario.cells()
    )


def plan_audits(files: Iterable[LoadedFile], targets: Sequence[str]) -> tuple[AuditJob, ...]:
    """Give every audit of the files for targets known by these labels; ids are unique and stable."""
    doubles = sorted({target for target in targets if targets.count(target) > 1})
    if doubles:
        raise UsageError(f"the target {doubles[0]!r} is named twice; name it once and set epochs instead")
    jobs = tuple(
        AuditJob(job_id(cell, target, epoch), cell, target, epoch)
        for file in files
        for target in targets
        for cell in plan_cells(file)
        for epoch in range(1, cell.audit.epochs + 1)
    )
    require_distinct(jobs)
    return jobs


def require_distinct(jobs: Iterable[AuditJob]) -> None:
    """Raise ``UsageError`` if two jobs are the same audit; their results could not be told apart."""
    seen: dict[str, AuditJob] = {}
    for job in jobs:
        first = seen.setdefault(job.id, job)
        if first is not job:
            raise UsageError(
                f"{first.cell.file} and {job.cell.file} both hold the scenario {job.cell.scenario!r}, word for word "
                "and under one name; leave one of the files out, or give it another name"
            )


def job_id(cell: Cell, target: str, epoch: int) -> str:
    """Give the id of the audit of a cell for a target and an epoch."""
    return planned_id(cell.scenario, cell.id, target, epoch)


def planned_id(scenario: str, cell_id: str, target: str, epoch: int) -> str:
    """Give the same id from the names alone, where the cell itself is not at hand."""
    return f"{scenario}-{_digest([cell_id, target, epoch])}"


def _cell(file: LoadedFile, scenario: Scenario, values: dict[str, VariableValue]) -> Cell:
    def filled(text: str | None) -> str | None:
        return None if text is None else fill(text, values)

    prefix = _prefix(file, scenario)
    content: dict[str, Any] = {
        "file": file.path,
        "scenario": scenario.id,
        "seed": filled(scenario.seed),
        "tags": tuple(dict.fromkeys((*file.spec.tags, *scenario.tags))),
        "variables": values,
        "system": filled(scenario.system),
        "tools": tuple(
            tool.model_copy(update={"description": filled(tool.description)}) for tool in scenario.tools
        ),
        "validity": filled(scenario.validity),
        "guidance": filled(scenario.guidance),
        "stop_when": filled(scenario.stop_when),
        "date": scenario.date,
        "locale": scenario.locale,
        "language": scenario.language,
        "prefix": prefix.messages if prefix else (),
        "prefix_tools": prefix.tools if prefix else (),
        "world": _world(file, scenario, values),
        "prompts": dict(file.prompts),
        "skills": file.skills,
        "checks": _checks(file, scenario, values),
        "control_for": scenario.control_for,
        "expect": scenario.expect,
        "audit": file.spec.audit,
        "rubric": file.spec.judge.rubric,
    }
    draft = Cell(id="", **content)
    # What does not change what is said does not change what one audit is. The file's name keeps equal scenarios of two
    # files apart; settings left at their defaults stay out, so that a new setting changes no id.
    said = draft.model_dump(mode="json", include={"scenario", "seed", "variables", "system"})
    said["tools"] = [tool.model_dump(mode="json", exclude_defaults=True) for tool in draft.tools]
    steered = draft.model_dump(mode="json", include=_STEERING, exclude_defaults=True)
    if prefix:
        steered["prefix"] = [prefix.sha256, len(prefix.messages)]
    identity = (
        said
        | steered
        | {"audit": draft.audit.model_dump(mode="json", exclude_defaults=True, exclude={"epochs"})}
    )
    suffix = _digest([file.spec.name, identity])
    return draft.model_copy(update={"id": f"{scenario.id}-{suffix}"})


def _prefix(file: LoadedFile, scenario: Scenario) -> Prefix | None:
    """Read the conversation that a scenario goes on from; a fault stands where the scenario names its file."""
    wanted = scenario.continuation
    if wanted is None:
        return None
    try:
        return read_wanted(wanted, file.folder)
    except InvalidFile as error:
        place = file.places[scenario.id]
        raise InvalidFile([place.fault(("continue_from",), str(fault)) for fault in error.faults]) from error


def _world(file: LoadedFile, scenario: Scenario, values: dict[str, VariableValue]) -> WorldSetup | None:
    """Give the world at the start, with the variables filled; an empty one where only the settings ask for a world."""
    spec = file.spec
    wanted = (
        spec.audit.world
        or spec.models.simulator is not None
        or any(tool.backed_by is not None for tool in scenario.tools)
    )
    if scenario.world is None:
        return WorldSetup() if wanted else None
    if not values:
        return scenario.world
    told = _filled(scenario.world.model_dump(mode="json", exclude_unset=True), values)
    try:
        return WorldSetup.model_validate(told)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(map(str, ("world", *fault["loc"])))
        message = f"{where}, with the variables filled, {fault['msg'][0].lower()}{fault['msg'][1:]}"
        raise InvalidFile([file.places[scenario.id].fault(("world",), message)]) from error


def _checks(file: LoadedFile, scenario: Scenario, values: dict[str, VariableValue]) -> Checks:
    """Give the checks with the variables filled, which may make two answers the same."""
    told = _filled(scenario.checks.model_dump(mode="json", exclude_unset=True), values)
    checks = Checks.model_validate(told)
    for path, message in checks.faults():
        fault = f"with the variables filled, {message}"
        raise InvalidFile([file.places[scenario.id].fault(("checks", *path), fault)])
    return checks


def _filled(part: Any, values: dict[str, VariableValue]) -> Any:
    if isinstance(part, str):
        return fill_known(part, values)
    if isinstance(part, list):
        return [_filled(inner, values) for inner in cast("list[Any]", part)]
    if isinstance(part, dict):
        return {
            fill_known(key, values): _filled(inner, values)
            for key, inner in cast("dict[str, Any]", part).items()
        }
    return part


def _require_sensible(file: LoadedFile) -> None:
    """Refuse settings that cannot be meant together: a flag can ask for them after the file was checked."""
    for _, message in setting_faults(file.spec):
        raise UsageError(f"{file.path}: {message}")


def _require_tools_allowed(file: LoadedFile) -> None:
    """Refuse tools in a mode without any: a setting can ask for that mode after the file was checked."""
    for scenario in file.spec.scenarios:
        mode = file.spec.audit.tools
        if scenario.world is not None and mode in {"none", "sandbox"}:
            raise UsageError(
                f"{file.path}: scenario {scenario.id!r} sets a world up behind simulated tools, and audit.tools is "
                f"{mode}; choose fixed or simulated"
            )
        if scenario.tools and mode == "none":
            raise UsageError(
                f"{file.path}: scenario {scenario.id!r} gives the target tools, and audit.tools is none; "
                "choose fixed or simulated"
            )


def _require_needs_met(file: LoadedFile) -> None:
    """Refuse settings that take away what a scenario cannot do without: a flag can do so after the file was checked."""
    audit = file.spec.audit
    for scenario in file.spec.scenarios:
        unmet = scenario.unmet(tools=audit.tools, prefill=audit.prefill, rollback=audit.rollback)
        for need, message in unmet:
            raise UsageError(f"{file.path}: scenario {scenario.id!r} needs {need}, and {message}")


def _digest(content: object) -> str:
    """Give ten hexadecimal digits that follow from JSON-ready content."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:10]
