"""Files for CI: what a run came to, for machines (JUnit XML) and for a job's page (Markdown)."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from petri.analysis.results import Results
from petri.display.junit import junit_xml
from petri.display.step_summary import step_summary
from petri.errors import PetriError, UsageError
from petri.transcript.folders import Run

STEP_SUMMARY: Final = "GITHUB_STEP_SUMMARY"
"""The variable by which GitHub names the file whose Markdown it shows on a job's page."""


@dataclass(frozen=True, slots=True)
class Reports:
    """Where a run's reports go."""

    junit: Path | None = None
    summaries: Sequence[Path] = ()

    def write(self, results: Results, run: Run) -> None:
        """Write the JUnit file, and add the summary to what stands in its files."""
        try:
            if self.junit is not None:
                self.junit.write_bytes(junit_xml(results, run))
            for path in self.summaries:
                with path.open("a", encoding="utf-8") as file:
                    file.write(step_summary(results, run))
        except OSError as error:
            raise PetriError(
                f"{error.filename}: a report cannot be written: {error.strerror or error}; the run itself is saved in "
                f"{run.folder}"
            ) from error


def wanted_reports(junit: str | None, summary: str | None) -> Reports:
    """Give where reports go by the flags and GitHub's variable; raises ``UsageError`` where one cannot be written."""
    given = [path for path in (summary, os.environ.get(STEP_SUMMARY)) if path]
    reports = Reports(
        None if junit is None else Path(junit), tuple(dict.fromkeys(Path(path) for path in given))
    )
    for path in (*([reports.junit] if reports.junit else ()), *reports.summaries):
        _require_writable(path)
    return reports


def _require_writable(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{path}: its folder cannot be made: {error.strerror or error}; name another file"
        ) from error
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        what = "a folder, where a file is wanted" if path.is_dir() else "no permission to write it"
        raise UsageError(f"{path}: {what}; name another file")
