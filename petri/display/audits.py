"""A run's audits as a table: one row each, with the id that `petri show` takes."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from petri.analysis.results import Audit, AuditScore, Results
from petri.display.safe import printable
from petri.display.summary import accounted
from petri.transcript.outcome import is_valid


def print_audits(console: Console, results: Results) -> None:
    """Print every planned audit, and the account of them."""
    console.print(
        Text(printable(f"{results.run.id} on {', '.join(results.models.target)}"), style="bold"),
        soft_wrap=True,
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    several = len(results.models.target) > 1
    table.add_column("audit", no_wrap=True)
    if several:
        table.add_column("target", overflow="fold")
    table.add_column("outcome", no_wrap=True)
    for heading in ("turns", "branches", *results.dimensions):
        table.add_column(heading, justify="right")
    for audit in results.audits:
        table.add_row(*_cells(audit, list(results.dimensions), several=several))
    console.print(table)
    console.print()
    console.print(Text(accounted(results.counts), style="bold"))
    first = next((audit.id for audit in results.audits if audit.target_turns), None)
    if first is not None:
        console.print(Text(f"Read one: petri show {results.run.id} {first}"), soft_wrap=True)


def _cells(audit: Audit, dimensions: list[str], *, several: bool) -> list[Text]:
    values = ", ".join(f"{name}={value}" for name, value in audit.variables.items())
    name = Text(audit.id).append(printable(f"\n{values}") if values else "", style="dim")
    outcome = audit.error.kind if audit.error else audit.outcome
    row = [name, *([Text(printable(audit.target))] if several else [])]
    row += [Text(outcome, style="" if is_valid(audit.outcome) else "red")]
    row += [Text(str(audit.target_turns)), Text(str(audit.branches))]
    return row + [_shown(audit.scores.get(dimension)) for dimension in dimensions]


def _shown(score: AuditScore | None) -> Text:
    if score is None:
        return Text("—", style="dim")
    return Text(score.status, style="dim") if score.value is None else Text(f"{score.value:g}")
