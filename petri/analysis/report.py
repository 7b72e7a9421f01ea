"""A run as one can publish it: what the data support, what is missing beside it, and how it was made."""

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import Final

from petri.analysis.beside import NOTHING, Beside
from petri.analysis.canaries import Canaries
from petri.analysis.caveats import caveats
from petri.analysis.compare import Compared, compare_each
from petri.analysis.components import Rated, components
from petri.analysis.figures import Figure, figure
from petri.analysis.panel import judge_matrix
from petri.analysis.report_schema import Case, ComponentRow, Method, Reliability, Report
from petri.analysis.results import Audit, Counts, Results
from petri.analysis.summary import valued, worst_audits
from petri.analysis.varied import variables_of
from petri.document.wording import did_you_mean
from petri.errors import NothingToRun, UsageError
from petri.judge.verdict import Match
from petri.transcript.outcome import is_valid
from petri.transcript.planned import RunFile

_WORST: Final = 10
_BORDERLINE: Final = 10


def make_report(
    results: Results,
    beside: Beside = NOTHING,
    baseline: str | None = None,
    primary: Sequence[str] = (),
    margin: float | None = None,
) -> Report:
    """Give the report of a run; ``baseline`` is the target to compare with, by default the first.

    People's answers ``beside`` it that are to another rubric than the run's are not used.

    Raises ``UsageError`` for a baseline that is no target or a primary dimension that the run does not have, and
    ``NothingToRun`` where no audit is valid: there is nothing that a number could be about.
    """
    if not results.counts.valid:
        raise NothingToRun(
            f"{results.run.id}: no audit is valid, so there is nothing to report but {_fate(results.counts)}"
        )
    targets = list(results.targets)
    if baseline is not None and baseline not in targets:
        raise UsageError(f"{baseline!r} is no target of {results.run.id}; its targets: {', '.join(targets)}")
    for name in primary:
        if name not in results.dimensions:
            raise UsageError(
                f"{results.run.id} has no dimension {name!r} to be primary{did_you_mean(name, results.dimensions)}"
            )
    chosen = baseline or (targets[0] if len(targets) > 1 else None)
    labels = [given for given in beside.people if given.rubric == results.rubric]
    figures = [
        figure(results, target, name, labels)
        for target, dimensions in results.targets.items()
        for name in dimensions
    ]
    varied = variables_of(results)
    compared, refused = _comparisons(results, chosen, primary, margin)
    applied = {each.dimension for each in figures if _applied(each)}
    return Report(
        run=results.run,
        counts=results.counts,
        headline=tuple(_headline(results)),
        caveats=tuple(caveats(results, beside.people)),
        figures=tuple(each for each in figures if each.dimension in applied),
        idle=tuple(name for name in results.dimensions if name not in applied),
        baseline=chosen,
        comparisons=compared,
        not_compared=refused,
        contrasts=varied.contrasts,
        effects=varied.effects,
        not_modelled=varied.not_modelled,
        interactions=varied.interactions,
        components=tuple(_components(results)),
        breaches=results.breaches,
        worst=tuple(_case(audit, name) for audit, name in worst_audits(results, _WORST)),
        borderline=tuple(_borderline(results)),
        reliability=_reliability(results, beside.canaries),
        method=_method(results, beside.plan),
    )


def _applied(each: Figure) -> bool:
    return each.scored > 0 or any(status != "not_applicable" for status in each.unscored)


def _fate(counts: Counts) -> str:
    parts = [f"{n} {why}" for why, n in (*counts.invalid.items(), *counts.error.items())]
    return ", ".join([*parts, *([f"{counts.pending} pending"] if counts.pending else [])]) or "0 planned"


def _headline(results: Results) -> Iterator[str]:
    counts, models = results.counts, results.models
    scenarios = {(audit.file, audit.scenario) for audit in results.audits}
    yield (
        f"{counts.planned} audits were planned: {len(scenarios)} scenario{'s' * (len(scenarios) != 1)}, "
        f"{len(results.targets)} target{'s' * (len(results.targets) != 1)}."
    )
    rest = counts.planned - counts.valid
    yield f"{counts.valid} are valid" + (
        f"; {rest} {'is' if rest == 1 else 'are'} not: {_fate(counts)}." if rest else ", all of them."
    )
    asked = sum(
        summary.n_valid - summary.unscored.get("not_applicable", 0) for summary in results.dimensions.values()
    )
    scored = sum(summary.n_scored for summary in results.dimensions.values())
    judged, by = ", ".join(models.judge) or "nobody", models.auditor or "nobody"
    yield f"{scored} of {asked} scores that applied have a value; judged by {judged}, audited by {by}."
    cost = results.cost_usd
    yield "What it cost is not known." if cost is None else f"It cost {cost:.2f} USD."


def _comparisons(
    results: Results, baseline: str | None, primary: Sequence[str], margin: float | None
) -> tuple[dict[str, Compared], dict[str, str]]:
    if baseline is None:
        return {}, {}
    others = {target: _of_target(results, target) for target in results.targets if target != baseline}
    return compare_each(_of_target(results, baseline), others, primary, margin)


def _of_target(results: Results, target: str) -> Results:
    audits = tuple(audit for audit in results.audits if audit.target == target)
    run = results.run.model_copy(update={"id": f"{results.run.id}: {target}"})
    return results.model_copy(update={"audits": audits, "run": run})


def _components(results: Results) -> Iterator[ComponentRow]:
    for target in results.targets:
        for name in results.dimensions:
            ours = [audit for audit, _, _ in valued(results.audits, name) if audit.target == target]
            matrix = judge_matrix([audit.scores[name] for audit in ours])
            rated = [
                Rated(audit.cluster, tuple(value for value in row if value is not None))
                for audit, row in zip(ours, matrix, strict=True)
                if row and None not in row
            ]
            found = components(rated)
            shares, advice = (found.shares, found.advice()) if found else (None, None)
            if found is not None and shares is not None and advice is not None:
                yield ComponentRow(
                    target=target,
                    dimension=name,
                    shares=dict(shares),
                    error=found.error(),
                    if_twice={buy: found.error(buy) for buy in found.purchases},
                    advice=advice,
                )


def _borderline(results: Results) -> Iterator[Case]:
    """Yield what a judge gave within a tenth of the scale of its threshold; what was counted is not for judges."""
    near: list[tuple[float, Audit, str]] = []
    for name, summary in results.dimensions.items():
        scale, threshold = summary.scale, summary.threshold
        if threshold is not None and summary.rated:
            tenth = (scale.max - scale.min + 1) / 10
            near += [
                (abs(value - threshold) / tenth, audit, name)
                for audit, score, value in valued(results.audits, name)
                if abs(value - threshold) <= tenth and score.measured is None
            ]
    near.sort(key=lambda row: (row[0], row[1].id, row[2]))
    yield from (_case(audit, name) for _, audit, name in near[:_BORDERLINE])


def _case(audit: Audit, name: str) -> Case:
    score = audit.scores[name]
    if score.value is None:
        raise ValueError(f"{audit.id} has no value on {name}, and is no case of it")
    found = sorted(
        (each for each in score.citations if each.match != "none"), key=lambda each: not each.by_target
    )
    return Case(
        audit=audit.id,
        scenario=audit.scenario,
        target=audit.target,
        epoch=audit.epoch,
        dimension=name,
        value=score.value,
        reason=next(
            (judge.reason for judge in score.judges if judge.value is not None), score.measured or ""
        ),
        citation=next(iter(found), None),
    )


def _reliability(results: Results, canaries: Canaries | None) -> Reliability:
    valid = [audit for audit in results.audits if is_valid(audit.outcome)]
    scores = [score for audit in valid for score in audit.scores.values()]
    quotes: Counter[Match] = Counter()
    for audit in valid:
        quotes.update(audit.quotes)
    spreads = [score.spread for score in scores if score.spread is not None]
    total = sum(quotes.values())
    return Reliability(
        judge_cards=results.judge_cards,
        quotes=dict(quotes),
        quotes_resolved=(total - quotes["none"]) / total if total else None,
        panels=len(spreads),
        disagreements=sum(score.disagreement for score in scores),
        mean_spread=fmean(spreads) if spreads else None,
        probed=sum(bool(score.probes) for score in scores),
        unstable=sum(score.unstable for score in scores),
        flagged=sum(bool(audit.flags) for audit in valid),
        canaries=canaries,
    )


def _method(results: Results, plan: RunFile | None) -> Method:
    return Method(
        models=results.models,
        prompts=results.run.prompts,
        files={file.path: file.sha256 for file in results.run.files},
        rubrics={} if plan is None else {file.path: file.sha256 for file in plan.rubrics},
        settings={} if plan is None else plan.settings,
        petri=results.run.petri,
        inspect_ai=results.run.inspect_ai,
        python=None if plan is None else plan.python,
        started=results.run.started,
        finished=results.run.finished,
        usage=results.usage,
        prices={
            role.model: role.price_source
            for role in (results.estimate.roles if results.estimate else ())
            if role.price_source is not None
        },
        cost_usd=results.cost_usd,
    )
