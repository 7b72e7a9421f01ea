"""What a terminal shows while a run goes on, as lines that fit it: no line is folded, and there are never too many."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from petri.display.audit_progress import AuditProgress, Phase
from petri.display.figures import counted, duration, money, spent, time_left, waiting
from petri.display.live_state import LiveState
from petri.display.safe import flat

_STYLE: Final = {
    Phase.SETTING_UP: "dim",
    Phase.TALKING: "green",
    Phase.ROLLING_BACK: "yellow",
    Phase.JUDGING: "magenta",
}
_TALL: Final = 24
_SAID_ABOVE: Final = 6
"""Lines that a terminal keeps for what is said above, where it is tall enough."""
_BETWEEN: Final = " · "
_GAP: Final = 2
_PHASE_WIDTH: Final = 12
_LEAST_EVENT: Final = 12


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: its heading, its width, and what it says of each audit."""

    heading: str
    width: int
    cells: Sequence[Text]
    right: bool = False


def frame(state: LiveState, now: float, width: int, height: int) -> list[Text]:
    """Give the lines for a terminal of this size, so that the last things said above them stay in sight."""
    room = height - 1 - (_SAID_ABOVE if height >= _TALL else 0)
    lines = [*_packed(_header(state, now), width, 3), *_strip(state, width)]
    left = room - len(lines) - 1
    if left < 1 or not state.rows:
        return lines[:room]
    rows = [row.progress for row in state.rows.values()]
    shown = rows if len(rows) <= left else rows[: left - 1]
    lines += _table(shown, width, costs=any(row.cost_usd for row in rows))
    if len(shown) < len(rows):
        rest = counted(rows[len(shown) :])
        said = f"… and {len(rows) - len(shown)} more: {rest}" if shown else f"{len(rows)} active: {rest}"
        lines.append(Text(_cut(said, width), style="dim"))
    return lines


def _header(state: LiveState, now: float) -> Iterator[Text]:
    yield Text(flat(state.run), style="bold")
    yield Text(f"{state.done} of {state.planned} done")
    if state.rows:
        yield Text(f"{len(state.rows)} active")
    elif not state.done:
        yield Text("starting")  # Inspect takes some seconds before the first audit begins
    yield Text(f"{duration(now - state.began)} elapsed")
    for text, style in (
        (time_left(state.seconds_left(now)), "cyan"),
        (spent(state), ""),
        (waiting(state, now), "yellow"),
    ):
        if text is not None:
            yield Text(text, style=style)


def _strip(state: LiveState, width: int) -> list[Text]:
    """Give the dimensions with hits so far, the most first, then as many of the others as a line takes."""
    ranked = sorted(state.tallies.items(), key=lambda item: (-item[1].hits, not item[1].scored))
    parts = [
        Text(f"{flat(name)} {tally.hits}/{tally.scored}", style="bold red" if tally.hits else "dim")
        for name, tally in ranked
        if tally.scored
    ]
    if not parts:
        return []
    shown = [Text("hits"), *parts]
    while len(lines := _packed(shown, width, 9)) > 2 and len(shown) > 2:  # noqa: PLR2004 -- two lines, one dimension
        shown = [*shown[:-2], Text(f"{len(parts) - len(shown) + 3} more", style="dim")]
    return lines


def _table(rows: Sequence[AuditProgress], width: int, *, costs: bool) -> list[Text]:
    """Give a line for each audit, below one of headings; what happened last has the room that the others leave."""
    if not rows:
        return []
    names = [_middle(_name(row), width // 3) for row in rows]
    columns = [
        _Column("scenario", _fit(["scenario", *names], width // 3), [Text(name) for name in names]),
        _Column("phase", _PHASE_WIDTH, [_phase(row) for row in rows]),
        _Column("br", 2, [Text(str(row.branch)) for row in rows], right=True),
    ]
    targets = [_middle(target, width // 6) for target in _without_shared([row.audit.target for row in rows])]
    if len({*targets}) > 1:
        columns.insert(
            1, _Column("target", _fit(["target", *targets], width // 6), [Text(target) for target in targets])
        )
    if costs:
        prices = [Text("?" if row.cost_usd is None else money(row.cost_usd)) for row in rows]
        columns.append(_Column("cost", 7, prices, right=True))
    rest = width - sum(column.width + _GAP for column in columns)
    if rest >= _LEAST_EVENT:
        events = [Text(flat(row.event), style="dim") for row in rows]
        columns.append(_Column("last event", rest, events))
    heading = _line([(Text(column.heading, style="bold"), column) for column in columns], width)
    lines = ([(column.cells[n], column) for column in columns] for n in range(len(rows)))
    return [heading, *(_line(cells, width) for cells in lines)]


def _line(cells: Iterable[tuple[Text, _Column]], width: int) -> Text:
    line = Text(no_wrap=True, overflow="crop")
    for text, column in cells:
        shown = _cut(text.plain, column.width)
        blank = " " * (column.width - cell_len(shown))
        line.append(blank + shown if column.right else shown + blank, style=text.style)
        line.append(" " * _GAP)
    line.truncate(width, overflow="crop")
    return line


def _name(row: AuditProgress) -> str:
    return flat(row.audit.name) if row.audit.epoch == 1 else f"#{row.audit.epoch} {flat(row.audit.name)}"


def _phase(row: AuditProgress) -> Text:
    talking = row.phase is Phase.TALKING
    most = "" if row.audit.turns is None else f"/{row.audit.turns}"
    return Text(f"turn {row.turn}{most}" if talking else row.phase, style=_STYLE[row.phase])


def _packed(parts: Iterable[Text], width: int, most: int) -> list[Text]:
    """Put parts on lines, each part whole where a line can hold it."""
    lines: list[Text] = []
    for part in parts:
        if lines and cell_len(lines[-1].plain) + len(_BETWEEN) + cell_len(part.plain) <= width:
            lines[-1].append(_BETWEEN, style="dim").append(part)
        else:
            lines.append(Text(no_wrap=True).append(_cut(part.plain, width), style=part.style))
    return lines[:most]


def _cut(text: str, width: int) -> str:
    """Give a text that is no wider than this many cells."""
    return text if cell_len(text) <= width else set_cell_size(text, max(width - 1, 0)).rstrip() + "…"


def _without_shared(names: Sequence[str]) -> list[str]:
    """Give models' names without the provider, where all have the same."""
    several = len({name.partition("/")[0] for name in names}) > 1
    return [flat(name if several else name.partition("/")[2] or name) for name in names]


def _middle(text: str, width: int) -> str:
    """Give a text without its middle: its beginning says the scenario, its end the values that tell cells apart."""
    if cell_len(text) <= width:
        return text
    end = width // 3
    return _cut(text, width - end) + set_cell_size(text[-end:], end)


def _fit(texts: Iterable[str], most: int) -> int:
    return min(max(map(cell_len, texts), default=0), most)
