"""Stops runs of a hundred audits in every way, resumes them, and says what was lost or paid for twice.

    python -m benchmarks.crash --by kill --stops 200   SIGKILL at moments of chance
    python -m benchmarks.crash --by writes             a kill before or after every kind of write, and files torn
    python -m benchmarks.crash --by interrupt          SIGINT at moments of chance
    python -m benchmarks.crash --by soft               SIGINT, SIGTERM and SIGHUP, some of them twice

The models are played by a server on the loopback interface. Its own record of every call is what the results are held
against; see ``tests/crash``. A line of the table in CRASH.md is printed at the end.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.crash.checker import Tally
from tests.crash.harness import SOFT, Petri, Trial, deaths_at_writes

WAYS: Final = ("kill", "writes", "interrupt", "soft")


def trial(by: str, folder: Path, audits: int, seed: int) -> Trial:
    """Give a run that is stopped in one of the ways."""
    match by:
        case "writes":
            return Trial(folder, audits=audits, seed=seed, deaths=deaths_at_writes(seed, audits))
        case "interrupt":
            return Trial(folder, audits=audits, seed=seed, signals=(signal.SIGINT,))
        case "soft":
            return Trial(folder, audits=audits, seed=seed, signals=SOFT, twice=0.3)
        case _:
            return Trial(folder, audits=audits, seed=seed)


def main() -> int:
    """Stop runs until there were enough stops; print what was found, and fail where anything was."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--by", choices=WAYS, default="kill")
    parser.add_argument("--stops", type=int, default=50)
    parser.add_argument("--audits", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    tally, began, runs = Tally(), time.monotonic(), 0
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_DATA_HOME"] = str(Path(home, "data"))
        Path(home, "warm").mkdir()
        with Petri.ready(Path(home, "warm")) as petri:
            while sum(tally.stops.values()) < chosen.stops:
                folder = Path(home, f"run-{runs}")
                folder.mkdir()
                tally.add(trial(chosen.by, folder, chosen.audits, chosen.seed + runs).perform(petri))
                runs += 1
                print(f"{time.monotonic() - began:.0f} s, {runs} runs: {tally}", file=sys.stderr, flush=True)
    print(f"stops: {dict(tally.stops)}; exit codes: {dict(tally.exits)}; in {time.monotonic() - began:.0f} s")
    print(row(chosen.by, chosen.seed, runs, tally))
    return int(not tally.is_clean())


def row(by: str, seed: int, runs: int, tally: Tally) -> str:
    """Give a line of the table in CRASH.md."""
    told = (
        datetime.now(UTC).strftime("%Y-%m-%d"),
        f"`--by {by} --seed {seed}`",
        f"{sum(tally.stops.values())} in {runs} runs, {tally.audits} audits",
        ", ".join(f"{code}: {number}" for code, number in sorted(tally.exits.items())),
        len(tally.lost),
        len(tally.billed_twice),
        f"{max(tally.repeated, default=0)} ({tally.repeated.total()} audits)",
        tally.judged_again,
        len(tally.wrong_ends),
        len(tally.disagreements),
    )
    return f"| {' | '.join(map(str, told))} |"


if __name__ == "__main__":
    sys.exit(main())
