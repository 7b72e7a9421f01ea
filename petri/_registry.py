"""What Inspect's entry point imports: everything that registers under `petri/`, and the model providers."""

from petri.audit.auditor import auditor
from petri.judge.scorer import judge
from petri.offline.provider import petri_offline
from petri.targets.callable import petri_target
from petri.targets.command import petri_command
from petri.tasks import audit

__all__ = ["audit", "auditor", "judge", "petri_command", "petri_offline", "petri_target"]
