"""One measurement in a process of its own, printed as JSON: `run.py` starts it, so that no run warms up another.

The first evaluation of a process loads model SDKs and costs seconds; a warm-up takes that, and records the calls of one
audit, which the floor then repeats.
"""

import argparse
import gc
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext, redirect_stdout
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any

from floor import floor_task
from inspect_ai import eval as inspect_eval  # pyright: ignore[reportUnknownVariableType]
from inspect_ai.log import list_eval_logs, read_eval_log
from report import Measurement
from rich.console import Console
from workload import CONNECTIONS, METER, models, write_scenario

from petri.analysis.compute import compute_results
from petri.display.lines import LineDisplay
from petri.evaluation import INSPECT_SETTINGS, lowered_costs
from petri.runner import Order, run
from petri.transcript.folders import Run


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["audit", "floor", "floor-default"])
    parser.add_argument("--audits", type=int, required=True)
    parser.add_argument("--turns", type=int, required=True)
    parser.add_argument("--latency", type=float, default=0)
    parser.add_argument("--spread", type=float, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asdict(measure(options, Path(folder)))))


def measure(options: argparse.Namespace, folder: Path) -> Measurement:
    """Warm up, then run and time one evaluation."""
    METER.recording = True
    run_audits(folder / "warm-up", audits=1, turns=options.turns, latency=0, spread=0)
    METER.recording, METER.calls = False, 0
    place = folder / "measured"
    kinds: dict[str, Callable[[], None]] = {
        "audit": lambda: run_audits(place, options.audits, options.turns, options.latency, options.spread),
        "floor": lambda: run_floor(place, options.audits, options.latency, options.spread, INSPECT_SETTINGS),
        "floor-default": lambda: run_floor(place, options.audits, options.latency, options.spread, {}),
    }
    gc.collect()
    before, wall, cpu = peak(), time.perf_counter(), time.process_time()
    kinds[options.what]()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    calls, after = len(METER.recorded), peak()
    size = check(place, calls=calls * options.audits)
    longest = max(METER.waited, default=0)
    results = time_results(place) if options.what == "audit" else 0
    return Measurement(METER.calls, calls, cpu, results, wall, longest, size, after, before)


def time_results(folder: Path) -> float:
    """Give the CPU seconds that it takes to compute the results from the logs, once more."""
    [made] = folder.glob("*/*.eval")
    with lowered_costs():
        began = time.process_time()
        compute_results(Run(made.parent))
        return time.process_time() - began


def run_audits(folder: Path, audits: int, turns: int, latency: float, spread: float) -> None:
    """Do what `petri audit` does, from the scenario file to the results, with all audits at once."""
    folder.mkdir()
    scenario = write_scenario(folder, audits=audits, turns=turns, latency=latency, spread=spread)
    order = Order([str(scenario)], out=folder, max_samples=CONNECTIONS, max_connections=CONNECTIONS)
    with redirect_stdout(StringIO()):
        _, results = run(order, LineDisplay(Console(file=StringIO(), width=80)))
    if results.counts.valid != audits:
        sys.exit(f"not a measurement: {results.counts}")


def run_floor(folder: Path, audits: int, latency: float, spread: float, settings: Mapping[str, Any]) -> None:
    """Repeat the recorded calls, all audits at once; with settings, the process is set as Petri sets it, too."""
    with lowered_costs() if settings else nullcontext():
        inspect_eval(
            floor_task(METER.recorded, audits),
            model=None,
            model_roles=models(latency, spread),
            log_dir=str(folder),
            display="none",
            max_samples=CONNECTIONS,
            max_connections=CONNECTIONS,
            **settings,
        )


def check(folder: Path, *, calls: int) -> int:
    """Stop unless all was done that was planned, for less work is no faster; give the size of the log in bytes."""
    [found] = list_eval_logs(str(folder), recursive=True)
    log = read_eval_log(found, header_only=True)
    if log.status != "success" or METER.calls != calls:
        sys.exit(f"not a measurement: {log.status}, {METER.calls} calls of {calls}, {log.error}")
    return int(found.size or 0)


def peak() -> int:
    """Give the peak memory of this process in bytes (the kernel counts kilobytes; on macOS, bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
