"""Annotations as labels: `petri calibrate` takes the store as it is, and only what was said blind."""

import json
import shutil
from pathlib import Path

import pytest

from petri.analysis.annotated_labels import labels_at
from petri.analysis.annotations import AnnotationRecord, Answer, RevealRecord, Triage, to_line
from petri.analysis.calibration_card import rubric_digest
from petri.analysis.compute import compute_results
from petri.cli.main import main
from petri.datafiles import golden_folder
from petri.errors import Fault, InvalidFile
from petri.rubric.objective import judged
from petri.transcript.folders import Run
from petri.transcript.store import read_header

BLIND = Answer(answer="value", value=3)
NOTHING = Answer(answer="not_observed", value=None)


def record(
    audit: str = "a",
    annotator: str = "jo",
    *,
    run: str = "run",
    blind: bool = True,
    rubric: str = "r",
    triage: Triage = "clean",
    **answers: Answer,
) -> AnnotationRecord:
    return AnnotationRecord(
        annotator=annotator,
        run=run,
        audit=audit,
        petri="0",
        time="2026-01-01T00:00:00Z",
        rubric=rubric,
        transcript="t",
        triage=triage,
        answers=answers,
        note="",
        seconds=1,
        blind=blind,
        mode="random",
        rank=1,
        population=1,
        inclusion=1,
    )


def write(folder: Path, annotator: str, *records: AnnotationRecord | RevealRecord) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{annotator}.jsonl"
    path.write_bytes(b"".join(map(to_line, records)))
    return path


def given(path: Path, run: Run | None = None) -> list[tuple[str, str, float, str]]:
    labels = labels_at(path, run)
    assert not labels.faults
    rows = [label.row for label in labels.labels]
    return [(row.transcript, row.dimension, row.value, row.annotator) for row in rows]


def test_every_value_is_a_label_and_nothing_else_is(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "jo",
        record(harm=BLIND, care=NOTHING),
        record("b", harm=Answer(answer="unsure", value=None)),
    )
    assert given(path) == [("run/a", "harm", 3, "jo")]


def test_the_last_blind_answer_counts_and_what_came_after_the_verdicts_never(tmp_path: Path) -> None:
    reveal = RevealRecord(annotator="jo", run="run", audit="a", petri="0", time="2026-01-01T00:00:00Z")
    path = write(
        tmp_path,
        "jo",
        record(harm=Answer(answer="value", value=9), care=BLIND),
        record(harm=BLIND),
        reveal,
        record(harm=Answer(answer="value", value=1), blind=False),
    )
    assert given(path) == [("run/a", "harm", 3, "jo")]


def test_values_of_an_invalid_transcript_are_no_labels(tmp_path: Path) -> None:
    path = write(
        tmp_path, "jo", record(harm=BLIND), record("b", harm=BLIND), record(triage="invalid", harm=BLIND)
    )
    assert given(path) == [("run/b", "harm", 3, "jo")]


def test_what_stands_behind_a_reveal_is_not_blind_whatever_it_says(tmp_path: Path) -> None:
    reveal = RevealRecord(annotator="jo", run="run", audit="a", petri="0", time="2026-01-01T00:00:00Z")
    later = Answer(answer="value", value=9)
    path = write(tmp_path, "jo", record(harm=BLIND), reveal, record(harm=later), record("b", harm=later))
    assert given(path) == [("run/a", "harm", 3, "jo"), ("run/b", "harm", 9, "jo")]


def test_a_last_line_without_a_line_feed_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "jo", record(harm=BLIND), record("b", harm=BLIND))
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert [row[0] for row in given(path)] == ["run/a", "run/b"]


def test_nothing_but_what_was_seen_is_a_fault(tmp_path: Path) -> None:
    path = write(tmp_path, "jo", record(harm=BLIND, blind=False))
    assert labels_at(path).faults == (
        Fault(str(path), 0, 0, "holds no value that was given before a verdict was shown"),
    )


@pytest.mark.parametrize("folder", ["run", "run/annotations"])
def test_a_folder_is_all_its_annotators(tmp_path: Path, folder: str) -> None:
    for who in ("jo", "al"):
        write(tmp_path / "run" / "annotations", who, record(annotator=who, harm=BLIND))
    (tmp_path / "run" / "annotations" / "jo.draft.json").write_text("{}", encoding="utf-8")
    assert [row[3] for row in given(tmp_path / folder)] == ["al", "jo"]


def test_a_folder_without_any_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="holds no annotations"):
        labels_at(tmp_path)


def test_other_files_of_labels_are_read_as_ever(tmp_path: Path) -> None:
    row = {"transcript": "run/a", "dimension": "harm", "value": 3, "annotator": "jo"}
    (tmp_path / "l.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (tmp_path / "l.csv").write_text(
        "transcript,dimension,value,annotator\nrun/a,harm,3,jo\n", encoding="utf-8"
    )
    assert given(tmp_path / "l.jsonl") == given(tmp_path / "l.csv") == [("run/a", "harm", 3, "jo")]


def test_a_damaged_line_is_named_with_its_place(tmp_path: Path) -> None:
    path = write(tmp_path, "jo", record(harm=BLIND))
    with path.open("ab") as file:
        file.write(b'{"format": "petri-annotation/1"}\n' + to_line(record("b", harm=BLIND)) + b'{"torn')
    labels = labels_at(path)
    assert [(fault.line, fault.col) for fault in labels.faults] == [(2, 1)]
    assert len(labels.labels) == 2


@pytest.mark.parametrize(
    ("run", "rows"),
    [
        (Run(Path("run")), [("a", "harm", 3, "jo")]),
        (Run(Path("run/verdicts/again")), [("a", "harm", 3, "jo")]),
        (Run(Path("other")), None),
        (Run(Path("running")), None),
    ],
)
def test_with_a_run_they_are_about_its_transcripts(
    tmp_path: Path, run: Run, rows: list[tuple[str, str, float, str]] | None
) -> None:
    path = write(tmp_path, "jo", record(harm=BLIND))
    if rows is None:
        (fault,) = labels_at(path, run).faults
        assert "is about run, and no transcript of" in fault.message
    else:
        assert given(path, run) == rows


# The command


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    return Path(shutil.copytree(golden_folder() / "run", tmp_path / "transcripts" / "golden"))


def digest(run: Path) -> str:
    headers = [read_header(log) for log in Run(run).logs()]
    found = {dimension.name: dimension for header in headers for dimension in judged(header.facts.dimensions)}
    return rubric_digest(found.values())


@pytest.mark.parametrize(
    "args", [["transcripts/golden"], ["transcripts/golden/annotations/jo.jsonl", "--run", "last"]]
)
def test_a_judge_is_compared_with_annotations(
    golden: Path, capsys: pytest.CaptureFixture[str], args: list[str]
) -> None:
    records = [
        record(audit.id, run="golden", rubric=digest(golden), sycophancy=Answer(answer="value", value=1))
        for audit in compute_results(Run(golden)).audits
    ]
    write(golden / "annotations", "jo", *records)
    assert main(["calibrate", *args, "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["annotators"] == ["jo"]
    assert card["dimensions"]["sycophancy"]["coverage"]["compared"] == 25


def test_answers_to_another_rubric_are_not_compared(golden: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audit = compute_results(Run(golden)).audits[0].id
    write(golden / "annotations", "jo", record(audit, run="golden", rubric="another", sycophancy=BLIND))
    assert main(["calibrate", "transcripts/golden"]) == 2
    assert "was given for another rubric than golden is judged by" in capsys.readouterr().err
