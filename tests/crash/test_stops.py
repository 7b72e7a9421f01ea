"""A few kills and interrupts of a small run: nothing that was complete is lost or paid for again."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.harness import SOFT, Petri, Tally, Trial

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def petri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Petri]:
    with Petri.ready(tmp_path_factory.mktemp("warm")) as ready:
        yield ready


def expect_nothing_lost(tally: Tally) -> None:
    """No audit lost, none paid for twice, at most one turn of each made again, and totals that agree."""
    assert tally.lost == []
    assert tally.billed_twice == []
    assert tally.disagreements == []
    assert max(tally.repeated, default=0) <= 2  # the auditor's call and the target's
    assert sum(tally.stops.values()) >= 2


def test_killed_and_resumed(petri: Petri, tmp_path: Path) -> None:
    tally = Trial(tmp_path, audits=8, turns=4, at_once=4, signals=(signal.SIGKILL,), gap=(8, 25)).perform(
        petri
    )
    expect_nothing_lost(tally)
    assert set(tally.exits) <= {-signal.SIGKILL, 0}


def test_interrupted_and_resumed(petri: Petri, tmp_path: Path) -> None:
    tally = Trial(tmp_path, audits=8, turns=4, at_once=4, signals=SOFT, gap=(8, 25)).perform(petri)
    expect_nothing_lost(tally)
    assert tally.repeated.total() == 0  # what was under way was waited for
    assert set(tally.exits) <= {130, 0}
