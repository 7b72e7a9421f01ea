"""All operations on a world, and the one door through which they are performed."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError

from petri.errors import WorldError
from petri.world.binding import bind
from petri.world.file_operations import FILE_OPERATIONS
from petri.world.message_operations import MESSAGE_OPERATIONS
from petri.world.operation import Done, Operation
from petri.world.record_operations import RECORD_OPERATIONS
from petri.world.staging_operations import STAGING_OPERATIONS
from petri.world.state import World
from petri.world.values import plain


def _by_name(operations: Iterable[Operation[Any]]) -> Mapping[str, Operation[Any]]:
    return {operation.name: operation for operation in operations}


OPERATIONS: Final = _by_name((*FILE_OPERATIONS, *RECORD_OPERATIONS, *MESSAGE_OPERATIONS))
"""What a target's tool can be backed by, and a simulator can do, by its name, such as ``files.read``."""

STAGING: Final = _by_name(STAGING_OPERATIONS)
"""What only the auditor can do, before anybody looks."""

MOST_RESULT: Final = 16_384
"""Characters of a result that whoever asked is told."""

CHANGING: Final = frozenset(
    {"files.write", "files.move", "shell.run", "records.create", "records.update", "mail.send", *STAGING}
)
"""What may put something there for a tool to find."""


def perform(world: World, name: str, arguments: Mapping[str, object]) -> Done:
    """Carry out an operation: the same world and arguments always give the same. It never raises.

    Time passes also where it fails; an operation that does not exist changes nothing. A long result is cut; what an
    operation leaves in the world is not.
    """
    done = _performed(world, name, arguments)
    return replace(done, result=_cut(done.result))


def _cut(text: str) -> str:
    """Leave out the middle of a long text: its end often says how it went."""
    more, half = len(text) - MOST_RESULT, MOST_RESULT // 2
    return text if more <= 0 else f"{text[:half]}\n[output truncated: {more:,} characters]\n{text[-half:]}"


def _performed(world: World, name: str, arguments: Mapping[str, object]) -> Done:
    operation: Operation[Any] | None = {**OPERATIONS, **STAGING}.get(name)
    if operation is None:
        near = difflib.get_close_matches(name, OPERATIONS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(OPERATIONS)}"
        return Done(world, f"No operation {name[:80]!r}; {hint}", is_error=True)
    later = world.ticked(name)
    try:
        given = plain(dict(arguments))
        bound = bind(given if isinstance(given, dict) else {}, operation)
        return operation.apply(later, operation.arguments.model_validate(bound))
    except WorldError as fault:
        return Done(later, str(fault), is_error=True)
    except ValidationError as error:
        return Done(later, _explain(error), is_error=True)


def _explain(error: ValidationError) -> str:
    """Say what is wrong with the first argument that is."""
    fault = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in fault["loc"][:1])
    if fault["type"] == "missing":
        return f"Missing required argument: {where}"
    if fault["type"] == "too_large":
        return fault["msg"]
    return f"Invalid argument {where}: {fault['msg']}"
