"""Two runs, or two sets of verdicts, on the same questions: paired, with what could not be paired counted beside it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from petri.analysis.claims import Claim, claim_without_error, weigh
from petri.analysis.results import Audit, DimensionSummary, Results
from petri.analysis.significance import benjamini_hochberg, holm, sign_flip_p
from petri.analysis.stats import clustered_difference_interval, mean_error, weighted_mean
from petri.analysis.summary import only_screened
from petri.document.wording import did_you_mean
from petri.errors import NothingToRun, UsageError
from petri.transcript.outcome import is_valid

MOVED = 1
"""A value that differs by more than so many points has moved."""

MOST_PRIMARY = 5
"""Dimensions that a comparison can be about."""

Key = tuple[str, ...]


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Pair(_Stored):
    """One audit's value on both sides."""

    first: str
    """The audit's id on the first side."""
    second: str
    """And on the second, where another target or another wording makes it another."""
    dimension: str
    values: tuple[float, float]
    """On the first side and on the second."""
    inclusion: float = 1.0
    """The probability with which both sides have a value: below 1 where a cascade's panel read a part."""

    @property
    def change(self) -> float:
        """How much more the second side gives."""
        return self.values[1] - self.values[0]


class DimensionComparison(_Stored):
    """One dimension on both sides: ``pairs = scored + sum(unscored)``."""

    pairs: int
    """Audits that are valid and were asked for it on both sides."""
    scored: int
    """Those of them that have a value on both."""
    unscored: dict[str, int]
    """The others, by what they have instead: the first side's status, or else the second's."""
    means: tuple[float, float] | None
    """Over the pairs with two values, each weighted by 1 / ``inclusion``; null without any, and where the panel of a
    cascade was drawn for none of those that its screener did not flag."""
    difference: float | None
    """The second mean less the first."""
    ci95: tuple[float, float] | None
    """Of the difference, over pairs, clustered by scenario; null where undefined."""
    hits: tuple[int, int] | None
    """Values at or past the threshold; null where there is none."""
    moved: int
    """Pairs that differ by more than one point."""
    scenarios: int = 0
    """Scenarios of those pairs: they are what is drawn, and audits of one are not independent."""
    p: float | None = None
    """Of the difference, by exchanging the sides within scenarios; null where fewer than two differ."""
    p_adjusted: float | None = None
    """For all dimensions of the comparison, in a report of all its comparisons: Holm's where it is a primary one, else
    Benjamini and Hochberg's."""
    primary: bool = False
    """Whether it was named as what the comparison is about."""
    margin: float
    """The smallest difference that would matter: a tenth of the scale's length, unless another was asked for."""
    detectable: float | None = None
    """The smallest difference that would have been found four times of five; null where scenarios do not differ."""
    equivalent: bool | None = None
    """Whether the difference is shown to be smaller than the margin; null likewise."""
    claim: Claim | None = None
    """What may be said: that the sides differ, that they do not, or that these data cannot tell; null without two
    scenarios."""


class Compared(_Stored):
    """What two sides say of the same audits."""

    sides: tuple[str, str]
    """The runs, or sets of verdicts."""
    paired: int
    """Audits that both sides planned."""
    invalid: int
    """Those of them that are not valid on both."""
    only: tuple[int, int]
    """Audits that one side alone planned."""
    dimensions: dict[str, DimensionComparison]
    different: tuple[str, ...]
    """Dimensions that both sides have and mean differently by: another scale, threshold or wording."""
    one_sided: tuple[str, ...]
    """Dimensions that one side alone has."""
    moved: tuple[Pair, ...]
    """What moved, most first."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which audit of one side belongs to which of the other."""

    pairs: tuple[tuple[Audit, Audit], ...]
    """Never empty."""
    only: tuple[int, int]
    """Audits that one side alone planned."""
    same: bool
    """Whether both sides are verdicts on the same transcripts."""


@dataclass(frozen=True, slots=True)
class _Tested:
    """A dimension before p-values are adjusted, and the error of its difference with its degrees of freedom."""

    row: DimensionComparison
    error: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class _Side:
    """A comparison of which nothing is claimed yet: its ``compared`` has no dimensions."""

    compared: Compared
    tested: Mapping[str, _Tested]


def pair_up(first: Results, second: Results) -> Pairing:
    """Pair two sides by scenario, cell and epoch, and by target where both have the same targets.

    Two sets of verdicts on one run, or on copies of it, are paired by transcript. Raises ``UsageError`` where a pairing
    would have to be guessed or the sides are one, ``NothingToRun`` where nothing pairs.
    """
    same = _read_the_same(first, second)
    if same and (first.run.id == second.run.id or _are_copies(first, second)):
        raise UsageError(
            f"{first.run.id} and {second.run.id} are the same verdicts on the same transcripts: they agree by nature, "
            "which says nothing; compare with another run, or with verdicts that petri judge adds (RUN/SET)"
        )
    one, two = _by_key(first, second, same=same), _by_key(second, first, same=same)
    pairs = tuple((one[key], two[key]) for key in one if key in two)
    if not pairs:
        raise NothingToRun(
            f"{first.run.id} and {second.run.id} have no audit in common: other scenarios, cells or epochs"
        )
    return Pairing(pairs, (len(one) - len(pairs), len(two) - len(pairs)), same)


def compare(
    first: Results, second: Results, primary: Sequence[str] = (), margin: float | None = None
) -> Compared:
    """Compare two sides, paired as ``pair_up`` does; raises what it raises.

    ``primary`` are the dimensions that the comparison is about, at most five; ``margin`` is the smallest difference in
    points that would matter, on every dimension. Raises ``UsageError`` for a primary one that is not compared.
    """
    (compared,) = _claimed({"": _tested(first, second, primary, margin)}, primary).values()
    return compared


def compare_each(
    first: Results, others: Mapping[str, Results], primary: Sequence[str] = (), margin: float | None = None
) -> tuple[dict[str, Compared], dict[str, str]]:
    """Compare one side with each of several, as ``compare`` does, and say why where nothing pairs, by name.

    All p-values are adjusted together: with ten others, ten times as many differences can look like one.
    """
    tested: dict[str, _Side] = {}
    refused: dict[str, str] = {}
    for name, second in others.items():
        try:
            tested[name] = _tested(first, second, primary, margin)
        except NothingToRun as error:
            refused[name] = str(error)
    return _claimed(tested, primary), refused


def _tested(first: Results, second: Results, primary: Sequence[str], margin: float | None) -> _Side:
    pairing = pair_up(first, second)
    valid = [pair for pair in pairing.pairs if all(is_valid(audit.outcome) for audit in pair)]
    names = [name for name in first.dimensions if name in second.dimensions]
    same = [name for name in names if _meaning(first, name) == _meaning(second, name)]
    if unknown := [name for name in primary if name not in same]:
        raise UsageError(f"{unknown[0]!r} is not compared{did_you_mean(unknown[0], same)}")
    if len(primary) > MOST_PRIMARY:
        raise UsageError(f"{len(primary)} primary dimensions; with more than {MOST_PRIMARY} none is")
    pairs = {name: [*_pairs(valid, name, same=pairing.same)] for name in same}
    moved = [pair for found in pairs.values() for pair in found if abs(pair.change) > MOVED]
    compared = Compared(
        sides=(first.run.id, second.run.id),
        paired=len(pairing.pairs),
        invalid=len(pairing.pairs) - len(valid),
        only=pairing.only,
        dimensions={},
        different=tuple(name for name in names if name not in same),
        one_sided=tuple(sorted(set(first.dimensions) ^ set(second.dimensions))),
        moved=tuple(sorted(moved, key=lambda pair: (-abs(pair.change), pair.dimension, pair.first))),
    )
    rows = {name: _dimension(first.dimensions[name], name, valid, pairs[name], margin) for name in same}
    return _Side(compared, rows)


def _read_the_same(first: Results, second: Results) -> bool:
    """Say whether both sides are verdicts on the transcripts of one run, or of a copy of it.

    A copy has the names of the logs, which Inspect makes unique.
    """
    runs = {side.run.id.partition("/")[0] for side in (first, second)}
    ids = [{audit.id for audit in side.audits} for side in (first, second)]
    return bool(ids[0] & ids[1]) and (len(runs) == 1 or _share_logs(first, second))


def _share_logs(first: Results, second: Results) -> bool:
    logs = [{audit.log for audit in side.audits if audit.log is not None} for side in (first, second)]
    return bool(logs[0] & logs[1])


def _are_copies(first: Results, second: Results) -> bool:
    """Say whether two sides that share their logs have every audit in common, with its scores."""
    return _share_logs(first, second) and {*_rows(first)} == {*_rows(second)}


def _rows(side: Results) -> Iterator[str]:
    yield from (audit.model_dump_json() for audit in side.audits)


def _by_key(results: Results, other: Results, *, same: bool) -> Mapping[Key, Audit]:
    """Give the audits by what makes them comparable: the target is part of it unless each side has its own one.

    Of the ``same`` transcripts on both sides it is their ids. Raises ``UsageError`` where it fits two of one side.
    """
    if same:
        return {(audit.id,): audit for audit in results.audits}
    mine, theirs = ({audit.target for audit in side.audits} for side in (results, other))
    if mine != theirs and (len(mine) > 1 or len(theirs) > 1) and not mine & theirs:
        raise UsageError(
            f"{results.run.id} and {other.run.id} have no target in common, and more than one: "
            f"{', '.join(sorted(mine))}; {', '.join(sorted(theirs))}"
        )
    by_target = bool(mine & theirs)
    found: dict[Key, Audit] = {}
    for audit in results.audits:
        cell = json.dumps(audit.variables, sort_keys=True)
        target = audit.target if by_target else ""
        known = found.setdefault((audit.file, audit.scenario, cell, str(audit.epoch), target), audit)
        if known is not audit:
            raise UsageError(
                f"{results.run.id}: {known.id} and {audit.id} are of one scenario, cell and epoch, and which of them "
                "to pair cannot be told"
            )
    return found


def _meaning(side: Results, name: str) -> tuple[object, ...]:
    """Give what a dimension's values mean: its scale and threshold, and every word that the judges were given."""
    summary = side.dimensions[name]
    return summary.scale, summary.threshold, side.meanings.get(name)


def _pairs(valid: Sequence[tuple[Audit, Audit]], name: str, *, same: bool) -> Iterator[Pair]:
    """Yield the pairs with two values; where both sides read the ``same`` transcripts, their draws coincide."""
    for first, second in valid:
        scores = [audit.scores[name] for audit in (first, second) if name in audit.scores]
        values = [score.value for score in scores if score.value is not None]
        if len(values) == 2:  # noqa: PLR2004 -- both sides
            chances = [1.0 if score.inclusion is None else score.inclusion for score in scores]
            yield Pair(
                first=first.id,
                second=second.id,
                dimension=name,
                values=(values[0], values[1]),
                inclusion=min(chances) if same else chances[0] * chances[1],
            )


def _dimension(
    summary: DimensionSummary,
    name: str,
    valid: Sequence[tuple[Audit, Audit]],
    pairs: Sequence[Pair],
    margin: float | None,
) -> _Tested:
    asked = [both for both in valid if all(name in audit.scores for audit in both)]
    unscored: dict[str, int] = {}
    for both in asked:
        missing = [audit.scores[name].status for audit in both if audit.scores[name].value is None]
        if missing:
            unscored[missing[0]] = unscored.get(missing[0], 0) + 1
    scenario = {audit.id: audit.cluster for audit, _ in valid}
    whole = pairs if _stand_for_all(asked, name, pairs) else ()
    changes = [pair.change for pair in whole]
    weights = [1 / pair.inclusion for pair in whole]
    clusters = [scenario[pair.first] for pair in whole]
    interval = clustered_difference_interval(changes, clusters, weights)
    sides = [[pair.values[side] for pair in pairs] for side in (0, 1)]
    of_all = [[pair.values[side] for pair in whole] for side in (0, 1)]
    means = [mean for values in of_all if (mean := weighted_mean(values, weights)) is not None]
    length = summary.scale.max - summary.scale.min
    row = DimensionComparison(
        pairs=len(asked),
        scored=len(pairs),
        unscored=dict(sorted(unscored.items())),
        means=(means[0], means[1]) if means else None,
        difference=weighted_mean(changes, weights),
        ci95=None if interval is None else (interval.low, interval.high),
        hits=_hits(summary, sides),
        moved=sum(abs(pair.change) > MOVED for pair in pairs),
        scenarios=len({scenario[pair.first] for pair in pairs}),
        p=sign_flip_p(_sums(changes, weights, clusters)),
        margin=length / 10 if margin is None else margin,
    )
    return _Tested(row, mean_error(changes, clusters, weights))


def _sums(changes: Sequence[float], weights: Sequence[float], clusters: Sequence[str]) -> list[float]:
    """Give the sum of the weighted changes of each scenario."""
    sums: dict[str, float] = {}
    for change, weight, cluster in zip(changes, weights, clusters, strict=True):
        sums[cluster] = sums.get(cluster, 0.0) + change * weight
    return list(sums.values())


def _claimed(sides: Mapping[str, _Side], primary: Sequence[str]) -> dict[str, Compared]:
    """Give the comparisons with p-values adjusted for all that was tested, and what may be claimed."""
    every = [(side, name, each.row.p) for side, of in sides.items() for name, each in of.tested.items()]
    named = [each for each in every if each[1] in primary]
    others = [each for each in every if each[1] not in primary]
    adjusted = {
        (side, name): p
        for family, by in ((named, holm), (others, benjamini_hochberg))
        for (side, name, _), p in zip(family, by([each[2] for each in family]), strict=True)
    }
    return {
        side: of.compared.model_copy(
            update={
                "dimensions": {
                    name: _weighed(each, adjusted[side, name], primary=name in primary)
                    for name, each in of.tested.items()
                }
            }
        )
        for side, of in sides.items()
    }


def _weighed(tested: _Tested, p_adjusted: float | None, *, primary: bool) -> DimensionComparison:
    row = tested.row
    added: dict[str, object] = {"p_adjusted": p_adjusted, "primary": primary}
    if tested.error is not None and row.difference is not None:
        evidence = weigh(row.difference, *tested.error, p_adjusted, row.margin)
        added |= {
            "detectable": evidence.detectable,
            "equivalent": evidence.equivalent,
            "claim": evidence.claim,
        }
    elif row.scenarios > 1:  # all scenarios differ alike, or none does
        added["claim"] = claim_without_error(p_adjusted)
    return row.model_copy(update=added)


def _stand_for_all(asked: Sequence[tuple[Audit, Audit]], name: str, pairs: Sequence[Pair]) -> bool:
    """Say whether the pairs with two values stand for all: no panel left any out, or some were drawn."""
    left_out = (only_screened(audit.scores[name]) for both in asked for audit in both)
    return any(pair.inclusion < 1 for pair in pairs) or not any(left_out)


def _hits(summary: DimensionSummary, sides: Sequence[Sequence[float]]) -> tuple[int, int] | None:
    if not summary.rated:
        return None
    first, second = (sum(map(summary.is_hit, values)) for values in sides)
    return first, second
