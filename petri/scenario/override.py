"""Values given on the command line in place of a file's own: one mechanism for every flag and for `--set`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from pydantic import ValidationError

from petri.document.wording import did_you_mean
from petri.errors import UsageError
from petri.scenario.schema import AuditSettings, Cascade, JudgeSettings, Models, ScenarioFile
from petri.scenario.select import LoadedFile

KEYS: Final = tuple(
    f"{section}.{name}"
    for section, model in (
        ("models", Models),
        ("audit", AuditSettings),
        ("judge", JudgeSettings),
        ("judge.cascade", Cascade),
    )
    for name in model.model_fields
)
"""What may be set, such as ``audit.max_turns``."""


REALISM_THRESHOLD: Final = 0.6
"""What holds where a realism model is named, and no threshold."""


def with_threshold(file: LoadedFile, changes: Mapping[str, object]) -> dict[str, object]:
    """Give the changes, with a threshold where a realism model is named and nobody names a threshold.

    A file that names the model and says ``realism: off`` means it; a model named from outside is meant to be used.
    """
    named = changes.get("models.realism", file.spec.models.realism)
    silent = "realism" not in file.spec.audit.model_fields_set
    off = file.spec.audit.realism == "off" and ("models.realism" in changes or silent)
    return ({"audit.realism": REALISM_THRESHOLD} if named is not None and off else {}) | dict(changes)


def override(file: LoadedFile, changes: Mapping[str, object]) -> LoadedFile:
    """Give the file with these values in place of its own; raises ``UsageError`` for an unknown key or a bad value."""
    if not changes:
        return file
    data: dict[str, Any] = file.spec.model_dump(exclude_unset=True)
    for key, value in changes.items():
        data = with_value(data, _known(key), value)
    try:
        return replace(file, spec=ScenarioFile.model_validate(data))
    except ValidationError as error:
        faults = error.errors(include_url=False)
        fault = next((fault for fault in faults if fault["type"] == "secret"), faults[0])
        place = [str(part) for part in fault["loc"]]
        named = (".".join(place[:depth]) for depth in (3, 2))
        where = next((key for key in named if key in changes), ".".join(place[:2]))
        value = changes.get(where)
        # A mapping may hold a key in any of its corners, so none is repeated.
        given = f"={value!r}" if isinstance(value, str | int | float) and fault["type"] != "secret" else ""
        raise UsageError(f"{where}{given}: {fault['msg'].lower()}") from error


def with_value(data: Mapping[str, Any], key: str, value: object) -> dict[str, Any]:
    """Give a mapping with a value at a key such as ``judge.cascade.sample``; a mapping on the way is made if missing.

    Raises ``UsageError`` where something else stands on the way.
    """
    return _with(data, key.split("."), value, key)


def _with(data: Any, path: Sequence[str], value: object, key: str) -> dict[str, Any]:
    if not isinstance(data, Mapping | None):
        section = key.removesuffix(f".{'.'.join(path)}")
        raise UsageError(f"{section} is {data!r}, and {key} is set in it; remove one of the two")
    name, *rest = path
    given = dict(cast("Mapping[str, Any]", data or {}))
    return given | {name: _with(given.get(name), rest, value, key) if rest else value}


def _known(key: str) -> str:
    if key in KEYS:
        return key
    raise UsageError(f"there is no setting {key!r}{did_you_mean(key, KEYS)}; settings: {', '.join(KEYS)}")
