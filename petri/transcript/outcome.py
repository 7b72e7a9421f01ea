"""The outcome of an audit, decided from facts and without a model."""

from typing import Final

from petri.transcript.schema import End

_LIMITS: Final = {
    "context": "limit:context",
    "token": "limit:tokens",
    "cost": "limit:cost",
    "time": "limit:time",
    "working": "limit:time",
    "message": "limit:turns",
    "turn": "limit:turns",
}
"""Inspect's names of limits, and ours."""


def decide_outcome(
    *, target_turns: int, end: End | None, limit: str | None = None, failed: bool = False
) -> str:
    """Give the outcome of one audit.

    ``limit`` is Inspect's name of the limit that stopped the sample, ``failed`` says that it raised. An error comes
    first, then a refusal by the auditor; then, however it ended, an audit whose target never spoke.
    """
    if failed:
        return "error"
    if end is not None and end.by == "refused":
        return "auditor_refused"
    if limit in {"operator", "custom"} or (end is None and limit is None):
        return "cancelled"
    if target_turns == 0:
        return "no_target_turns"
    if end is None:
        return _LIMITS.get(limit or "", "cancelled")
    return {
        "auditor": "completed",
        "stalled": "auditor_stalled",
        "turns": "limit:turns",
        "context": "limit:context",
        "cost": "limit:cost",
        "tokens": "limit:tokens",
        "time": "limit:time",
    }[end.by]


def is_valid(outcome: str) -> bool:
    """Say whether an audit with this outcome is judged and averaged; ``decide_outcome`` saw that the target spoke."""
    return outcome == "completed" or outcome.startswith("limit:")
