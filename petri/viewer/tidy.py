"""Writes what is given away as tidy tables: a file for each table, in a folder."""

import asyncio
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Final, Literal, Self

from petri.analysis.compute import compute_results
from petri.analysis.files import Add, csv_file, parquet_file
from petri.analysis.held import Held, held_by
from petri.analysis.results import Audit, Results
from petri.analysis.tables import TABLES, Row, Table, message_rows, result_rows
from petri.transcript.folders import Run
from petri.transcript.schema import Transcript
from petri.viewer.cleaning import Cleaner
from petri.viewer.sharing import SharedRun

Kind = Literal["parquet", "csv"]

_FILES: Final[Mapping[Kind, Callable[[Path, type[Row]], AbstractContextManager[Add]]]] = {
    "parquet": parquet_file,
    "csv": csv_file,
}


class TidyTables:
    """Writes the rows of a run and of its sets of verdicts when it begins, and those of messages audit by audit."""

    def __init__(self, add: Mapping[Table, Add]) -> None:
        """Give each row to what takes those of its table."""
        self._add = add
        self.cleaner = Cleaner()

    @classmethod
    @contextmanager
    def into(cls, folder: Path, kind: Kind) -> Generator[Self]:
        """Give a writer of files in a folder, which are whole afterwards."""
        with ExitStack() as files:
            yield cls(
                {
                    table: files.enter_context(_FILES[kind](folder / f"{table}.{kind}", form))
                    for table, form in TABLES.items()
                }
            )

    async def begin(self, run: SharedRun) -> None:
        """Write the rows that results have; of a run that is given away whole, also what never began."""
        chosen = None if run.whole else frozenset(run.audits)
        for shelf in run.shelves:
            if shelf.filed is not None:
                results, held = await asyncio.to_thread(_computed, shelf.filed.run)
                for table, rows in result_rows(self._cleaned(results, chosen), held).items():
                    for row in rows:
                        self._add[table](row)

    async def audit(self, run: SharedRun, audit: str) -> None:
        """Write the messages of an audit."""
        transcript = Transcript.model_validate(self.cleaner.data(await run.record(audit)))
        for row in message_rows(self.cleaner.ours(run.id), transcript):
            self._add["messages"](row)

    async def end(self, unreadable: int) -> None:
        """Nothing is said of all."""

    def _cleaned(self, results: Results, chosen: frozenset[str] | None) -> Results:
        """Give what is chosen of the results, or all of them, rid of what must not leave this machine."""
        audits = [audit for audit in results.audits if chosen is None or audit.id in chosen]
        cleaned = [Audit.model_validate(self.cleaner.data(audit.model_dump(mode="json"))) for audit in audits]
        run = results.run.model_copy(update={"id": self.cleaner.ours(results.run.id)})
        return results.model_copy(update={"audits": tuple(cleaned), "run": run})


def _computed(run: Run) -> tuple[Results, Mapping[str, Held]]:
    results = compute_results(run)
    return results, held_by(run, results)
