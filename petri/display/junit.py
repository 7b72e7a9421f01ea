"""A run as JUnit XML, the form in which CI systems read tests: one test case for each planned audit.

An audit without a verdict is no passed test: one that is invalid or never ran is skipped, one that failed, or that a
judge could not score, is an error. A breached gate is a failure. What concerns no single audit is a suite of its own.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from xml.etree import ElementTree as ET

from petri.analysis.results import Audit, GateBreach, Results
from petri.analysis.summary import missing
from petri.display.commands import show_command
from petri.display.evidence import breached, evidence
from petri.display.safe import flat, printable
from petri.display.summary import describe
from petri.transcript.folders import Run
from petri.transcript.outcome import is_valid

_NEVER_XML: Final = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RESULTS: Final = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def junit_xml(results: Results, run: Run) -> bytes:
    """Give the XML, in UTF-8."""
    suites = [_audits(results, run)]
    if whole := [*_run_faults(results)]:
        suites.append(_suite("run", whole))
    root = ET.Element("testsuites", {"name": "petri", **_total(suites)})
    root.extend(suites)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _audits(results: Results, run: Run) -> ET.Element:
    why: dict[str, list[str]] = {}
    gates: dict[str, list[GateBreach]] = {}
    for breach, audit, score in breached(results):
        gates.setdefault(audit.id, []).append(breach)
        why.setdefault(audit.id, []).append(f"{breach.gate}: {breach.value:g}\n{evidence(score)}".strip())
    cases = [_case(audit, gates.get(audit.id, ()), why.get(audit.id, []), run) for audit in results.audits]
    suite = _suite(results.run.id, cases)
    if results.run.started is not None:
        suite.set("timestamp", results.run.started.removesuffix("Z"))
        if results.run.finished is not None:
            ends = (datetime.fromisoformat(moment) for moment in (results.run.started, results.run.finished))
            first, last = ends
            suite.set("time", f"{(last - first).total_seconds():.0f}")
    return suite


def _case(audit: Audit, gates: Iterable[GateBreach], why: Iterable[str], run: Run) -> ET.Element:
    case = _test(audit.file, describe(audit))
    see = show_command(run, audit.id)
    unscored = [f"{name}: {audit.scores[name].status}" for name in missing(audit)]
    if audit.outcome == "error":
        kind = audit.error.kind if audit.error else "other"
        _add(case, "error", kind, audit.error.message if audit.error else "", see)
    elif not is_valid(audit.outcome):
        said = audit.outcome if audit.reason is None else f"{audit.outcome}: {audit.reason}"
        _add(case, "skipped", audit.outcome, said, see if audit.log else "")
    elif said := ", ".join(f"{breach.gate}: {breach.value:g}" for breach in gates):
        _add(case, "failure", "gate", said, *why, *unscored, see)
    elif unscored:
        _add(case, "error", "unscored", f"no score on {', '.join(unscored)}", see)
    return case


def _run_faults(results: Results) -> Iterable[ET.Element]:
    """Yield a test case for each gate on a rate that was breached or cannot be decided, and for a log that stopped."""
    for breach in results.breaches:
        if breach.audit is None:
            case = _test("run", f"{breach.gate} on {breach.target}")
            _add(case, "failure", "gate", f"{breach.gate}: {breach.value:g}")
            yield case
    for gate in results.undecided:
        case = _test("run", f"{gate.gate} on {gate.target}")
        _add(case, "error", "undecided", f"{gate.gate} is not known: {gate.reason}")
        yield case
    if results.run.error is not None:
        case = _test("run", "log")
        _add(case, "error", "stopped", results.run.error)
        yield case


def _test(classname: str, name: str) -> ET.Element:
    return ET.Element("testcase", {"classname": _legal(flat(classname)), "name": _legal(flat(name))})


def _add(case: ET.Element, what: str, kind: str, message: str, *lines: str) -> None:
    result = ET.SubElement(case, what, {"message": _legal(flat(message))})
    if what != "skipped":
        result.set("type", _legal(flat(kind)))
    result.text = _legal(printable("\n".join(line for line in lines if line))) or None


def _suite(name: str, cases: Iterable[ET.Element]) -> ET.Element:
    suite = ET.Element("testsuite", {"name": _legal(flat(name))})
    suite.extend(cases)
    found = {plural: str(len(suite.findall(f"testcase/{one}"))) for plural, one in _RESULTS.items()}
    suite.attrib |= {"tests": str(len(suite)), **found}
    return suite


def _total(suites: Iterable[ET.Element]) -> dict[str, str]:
    each = list(suites)
    return {name: str(sum(int(suite.attrib[name]) for suite in each)) for name in ("tests", *_RESULTS)}


def _legal(text: str) -> str:
    """Give the text with characters that no XML may hold, however written, as escapes."""
    return _NEVER_XML.sub(lambda found: ascii(found.group())[1:-1], text)
