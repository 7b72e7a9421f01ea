"""What a set of verdicts says of one transcript, each quote with its place in the text as it was said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from petri.analysis.results import Audit
from petri.conversation.tree import Origin
from petri.judge.verdict import Citation, DimensionScore, Evidence, JudgeFailure, Ruling, Verdict
from petri.rubric.schema import Dimension
from petri.viewer.filed import FiledRun
from petri.viewer.spans import place_of
from petri.viewer.transcript_view import Conversation
from petri.viewer.wire_transcript import DimensionVerdict, JudgeVerdict, Quote, SetVerdicts

Kind = Literal["panel", "screener", "redacted", "renamed"]


def set_verdicts(
    filed: FiledRun,
    audit: Audit,
    ruling: Ruling | None,
    rubric: Sequence[Dimension],
    conversation: Conversation,
) -> SetVerdicts:
    """Give all that one set of verdicts says; without a ruling it is that nobody was asked."""
    quotes = _Quotes(conversation)
    judges = () if ruling is None else tuple(_judges(ruling, quotes))
    name = filed.id.rpartition("/")[2]
    return SetVerdicts(key=filed.key, name=name, audit=audit, judges=judges, rubric=tuple(rubric))


def _judges(ruling: Ruling, quotes: "_Quotes") -> Iterator[JudgeVerdict]:
    """Yield the panel's answers, by seat and repeat; then the screener's, and those of second readings."""
    answers = (*ruling.verdicts, *ruling.failures)
    for answer in sorted(answers, key=lambda answer: (answer.seat, answer.repeat)):
        yield _judge(answer, "panel", ruling.dimensions, quotes)
    if ruling.screening is not None:
        yield _judge(ruling.screening.answer, "screener", ruling.dimensions, quotes)
    for probe in ruling.probes:
        for answer in (*probe.verdicts, *probe.failures):
            yield _judge(answer, probe.variant, ruling.dimensions, quotes)


def _judge(
    answer: Verdict | JudgeFailure, kind: Kind, dimensions: Iterable[str], quotes: "_Quotes"
) -> JudgeVerdict:
    if isinstance(answer, JudgeFailure):
        return JudgeVerdict(
            judge=answer.judge,
            seat=answer.seat,
            repeat=answer.repeat,
            kind=kind,
            failure=answer.message or answer.status,
            replies=answer.replies,
            dimensions=tuple(
                DimensionVerdict(name=name, status=answer.status, value=None, reason="")
                for name in dimensions
            ),
        )
    return JudgeVerdict(
        judge=answer.judge,
        seat=answer.seat,
        repeat=answer.repeat,
        kind=kind,
        replies=answer.replies,
        calls=answer.calls,
        windows=answer.windows,
        scenario_valid=answer.scenario_valid,
        validity_reason=answer.validity_reason,
        evidence=tuple(map(quotes.noted, answer.evidence)),
        dimensions=tuple(quotes.scored(name, score) for name, score in answer.scores.items()),
        notes=answer.notes,
    )


class _Quotes:
    """Finds the places of quotes in a conversation."""

    def __init__(self, conversation: Conversation) -> None:
        self._pieces = conversation.pieces
        self._by_target: Mapping[str, bool] = {
            message.label: message.origin == Origin.TARGET for message in conversation.messages
        }

    def scored(self, name: str, score: DimensionScore) -> DimensionVerdict:
        return DimensionVerdict(
            name=name,
            status=score.status,
            value=score.value,
            reason=score.reason,
            quotes=tuple(self._quote(cited, by_target=cited.by_target) for cited in score.citations),
        )

    def noted(self, evidence: Evidence) -> Quote:
        by_target = self._by_target.get(evidence.message, False)
        return self._quote(evidence, by_target=by_target, shows=evidence.shows)

    def _quote(self, said: Citation | Evidence, *, by_target: bool, shows: str = "") -> Quote:
        pieces = self._pieces.get(said.message, ())
        return Quote(
            message=said.message,
            quote=said.quote,
            match=said.match,
            by_target=by_target,
            place=place_of(said.quote, said.match, said.span, pieces),
            shows=shows,
        )
