"""The shape of the code base, read from its syntax: who imports whom, what is forbidden, how large things may be."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from pathlib import Path

import pytest

import petri

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "petri"

# Each group imports only groups of earlier lines; groups on one line never import each other.
LAYERS = (
    ("errors", "compat", "secrets", "interrupts"),
    (
        "boundary",
        "redaction",
        "stopping",
        "budget",
        "rates",
        "datafiles",
        "prompts",
        "conversation",
        "document",
    ),
    ("world", "retries"),
    ("seat",),
    ("governor",),
    ("scenario", "rubric", "skipping"),
    ("check", "plan", "roles", "protocol"),
    ("transcript", "order"),
    ("audit", "judge", "offline", "targets", "drafting"),
    ("costs",),
    ("analysis", "explaining", "diagnosis", "library"),
    ("viewer", "display", "tasks", "rejudge", "evaluation", "preflight"),
    ("runner", "judging"),
    ("quirk_trial", "resuming"),
    ("cli", "_registry"),
    ("__main__",),
)
RANK = {group: rank for rank, groups in enumerate(LAYERS) for group in groups}

# (who, of whom) -> all that may be imported: the importer needs the data, not the machinery.
NARROW = {
    ("analysis", "judge"): {"petri.judge.verdict"},
    ("viewer", "judge"): {"petri.judge.verdict"},
}

# file -> why its imports may stand inside a function or a TYPE_CHECKING block.
HIDDEN_IMPORTS = {"petri/__init__.py": "the facade is lazy; type checkers still see its names"}

# file -> why `except Exception` stands there.
BROAD_EXCEPT = {
    "petri/boundary.py": "whatever escapes a job becomes data in its record",
    "petri/cli/main.py": "whatever escapes a command becomes one line and exit code 4",
}

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load"}
BROAD = {"Exception", "BaseException"}
HEAVY = {
    *("anthropic", "inspect_ai", "numpy", "openai", "pandas", "pyarrow", "pydantic", "rich", "scipy"),
    *("statsmodels", "typer"),
}

MAX_MODULE_LINES = 400
MAX_TEST_MODULE_LINES = 600
MAX_FUNCTION_LINES = 60
MAX_PUBLIC_NAMES = 25


class Module:
    """One source file: its syntax tree, and where it stands in the package."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.relative_to(ROOT).as_posix()
        parts = path.relative_to(ROOT).with_suffix("").parts
        self.group = parts[1] if parts[0] == "petri" else ""

    def __repr__(self) -> str:
        return self.name

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, filename=self.name)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    def at(self, node: ast.AST, fault: str) -> str:
        return f"{self.name}:{getattr(node, 'lineno', 1)}: {fault}"


@cache
def _modules(*folders: str) -> list[Module]:
    return [Module(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def _imported(node: ast.AST) -> Iterator[str]:
    """The dotted names an import statement may load; `from a import b` gives `a.b`, b being a module or not."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


def _imports(module: Module) -> Iterator[tuple[ast.AST, str]]:
    for node in module.nodes:
        for name in _imported(node):
            yield node, name


def _layer_fault(module: Module, name: str) -> str | None:
    parts = name.split(".")
    if parts[0] != "petri" or name == "petri.__version__":
        return None
    group = parts[1] if len(parts) > 1 else ""
    if group not in RANK:
        return f"imports {name!r}: import from the module that defines it, not from the facade"
    if group != module.group and RANK[group] >= RANK[module.group]:
        return (
            f"{module.group!r} may not import {group!r}: it stands on the same line of LAYERS, or a later one"
        )
    narrow = NARROW.get((module.group, group))
    if narrow is not None and not any(name == door or name.startswith(door + ".") for door in narrow):
        return f"{module.group!r} may import of {group!r} only {', '.join(sorted(narrow))}"
    return None


def every_group_has_a_layer(module: Module) -> Iterator[str]:
    if module.group != "__init__" and module.group not in RANK:
        yield f"add petri.{module.group} to LAYERS in {Path(__file__).name} and to docs/architecture.md"


def imports_point_one_way(module: Module) -> Iterator[str]:
    if module.group in RANK:
        for node, name in _imports(module):
            if fault := _layer_fault(module, name):
                yield module.at(node, fault)


def imports_are_absolute(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.ImportFrom) and node.level:
            yield module.at(node, "relative import: name the module in full")


def imports_stand_at_the_top(module: Module) -> Iterator[str]:
    if module.name in HIDDEN_IMPORTS:
        return
    for statement in module.tree.body:
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            for node in ast.walk(statement):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield module.at(node, "import inside a block")


def _is_private(part: str) -> bool:
    return part.startswith("_") and not part.startswith("__")


def inspect_is_used_by_its_public_names(module: Module) -> Iterator[str]:
    if module.group != "compat":
        for node, name in _imports(module):
            if name.startswith("inspect_ai.") and any(map(_is_private, name.split("."))):
                yield module.at(node, f"{name} is private to Inspect")


def _own_names(module: Module) -> Iterator[str]:
    """What a module's own classes define: their methods and fields, and what they set on `self`."""
    for node in module.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in {"self", "cls"}
        ):
            yield node.attr


def private_attributes_are_used_where_they_are_defined(module: Module) -> Iterator[str]:
    if module.group == "compat":
        return
    own = set(_own_names(module))
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and _is_private(node.attr) and node.attr not in own:
            yield module.at(node, f"{ast.unparse(node)} is private to another module")


def a_module_fits_in_the_head(module: Module) -> Iterator[str]:
    lines = len(module.source.splitlines())
    limit = MAX_MODULE_LINES if module.group else MAX_TEST_MODULE_LINES
    if lines > limit:
        yield f"{module.name} has {lines} lines, {limit} at most: split it by noun"


def a_function_fits_on_a_screen(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                yield module.at(node, f"{node.name} has {length} lines, {MAX_FUNCTION_LINES} at most")


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(isinstance(node, ast.Name) and node.id in BROAD for node in ast.walk(handler.type))


def errors_are_caught_by_name(module: Module) -> Iterator[str]:
    handlers = [
        node for node in module.nodes if isinstance(node, ast.ExceptHandler) and _catches_everything(node)
    ]
    for node in handlers[1 if module.name in BROAD_EXCEPT else 0 :]:
        yield module.at(node, "catches everything: name the errors, or let them reach the boundary")


def _danger(node: ast.AST) -> str | None:
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        if name in FORBIDDEN_CALLS:
            return f"calls {name}: text is never code"
        if any(key.arg == "shell" and ast.unparse(key.value) != "False" for key in node.keywords):
            return "starts a shell: pass a list of arguments"
    modules = FORBIDDEN_MODULES & {name.split(".")[0] for name in _imported(node)}
    return f"imports {', '.join(modules)}: it runs what it reads" if modules else None


def nothing_runs_text(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if fault := _danger(node):
            yield module.at(node, fault)


def a_module_is_named_for_its_noun(module: Module) -> Iterator[str]:
    if set(module.path.relative_to(PACKAGE).with_suffix("").parts) & FORBIDDEN_NAMES:
        yield f"{module.name}: name it for what it holds"


RULES = (
    every_group_has_a_layer,
    imports_point_one_way,
    imports_are_absolute,
    imports_stand_at_the_top,
    inspect_is_used_by_its_public_names,
    private_attributes_are_used_where_they_are_defined,
    a_module_fits_in_the_head,
    a_function_fits_on_a_screen,
    errors_are_caught_by_name,
    nothing_runs_text,
    a_module_is_named_for_its_noun,
)


# One test a rule, and not one a module: thousands of them would cost more than what they look at.
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule(rule: Callable[[Module], Iterator[str]]) -> None:
    held = _modules("petri", *(("tests", "benchmarks") if rule is a_module_fits_in_the_head else ()))
    assert len(held) > 100
    faults = [fault for module in held for fault in rule(module)]
    assert not faults, "\n".join(faults)


def test_there_is_one_boundary_for_errors() -> None:
    assert len(BROAD_EXCEPT) <= 2, "one boundary for jobs, one for commands (docs/decisions/0004)"


def test_the_facade_is_small_and_sorted() -> None:
    assert len(petri.__all__) <= MAX_PUBLIC_NAMES
    assert petri.__all__ == sorted(petri.__all__)
    assert set(petri.__all__) < set(dir(petri))


@pytest.mark.parametrize("name", petri.__all__)
def test_a_public_name_is_there_and_documented(name: str) -> None:
    assert (getattr(petri, name).__doc__ or "").strip(), f"petri.{name} has no docstring"


def test_an_unknown_public_name_is_answered_with_the_choices() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'Senario'.*Scenario"):
        getattr(petri, "Senario")  # noqa: B009 - a type checker would refuse the plain form


def test_the_docs_list_the_facade() -> None:
    documented = re.findall(
        r"^\| `(\w+)` \|", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert documented == petri.__all__


def test_importing_petri_does_nothing(tmp_path: Path) -> None:
    code = f"import petri, sys; print(*sorted({HEAVY!r} & set(sys.modules)), end='')"
    child = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (child.returncode, child.stdout, child.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
