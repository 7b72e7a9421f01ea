"""Audits that do not begin any more: what Inspect asks before it begins a sample."""

from collections.abc import Sequence

from inspect_ai.dataset import Sample
from inspect_ai.log import EvalSpec
from inspect_ai.model import Model
from inspect_ai.scorer import SampleScore
from inspect_ai.util import EarlyStop
from pydantic import JsonValue

from petri.governor import Governor, current
from petri.seat import key_of


class Skipping:
    """Leaves out the samples of a task once a cap is reached, or one of its models can no longer be called."""

    def __init__(self, governor: Governor, models: Sequence[Model]) -> None:
        """Ask ``governor`` about these models."""
        self._governor = governor
        self._keys = [key_of(model) for model in models]

    async def start_task(self, task: EvalSpec, samples: list[Sample], epochs: int) -> str:  # noqa: ARG002
        """Give the name under which Inspect records this."""
        return "petri"

    async def schedule_sample(self, id: str | int, epoch: int) -> EarlyStop | None:  # noqa: A002 -- Inspect's name
        """Say whether a sample is left out; it is then not recorded, and so stays to be done."""
        end = self._governor.end(self._keys)
        return end and EarlyStop(id=id, epoch=epoch, reason=end.reason)

    async def complete_sample(self, id: str | int, epoch: int, scores: dict[str, SampleScore]) -> None:  # noqa: A002
        """Nothing follows from a sample's scores."""

    async def complete_task(self) -> dict[str, JsonValue]:
        """Nothing is recorded of the task."""
        return {}


def skipping(roles: dict[str, Model | Sequence[Model]]) -> Skipping | None:
    """Give what leaves out the samples of a task with these models; None where no run of ours governs them."""
    governor = current()
    several = [[model] if isinstance(model, Model) else model for model in roles.values()]
    return governor and Skipping(governor, [model for each in several for model in each])
