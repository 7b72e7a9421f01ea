"""Which samples of a run's logs hold its audits, by the ids that Inspect's data frames have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from petri.analysis.results import Results
from petri.errors import UnreadableSample
from petri.transcript.folders import Run
from petri.transcript.schema import Transcript
from petri.transcript.sources import with_transcripts
from petri.transcript.store import Header, read_header, sample_states


@dataclass(frozen=True, slots=True)
class Held:
    """The sample from which an audit's results were computed."""

    header: Header
    key: tuple[str, int]
    """Id and epoch, which name it in its log."""
    sample_id: str | None
    """Its own identity, unlike that of any other sample; None in logs of an Inspect that gave none."""

    @property
    def eval_id(self) -> str:
        """The id of its log."""
        return self.header.log.eval.eval_id


def held_by(run: Run, results: Results) -> Mapping[str, Held]:
    """Give the samples by the ids of their audits; those of which nothing is recorded are not there."""
    logs = {audit.id: audit.log for audit in results.audits}
    found: dict[str, Held] = {}
    for header in map(read_header, run.logs()):
        planned = header.planned()
        for key, (uuid, _) in sample_states(header.path).items():
            audit = planned.get(key)
            if audit is not None and logs.get(audit.id) == header.path.name:
                found[audit.id] = Held(header, key, uuid)
    return found


def transcripts_of(held: Mapping[str, Held]) -> Iterator[Transcript]:
    """Yield the transcripts, one at a time; one that is damaged is left out: its audit's error says so."""
    for each in held.values():
        try:
            yield from (transcript for _, transcript in with_transcripts(each.header, [each.key]))
        except UnreadableSample:
            continue
