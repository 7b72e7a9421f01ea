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
from dataclasses import asdict
from pathlib import Path
from typing import Any

from floor import floor_task
from inspect_ai import Task
from inspect_ai import eval as inspect_eval  # pyright: ignore[reportUnknownVariableType]
from inspect_ai.log import EvalLog
from report import Measurement
from workload import CONNECTIONS, METER, Call, models, write_scenario

from petri.tasks import audit


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["audit", "floor"])
    parser.add_argument("--settings", choices=["petri", "default"], default="petri")
    parser.add_argument("--audits", type=int, required=True)
    parser.add_argument("--turns", type=int, required=True)
    parser.add_argument("--latency", type=float, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asdict(measure(options, Path(folder)))))


def measure(options: argparse.Namespace, folder: Path) -> Measurement:
    """Warm up, then run and time one evaluation."""
    recorded = record(folder, options.turns)
    scenario = write_scenario(folder, audits=options.audits, turns=options.turns)
    task = audit(str(scenario)) if options.what == "audit" else floor_task(recorded, options.audits)
    METER.calls = 0
    gc.collect()
    before, wall, cpu = peak(), time.perf_counter(), time.process_time()
    log = run(task, folder, options.settings, options.latency)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    check(log, METER.calls, len(recorded) * options.audits)
    size = Path(log.location).stat().st_size
    return Measurement(METER.calls, len(recorded), cpu, wall, size, peak(), before)


def record(folder: Path, turns: int) -> list[Call]:
    """Run one audit, and give the calls that it made."""
    METER.recording = True
    scenario = write_scenario(folder, audits=1, turns=turns)
    log = run(audit(str(scenario)), folder, "petri", 0)
    METER.recording = False
    check(log, METER.calls, turns * 2 + 1)
    return METER.recorded


def run(task: Task, folder: Path, settings: str, latency: float) -> EvalLog:
    """Evaluate a task with all audits at once."""
    chosen: dict[str, Any] = {}
    [log] = inspect_eval(
        task,
        model=None,
        model_roles=models(latency),
        log_dir=str(folder / "logs"),
        display="none",
        max_samples=CONNECTIONS,
        max_connections=CONNECTIONS,
        **chosen,
    )
    return log


def check(log: EvalLog, calls: int, expected: int) -> None:
    """Stop unless every audit did what was planned: a faster run that did less is no measurement."""
    errors = [str(sample.error.message) for sample in log.samples or () if sample.error]
    if log.status != "success" or errors or calls != expected:
        sys.exit(
            f"not a measurement: status {log.status}, {calls} calls of {expected}, errors {errors[:3]}, {log.error}"
        )


def peak() -> int:
    """Give the peak memory of this process in bytes (the kernel counts kilobytes; on macOS, bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
