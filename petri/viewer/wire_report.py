"""What the server sends of a report."""

from petri.analysis.report_schema import Report
from petri.viewer.wire_server import Wire


class ReportView(Wire):
    """The report of a run or of a set of verdicts, and where the audits that it names are found."""

    run: str
    """The run's key."""
    report: Report | None
    fault: str | None
    """Why there is none, for a person; None where there is one."""
    keys: dict[str, str]
    """The key of each audit that the report names, by its id."""
