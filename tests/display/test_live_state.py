"""A run while it goes on, folded from tables of what is told: where audits stand, what is left, for how long."""

from typing import Any

import pytest

from petri.display.audit_progress import AuditProgress, Follower, Phase, Upcoming
from petri.display.base import Start, Wait
from petri.display.live_state import LiveState, SecondsLeft
from petri.rubric.schema import Dimension
from tests.display.made import audit, score
from tests.display.steps import back, going, node, said

SYCOPHANCY = Dimension.model_validate(
    {"name": "sycophancy", "description": "It gives in.", "anchors": {1: "no", 10: "yes"}, "threshold": 5}
)


@pytest.mark.parametrize(
    ("steps", "phase", "stands", "event"),
    [
        pytest.param([], Phase.SETTING_UP, (0, 0, 1), "", id="nothing"),
        pytest.param(
            [node("M1", None, "auditor", "system", "Be good.")], Phase.SETTING_UP, (0, 0, 1), "system: Be good.",
            id="staged",
        ),
        pytest.param([*said(1)], "talking", (1, 1, 1), "target: Reply 1.", id="answered"),
        pytest.param([*said(3)], "talking", (3, 3, 1), "target: Reply 3.", id="three"),
        pytest.param(
            [*said(2), back("M3", "roll_back")], "rolling back", (1, 2, 1), "back to M3", id="rolled-back"
        ),
        pytest.param(
            [*said(2), back(None, "restart")], "rolling back", (0, 2, 1), "back to the beginning", id="restarted"
        ),
        pytest.param(
            [*said(2), back("M3", "roll_back"), node("M6", "M3", "auditor", "user", "Or so.")],
            "rolling back", (1, 2, 2), "user: Or so.", id="staged-anew",
        ),
        pytest.param(
            [*said(2), back("M3", "roll_back"), node("M6", "M3", "auditor"), node("M7", "M6", "target")],
            "talking", (2, 2, 2), "target: Words.", id="second-branch",
        ),
        pytest.param(
            [*said(2), back("M3", "roll_back"), node("M6", "M3", "auditor"), node("M7", "M6", "target"),
             back("M5", "roll_back"), node("M8", "M5", "auditor")],
            "rolling back", (2, 2, 1), "user: Words.", id="back-on-the-first",
        ),
        pytest.param(
            [node("M1", None, "auditor"), back(None, "realism"), node("M2", None, "auditor")],
            "setting up", (0, 0, 1), "user: Words.", id="taken-back-before-the-target-saw-it",
        ),
        pytest.param(
            [*said(1), {"op": "end", "by": "auditor", "reason": "It was\nasked."}],
            "talking", (1, 1, 1), "ended by auditor: It was asked.", id="ended",
        ),
        pytest.param(
            [*said(1), {"op": "error", "kind": "timeout", "message": "late"}],
            "talking", (1, 1, 1), "timeout: late", id="failed",
        ),
        pytest.param([*said(1), {"op": "check", "kind": "flip"}], "talking", (1, 1, 1), "check flip", id="check"),
        pytest.param(
            [*said(1), {"op": "count", "what": "stall"}, {"op": "new in a later version"}],
            "talking", (1, 1, 1), "target: Reply 1.", id="says-nothing-of-where-it-stands",
        ),
    ],
)  # fmt: skip
def test_where_an_audit_stands_follows_from_what_it_records(
    steps: list[dict[str, Any]], phase: str, stands: tuple[int, int, int], event: str
) -> None:
    follower = Follower(Upcoming("a", "a", "x/t", turns=9))
    follower.take(steps)
    now = follower.progress()
    assert (now.phase, (now.turn, now.longest, now.branch), now.event) == (phase, stands, event)


@pytest.mark.parametrize(
    ("message", "event"),
    [
        pytest.param({"role": "tool", "content": "42"}, "tool: 42", id="tool"),
        pytest.param(
            {"role": "assistant", "content": "", "tool_calls": [{"function": "ls"}, {"function": "cat"}]},
            "target: (calls ls, cat)",
            id="calls",
        ),
        pytest.param(
            {"role": "user", "content": [{"type": "image", "image": "x"}, {"type": "text", "text": "See."}]},
            "user: See.",
            id="blocks",
        ),
        pytest.param(
            {"role": "user", "content": "\x1b[2J[bold]a\nb[/]"}, "user: \\x1b[2J[bold]a b[/]", id="hostile"
        ),
        pytest.param({"role": "user", "content": "long " * 10**5}, f"user: {'long ' * 38}long", id="long"),
    ],
)
def test_a_message_is_one_harmless_line(message: dict[str, Any], event: str) -> None:
    follower = Follower(Upcoming("a", "a", "x/t"))
    follower.take([node("M1", None, "auditor") | {"message": message}])
    assert follower.progress().event == event


def test_going_back_is_seen_before_the_target_has_answered_anew() -> None:
    follower = Follower(Upcoming("a", "a", "x/t"))
    follower.take_call("1", None, ["roll_back"])
    assert follower.progress().phase is Phase.SETTING_UP
    follower.take(said(1))
    follower.take_call("1", None, ["roll_back"])
    assert follower.progress().phase is Phase.TALKING
    follower.take_call("2", None, ["send_message", "roll_back"])
    assert (follower.progress().phase, follower.progress().event) == (
        Phase.ROLLING_BACK,
        "auditor: goes back",
    )


def test_judging_is_not_left_again() -> None:
    follower = Follower(Upcoming("a", "a", "x/t"))
    follower.judging()
    follower.take([*said(2), back("M3", "roll_back")])
    assert (follower.progress().phase, follower.progress().longest) == (Phase.JUDGING, 2)


@pytest.mark.parametrize(
    ("calls", "cost"),
    [
        pytest.param([], None, id="none"),
        pytest.param([("1", 0.5), ("2", 0.25), ("1", 0.5)], 0.75, id="each-once"),
        pytest.param([("1", 0.5), ("2", None), ("3", 0.5)], None, id="a-price-is-not-known"),
    ],
)
def test_the_cost_of_an_audit_is_known_or_not(
    calls: list[tuple[str, float | None]], cost: float | None
) -> None:
    follower = Follower(Upcoming("a", "a", "x/t"))
    for call in calls:
        follower.take_call(*call)
    assert follower.progress().cost_usd == cost


def state(*turns: int | None) -> LiveState:
    """A run that begins at second 100, of audits with so many turns at most."""
    run = LiveState()
    audits = tuple(Upcoming(f"a{n}", "s", "x/t", turns=most) for n, most in enumerate(turns))
    start = Start(
        "run", "runs/run", len(turns), "x/a", ("x/t",), (), None, None, offline=False, audits=audits
    )
    run.start(start, 100)
    return run


def tell(
    run: LiveState, number: int, turns: int, now: float, phase: Phase = Phase.TALKING, *, most: int = 10
) -> None:
    upcoming = Upcoming(f"a{number}", "s", "x/t", turns=most)
    run.progress(AuditProgress(upcoming, phase, turn=turns, longest=turns), now)


def end(run: LiveState, number: int, turns: int, now: float, **more: Any) -> None:
    run.finish(audit(f"a{number}", target_turns=turns, **more), number + 1, run.planned, now)


def test_nothing_is_known_of_the_time_that_is_left_before_the_first_turn() -> None:
    run = state(10, 10)
    assert run.seconds_left(100) is None
    tell(run, 0, 0, 100, Phase.SETTING_UP)
    assert run.seconds_left(130) is None


def one_at_a_time() -> LiveState:
    """One audit of ten has had 5 turns of 10 s: at most 5 more and a judging, and nine whole ones."""
    run = state(*[10] * 10)
    tell(run, 0, 0, 100)
    tell(run, 0, 5, 150)
    return run


def half_of_two() -> LiveState:
    """Two at a time; one has finished after 4 turns in 40 s and was judged in 20, the other has had 6 of 10."""
    run = state(10, 10)
    tell(run, 0, 0, 100)
    tell(run, 1, 0, 100)
    tell(run, 0, 4, 140, Phase.JUDGING)
    tell(run, 1, 6, 160)
    end(run, 0, 4, 160)
    return run


def only_judged() -> LiveState:
    """Four transcripts, two at a time; the first took 30 s."""
    run = state(None, None, None, None)
    for number in range(2):
        tell(run, number, 0, 100, Phase.JUDGING)
    end(run, 0, 4, 130)
    return run


def long_ones() -> LiveState:
    """Twenty of 21 have finished one after another, with 1 to 20 turns of a second each; the last begins."""
    run = state(*[100] * 21)
    now = 100.0
    for number in range(20):
        tell(run, number, 0, now, most=100)
        now += number + 1
        tell(run, number, number + 1, now, most=100)
        end(run, number, number + 1, now)
    return run


@pytest.mark.parametrize(
    ("run", "now", "left"),
    [
        pytest.param(one_at_a_time(), 150, (None, 50 + 10 + 9 * (100 + 10)), id="nothing-has-finished"),
        pytest.param(half_of_two(), 160, (10 + 20, 4 * 10 + 20), id="by-turns-that-are-left"),
        pytest.param(only_judged(), 130, (30, 30), id="judging"),
        pytest.param(long_ones(), 310, (10.5 + 1, 19 + 1), id="as-long-as-the-long-ones"),
    ],
)
def test_the_time_that_is_left(run: LiveState, now: float, left: SecondsLeft) -> None:
    given = run.seconds_left(now)
    assert given is not None
    assert given == (
        left[0] if left[0] is None else pytest.approx(left[0], abs=1),
        pytest.approx(left[1], abs=1),
    )


def test_an_audit_that_is_not_valid_says_nothing_of_how_long_audits_are() -> None:
    run = one_at_a_time()
    end(run, 0, 0, 160, outcome="no_target_turns")
    assert run.seconds_left(160) is not None
    assert (run.seconds_left(160) or (0.0, 0.0))[0] is None


def test_who_is_active_and_what_was_found_is_counted() -> None:
    run = state(10, 10, 10)
    run.dimensions = {"sycophancy": SYCOPHANCY}
    start = Start("r", "r", 3, None, (), (), None, None, offline=False, dimensions=(SYCOPHANCY,))
    run.start(start, 0)
    for number in range(3):
        tell(run, number, 1, 1, Phase.JUDGING if number else Phase.TALKING)
    assert run.phases() == {Phase.TALKING: 1, Phase.JUDGING: 2}
    end(run, 1, 4, 9, scores={"sycophancy": score(7)})
    end(run, 2, 4, 9, scores={"sycophancy": score(4), "other": score(9)})
    end(run, 0, 4, 9, scores={"sycophancy": score(None)})
    assert ((run.tallies["sycophancy"].hits, run.tallies["sycophancy"].scored), run.rows, run.done) == (
        (1, 2),
        {},
        1,
    )


def test_a_call_waits_until_its_wait_is_over() -> None:
    run = state(1)
    run.wait(Wait("1", "x/t", 10, 429), 100)
    run.wait(Wait("2", "x/t", 20, 429), 100)
    run.wait(Wait("1", "x/t", 15, 429), 110)
    assert [wait.call for wait in run.waiting(112)] == ["1", "2"]
    assert [wait.call for wait in run.waiting(122)] == ["1"]
    assert run.waiting(130) == []


def test_what_was_spent_is_known_or_not() -> None:
    run = state(1)
    run.use(10, 0.5)
    assert (run.tokens, run.cost_usd) == (10, 0.5)
    run.use(10, None)
    run.use(10, 0.5)
    assert (run.tokens, run.cost_usd) == (30, None)


def test_an_audit_under_way_is_going() -> None:
    run = state(10)
    run.progress(going("a0"), 100)
    assert [*run.rows] == ["a0"]
