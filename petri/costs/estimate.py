"""What a run will probably use and cost, by role and model: as earlier audits did, else as a default profile says."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from petri.costs.ceiling import NoCeiling, ceiling
from petri.costs.earlier import Earlier, Used
from petri.costs.prices import Price, Prices, Tokens
from petri.costs.profile import CHARACTERS_A_TOKEN, LONG, Player, Role, Shape, Use, use
from petri.order import Part, Settled
from petri.plan import Cell
from petri.roles import as_choices, target_label
from petri.rubric.schema import Dimension
from petri.transcript.estimated import RoleEstimate, RunEstimate, Spread

LEAST: Final = 5
"""Earlier audits that say more than the default profile."""
DEFAULT: Final = "default profile"
_ORDER: Final[tuple[Role, ...]] = ("auditor", "target", "realism", "simulator", "judge")
_P90: Final = statistics.NormalDist().inv_cdf(0.9)


@dataclass(frozen=True, slots=True)
class Planned:
    """The audits of one file with one target."""

    file: str
    shape: Shape
    audits: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """What earlier audits used, as a part of what the profile says of them."""

    mean: float
    sd: float

    def high(self, planned: int, seen: int) -> float:
        """Give the mean of so many planned audits that is exceeded in one of ten cases, after so many were seen."""
        return max(self.mean, self.mean + _P90 * self.sd * math.sqrt(1 / planned + 1 / seen))


@dataclass(frozen=True, slots=True)
class Experience:
    """What earlier audits say of one role."""

    seen: int
    calls: Ratio
    read: Ratio
    written: Ratio
    cached: float
    """The part of what was read that came from a cache."""
    stored: float
    """The part that was written to one."""
    source: str

    def usual(self, base: Use) -> Use:
        """Give the use that is expected where the profile says so much."""
        return self._scaled(base, self.calls.mean, self.read.mean, self.written.mean)

    def high(self, base: Use, audits: int) -> Use:
        """Give the use that is not exceeded in nine of ten cases."""
        ratios = (each.high(audits, self.seen) for each in (self.calls, self.read, self.written))
        return self._scaled(base, *ratios)

    def _scaled(self, base: Use, calls: float, read: float, written: float) -> Use:
        total = base.tokens.read * read
        cached, stored = total * self.cached, total * self.stored
        return Use(
            base.calls * calls,
            Tokens(total - cached - stored, base.tokens.output * written, cached, stored),
        )


def planned_shapes(settled: Settled, *, judged: bool) -> tuple[Planned, ...]:
    """Give what the run's audits look like, by file and target."""
    by_part: dict[tuple[str, str], list[Cell]] = {}
    for job in settled.jobs:
        by_part.setdefault((job.cell.file, job.target), []).append(job.cell)
    planned: list[Planned] = []
    for part in settled.parts:
        cells = by_part.get((part.file.path, part.label), [])
        if cells:
            rubrics = settled.rubrics[part.file.path] if judged else ()
            families = [rubric.spec.dimensions for rubric in rubrics]
            planned.append(Planned(part.file.path, _shape(part, cells, families), len(cells)))
    return tuple(planned)


def estimate(planned: Iterable[Planned], earlier: Sequence[Earlier], prices: Prices) -> RunEstimate:
    """Give what the audits will probably come to: of every model in every role, and altogether."""
    planned = tuple(planned)
    rows: dict[tuple[Role, str], RoleEstimate] = {}
    for each in planned:
        for player in each.shape.players():
            row = _row(each, player, _experience(each.shape, player, earlier), prices)
            known = rows.get((row.role, row.model))
            rows[row.role, row.model] = row if known is None else _joined(known, row)
    sorted_rows = sorted(rows.values(), key=lambda row: _ORDER.index(row.role))
    priced = [row.usd for row in sorted_rows if row.usd is not None]
    return RunEstimate(
        audits=sum(each.audits for each in planned),
        roles=tuple(sorted_rows),
        usd=_sum(priced) if priced else None,
        unpriced=tuple(dict.fromkeys(row.model for row in sorted_rows if row.usd is None)),
    )


def _shape(part: Part, cells: Sequence[Cell], families: Sequence[Sequence[Dimension]]) -> Shape:
    spec = part.file.spec
    return Shape(
        audit=spec.audit,
        judge=spec.judge,
        models=spec.models,
        target=part.target,
        families=families,
        given=statistics.fmean(map(_given, cells)) / CHARACTERS_A_TOKEN,
        known=statistics.fmean(map(_known, cells)) / CHARACTERS_A_TOKEN,
        checks=statistics.fmean(
            sum(check.repeats for check in cell.checks.given().values()) for cell in cells
        ),
    )


def _given(cell: Cell) -> int:
    texts = (
        cell.seed,
        cell.system,
        cell.guidance,
        cell.stop_when,
        *(tool.description for tool in cell.tools),
    )
    return sum(len(text) for text in texts if text)


def _known(cell: Cell) -> int:
    return sum(len(message.text) for message in cell.prefix)


def _row(planned: Planned, player: Player, experience: Experience | None, prices: Prices) -> RoleEstimate:
    settings, audits = player.settings, planned.audits
    base = use(planned.shape, player)
    if experience is None:
        usual, high = base, use(planned.shape, player, LONG)
    else:
        usual, high = experience.usual(base), experience.high(base, audits)
    most = ceiling(planned.shape, player)
    bound = None if isinstance(most, NoCeiling) else most
    price = prices.of(settings.model, base_url=settings.base_url, batch=bool(settings.batch))

    def spread(median: float, p90: float, limit: float | None) -> Spread:
        return Spread(
            median=audits * median,
            p90=audits * max(median, p90),
            ceiling=None if limit is None else audits * limit,
        )

    return RoleEstimate(
        role=player.role,
        model=target_label(player.model),
        audits=audits,
        calls=spread(usual.calls, high.calls, bound and bound.calls),
        input_tokens=spread(usual.tokens.read, high.tokens.read, bound and bound.tokens.read),
        cached_tokens=spread(usual.tokens.cache_read, high.tokens.cache_read, bound and bound.tokens.read),
        output_tokens=spread(usual.tokens.output, high.tokens.output, bound and bound.tokens.output),
        usd=None if price is None else spread(_usd(price, usual), _usd(price, high), _most(price, bound)),
        source=DEFAULT if experience is None else experience.source,
        price_source=None if price is None else price.source,
        no_ceiling=most.reason if isinstance(most, NoCeiling) else None,
    )


def _usd(price: Price, used: Use) -> float:
    return price.cost(used.tokens, used.calls)


def _most(price: Price, bound: Use | None) -> float | None:
    if price.is_free:
        return 0
    return None if bound is None else price.most(bound.tokens.read, bound.tokens.output)


def _experience(shape: Shape, player: Player, earlier: Sequence[Earlier]) -> Experience | None:
    """Give what earlier audits say of a role: of the same target if there are enough, else of any."""
    fitting = [each for each in earlier if _fits(each, shape, player)]
    same = [each for each in fitting if each.target == target_label(shape.target)]
    chosen = same if len(same) >= LEAST else fitting
    if len(chosen) < LEAST:
        return None
    role, bases = player.role, dict[int, Use]()
    whom = "of this target" if len(same) >= LEAST else f"with this {role}"
    pairs = [(each.used[role], _base(shape, role, each.max_turns or 0, bases)) for each in chosen]
    return _learnt(pairs, f"{len(chosen)} earlier audits {whom}")


def _fits(each: Earlier, shape: Shape, player: Player) -> bool:
    """Say whether an earlier audit had the same model in a role, and of a judge the same to do."""
    role = player.role
    if role not in each.used or not each.max_turns:
        return False
    if role != "judge":
        return each.models[role] == (target_label(player.model),)
    panel = as_choices(shape.models.judge)
    asked = frozenset(dimension.name for family in shape.families for dimension in family)
    usual = shape.judge.cascade is not None or each.verdicts == len(panel) * shape.judge.repeats
    return each.models[role] == tuple(map(target_label, panel)) and asked <= each.dimensions and usual


def _base(shape: Shape, role: Role, turns: int, known: dict[int, Use]) -> Use:
    """Give what the profile says of all models in a role, had the audit been allowed so many turns."""
    if turns not in known:
        other = shape.with_turns(turns)
        uses = [use(other, player) for player in other.players() if player.role == role]
        tokens = sum((each.tokens for each in uses), Tokens())
        known[turns] = Use(sum(each.calls for each in uses), tokens)
    return known[turns]


def _learnt(pairs: Sequence[tuple[Used, Use]], source: str) -> Experience:
    read = sum(used.read for used, _ in pairs) or 1
    counted = [used.calls / base.calls for used, base in pairs if used.calls and base.calls]
    return Experience(
        seen=len(pairs),
        calls=_ratio(counted) if counted else Ratio(1, 0),
        read=_ratio([used.read / base.tokens.read for used, base in pairs if base.tokens.read]),
        written=_ratio([used.written / base.tokens.output for used, base in pairs if base.tokens.output]),
        cached=sum(used.cached for used, _ in pairs) / read,
        stored=sum(used.stored for used, _ in pairs) / read,
        source=source,
    )


def _ratio(values: Sequence[float]) -> Ratio:
    if not values:
        return Ratio(0, 0)
    return Ratio(statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else 0)


def _joined(one: RoleEstimate, other: RoleEstimate) -> RoleEstimate:
    """Give the same model in the same role over the audits of both."""
    sources = dict.fromkeys([*one.source.split("; "), *other.source.split("; ")])
    return one.model_copy(
        update={
            "audits": one.audits + other.audits,
            "calls": _sum([one.calls, other.calls]),
            "input_tokens": _sum([one.input_tokens, other.input_tokens]),
            "cached_tokens": _sum([one.cached_tokens, other.cached_tokens]),
            "output_tokens": _sum([one.output_tokens, other.output_tokens]),
            "usd": None if one.usd is None or other.usd is None else _sum([one.usd, other.usd]),
            "source": "; ".join(sources),
            "no_ceiling": one.no_ceiling or other.no_ceiling,
        }
    )


def _sum(spreads: Sequence[Spread]) -> Spread:
    """Add up; what is high in one role is high in the others, since it is the same audits that are long."""
    limits = [each.ceiling for each in spreads]
    known = [limit for limit in limits if limit is not None]
    return Spread(
        median=sum(each.median for each in spreads),
        p90=sum(each.p90 for each in spreads),
        ceiling=sum(known) if len(known) == len(limits) else None,
    )
