"""Measures the viewer's server side on many audits: the first list, searching, indexing, and memory; prints a table.

    python benchmarks/viewer.py                             20 runs of 500 audits; half an hour, most of it indexing
    python benchmarks/viewer.py --runs 2 --audits 50        fewer, to see that it works
    python benchmarks/viewer.py --keep FOLDER               keeps the runs, or measures those that are there

The runs are made by viewer_runs.py. Memory is the proportional set size of the server and the reader together.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from statistics import median

from viewer_words import SEED, vocabulary

from petri.transcript.folders import Run
from petri.viewer.library import Library

SEARCHES = 9
RENEWED = 10
"""Seconds in which the reader is replaced after much was read."""


def main() -> None:
    """Make the runs where there are none, and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--audits", type=int, default=500)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--indexed", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure is not None:
        asyncio.run(_warm(options.measure) if options.indexed else _cold(options.measure))
        return
    with tempfile.TemporaryDirectory() as temporary:
        home = options.keep or Path(temporary)
        if not (home / "runs").is_dir():
            maker = str(Path(__file__).with_name("viewer_runs.py"))
            numbers = [str(options.runs), str(options.audits)]
            subprocess.run([sys.executable, maker, str(home), *numbers], check=True)
        # Each in a process of its own, which has loaded no more than the server does.
        for more in ([], ["--indexed"]):
            command = [sys.executable, __file__, "--measure", str(home), *more]
            subprocess.run(command, check=True)


async def _cold(home: Path) -> None:
    """Measure building the index."""
    shutil.rmtree(home / "cache", ignore_errors=True)
    runs = [Run(folder) for folder in (home / "runs").iterdir()]
    size = sum(log.stat().st_size for run in runs for log in run.logs())
    library = Library(home / "runs", cache=home / "cache")
    began = time.perf_counter()
    await library.start()
    most = _memory(library)
    await library.ready()
    listed = time.perf_counter() - began
    while (now := json.loads(library.indexing()))["texts_done"] < now["texts"]:
        await asyncio.sleep(1)
        most = max(most, _memory(library))
    read = time.perf_counter() - began
    await asyncio.sleep(RENEWED)
    audits = json.loads(await library.audits())["audits"]
    index = sum(file.stat().st_size for file in (home / "cache").iterdir())
    print(f"{len(runs)} runs, {len(audits):,} audits, logs of {size / 1e6:,.0f} MB\n")
    print("| what | measured |\n|---|---|")
    print(f"| no index: all audits listed after | {listed:.1f} s |")
    print(f"| all texts searchable after | {read:.0f} s, {1000 * read / len(audits):.0f} ms an audit |")
    print(f"| index on disk | {index / 1e6:,.0f} MB |")
    print(f"| memory of server and reader, most while indexing | {most:.0f} MB |")
    print(f"| the same when it is done | {_memory(library):.0f} MB |")
    await library.close()


async def _warm(home: Path) -> None:
    """Measure a server that has its index."""
    began = time.perf_counter()
    library = Library(home / "runs", cache=home / "cache")
    await library.start()
    runs = await library.runs()
    first = time.perf_counter() - began
    audits = await library.audits()
    print(f"| with an index: list of runs after | {1000 * first:.0f} ms |")
    took = 1000 * (time.perf_counter() - began)
    print(f"| list of all audits after | {took:.0f} ms, {len(audits) / 1e6:.1f} MB of JSON |")
    row = json.loads(audits)["audits"][-1]
    await library.transcript(row["run"], row["key"])
    print(f"| first transcript after (the reader starts meanwhile) | {time.perf_counter() - began:.1f} s |")
    rows = random.Random(SEED).sample(json.loads(audits)["audits"], 20)  # noqa: S311 -- which are opened
    opened = [await _timed(library.transcript(row["run"], row["key"])) for row in rows]
    print(f"| a transcript, median of 20 | {1000 * median(opened):.0f} ms |")
    run = json.loads(runs)["runs"][0]["key"]
    print(f"| list of one run | {1000 * await _timed(library.audits([run])):.0f} ms |")
    for named, query in _queries().items():
        found = json.loads(await library.search(query))
        spent = time.process_time()
        times = [await _timed(library.search(query)) for _ in range(SEARCHES)]
        cpu = (time.process_time() - spent) / SEARCHES
        took = f"{1000 * median(times):.0f} ms, {1000 * cpu:.0f} ms of CPU"
        print(f"| search, {named} ({len(found['audits']):,} audits) | {took} |")
    print(f"| memory of server and reader after all this | {_memory(library):.0f} MB |")
    await library.close()


def _queries() -> dict[str, str]:
    words = vocabulary(SEED)
    return {
        "the commonest word": words[0],
        "a rare word": words[-1],
        "two words": f"{words[20]} {words[300]}",
        "the beginning of a word": words[0][:2],
        "a phrase": f'"{words[1]} {words[2]}"',
    }


async def _timed(answer: Awaitable[bytes]) -> float:
    began = time.perf_counter()
    await answer
    return time.perf_counter() - began


def _memory(library: Library) -> float:
    """Give the megabytes of both processes; what they share counts once."""
    pids = [os.getpid(), *([library.reader.pid] if library.reader.pid is not None else [])]
    rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii") for pid in pids]
    return (
        sum(int(line.split()[1]) for text in rollups for line in text.splitlines() if line.startswith("Pss:"))
        / 1e3
    )


if __name__ == "__main__":
    main()
