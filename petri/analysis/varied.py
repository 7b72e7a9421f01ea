"""What the variables of a run's scenarios change: contrasts, a mixed model and tables of means, of every dimension."""

from collections.abc import Sequence
from dataclasses import dataclass

from petri.analysis.contrasts import Contrast, Observed, contrasts
from petri.analysis.interactions import interactions
from petri.analysis.mixed import effects
from petri.analysis.report_schema import ContrastRow, EffectRow, Interaction
from petri.analysis.results import Audit, AuditScore, Results
from petri.analysis.significance import benjamini_hochberg
from petri.analysis.summary import stands_for_all, valued
from petri.transcript.outcome import is_valid


@dataclass(frozen=True, slots=True)
class Varied:
    """All that a report says of variables."""

    contrasts: tuple[ContrastRow, ...]
    effects: tuple[EffectRow, ...]
    not_modelled: dict[str, str]
    interactions: tuple[Interaction, ...]


def variables_of(results: Results) -> Varied:
    """Give what variables change in each dimension, over the valid audits of all targets that have a value."""
    found: list[tuple[str, Contrast]] = []
    rows: list[EffectRow] = []
    reasons: dict[str, str] = {}
    tables: list[Interaction] = []
    for name in results.dimensions:
        observed = [
            _observed(audit, score, value)
            for audit, score, value in valued(results.audits, name)
            if audit.variables
        ]
        if not stands_for_all(
            [score for audit in results.audits if (score := _score(audit, name)) is not None]
        ):
            if observed:
                reasons[name] = (
                    "a cascade's panel read only what its screener flagged, which does not stand for all"
                )
            continue
        found += [(name, each) for each in contrasts(observed)]
        tables += interactions(name, observed)
        if any(each.inclusion < 1 for each in observed):
            reasons[name] = "a cascade's panel read a part, and the model takes no weights; the contrasts do"
            continue
        modelled = effects(name, observed)
        rows += modelled.rows
        if modelled.reason is not None:
            reasons[name] = modelled.reason
    return Varied(_rows(found), tuple(rows), reasons, tuple(tables))


def _score(audit: Audit, name: str) -> AuditScore | None:
    return audit.scores.get(name) if is_valid(audit.outcome) else None


def _observed(audit: Audit, score: AuditScore, value: float) -> Observed:
    return Observed(
        scenario=audit.cluster,
        target=audit.target,
        variables=audit.variables,
        epoch=audit.epoch,
        value=value,
        inclusion=1.0 if score.inclusion is None else score.inclusion,
    )


def _rows(found: Sequence[tuple[str, Contrast]]) -> tuple[ContrastRow, ...]:
    adjusted = benjamini_hochberg([each.p for _, each in found])
    return tuple(
        ContrastRow(
            dimension=name,
            variable=each.variable,
            first=each.first,
            second=each.second,
            scenarios=each.scenarios,
            pairs=each.pairs,
            difference=each.difference,
            ci95=each.interval,
            p=each.p,
            p_adjusted=p,
        )
        for (name, each), p in zip(found, adjusted, strict=True)
    )
