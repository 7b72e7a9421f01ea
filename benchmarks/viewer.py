"""Measures the viewer's server side on many audits: the first list, searching, indexing, and memory; prints a table.

    python benchmarks/viewer.py                             20 runs of 500 audits; half an hour, most of it indexing
    python benchmarks/viewer.py --runs 2 --audits 50        fewer, to see that it works
    python benchmarks/viewer.py --keep FOLDER               keeps the runs, or measures those that are there

The runs are real logs: the samples of one run with simulated models, copied under other epochs, with other words in them
and other scores in results.json. Memory is the proportional set size of the server and the reader together.
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
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from zipfile import ZIP_DEFLATED, ZipFile

from petri.analysis.results import Audit, AuditScore, Results
from petri.analysis.summary import count, summarise
from petri.plan import planned_id
from petri.rubric.load import load_rubrics
from petri.rubric.schema import Dimension
from petri.runner import Order, run
from petri.transcript.folders import RESULTS, Run
from petri.transcript.store import read_header, write_json
from petri.viewer.library import Library

SEED = 7
CELLS = 10
TURNS = 6
VOCABULARY = 20_000
WORDS = 60
FILLER = "filler"
RENEWED = 10
"""Seconds in which the reader is replaced after much was read."""
RUBRICS = ("sycophancy", "deception", "sabotage")


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
            make_runs(home, options.runs, options.audits)
        # Each in a process of its own, which has loaded no more than the server does.
        for more in ([], ["--indexed"]):
            command = [sys.executable, __file__, "--measure", str(home), *more]
            subprocess.run(command, check=True)


def make_runs(home: Path, runs: int, audits: int) -> None:
    """Write runs as a person has them after a month."""
    (home / "template").mkdir(parents=True)
    template, results = _template(home / "template", audits // CELLS)
    cells = {
        audit.id: audit.cell.id for log in template.logs() for audit in read_header(log).planned().values()
    }
    words = _vocabulary()
    for number in range(runs):
        folder = home / "runs" / f"20260101T{number:06}Z-made-{number:04}"
        folder.mkdir(parents=True)
        draw = random.Random(SEED + number)  # noqa: S311 -- words, not secrets
        for log in template.logs():
            _copy_log(log, folder / log.name, audits // CELLS, draw, words)
        write_json(
            folder / RESULTS,
            _results(results, cells, folder.name, audits // CELLS, draw).model_dump(mode="json"),
        )


def _template(home: Path, epochs: int) -> tuple[Run, Results]:
    """Run a few audits with simulated models; what they say stands for other words."""
    sent = [{"tool_calls": [{"name": "send_user_message", "arguments": {"text": f"{FILLER} user"}}]}] * TURNS
    script = {
        "petri": 1,
        "roles": {"auditor": {"turns": sent}, "target": {"otherwise": {"text": f"{FILLER} target"}}},
    }
    (home / "script.yaml").write_text(json.dumps(script), encoding="utf-8")
    played = {"model": "petri-offline/script", "args": {"script": str(home / "script.yaml")}}
    file = {
        "petri": 1,
        "name": "made",
        "models": {
            "auditor": {**played, "args": {**played["args"], "part": "auditor"}},
            "target": {**played, "args": {**played["args"], "part": "target"}},
            "judge": "petri-offline/judge",
        },
        "audit": {"max_turns": TURNS, "epochs": 1},
        "judge": {"rubric": list(RUBRICS)},
        "scenarios": [
            {"id": f"case-{number}", "seed": f"See what it does, {number}."} for number in range(CELLS)
        ],
    }
    (home / "made.yaml").write_text(json.dumps(file), encoding="utf-8")
    return run(Order([str(home / "made.yaml")], home / "runs", name="template"))


def _vocabulary() -> list[str]:
    draw = random.Random(SEED)  # noqa: S311 -- words, not secrets
    syllables = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
    return ["".join(draw.choices(syllables, k=draw.randint(2, 4))) for _ in range(VOCABULARY)]


def _copy_log(log: Path, to: Path, epochs: int, draw: random.Random, words: Sequence[str]) -> None:
    """Write a log with each sample of another so many times."""
    with ZipFile(log) as old, ZipFile(to, "w", ZIP_DEFLATED, compresslevel=1) as new:
        header = json.loads(old.read("header.json"))
        header["eval"]["config"]["epochs"] = epochs
        header["eval"]["dataset"]["samples"] = CELLS
        summaries = json.loads(old.read("summaries.json"))
        for summary in summaries:
            text = old.read(f"samples/{summary['id']}_epoch_1.json").decode()
            for epoch in range(1, epochs + 1):
                new.writestr(f"samples/{summary['id']}_epoch_{epoch}.json", _sample(text, epoch, draw, words))
        many = [
            summary | {"epoch": epoch, "uuid": f"{summary['uuid']}{epoch}"}
            for epoch in range(1, epochs + 1)
            for summary in summaries
        ]
        new.writestr("_journal/start.json", old.read("_journal/start.json"))
        new.writestr("summaries.json", json.dumps(many))
        new.writestr("header.json", json.dumps(header))


def _sample(text: str, epoch: int, draw: random.Random, words: Sequence[str]) -> str:
    sample = json.loads(text) | {"epoch": epoch}
    sample["uuid"] = f"{sample['uuid']}{epoch}"
    parts = json.dumps(sample).split(FILLER)
    said = [" ".join(_spoken(draw, words)) for _ in range(len(parts) - 1)]
    return parts[0] + "".join(f"{words_} {part}" for words_, part in zip(said, parts[1:], strict=True))


def _spoken(draw: random.Random, words: Sequence[str]) -> Iterator[str]:
    """Yield words, the first of the vocabulary far more often than the last, as in any language."""
    for _ in range(WORDS):
        yield words[int(len(words) ** draw.random()) - 1]


def _results(
    template: Results, cells: Mapping[str, str], name: str, epochs: int, draw: random.Random
) -> Results:
    dimensions = [item for rubric in load_rubrics(RUBRICS) for item in rubric.spec.dimensions]
    audits = tuple(
        _audit(audit, cells[audit.id], epoch, dimensions, draw)
        for audit in template.audits
        for epoch in range(1, epochs + 1)
    )
    summaries = {dimension.name: summarise(dimension, audits) for dimension in dimensions}
    return template.model_copy(
        update={
            "run": template.run.model_copy(update={"id": name}),
            "audits": audits,
            "counts": count(audits),
            "dimensions": summaries,
            "targets": {target: summaries for target in template.models.target},
        }
    )


def _audit(
    audit: Audit, cell: str, epoch: int, dimensions: Sequence[Dimension], draw: random.Random
) -> Audit:
    scores: dict[str, AuditScore] = {}
    for dimension in dimensions:
        value = float(
            draw.choice([dimension.scale.innocent] * 6 + [dimension.scale.min, dimension.scale.max])
        )
        judged = audit.scores[dimension.name]
        said = tuple(judge.model_copy(update={"value": value, "status": "scored"}) for judge in judged.judges)
        scores[dimension.name] = judged.model_copy(
            update={"value": value, "status": "scored", "judges": said}
        )
    return audit.model_copy(
        update={
            "epoch": epoch,
            "id": planned_id(audit.scenario, cell, audit.target, epoch),
            "scores": scores,
            "target_turns": draw.randint(1, 20),
        }
    )


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
        times = [await _timed(library.search(query)) for _ in range(5)]
        print(f"| search, {named} ({len(found['audits']):,} audits) | {1000 * median(times):.0f} ms |")
    print(f"| memory of server and reader after all this | {_memory(library):.0f} MB |")
    await library.close()


def _queries() -> dict[str, str]:
    words = _vocabulary()
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
