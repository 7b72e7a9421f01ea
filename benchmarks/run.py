"""Measures what Petri adds to Inspect, as ratios within one run, and prints a table.

    python benchmarks/run.py            a few minutes
    python benchmarks/run.py --write    and keep the table in benchmarks/RESULTS.md
    python benchmarks/run.py --quick    a minute: small numbers, to see that it works

The floor is the same number of bare `generate` calls, with the same inputs, tools and settings, in an Inspect
evaluation that does nothing else. Every measurement is a process of its own, after a warm-up; what is compared runs
alternately, so that a busy machine slows both.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from report import Measurement, Row, cpu_rows, log_rows, median, start_rows, table, wall_row

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
SPREAD = 0.5


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    audits: int = 64
    turns: int = 20
    rounds: int = 3
    latency: float = 1
    log_turns: tuple[int, int, int] = (10, 30, 100)
    log_audits: int = 8
    starts: int = 5


QUICK = Plan(audits=8, turns=6, rounds=1, latency=0.3, log_turns=(2, 6, 20), log_audits=2, starts=2)


def main() -> None:
    """Measure, print, and exit with 1 when a requirement is not met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write benchmarks/RESULTS.md")
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that it works")
    options = parser.parse_args()
    plan = QUICK if options.quick else Plan()
    with tempfile.TemporaryDirectory() as home:
        rows = measure_all(plan, Path(home))
    text = f"{heading(plan)}\n{table(rows)}"
    print(text)
    if options.write:
        RESULTS.write_text(text, encoding="utf-8")
    sys.exit(any(row.good is False for row in rows))


def measure_all(plan: Plan, home: Path) -> list[Row]:
    """Measure everything, saying on stderr what is being measured."""
    load: list[str] = [f"--audits={plan.audits}", f"--turns={plan.turns}"]
    audits: list[Measurement] = []
    floors: list[Measurement] = []
    defaults: list[Measurement] = []
    for number in range(1, plan.rounds + 1):
        say(f"CPU and memory, {plan.audits} audits of {plan.turns} turns: round {number} of {plan.rounds}")
        floors.append(child(home, "floor", *load))
        audits.append(child(home, "audit", *load))
        defaults.append(child(home, "floor-default", *load))
    say(f"wall time at {plan.latency:g} s latency")
    slow = [*load, f"--latency={plan.latency}"]
    even = wall_row(
        child(home, "audit", *slow), child(home, "floor", *slow), f"{plan.latency:g} s latency, all in step"
    )
    slow.append(f"--spread={SPREAD}")
    varied = f"{plan.latency:g} s latency, give or take {SPREAD * 100:g} %"
    uneven = wall_row(child(home, "audit", *slow), child(home, "floor", *slow), varied)
    sizes: dict[int, Measurement] = {}
    for turns in plan.log_turns:
        say(f"log size, {turns} turns")
        sizes[turns] = child(home, "audit", f"--audits={plan.log_audits}", f"--turns={turns}")
    say("start-up times")
    return [
        *cpu_rows(audits, floors, defaults),
        even,
        uneven,
        *log_rows(sizes, plan.log_audits),
        *starts(plan, home),
    ]


def starts(plan: Plan, home: Path) -> list[Row]:
    """Time the start of the interpreter, of an import, and of commands that load no model."""
    petri = str(Path(sys.executable).parent / "petri")
    commands: dict[str, list[str]] = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "python -c 'import petri'": [sys.executable, "-c", "import petri"],
        "petri --help": [petri, "--help"],
        "petri validate scenarios/quickstart.yaml": [
            petri,
            "validate",
            str(HERE.parent / "scenarios/quickstart.yaml"),
        ],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for attempt in range(plan.starts + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, env=environment(home), check=True, capture_output=True)
            if attempt:  # the first one fills the disk cache and compiles
                times[name].append(time.perf_counter() - began)
    bare, *ours = [(name, median(taken)) for name, taken in times.items()]
    return start_rows(dict(ours), bare[1])


def child(home: Path, *arguments: str) -> Measurement:
    """Run one measurement in a process of its own."""
    command = [sys.executable, str(HERE / "measure.py"), *arguments]
    done = subprocess.run(command, env=environment(home), check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return Measurement(**json.loads(done.stdout.splitlines()[-1]))


def environment(home: Path) -> dict[str, str]:
    """Give an environment in which Inspect and Petri read no settings and write nothing outside ``home``."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("INSPECT_", "PETRI_", "XDG_"))
    }
    places = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CACHE", "CONFIG", "STATE")}
    return kept | places


def heading(plan: Plan) -> str:
    """Say what was measured, where, and with which versions."""
    versions = (
        f"petri {version('petri')}, inspect-ai {version('inspect-ai')}, Python {platform.python_version()}"
    )
    return f"""\
# Benchmarks

`python benchmarks/run.py` on {os.cpu_count()} cores, {platform.system()} {platform.machine()}; {versions}.
{plan.audits} audits of {plan.turns} turns at once, one verdict each; median of {plan.rounds} rounds. The floor is the
same model calls, inputs, tools and settings in an Inspect evaluation that does nothing else.
"""


def say(message: str) -> None:
    """Report progress."""
    print(f"bench: {message}", file=sys.stderr)


if __name__ == "__main__":
    main()
