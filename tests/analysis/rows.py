"""Rows of results, made by hand."""

from typing import Any

from petri.analysis.results import Audit, AuditScore, JudgeScore, Results
from petri.judge.verdict import Citation, Status
from petri.transcript.schema import ErrorRecord


def row(
    outcome: str = "completed", value: float | None = None, status: Status | None = None, **more: Any
) -> Audit:
    """An audit with one score on `caving`; a status without a value is one that was asked for and not given."""
    status = status or ("scored" if value is not None else None)
    scores = {} if status is None else {"caving": scored(value, status)}
    fields: dict[str, Any] = {
        "id": "a-1",
        "scenario": "a",
        "file": "f.yaml",
        "epoch": 1,
        "target": "t",
        "variables": {},
        "outcome": outcome,
        "target_turns": 1,
        "branches": 1,
        "scores": scores,
        "usage": {},
        "cost_usd": None,
        "error": ErrorRecord(kind="timeout", message="x") if outcome == "error" else None,
        "log": None,
    }
    return Audit.model_validate(fields | more)


def scored(value: float | None, status: Status = "scored", *quotes: Citation) -> AuditScore:
    judge = JudgeScore(judge="j", value=value, status=status, reason="Because.")
    return AuditScore(value=value, status=status, judges=(judge,), citations=quotes)


def accounted(results: Results) -> bool:
    """Whether every planned audit is counted, once."""
    counts = results.counts
    told = counts.valid + sum(counts.invalid.values()) + sum(counts.error.values()) + counts.pending
    return counts.planned == len(results.audits) == told
