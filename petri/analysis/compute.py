"""From a run's logs to its results: at any time, by the same code, from the logs alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Literal

from petri.analysis.audits import audits_of, pending_row
from petri.analysis.calibration_card import rubric_digest
from petri.analysis.cards import judge_cards, known_errors
from petri.analysis.gate import breaches, decide, expected, parse_gate
from petri.analysis.names import repeated_names
from petri.analysis.results import Audit, DimensionSummary, GateBreach, Results, RunInfo, Usage
from petri.analysis.summary import count, is_complete, missing, summarise
from petri.errors import UnreadableLog
from petri.rubric.objective import judged
from petri.rubric.schema import Dimension
from petri.secrets import redact
from petri.transcript.folders import Run
from petri.transcript.outcome import is_valid
from petri.transcript.planned import ModelNames, RunFile
from petri.transcript.store import Header, first_line, read_header, read_plan

RunStatus = Literal["complete", "incomplete", "interrupted", "limit"]
Summaries = Mapping[str, DimensionSummary]

_CAPPED = ("limit:tokens", "limit:cost", "limit:time")


def compute_results(run: Run) -> Results:
    """Compute a run's results; ``run.json``, where there is one, adds what was planned and never begun."""
    plan = read_plan(run)
    headers = [read_header(log) for log in run.logs()]
    return results_of(run, plan, headers, (row for header in headers for row in audits_of(header)))


def results_of(run: Run, plan: RunFile | None, headers: Sequence[Header], rows: Iterable[Audit]) -> Results:
    """Compute a run's results from the rows that ``audits_of`` gives of its logs, one log after the other."""
    if not headers and plan is None:
        raise UnreadableLog(f"{run.folder}: holds no log and no run.json")
    planned = [pending_row(job, None) for job in (plan.audits if plan else ())]
    audits = _merged([*planned, *rows])
    models = _models(headers, plan)
    dimensions = _dimensions(headers)
    cards = judge_cards(run, audits, dimensions.values(), _prompts(headers))
    errors = known_errors(cards, audits)
    targets = {
        target: {
            name: summarise(
                dimension, [audit for audit in audits if audit.target == target], errors.get(name)
            )
            for name, dimension in dimensions.items()
        }
        for target in models.target
    }
    gates = [parse_gate(text) for text in (plan.fail_on if plan else ())]
    past, undecided = decide(_asked(headers, targets), gates)
    passed = [*breaches(audits, gates), *_unexpected(headers, audits), *past]
    status = _status(headers, audits, again=plan is not None and plan.judging is not None)
    if plan is not None and plan.stopped is not None:
        status = _stopped(headers, audits, plan.stopped, status)
    if undecided and status == "complete":
        status = "incomplete"
    return Results(
        run=_run_info(run, headers, plan, status, breached=bool(passed)),
        models=models,
        counts=count(audits),
        breaches=tuple(dict.fromkeys(passed)),
        undecided=undecided,
        audits=audits,
        dimensions={
            name: summarise(dimension, audits, errors.get(name)) for name, dimension in dimensions.items()
        },
        targets=targets,
        judge_cards=cards,
        rubric=rubric_digest(judged(dimensions.values())),
        meanings={name: rubric_digest([dimension]) for name, dimension in dimensions.items()},
        repeated_names=repeated_names(audits),
        usage=total_usage(audits),
        estimate=plan.estimate if plan is not None else None,
        cost_usd=total_cost(audits),
    )


def _dimensions(headers: Sequence[Header]) -> dict[str, Dimension]:
    """Give the dimensions by name; raises ``UnreadableLog`` if one name means two things in the run."""
    found: dict[str, Dimension] = {}
    for header in headers:
        for dimension in header.facts.dimensions:
            if found.setdefault(dimension.name, dimension) != dimension:
                raise UnreadableLog(
                    f"{header.path}: the dimension {dimension.name!r} is another than in {headers[0].path}; "
                    "results cannot be computed over both"
                )
    return found


def _asked(headers: Sequence[Header], targets: Mapping[str, Summaries]) -> dict[str, Summaries]:
    """Give of each target's summaries those of dimensions that it was asked for; files may have different rubrics."""
    asked = {(header.target, dimension.name) for header in headers for dimension in header.facts.dimensions}
    return {
        target: {name: summary for name, summary in summaries.items() if (target, name) in asked}
        for target, summaries in targets.items()
    }


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
        if known is None or (not is_complete(known) and row.outcome != "pending"):
            found[row.id] = row
    return tuple(found.values())


def _status(headers: Sequence[Header], audits: Sequence[Audit], *, again: bool) -> RunStatus:
    """Give how a run ended; of verdicts given ``again`` how the judging ended, whatever became of the audits before."""
    outcomes = {audit.outcome for audit in audits}
    ends = _ends(headers)
    broken_off = ends & {"cancelled", "started"} and not all(map(is_complete, audits))
    if broken_off or ("cancelled" in outcomes and not again):
        return "interrupted"
    if "pending" in outcomes and "error" not in ends and not again:
        return "interrupted"
    if outcomes & {*_CAPPED} and not again:
        return "limit"
    if not all(is_valid(outcome) for outcome in outcomes) or any(missing(audit) for audit in audits):
        return "incomplete"
    return "complete"


def _ends(headers: Sequence[Header]) -> set[str]:
    """Give how the logs of the latest process ended: earlier ones were gone on with."""
    latest = headers[-1].log.eval.run_id if headers else ""
    return {header.log.status for header in headers if header.log.eval.run_id == latest}


def _stopped(headers: Sequence[Header], audits: Sequence[Audit], by: str, status: RunStatus) -> RunStatus:
    """Give how a run ended that was stopped; a signal that found nothing left to do has stopped nothing."""
    if by == "interrupted":
        return status if all(map(is_complete, audits)) else "interrupted"
    if by == "disk_full":
        return "incomplete" if status == "interrupted" else status
    if _ends(headers) & {"cancelled", "started"} or status == "complete":
        return status
    return "incomplete" if by == "model" else "limit"


def _unexpected(headers: Sequence[Header], audits: Sequence[Audit]) -> list[GateBreach]:
    """Give the scores outside what the scenarios themselves expect."""
    cells = {(cell.file, cell.scenario): cell for header in headers for cell in header.facts.cells}
    found: list[GateBreach] = []
    for place, cell in cells.items():
        if cell.expect:
            ours = [audit for audit in audits if (audit.file, audit.scenario) == place]
            found += breaches(ours, expected(cell.expect))
    return found


def _run_info(
    run: Run, headers: Sequence[Header], plan: RunFile | None, status: RunStatus, *, breached: bool
) -> RunInfo:
    files = [*(plan.files if plan else ()), *(file for header in headers for file in header.facts.files)]
    started = [header.log.stats.started_at or header.log.eval.created for header in headers]
    ended = [header.log.stats.completed_at for header in headers]
    inspect_ai = plan.inspect_ai if plan else headers[0].log.eval.packages["inspect_ai"]
    return RunInfo(
        id=run.id,
        started=utc(min(started, default=plan.started if plan else None)),
        finished=utc(max(ended)) if ended and all(ended) else None,
        status=status,
        petri=plan.petri if plan else headers[0].log.eval.packages.get("petri", version("petri")),
        inspect_ai=inspect_ai,
        files=tuple({file.path: file for file in files}.values()),
        prompts=_prompts(headers),
        error=next(
            (first_line(redact(h.log.error.message)) for h in headers if h.log.error is not None),
            plan and plan.stopped_because,
        ),
        exit_code=exit_code(status, breached=breached),
    )


def _prompts(headers: Sequence[Header]) -> dict[str, str]:
    return {name: digest for header in headers for name, digest in header.facts.prompts.items()}


def utc(moment: str | None) -> str | None:
    """Give a moment as ISO 8601 in UTC, to the second."""
    if not moment:
        return None
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _models(headers: Sequence[Header], plan: RunFile | None) -> ModelNames:
    """Name the models as the plan does, with what was set for them; without a plan as Inspect does."""
    if plan is not None:
        return plan.models
    named = {
        role: ", ".join(dict.fromkeys(name for header in headers for name in header.models(role))) or None
        for role in ("auditor", "realism", "simulator")
    }
    judged = [header for header in headers if header.facts.dimensions]
    return ModelNames(
        auditor=named["auditor"],
        target=tuple(dict.fromkeys(header.target for header in headers)),
        judge=tuple(dict.fromkeys(name for header in judged for name in header.models("judge"))),
        realism=named["realism"],
        simulator=named["simulator"],
    )


def total_usage(audits: Sequence[Audit]) -> dict[str, Usage]:
    """Give the calls and tokens of all audits, by role."""
    totals: dict[str, Usage] = {}
    for audit in audits:
        for role, spent in audit.usage.items():
            so_far = totals.get(role, Usage())
            totals[role] = Usage(
                **{name: getattr(so_far, name) + getattr(spent, name) for name in Usage.model_fields}
            )
    return totals


def total_cost(audits: Sequence[Audit]) -> float | None:
    """Give the cost of all audits that spent anything; None as soon as one of them is not known."""
    costs = [audit.cost_usd for audit in audits if audit.usage]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known and len(known) == len(costs) else None
