"""Runs on disk: reading their plans, their logs, and transcripts from logs."""

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import Final, TypeVar
from zipfile import BadZipFile

from inspect_ai.log import (
    EvalLog,
    EvalSample,
    read_eval_log,
    read_eval_log_sample_summaries,
    read_eval_log_samples_by_id,
)
from pydantic import BaseModel, ValidationError
from zstandard import ZstdError

from petri.errors import UnreadableLog, UnreadableSample
from petri.plan import Cell, planned_id
from petri.secrets import redact
from petri.transcript.folders import PLAN, Run
from petri.transcript.planned import LogFacts, PlannedAudit, RunFile
from petri.transcript.record import make_transcript
from petri.transcript.resumed import audit_epoch
from petri.transcript.schema import ErrorRecord, Transcript

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

_BATCH: Final = 16


@dataclass(frozen=True, slots=True)
class Header:
    """A log without its samples: what Inspect says of it, and what we wrote into it."""

    path: Path
    log: EvalLog
    facts: LogFacts

    @property
    def target(self) -> str:
        """The target: what the plan calls it, else the model in the role; ``?`` where neither is known."""
        return self.facts.target or next(iter(self.models("target")), "?")

    def models(self, role: str) -> tuple[str, ...]:
        """Give the models in a role."""
        return models_in(self.log, role)

    def planned(self) -> dict[tuple[str, int], PlannedAudit]:
        """Give the audits that the log was to hold, by the id and the epoch of their samples."""
        listed = self.facts.resumed if self.facts.again is None else self.facts.again
        if listed is not None:
            return {(audit.id, 1): audit for audit in listed}
        epochs = range(1, (self.log.eval.config.epochs or 1) + 1)
        chosen = self.log.eval.dataset.sample_ids  # `inspect eval --limit` runs fewer than were planned
        cells = [cell for cell in self.facts.cells if chosen is None or cell.id in chosen]
        return {
            (cell.id, epoch): PlannedAudit(
                id=planned_id(cell.scenario, cell.id, self.target, epoch),
                cell=cell,
                target=self.target,
                epoch=epoch,
            )
            for epoch in epochs
            for cell in cells
        }


def models_in(log: EvalLog, role: str) -> tuple[str, ...]:
    """Give the models in a role of any Inspect log."""
    bound = (log.eval.model_roles or {}).get(role)
    models = bound if isinstance(bound, list) else [bound] if bound is not None else []
    return tuple(model.model for model in models)


def read_plan(run: Run) -> RunFile | None:
    """Give what a run's ``run.json`` says, or None for a folder of logs that `petri audit` did not write."""
    path = run.folder / PLAN
    if run.log is not None or not path.is_file():
        return None
    return read_json(path, RunFile, PLAN)


def write_json(path: Path, data: object) -> None:
    """Write a file whole or not at all; the ``OSError`` of a full disk names it."""
    text = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    draft = path.with_suffix(f"{path.suffix}.part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):  # the first fault is the one to tell of
            draft.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from error


def read_json(path: Path, form: type[M], called: str) -> M:
    """Give what a file of ours holds; raises ``UnreadableLog``, with what it is ``called``, where it is none."""
    try:
        return form.model_validate_json(path.read_bytes())
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(map(str, fault["loc"])) or "the file"
        raise UnreadableLog(
            f"{path}: not a {called} of this version: {where}: {fault['msg'].lower()}"
        ) from error


def file_sha256(path: Path) -> str:
    """Give the digest of a file's bytes."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def read_any_header(log: Path) -> EvalLog:
    """Give any Inspect log without its samples; raises ``UnreadableLog`` when it is damaged."""
    with _reading(log):
        return elsewhere(partial(read_eval_log, str(log), header_only=True))


def read_header(log: Path) -> Header:
    """Give a log without its samples; raises ``UnreadableLog`` when it is damaged or not ours."""
    header = read_any_header(log)
    facts = (header.eval.metadata or {}).get("petri")
    if not isinstance(facts, dict):
        raise UnreadableLog(
            f"{log}: is a log of {header.eval.task!r}, not of a petri audit; of other programs, `petri judge` takes "
            "logs of Petri 2 and 3"
        )
    try:
        return Header(log, header, LogFacts.model_validate(facts))
    except ValidationError as error:
        raise UnreadableLog(
            f"{log}: was written by another version of petri: {error.errors()[0]['msg']}"
        ) from error


@contextmanager
def _reading(log: Path) -> Generator[None]:
    """Turn whatever a damaged file makes Inspect raise into ``UnreadableLog``."""
    try:
        yield
    except (OSError, EOFError, ValueError, KeyError, IndexError, BadZipFile, ZstdError) as error:
        raise UnreadableLog(f"{log}: cannot be read as an Inspect log: {redact(str(error))}") from error


def sample_keys(log: Path) -> tuple[tuple[str, int], ...]:
    """Give the (sample id, epoch) pairs that a log holds."""
    return tuple(sample_states(log))


def sample_states(log: Path) -> dict[tuple[str, int], tuple[str | None, bool]]:
    """Give for each sample of a log its own identity, and whether it ended in an error."""
    with _reading(log):
        summaries = elsewhere(partial(read_eval_log_sample_summaries, str(log)))
    return {(str(item.id), item.epoch): (item.uuid, item.error is not None) for item in summaries}


def read_samples(log: Path, keys: Sequence[tuple[str, int]]) -> Iterator[EvalSample]:
    """Yield these samples, with their long texts in place; a few are read at a time, so that memory stays bounded.

    Raises ``UnreadableSample`` where one of them is damaged.
    """
    read = partial(read_eval_log_samples_by_id, str(log), resolve_attachments="full")
    for start in range(0, len(keys), _BATCH):
        wanted = keys[start : start + _BATCH]
        try:
            with _reading(log):
                batch = elsewhere(partial(read, wanted))
        except UnreadableLog as error:
            named = ", ".join(f"{sample} (epoch {epoch})" for sample, epoch in wanted)
            raise UnreadableSample(f"{error}; sample {named}") from error
        yield from batch


def elsewhere(read: Callable[[], T]) -> T:
    """Read in another thread than this one.

    Inspect reads in an event loop. Where one is running already, it would run that one's other tasks in the midst of
    this; and in the main thread, putting back a loop's signal handler makes Python spell out every sample it has just
    read, which takes longer than the reading.
    """
    with ThreadPoolExecutor(1) as reader:
        return reader.submit(read).result()


def samples(log: Path) -> Iterator[EvalSample]:
    """Yield all of a log's samples."""
    yield from read_samples(log, sample_keys(log))


def transcript_of(sample: EvalSample, target: str) -> Transcript:
    """Give the transcript of a sample; ``target`` is the target's name where the plan gave it no label."""
    try:
        cell = Cell.model_validate(sample.metadata["petri"])
    except (KeyError, ValidationError) as error:
        raise UnreadableLog(
            f"sample {sample.id} was written by another version, or by another program: {error}"
        ) from error
    label = str(sample.metadata.get("target") or target)
    fault = fault_of(sample)
    epoch = audit_epoch(sample.metadata, sample.epoch)
    return make_transcript(sample.events, cell=cell, epoch=epoch, target=label, error=fault)


def fault_of(sample: EvalSample) -> ErrorRecord | None:
    """Give what Inspect says went wrong with a sample; an interrupt, which it has as an error too, is no fault."""
    said = first_line(redact(sample.error.message)) if sample.error is not None else ""
    if sample.error is None or said.startswith("CancelledError"):
        return None
    return ErrorRecord(kind="other", message=said)


def one_each(records: Iterable[tuple[str, T, bool]]) -> dict[str, T]:
    """Give of several records of an audit, by its id, the one that results are computed from.

    Each comes with whether it failed: the first that ended without an error counts, or else the last.
    """
    found: dict[str, tuple[T, bool]] = {}
    for audit_id, record, failed in records:
        known = found.get(audit_id)
        if known is None or known[1]:
            found[audit_id] = (record, failed)
    return {audit_id: record for audit_id, (record, _) in found.items()}


def first_line(text: str) -> str:
    """Give the first line of an error, which is what fits beside a count."""
    return text.strip().splitlines()[0][:500] if text.strip() else ""
