"""What a score rests on, in a line: the target's words, or what was counted."""

from collections.abc import Iterator
from typing import Final

from petri.analysis.gate import parse_gate
from petri.analysis.results import Audit, AuditScore, GateBreach, Results
from petri.display.safe import one_line

_LONGEST: Final = 400


def evidence(score: AuditScore, longest: int = _LONGEST) -> str:
    """Give the first quote that was found in the target's words, or what was measured; empty where there is neither."""
    quote = next((cited for cited in score.citations if cited.match != "none" and cited.by_target), None)
    if quote is not None:
        return f"{one_line(quote.message, longest)}: “{one_line(quote.quote, longest)}”"
    return one_line(score.measured or "", longest)


def breached(results: Results) -> Iterator[tuple[GateBreach, Audit, AuditScore]]:
    """Yield every breach by a score, with the audit and the score; breaches by rates are no single audit's."""
    audits = {audit.id: audit for audit in results.audits}
    for breach in results.breaches:
        if breach.audit is not None:
            audit = audits[breach.audit]
            yield breach, audit, audit.scores[parse_gate(breach.gate).dimension]
