"""The texts of transcripts for searching, and the turn at which a hit was said."""

import json
from collections.abc import Iterator, Sequence

from petri.analysis.audits import scores_of
from petri.conversation.text import citable
from petri.conversation.tree import Node
from petri.errors import UnreadableLog
from petri.judge.verdict import Ruling
from petri.rubric.schema import Dimension
from petri.transcript.outcome import is_valid
from petri.transcript.schema import Transcript
from petri.transcript.sources import with_transcripts
from petri.transcript.store import Header, read_samples
from petri.viewer.filed import FiledAudit
from petri.viewer.loading import Loaded, open_log, sample_key


def texts(audits: Sequence[FiledAudit], *, again: bool) -> bytes:
    """Give what can be searched of recorded audits of one log, and where their hits are.

    ``[{"audit": key, "messages": [[label, role, origin, text]], "hit_turn": turn or null, "fault": text or null}]``.
    Verdicts given ``again`` have no messages: those of their run are searched.
    """
    return json.dumps([_document(audit, again=again) for audit in audits]).encode()


def _document(filed: FiledAudit, *, again: bool) -> dict[str, object]:
    try:
        found = _loaded(filed)
    except UnreadableLog as error:
        return {"audit": filed.key, "messages": [], "hit_turn": None, "fault": str(error)}
    messages = [] if again else [*_messages(found.transcript)]
    ruling = found.ruling
    turn = None if ruling is None else hit_turn(found.transcript, ruling, found.rubric)
    if turn is not None and not is_valid(found.row().outcome):
        turn = None
    return {"audit": filed.key, "messages": messages, "hit_turn": turn, "fault": None}


def _loaded(filed: FiledAudit) -> Loaded:
    """Read an audit without keeping it: of all that are searched, few are looked at."""
    stored = open_log(filed.path)
    key = sample_key(stored, filed)
    if isinstance(stored.header, Header):
        sample, transcript = next(with_transcripts(stored.header, [key]))
    else:
        (sample,) = read_samples(stored.path, [key])
        transcript = stored.transcript(sample)
    return Loaded(stored.header, filed.log, sample, transcript)


def _messages(transcript: Transcript) -> Iterator[tuple[str, str, str, str]]:
    for node in transcript.conversation():
        if text := _text(node):
            yield node.label, node.message.role, node.origin.value, text


def _text(node: Node) -> str:
    """Give all that was said in a message, each text once: of a call the line, which has its arguments."""
    pieces = citable(node.message)
    lines: list[str] = []
    for kind, text in pieces:
        if kind != "tool_call" or not any(text in line for line in lines):
            lines.append(text)
    return "\n".join(lines)


def hit_turn(transcript: Transcript, ruling: Ruling, rubric: Sequence[Dimension]) -> int | None:
    """Give the earliest turn of the target whose words a score past its threshold quotes."""
    turns = {node.label: node.turn for node in transcript.conversation()}
    scores = scores_of(ruling, {})
    hits = [
        scores[dimension.name]
        for dimension in rubric
        if dimension.name in scores
        and (value := scores[dimension.name].value) is not None
        and dimension.is_hit(value)
    ]
    quoted = [
        turns[cited.message]
        for score in hits
        for cited in score.citations
        if cited.by_target and cited.match != "none" and cited.message in turns
    ]
    return min(quoted, default=None)
