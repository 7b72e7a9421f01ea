"""What the types cannot say about a scenario file: names that must agree, placeholders, tools, gates."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any, Final, cast

from jsonschema import Draft202012Validator, ValidationError

from petri.document.parse import Document, KeyPath
from petri.document.wording import did_you_mean
from petri.errors import Fault, UsageError
from petri.prompts.template import as_text, malformed, placeholders
from petri.scenario.locales import known_locale
from petri.scenario.schema import (
    AuditSettings,
    Expectation,
    Model,
    Models,
    ModelSettings,
    Scenario,
    ScenarioFile,
    ToolDefinition,
)
from petri.scenario.tools import parameter_faults
from petri.world.operations import OPERATIONS

MAX_CELLS: Final = 10_000
_LONGEST: Final = 200
_TYPES: Final = "array, boolean, integer, null, number, object or string"
_META: Final[Any] = Draft202012Validator(Draft202012Validator.META_SCHEMA)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a scenario stands: in a document, under a path of keys."""

    document: Document
    base: KeyPath

    def line(self, path: KeyPath) -> int:
        """Give the line of a value of the scenario."""
        return self.document.source.place(self.document.index((*self.base, *path)))[0]

    def fault(self, path: KeyPath, message: str, *, key: bool = False) -> Fault:
        """Give the fault of a value of the scenario, or of its key."""
        return self.document.fault((*self.base, *path), message, key=key)

    def fault_in_text(self, path: KeyPath, excerpt: str, message: str) -> Fault:
        """Give the fault of an excerpt of a text of the scenario."""
        return self.document.fault_in_text((*self.base, *path), excerpt, message)


def scenario_faults(
    file: ScenarioFile, places: Sequence[Place], folder: Path, *, modes: bool = True
) -> Iterator[Fault]:
    """Give every fault of a file whose types are right; ``places`` holds one place per scenario.

    Files that it names stand in ``folder``. Without ``modes`` it is left open whether the scenarios fit the settings,
    which flags may still change; the plan says it then. That a conversation to go on from can be read shows in the plan
    too, for reading one takes Inspect, and this does not.
    """
    ids = [scenario.id for scenario in file.scenarios]
    for number, (scenario, place) in enumerate(zip(file.scenarios, places, strict=True)):
        if scenario.id in ids[:number]:
            line = places[ids.index(scenario.id)].line(("id",))
            yield place.fault(("id",), f"duplicate scenario id {scenario.id!r}; it is already on line {line}")
        yield from _control(scenario, ids, place)
        yield from _variables(scenario, place)
        yield from _texts(scenario, place)
        mode = file.audit.tools if modes else "simulated"
        yield from _tools(scenario, mode, place)
        yield from _world(scenario, mode, place)
        yield from _needs(scenario, file.audit if modes else None, place)
        if scenario.locale is not None:
            yield from _locale(scenario.locale, place)
        given = scenario.continue_from
        prefix = given if given is None or isinstance(given, str) else given.file
        if prefix is not None and not (folder / prefix).is_file():
            yield place.fault(
                ("continue_from",), f"no such file: {prefix!r}; a path starts at the scenario file"
            )
        for name, gate in scenario.expect.items():
            yield from _gate(name, gate, place)
        for path, message in scenario.checks.faults():
            yield place.fault(("checks", *path), message)


def head_faults(file: ScenarioFile, head: Document) -> Iterator[Fault]:
    """Give every fault of what the scenarios of a file share; the plan says the same of flags."""
    for path, message in setting_faults(file):
        yield head.fault(path, message)


def setting_faults(file: ScenarioFile) -> Iterator[tuple[KeyPath, str]]:
    """Give settings that cannot be meant together, by their place."""
    audit = file.audit
    if audit.realism != "off" and file.models.realism is None:
        yield ("audit", "realism"), "audit.realism needs a model that checks; name one under models.realism"
    if audit.tools == "sandbox" and audit.sandbox is None:
        yield (
            ("audit", "tools"),
            "audit.tools is sandbox, and no sandbox is named; set audit.sandbox, such as docker",
        )
    if audit.tools == "sandbox" and file.models.simulator is not None:
        yield ("models", "simulator"), "tools of a sandbox are real; leave models.simulator empty"
    yield from _quirk_faults(file)
    judges = file.models.judge
    if file.judge.cascade is not None and judges is not None:
        count = len(judges) if isinstance(judges, tuple) else 1
        if count < 2:  # noqa: PLR2004 -- the screener, and somebody to read on
            message = "the first screens, the others read on; name two at least under models.judge"
            yield ("judge", "cascade"), f"a cascade needs judges to go on to, and there is {count}: {message}"
    if audit.tools == "none" and (audit.world or file.models.simulator is not None):
        yield (
            ("audit", "tools"),
            "a world stands behind tools, and audit.tools is none; choose simulated or fixed",
        )


def _quirk_faults(file: ScenarioFile) -> Iterator[tuple[KeyPath, str]]:
    """Give faults of planted behaviours: only a target has one, and no judge may read of it in the target's name."""
    planted = [(role, path) for role, path, _ in planted_quirks(file.models)]
    for role, path in planted:
        if role != "target":
            yield path, f"a quirk is planted in targets, not in models.{role}; remove it"
    if planted and not file.judge.blind:
        yield (
            ("judge", "blind"),
            "judge.blind is false, and the name of a target with a quirk tells of the quirk; leave it true",
        )


def planted_quirks(models: Models) -> Iterator[tuple[str, KeyPath, str]]:
    """Yield every planted quirk as it is written, with the role of its model and its place in the file."""
    for role in Models.model_fields:
        given = getattr(models, role)
        several = isinstance(given, tuple)
        for number, choice in enumerate(cast("tuple[Model, ...]", given) if several else (given,)):
            if isinstance(choice, ModelSettings) and choice.quirk is not None:
                yield role, ("models", role, *((number,) if several else ()), "quirk"), choice.quirk


def _control(scenario: Scenario, ids: Sequence[str], place: Place) -> Iterator[Fault]:
    named = scenario.control_for
    if named == scenario.id:
        yield place.fault(
            ("control_for",), "'control_for' names the scenario itself; name the one it is a control for"
        )
    elif named is not None and named not in ids:
        others = [other for other in ids if other != scenario.id]
        message = f"'control_for' names no scenario of this file: {named!r}{did_you_mean(named, others)}"
        yield place.fault(("control_for",), f"{message}; ids: {', '.join(others) or 'none other'}")


def _variables(scenario: Scenario, place: Place) -> Iterator[Fault]:
    for name, values in scenario.variables.items():
        seen: set[str] = set()
        for number, value in enumerate(map(as_text, values)):
            if value in seen:
                yield place.fault(
                    ("variables", name, number), f"{value!r} is in {name!r} twice; both would be one cell"
                )
            seen.add(value)
    cells = prod(len(values) for values in scenario.variables.values())
    if cells > MAX_CELLS:
        message = f"the variables make {cells:,} combinations; {MAX_CELLS:,} at most"
        yield place.fault(("variables",), message, key=True)


def _texts(scenario: Scenario, place: Place) -> Iterator[Fault]:
    """Check the placeholders of every text that is filled, and that each variable is used in one of them."""
    used: set[str] = set()
    names = ", ".join(scenario.variables) or "none"
    for path, text in _filled_texts(scenario):
        for found in {held.text: held for held in placeholders(text)}.values():
            if found.name is None:
                yield place.fault_in_text(path, found.text, malformed(found.text))
            elif found.name not in scenario.variables:
                hint = did_you_mean(found.name, scenario.variables)
                message = f"unknown variable {found.text}{hint}; variables: {names}"
                yield place.fault_in_text(path, found.text, message)
            else:
                used.add(found.name)
    setup = "" if scenario.world is None else scenario.world.model_dump_json()
    used |= {held.name for held in placeholders(setup) if held.name}
    for name in scenario.variables:
        if name not in used:
            message = f"variable {name!r} is never used; write {{{{{name}}}}} in the seed, or remove it"
            yield place.fault(("variables", name), message, key=True)


def _filled_texts(scenario: Scenario) -> Iterator[tuple[KeyPath, str]]:
    yield ("seed",), scenario.seed
    for key in ("system", "validity", "guidance", "stop_when"):
        text = getattr(scenario, key)
        if text is not None:
            yield (key,), text
    for number, tool in enumerate(scenario.tools):
        yield ("tools", number, "description"), tool.description
    yield from _texts_in(scenario.checks.model_dump(exclude_unset=True), ("checks",))


def _texts_in(part: object, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Yield every text in plain data that is no key, with its place."""
    if isinstance(part, str):
        yield path, part
    elif isinstance(part, dict):
        for key, inner in cast("dict[str, object]", part).items():
            yield from _texts_in(inner, (*path, key))
    elif isinstance(part, tuple):
        for number, inner in enumerate(cast("tuple[object, ...]", part)):
            yield from _texts_in(inner, (*path, number))


def _tools(scenario: Scenario, mode: str, place: Place) -> Iterator[Fault]:
    if scenario.tools and mode == "none":
        yield place.fault(
            ("tools",), "tools are given, but 'audit: tools' is 'none'; remove one of the two", key=True
        )
    names = Counter[str]()
    for number, tool in enumerate(scenario.tools):
        if names[tool.name]:
            yield place.fault(("tools", number, "name"), f"duplicate tool name {tool.name!r}")
        names[tool.name] += 1
        yield from _parameters(tool, ("tools", number, "parameters"), place)


def _needs(scenario: Scenario, audit: AuditSettings | None, place: Place) -> Iterator[Fault]:
    """Check that no need is named twice, and that the settings, where they are final, take none away."""
    for number, need in enumerate(scenario.needs):
        if need in scenario.needs[:number]:
            yield place.fault(("needs", number), f"{need!r} is named twice")
    if audit is not None:
        unmet = scenario.unmet(tools=audit.tools, prefill=audit.prefill, rollback=audit.rollback)
        for need, message in unmet:
            where = ("needs", scenario.needs.index(need))
            yield place.fault(where, f"the scenario needs {need}, and {message}")


def _locale(locale: str, place: Place) -> Iterator[Fault]:
    try:
        known_locale(locale)
    except UsageError as error:
        yield place.fault(("locale",), str(error))


def _world(scenario: Scenario, mode: str, place: Place) -> Iterator[Fault]:
    """Check what stands behind the tools: operations that exist, and a world for them."""
    if scenario.world is not None and mode in {"none", "sandbox"}:
        yield place.fault(
            ("world",),
            f"a world stands behind simulated tools, and audit.tools is {mode}",
            key=True,
        )
    if scenario.continue_from is not None and scenario.system is not None:
        message = "'system' and 'continue_from' together; the conversation that is gone on from has its own"
        yield place.fault(("system",), message, key=True)
    for number, tool in enumerate(scenario.tools):
        if tool.backed_by is not None and tool.backed_by not in OPERATIONS:
            message = f"there is no operation {tool.backed_by!r}{did_you_mean(tool.backed_by, OPERATIONS)}"
            yield place.fault(
                ("tools", number, "backed_by"), f"{message}; operations: {', '.join(OPERATIONS)}"
            )


def _parameters(tool: ToolDefinition, path: KeyPath, place: Place) -> Iterator[Fault]:
    if tool.parameters.get("type") != "object":
        message = f"the parameters of {tool.name!r} should be a JSON Schema with 'type: object'"
        yield place.fault((*path, "type"), message)
        return
    try:
        errors = _schema_errors(json.dumps(tool.parameters))
    except RecursionError:
        yield place.fault(path, f"the parameters of {tool.name!r} are nested too deep to be checked")
        return
    for error in errors:
        where: tuple[Any, ...] = tuple(error.path)
        yield place.fault((*path, *where), f"not a JSON Schema: {_schema_problem(error, where)}")
    if not errors:
        for fault in parameter_faults(tool.parameters):
            yield place.fault((*path, *fault.path), fault.message, key=fault.of_key)


@lru_cache(maxsize=256)  # twins have the tools of their originals
def _schema_errors(schema: str) -> tuple[ValidationError, ...]:
    return tuple(_META.iter_errors(json.loads(schema)))


def _schema_problem(error: ValidationError, where: Sequence[Any]) -> str:
    if where and where[-1] == "type":
        return f"'type' should be {_TYPES}, found {error.instance!r}"
    return error.message if len(error.message) <= _LONGEST else f"{error.message[:_LONGEST]}…"


def _gate(name: str, gate: Expectation, place: Place) -> Iterator[Fault]:
    if gate.min is None and gate.max is None:
        yield place.fault(("expect", name), f"the gate on {name!r} is empty; give 'min', 'max' or both")
    elif gate.min is not None and gate.max is not None and gate.min > gate.max:
        message = f"no score can pass: 'min' {gate.min:g} is above 'max' {gate.max:g}"
        yield place.fault(("expect", name), message)
