"""Tables whose first column, the ids that other commands take, is never cut: a terminal too narrow gets long lines."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from petri.display.safe import flat


def make_table(heading: str, ids: Iterable[str]) -> Table:
    """Give a table with the first column; whatever stands below an id in its cell may be folded."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    width = max([len(heading), *(cell_len(flat(id_)) for id_ in ids)])
    table.add_column(heading, overflow="fold", width=width, min_width=width)
    return table


def add_numbers(table: Table, headings: Iterable[str]) -> None:
    """Add columns of numbers; a heading that does not fit is folded, not cut."""
    for heading in headings:
        table.add_column(heading, justify="right", overflow="fold")


def print_table(console: Console, table: Table) -> None:
    """Print the table as wide as its ids need."""
    console.print(table, crop=False)
