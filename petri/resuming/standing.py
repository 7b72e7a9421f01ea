"""Where the audits of a stopped run stand: what is recorded of each, and what is left to do."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalSample
from inspect_ai.model import ModelUsage

from petri.analysis.audits import cost_with
from petri.audit.replay import Past, is_begun, read_past
from petri.costs.prices import known_prices
from petri.costs.spending import addresses_of, calls_by_role, cost_of
from petri.plan import AuditJob
from petri.transcript.folders import Run
from petri.transcript.resumed import Place, Resumed
from petri.transcript.store import Header, read_header, read_samples, sample_keys


class Stage(StrEnum):
    """What is left to do of an audit."""

    JUDGE = "only want their judge"
    GO_ON = "go on from their last turn"
    BEGIN = "begin"


@dataclass(frozen=True, slots=True)
class Standing:
    """An audit that is not complete, with what its new sample says of it."""

    job: AuditJob
    resumed: Resumed
    stage: Stage


@dataclass(frozen=True, slots=True)
class _Held:
    """A sample that holds an audit, or part of one."""

    header: Header
    key: tuple[str, int]

    def read(self) -> EvalSample:
        (sample,) = read_samples(self.header.path, [self.key])
        return sample


@dataclass(frozen=True, slots=True)
class _Before:
    """What the earlier samples of an audit used."""

    spent: Mapping[str, ModelUsage] = field(default_factory=dict[str, ModelUsage])
    calls: Mapping[str, int] = field(default_factory=dict[str, int])
    cost_usd: float | None = None

    def resumed(self, job: AuditJob, past: Place | None) -> Resumed:
        return Resumed(
            epoch=job.epoch,
            past=past,
            spent=dict(self.spent),
            calls=dict(self.calls),
            cost_usd=self.cost_usd,
        )


def standings(run: Run, jobs: Iterable[AuditJob]) -> Iterator[Standing]:
    """Yield where each of these audits stands; what is long is read for one at a time."""
    held = _held(run)
    for job in jobs:
        yield _standing(job, held.get(job.id, ()))


def _held(run: Run) -> dict[str, list[_Held]]:
    """Give the samples of every audit, by its id, the oldest first."""
    found: dict[str, list[_Held]] = {}
    for header in map(read_header, run.logs()):
        planned = header.planned()
        for key in sample_keys(header.path):
            if key in planned:
                found.setdefault(planned[key].id, []).append(_Held(header, key))
    return found


def _standing(job: AuditJob, held: Sequence[_Held]) -> Standing:
    """Look for an audit's latest record: one that was stopped on its way back has none of its own."""
    before: _Before | None = None
    for each in reversed(held):
        sample = each.read()
        before = before or _before(sample, each.header)
        if Resumed.of_metadata(sample.metadata) is None or is_begun(sample.events):
            past = read_past(sample.events)
            log, (name, epoch) = each.header.path.name, each.key
            place = None if past is None else Place(log=log, sample=name, epoch=epoch, uuid=sample.uuid)
            return Standing(job, before.resumed(job, place), _stage(past))
    return Standing(job, (before or _Before()).resumed(job, None), Stage.BEGIN)


def _stage(past: Past | None) -> Stage:
    if past is None:
        return Stage.BEGIN
    return Stage.JUDGE if any(op["op"] == "end" for op in past.ops) else Stage.GO_ON


def _before(sample: EvalSample, header: Header) -> _Before:
    """Give what an audit has used by role, up to the end of this sample."""
    resumed = Resumed.of_metadata(sample.metadata)
    total = dict(resumed.spent) if resumed else {}
    calls = calls_by_role(sample.events) + Counter(resumed.calls if resumed else {})
    cost = cost_of(sample.events, known_prices(), addresses_of(header))
    cost = cost if resumed is None else cost_with(resumed, cost, used=bool(calls_by_role(sample.events)))
    for event in sample.events:
        if isinstance(event, ModelEvent) and event.role is not None and event.output.usage is not None:
            used = event.output.usage
            total[event.role] = total[event.role] + used if event.role in total else used
    return _Before(total, calls, cost)
