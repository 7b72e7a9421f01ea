"""Every value in force, with where it comes from: a flag, a line of a file, or a default."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from pydantic import BaseModel

from petri.document.parse import KeyPath
from petri.order import Order
from petri.roles import OFFLINE, as_choices, as_settings, call_settings
from petri.scenario.load import LoadedFile
from petri.scenario.override import KEYS
from petri.scenario.schema import ROLES

_DEFAULT: Final = "default"
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Setting:
    """One value in force. ``origin`` is ``default``, ``FILE:LINE``, or a flag such as ``--epochs``."""

    file: str
    key: str
    value: Any
    """As JSON has it."""
    origin: str


def effective_settings(order: Order, file: LoadedFile, origins: Mapping[str, str]) -> Iterator[Setting]:
    """Yield what is in force for a settled file; ``origins`` names the flag behind each of the order's settings."""
    for key in KEYS:
        value = _value(file, key)
        if value is not _ABSENT:
            yield Setting(file.path, key, value, _origin(order, file, key, origins))
    for role in ROLES:
        choices = as_choices(getattr(file.spec.models, role))
        for number, choice in enumerate(choices if role != "judge" or order.judge else ()):
            key = f"models.{role}"
            numbered = f"{key}[{number}]" if len(choices) > 1 else key
            given = as_settings(choice).model_fields_set
            for name, value in call_settings(choice).items():
                origin = _origin(order, file, key, origins) if name in given else _DEFAULT
                yield Setting(file.path, f"{numbered}.{name}", value, origin)


def _value(file: LoadedFile, key: str) -> Any:
    """Give the value of a setting; one inside of a setting that is null is absent."""
    part: object = file.spec
    for name in key.split("."):
        if part is None:
            return _ABSENT
        part = getattr(part, name)
    return _plain(part)


def _plain(value: object) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in cast("tuple[object, ...]", value)]
    return value.model_dump(mode="json", exclude_unset=True) if isinstance(value, BaseModel) else value


def _origin(order: Order, file: LoadedFile, key: str, origins: Mapping[str, str]) -> str:
    """Say where a value comes from; where a mapping around it was replaced, it comes from there."""
    path: KeyPath = tuple(key.split("."))
    for depth in range(len(path), 1, -1):
        above = ".".join(map(str, path[:depth]))
        if above in order.settings:
            return origins.get(above, above)
    section, name = path[:2]
    if order.offline and section == "models" and name in OFFLINE:
        return "--offline"
    if key == "audit.realism" and file.spec.audit.realism != _written(file, path):
        return f"{_DEFAULT} beside a realism model" if file.spec.audit.realism != "off" else _DEFAULT
    return line_of(file, path) if path in file.head.values else _DEFAULT


def line_of(file: LoadedFile, path: KeyPath) -> str:
    """Give ``FILE:LINE`` of a value that the scenarios of a file share."""
    return f"{file.path}:{file.head.source.place(file.head.index(path))[0]}"


def _written(file: LoadedFile, path: KeyPath) -> object:
    """Give what a file says at a path; None where it says nothing."""
    part: object = file.head.data
    for name in path:
        part = cast("Mapping[object, object]", part).get(name) if isinstance(part, dict) else None
    return part
