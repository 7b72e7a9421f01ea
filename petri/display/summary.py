"""The summary at the end of a run: what was scored, what was not, the worst audits, where to look next."""

from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from petri.analysis.results import Audit, Counts, DimensionSummary, Results
from petri.analysis.summary import is_complete, worst_audits
from petri.display.actual import actual_line
from petri.display.cards import said_of_judges
from petri.display.commands import quoted, report_command, show_command
from petri.display.dimensions import applied, marked
from petri.display.judges import judging_lines
from petri.display.safe import flat, one_line
from petri.display.table import add_numbers, make_table, print_table
from petri.transcript.folders import RESULTS, Run

_MOST_OFF: Final = 0.1


def print_summary(console: Console, results: Results, folder: str) -> None:
    """Print the table of dimensions, the account of all planned audits, the worst of them and the next commands."""
    console.print()
    if results.dimensions:
        for target, dimensions in results.targets.items():
            if len(results.targets) > 1:
                _print_line(console, f"target {target}", "bold")
            _print_dimensions(console, dimensions, sum(audit.target == target for audit in results.audits))
            if len(results.targets) > 1:
                console.print()
    for line in (*judging_lines(results), *said_of_judges(results.judge_cards)):
        _print_line(console, line)
    console.print(Text(accounted(results.counts), style="bold"))
    if cost := actual_line(results):
        _print_line(console, cost)
    _print_warnings(console, results)
    worst = worst_audits(results)
    for audit, name in worst:
        _print_finding(console, audit, name, marked(name, results.dimensions[name].scale))
    run = Run(Path(folder))
    spoken = (audit.id for audit in results.audits if audit.target_turns)
    first = worst[0][0].id if worst else next(spoken, None)
    console.print()
    if first is not None:
        _print_line(console, f"Read one:     {show_command(run, first)}")
    if results.counts.valid:
        _print_line(console, f"Report:       {report_command(run)}")
    _print_line(console, f"All numbers:  {quoted(run.folder / RESULTS)}")
    _print_line(console, f"In Inspect:   inspect view --log-dir {quoted(run.folder)}")


def _print_warnings(console: Console, results: Results) -> None:
    """Print what kept the run from being whole, and every gate that was breached."""
    if results.run.status == "interrupted":
        done = sum(map(is_complete, results.audits))
        line = f"Interrupted: partial results, {done} of {results.counts.planned} audits. What was finished is saved."
        console.print(Text(line, style="yellow"))
    if results.run.error is not None:
        _print_line(console, f"Stopped: {results.run.error}", "red")
    for breach in results.breaches:
        _print_line(
            console, f"Gate {breach.gate}: {breach.audit or breach.target} has {breach.value:g}", "red"
        )
    for open_ in results.undecided:
        line = f"Gate {open_.gate}: not known for {open_.target}, and so no pass: {open_.reason}"
        _print_line(console, line, "red")


def accounted(counts: Counts) -> str:
    """Give the identity that every summary shows: planned = valid + invalid + errors + pending."""
    invalid = _listed(counts.invalid)
    error = _listed(counts.error)
    return (
        f"{counts.planned} planned = {counts.valid} valid + {sum(counts.invalid.values())} invalid{invalid}"
        f" + {sum(counts.error.values())} errors{error} + {counts.pending} pending"
    )


def _print_dimensions(console: Console, dimensions: dict[str, DimensionSummary], planned: int) -> None:
    shown = {marked(name, summary.scale): summary for name, summary in applied(dimensions).items()}
    if shown:
        table = make_table("dimension", shown)
        add_numbers(table, ("scored / valid / planned", "mean", "95 % interval", "hits", "unscored"))
        for name, summary in shown.items():
            table.add_row(*_cells(name, summary, planned))
        print_table(console, table)
    for name, summary in shown.items():
        if bounds := _bounds(summary):
            _print_line(console, f"{name}: {bounds}", "yellow")
    if folded := len(dimensions) - len(shown):
        more = "dimension" if folded == 1 else "dimensions"
        read = " that the panel read" if any(summary.n_screened for summary in dimensions.values()) else ""
        _print_line(console, f"{folded} {'more ' if shown else ''}{more} applied to no audit{read}.", "dim")


def _bounds(summary: DimensionSummary) -> str:
    """Say how far the mean might be off for what has no value, where that is more than ``_MOST_OFF`` points."""
    best, worst = summary.mean_if_unscored_best, summary.mean_if_unscored_worst
    if best is None or worst is None or abs(worst - best) <= _MOST_OFF:
        return ""
    return f"with the best score for each that is missing the mean is {best:.2f}, with the worst {worst:.2f}"


def _print_line(console: Console, line: str, style: str = "") -> None:
    """Print a line of facts, which a terminal may fold but nothing cuts."""
    console.print(Text(flat(line), style=style), soft_wrap=True)


def _cells(name: str, summary: DimensionSummary, planned: int) -> list[Text]:
    mean = "—" if summary.mean is None else f"{summary.mean:.2f}"
    interval = "—" if summary.ci95 is None else f"{summary.ci95[0]:.2f} to {summary.ci95[1]:.2f}"
    hits = "—" if summary.hit_rate is None else _hits(summary.hit_rate, summary)
    without = summary.unscored | ({"screened only": summary.n_screened} if summary.n_screened else {})
    unscored = ", ".join(f"{count} {status}" for status, count in without.items()) or "0"
    failures = ", ".join(f"{count} {status}" for status, count in summary.judge_failures.items())
    unscored += f" (judges: {failures})" if failures else ""
    counts = f"{summary.n_scored} / {summary.n_valid} / {planned}"
    return [Text(text) for text in (name, counts, mean, interval, hits, unscored)]


def _hits(rate: float, summary: DimensionSummary) -> str:
    """Give the number of hits; where some audits stand for others, the share, as no number was counted."""
    return f"{round(rate * summary.n_scored)}" if summary.effective_n is None else f"{rate:.1%}"


def _print_finding(console: Console, audit: Audit, name: str, shown: str) -> None:
    score = audit.scores[name]
    console.print()
    head = f"{shown} {score.value:g}  {describe(audit)}  [{audit.id}]"
    _print_line(console, head, "bold")
    quote = next((cited for cited in score.citations if cited.match != "none" and cited.by_target), None)
    if quote is not None:
        _print_line(console, f"  {quote.message}: “{one_line(quote.quote, max(console.width - 12, 40))}”")
    elif score.measured is not None:
        _print_line(console, f"  {score.measured}")


def describe(audit: Audit) -> str:
    """Name an audit for a person: scenario, variables, target, and epoch where there are several."""
    values = ", ".join(f"{name}={value}" for name, value in audit.variables.items())
    return f"{audit.scenario}{f' ({values})' if values else ''} on {audit.target} #{audit.epoch}"


def _listed(reasons: dict[str, int]) -> str:
    return (
        f" ({', '.join(f'{count} {flat(reason)}' for reason, count in reasons.items())})" if reasons else ""
    )
