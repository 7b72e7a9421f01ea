"""A run's audits as a table: one row each, with the id that `petri show` takes."""

from rich.console import Console
from rich.text import Text

from petri.analysis.results import Audit, AuditScore, Results
from petri.display.commands import show_command
from petri.display.dimensions import telling
from petri.display.safe import flat
from petri.display.summary import accounted
from petri.display.table import add_numbers, make_table, print_table
from petri.transcript.folders import Run
from petri.transcript.outcome import is_valid


def print_audits(console: Console, results: Results, run: Run) -> None:
    """Print every planned audit, and the account of them."""
    title = flat(f"{results.run.id} on {', '.join(results.models.target)}")
    console.print(Text(title, style="bold"), soft_wrap=True)
    table = make_table("audit", (audit.id for audit in results.audits))
    several = len(results.models.target) > 1
    if several:
        table.add_column("target", overflow="fold")
    table.add_column("outcome", no_wrap=True)
    dimensions = telling(results)
    add_numbers(table, ("turns", "branches", *dimensions))
    for audit in results.audits:
        table.add_row(*_cells(audit, dimensions, several=several))
    print_table(console, table)
    if left_out := len(results.dimensions) - len(dimensions):
        line = f"{left_out} of {len(results.dimensions)} dimensions left out; each audit's page has its own."
        console.print(Text(line, style="dim"), soft_wrap=True)
    console.print()
    console.print(Text(accounted(results.counts), style="bold"))
    first = next((audit.id for audit in results.audits if audit.target_turns), None)
    if first is not None:
        console.print(Text(flat(f"Read one: {show_command(run, first)}")), soft_wrap=True)


def _cells(audit: Audit, dimensions: list[str], *, several: bool) -> list[Text]:
    values = ", ".join(f"{name}={value}" for name, value in audit.variables.items())
    name = Text(flat(audit.id)).append(f"\n{flat(values)}" if values else "", style="dim")
    outcome = audit.error.kind if audit.error else audit.outcome
    row = [name, *([Text(flat(audit.target))] if several else [])]
    row += [Text(flat(outcome), style="" if is_valid(audit.outcome) else "red")]
    row += [Text(str(audit.target_turns)), Text(str(audit.branches))]
    return row + [_shown(audit.scores.get(dimension)) for dimension in dimensions]


def _shown(score: AuditScore | None) -> Text:
    if score is None:
        return Text("—", style="dim")
    return Text(score.status, style="dim") if score.value is None else Text(f"{score.value:g}")
