"""Petri audits language models: an auditor model probes a target, a judge reads and scores what it did.

The names below are the whole public interface; docs/api.md gives each one line. They are looked up on first use, so
`import petri` loads no model SDK.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from petri.analysis.compute import compute_results
    from petri.analysis.frames import results
    from petri.analysis.report import make_report
    from petri.analysis.results import Results
    from petri.conversation.tree import Node, Tree
    from petri.errors import PetriError
    from petri.judge.verdict import JudgeFailure, Verdict
    from petri.plan import AuditJob, plan_audits
    from petri.rubric.load import LoadedRubric, load_rubrics
    from petri.rubric.schema import Rubric
    from petri.runner import Order
    from petri.runner import run as run_audits
    from petri.scenario.load import LoadedFile
    from petri.scenario.schema import Scenario, ScenarioFile
    from petri.scenario.select import load_scenarios
    from petri.tasks import audit as audit_task
    from petri.transcript.folders import Run, find_run
    from petri.transcript.schema import Transcript

__version__ = "0.1.0"

__all__ = [
    "AuditJob",
    "JudgeFailure",
    "LoadedFile",
    "LoadedRubric",
    "Node",
    "Order",
    "PetriError",
    "Results",
    "Rubric",
    "Run",
    "Scenario",
    "ScenarioFile",
    "Transcript",
    "Tree",
    "Verdict",
    "audit_task",
    "compute_results",
    "find_run",
    "load_rubrics",
    "load_scenarios",
    "make_report",
    "plan_audits",
    "results",
    "run_audits",
]

# `audit_task`, not `audit`: that name is the package with the auditor loop.
_HOMES = {
    "AuditJob": "petri.plan:AuditJob",
    "JudgeFailure": "petri.judge.verdict:JudgeFailure",
    "LoadedFile": "petri.scenario.load:LoadedFile",
    "LoadedRubric": "petri.rubric.load:LoadedRubric",
    "Node": "petri.conversation.tree:Node",
    "Order": "petri.runner:Order",
    "PetriError": "petri.errors:PetriError",
    "Results": "petri.analysis.results:Results",
    "Rubric": "petri.rubric.schema:Rubric",
    "Run": "petri.transcript.folders:Run",
    "Scenario": "petri.scenario.schema:Scenario",
    "ScenarioFile": "petri.scenario.schema:ScenarioFile",
    "Transcript": "petri.transcript.schema:Transcript",
    "Tree": "petri.conversation.tree:Tree",
    "Verdict": "petri.judge.verdict:Verdict",
    "audit_task": "petri.tasks:audit",
    "compute_results": "petri.analysis.compute:compute_results",
    "find_run": "petri.transcript.folders:find_run",
    "load_rubrics": "petri.rubric.load:load_rubrics",
    "load_scenarios": "petri.scenario.select:load_scenarios",
    "make_report": "petri.analysis.report:make_report",
    "plan_audits": "petri.plan:plan_audits",
    "results": "petri.analysis.frames:results",
    "run_audits": "petri.runner:run",
}


def __getattr__(name: str) -> object:
    """The public object called `name`, from the module that defines it; it is then kept here."""
    if name not in _HOMES:
        raise AttributeError(f"module 'petri' has no attribute {name!r}; it offers {', '.join(__all__)}")
    module, _, attribute = _HOMES[name].partition(":")
    value: object = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, whether or not they were loaded yet."""
    return sorted([*__all__, "__version__"])
