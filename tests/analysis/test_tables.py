"""Tidy tables of a run: what stands in them, and that files give back what was put in."""

import csv
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from petri.analysis.compute import compute_results
from petri.analysis.files import csv_file, parquet_file, table_schema
from petri.analysis.held import held_by, transcripts_of
from petri.analysis.tables import (
    TABLES,
    AuditRow,
    CitationRow,
    MessageRow,
    Row,
    Table,
    message_rows,
    result_rows,
)
from petri.datafiles import golden_folder
from petri.transcript.folders import Run


@pytest.fixture(scope="module")
def tables() -> dict[Table, list[Row]]:
    run = Run(golden_folder() / "run")
    results = compute_results(run)
    held = held_by(run, results)
    found: dict[Table, list[Row]] = {name: [*rows] for name, rows in result_rows(results, held).items()}
    found["messages"] = [row for each in transcripts_of(held) for row in message_rows(run.id, each)]
    return found


def test_the_tables_hold_what_the_results_count(tables: dict[Table, list[Row]]) -> None:
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
def test_a_parquet_file_gives_back_every_row(
    tables: dict[Table, list[Row]], name: Table, tmp_path: Path
) -> None:
    path = tmp_path / f"{name}.parquet"
    with parquet_file(path, TABLES[name]) as add:
        for row in tables[name]:
            add(row)
    file = pq.ParquetFile(path)
    read = [row for batch in file.iter_batches() for row in batch.to_pylist()]  # pyright: ignore[reportUnknownMemberType] -- partial stubs
    assert read == [row.model_dump() for row in tables[name]]
    schema = table_schema(TABLES[name])
    assert file.schema_arrow == schema
    assert all((schema.field(name).metadata or {})[b"about"] for name in schema.names)  # pyright: ignore[reportUnknownMemberType] -- likewise


def test_an_empty_table_has_its_columns(tmp_path: Path) -> None:
    with parquet_file(tmp_path / "t.parquet", AuditRow):
        pass
    assert pq.ParquetFile(tmp_path / "t.parquet").schema_arrow.names == list(AuditRow.model_fields)
    with csv_file(tmp_path / "t.csv", AuditRow):
        pass
    assert (tmp_path / "t.csv").read_text().strip() == ",".join(AuditRow.model_fields)


def test_a_long_table_is_written_in_parts(tmp_path: Path) -> None:
    row = CitationRow(
        run="r", audit="a", dimension="d", message="M1", quote="x", match="exact", by_target=True
    )
    with parquet_file(tmp_path / "t.parquet", CitationRow) as add:
        for number in range(2001):
            add(row.model_copy(update={"audit": str(number)}))
    file = pq.ParquetFile(tmp_path / "t.parquet")
    assert (file.metadata.num_rows, file.num_row_groups) == (2001, 3)
    read = [row for batch in file.iter_batches() for row in batch.to_pylist()]  # pyright: ignore[reportUnknownMemberType] -- partial stubs
    assert [row["audit"] for row in read] == [str(number) for number in range(2001)]


def test_what_no_log_holds_has_no_sample() -> None:
    results = compute_results(Run(golden_folder() / "run"))
    found = [row for name in ("audits", "scores") for row in result_rows(results, {})[name]]
    assert {(row.model_dump()["eval_id"], row.model_dump()["sample_id"]) for row in found} == {(None, None)}


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
    with csv_file(tmp_path / "t.csv", CitationRow) as add:
        add(row)
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        (read,) = csv.DictReader(file)
    assert (read["quote"], read["by_target"]) == (wanted, "true")


def test_what_is_not_known_is_an_empty_cell(tmp_path: Path) -> None:
    row = MessageRow(
        run="r", audit="a", label="M1", parent=None, role="user", origin="auditor", turn=0, text="", reasoning="",
        tool_calls="[]", stop=None,
    )  # fmt: skip
    with csv_file(tmp_path / "t.csv", MessageRow) as add:
        add(row)
    frame = pd.read_csv(tmp_path / "t.csv")
    assert frame["parent"].isna().all()
