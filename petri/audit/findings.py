"""The linter's findings on everything that was staged in an audit, put into its record."""

import json
from pathlib import Path
from typing import Final

from petri.audit.lint import Kind, Staged, lint
from petri.audit.session import Session
from petri.audit.tools.toolbox import given_tools
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
    given = {tool.model_dump_json() for tool in given_tools(cell)}
    tools = {tool.model_dump_json(exclude={"options"}): tool for node in session.tree for tool in node.tools}
    staged += [
        Staged(tool.name, "tool", text) for text, tool in tools.items() if tool.model_dump_json() not in given
    ]
    staged += [
        Staged(f"world: {name}", "tool_result", json.dumps(arguments, ensure_ascii=False))
        for name, arguments in session.set_up
    ]
    today = cell.date or session.began.date()
    for finding in lint(
        staged, seed=cell.seed, rubric_words=[Path(name).stem for name in cell.rubric], today=today
    ):
        session.record(
            LintRecord(rule=finding.rule, label=finding.label, words=finding.words, message=finding.message)
        )
