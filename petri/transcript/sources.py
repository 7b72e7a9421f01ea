"""Where a verdict's transcript stands: in its own sample, or, judged again, in the sample of another log."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import ClassVar, Final, Self

from anyio import to_thread
from inspect_ai.log import EvalLog, EvalSample

from petri.errors import UnreadableLog
from petri.transcript.folders import VERDICTS, Run
from petri.transcript.foreign import foreign_transcript, is_foreign
from petri.transcript.resumed import Noted, Place
from petri.transcript.schema import Transcript
from petri.transcript.store import Header, read_any_header, read_header, read_samples, transcript_of

_BATCH: Final = 16


class Source(Noted, Place):
    """The sample that holds what was judged, in a log beside the verdicts' folder."""

    KEY: ClassVar[str] = "petri_source"
    UNREADABLE: ClassVar[str] = "a verdict does not say what it is about"


@dataclass(frozen=True, slots=True)
class StoredLog:
    """A log whose samples can be read as transcripts: ours, or one of those that are imported."""

    path: Path
    header: Header | EvalLog
    """As we wrote it, or as Inspect has it where another program wrote it."""

    @classmethod
    def at(cls, path: Path) -> Self:
        """Open a log; raises ``UnreadableLog`` for one that is damaged, or is of something else."""
        header = read_any_header(path)
        return cls(path, header if is_foreign(header) else read_header(path))

    def transcript(self, sample: EvalSample) -> Transcript:
        """Give a sample of this log as a transcript."""
        if isinstance(self.header, Header):
            return transcript_of(sample, self.header.target)
        return foreign_transcript(self.header, sample)

    def transcripts(self, sources: Sequence[Source]) -> list[Transcript]:
        """Give the transcripts of these samples; raises ``UnreadableLog`` where one is another than was judged."""
        found = read_samples(self.path, [(source.sample, source.epoch) for source in sources])
        return [self._checked(source, sample) for source, sample in zip(sources, found, strict=True)]

    def _checked(self, source: Source, sample: EvalSample) -> Transcript:
        if source.uuid is not None and sample.uuid != source.uuid:
            raise UnreadableLog(
                f"{self.path}: sample {source.sample} (epoch {source.epoch}) is another than the one that was judged"
            )
        return self.transcript(sample)


class StoredLogs:
    """The logs of a folder, each opened once, for readers that come in any order."""

    def __init__(self, folder: Path) -> None:
        """Read from this folder."""
        self._folder = folder
        self._open: dict[str, StoredLog] = {}

    async def transcript(self, source: Source) -> Transcript:
        """Give a stored transcript; others go on meanwhile."""
        return await to_thread.run_sync(self.read, source)

    def read(self, source: Source) -> Transcript:
        """Give a stored transcript."""
        if source.log not in self._open:
            self._open[source.log] = _judged_log(self._folder / source.log)
        (found,) = self._open[source.log].transcripts([source])
        return found


def _judged_log(path: Path) -> StoredLog:
    """Open a log that verdicts are about."""
    if not path.is_file():
        raise UnreadableLog(f"{path}: is not there, and verdicts are about its transcripts; put it back")
    return StoredLog.at(path)


def with_transcripts(
    header: Header, keys: Sequence[tuple[str, int]]
) -> Iterator[tuple[EvalSample, Transcript]]:
    """Yield these samples of a log of ours, each with the transcript that it holds or is about."""
    found = read_samples(header.path, keys)
    if header.facts.again is None:
        yield from ((sample, transcript_of(sample, header.target)) for sample in found)
        return
    folder = source_folder(Run(header.path.parent))
    about = ((sample, required_source(sample)) for sample in found)
    for log, pairs in groupby(about, key=lambda pair: pair[1].log):
        stored = _judged_log(folder / log)
        for batch in _batches(pairs):
            transcripts = stored.transcripts([source for _, source in batch])
            yield from zip((sample for sample, _ in batch), transcripts, strict=True)


def required_source(sample: EvalSample) -> Source:
    """Give what a verdict's sample is about."""
    source = Source.of_metadata(sample.metadata)
    if source is None:
        raise UnreadableLog(f"sample {sample.id}: is a verdict, and does not say on what")
    return source


def source_folder(verdicts: Run) -> Path:
    """Give the folder of the logs that a set of verdicts is about."""
    if verdicts.folder.parent.name != VERDICTS:
        raise UnreadableLog(
            f"{verdicts.folder}: holds verdicts on the logs of a run, and lies in no folder {VERDICTS}/ beside them"
        )
    return verdicts.folder.parent.parent


def _batches(
    pairs: Iterable[tuple[EvalSample, Source]],
) -> Iterator[list[tuple[EvalSample, Source]]]:
    rest = iter(pairs)
    while batch := list(islice(rest, _BATCH)):
        yield batch
