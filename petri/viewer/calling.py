"""The reader's boundary: what a log makes a function stumble over becomes ``UnreadableLog``, and costs no other log."""

from collections.abc import Callable

from petri.boundary import Failure, attempted
from petri.errors import PetriError, UnreadableLog


def attempt(function: Callable[[], bytes]) -> bytes:
    """Give what a function returns; raises ``PetriError`` and nothing else."""
    result = attempted(function, "cannot be read")
    if not isinstance(result, Failure):
        return result
    if isinstance(result.error, PetriError):
        raise result.error
    raise UnreadableLog(result.message) from result.error
