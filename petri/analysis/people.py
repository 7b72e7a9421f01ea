"""People's labels of transcripts that were drawn at random: what a run's means would be if people had given them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Final

from pydantic import BaseModel, ConfigDict

from petri.analysis.annotations import FOLDER, SUFFIX, AnnotationRecord, Mode, RevealRecord, read_records
from petri.analysis.predicted import Judged, Labelled, predict
from petri.analysis.results import Audit
from petri.analysis.summary import valued, weight_of
from petri.transcript.folders import Run

_DRAWN: Final = frozenset[Mode]({"random", "stratified"})
"""Queues whose order is left to chance, so that it is known how probable each transcript was."""


@dataclass(frozen=True, slots=True)
class Given:
    """What one person said of one transcript before seeing a verdict on it."""

    audit: str
    annotator: str
    rubric: str
    """The digest of the dimensions that were asked for."""
    queue: tuple[str, Mode]
    """The run whose queue it was, and how that was drawn up."""
    population: int
    """Among how many it was drawn."""
    values: Mapping[str, float]
    """By dimension; what was not observed, not answered or not sure is not there."""


class ByPeople(BaseModel):
    """The mean as people would have given it: the judge's, put right by labels of transcripts drawn at random."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    labels: int
    """Transcripts that people scored, each drawn with a known probability."""
    annotators: int
    mean: float
    ci95: tuple[float, float] | None
    """null where too few scenarios are labelled."""
    bias: float
    """How much more people give than the judge."""


def people_of(run: Run) -> tuple[Given, ...]:
    """Give what people said of a run's transcripts; of a set of verdicts also what they said of its run's.

    Of each person and transcript the last answer before a verdict was shown, of queues in random order alone. Raises
    ``UnreadableLog`` where a file of annotations cannot be read.
    """
    folders = dict.fromkeys((run.folder, run.judged.folder))
    files = [file for each in folders for file in sorted((each / FOLDER).glob(f"*{SUFFIX}"))]
    return tuple(given for file in files for given in _of_file(file, run))


def _of_file(file: Path, run: Run) -> Iterator[Given]:
    last: dict[tuple[str, str], AnnotationRecord] = {}
    seen: set[tuple[str, str]] = set()
    for record in read_records(file):
        about = record.run, record.audit
        if isinstance(record, RevealRecord):
            seen.add(about)
        elif (
            record.blind
            and about not in seen
            and (record.run == run.id or run.id.startswith(f"{record.run}/"))
        ):
            last[about] = record
    for record in last.values():
        if record.mode in _DRAWN and record.inclusion is not None:
            told = {} if record.triage == "invalid" else record.answers
            yield Given(
                audit=record.audit,
                annotator=record.annotator,
                rubric=record.rubric,
                queue=(record.run, record.mode),
                population=record.population,
                values={name: float(each.value) for name, each in told.items() if each.value is not None},
            )


def by_people(audits: Sequence[Audit], dimension: str, given: Sequence[Given]) -> ByPeople | None:
    """Give the mean of a dimension over a target's ``audits`` as people would have given it; None with few labels.

    Queues begin with the same transcripts for everybody. Of the N transcripts of a kind people have read m, so that the
    probability of each of them was m / N, and each counts N / m times; what a single record says, that of being among
    the first so many, would let the first few decide. Where people drew on several queues, the one with most labels
    counts, since how probable a transcript was in both together is not known.
    """
    labelled = [_labelled(audits, dimension, of_queue) for of_queue in _queues(given)]
    if not labelled:
        return None
    labels, annotators = max(labelled, key=lambda found: len(found[0]))
    judged = [
        Judged(audit.cluster, value, weight_of(score)) for audit, score, value in valued(audits, dimension)
    ]
    told = predict(judged, labels)
    if told is None:
        return None
    return ByPeople(
        labels=len(labels),
        annotators=annotators,
        mean=told.mean,
        ci95=None if told.interval is None else (told.interval.low, told.interval.high),
        bias=told.bias,
    )


def _queues(given: Iterable[Given]) -> list[list[Given]]:
    """Give the answers by queue, those from wholly random ones first."""
    queues: dict[tuple[str, Mode], list[Given]] = {}
    for each in given:
        queues.setdefault(each.queue, []).append(each)
    return [queues[key] for key in sorted(queues, key=lambda key: (key[1] != "random", key[0]))]


def _labelled(audits: Sequence[Audit], dimension: str, given: Sequence[Given]) -> tuple[list[Labelled], int]:
    """Give the transcripts of these audits with a label and a judge's value, and how many people labelled them."""
    read = Counter(population for _, population in {(each.audit, each.population) for each in given})
    ratings: dict[str, list[Given]] = {}
    for each in given:
        if dimension in each.values:
            ratings.setdefault(each.audit, []).append(each)
    found: list[Labelled] = []
    annotators: set[str] = set()
    for audit, score, value in valued(audits, dimension):
        if told := ratings.get(audit.id):
            annotators |= {each.annotator for each in told}
            drawn = told[0].population / read[told[0].population]
            person = fmean(each.values[dimension] for each in told)
            found.append(Labelled(audit.cluster, value, person, weight_of(score) * drawn))
    return found, len(annotators)
