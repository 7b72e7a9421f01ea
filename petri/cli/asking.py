"""The question before a run that may cost much: asked on a terminal, and elsewhere answered by a flag."""

import sys
from collections.abc import Callable

import typer

from petri.display.estimate import dollars, priced_range
from petri.errors import UsageError
from petri.transcript.estimated import RunEstimate


def asking(above: float, *, yes: bool) -> Callable[[RunEstimate], None]:
    """Give what approves of an estimate or raises ``UsageError``; with ``yes`` it approves of all.

    Asked is where the run may well cost more than ``above`` USD (its 90th percentile), and on a terminal also where a
    price is not known. Elsewhere nobody can answer: what may well cost more is refused, what is not known goes on.
    """

    def approve(estimate: RunEstimate) -> None:
        dear = estimate.usd is not None and estimate.usd.p90 > above
        if yes or not (dear or estimate.unpriced):
            return
        if sys.stdin.isatty() and sys.stderr.isatty():
            if not _agreed():
                raise UsageError("not started, and nothing was spent")
        elif dear:
            raise UsageError(
                f"the run may well cost more than {dollars(above)} ({priced_range(estimate)}), and there is no "
                "terminal to ask on; nothing was spent. Add --yes, or a higher --ask-above (PETRI_ASK_ABOVE); "
                "`petri plan` shows the figures"
            )

    return approve


def _agreed() -> bool:
    """Ask; whoever interrupts the question or closes the input has not agreed."""
    try:
        return typer.confirm("Start the run?", default=False, err=True)
    except typer.Abort:
        return False
