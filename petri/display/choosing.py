"""Which display a command has: events for programs, a live one on a terminal, lines everywhere else."""

import sys

from rich.console import Console

from petri.display.base import Display
from petri.display.console import talk
from petri.display.events import EventDisplay
from petri.display.lines import LineDisplay
from petri.display.live import LiveDisplay


def choose_display(*, json_: bool, plain: bool) -> Display:
    """Give the display that was asked for, as far as the terminal can show it."""
    if json_:
        return EventDisplay(sys.stdout)
    console = talk()
    return LineDisplay(console) if plain or not can_redraw(console) else LiveDisplay(console)


def can_redraw(console: Console) -> bool:
    """Say whether lines that were written can be replaced: on a terminal that knows how to move its cursor."""
    return console.is_interactive and not console.is_dumb_terminal and console.file.isatty()
