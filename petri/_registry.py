"""What Inspect's entry point imports: everything that registers under `petri/`, and the offline provider."""

from petri.audit.auditor import auditor
from petri.judge.scorer import judge
from petri.offline.provider import petri_offline
from petri.tasks import audit

__all__ = ["audit", "auditor", "judge", "petri_offline"]
