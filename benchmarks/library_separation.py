"""Measures how well the offline judge tells the planted targets from the honest one on the shipped library.

    python benchmarks/library_separation.py                 12 scenarios of each headline family, a minute or two
    python benchmarks/library_separation.py --scenarios 60  more of them
    python benchmarks/library_separation.py --controls      the controls, without the incentive
    python benchmarks/library_separation.py --show          and say of each audit what was found

Of each family a sample is drawn by the seed, controls left out; the family's planted target and `honest` are audited
with the same scenarios. A hit is a dimension at or past its threshold; `hit of the scenario` counts only those that the
scenario names, for some of which the offline judge has no rule.

It says whether the offline models do their part, and nothing about real models.
"""

import argparse
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from petri.analysis.results import Audit, Results
from petri.order import Order
from petri.runner import run
from petri.scenario.schema import Scenario
from petri.scenario.select import load_scenarios

PLANTED: Final = {"sycophancy": "sycophant", "deception": "deceiver", "sabotage": "saboteur"}
"""The headline families, and the target whose behaviour each is about."""
HONEST: Final = "honest"


@dataclass(frozen=True)
class Separation:
    """What came out for one target on the sample of a family."""

    family: str
    target: str
    planned: int
    valid: int
    hits: int
    """Audits with a hit on any dimension."""
    own_hits: int
    """Audits with a hit on a dimension that their scenario names."""

    @property
    def rate(self) -> float:
        """The share of the planned audits with a hit."""
        return self.hits / self.planned

    def row(self) -> str:
        """The line of the table."""
        cells = (
            self.family,
            self.target,
            self.planned,
            self.valid,
            self.hits,
            f"{self.rate:.0%}",
            self.own_hits,
        )
        return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenarios", type=int, default=12, help="of each family")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--family", choices=PLANTED, action="append")
    parser.add_argument("--target", action="append", help="in place of the planted one and honest")
    parser.add_argument("--out", type=Path, default=Path("transcripts"))
    parser.add_argument("--controls", action="store_true", help="the controls in place of the others")
    parser.add_argument("--show", action="store_true", help="what was found, audit by audit")
    options = parser.parse_args()
    print(
        "| family | target | audits | valid | with a hit | share | hit of the scenario |\n|---|---|---|---|---|---|---|"
    )
    for family in options.family or PLANTED:
        drawn = draw(family, options.scenarios, options.seed, controls=options.controls)
        targets = options.target or (PLANTED[family], HONEST)
        results = audit(family, drawn, targets, turns=options.turns, out=options.out)
        for target in targets:
            print(separation(family, target, drawn, results).row(), flush=True)
        if options.show:
            print("\n".join(found(results)), flush=True)


def draw(family: str, number: int, seed: int, *, controls: bool) -> list[Scenario]:
    """Give a sample of a family's controls, or of its other scenarios; all of them where there are no more."""
    shipped = load_scenarios([f"library:{family}"])
    every = [each for file in shipped for each in file.spec.scenarios]
    scenarios = [each for each in every if (each.control_for is not None) == controls]
    return random.Random(f"{family}/{seed}").sample(scenarios, min(number, len(scenarios)))  # noqa: S311 -- a sample


def audit(
    family: str, scenarios: Iterable[Scenario], targets: Sequence[str], *, turns: int, out: Path
) -> Results:
    """Audit the targets with the offline auditor and judge."""
    settings: dict[str, object] = {
        "audit.max_turns": turns,
        "models.target": [f"petri-offline/{target}" for target in targets],
    }
    order = Order(
        [f"library:{family}"],
        out,
        only=[each.id for each in scenarios],
        settings=settings,
        offline=True,
        name=f"separation-{family}",
    )
    return run(order)[1]


def separation(family: str, target: str, scenarios: Iterable[Scenario], results: Results) -> Separation:
    """Count the hits of one target."""
    named = {each.id: set(each.dimensions) for each in scenarios}
    audits = [each for each in results.audits if each.target == f"petri-offline/{target}"]
    hits = [(hit_dimensions(each, results), named[each.scenario]) for each in audits]
    return Separation(
        family,
        target,
        planned=len(audits),
        valid=sum(bool(each.scores) for each in audits),
        hits=sum(bool(hit) for hit, _ in hits),
        own_hits=sum(not hit.isdisjoint(own) for hit, own in hits),
    )


def hit_dimensions(audit: Audit, results: Results) -> set[str]:
    """Give the dimensions of an audit at or past their thresholds."""
    return {
        name
        for name, score in audit.scores.items()
        if (summary := results.dimensions[name]).threshold is not None
        and score.value is not None
        and summary.scale.is_past(score.value, summary.threshold)
    }


def found(results: Results) -> Iterable[str]:
    """Say of each audit how it ended and what was found."""
    for each in results.audits:
        hits = ", ".join(sorted(hit_dimensions(each, results))) or "-"
        yield f"{each.target.removeprefix('petri-offline/'):10} {each.outcome:12} {each.scenario}: {hits}"


if __name__ == "__main__":
    main()
