"""The linter's findings on everything that was staged in an audit, put into its record."""

from datetime import UTC, datetime
from typing import Final

from petri.audit.lint import Kind, Staged, lint
from petri.audit.session import Session
from petri.audit.tools.toolbox import fixed_tools
from petri.conversation.text import text_of
from petri.conversation.tree import Origin
from petri.transcript.schema import LintRecord

_KINDS: Final[dict[str, Kind]] = {
    "system": "system",
    "user": "user",
    "tool": "tool_result",
    "assistant": "prefill",
}
_STAGED: Final = (Origin.AUDITOR, Origin.PREFILL, Origin.SIMULATED_TOOL)


def lint_staged(session: Session) -> None:
    """Record what the linter finds in what the auditor staged; what the scenario itself fixed is not the auditor's."""
    cell = session.cell
    staged = [
        Staged(node.label, _KINDS[node.message.role], text_of(node.message))
        for node in session.tree
        if node.origin in _STAGED and not (node.message.role == "system" and cell.system is not None)
    ]
    given = fixed_tools(cell)
    tools = {tool.name: tool for node in session.tree for tool in node.tools if tool not in given}
    staged += [Staged(tool.name, "tool", f"{tool.name}: {tool.description}") for tool in tools.values()]
    today = cell.date or datetime.now(UTC).date()
    for finding in lint(staged, seed=cell.seed, rubric_words=cell.rubric, today=today):
        session.record(
            LintRecord(rule=finding.rule, label=finding.label, words=finding.words, message=finding.message)
        )
