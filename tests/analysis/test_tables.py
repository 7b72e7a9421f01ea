"""Tidy tables of a run: what stands in them, and that files give back what was put in."""

import csv
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from petri.analysis.compute import compute_results
from petri.analysis.files import table_schema, write_csv, write_parquet
from petri.analysis.tables import (
    TABLES,
    AuditRow,
    CitationRow,
    MessageRow,
    Row,
    audit_rows,
    citation_rows,
    judgement_rows,
    message_rows,
    score_rows,
)
from petri.datafiles import golden_folder
from petri.transcript.store import Run, samples, transcript_of


@pytest.fixture(scope="module")
def tables() -> dict[str, list[Row]]:
    run = Run(golden_folder() / "run")
    results = compute_results(run)
    log = run.logs()[0]
    told = [row for sample in samples(log) for row in message_rows(run.id, transcript_of(sample, "?"))]
    return {
        "audits": [*audit_rows(results)],
        "scores": [*score_rows(results)],
        "judgements": [*judgement_rows(results)],
        "citations": [*citation_rows(results)],
        "messages": [*told],
    }


def test_the_tables_hold_what_the_results_count(tables: dict[str, list[Row]]) -> None:
    results = compute_results(Run(golden_folder() / "run"))
    frames = {name: pd.DataFrame([row.model_dump() for row in rows]) for name, rows in tables.items()}
    assert set(frames) == set(TABLES)
    audits, scores = frames["audits"], frames["scores"]
    assert len(audits) == results.counts.planned
    assert int(audits["valid"].sum()) == results.counts.valid
    for name, summary in results.dimensions.items():
        counted = scores[(scores["dimension"] == name) & scores["counts"]]
        values = counted["value"].dropna()
        assert (len(counted), len(values)) == (summary.n_valid, summary.n_scored)
        if summary.mean is not None:
            assert float(values.mean()) == pytest.approx(summary.mean)
        if summary.hit_rate is not None:
            assert float(counted["hit"].dropna().astype(float).mean()) == pytest.approx(summary.hit_rate)
    joined = scores.merge(audits, on=["run", "audit"], validate="many_to_one")
    assert len(joined) == len(scores)
    assert set(frames["citations"]["audit"]) <= set(audits["audit"])
    assert set(frames["messages"]["audit"]) <= set(audits["audit"])


@pytest.mark.parametrize("name", TABLES)
def test_a_parquet_file_gives_back_every_row(tables: dict[str, list[Row]], name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.parquet"
    assert write_parquet(path, TABLES[name], tables[name]) == len(tables[name])
    file = pq.ParquetFile(path)
    read = [row for batch in file.iter_batches() for row in batch.to_pylist()]  # pyright: ignore[reportUnknownMemberType] -- partial stubs
    assert read == [row.model_dump() for row in tables[name]]
    schema = table_schema(TABLES[name])
    assert file.schema_arrow == schema
    assert all((schema.field(name).metadata or {})[b"about"] for name in schema.names)  # pyright: ignore[reportUnknownMemberType] -- likewise


def test_an_empty_table_has_its_columns(tmp_path: Path) -> None:
    write_parquet(tmp_path / "t.parquet", AuditRow, [])
    assert pq.ParquetFile(tmp_path / "t.parquet").schema_arrow.names == list(AuditRow.model_fields)
    write_csv(tmp_path / "t.csv", AuditRow, [])
    assert (tmp_path / "t.csv").read_text().strip() == ",".join(AuditRow.model_fields)


# what a model said -> what stands in the cell
CELLS = {
    "plain": ("I refuse.", "I refuse."),
    "a formula": ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
    "a sum": ("+1", "'+1"),
    "a minus": ("-2", "'-2"),
    "an at sign": ("@x", "'@x"),
    "a tab": ("\t=1", "'\t=1"),
    "commas, quotes and lines": ('a, "b"\nc', 'a, "b"\nc'),
    "a nul": ("a\x00b", "a\ufffdb"),
    "other scripts": ("日本 🜚", "日本 🜚"),
}


@pytest.mark.parametrize("name", CELLS)
def test_no_cell_of_a_csv_is_a_formula(name: str, tmp_path: Path) -> None:
    said, wanted = CELLS[name]
    row = CitationRow(
        run="r", audit="a", dimension="d", message="M1", quote=said, match="exact", by_target=True
    )
    write_csv(tmp_path / "t.csv", CitationRow, [row])
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        (read,) = csv.DictReader(file)
    assert (read["quote"], read["by_target"]) == (wanted, "true")


def test_what_is_not_known_is_an_empty_cell(tmp_path: Path) -> None:
    row = MessageRow(
        run="r", audit="a", label="M1", parent=None, role="user", origin="auditor", turn=0, text="", reasoning="",
        tool_calls="[]", stop=None,
    )  # fmt: skip
    write_csv(tmp_path / "t.csv", MessageRow, [row])
    frame = pd.read_csv(tmp_path / "t.csv")
    assert frame["parent"].isna().all()
