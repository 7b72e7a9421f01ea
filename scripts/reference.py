# noqa: INP001 -- a script, not a package
"""The generated parts of docs/: what stands there between ``<!-- generated: KIND -->`` and ``<!-- end -->``.

    python scripts/reference.py            brings them up to date
    python scripts/reference.py --check    changes nothing; exits with 1 and names the files that are out of date

Kinds: ``commands``, the help of every command; ``fields MODEL`` and ``values MODEL``, the fields of what people write
and of what Petri writes; ``targets``, the simulated models under audit; ``library``, the scenario files that ship.
"""

import ast
import inspect
import io
import json
import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, get_args

import typer
from pydantic import BaseModel

from petri.analysis import results
from petri.analysis.tables import TABLES
from petri.cli.main import COMMANDS, main
from petri.judge.verdict import Citation, Status
from petri.offline import library, script
from petri.offline.persona import Persona
from petri.offline.provider import Settings
from petri.offline.target import TARGETS
from petri.rubric.schema import Dimension, Rubric, Scale
from petri.scenario import objective
from petri.scenario import schema as scenario
from petri.scenario.select import load_scenarios
from petri.transcript.estimated import RoleEstimate, RunEstimate, Spread
from petri.transcript.planned import Judging
from petri.transcript.schema import ErrorRecord
from petri.transcript.scorecard import Scorecard
from petri.world.setup import MailSetup, PersonSetup, WorldSetup

DOCS: Final = Path(__file__).parents[1] / "docs"
PAGES: Final = ("cli.md", "files.md", "offline.md", "tables.md", "../scenarios/README.md")
ADVICE: Final = "run python scripts/reference.py"
WIDTH: Final = 80

MODELS: Final[Mapping[str, type[BaseModel]]] = {
    model.__name__: model
    for model in (
        *(scenario.ScenarioFile, scenario.Scenario, scenario.Models, scenario.ModelSettings),
        *(scenario.AuditSettings, scenario.JudgeSettings, scenario.ToolDefinition, scenario.Expectation),
        *(scenario.Continuation, WorldSetup, MailSetup, PersonSetup),
        *(scenario.Cascade, objective.Checks, objective.Flip, objective.BeliefProbe),
        *(objective.Attribution, objective.Authors, objective.Range, objective.BothSides),
        *(Rubric, Dimension, Scale),
        *(
            results.Results,
            results.RunInfo,
            results.FileDigest,
            results.ModelNames,
            results.Counts,
            results.Audit,
        ),
        *(
            results.AuditScore,
            results.JudgeScore,
            results.ProbeScore,
            results.Screened,
            results.Usage,
            results.DimensionSummary,
            results.JudgeCard,
            results.KnownErrors,
            results.UndecidedGate,
            RunEstimate,
            RoleEstimate,
            Spread,
            results.GateBreach,
            Citation,
            ErrorRecord,
            Scorecard,
            Judging,
        ),
        *(Settings, script.Script, script.RoleScript, script.ScriptRule, script.ScriptWhen),
        *(script.ScriptedReply, script.ScriptedCall, script.ScriptedUsage),
        *TABLES.values(),
    )
}
"""What has a table; each stands under a heading with its name in words."""

_PART: Final = re.compile(r"(<!-- generated: (\w+) ?(\w*) -->\n).*?(<!-- end -->)", re.DOTALL)
_SLUG: Final = scenario.ScenarioFile.model_json_schema()["properties"]["name"]["pattern"]
_BOUNDS: Final = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "more than"}

Schema = Mapping[str, Any]


def regenerate(page: str) -> str:
    """Give the page with its generated parts made anew."""

    def made(part: re.Match[str]) -> str:
        before, kind, name, after = part.groups()
        return f"{before}\n{KINDS[kind](name)}\n\n{after}"

    return _PART.sub(made, page)


def commands(_: str = "") -> str:
    """Give a section for `petri` and for each of its commands: its help, as a terminal shows it."""
    return "\n\n".join(f"## {' '.join(('petri', *name))}\n\n```\n{help_of(*name)}```" for name in _names())


def built_in(_: str = "") -> str:
    """Give a row for each scenario file that ships, by family."""
    files = sorted(load_scenarios(["library:all"]), key=lambda file: (file.spec.family or "", file.spec.name))
    rows = [
        (
            file.spec.family or "",
            f"`{file.path.removeprefix('library:')}.yaml`",
            f"{sum(scenario.control_for is None for scenario in file.spec.scenarios)}",
            f"{sum(scenario.control_for is not None for scenario in file.spec.scenarios)}",
            _prose(file.spec.description),
        )
        for file in files
    ]
    return _table(("family", "file", "scenarios", "twins", "asks"), rows)


def _names() -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, and after a group's those of its own."""
    yield ()
    for name, (module, _) in COMMANDS.items():
        yield (name,)
        command = import_module(module).command
        if isinstance(command, typer.Typer):
            yield from ((name, str(part.name)) for part in command.registered_commands)


def help_of(*command: str) -> str:
    """Give what a command answers to `--help`, at a fixed width."""
    said, columns = io.StringIO(), os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(WIDTH)
    try:
        with redirect_stdout(said):
            main([*command, "--help"])
    finally:
        os.environ.pop("COLUMNS")
        os.environ.update({} if columns is None else {"COLUMNS": columns})
    return said.getvalue()


def fields(name: str) -> str:
    """Give the table of what a person may write: key, value, default, meaning."""
    model = MODELS[name]
    rows = [
        (f"`{key}`", words(_without_null(spec), schema), _default(model, key), meaning)
        for key, spec, schema, meaning in _described(model)
    ]
    return _table(("key", "value", "default", "meaning"), rows)


def values(name: str) -> str:
    """Give the table of what Petri writes: key, value, meaning."""
    rows = [
        (f"`{key}`", words(spec, schema), meaning) for key, spec, schema, meaning in _described(MODELS[name])
    ]
    return _table(("key", "value", "meaning"), rows)


def targets(_: str = "") -> str:
    """Give the table of the simulated models that can be audited."""
    personas = {name: library.read(f"targets/{name}.yaml", Persona) for name in TARGETS}
    rows = [(f"`petri-offline/{name}`", persona.description) for name, persona in personas.items()]
    return _table(("model", "what it does"), rows)


KINDS: Final[Mapping[str, Callable[[str], str]]] = {
    "commands": commands,
    "fields": fields,
    "values": values,
    "targets": targets,
    "library": built_in,
}


def words(spec: Schema, whole: Schema, *, many: bool = False) -> str:
    """Say in words what a JSON Schema allows; ``whole`` holds its definitions, ``many`` asks for the plural."""
    s = "s" if many else ""
    match spec:
        case {"$ref": str(ref)}:
            name = ref.rsplit("/", 1)[-1]
            return _link(name, s) if name in MODELS else words(whole["$defs"][name], whole, many=many)
        case {"anyOf": [*choices]}:
            return _one_of([words(choice, whole, many=many) for choice in choices])
        case {"const": _} | {"enum": _}:
            return _literal(spec.get("enum", [spec.get("const")]))
        case {"type": "array"}:
            return _list(spec, whole, s)
        case {"type": "object"}:
            return f"mapping{s}{_entries(spec, whole)}"
        case _:
            return _value(spec, s)


def _literal(choices: Sequence[object]) -> str:
    if choices == [*get_args(Status)]:
        return "[status](#status-of-a-score)"
    return _one_of([f"`{choice}`" for choice in choices])


def _list(spec: Schema, whole: Schema, s: str) -> str:
    fixed = spec.get("prefixItems")
    if fixed:
        return f"list of {len(fixed)} {words(fixed[0], whole, many=True)}"
    return (
        f"list{s} of {words(spec['items'], whole, many=True)}{', not empty' if spec.get('minItems') else ''}"
    )


def _value(spec: Schema, s: str) -> str:
    match spec:
        case {"type": "string", "pattern": pattern} if pattern == _SLUG:
            return f"slug{s}"
        case {"type": "string"}:
            return f"{spec.get('format', 'text')}{s}"
        case {"type": "integer"}:
            return f"whole number{s}{_bounds(spec)}"
        case {"type": "number"}:
            return f"number{s}{_bounds(spec)}"
        case {"type": "boolean"}:
            return "true/false"
        case _:
            return str(spec.get("type", "anything"))


def anchor(name: str) -> str:
    """Give the heading under which a model's table stands, in words: ``ModelSettings`` is ``Model settings``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _link(name: str, s: str) -> str:
    heading = anchor(name).lower()
    plural = s and ("ies" if heading.endswith("y") else "" if heading.endswith(("s", "age")) else "s")
    return (
        f"[{heading.removesuffix('y') if plural == 'ies' else heading}{plural}](#{heading.replace(' ', '-')})"
    )


def _entries(spec: Schema, whole: Schema) -> str:
    slugs: Schema | None = spec.get("patternProperties", {}).get(_SLUG)
    inner: Schema | bool = slugs or spec.get("additionalProperties", True)
    if isinstance(inner, bool):
        return ""
    return f" of {'slugs' if slugs else 'names'} to {words(inner, whole, many=True)}"


def _bounds(spec: Schema) -> str:
    if {"minimum", "maximum"} <= spec.keys():
        return f" from {spec['minimum']:,} to {spec['maximum']:,}"
    return "".join(f", {said} {spec[key]:,}" for key, said in _BOUNDS.items() if key in spec)


def _one_of(choices: Sequence[str]) -> str:
    *most, last = dict.fromkeys(choices)
    return f"{', '.join(most)} or {last}" if most else last


def _without_null(spec: Schema) -> Schema:
    """Leave out that an optional key may be null: the default says so."""
    choices = [choice for choice in spec.get("anyOf", ()) if choice != {"type": "null"}]
    return {"anyOf": choices} if choices else spec


def _default(model: type[BaseModel], key: str) -> str:
    field = model.model_fields[_attribute(model, key)]
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel) or value in (None, "", (), {}):
        return ""
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _described(model: type[BaseModel]) -> Iterator[tuple[str, Schema, Schema, str]]:
    """Yield name, schema, whole schema and meaning of each field; a field without words of its own has its model's."""
    schema = model.model_json_schema()
    own = _meanings(model)
    needed = schema.get("required", [])
    for key, spec in sorted(schema["properties"].items(), key=lambda item: item[0] not in needed):
        names = re.findall(r"#/\$defs/(\w+)", json.dumps(spec))
        of_model = next((MODELS[name].__doc__ or "" for name in names if name in MODELS), "")
        yield key, spec, schema, _prose(own.get(_attribute(model, key), of_model))


def _attribute(model: type[BaseModel], key: str) -> str:
    """Give the name that a key of the file has in the code; ``from`` is a word of Python's own."""
    return next(name for name, field in model.model_fields.items() if key in {name, field.alias})


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """Give the docstrings below a model's fields, its bases' included."""
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if not cls.__module__.startswith("petri."):
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
        statements = list(ast.iter_child_nodes(body))
        for field, doc in pairwise(statements):
            match field, doc:
                case ast.AnnAssign(target=ast.Name(id=key)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[key] = text
                case _:
                    pass
    return found


def _prose(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split()).replace("``", "`").replace("|", "\\|")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + "".join(f"{cell} | ".lstrip() for cell in cells).rstrip() for cells in lines)


def run(arguments: Sequence[str]) -> int:
    """Write the pages, or with ``--check`` name those that differ; give the exit code."""
    stale = {name: made for name in PAGES if (made := regenerate(text := _read(name))) != text}
    for name, made in stale.items():
        if "--check" in arguments:
            sys.stdout.write(f"docs/{name} is out of date; {ADVICE}\n")
        else:
            (DOCS / name).write_text(made, encoding="utf-8")
            sys.stdout.write(f"wrote docs/{name}\n")
    return int("--check" in arguments and bool(stale))


def _read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
