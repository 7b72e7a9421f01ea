"""One row an audit: what a log says of each planned audit, those included that it does not hold."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from inspect_ai.log import EvalSample
from inspect_ai.model import ModelUsage
from pydantic import ValidationError

from petri.analysis.names import made_up_names
from petri.analysis.results import Audit, AuditScore, JudgeScore, ProbeScore, Screened, Usage
from petri.conversation.tree import Origin, Tree
from petri.costs.prices import known_prices
from petri.costs.spending import addresses_of, calls_by_role, cost_of
from petri.errors import RunNotFound, UnreadableLog, UnreadableSample
from petri.judge.verdict import UNANSWERED, DimensionScore, JudgeFailure, Ruling, Verdict
from petri.rubric.objective import judged
from petri.transcript.folders import Run
from petri.transcript.outcome import is_valid
from petri.transcript.planned import PlannedAudit
from petri.transcript.resumed import Resumed
from petri.transcript.schema import ErrorRecord, Transcript
from petri.transcript.scorecard import scorecard_of
from petri.transcript.sources import with_transcripts
from petri.transcript.store import Header, first_line, one_each, read_header, sample_keys, sample_states

_BATCH: Final = 16


def audits_of(header: Header) -> Iterator[Audit]:
    """Yield a row for every audit that the log's header plans; those without a sample are pending."""
    held = set(sample_keys(header.path))
    planned = header.planned()
    keys = [key for key in planned if key in held]
    for start in range(0, len(keys), _BATCH):
        yield from rows_of(header, planned, keys[start : start + _BATCH])
    for key, audit in planned.items():
        if key not in held:
            yield pending_row(audit, header.path.name)


def rows_of(
    header: Header, planned: Mapping[tuple[str, int], PlannedAudit], keys: Sequence[tuple[str, int]]
) -> list[Audit]:
    """Give the rows of some samples; one that is damaged is an error, and costs no other."""
    try:
        return [
            with_all_scores(
                audit_row(sample, transcript, header.path.name, addresses_of(header)), header, transcript
            )
            for sample, transcript in with_transcripts(header, keys)
        ]
    except UnreadableSample as error:
        if len(keys) == 1:
            return [unreadable_row(planned[keys[0]], header.path.name, error)]
        return [row for key in keys for row in rows_of(header, planned, [key])]


def unreadable_row(planned: PlannedAudit, log: str | None, error: UnreadableSample) -> Audit:
    """Give the row of an audit whose record is damaged: what became of it cannot be told."""
    lost = ErrorRecord(kind="unreadable", message=first_line(str(error)))
    return pending_row(planned, log).model_copy(update={"outcome": "error", "error": lost})


def with_all_scores(audit: Audit, header: Header, transcript: Transcript) -> Audit:
    """Give a valid audit that was to be judged and has no verdict (its judge was interrupted) scores that say so."""
    if audit.scores or not is_valid(audit.outcome):
        return audit
    lost = AuditScore(value=None, status="error", judges=(), citations=())
    wanted = [dimension.name for dimension in (*judged(header.facts.dimensions), *transcript.cell.measured)]
    return audit.model_copy(update={"scores": dict.fromkeys(wanted, lost)})


def find_audit(run: Run, name: str) -> tuple[Transcript, Audit]:
    """Give the transcript and the row of an audit, by its id or an unmistakable part of it."""
    recorded = one_each(_recorded(run))
    fitting = [name] if name in recorded else sorted(audit_id for audit_id in recorded if name in audit_id)
    if len(fitting) != 1:
        problem = f"{name!r} fits {len(fitting)} audits" if fitting else f"no audit {name!r} is recorded"
        choices = ", ".join((fitting or sorted(recorded))[:8]) or "it holds none that ended"
        raise RunNotFound(f"{problem} in {run.id}: {choices}")
    header, key = recorded[fitting[0]]
    sample, transcript = next(with_transcripts(header, [key]))
    return transcript, audit_row(sample, transcript, header.path.name, addresses_of(header))


def _recorded(run: Run) -> Iterator[tuple[str, tuple[Header, tuple[str, int]], bool]]:
    """Yield the id of each recorded audit, the sample that holds it, and whether that ended in an error."""
    for header in map(read_header, run.logs()):
        planned = header.planned()
        for key, (_, failed) in sample_states(header.path).items():
            if key in planned:
                yield planned[key].id, (header, key), failed


def audit_row(
    sample: EvalSample, transcript: Transcript, log: str | None, addresses: Mapping[str, str] | None = None
) -> Audit:
    """Give the row of an audit: its transcript, and what a log's sample holds of verdicts and usage.

    ``addresses`` are where models are served that are not at their usual address, which decides what they cost.
    """
    calls = calls_by_role(sample.events)
    ruling = ruling_of(sample)
    tree = transcript.conversation()
    resumed = Resumed.of_metadata(sample.metadata)
    cost = cost_of(sample.events, known_prices(), addresses or {})
    if resumed is not None:
        cost = cost_with(resumed, cost, used=bool(calls))
        calls += Counter(resumed.calls)
    spent = _spent(sample, resumed)
    invalid = ruling is not None and ruling.scenario_valid is False
    return Audit(
        id=transcript.id,
        scenario=transcript.cell.scenario,
        file=transcript.cell.file,
        epoch=transcript.epoch,
        target=transcript.target,
        variables=transcript.cell.variables,
        outcome="scenario_invalid" if invalid else transcript.outcome,
        reason=ruling.validity_reason
        if ruling and invalid
        else transcript.end.reason
        if transcript.end
        else None,
        max_turns=transcript.cell.audit.max_turns,
        target_turns=max((node.turn for node in tree), default=0),
        branches=len(tree.branches()),
        auditor=scorecard_of(transcript),
        names=made_up_names(transcript),
        scores={} if ruling is None else scores_of(ruling, attempts(tree)),
        screened=None if ruling is None else _screened(ruling),
        quotes={} if ruling is None else ruling.quotes(),
        quotes_resolved=None if ruling is None else ruling.quotes_resolved(),
        flags={} if ruling is None else ruling.flags,
        # A target that is a program reports nothing of its own: that is not known, and not 0.
        usage={role: _usage(each, calls[role]) for role, each in spent.items() if each.total_tokens},
        cost_usd=cost,
        error=transcript.error,
        log=log,
    )


def pending_row(planned: PlannedAudit, log: str | None) -> Audit:
    """Give the row of an audit that was planned and of which nothing is recorded."""
    return Audit(
        id=planned.id,
        scenario=planned.cell.scenario,
        file=planned.cell.file,
        epoch=planned.epoch,
        target=planned.target,
        variables=planned.cell.variables,
        outcome="pending",
        reason=None,
        target_turns=0,
        branches=0,
        scores={},
        usage={},
        cost_usd=None,
        error=None,
        log=log,
    )


def ruling_of(sample: EvalSample) -> Ruling | None:
    """Give what the judges said of a sample, or None where it was not judged."""
    score = (sample.scores or {}).get("judge")
    if score is None or score.metadata is None:
        return None
    try:
        return Ruling.model_validate(score.metadata["petri"])
    except (KeyError, ValidationError) as error:
        raise UnreadableLog(
            f"sample {sample.id}: its verdict was written by another version: {error}"
        ) from error


def attempts(tree: Tree) -> dict[str, int]:
    """Give for each message of the target the first branch that holds it, counted from 1 in order of appearance."""
    first: dict[str, int] = {}
    for number, leaf in enumerate(tree.branches(), start=1):
        for node in tree.path(leaf.label):
            if node.origin is Origin.TARGET:
                first.setdefault(node.label, number)
    return first


def scores_of(ruling: Ruling, branch_of: Mapping[str, int]) -> dict[str, AuditScore]:
    """Give the scores of a ruling by dimension; ``branch_of`` is what ``attempts`` gives."""
    judged = {name: _score(ruling, name, branch_of) for name in ruling.dimensions}
    return judged | {name: _measured(ruling, name) for name in ruling.measured}


def _measured(ruling: Ruling, name: str) -> AuditScore:
    status, value = ruling.combined(name)
    counted = ruling.measured[name].reason
    return AuditScore(value=value, status=status, judges=(), citations=(), measured=counted)


def _score(ruling: Ruling, name: str, branch_of: Mapping[str, int]) -> AuditScore:
    status, value = ruling.combined(name)
    said = ruling.answers(name) if ruling.skipped is None else ()
    screening = ruling.screening
    counted = [score for _, score in said if score.value is not None or value is None]
    citations = tuple(citation for score in counted for citation in score.citations)
    tried = [branch_of[cited.message] for cited in citations if cited.message in branch_of]
    return AuditScore(
        value=value,
        status=status,
        judges=tuple(_by_judge(answer, score) for answer, score in said),
        citations=citations,
        attempt=max(tried, default=None),
        spread=ruling.spread(name),
        unsteadiness=ruling.unsteadiness(name),
        disagreement=ruling.disagreement(name),
        probes={probe.variant: _probed(ruling.reread(probe), name) for probe in ruling.probes},
        unstable=ruling.unstable(name),
        inclusion=None if screening is None else screening.probability,
        screener=None if screening is None else _by_judge(screening.answer, screening.said(name)),
    )


def _by_judge(answer: Verdict | JudgeFailure, score: DimensionScore) -> JudgeScore:
    return JudgeScore(
        judge=answer.judge,
        value=score.value,
        status=score.status,
        reason=score.reason,
        seat=answer.seat,
        repeat=answer.repeat,
    )


def _screened(ruling: Ruling) -> Screened | None:
    screening = ruling.screening
    return screening and Screened(
        judge=screening.answer.judge,
        flagged=screening.flagged,
        drawn=screening.drawn,
        inclusion=screening.probability,
    )


def _probed(again: Ruling, name: str) -> ProbeScore:
    """Give what a probe says of a dimension."""
    status, value = again.combined(name)
    failed = sum(score.status in UNANSWERED for _, score in again.answers(name))
    return ProbeScore(value=value, status=status, failed=failed)


def cost_with(resumed: Resumed, cost: float | None, *, used: bool) -> float | None:
    """Give what an audit cost with all that it goes on from; None where a part that ``used`` anything is not known."""
    if not resumed.spent:
        return cost
    if not used:
        return resumed.cost_usd
    return None if cost is None or resumed.cost_usd is None else cost + resumed.cost_usd


def _spent(sample: EvalSample, resumed: Resumed | None) -> dict[str, ModelUsage]:
    """Give what an audit used by role, in this sample and in those that it goes on from."""
    total = dict(sample.role_usage)
    for role, before in (resumed.spent if resumed else {}).items():
        total[role] = total[role] + before if role in total else before
    return total


def _usage(spent: ModelUsage, calls: int) -> Usage:
    return Usage(
        calls=calls,
        input_tokens=spent.input_tokens,
        output_tokens=spent.output_tokens,
        cache_read=spent.input_tokens_cache_read or 0,
        cache_write=spent.input_tokens_cache_write or 0,
    )
