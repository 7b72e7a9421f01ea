"""Inspect tasks carried out with our settings, into the logs of a run."""

import gc
import os
import shutil
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Final, NoReturn

import rich
from inspect_ai import Task
from inspect_ai import eval as inspect_eval  # pyright: ignore[reportUnknownVariableType] -- see below
from inspect_ai.hooks import Hooks, RunStart, hooks

from petri.boundary import Failure, attempted
from petri.errors import UsageError
from petri.transcript.folders import Run
from petri.transcript.store import sample_keys

INSPECT_SETTINGS: Final[Mapping[str, Any]] = {
    "score_display": False,
    "log_level": "warning",
    "log_model_api": False,
    "acp_server": False,
    "ctl_server": False,
}
"""What lowers Inspect's own cost per call without costing crash safety."""

_MOST_SAMPLES: Final = 100
_TRACE_LEVEL: Final = "INSPECT_TRACE_LEVEL"


@hooks(name="petri_undrawn", description="Spares Inspect tables that nobody is shown.")  # pyright: ignore[reportUntypedClassDecorator] -- Inspect leaves it untyped
class Undrawn(Hooks):
    """Makes the console of Inspect's displays so narrow that there is nothing to lay out.

    For a display of "none", too, Inspect lays out its tables of progress and scores; with ten dimensions that is a
    third of a small run. It makes its console as a run begins, so that only a hook finds it.
    """

    wanted: ClassVar[bool] = False

    def enabled(self) -> bool:
        """Say whether nobody is to be shown what Inspect draws."""
        return Undrawn.wanted

    async def on_run_start(self, data: RunStart) -> None:  # noqa: ARG002 -- Inspect's signature
        """Take the width, now that there is a console."""
        rich.get_console().width = 0


@contextmanager
def _undrawn() -> Generator[None]:
    width = rich.get_console().width
    Undrawn.wanted = True
    try:
        yield
    finally:
        Undrawn.wanted = False
        rich.get_console().width = width


@contextmanager
def lowered_costs(*, memory: bool = True) -> Generator[None]:
    """Let Inspect draw nothing and write a smaller trace, and Python collect garbage less often.

    Afterwards all is as before.

    Without ``memory`` to spend on it, garbage is collected as ever: where thousands of samples are read, it piles up.
    """
    level, thresholds = os.environ.get(_TRACE_LEVEL), gc.get_threshold()
    os.environ.setdefault(_TRACE_LEVEL, "WARNING")
    if memory:
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
    try:
        with _undrawn():
            yield
    finally:
        gc.set_threshold(*thresholds)
        if memory:
            gc.unfreeze()
        if level is None:
            os.environ.pop(_TRACE_LEVEL, None)


def evaluate(
    tasks: Sequence[Task],
    folder: Run,
    planned: int,
    *,
    max_samples: int | None = None,
    max_connections: int | None = None,
) -> None:
    """Run tasks under Inspect, with at most ``max_samples`` of their ``planned`` samples at a time over all of them.

    Inspect counts samples by task, so that each task gets its share. Raises ``UsageError``, and leaves no folder
    behind, where they could not begin.
    """
    begun = bool(folder.logs())
    total = min(max_samples or _MOST_SAMPLES, planned)
    at_once = min(len(tasks), total)
    ran = attempted(
        lambda: inspect_eval(  # pyright: ignore[reportUnknownMemberType] -- one of Inspect's parameters is untyped
            list(tasks),
            model=None,
            log_dir=str(folder.folder),
            display="none",
            **INSPECT_SETTINGS,
            fail_on_error=False,
            log_header_only=True,  # or every sample would be read into memory at the end
            max_tasks=at_once,
            max_samples=total // at_once,
            max_connections=max_connections,
        ),
        "Inspect",
    )
    if isinstance(ran, Failure):
        _give_up(tasks, folder, ran, begun=begun)


def _give_up(tasks: Sequence[Task], folder: Run, failure: Failure, *, begun: bool) -> NoReturn:
    """Raise what kept the run from beginning, such as a sandbox that is not there; nothing was spent, nothing kept.

    Of a run that had ``begun`` before, all is kept.
    """
    if any(sample_keys(log) for log in folder.logs()):
        raise failure.error
    if not begun:
        shutil.rmtree(folder.folder)
    wanted = dict.fromkeys(task.sandbox.type for task in tasks if task.sandbox is not None)
    sandbox = f" (audit.sandbox: {', '.join(wanted)})" if wanted else ""
    raise UsageError(f"the run could not begin{sandbox}: {failure.message}") from failure.error
