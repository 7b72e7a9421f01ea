"""Annotations read as labels: what people scored before they saw a verdict, and nothing else."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from petri.analysis.annotations import (
    FOLDER,
    SUFFIX,
    AnnotationRecord,
    Record,
    RevealRecord,
    parse_record,
    whole_lines,
)
from petri.analysis.calibration_labels import Label, LabelRow, Labels, read_labels
from petri.document.parse import Document
from petri.document.source import Source, printable
from petri.errors import Fault, InvalidFile, UnreadableLog
from petri.transcript.folders import Run

_LINE_NAME: Final = "the annotation"


def labels_at(path: Path, run: Run | None = None) -> Labels:
    """Give labels from a file of labels, a file of annotations, or the folder of annotations of a run or in it.

    Annotations name their run. Where ``run`` is given they are about that one, which is theirs or a set of verdicts on
    it. Raises ``InvalidFile`` as ``read_labels`` does.
    """
    if path.is_dir():
        inner = path / FOLDER
        files = sorted((inner if inner.is_dir() else path).glob(f"*{SUFFIX}"))
        if not files:
            raise InvalidFile([Fault(printable(str(path)), 0, 0, f"holds no annotations (*{SUFFIX})")])
        return _labels(path, files, run)
    return _labels(path, [path], run) if _is_annotations(path) else read_labels(path)


def _is_annotations(path: Path) -> bool:
    """Whether the first line of a file says so."""
    if path.suffix != SUFFIX or not path.is_file():
        return False
    with path.open("rb") as file:
        first = file.readline()
    try:
        data = json.loads(first)
    except ValueError:
        return False
    return isinstance(data, dict) and "format" in data


def _labels(path: Path, files: Sequence[Path], run: Run | None) -> Labels:
    sources = [_source(file) for file in files]
    last: dict[tuple[str, str, str], tuple[AnnotationRecord, Document]] = {}
    seen: set[tuple[str, str, str]] = set()
    faults: list[Fault] = []
    for record, document in (pair for source in sources for pair in _read(source)):
        if isinstance(record, Fault):
            faults.append(record)
            continue
        about = record.annotator, record.run, record.audit
        if isinstance(record, RevealRecord):
            seen.add(about)
        elif record.blind and about not in seen:
            last[about] = record, document
    labels: list[Label] = []
    for record, document in last.values():
        if run is None or _is_about(record, run):
            labels += _of_record(record, document, named=run is None)
        else:
            faults.append(document.fault((), f"is about {record.run}, and no transcript of {run.id}"))
    if not labels and not faults:
        faults.append(
            Fault(printable(str(path)), 0, 0, "holds no value that was given before a verdict was shown")
        )
    return Labels(printable(str(path)), _digest(sources), tuple(labels), tuple(faults))


def _is_about(record: AnnotationRecord, run: Run) -> bool:
    return run.id == record.run or run.id.startswith(f"{record.run}/")


def _source(path: Path) -> Source:
    name = printable(str(path))
    try:
        data = whole_lines(path.read_bytes())
        return Source(name, data.decode(), hashlib.sha256(data).hexdigest())
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFile([Fault(name, 0, 0, f"cannot be read: {error}")]) from error


def _digest(sources: Sequence[Source]) -> str:
    """Give one file's digest; of several, that of all of theirs."""
    if len(sources) == 1:
        return sources[0].sha256
    return hashlib.sha256("\n".join(source.sha256 for source in sources).encode()).hexdigest()


def _read(source: Source) -> Iterator[tuple[Record | Fault, Document]]:
    """Yield what each line holds, or its fault, with its place."""
    index = 0
    for line in source.text.split("\n")[:-1]:
        document = Document(source, {}, {(): index}, name=_LINE_NAME)
        try:
            yield parse_record(line.encode(), _LINE_NAME), document
        except UnreadableLog as error:
            yield document.fault((), str(error)), document
        index += len(line) + 1


def _of_record(record: AnnotationRecord, document: Document, *, named: bool) -> Iterator[Label]:
    """Yield a label for each value; that nothing was observed, or nobody is sure, is none.

    Of a transcript that tells nothing about the target, no value tells anything either.
    """
    if record.triage == "invalid":
        return
    transcript = f"{record.run}/{record.audit}" if named else record.audit
    for dimension, answer in record.answers.items():
        if answer.value is not None:
            row = LabelRow(
                transcript=transcript,
                dimension=dimension,
                value=float(answer.value),
                annotator=record.annotator,
            )
            yield Label(row, document, rubric=record.rubric)
