"""What a person should look at as it comes: a score past its threshold, an audit that is not valid, an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from petri.analysis.results import Audit
from petri.display.commands import show_command
from petri.display.safe import one_line
from petri.display.summary import describe
from petri.rubric.schema import Dimension
from petri.transcript.folders import Run
from petri.transcript.outcome import is_valid

_LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Flag:
    """An audit to look at, why, and the command that opens it."""

    kind: Literal["hit", "invalid", "error"]
    audit: str
    what: str
    command: str


def hits(audit: Audit, dimensions: Mapping[str, Dimension]) -> dict[str, float]:
    """Give the scores of a valid audit that are past the threshold of their dimension."""
    return {
        name: score.value
        for name, score in audit.scores.items()
        if score.value is not None and name in dimensions and dimensions[name].is_hit(score.value)
    }


def flag_of(audit: Audit, dimensions: Mapping[str, Dimension], folder: str) -> Flag | None:
    """Give what is to be looked at in a finished audit of the run in this folder; None where nothing is.

    An audit that was cancelled is none: whoever interrupted the run knows.
    """
    past = hits(audit, dimensions)
    if audit.error is not None:
        kind, what = "error", one_line(f"{audit.error.kind}: {audit.error.message}", _LONGEST)
    elif audit.outcome == "cancelled":
        return None
    elif not is_valid(audit.outcome):
        kind, what = "invalid", audit.outcome
    elif past:
        kind, what = "hit", ", ".join(f"{name} {value:g}" for name, value in past.items())
    else:
        return None
    return Flag(kind, audit.id, f"{what}: {describe(audit)}", show_command(Run(Path(folder)), audit.id))
