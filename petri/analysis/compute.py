"""From a run's logs to its results: at any time, by the same code, from the logs alone."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Literal

from inspect_ai.log import EvalLog

from petri.analysis.audits import audits_of, pending_row
from petri.analysis.gate import Breach, breaches, expected, parse_gate
from petri.analysis.results import Audit, FileDigest, ModelNames, Results, RunInfo, Usage
from petri.analysis.summary import count, missing, summarise
from petri.errors import UnreadableLog
from petri.rubric.schema import Dimension
from petri.scenario.schema import Expectation
from petri.transcript.outcome import is_valid
from petri.transcript.store import Run, read_header, role_models, target_of

RunStatus = Literal["complete", "incomplete", "interrupted", "limit"]

_UNFINISHED = ("pending", "cancelled")
_CAPPED = ("limit:tokens", "limit:cost", "limit:time")


def compute_results(run: Run) -> Results:
    """Compute a run's results; ``run.json``, where there is one, adds what was planned and never begun."""
    plan = run.plan() or {}
    logs = [(log, read_header(log)) for log in run.logs()]
    headers = [header for _, header in logs]
    if not headers and not plan:
        raise UnreadableLog(f"{run.folder}: holds no log and no run.json")
    planned = (pending_row(job["cell"], job["target"], job["epoch"], None) for job in plan.get("audits", []))
    audits = _merged([*planned, *(row for log, header in logs for row in audits_of(log, header))])
    dimensions = dimensions_of(headers)
    status = _status(headers, audits)
    gates = [parse_gate(text) for text in plan.get("fail_on", [])]
    passed = [*breaches(audits, gates), *_unexpected(headers, audits)]
    return Results(
        run=_run_info(run, headers, plan, status, breached=bool(passed)),
        models=_models(headers, plan),
        counts=count(audits),
        audits=audits,
        dimensions={dimension.name: summarise(dimension, audits) for dimension in dimensions},
        usage=_total_usage(audits),
        cost_usd=_total_cost(audits),
    )


def dimensions_of(headers: Iterable[EvalLog]) -> tuple[Dimension, ...]:
    """Give the dimensions that these logs were scored on, each once."""
    found = [
        Dimension.model_validate(data) for header in headers for data in _facts(header).get("dimensions", [])
    ]
    return tuple({dimension.name: dimension for dimension in found}.values())


def exit_code(status: RunStatus, *, breached: bool) -> int:
    """Give the exit code of a finished run: of several that hold, the first of 130, 3, 1."""
    if status == "interrupted":
        return 130
    if status != "complete":
        return 3
    return int(breached)


def _merged(rows: Iterable[Audit]) -> tuple[Audit, ...]:
    """Give each audit once, in order of first mention; a later row replaces one that is not a finished audit.

    A row without a record replaces nothing: the log of a run that was killed plans what its recovered copy holds.
    """
    found: dict[str, Audit] = {}
    for row in rows:
        known = found.get(row.id)
        if known is None or (known.outcome in {*_UNFINISHED, "error"} and row.outcome != "pending"):
            found[row.id] = row
    return tuple(found.values())


def _status(headers: Sequence[EvalLog], audits: Sequence[Audit]) -> RunStatus:
    outcomes = {audit.outcome for audit in audits}
    stopped = any(header.status in {"cancelled", "started"} for header in headers) or "cancelled" in outcomes
    if stopped or ("pending" in outcomes and not any(header.status == "error" for header in headers)):
        return "interrupted"
    if outcomes & {*_CAPPED}:
        return "limit"
    if not all(is_valid(outcome) for outcome in outcomes) or any(missing(audit) for audit in audits):
        return "incomplete"
    return "complete"


def _unexpected(headers: Sequence[EvalLog], audits: Sequence[Audit]) -> list[Breach]:
    """Give the scores outside what the scenarios themselves expect."""
    found: list[Breach] = []
    for header in headers:
        for cell in _facts(header)["cells"]:
            gates = expected(
                {name: Expectation.model_validate(bounds) for name, bounds in cell["expect"].items()}
            )
            ours = [
                audit for audit in audits if audit.scenario == cell["scenario"] and audit.file == cell["file"]
            ]
            found += breaches(ours, gates) if gates else ()
    return found


def _run_info(
    run: Run, headers: Sequence[EvalLog], plan: dict[str, Any], status: RunStatus, *, breached: bool
) -> RunInfo:
    files = [FileDigest.model_validate(file) for file in plan.get("files", [])]
    files += [FileDigest.model_validate(file) for header in headers for file in _facts(header)["files"]]
    started = [header.stats.started_at or header.eval.created for header in headers]
    ended = [header.stats.completed_at for header in headers]
    return RunInfo(
        id=run.id,
        started=_utc(min(started, default=plan.get("started"))),
        finished=_utc(max(ended)) if ended and all(ended) else None,
        status=status,
        petri=plan.get("petri") or version("petri"),
        inspect_ai=next((header.eval.packages["inspect_ai"] for header in headers), version("inspect_ai")),
        files=tuple({file.path: file for file in files}.values()),
        prompts={name: digest for header in headers for name, digest in _facts(header)["prompts"].items()},
        exit_code=exit_code(status, breached=breached),
    )


def _utc(moment: str | None) -> str | None:
    """Give a moment as ISO 8601 in UTC, to the second."""
    if not moment:
        return None
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _models(headers: Sequence[EvalLog], plan: dict[str, Any]) -> ModelNames:
    """Name the models as the plan does, with what was set for them; without a plan as Inspect does."""
    planned = plan.get("models", {})
    auditors = dict.fromkeys(auditor for header in headers for auditor in role_models(header, "auditor"))
    targets = dict.fromkeys(target_of(header) for header in headers)
    judged = [header for header in headers if _facts(header).get("dimensions")]
    judges = dict.fromkeys(judge for header in judged for judge in role_models(header, "judge"))
    return ModelNames(
        auditor=planned.get("auditor") or ", ".join(auditors) or None,
        target=tuple(planned.get("target", targets)),
        judge=tuple(planned.get("judge", judges)),
    )


def _total_usage(audits: Sequence[Audit]) -> dict[str, Usage]:
    totals: dict[str, Usage] = {}
    for audit in audits:
        for role, spent in audit.usage.items():
            so_far = totals.get(role, Usage())
            totals[role] = Usage(
                **{name: getattr(so_far, name) + getattr(spent, name) for name in Usage.model_fields}
            )
    return totals


def _total_cost(audits: Sequence[Audit]) -> float | None:
    """Give the cost of all audits that spent anything; None as soon as one of them is not known."""
    costs = [audit.cost_usd for audit in audits if audit.usage]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known and len(known) == len(costs) else None


def _facts(header: EvalLog) -> dict[str, Any]:
    return (header.eval.metadata or {})["petri"]
