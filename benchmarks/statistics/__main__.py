"""``python -m benchmarks.statistics``: whether the statistics hold what they promise, on data whose truth is known."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.statistics.intervals import Table, false_claims, means, rates
from benchmarks.statistics.judges import corrected, corrected_clusters, missing, predicted
from benchmarks.statistics.powers import power
from benchmarks.statistics.variables import variables

OUT: Final = Path(__file__).parent / "RESULTS.md"
STUDIES: Final[dict[str, Callable[[int], Table]]] = {
    "means": means,
    "rates": rates,
    "false-claims": false_claims,
    "power": power,
    "corrected": corrected,
    "corrected-clusters": corrected_clusters,
    "predicted": predicted,
    "missing": missing,
    "variables": variables,
}


def main() -> None:
    """Run the studies that are named, or all, and write their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", nargs="*", choices=[[], *STUDIES], help="all by default")
    parser.add_argument("--runs", type=int, default=2000, help="simulated runs for each row")
    chosen = parser.parse_args()
    parts: list[str] = []
    for name in chosen.studies or STUDIES:
        began = time.perf_counter()
        table = STUDIES[name](chosen.runs)
        parts.append(_markdown(table))
        print(f"{name}: {len(table.rows)} rows in {time.perf_counter() - began:.0f} s", flush=True)
    text = f"# Simulation study\n\n{chosen.runs} simulated runs a row; seeded, so that a row comes out the same.\n\n"
    if not chosen.studies:
        OUT.write_text(text + "\n".join(parts), encoding="utf-8")
    else:
        print("\n".join(parts))


def _markdown(table: Table) -> str:
    lines = [f"## {table.title}", "", table.about, "", f"| {' | '.join(table.columns)} |"]
    lines.append(f"|{'---|' * len(table.columns)}")
    lines += [f"| {' | '.join(row)} |" for row in table.rows]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
