"""What will run: scenarios x variables x targets x epochs, as jobs whose ids follow from their content."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from petri.errors import UsageError
from petri.prompts.template import fill
from petri.scenario.schema import (
    AuditSettings,
    Expectation,
    Scenario,
    ToolDefinition,
    VariableValue,
)
from petri.scenario.select import LoadedFile


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
    audit: AuditSettings
    rubric: tuple[str, ...]

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
    _require_supported(file.path, file.spec.audit)
    _require_tools_allowed(file)
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
        "control_for": scenario.control_for,
        "expect": scenario.expect,
        "audit": file.spec.audit,
        "rubric": file.spec.judge.rubric,
    }
    draft = Cell(id="", **content)
    # What does not change what is said does not change what one audit is. The file's name keeps equal scenarios of two
    # files apart; settings left at their defaults stay out, so that a new setting changes no id.
    said = draft.model_dump(mode="json", include={"scenario", "seed", "variables", "system", "tools"})
    identity = said | {
        "audit": draft.audit.model_dump(mode="json", exclude_defaults=True, exclude={"epochs"})
    }
    suffix = _digest([file.spec.name, identity])
    return draft.model_copy(update={"id": f"{scenario.id}-{suffix}"})


def _require_supported(path: str, audit: AuditSettings) -> None:
    """Refuse settings that this version cannot honour, rather than run without them."""
    if audit.prefill:
        raise UsageError(f"{path}: audit.prefill is not available in this version; set it to false")
    if audit.realism != "off":
        raise UsageError(f"{path}: audit.realism is not available in this version; set it to off")


def _require_tools_allowed(file: LoadedFile) -> None:
    """Refuse tools in a mode without any: a setting can ask for that mode after the file was checked."""
    for scenario in file.spec.scenarios:
        if scenario.tools and file.spec.audit.tools == "none":
            raise UsageError(
                f"{file.path}: scenario {scenario.id!r} gives the target tools, and audit.tools is none; "
                "choose fixed or simulated"
            )


def _digest(content: object) -> str:
    """Give ten hexadecimal digits that follow from JSON-ready content."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:10]
