"""What a terminal shows while a run goes on, at several widths, and what is left of it afterwards."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from petri.display.audit_progress import Phase
from petri.display.base import Start, Wait
from petri.display.choosing import choose_display
from petri.display.events import EventDisplay
from petri.display.figures import duration, heartbeat, money, spent, time_left
from petri.display.frame import frame
from petri.display.lines import LineDisplay
from petri.display.live import LiveDisplay
from petri.display.live_state import LiveState, SecondsLeft, Tally
from petri.rubric.schema import Dimension
from tests.display.made import audit, failed, results, score
from tests.display.steps import going
from tests.display.test_hostile_text import HOSTILE

WIDTHS = (80, 120, 200)
NEVER = 3600.0
"""An interval at which nothing is drawn by itself."""
RUN = "20260412T093000Z-case-1f3a"
SYCOPHANCY = Dimension.model_validate(
    {"name": "sycophancy", "description": "It gives in.", "anchors": {1: "no", 10: "yes"}, "threshold": 5}
)


def start(**more: Any) -> Start:
    facts: dict[str, Any] = {"planned": 60, "auditor": "x/a", "targets": ("x/t",), "judges": ("x/j",)}
    facts |= {"realism": None, "simulator": None, "offline": False, "dimensions": (SYCOPHANCY,)} | more
    return Start(run=RUN, folder=f"runs/{RUN}", **facts)


def running(count: int, **more: Any) -> LiveState:
    """A run with so many active audits, of two targets, after 134 seconds."""
    state = LiveState()
    state.start(start(**more), 0)
    phases = [*Phase]
    for number in range(count):
        planned = {"name": f"founder-{number}", "target": f"x/{'ab'[number % 2]}", "epoch": number % 3 + 1}
        state.progress(going(f"a{number}", phases[number % 4], planned=planned), 0)
    return state


def lines(state: LiveState, width: int, height: int = 40, now: float = 134) -> list[str]:
    """The frame as a console renders it, in which nothing may be folded."""
    drawn = frame(state, now, width, height)
    console = Console(file=StringIO(), record=True, width=width, color_system=None, force_terminal=True)
    for line in drawn:
        console.print(line)
    shown = console.export_text().splitlines()
    assert len(shown) == len(drawn) <= height - 1
    assert max(map(cell_len, shown), default=0) <= width
    return [line.rstrip() for line in shown]


def test_one_audit_has_one_line() -> None:
    state = running(0, planned=1)
    state.progress(going("a", planned={"name": "founder (a teenager)"}), 0)
    assert lines(state, 80) == [
        f"{RUN} · 0 of 1 done · 1 active · 2:14 elapsed",
        "up to 13 min left",
        "scenario              phase         br  last event",
        "founder (a teenager)  turn 3/20      1  target: No.",
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_active_audit_has_a_line_where_there_is_room(width: int) -> None:
    shown = lines(running(20), width)
    table = shown[shown.index(next(line for line in shown if line.startswith("scenario"))) :]
    assert table[0].split() == ["scenario", "target", "phase", "br", "last", "event"]
    assert [line.split()[:3] for line in table[1:4]] == [
        ["founder-0", "a", "setting"],
        ["#2", "founder-1", "b"],
        ["#3", "founder-2", "a"],
    ]
    assert len(table) == 21


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("height", [6, 12, 24, 50])
def test_many_audits_never_flood_the_screen(width: int, height: int) -> None:
    shown = lines(running(500), width, height)
    rows = [line for line in shown if "founder-" in line]
    assert len(shown) <= height - 1 - (6 if height >= 24 else 0)
    left = 500 - len(rows)
    phases = [f"{left // 4 + more} {phase}" for phase, more in zip(Phase, _more(left), strict=True)]
    head = f"… and {left} more" if rows else "500 active"
    assert shown[-1] == f"{head}: {', '.join(phases)}"


def _more(left: int) -> list[int]:
    """The audits without a line are the last; those that make it no multiple of four begin with a later phase."""
    return [int(place >= 4 - left % 4) for place in range(4)]


@pytest.mark.parametrize("height", [1, 2, 3, 4, 5, 6])
def test_a_terminal_of_few_lines_has_few_lines(height: int) -> None:
    shown = lines(running(30), 80, height)
    assert shown[:1] == [f"{RUN} · 0 of 60 done · 30 active · 2:14 elapsed"][: height - 1]
    assert len(shown) <= height - 1


@pytest.mark.parametrize("width", range(36, 41))
def test_a_narrow_terminal_leaves_out_what_happened_last(width: int) -> None:
    assert lines(running(1), width)[-2:] == ["scenario   phase         br", "founder-0  setting up     1"]


def test_what_is_known_of_money_and_time_is_said() -> None:
    state = running(2, estimate_usd=4.0, cap_usd=10.0)
    state.use(1000, 1.234)
    state.wait(Wait("1", "x/t", 100, 429), 100)
    state.wait(Wait("2", "x/t", 100, 429), 100)
    state.wait(Wait("3", "x/j", 100, 500), 100)
    state.progress(going("a0", cost_usd=0.5), 0)
    shown = lines(state, 200)
    assert "spent $1.23 of about $4.00, cap $10.00" in shown[0]
    assert "2 calls wait for a rate limit (x/t)" in " ".join(shown)
    table = shown[2:] if shown[1].startswith("2 calls") else shown[1:]
    assert [line.split()[-1] for line in table if "founder-1" in line] == ["No."]
    assert "$0.50" in " ".join(table)


@pytest.mark.parametrize(
    ("cost", "more", "said"),
    [
        pytest.param(None, {}, "1.5k tokens", id="price-not-known"),
        pytest.param(0.0, {}, "1.5k tokens", id="costs-nothing"),
        pytest.param(0.001, {}, "spent $0.0010", id="neither-estimate-nor-cap"),
        pytest.param(2.0, {"cap_usd": 3.0}, "spent $2.00, cap $3.00", id="cap"),
        pytest.param(2.0, {"estimate_usd": 3.0}, "spent $2.00 of about $3.00", id="estimate"),
    ],
)
def test_a_heartbeat_says_where_the_run_stands(cost: float | None, more: dict[str, Any], said: str) -> None:
    state = running(3, **more)
    state.use(1500, cost)
    assert heartbeat(state, 61) == (
        "0 of 60 done · 3 active: 1 setting up, 1 talking, 1 rolling back · 1:01 elapsed · "
        f"{time_left(state.seconds_left(61))} · {said}"
    )


@pytest.mark.parametrize(
    ("left", "said"),
    [
        pytest.param(None, None, id="unknown"),
        pytest.param((None, 200.0), "up to 3 min left", id="at-most"),
        pytest.param((170.0, 200.0), "about 3 min left", id="equal"),
        pytest.param((170.0, 900.0), "3 to 15 min left", id="range"),
        pytest.param((1800.0, 9000.0), "30 min to 2.5 h left", id="units"),
        pytest.param((5.0, 9.0), "less than a minute left", id="soon"),
    ],
)
def test_time_that_is_left_is_said_no_more_exactly_than_it_is_known(
    left: SecondsLeft | None, said: str | None
) -> None:
    assert time_left(left) == said


def test_times_and_amounts() -> None:
    assert [spent(LiveState(tokens=n)) for n in (0, 999, 2_500_000)] == [None, "999 tokens", "2.5M tokens"]
    assert [duration(seconds) for seconds in (7.9, 723, 3723)] == ["0:07", "12:03", "1:02:03"]
    assert [money(usd) for usd in (0, 0.004, 12.345, 1234.5)] == ["$0.00", "$0.0040", "$12.35", "$1,234.50"]


@pytest.mark.parametrize("width", WIDTHS)
def test_dimensions_with_hits_come_first_and_many_take_two_lines(width: int) -> None:
    state = running(1)
    state.tallies = {f"dimension_number_{n}": Tally(scored=9, hits=n if n > 37 else 0) for n in range(40)}
    state.tallies["not_scored_yet"] = Tally()
    strip = [line for line in lines(state, width) if "dimension_" in line]
    text = " · ".join(strip)
    assert text.startswith("hits · dimension_number_39 39/9 · dimension_number_38 38/9")
    assert len(strip) <= 2
    named = text.count("dimension_")
    assert text.endswith(f"{40 - named} more")


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize(
    "text", [*HOSTILE.values(), "[bold]x[/bold] [/]", "日本" * 99], ids=[*HOSTILE, "markup", "wide"]
)
def test_text_by_models_does_nothing(text: str, width: int) -> None:
    state = running(0)
    for number in range(2):
        planned = {"name": f"{text}{number}", "target": f"{text}/{text}{number}"}
        state.progress(going(f"a{number}", event=f"target: {text}", planned=planned), 0)
    state.wait(Wait("1", text, 999, 429), 0)
    written = "\n".join(lines(state, width))
    assert not any(character in written for character in "\x1b\x9b\x07\x08\u202e\u200b\r")


class Screen:
    """A terminal that keeps all that is written to it."""

    def __init__(self, width: int = 120, height: int = 30) -> None:
        self.said = StringIO()
        self.console = Console(
            file=self.said,
            force_terminal=True,
            width=width,
            height=height,
            color_system=None,
            highlight=False,
        )
        self.now = 0.0
        self.display = LiveDisplay(self.console, lambda: self.now, NEVER)

    def take(self) -> str:
        """What was written since the last time."""
        text = self.said.getvalue()
        self.said.seek(0)
        self.said.truncate()
        return text


def test_a_run_is_drawn_and_only_flags_and_the_summary_are_left() -> None:
    screen = Screen()
    display = screen.display
    display.started(start(planned=3))
    begun = screen.take()
    assert "3 audits -> runs/" in begun
    assert "\x1b[?25l" in begun  # the cursor is hidden
    display.progressed(going("case-1", event="target: Stunning."))
    display.used(10, None)
    display.waits(Wait("1", "x/t", 5, 429))
    display.beat()
    assert "target: Stunning." in screen.take()
    display.finished_audit(audit("case-1", scores={"sycophancy": score(9)}), 1, 3)
    display.finished_audit(audit("case-2", scores={"sycophancy": score(2)}), 2, 3)
    display.beat()
    said = screen.take()
    assert "hit  sycophancy 9: case on some/model #1" in said
    assert f"petri show runs/{RUN} case-1" in said
    assert "sycophancy 1/2" in said
    display.finished_audit(audit("case-3", outcome="error", error=failed("late")), 3, 3)
    display.ended()
    left = screen.take()
    assert "\x1b[?25h" in left  # the cursor is back
    assert left.rstrip().endswith(f"petri show runs/{RUN} case-3")
    display.finished(results(audit()), f"runs/{RUN}")
    assert "1 planned = 1 valid" in screen.take()


@pytest.mark.parametrize(
    ("more", "flag"),
    [
        pytest.param({"outcome": "completed", "scores": {"sycophancy": score(4)}}, None, id="below"),
        pytest.param({"outcome": "completed", "scores": {"sycophancy": score(None)}}, None, id="no-value"),
        pytest.param(
            {"outcome": "completed", "scores": {"sycophancy": score(5)}}, "hit  sycophancy 5", id="hit"
        ),
        pytest.param({"outcome": "no_target_turns"}, "invalid  no_target_turns", id="invalid"),
        pytest.param({"outcome": "cancelled"}, None, id="cancelled"),
        pytest.param(
            {"outcome": "error", "error": failed("\x1b[2Jno", "timeout")},
            "error  timeout: \\x1b[2Jno",
            id="error",
        ),
    ],
)
def test_what_needs_a_look_is_said(more: dict[str, Any], flag: str | None) -> None:
    screen = Screen()
    screen.display.started(start())
    screen.display.finished_audit(audit("case-1", **more), 1, 3)
    screen.display.ended()
    said = screen.take()
    assert ("petri show" in said) is (flag is not None)
    assert flag is None or flag in said


def test_a_notice_is_said_at_once_or_by_whoever_draws() -> None:
    screen = Screen()
    screen.display.notice("Before.")
    assert screen.take() == "Before.\n"
    screen.display.started(start())
    with screen.display.lock:  # as where a signal interrupts whoever changes the state
        screen.display.notice("Stopping.")
    screen.display.ended()
    assert "Stopping.\n" in screen.take()


def test_nothing_is_drawn_where_nothing_goes_on() -> None:
    screen = Screen()
    screen.display.beat()
    assert (screen.take(), heartbeat(LiveState(), 7)) == ("", "0 of 0 done · 0:07 elapsed")


def test_a_changed_size_wipes_the_screen_and_says_again_what_was_said() -> None:
    screen = Screen()
    screen.display.started(start())
    screen.display.finished_audit(audit("case-1", outcome="auditor_refused"), 1, 3)
    screen.display.beat()
    assert screen.take().count("auditor_refused") == 1
    screen.console.width = 80
    screen.display.beat()
    wiped = screen.take()
    assert "\x1b[2J" in wiped
    assert wiped.count("auditor_refused") == 1
    screen.display.ended()


class Closed(StringIO):
    """A terminal that can go away."""

    gone = False

    def write(self, text: str, /) -> int:
        if self.gone:
            raise OSError(5, "Input/output error")
        return super().write(text)


def test_a_terminal_that_is_gone_ends_the_display_and_not_the_run() -> None:
    file = Closed()
    display = LiveDisplay(Console(file=file, force_terminal=True, width=80, height=24))
    display.started(start())
    file.gone = True
    display.progressed(going("case-1"))
    display.ended()


def test_a_run_that_is_broken_off_leaves_no_hidden_cursor() -> None:
    screen = Screen()

    def broken_off() -> None:
        screen.display.started(start())
        try:
            raise KeyboardInterrupt
        finally:
            screen.display.ended()

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    written = screen.take()
    assert written.rfind("\x1b[?25h") > written.rfind("\x1b[?25l")
    screen.display.ended()
    assert screen.take() == ""


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("term", "terminal", "given", "kind"),
    [
        pytest.param("xterm-256color", True, {}, LiveDisplay, id="terminal"),
        pytest.param("xterm-256color", True, {"plain": True}, LineDisplay, id="plain"),
        pytest.param("dumb", True, {}, LineDisplay, id="dumb"),
        pytest.param("xterm-256color", False, {}, LineDisplay, id="no-terminal"),
        pytest.param("xterm-256color", True, {"json_": True}, EventDisplay, id="json"),
    ],
)
def test_the_display_fits_the_terminal(
    monkeypatch: pytest.MonkeyPatch, term: str, *, terminal: bool, given: dict[str, bool], kind: type
) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr("sys.stderr", Terminal() if terminal else StringIO())
    assert type(choose_display(**{"json_": False, "plain": False} | given)) is kind


def test_forced_colours_make_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr("sys.stderr", StringIO())
    assert type(choose_display(json_=False, plain=False)) is LineDisplay


def test_no_color_means_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    file = StringIO()
    display = LiveDisplay(Console(file=file, force_terminal=True, width=80, height=24))
    display.started(start())
    display.progressed(going("case-1"))
    display.beat()
    display.ended()
    assert not any(f"\x1b[{code}m" in file.getvalue() for code in range(30, 50))


def test_lines_have_a_heartbeat() -> None:
    screen = Screen()
    display = LineDisplay(screen.console, lambda: screen.now)
    display.started(start(planned=2))
    screen.take()
    screen.now = 60.0
    display.progressed(going("case-1"))
    display.beat()
    assert screen.take() == "0 of 2 done · 1 active: 1 talking · 1:00 elapsed · less than a minute left\n"
    display.ended()


@pytest.mark.parametrize("make", [LineDisplay, LiveDisplay])
def test_it_can_follow_one_run_after_another(make: Callable[[Console], LiveDisplay]) -> None:
    display = make(Screen().console)
    for _ in range(2):
        display.started(start())
        display.progressed(going("case-1"))
        assert [*display.state.rows] == ["case-1"]
        display.ended()


def test_folders_with_blanks_are_quoted() -> None:
    screen = Screen(width=200)
    screen.display.started(Start("r", str(Path("my runs") / "r"), 1, None, (), (), None, None, offline=False))
    screen.display.finished_audit(audit("case-1", outcome="auditor_refused"), 1, 1)
    screen.display.ended()
    assert "petri show 'my runs/r' case-1" in screen.take()
