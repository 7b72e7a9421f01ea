"""Results as tidy tables: one row a thing, one column a fact, the same columns whatever the run; missing is null."""

import json
from collections.abc import Iterator, Mapping
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from petri.analysis.held import Held
from petri.analysis.results import Audit, DimensionSummary, Results
from petri.conversation.labels import call_rows
from petri.conversation.text import reasoning_of, text_of
from petri.judge.verdict import Match, Status
from petri.transcript.outcome import is_valid
from petri.transcript.schema import Transcript


class Row(BaseModel):
    """A row of a table; run and audit name what it is of, and join the tables."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    run: str
    """The run's id; of a set of verdicts, with its run's before it."""
    audit: str
    """The audit's id: the same audit has the same id in every run."""


class AuditRow(Row):
    """One planned audit and what became of it."""

    scenario: str
    """The scenario's id."""
    file: str
    """The scenario's file."""
    target: str
    """The target's model, and in brackets what was set for it."""
    epoch: int
    """Which repeat of the cell, counted from 1."""
    variables: str
    """The cell's values, as a JSON object."""
    outcome: str
    """How the audit ended."""
    valid: bool
    """Whether its scores count."""
    reason: str | None
    """Why it ended so."""
    error: str | None
    """What kind of error ended it."""
    target_turns: int
    """Target turns on the longest branch."""
    branches: int
    """How many branches end with the target's words."""
    calls: int
    """Answered calls of all roles; 0 where nobody counted them."""
    input_tokens: int
    """Of all roles, without what a cache held."""
    output_tokens: int
    """Of all roles."""
    cost_usd: float | None
    """null: not known, never 0."""
    log: str | None
    """The Inspect log that holds it: the name of its file."""
    eval_id: str | None
    """That log's id, as in Inspect's data frames."""
    sample_id: str | None
    """Its sample's id, as in Inspect's data frames; null where none is recorded."""


class ScoreRow(Row):
    """One dimension of one audit."""

    scenario: str
    """The scenario's id."""
    file: str
    """The scenario's file; ids of scenarios are unique in a file only."""
    target: str
    """The target's model, and in brackets what was set for it."""
    epoch: int
    """Which repeat of the cell."""
    variables: str
    """The cell's values, as a JSON object."""
    dimension: str
    """The dimension's name."""
    status: Status
    """Whether there is a value, and otherwise why not."""
    value: float | None
    """null unless the status is scored."""
    hit: bool | None
    """Whether the value is at the threshold or past it; null without a value or a threshold."""
    counts: bool
    """Whether the audit is valid, so that the value is part of the run's numbers."""
    judges: int
    """Judges that gave a value."""
    spread: float | None
    """How far their values lie apart."""
    disagreement: bool
    """Whether so far that a person should look."""
    unstable: bool
    """Whether it is another when the transcript is read again."""
    attempt: int | None
    """The branch by which all cited words of the target's were said."""
    inclusion: float | None
    """The probability with which a cascade's panel read for it."""
    eval_id: str | None
    """The id of the log that holds it, as in Inspect's data frames."""
    sample_id: str | None
    """Its sample's id, as in Inspect's data frames."""


class JudgementRow(Row):
    """What one judge said of one dimension."""

    dimension: str
    """The dimension's name."""
    judge: str
    """The judge's model."""
    seat: int
    """Its place on the panel."""
    repeat: int
    """Which of its verdicts, counted from 1."""
    status: Status
    """Whether it gave a value, and otherwise why not."""
    value: float | None
    """null unless the status is scored."""
    reason: str
    """In its words."""


class CitationRow(Row):
    """Words that a judge points to for a score."""

    dimension: str
    """The dimension's name."""
    message: str
    """The label of the message."""
    quote: str
    """The words."""
    match: Match
    """How they were found in the transcript; none: they were not."""
    by_target: bool
    """Whether the target itself said them."""


class MessageRow(Row):
    """One message of the conversation tree, on whatever branch."""

    label: str
    """Unique in its audit."""
    parent: str | None
    """The message before it."""
    role: Literal["system", "user", "assistant", "tool"]
    """The role under which the target was given it, or gave it."""
    origin: str
    """Who put it there; only target is the target's own act."""
    turn: int
    """The target's messages on the path up to it."""
    text: str
    """What it says, without reasoning."""
    reasoning: str
    """The reasoning that can be read."""
    tool_calls: str
    """The calls that it makes, as a JSON list."""
    stop: str | None
    """The provider's reason why it ended."""


Table = Literal["audits", "scores", "judgements", "citations", "messages"]

TABLES: Final[Mapping[Table, type[Row]]] = {
    "audits": AuditRow,
    "scores": ScoreRow,
    "judgements": JudgementRow,
    "citations": CitationRow,
    "messages": MessageRow,
}
"""Every table, by its name."""


def audit_rows(results: Results, held: Mapping[str, Held]) -> Iterator[AuditRow]:
    """Yield a row for every planned audit; ``held`` says by their ids which samples hold those that are recorded."""
    for audit in results.audits:
        spent = audit.usage.values()
        yield AuditRow(
            run=results.run.id,
            audit=audit.id,
            scenario=audit.scenario,
            file=audit.file,
            target=audit.target,
            epoch=audit.epoch,
            variables=_variables(audit),
            outcome=audit.outcome,
            valid=is_valid(audit.outcome),
            reason=audit.reason,
            error=audit.error and audit.error.kind,
            target_turns=audit.target_turns,
            branches=audit.branches,
            calls=sum(each.calls for each in spent),
            input_tokens=sum(each.input_tokens for each in spent),
            output_tokens=sum(each.output_tokens for each in spent),
            cost_usd=audit.cost_usd,
            log=audit.log,
            **_ids(audit, held),
        )


def score_rows(results: Results, held: Mapping[str, Held]) -> Iterator[ScoreRow]:
    """Yield a row for every dimension that an audit was asked for; ``held`` as for audits."""
    for audit in results.audits:
        for name, score in audit.scores.items():
            yield ScoreRow(
                run=results.run.id,
                audit=audit.id,
                scenario=audit.scenario,
                file=audit.file,
                target=audit.target,
                epoch=audit.epoch,
                variables=_variables(audit),
                dimension=name,
                status=score.status,
                value=score.value,
                hit=_hit(results.dimensions.get(name), score.value),
                counts=is_valid(audit.outcome),
                judges=len({judge.seat for judge in score.judges if judge.value is not None}),
                spread=score.spread,
                disagreement=score.disagreement,
                unstable=score.unstable,
                attempt=score.attempt,
                inclusion=score.inclusion,
                **_ids(audit, held),
            )


def result_rows(results: Results, held: Mapping[str, Held]) -> Mapping[Table, Iterator[Row]]:
    """Give the rows of every table but that of messages, which results do not hold."""
    return {
        "audits": audit_rows(results, held),
        "scores": score_rows(results, held),
        "judgements": judgement_rows(results),
        "citations": citation_rows(results),
    }


def judgement_rows(results: Results) -> Iterator[JudgementRow]:
    """Yield a row for everything that a judge said of a dimension."""
    for audit, name in _scored(results):
        for judge in audit.scores[name].judges:
            yield JudgementRow(
                run=results.run.id,
                audit=audit.id,
                dimension=name,
                judge=judge.judge,
                seat=judge.seat,
                repeat=judge.repeat,
                status=judge.status,
                value=judge.value,
                reason=judge.reason,
            )


def citation_rows(results: Results) -> Iterator[CitationRow]:
    """Yield a row for every quote behind a score."""
    for audit, name in _scored(results):
        for cited in audit.scores[name].citations:
            yield CitationRow(
                run=results.run.id,
                audit=audit.id,
                dimension=name,
                message=cited.message,
                quote=cited.quote,
                match=cited.match,
                by_target=cited.by_target,
            )


def message_rows(run: str, transcript: Transcript) -> Iterator[MessageRow]:
    """Yield a row for every message of an audit."""
    for node in transcript.conversation():
        yield MessageRow(
            run=run,
            audit=transcript.id,
            label=node.label,
            parent=node.parent,
            role=node.message.role,
            origin=node.origin.value,
            turn=node.turn,
            text=text_of(node.message),
            reasoning=reasoning_of(node.message),
            tool_calls=json.dumps(call_rows(node), ensure_ascii=False, default=str),
            stop=node.stop,
        )


def _variables(audit: Audit) -> str:
    return json.dumps(audit.variables, ensure_ascii=False, sort_keys=True)


def _ids(audit: Audit, held: Mapping[str, Held]) -> dict[str, str | None]:
    found = held.get(audit.id)
    return {"eval_id": found and found.eval_id, "sample_id": found and found.sample_id}


def _scored(results: Results) -> Iterator[tuple[Audit, str]]:
    return ((audit, name) for audit in results.audits for name in audit.scores)


def _hit(summary: DimensionSummary | None, value: float | None) -> bool | None:
    return None if summary is None or value is None or not summary.rated else summary.is_hit(value)
