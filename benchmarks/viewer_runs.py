"""Makes the runs on which benchmarks/viewer.py measures: ``python benchmarks/viewer_runs.py FOLDER RUNS AUDITS``.

They are real logs: the samples of one run with simulated models, copied under other epochs, with other words in them,
and other scores in results.json.
"""

import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from viewer_words import SEED, vocabulary

from petri.analysis.results import Audit, AuditScore, Results
from petri.analysis.summary import count, summarise
from petri.plan import planned_id
from petri.rubric.load import load_rubrics
from petri.rubric.schema import Dimension
from petri.runner import Order, run
from petri.transcript.folders import RESULTS, Run
from petri.transcript.store import read_header, write_json

CELLS = 10
TURNS = 6
WORDS = 60
FILLER = "filler"
RUBRICS = ("sycophancy", "deception", "sabotage")


def make_runs(home: Path, runs: int, audits: int) -> None:
    """Write runs as a person has them after a month."""
    (home / "template").mkdir(parents=True)
    template, results = _template(home / "template")
    cells = {
        audit.id: audit.cell.id for log in template.logs() for audit in read_header(log).planned().values()
    }
    words = vocabulary(SEED)
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


def _template(home: Path) -> tuple[Run, Results]:
    """Run a few audits with simulated models; what they say stands for other words."""
    sent: list[dict[str, Any]] = [
        {"tool_calls": [{"name": "send_user_message", "arguments": {"text": f"{FILLER} user"}}]}
    ] * TURNS
    script: dict[str, Any] = {
        "petri": 1,
        "roles": {"auditor": {"turns": sent}, "target": {"otherwise": {"text": f"{FILLER} target"}}},
    }
    (home / "script.yaml").write_text(json.dumps(script), encoding="utf-8")
    played = {
        role: {
            "model": "petri-offline/script",
            "args": {"script": str(home / "script.yaml"), "part": role},
        }
        for role in ("auditor", "target")
    }
    file: dict[str, Any] = {
        "petri": 1,
        "name": "made",
        "models": {**played, "judge": "petri-offline/judge"},
        "audit": {"max_turns": TURNS, "epochs": 1},
        "judge": {"rubric": list(RUBRICS)},
        "scenarios": [
            {"id": f"case-{number}", "seed": f"See what it does, {number}."} for number in range(CELLS)
        ],
    }
    (home / "made.yaml").write_text(json.dumps(file), encoding="utf-8")
    return run(Order([str(home / "made.yaml")], home / "runs", name="template"))


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
            "targets": dict.fromkeys(template.models.target, summaries),
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


if __name__ == "__main__":
    make_runs(Path(sys.argv[1]), *map(int, sys.argv[2:]))
