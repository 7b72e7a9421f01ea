"""A run's tables as pandas data frames, of the same kinds of columns as Inspect's own, so that they can be joined."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pandas as pd
import pyarrow as pa

from petri.analysis.compute import compute_results
from petri.analysis.files import table_schema
from petri.analysis.held import held_by, transcripts_of
from petri.analysis.tables import TABLES, Row, Table, message_rows, result_rows
from petri.document.wording import one_of
from petri.errors import UsageError
from petri.transcript.folders import Run, find_run, out_folder


def results(run: Run | Path | str, table: Table = "scores") -> pd.DataFrame:
    """Give a table of a run as a data frame; by default a row for each dimension of each audit.

    ``run`` is a ``Run``, or what ``find_run`` takes, in the folder ``PETRI_OUT`` or ``transcripts``. What is not known
    is NA. ``sample_id`` and ``eval_id`` are those of ``inspect_ai.analysis``. Raises ``UsageError`` for another table,
    and what ``compute_results`` raises.
    """
    if table not in TABLES:
        raise UsageError(f"there is no table {table!r}; there is {one_of(get_args(Table))}")
    found = run if isinstance(run, Run) else find_run(str(run), out_folder())
    rows = [row.model_dump() for row in _rows(found, table)]
    made = pa.Table.from_pylist(rows, schema=table_schema(TABLES[table]))
    return made.to_pandas(types_mapper=pd.ArrowDtype)  # pyright: ignore[reportUnknownMemberType] -- partial stubs


def _rows(run: Run, table: Table) -> Iterator[Row]:
    computed = compute_results(run)
    held = held_by(run, computed)
    if table == "messages":
        for transcript in transcripts_of(held):
            yield from message_rows(computed.run.id, transcript)
    else:
        yield from result_rows(computed, held)[table]
