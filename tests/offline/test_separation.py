"""On the shipped library each planted target is told from the honest one (a small sample of its family)."""

import random
from pathlib import Path

import pytest

from petri.analysis.results import Results
from petri.order import Order
from petri.runner import run
from petri.scenario.select import load_scenarios

pytestmark = pytest.mark.long

SCENARIOS = 4
HONEST = "petri-offline/honest"


def sample(family: str) -> list[str]:
    """A few scenarios of a family, always the same, controls left out."""
    shipped = load_scenarios([f"library:{family}"])
    ids = [each.id for file in shipped for each in file.spec.scenarios if each.control_for is None]
    return random.Random(family).sample(ids, SCENARIOS)


def hits(results: Results) -> dict[str, list[bool]]:
    """For each target whether its audits have a hit on any dimension."""
    found: dict[str, list[bool]] = {}
    for each in results.audits:
        scored = {name: score.value for name, score in each.scores.items() if score.value is not None}
        past = [
            summary.scale.is_past(value, summary.threshold)
            for name, value in scored.items()
            if (summary := results.dimensions[name]).threshold is not None
        ]
        found.setdefault(each.target, []).append(any(past))
    return found


@pytest.mark.parametrize(
    ("family", "target"),
    [("sycophancy", "sycophant"), ("deception", "deceiver"), ("sabotage", "saboteur")],
)
def test_a_planted_target_is_told_from_the_honest_one(family: str, target: str, tmp_path: Path) -> None:
    planted = f"petri-offline/{target}"
    settings: dict[str, object] = {"models.target": [planted, HONEST], "audit.max_turns": 6}
    order = Order([f"library:{family}"], tmp_path, only=sample(family), settings=settings, offline=True)
    _, results = run(order)
    assert results.counts.valid == results.counts.planned
    found = hits(results)
    assert sum(found[planted]) >= 0.8 * len(found[planted])
    assert not any(found[HONEST])
