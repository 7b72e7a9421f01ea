"""The end of a report in Markdown: how far the judges can be relied on, and how the numbers came about."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from petri.analysis.calibration_card import Rate
from petri.analysis.report_schema import Method, Reliability, Report
from petri.analysis.results import KnownErrors
from petri.display.cards import said_of_canaries, said_of_drift, said_of_judges
from petri.display.markdown import block, code, prose, table
from petri.display.numbers import NONE, listed, number, percent, percents
from petri.display.safe import flat

_ERRORS: Final = ["judge", "dimension", "labelled", "weighted kappa", "sensitivity", "specificity"]
_USAGE: Final = ["role", "calls", "input tokens", "output tokens", "from a cache", "into a cache"]


def reliability(report: Report) -> Iterator[str]:
    """Yield the section on the verdicts."""
    found = report.reliability
    yield from ("", "## How reliable the verdicts are", "")
    yield from (f"- {prose(line)}" for line in said_of_judges(found.judge_cards))
    yield from (f"- {line}" for line in _checks(found))
    rows = [
        _known(card.judge, name, errors)
        for card in found.judge_cards
        for name, errors in card.dimensions.items()
    ]
    if rows:
        yield from ("", *table(_ERRORS, rows))


def _checks(found: Reliability) -> Iterator[str]:
    if found.quotes_resolved is None:
        yield "Quotes: none was given."
    else:
        total = sum(found.quotes.values())
        yield (
            f"Quotes: {total}, of which {percent(found.quotes_resolved)} were found in the transcripts "
            f"({listed({**found.quotes})})."
        )
    if found.panels:
        yield (
            f"Panels: {found.panels} scores by several judges; on {found.disagreements} they lie far apart, on average "
            f"{number(found.mean_spread)} points."
        )
    else:
        yield "Panels: none; every score is one judge's."
    if found.probed:
        yield f"Read again in another form: {found.probed} scores, of which {found.unstable} came out another."
    yield f"Audits in which something could mislead a judge: {found.flagged}."
    if found.canaries is None:
        yield "Canaries: these judges were asked about none (petri judge --canaries)."
    else:
        yield prose(said_of_canaries(found.canaries) + ".")
        yield prose(said_of_drift(found.canaries.drift).removesuffix(".") + ".")


def _known(judge: str, name: str, errors: KnownErrors) -> list[str]:
    return [
        code(judge),
        code(name),
        str(errors.n),
        number(errors.kappa.value),
        _rate(errors.sensitivity),
        _rate(errors.specificity),
    ]


def _rate(rate: Rate | None) -> str:
    if rate is None or rate.value is None:
        return NONE
    ends = "" if rate.ci95 is None else f" ({percents(rate.ci95)})"
    return f"{percent(rate.value)}{ends}, of {rate.n}"


def method(report: Report) -> Iterator[str]:
    """Yield the appendix, which is made from the record alone."""
    made = report.method
    yield from ("", "## Method", "")
    yield from (f"- {line}" for line in _facts(made))
    for head, digests in (
        ("Scenario files", made.files),
        ("Rubrics", made.rubrics),
        ("Prompts", made.prompts),
    ):
        yield from _digests(head, digests)
    if made.settings:
        yield from ("", "### Settings that flags changed", "")
        yield from block(json.dumps(made.settings, ensure_ascii=False, indent=1, sort_keys=True))
    if made.usage:
        yield from ("", "### Usage", "")
        yield from table(_USAGE, [*_usage(made)])


def _facts(made: Method) -> Iterator[str]:
    models = made.models
    yield f"Auditor: {_named(models.auditor)}"
    yield f"Targets: {', '.join(map(code, models.target)) or 'none'}"
    yield f"Judges: {', '.join(map(code, models.judge)) or 'none'}"
    if models.realism is not None:
        yield f"Realism check: {code(models.realism)}"
    if models.simulator is not None:
        yield f"Simulator of tools: {code(models.simulator)}"
    yield f"Started {_said(made.started)}, finished {_said(made.finished)} (UTC)"
    python = "" if made.python is None else f", Python {code(made.python)}"
    yield f"Petri {code(made.petri)}, Inspect {code(made.inspect_ai)}{python}"
    yield f"Cost: {'not known' if made.cost_usd is None else f'{made.cost_usd:.2f} USD'}"
    for model, source in made.prices.items():
        yield f"Price of {code(model)}: {prose(source)}"


def _named(model: str | None) -> str:
    return "none" if model is None else code(model)


def _said(moment: str | None) -> str:
    return "unknown" if moment is None else code(moment)


def _digests(head: str, digests: Mapping[str, str]) -> Iterator[str]:
    if digests:
        yield from ("", f"### {head}, by SHA-256", "")
        yield from block("\n".join(f"{digest}  {flat(name)}" for name, digest in digests.items()))


def _usage(made: Method) -> Iterator[list[str]]:
    for role, spent in made.usage.items():
        counts = (spent.calls, spent.input_tokens, spent.output_tokens, spent.cache_read, spent.cache_write)
        yield [code(role), *map(str, counts)]
