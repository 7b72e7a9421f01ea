"""Annotating, as the reader does it: each function gives the JSON of a model of ``wire.py`` to ``desk.py``."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeVar

from pydantic import ValidationError

from petri import __version__
from petri.analysis.annotations import AnnotationRecord, Answer, Mode, Record, RevealRecord, Words
from petri.analysis.calibration_card import rubric_digest
from petri.analysis.results import Audit
from petri.errors import BadMessage, UnknownKey, Withheld
from petri.rubric.objective import judged
from petri.rubric.schema import Dimension
from petri.transcript.folders import Run
from petri.transcript.schema import Transcript
from petri.transcript.store import read_header
from petri.viewer.annotate_queue import Queued, make_queue
from petri.viewer.annotate_store import Store
from petri.viewer.blind import blind_item
from petri.viewer.filed import FiledAudit, FiledRun
from petri.viewer.loading import load
from petri.viewer.names import audit_key, run_key
from petri.viewer.surveying import run_results
from petri.viewer.transcript_view import conversation_of
from petri.viewer.wire_annotate import (
    AnnotateSession,
    Annotation,
    BlindItem,
    Draft,
    DraftLabel,
    EvidenceSpan,
    LabelValue,
    Reveal,
)
from petri.viewer.wire_server import Saved, Wire
from petri.viewer.wire_transcript import Place

At = tuple[str, str | None, str, Mode]
"""A desk: a run's folder, the one log of it that is meant, the annotator, and how the queue is drawn up."""
W = TypeVar("W", bound=Wire)

_DESKS_KEPT: Final = 4


@dataclass(frozen=True)
class _Desk:
    """What does not change while an annotator works."""

    at: At
    filed: FiledRun
    audits: Mapping[str, Audit]
    dimensions: Mapping[str, Dimension]
    rubric: str
    queue: Mapping[str, Queued]
    """By key, in order."""
    store: Store

    def queued(self, key: str) -> Queued:
        """Give an item of the queue."""
        if key not in self.queue:
            raise UnknownKey("there is no such transcript in this queue")
        return self.queue[key]

    def of(self, key: str) -> list[Record]:
        """Give what this annotator has stored about an item."""
        return self.about(key, self.store.records())

    def about(self, key: str, records: Sequence[Record]) -> list[Record]:
        """Give those of the records that are about an item."""
        audit = self.queued(key).audit
        return [record for record in records if record.audit == audit]

    def done(self) -> tuple[str, ...]:
        """Give the items that this annotator has scored without a verdict, in order."""
        blind = {one.audit for one in self.store.records() if isinstance(one, AnnotationRecord) and one.blind}
        return tuple(key for key, queued in self.queue.items() if queued.audit in blind)

    def revealed(self) -> tuple[str, ...]:
        """Give the items of which this annotator was shown the verdicts, in order."""
        seen = {one.audit for one in self.store.records() if isinstance(one, RevealRecord)}
        return tuple(key for key, queued in self.queue.items() if queued.audit in seen)

    def transcript(self, key: str) -> Transcript:
        """Give the transcript behind a key."""
        audit = self.audits[self.queued(key).audit]
        if audit.log is None:
            raise UnknownKey("nothing is recorded of this transcript")
        return load(FiledAudit(self.filed, audit_key(audit.id), audit.id, audit.log)).transcript


def session(at: At) -> bytes:
    """Give ``AnnotateSession``: what is to be done, and what is."""
    desk = _desk_at(at)
    _, _, annotator, mode = desk.at
    return _sent(
        AnnotateSession(
            annotator=annotator,
            mode=mode,
            queue=tuple(desk.queue),
            done=desk.done(),
            revealed=desk.revealed(),
            # A threshold could draw values to one side of it; judges are not told of it either.
            dimensions=tuple(
                dimension.model_copy(update={"threshold": None}) for dimension in desk.dimensions.values()
            ),
        )
    )


def item(at: At, key: str) -> bytes:
    """Give ``BlindItem``: a transcript to be scored."""
    return _sent(_item(_desk_at(at), key))


def submit(at: At, key: str, text: str) -> bytes:
    """Store an ``Annotation``; what comes after the verdicts were shown is stored as such, and must say so."""
    desk = _desk_at(at)
    given = _parsed(Annotation, text)
    _check_key(key, given.key)
    _check(given, desk.dimensions, _item(desk, key))
    record = _record(desk, given)

    def unless_misnamed(before: Sequence[Record]) -> Record:
        _check_seen(given, desk.about(key, before))
        return record

    desk.store.append(unless_misnamed)
    with suppress(OSError):  # the answer is stored, and a draft that stays has the same words
        desk.store.drop_draft(key)
    return _sent(Saved())


def reveal(at: At, key: str) -> bytes:
    """Give ``Reveal``, once the item was scored; that it was seen is stored first."""
    desk = _desk_at(at)
    own = _last(desk.of(key))
    if own is None:
        raise Withheld("the judges' verdicts are shown when this transcript was scored")
    audit = desk.audits[desk.queued(key).audit]
    seen = RevealRecord(
        annotator=desk.at[2], run=desk.filed.id, audit=audit.id, petri=__version__, time=_now()
    )

    def once(before: Sequence[Record]) -> Record | None:
        return None if _is_seen(desk.about(key, before)) else seen

    desk.store.append(once)
    # Other items may be of the same target, and be known by it.
    target = audit.target if len(desk.done()) == len(desk.queue) else None
    return _sent(Reveal(key=key, scores=audit.scores, target=target, own=_given(key, own)))


def draft(at: At, key: str) -> bytes:
    """Give the ``Draft`` that is kept of an item; else what was submitted last, to be corrected, or an empty one."""
    desk = _desk_at(at)
    own = _last(desk.of(key))
    begun = Draft(key=key, triage=None, labels={}, seconds=0) if own is None else _begun(key, own)
    return _sent(desk.store.drafts().get(key) or begun)


def save_draft(at: At, key: str, text: str) -> bytes:
    """Keep a ``Draft``."""
    desk = _desk_at(at)
    desk.queued(key)
    given = _parsed(Draft, text)
    _check_key(key, given.key)
    desk.store.save_draft(given)
    return _sent(Saved())


def forget() -> None:
    """Forget every desk, as another process would have to begin anew."""
    _desk.cache_clear()


def _desk_at(at: Sequence[str | None]) -> _Desk:
    return _desk(tuple(at))


@lru_cache(_DESKS_KEPT)
def _desk(at: At) -> _Desk:
    folder, log, annotator, mode = at
    run = Run(Path(folder), None if log is None else Path(log))
    filed = FiledRun(run_key(run.id), run.id, run.folder, None if run.log is None else run.log.name)
    results = run_results(filed)
    headers = [read_header(path) for path in run.logs()]
    asked = {dimension.name: dimension for header in headers for dimension in judged(header.facts.dimensions)}
    store = Store(run.folder, annotator)
    queue = make_queue(results.audits, results.dimensions, mode, store.draw)
    return _Desk(
        at=at,
        filed=filed,
        audits={audit.id: audit for audit in results.audits},
        dimensions=asked,
        rubric=rubric_digest(asked.values()),
        queue={store.key(queued.audit): queued for queued in queue},
        store=store,
    )


def _item(desk: _Desk, key: str) -> BlindItem:
    transcript = desk.transcript(key)
    return blind_item(key, transcript, conversation_of(transcript))


def _last(records: Sequence[Record]) -> AnnotationRecord | None:
    return next((record for record in reversed(records) if isinstance(record, AnnotationRecord)), None)


def _is_seen(records: Sequence[Record]) -> bool:
    return any(isinstance(record, RevealRecord) for record in records)


def _check_seen(given: Annotation, stored: Sequence[Record]) -> None:
    """Raise ``BadMessage`` unless an answer says of itself whether the verdicts had been shown."""
    seen = _is_seen(stored)
    if given.after_reveal != seen:
        raise BadMessage(
            "the verdicts on this transcript were shown: what is submitted now is after_reveal"
            if seen
            else "the verdicts on this transcript were not shown: nothing can be after_reveal yet"
        )


def _record(desk: _Desk, given: Annotation) -> AnnotationRecord:
    queued = desk.queued(given.key)
    said = desk.transcript(given.key).model_dump_json().encode()
    return AnnotationRecord(
        annotator=desk.at[2],
        run=desk.filed.id,
        audit=queued.audit,
        petri=__version__,
        time=_now(),
        rubric=desk.rubric,
        transcript=hashlib.sha256(said).hexdigest(),
        triage=given.triage,
        answers={name: _answer(label) for name, label in given.labels.items()},
        note=given.note,
        seconds=given.seconds,
        blind=not given.after_reveal,
        mode=desk.at[3],
        rank=queued.rank,
        population=queued.population,
        inclusion=queued.inclusion,
    )


def _answer(label: LabelValue) -> Answer:
    words = tuple(
        Words(
            message=span.message,
            piece=span.place.piece,
            start=span.place.start,
            end=span.place.end,
            quote=span.quote,
        )
        for span in label.evidence
    )
    return Answer(answer=label.answer, value=label.value, evidence=words)


def _given(key: str, record: AnnotationRecord) -> Annotation:
    """Give a record as it was submitted."""
    return Annotation(
        key=key,
        triage=record.triage,
        labels={name: _label(answer) for name, answer in record.answers.items()},
        note=record.note,
        seconds=record.seconds,
        after_reveal=not record.blind,
    )


def _begun(key: str, record: AnnotationRecord) -> Draft:
    """Give a record as what is corrected, or answered once more; its seconds will be its own."""
    given = _given(key, record)
    labels = {
        name: DraftLabel(value=label.value, answer=label.answer, evidence=label.evidence)
        for name, label in given.labels.items()
    }
    return Draft(key=key, triage=given.triage, labels=labels, note=given.note, seconds=0)


def _label(answer: Answer) -> LabelValue:
    evidence = tuple(
        EvidenceSpan(
            message=words.message,
            place=Place(piece=words.piece, start=words.start, end=words.end),
            quote=words.quote,
        )
        for words in answer.evidence
    )
    return LabelValue(value=answer.value, answer=answer.answer, evidence=evidence)


def _check(given: Annotation, dimensions: Mapping[str, Dimension], read: BlindItem) -> None:
    """Raise ``BadMessage`` for an answer that cannot be stored: that it was not is told where it is still known."""
    texts = {message.label: message.pieces for message in read.messages}
    for name, label in given.labels.items():
        if name not in dimensions:
            raise BadMessage(f"there is no dimension {name!r} here; there are: {', '.join(dimensions)}")
        scale = dimensions[name].scale
        if (label.value is None) == (label.answer == "value"):
            raise BadMessage(f"{name}: a value goes with the answer 'value', and with no other")
        if label.value is not None and not scale.min <= label.value <= scale.max:
            raise BadMessage(f"{name}: {label.value} is not on the scale from {scale.min} to {scale.max}")
        for span in label.evidence:
            pieces = texts.get(span.message, ())
            place = span.place
            if not 0 <= place.piece < len(pieces) or span.quote != cut(
                pieces[place.piece].text, place.start, place.end
            ):
                raise BadMessage(f"{name}: the quote of {span.message} is not what stands in that place")


def cut(text: str, start: int, end: int) -> str | None:
    """Give the words between two places that count UTF-16 units; None where these are none."""
    units = text.encode("utf-16-le", "surrogatepass")
    if not 0 <= start < end <= len(units) // 2:
        return None
    return units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


def _check_key(key: str, said: str) -> None:
    if key != said:
        raise BadMessage("the message is about another transcript than the address")


def _parsed(form: type[W], text: str) -> W:
    try:
        return form.model_validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, fault["loc"])) or "the whole"
        raise BadMessage(f"not {form.__name__}: {where}: {fault['msg'].lower()}") from error


def _sent(message: Wire) -> bytes:
    return message.model_dump_json().encode()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
