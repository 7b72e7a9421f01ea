"""A few kills and interrupts of a small run: nothing that was complete is lost or paid for again."""

import signal
from pathlib import Path

import pytest

from tests.crash.harness import SOFT, Petri, Tally, Trial

pytestmark = pytest.mark.long


def expect_nothing_lost(tally: Tally) -> None:
    """No audit lost, none paid for twice, at most one turn of each made again, and totals that agree."""
    assert tally.is_clean(), tally
    assert sum(tally.stops.values()) >= 2


def test_killed_and_resumed(petri: Petri, tmp_path: Path) -> None:
    tally = Trial(tmp_path, audits=6, turns=4, at_once=4, signals=(signal.SIGKILL,), gap=(8, 25)).perform(
        petri
    )
    expect_nothing_lost(tally)
    assert set(tally.exits) <= {-signal.SIGKILL, 0}


def test_interrupted_and_resumed(petri: Petri, tmp_path: Path) -> None:
    tally = Trial(tmp_path, audits=6, turns=4, at_once=4, signals=SOFT, gap=(8, 25)).perform(petri)
    expect_nothing_lost(tally)
    assert tally.repeated.total() == 0  # what was under way was waited for


WRITES = ("run.json put in place", "log begun", "recovered log put in place", "results.json begun")


def test_killed_at_its_writes_and_resumed(petri: Petri, tmp_path: Path) -> None:
    deaths = [{"write": kind, "number": 1, "after": kind == "log begun"} for kind in WRITES]
    tally = Trial(tmp_path, audits=6, turns=3, deaths=[*deaths, {"file_size": 4000}]).perform(petri)
    expect_nothing_lost(tally)
    assert tally.stops.total() >= 3
