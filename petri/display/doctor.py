"""What was found, a line each: ok, warning or problem, and what would be right."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from petri.diagnosis.finding import Finding, Status
from petri.display.safe import flat
from petri.secrets import redact

_STYLES: Final[dict[Status, str]] = {"ok": "green", "warning": "yellow", "problem": "red"}


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Print each finding on a line, below it what would be right, and at the end how many there are of each kind."""
    width = max(len(status) for status in _STYLES)
    for finding in findings:
        line = Text(f"{finding.status:<{width}}  ", style=_STYLES[finding.status])
        line.append(flat(redact(f"{finding.area}: {finding.said}")), style="default")
        console.print(line, soft_wrap=True)
        if finding.remedy:
            console.print(Text(flat(f"{'':<{width}}  → {finding.remedy}")), soft_wrap=True)
    console.print()
    console.print(Text(_counted(findings), style="bold"))


def findings_json(findings: Iterable[Finding]) -> dict[str, Any]:
    """Give the findings as one object."""
    return {"findings": [asdict(one) | {"said": redact(one.said)} for one in findings]}


def _counted(findings: Sequence[Finding]) -> str:
    counts = {status: sum(one.status == status for one in findings) for status in _STYLES}
    return f"{counts['ok']} ok, {_some(counts['warning'], 'warning')}, {_some(counts['problem'], 'problem')}"


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
