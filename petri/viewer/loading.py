"""Logs and their samples, opened as the viewer needs them: one sample at a time, the last ones kept."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from inspect_ai.log import EvalLog, EvalSample

from petri.analysis.audits import audit_row, ruling_of, with_all_scores
from petri.analysis.results import Audit
from petri.costs.spending import addresses_of
from petri.errors import UnreadableLog
from petri.judge.verdict import Ruling
from petri.rubric.schema import Dimension
from petri.transcript.schema import Transcript
from petri.transcript.sources import StoredLog, with_transcripts
from petri.transcript.store import Header, read_samples
from petri.viewer.archives import require_bounded
from petri.viewer.filed import FiledAudit

_LOGS_KEPT = 64
_SAMPLES_KEPT = 3


@dataclass(frozen=True)
class Loaded:
    """A recorded audit: its sample, the transcript that the sample holds or is about, and what was made of it."""

    header: Header | EvalLog
    """As we wrote it, or as Inspect has it where another program wrote it."""
    log: str
    sample: EvalSample
    transcript: Transcript

    @property
    def ruling(self) -> Ruling | None:
        """What our judges said; None where they were not asked."""
        return ruling_of(self.sample) if isinstance(self.header, Header) else None

    @property
    def rubric(self) -> tuple[Dimension, ...]:
        """The dimensions that were scored, as far as the log has them."""
        if not isinstance(self.header, Header):
            return ()
        return (*self.header.facts.dimensions, *self.transcript.cell.measured)

    def row(self) -> Audit:
        """Give the audit as results.json has it."""
        if isinstance(self.header, Header):
            row = audit_row(self.sample, self.transcript, self.log, addresses_of(self.header))
            return with_all_scores(row, self.header, self.transcript)
        # What another program's judge gave is no ruling of ours.
        return audit_row(self.sample.model_copy(update={"scores": None}), self.transcript, self.log)


def load(filed: FiledAudit) -> Loaded:
    """Give a recorded audit; raises ``UnreadableLog`` where its log is gone, damaged or holds it no more."""
    return _load(filed, _version(filed.path))


def open_log(path: Path) -> StoredLog:
    """Give a log without its samples; it is read again when its file has changed."""
    return _open(path, _version(path))


def _version(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError as error:
        raise UnreadableLog(f"{path}: {error.strerror or error}") from error
    return stat.st_mtime_ns, stat.st_size


@lru_cache(_LOGS_KEPT)
def _open(path: Path, version: tuple[int, int]) -> StoredLog:  # noqa: ARG001 -- it is part of the cache's key
    require_bounded(path)
    return StoredLog.at(path)


@lru_cache(_SAMPLES_KEPT)
def _load(filed: FiledAudit, version: tuple[int, int]) -> Loaded:  # noqa: ARG001 -- it is part of the cache's key
    stored = open_log(filed.path)
    key = sample_key(stored, filed)
    if isinstance(stored.header, Header):
        sample, transcript = next(with_transcripts(stored.header, [key]))
    else:
        (sample,) = read_samples(stored.path, [key])
        transcript = stored.transcript(sample)
    if transcript.id != filed.id:
        raise UnreadableLog(f"{filed.path}: sample {key[0]} is no longer audit {filed.id}")
    return Loaded(stored.header, filed.log, sample, transcript)


def sample_key(stored: StoredLog, filed: FiledAudit) -> tuple[str, int]:
    """Give the id and the epoch of the sample that holds an audit."""
    if filed.sample is not None and filed.epoch is not None:
        return filed.sample, filed.epoch
    planned = stored.header.planned() if isinstance(stored.header, Header) else {}
    for key, audit in planned.items():
        if audit.id == filed.id:
            return key
    raise UnreadableLog(f"{stored.path}: holds no audit {filed.id}")
