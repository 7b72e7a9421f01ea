"""Logs of other programs in the lists: their audits, without scores of ours."""

from collections.abc import Sequence

from inspect_ai.log import EvalLog

from petri.analysis.audits import audit_row, unreadable_row
from petri.analysis.compute import total_cost, total_usage, utc
from petri.analysis.results import Audit
from petri.analysis.summary import count
from petri.errors import UnreadableLog, UnreadableSample
from petri.plan import CellHeader
from petri.secrets import redact
from petri.transcript.planned import ModelNames, PlannedAudit
from petri.transcript.sources import StoredLog
from petri.transcript.store import Header, first_line, models_in, read_samples
from petri.viewer.filed import FiledRun
from petri.viewer.wire import RunDetail, RunRow


def foreign_audit(log: StoredLog, key: tuple[str, int]) -> Audit:
    """Give a sample as results have an audit; one that is damaged has its error."""
    name, epoch = key
    try:
        (sample,) = read_samples(log.path, [key])
        transcript = log.transcript(sample)
        # What the log's own judge gave is no ruling of ours.
        return audit_row(sample.model_copy(update={"scores": None}), transcript, log.path.name)
    except UnreadableLog as error:
        cell = CellHeader(id=name, file=log.path.name, scenario=name)
        planned = PlannedAudit(id=f"{name}-{epoch}", cell=cell, target="?", epoch=epoch)
        return unreadable_row(planned, log.path.name, UnreadableSample(str(error)))


def foreign_run(filed: FiledRun, log: StoredLog, audits: Sequence[Audit]) -> tuple[RunRow, RunDetail]:
    """Give the row and the numbers of another program's log."""
    header = log.header.log if isinstance(log.header, Header) else log.header
    row = RunRow(
        key=filed.key,
        id=filed.id,
        status="foreign",
        started=utc(header.stats.started_at or header.eval.created),
        finished=utc(header.stats.completed_at),
        models=_models(header, audits),
        files=(header.eval.task,),
        counts=count(audits),
        unscored={},
        hits=None,
        cost_usd=total_cost(audits),
        breaches=0,
        error=None if header.error is None else first_line(redact(header.error.message)),
    )
    return row, RunDetail(
        row=row,
        run=None,
        dimensions={},
        targets={},
        breaches=(),
        undecided=(),
        judge_cards=(),
        usage=total_usage(audits),
        settings={},
    )


def _models(header: EvalLog, audits: Sequence[Audit]) -> ModelNames:
    """Name the models by role, as far as the log does."""
    roles = {role: ", ".join(models_in(header, role)) or None for role in ("auditor", "realism", "simulator")}
    return ModelNames(
        auditor=roles["auditor"],
        target=tuple(dict.fromkeys(audit.target for audit in audits)),
        judge=models_in(header, "judge"),
        realism=roles["realism"],
        simulator=roles["simulator"],
    )
