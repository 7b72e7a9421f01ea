"""A run surveyed for the index: from its results.json where that is newer than its logs, else from the logs, in steps.

The server calls ``survey`` first. Where that gives ``todo``, it calls ``records`` for a few of these samples at a time
and at last ``summary`` with what came of all; so a request for a transcript waits for one step at most.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from petri.analysis.audits import pending_row, rows_of, unreadable_row
from petri.analysis.compute import compute_results, results_of
from petri.analysis.results import Audit, DimensionSummary, Results
from petri.errors import UnreadableLog, UnreadableSample
from petri.transcript.folders import RESULTS, Run
from petri.transcript.sources import StoredLog
from petri.transcript.store import Header, read_json, read_plan, sample_states
from petri.viewer.filed import FiledRun
from petri.viewer.foreign_rows import foreign_audit, foreign_run
from petri.viewer.loading import open_log
from petri.viewer.rows import audit_row, list_dimensions, run_detail, run_row
from petri.viewer.wire import ListDimension, RunDetail, RunRow

Sample = Sequence[str | int | None]
"""A log's file name, and of a sample the id, the epoch and its own identity."""


def survey(filed: FiledRun) -> bytes:
    """Give what is to be listed of a run (see ``summary``), or as ``todo`` the samples to be read for that.

    Logs of other programs in one folder are runs of their own: then it is ``apart``, their file names.
    """
    run = filed.run
    results = stored_results(run)
    if results is not None:
        return _listed(filed, results, ())
    logs, faults = _logs(run)
    if not logs and (faults or read_plan(run) is None):
        raise UnreadableLog("; ".join(faults) or f"{filed.id}: holds no log and no run.json")
    if run.log is None and any(not isinstance(log.header, Header) for log in logs):
        return json.dumps({"apart": [path.name for path in run.logs()]}).encode()
    return json.dumps(
        {"todo": [sample for log in logs for sample in _samples(log)], "faults": faults}
    ).encode()


def records(filed: FiledRun, samples: Sequence[Sample]) -> bytes:
    """Give of each of these samples the row that results have for it, as JSON text; a damaged one has its error."""
    rows = [(sample, _record(filed, sample).model_dump_json()) for sample in samples]
    return json.dumps(rows).encode()


def summary(filed: FiledRun, read: Sequence[tuple[Sample, str]], faults: Sequence[str]) -> bytes:
    """Give what is listed of a run, from what was read of its samples.

    ``{"row": RunRow, "detail": RunDetail, "dimensions": [ListDimension], "audits": [[key, id, log, sample, epoch,
    AuditRow]], "faults": [text]}``, each model as JSON text; the log is null where nothing is recorded.
    """
    recorded = {_key(sample): Audit.model_validate_json(row) for sample, row in read}
    logs, _ = _logs(filed.run)
    headers = [log.header for log in logs if isinstance(log.header, Header)]
    if headers or not logs:
        rows = (row for header in headers for row in _rows(header, recorded))
        return _listed(filed, results_of(filed.run, read_plan(filed.run), headers, rows), faults)
    row, detail = foreign_run(filed, logs[0], list(recorded.values()))
    audits = [_entry(filed, audit, {}, place) for place, audit in recorded.items()]
    return _document(row, detail, (), audits, faults)


def run_results(filed: FiledRun) -> Results:
    """Give a run's results: as stored where they are newer than the logs, else computed; of ours alone."""
    return stored_results(filed.run) or compute_results(filed.run)


def stored_results(run: Run) -> Results | None:
    """Give what results.json says; None where it is older than a log, or of another version."""
    path = run.folder / RESULTS
    if run.log is not None or not path.is_file():
        return None
    written = path.stat().st_mtime_ns
    if any(log.stat().st_mtime_ns > written for log in run.logs()):
        return None
    try:
        return read_json(path, Results, RESULTS)
    except UnreadableLog:  # the logs are the truth, and say the same in this version
        return None


def _logs(run: Run) -> tuple[list[StoredLog], list[str]]:
    """Give the logs that can be read, and what is wrong with the others."""
    logs: list[StoredLog] = []
    faults: list[str] = []
    for path in run.logs():
        try:
            logs.append(open_log(path))
        except UnreadableLog as error:
            faults.append(str(error))
    return logs, faults


def _samples(log: StoredLog) -> Iterator[Sample]:
    planned = log.header.planned() if isinstance(log.header, Header) else None
    for (sample, epoch), (identity, _) in sample_states(log.path).items():
        if planned is None or (sample, epoch) in planned:
            yield log.path.name, sample, epoch, identity


def _record(filed: FiledRun, sample: Sample) -> Audit:
    log, name, epoch = _key(sample)
    stored = open_log(filed.folder / log)
    if not isinstance(stored.header, Header):
        return foreign_audit(stored, (name, epoch))
    planned = stored.header.planned()
    try:
        (row,) = rows_of(stored.header, planned, [(name, epoch)])
    except UnreadableLog as error:
        return unreadable_row(planned[name, epoch], log, UnreadableSample(str(error)))
    return row


def _key(sample: Sample) -> tuple[str, str, int]:
    log, name, epoch = sample[:3]
    return str(log), str(name), int(epoch or 0)


def _rows(header: Header, recorded: Mapping[tuple[str, str, int], Audit]) -> Iterator[Audit]:
    """Yield what ``audits_of`` yields of a log, its samples being read already."""
    for (sample, epoch), planned in header.planned().items():
        row = recorded.get((header.path.name, sample, epoch))
        yield pending_row(planned, header.path.name) if row is None else row


def _listed(filed: FiledRun, results: Results, faults: Sequence[str]) -> bytes:
    row = run_row(filed.key, results).model_copy(update={"id": filed.id})
    plan = read_plan(filed.run)
    detail = run_detail(row, results, {} if plan is None else plan.settings)
    held = {log.name for log in filed.run.logs()}
    # A log that is named and not there is no place to look; and what is pending is in none.
    entries = [
        _entry(filed, audit, results.dimensions, (audit.log, None, None))
        if audit.log in held and audit.outcome != "pending"
        else _entry(filed, audit, results.dimensions, (None, None, None))
        for audit in results.audits
    ]
    return _document(row, detail, list_dimensions(results), entries, faults)


def _entry(
    filed: FiledRun,
    audit: Audit,
    dimensions: Mapping[str, DimensionSummary],
    place: tuple[str | None, str | None, int | None],
) -> list[str | int | None]:
    row = audit_row(filed.key, audit, dimensions)
    return [row.key, audit.id, *place, row.model_dump_json()]


def _document(
    row: RunRow,
    detail: RunDetail,
    dimensions: Sequence[ListDimension],
    audits: Sequence[Sequence[str | int | None]],
    faults: Sequence[str],
) -> bytes:
    return json.dumps(
        {
            "row": row.model_dump_json(),
            "detail": detail.model_dump_json(exclude={"row"}),
            "dimensions": [dimension.model_dump_json() for dimension in dimensions],
            "audits": audits,
            "faults": faults,
        }
    ).encode()
