"""A run as Markdown for the page of a CI job: how it ended, the numbers, what broke a gate and in which words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from petri.analysis.results import DimensionSummary, Results
from petri.display.commands import show_command
from petri.display.dimensions import applied
from petri.display.evidence import breached, evidence
from petri.display.lines import OFFLINE_NOTE
from petri.display.markdown import code, table
from petri.display.safe import flat
from petri.display.summary import accounted, describe
from petri.transcript.folders import RESULTS, Run

MOST: Final = 50
"""Of each list so many entries: GitHub shows one mebibyte of summary."""

_OFFLINE: Final = "petri-offline/"
_HEADINGS: Final = ["dimension", "scored / valid", "mean", "95 % interval", "hits", "hit rate", "unscored"]


def step_summary(results: Results, run: Run) -> str:
    """Give the summary; text that is not ours stands in it as code alone."""
    return "\n".join([*_head(results), *_numbers(results), *_gates(results, run), *_failed(results, run), ""])


def _head(results: Results) -> Iterator[str]:
    breaches, models = len(results.breaches), results.models
    past = "no gate breached" if not breaches else f"{breaches} breach{'es' * (breaches > 1)} of gates"
    yield f"## Petri: {results.run.status}, {past}"
    yield ""
    targets, judges = (", ".join(map(code, names)) or "none" for names in (models.target, models.judge))
    auditor = code(models.auditor or "?")
    yield f"Run {code(results.run.id)} · auditor {auditor} · target {targets} · judge {judges}"
    yield ""
    yield f"**{accounted(results.counts)}** · exit code {results.run.exit_code}"
    names = (models.auditor, *models.target, *models.judge)
    if all(name is not None and name.startswith(_OFFLINE) for name in names):
        yield f"\n{OFFLINE_NOTE}"
    if results.run.error is not None:
        yield f"\nA log was stopped: {code(results.run.error)}"


def _numbers(results: Results) -> Iterator[str]:
    for target, dimensions in results.targets.items():
        if rows := [_row(name, summary) for name, summary in applied(dimensions).items()]:
            yield ""
            if len(results.targets) > 1:
                yield f"Target {code(target)}\n"
            yield from table(_HEADINGS, rows)


def _row(name: str, summary: DimensionSummary) -> list[str]:
    interval, rate = summary.ci95, summary.hit_rate
    unscored = ", ".join(f"{count} {status}" for status, count in summary.unscored.items())
    hits = "—" if rate is None or summary.effective_n is not None else str(round(rate * summary.n_scored))
    return [
        code(name),
        f"{summary.n_scored} / {summary.n_valid}",
        "—" if summary.mean is None else f"{summary.mean:.2f}",
        "—" if interval is None else f"{interval[0]:.2f} to {interval[1]:.2f}",
        hits,
        "—" if rate is None else f"{rate:.1%}",
        unscored or "0",
    ]


def _gates(results: Results, run: Run) -> Iterator[str]:
    if results.breaches or results.undecided:
        yield "\n### Gates\n"
    for breach in results.breaches:
        if breach.audit is None:
            yield f"- {code(breach.gate)}: {code(breach.target or '?')} has **{breach.value:g}**"
    for gate in results.undecided:
        yield f"- {code(gate.gate)}: not known for {code(gate.target)}, and so no pass: {code(gate.reason)}"
    found = list(breached(results))
    for breach, audit, score in found[:MOST]:
        yield f"- {code(breach.gate)}: {code(describe(audit))} has **{breach.value:g}**"
        if said := evidence(score):
            yield f"  - {code(said)}"
        yield f"  - {code(show_command(run, audit.id))}"
    yield from _rest(len(found), run)


def _failed(results: Results, run: Run) -> Iterator[str]:
    errors = [audit for audit in results.audits if audit.error is not None]
    if errors:
        yield "\n### Errors\n"
    for audit in errors[:MOST]:
        said = f"{audit.error.kind}: {audit.error.message}" if audit.error else ""
        yield f"- {code(describe(audit))}: {code(said)}"
    yield from _rest(len(errors), run)


def _rest(number: int, run: Run) -> Iterator[str]:
    if number > MOST:
        where = Path(flat(str(run.folder))) / RESULTS
        yield f"- and {number - MOST} more, in {code(str(where))}"
