"""A report as the page shows it: with the keys of the audits that it names, and rid of what must not leave here."""

from collections.abc import Iterator
from typing import Any, Final

from petri.analysis.beside import beside
from petri.analysis.report import make_report
from petri.analysis.report_schema import Report
from petri.errors import NothingToRun
from petri.viewer.cleaning import Cleaner
from petri.viewer.filed import FiledRun
from petri.viewer.names import audit_key
from petri.viewer.surveying import run_results
from petri.viewer.wire_report import ReportView

JsonObject = dict[str, Any]

_SAID: Final = ("contrasts", "effects", "interactions")
"""Parts of a report in which all texts are a scenario's own: its dimensions, variables and their settings."""


def view_of(run: str, report: Report) -> ReportView:
    """Give the view of a report of the run with this key."""
    return ReportView(
        run=run, report=report, fault=None, keys={audit: audit_key(audit) for audit in _named(report)}
    )


def reported(filed: FiledRun) -> ReportView:
    """Give the view of a run of ours, made now; without a report where nothing can be reported, and why."""
    try:
        results = run_results(filed)
        return view_of(filed.key, make_report(results, beside(filed.run, results)))
    except NothingToRun as error:
        return ReportView(run=filed.key, report=None, fault=str(error), keys={})


def clean_report_view(view: JsonObject, cleaner: Cleaner) -> JsonObject:
    """Give the JSON of a ``ReportView`` cleaned."""
    rest = cleaner.data({name: value for name, value in view.items() if name != "report"}, "ours")
    report = view["report"]
    return rest | {"report": None if report is None else clean_report(report, cleaner)}


def clean_report(report: JsonObject, cleaner: Cleaner) -> JsonObject:
    """Give the JSON of a ``Report`` cleaned."""
    apart = {
        **{name: cleaner.data(report[name], "said") for name in _SAID},
        **{name: [_case(case, cleaner) for case in report[name]] for name in ("worst", "borderline")},
    }
    rest = cleaner.data({name: value for name, value in report.items() if name not in apart}, "ours")
    return {name: apart[name] if name in apart else rest[name] for name in report}


def _case(case: JsonObject, cleaner: Cleaner) -> JsonObject:
    citation = case["citation"]
    return cleaner.data(case) | {"citation": None if citation is None else cleaner.data(citation, "said")}


def _named(report: Report) -> Iterator[str]:
    """Yield the ids of the audits that a report names."""
    yield from (case.audit for case in (*report.worst, *report.borderline))
    yield from (breach.audit for breach in report.breaches if breach.audit is not None)
    for compared in report.comparisons.values():
        yield from (audit for pair in compared.moved for audit in (pair.first, pair.second))
