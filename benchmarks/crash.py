"""Kills runs of a hundred audits at moments of chance, resumes them, and says what was lost or paid for twice.

    python -m benchmarks.crash                 200 kills, half an hour
    python -m benchmarks.crash --stops 20      fewer, to see that it works
    python -m benchmarks.crash --signals soft  SIGINT, SIGTERM and SIGHUP in place of SIGKILL

The models are played by a server on the loopback interface. Its own record of every call is what the results are held
against; see ``tests/crash/harness.py``.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.harness import SOFT, Petri, Tally, Trial


def main() -> int:
    """Stop runs until there were enough stops; print what was found, and fail where anything was."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stops", type=int, default=200)
    parser.add_argument("--audits", type=int, default=100)
    parser.add_argument("--signals", choices=["kill", "soft"], default="kill")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    signals = SOFT if chosen.signals == "soft" else (signal.SIGKILL,)
    tally, began, runs = Tally(), time.monotonic(), 0
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_DATA_HOME"] = str(Path(home, "data"))
        Path(home, "warm").mkdir()
        with Petri.ready(Path(home, "warm")) as petri:
            while sum(tally.stops.values()) < chosen.stops:
                folder = Path(home, f"run-{runs}")
                folder.mkdir()
                trial = Trial(folder, audits=chosen.audits, signals=signals, seed=chosen.seed + runs)
                tally.add(trial.perform(petri))
                runs += 1
                print(
                    f"{sum(tally.stops.values())} stops in {runs} runs: {tally}", file=sys.stderr, flush=True
                )
    stops, seconds = sum(tally.stops.values()), time.monotonic() - began
    print(f"{stops} stops of {runs} runs of {chosen.audits} audits, in {seconds:.0f} s")
    print(f"stops: {dict(tally.stops)}; exit codes: {dict(tally.exits)}")
    print(f"complete audits lost: {len(tally.lost)}; their calls made again: {len(tally.billed_twice)}")
    print(
        f"calls of a conversation made again after a stop: at most {max(tally.repeated, default=0)} of an audit"
    )
    print(
        f"verdicts asked for again: {tally.judged_again}; disagreements with the server: {len(tally.disagreements)}"
    )
    found = tally.lost or tally.billed_twice or tally.disagreements or max(tally.repeated, default=0) > 2  # noqa: PLR2004 -- one turn
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
