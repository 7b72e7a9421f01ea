"""Two runs, targets or sets of verdicts side by side, as the page shows them; a refusal is a sentence for a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from petri.analysis.compare import Compared, DimensionComparison, compare, pair_up
from petri.analysis.results import Audit, DimensionSummary, Results
from petri.errors import NothingToRun, UsageError
from petri.judge.verdict import Status
from petri.viewer.names import audit_key
from petri.viewer.rows import state_of
from petri.viewer.wire import ComparedDimension, ComparedPair, ComparedSide, ComparisonView


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a run or a set of verdicts, or one target of it."""

    key: str
    """The run's key."""
    results: Results
    target: str | None = None

    def shown(self) -> ComparedSide:
        """Give what the page calls this side."""
        return ComparedSide(run=self.key, id=self.results.run.id, target=self.target)

    def narrowed(self) -> Results:
        """Give the results of the chosen target alone; raises ``UsageError`` where the run has no such target."""
        if self.target is None:
            return self.results
        audits = tuple(audit for audit in self.results.audits if audit.target == self.target)
        if not audits:
            there = ", ".join(sorted({audit.target for audit in self.results.audits})) or "none"
            raise UsageError(f"{self.results.run.id} has no target {self.target}; its targets: {there}")
        return self.results.model_copy(update={"audits": audits})


def compare_sides(left: Side, right: Side) -> ComparisonView:
    """Give two sides paired by scenario, cell and epoch, or why they cannot be."""
    if (left.key, left.target) == (right.key, right.target):
        return refused(
            left.shown(),
            right.shown(),
            "both sides are the same; choose another run, target or set of verdicts",
        )
    try:
        return _compared(left, right)
    except NothingToRun:
        why = "the two sides have no audit in common: other scenarios, other variables or other epochs"
    except UsageError as error:
        why = str(error)
    return refused(left.shown(), right.shown(), why)


def refused(left: ComparedSide, right: ComparedSide, why: str) -> ComparisonView:
    """Give a comparison that says why there is none."""
    return ComparisonView(
        left=left,
        right=right,
        paired=0,
        invalid=0,
        only_left=0,
        only_right=0,
        dimensions=(),
        pairs=(),
        different=(),
        one_sided=(),
        fault=why,
    )


def _compared(left: Side, right: Side) -> ComparisonView:
    first, second = left.narrowed(), right.narrowed()
    found, pairing = compare(first, second), pair_up(first, second)
    names = _order(found, first)
    return ComparisonView(
        left=left.shown(),
        right=right.shown(),
        paired=found.paired,
        invalid=found.invalid,
        only_left=found.only[0],
        only_right=found.only[1],
        dimensions=tuple(_dimension(name, first.dimensions[name], found.dimensions[name]) for name in names),
        pairs=tuple(_pair((left.key, one), (right.key, two), names) for one, two in pairing.pairs),
        different=found.different,
        one_sided=found.one_sided,
    )


def _order(found: Compared, first: Results) -> tuple[str, ...]:
    """Give the dimensions that are compared, in the order of the first side."""
    return tuple(name for name in first.dimensions if name in found.dimensions)


def _dimension(name: str, summary: DimensionSummary, found: DimensionComparison) -> ComparedDimension:
    means, hits = found.means or (None, None), found.hits or (None, None)
    return ComparedDimension(
        name=name,
        scale=summary.scale,
        threshold=summary.threshold,
        pairs=found.pairs,
        scored=found.scored,
        unscored=found.unscored,
        left_mean=means[0],
        right_mean=means[1],
        difference=found.difference,
        ci95=found.ci95,
        left_hits=hits[0],
        right_hits=hits[1],
    )


def _pair(left: tuple[str, Audit], right: tuple[str, Audit], names: Sequence[str]) -> ComparedPair:
    (left_run, one), (right_run, two) = left, right
    return ComparedPair(
        left=(left_run, audit_key(one.id)),
        right=(right_run, audit_key(two.id)),
        left_target=one.target,
        right_target=two.target,
        scenario=one.scenario,
        variables=one.variables,
        epoch=one.epoch,
        left_state=state_of(one.outcome),
        right_state=state_of(two.outcome),
        scores=tuple((_score(one, name), _score(two, name)) for name in names),
    )


def _score(audit: Audit, name: str) -> float | Status | None:
    """Give the value, why there is none, or None where it was not asked for."""
    score = audit.scores.get(name)
    if score is None:
        return None
    return score.status if score.value is None else score.value
