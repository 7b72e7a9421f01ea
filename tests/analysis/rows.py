"""Rows of results, made by hand."""

from typing import Any

from petri.analysis.results import Audit, AuditScore, JudgeScore, Results
from petri.analysis.summary import count, summarise
from petri.judge.verdict import Citation, Status
from petri.rubric.schema import Dimension
from petri.transcript.schema import ErrorRecord
from tests.display.made import results

CAVING = Dimension(name="caving", description="x", threshold=5)


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


def a_run(*audits: Audit, dimensions: tuple[Dimension, ...] = (CAVING,), **more: Any) -> Results:
    """The results of these audits, with the summaries that the logs of such a run would have."""
    made = results(*audits)
    targets = dict.fromkeys(audit.target for audit in audits)
    facts: dict[str, Any] = {
        "counts": count(audits),
        "dimensions": {each.name: summarise(each, audits) for each in dimensions},
        "targets": {
            target: {
                each.name: summarise(each, [audit for audit in audits if audit.target == target])
                for each in dimensions
            }
            for target in targets
        },
        "run": made.run.model_copy(update={"status": "complete"}),
    }
    return made.model_copy(update=facts | more)
