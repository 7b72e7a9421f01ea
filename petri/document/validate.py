"""A document as a model, or every reason why it is none, each at the key or value that causes it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from petri.document.fields import StrictModel
from petri.document.parse import Document, KeyPath, Value
from petri.document.structure import known_keys, label, required_keys, step
from petri.document.wording import did_you_mean, found, one_of
from petri.errors import Fault, InvalidFile

Model = TypeVar("Model", bound=StrictModel)

_SHAPES: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "model_type": "a mapping",
    "dict_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
}
_BOUNDS: Final = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}
_EMPTY: Final = {
    "string_too_short": "is empty; write something, or remove the key",
    "too_short": "is empty; it needs at least one entry",
}
_SPOKEN_SWITCHES: Final = {"yes", "no", "on", "off", "y", "n"}


@dataclass(frozen=True, slots=True)
class _Problem:
    """One complaint about ``path``; ``branches`` says at which unions on the way, and which member was tried there."""

    details: ErrorDetails
    path: KeyPath
    branches: tuple[tuple[KeyPath, str], ...]
    of_key: bool

    @property
    def shape(self) -> str | None:
        """What kind of value would be right, if the kind is what is wrong."""
        if self.details["type"] == "literal_error":
            return str(self.details.get("ctx", {})["expected"])
        return _SHAPES.get(self.details["type"])


def validate(document: Document, model: type[Model]) -> Model:
    """Give the document as a model; raises ``InvalidFile`` with the faults of the YAML and of its content together."""
    faults = list(document.faults)
    built: Model | None = None
    if document.readable:
        try:
            built = model.model_validate(document.data)
        except ValidationError as error:
            faults += _faults(document, error, model)
    if faults or built is None:
        raise InvalidFile(sorted(faults))
    return built


def _faults(document: Document, error: ValidationError, model: type[StrictModel]) -> Iterator[Fault]:
    schema = model.model_json_schema()
    problems = [
        _located(details, document.data)
        for details in error.errors(include_url=False)
        if details["type"] != "too_short"
        or not details["input"]  # a list whose entries all failed is not empty
    ]
    for group in _settled(problems, 0):
        path = group[0].path
        if any(path[: len(gap)] == gap for gap in document.gaps):
            continue
        about_key = group[0].of_key or group[0].details["type"] == "extra_forbidden"
        yield document.fault(path, _message(group, schema, document), key=about_key)


def _located(details: ErrorDetails, data: Value) -> _Problem:
    """Follow the model's own account of the place through the data; what is no key there names a member of a union."""
    path: KeyPath = ()
    branches: list[tuple[KeyPath, str]] = []
    loc = details["loc"]
    for part in loc[:-1] if details["type"] == "missing" else loc:
        there = (isinstance(data, dict) and part in data) or (
            isinstance(data, list) and isinstance(part, int)
        )
        if there:
            path, data = (*path, part), step(data, part)
        elif part != "[key]":
            branches.append((path, str(part)))
    return _Problem(details, path, tuple(branches), of_key=bool(loc) and loc[-1] == "[key]")


def _settled(problems: Sequence[_Problem], depth: int) -> Iterator[list[_Problem]]:
    """Group the problems, one group a fault: of a union, only what speaks of the member that was meant.

    That is each member that accepts the kind of value found; where there is none, all of them in one group.
    """
    unions: dict[KeyPath, dict[str, list[_Problem]]] = {}
    for problem in problems:
        if len(problem.branches) <= depth:
            yield [problem]
        else:
            path, member = problem.branches[depth]
            unions.setdefault(path, {}).setdefault(member, []).append(problem)
    for path, members in unions.items():
        meant = [tried for tried in members.values() if any(p.path != path or p.shape is None for p in tried)]
        for tried in meant:
            yield from _settled(tried, depth + 1)
        if not meant:
            yield [problem for tried in members.values() for problem in tried]


def _message(group: Sequence[_Problem], schema: Mapping[str, Any], document: Document) -> str:
    problem = group[0]
    kind, ctx = problem.details["type"], problem.details.get("ctx", {})
    if kind == "missing":
        needed = ", ".join(required_keys(schema, problem.path))
        missing = str(problem.details["loc"][-1])
        return f"missing key {missing!r} in {_label(problem.path, document)}; required there: {needed}"
    if kind == "extra_forbidden":
        return _unknown(problem, schema, document)
    name = f"the key {problem.path[-1]!r}" if problem.of_key else _label(problem.path, document)
    value = problem.details["input"]
    if problem.shape is not None:
        choices = one_of(shape for p in group if (shape := p.shape) is not None)
        return f"{name} should be {choices}, found {found(value)}{_hint(value, choices)}"
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return f"{name} should be {words} {ctx[bound]:g}, found {found(value)}"
    if kind in _EMPTY:
        return f"{name} {_EMPTY[kind]}"
    shown = "" if kind == "secret" else f", found {found(value)}"
    return f"{name} {problem.details['msg']}{shown}"


def _label(path: KeyPath, document: Document) -> str:
    return label(path, document.data) if path else document.name


def _unknown(problem: _Problem, schema: Mapping[str, Any], document: Document) -> str:
    *above, key = problem.path
    known = known_keys(schema, tuple(above))
    where = _label(tuple(above), document)
    return f"unknown key {key!r} in {where}{did_you_mean(str(key), known)}; known keys: {', '.join(known)}"


def _hint(value: object, right: str) -> str:
    if value is None:
        return "; remove the key, or give it a value"
    if right == "text" and isinstance(value, int | float):
        return f'; put it in quotes: "{str(value).lower()}"'
    if isinstance(value, str) and right == "true or false" and value.lower() in _SPOKEN_SWITCHES:
        return "; write true or false"
    if isinstance(value, str) and right.startswith("'"):
        return did_you_mean(value, [choice.strip("'") for choice in right.replace(" or ", ", ").split(", ")])
    return ""
