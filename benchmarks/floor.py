"""Inspect's own floor: the model calls of a recorded audit, one after the other, with nothing around them."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessage, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from workload import Call


def floor_task(recorded: Sequence[Call], audits: int) -> Task:
    """Give a task whose every sample makes these calls, with conversations that grow as they did."""
    return Task(
        dataset=MemoryDataset([Sample(input="floor")]), solver=replay(recorded), epochs=audits, name="floor"
    )


@solver
def replay(recorded: Sequence[Call]) -> Solver:
    """Make the recorded calls; what the models answer stands where the recorded answers stood."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001 -- Inspect's signature
        conversations: dict[str, list[ChatMessage]] = defaultdict(list)
        for call in recorded:
            conversation = conversations[call.role]
            conversation.extend(message.model_copy(update={"id": uuid.uuid4().hex}) for message in call.new)
            output = await get_model(role=call.role, required=True).generate(
                conversation, tools=[*call.tools]
            )
            conversation.append(output.message)
        state.messages = conversations["target"]
        return state

    return solve
