"""A report as Markdown, which reads well on GitHub and as plain text; what is not ours is code in it, or words."""

from collections.abc import Iterator, Sequence

from petri.analysis.report_schema import Case, Report
from petri.display.markdown import code, prose
from petri.display.report_compared import comparisons
from petri.display.report_figures import figures
from petri.display.report_method import method, reliability
from petri.display.report_variables import variables
from petri.display.summary import accounted


def report_markdown(report: Report) -> str:
    """Give the report: what was run, every number with what is missing beside it, cases, reliability, method."""
    parts = (
        _head(report),
        figures(report),
        comparisons(report),
        variables(report),
        _cases(report, "Worst cases", report.worst),
        _cases(report, "Borderline cases", report.borderline),
        reliability(report),
        method(report),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"# Report on {code(report.run.id)}"
    yield ""
    yield f"**{prose(accounted(report.counts))}**"
    yield ""
    yield from (f"- {prose(sentence)}" for sentence in report.headline)
    if report.caveats:
        yield from ("", "## What limits it", "")
        yield from (f"- {prose(sentence)}" for sentence in report.caveats)
    if report.breaches:
        yield from ("", "## Gates that were breached", "")
    for breach in report.breaches:
        yield f"- {code(breach.gate)}: {code(breach.audit or breach.target or '?')} has **{breach.value:g}**"


def _cases(report: Report, head: str, cases: Sequence[Case]) -> Iterator[str]:
    if cases:
        yield from ("", f"## {head}", "")
    if cases and cases is report.borderline:
        yield from (
            "Values within a tenth of their scale of the threshold: where another judge might decide otherwise.",
            "",
        )
    for case in cases:
        what = f"{code(case.scenario)} on {code(case.target)}, epoch {case.epoch}"
        yield f"- {code(case.dimension)} **{case.value:g}**: {what}"
        yield f"  - audit: {code(case.audit)}"
        if case.reason:
            yield f"  - the judge: {prose(case.reason)}"
        yield f"  - {_quote(case)}"


def _quote(case: Case) -> str:
    cited = case.citation
    if cited is None:
        return "no quote was found in the transcript"
    whose = "the target's words" if cited.by_target else "words in the transcript, not the target's"
    found = "" if cited.match == "exact" else f", {cited.match} match"
    return f"{code(cited.message)} ({whose}{found}): {code(cited.quote)}"
