"""A run's report as one page: the viewer with the run in it, whose first page is the report."""

from collections.abc import Callable
from pathlib import Path

from petri.analysis.report_schema import Report
from petri.transcript.folders import Run
from petri.viewer.export import Written


async def write_report(
    run: Run, report: Report, path: Path, *, told: Callable[[str, int, int], None]
) -> Written:
    """Write the page, whole or not at all, and give what was written."""
    raise NotImplementedError
