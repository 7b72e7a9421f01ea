"""Measures how long the library takes to load and to be looked through; prints a table.

    python benchmarks/library.py          half a minute

In one process, seconds are of the CPU; a fresh interpreter, imports included as when `petri` starts, is timed by the
clock. A ratio holds on any machine: loading the library should take less than BOUND times as long as the fast YAML
parser alone takes with its text. On a machine that does nothing else, a process that loads it all takes about a second.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, Final, cast

import yaml

from petri.datafiles import scenario_files
from petri.document.parse import parse_document
from petri.library.lint import lint_files
from petri.scenario.select import load_scenarios

RUNS: Final = 5
BOUND: Final = 10
START: Final = "import petri.scenario.select"
LOAD: Final = "from petri.scenario.select import load_scenarios; load_scenarios(['library:all'])"


def main() -> None:
    """Measure and print."""
    files = load_scenarios(["library:all"])
    texts = [path.read_text(encoding="utf-8") for path in scenario_files().values()]
    scenarios = sum(len(file.spec.scenarios) for file in files)
    print(f"{scenarios} scenarios in {len(files)} files, {sum(map(len, texts)):,} characters\n")
    print("| what | seconds | over the parser alone |")
    print("|---|---|---|")
    parser = middle(lambda: [*map(parse, texts)])
    print(row("YAML parser alone", parser, parser))
    loading = middle(load_anew)
    print(row("load, in one process", loading, parser))
    print(row("lint, loaded before", middle(lambda: lint_files(files)), parser))
    start, load = (middle(lambda code=code: child(code), time.perf_counter) for code in (START, LOAD))
    print(row("a process with the imports", start, parser))
    print(row("a process that loads it all", load, parser))
    print(f"\n{'within' if loading < BOUND * parser else 'PAST'} the bound of {BOUND} times the parser alone")


def parse(text: str) -> int:
    """Give how many events the fast parser sees."""
    return len([*cast("Any", yaml).parse(text, Loader=yaml.CSafeLoader)])


def load_anew() -> object:
    """Load the library without what was kept of it."""
    parse_document.cache_clear()
    return load_scenarios(["library:all"])


def child(code: str) -> None:
    """Run code in a fresh interpreter."""
    subprocess.run([sys.executable, "-c", code], check=True)


def middle(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Give the median of the seconds that something takes."""
    taken: list[float] = []
    for _ in range(RUNS):
        started = clock()
        work()
        taken.append(clock() - started)
    return statistics.median(taken)


def row(what: str, seconds: float, parser: float) -> str:
    """Give a row of the table."""
    return f"| {what} | {seconds:.2f} | {seconds / parser:.0f} |"


if __name__ == "__main__":
    main()
