"""What the server asks the reader for, of one audit or of two runs: ready JSON."""

from collections.abc import Sequence
from typing import Any

from inspect_ai.log import EvalLog

from petri.transcript.folders import Run
from petri.transcript.reading import read
from petri.transcript.record import staged_by
from petri.transcript.sources import Source
from petri.transcript.store import Header, read_plan
from petri.viewer.comparing import Side, compare_sides, refused
from petri.viewer.filed import FiledAudit, FiledRun, Neighbours
from petri.viewer.loading import Loaded, load, open_log
from petri.viewer.reporting import reported
from petri.viewer.surveying import run_results
from petri.viewer.transcript_view import Conversation, conversation_of, transcript_view
from petri.viewer.verdicts import set_verdicts
from petri.viewer.wire import ComparedSide
from petri.viewer.wire_report import ReportView
from petri.viewer.wire_transcript import JudgeReading, RawTranscript, SetVerdicts


def transcript(filed: FiledAudit, judged: Sequence[FiledAudit], beside: Neighbours) -> bytes:
    """Give ``TranscriptView``; ``judged`` are the records of the same audit in sets of verdicts, or in their run."""
    loaded = load(filed)
    conversation = conversation_of(loaded.transcript)
    own = _verdicts(filed, loaded, conversation)
    others = [(each, load(each)) for each in judged]
    verdicts = [_verdicts(each, other, conversation) for each, other in others if _is_about(other, loaded)]
    view = transcript_view(
        loaded.transcript,
        conversation,
        run=filed.run.key,
        key=filed.key,
        outcome=own.audit.outcome,
        reason=own.audit.reason if own.audit.error is None else own.audit.error.message,
        made=staged_by(loaded.sample.events),
        verdicts=(own, *verdicts),
        beside=beside,
    )
    return view.model_dump_json().encode()


def judge_reading(filed: FiledAudit) -> bytes:
    """Give ``JudgeReading``: what judges are sent of the transcript, but for the nonce, which is another each time."""
    loaded = load(filed)
    reading = read(loaded.transcript, blind=_is_blind(filed.run.run, loaded.header))
    return JudgeReading(text=reading.as_json("")).model_dump_json().encode()


def raw(filed: FiledAudit) -> bytes:
    """Give ``RawTranscript``."""
    return RawTranscript(text=load(filed).transcript.model_dump_json(indent=1)).model_dump_json().encode()


def comparison(
    left: FiledRun, right: FiledRun, left_target: str | None = None, right_target: str | None = None
) -> bytes:
    """Give ``ComparisonView`` of two runs or sets of verdicts."""
    one = ComparedSide(run=left.key, id=left.id, target=left_target)
    two = ComparedSide(run=right.key, id=right.id, target=right_target)
    foreign = next((filed for filed in (left, right) if _is_foreign(filed)), None)
    if foreign is not None:
        why = f"{foreign.id} is another program's log, and has no scores of ours to compare"
        return refused(one, two, why).model_dump_json().encode()
    first = Side(left.key, run_results(left), left_target)
    second = Side(right.key, run_results(right), right_target)
    return compare_sides(first, second).model_dump_json().encode()


def report(filed: FiledRun) -> bytes:
    """Give ``ReportView`` of a run or set of verdicts."""
    if _is_foreign(filed):
        why = f"{filed.id} is another program's log, and has no scores of ours to report"
        return ReportView(run=filed.key, report=None, fault=why, keys={}).model_dump_json().encode()
    return reported(filed).model_dump_json().encode()


def _is_foreign(filed: FiledRun) -> bool:
    return filed.log is not None and not isinstance(open_log(filed.folder / filed.log).header, Header)


def _verdicts(filed: FiledAudit, loaded: Loaded, conversation: Conversation) -> SetVerdicts:
    return set_verdicts(filed.run, loaded.row(), loaded.ruling, loaded.rubric, conversation)


def _is_about(other: Loaded, loaded: Loaded) -> bool:
    """Say whether two records are of one conversation: of an audit that was run anew, only the new one is shown."""
    one, two = _identity(other), _identity(loaded)
    return one is None or two is None or one == two


def _identity(loaded: Loaded) -> str | None:
    source = Source.of_metadata(loaded.sample.metadata)
    return loaded.sample.uuid if source is None else source.uuid


def _is_blind(run: Run, header: Header | EvalLog) -> bool:
    """Say whether the judges were kept from the target's name."""
    plan = read_plan(run)
    if plan is not None and plan.judging is not None:
        return plan.judging.settings.get("blind") is not False
    log = header.log if isinstance(header, Header) else header
    return not any(_is_told(scorer.options or {}) for scorer in log.eval.scorers or ())


def _is_told(options: dict[str, Any]) -> bool:
    settings: dict[str, Any] = options.get("settings") or {}
    return settings.get("blind") is False
