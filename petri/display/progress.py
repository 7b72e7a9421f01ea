"""From Inspect's hooks to our display: what each audit does, as it does it, and what became of it."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, ClassVar, Final, cast

from inspect_ai.event import Event, InfoEvent, ModelEvent
from inspect_ai.hooks import (
    Hooks,
    ModelRetry,
    ModelUsageData,
    SampleAttemptStart,
    SampleEnd,
    SampleEvent,
    SampleScoring,
    hooks,
)
from inspect_ai.log import EvalSample, EvalSampleSummary
from inspect_ai.model import ModelUsage

from petri.analysis.audits import audit_row
from petri.analysis.results import Audit
from petri.budget import PriceOf, Spent
from petri.display.audit_progress import Follower, Upcoming
from petri.display.base import Display, Wait
from petri.errors import UsageError
from petri.governor import current
from petri.seat import inspect_price
from petri.transcript.record import SOURCE
from petri.transcript.store import transcript_of

Row = Callable[[EvalSample], Audit]
_WATCHED: Final = Lock()
"""Held while a run goes on: Inspect makes one hook for the process, which so can follow one run."""


def own_row(sample: EvalSample) -> Audit:
    """Give the row of a sample that holds its own transcript."""
    return audit_row(sample, transcript_of(sample, "target"), None)


def spent(usage: ModelUsage) -> Spent:
    """Give the tokens of a call as they are paid for."""
    cached, written = usage.input_tokens_cache_read or 0, usage.input_tokens_cache_write or 0
    return Spent(usage.input_tokens, usage.output_tokens, cached, written)


@dataclass(slots=True)
class Watch:
    """Who watches a run, and what is known of it."""

    display: Display
    planned: int
    row: Row
    audits: Sequence[Upcoming]
    price_of: PriceOf
    done: int = 0
    followers: dict[str, Follower] = field(default_factory=dict[str, Follower])
    """By the id that Inspect gave the sample in this process."""

    def begin(self, sample: str, summary: EvalSampleSummary) -> None:
        """Follow an audit from its beginning, also where it was begun before and failed."""
        target = str(summary.metadata.get("target") or "")
        name = str(summary.id)
        fitting = (
            audit
            for audit in self.audits
            if audit.id == name or (audit.cell, audit.epoch, audit.target) == (name, summary.epoch, target)
        )
        self.followers[sample] = Follower(next(fitting, Upcoming(name, name, target, summary.epoch)))
        self.tell(sample)

    def take(self, sample: str, event: Event) -> None:
        """Tell the display what an event says about an audit."""
        follower = self.followers.get(sample)
        if follower is None:
            return
        if isinstance(event, InfoEvent) and event.source == SOURCE:
            data = cast("dict[str, Any]", event.data)
            follower.take(data["ops"])
        elif isinstance(event, ModelEvent) and event.output.usage is not None:
            calls = (
                event.output.message.tool_calls if event.role == "auditor" and event.output.choices else None
            )
            tools = [call.function for call in calls or ()]
            follower.take_call(event.uuid or "", self.cost(event.model, event.output.usage), tools)
        else:
            return
        self.tell(sample)

    def cost(self, model: str, usage: ModelUsage) -> float | None:
        """Give what a call cost, in USD; None where the price is not known."""
        price = self.price_of(model)
        return usage.total_cost if price is None else price.cost(spent(usage))

    def judge(self, sample: str) -> None:
        """Tell the display that an audit is judged."""
        if sample in self.followers:
            self.followers[sample].judging()
            self.tell(sample)

    def tell(self, sample: str) -> None:
        """Tell the display where an audit stands."""
        self.display.progressed(self.followers[sample].progress())

    def finish(self, sample: str, ended: EvalSample) -> None:
        """Tell the display what became of an audit."""
        self.followers.pop(sample, None)
        self.done += 1
        self.display.finished_audit(self.row(ended), self.done, self.planned)


_NOBODY: Final = Watch(Display(), 0, own_row, (), inspect_price)


@hooks(name="petri_progress", description="Shows each audit as it goes on and as it ends.")  # pyright: ignore[reportUntypedClassDecorator] -- Inspect leaves it untyped
class Progress(Hooks):
    """Tells whoever ``watching`` put in place; without a display it is switched off."""

    watch: ClassVar[Watch] = _NOBODY

    def enabled(self) -> bool:
        """Say whether anybody watches: rows are not made for a display that shows nothing."""
        return type(Progress.watch.display) is not Display

    async def on_sample_attempt_start(self, data: SampleAttemptStart) -> None:
        """Show an audit that begins."""
        Progress.watch.begin(data.sample_id, data.summary)

    async def on_sample_event(self, data: SampleEvent) -> None:
        """Show an audit that got on."""
        Progress.watch.take(data.sample_id, data.event)

    async def on_sample_scoring(self, data: SampleScoring) -> None:
        """Show an audit that is judged."""
        Progress.watch.judge(data.sample_id)

    async def on_model_usage(self, data: ModelUsageData) -> None:
        """Count what a call used."""
        cost = Progress.watch.cost(data.model_name, data.usage)
        Progress.watch.display.used(data.usage.total_tokens, cost)

    async def on_model_retry(self, data: ModelRetry) -> None:
        """Show a call that waits."""
        call = f"{data.sample_id} {data.model_name}"
        Progress.watch.display.waits(Wait(call, data.model_name, data.wait_time, data.status_code))

    async def on_sample_end(self, data: SampleEnd) -> None:
        """Show one finished audit."""
        Progress.watch.finish(data.sample_id, data.sample)


@contextmanager
def watching(
    display: Display, planned: int, row: Row = own_row, audits: Sequence[Upcoming] = ()
) -> Generator[None]:
    """Show what goes on on this display while the block runs; raises ``UsageError`` while another one runs.

    ``row`` makes an audit's row of its sample; ``audits`` says what there is to know of each beforehand.
    """
    if not _WATCHED.acquire(blocking=False):
        raise UsageError("a process makes one run at a time; wait for its end, or start another process")
    governor = current()
    Progress.watch = Watch(display, planned, row, audits, governor.price_of if governor else inspect_price)
    try:
        yield
    finally:
        Progress.watch = _NOBODY
        _WATCHED.release()
        display.ended()
