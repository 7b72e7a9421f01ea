"""Where what a target's program raises becomes an error of its own kind."""

from collections.abc import Awaitable
from typing import TypeVar

from petri.boundary import Failure, guarded
from petri.errors import PetriError, TargetFailed

T = TypeVar("T")


async def run_program(job: Awaitable[T], name: str) -> T:
    """Give what the job returns; what it raises becomes ``TargetFailed``, or stays as it is if it is ours."""
    made = await guarded(_without_exit(job), name)
    if not isinstance(made, Failure):
        return made
    if isinstance(made.error, PetriError):
        raise made.error
    raise TargetFailed(f"it raised {type(made.error).__name__}: {made.error}") from made.error


async def _without_exit(job: Awaitable[T]) -> T:
    """Turn the end of the process, which the program may ask for, into the end of one audit."""
    try:
        return await job
    except SystemExit as end:
        raise TargetFailed(f"it tried to end the process (SystemExit {end.code!r})") from end
