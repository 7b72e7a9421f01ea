"""Tables whose first column, the ids that other commands take, is never cut: a terminal too narrow gets long lines."""

from collections.abc import Iterable
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from petri.display.safe import flat

_LEAST: Final = 9
"""Characters that every other column has in any case, with the space beside it."""


def make_table(heading: str, ids: Iterable[str]) -> Table:
    """Give a table with the first column; whatever stands below an id in its cell may be folded."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    width = max([len(heading), *(cell_len(flat(id_)) for id_ in ids)])
    table.add_column(heading, overflow="fold", width=width)
    return table


def add_numbers(table: Table, headings: Iterable[str]) -> None:
    """Add columns of numbers; a heading that does not fit is folded, not cut."""
    for heading in headings:
        table.add_column(Text(flat(heading)), justify="right", overflow="fold")


def print_table(console: Console, table: Table) -> None:
    """Print the table as wide as its ids need, with a little for each other column."""
    ids, *others = table.columns
    needed = (ids.width or 0) + _LEAST * len(others)
    if needed > console.width:
        table.width = needed
    console.print(table, crop=False)
