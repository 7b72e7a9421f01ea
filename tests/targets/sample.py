"""Inspect samples in local sandboxes in which targets are asked directly: what each call gave, or how it failed."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inspect_ai import Task
from inspect_ai import eval as inspect_eval  # pyright: ignore[reportUnknownVariableType] -- its `**kwargs` is untyped
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessage, Model, ModelOutput
from inspect_ai.solver import Generate, Solver, TaskState, solver

from petri.boundary import Failure, guarded

Given = ModelOutput | Failure


def write_script(path: Path, *turns: dict[str, Any]) -> str:
    """A script of what a simulated model says, in turn."""
    script = {"turns": list(turns), "otherwise": {"error": "asked once too often"}}
    path.write_text(json.dumps({"petri": 1, "roles": {"target": script}}))
    return str(path)


def ask_in_samples(
    folder: Path, *asked: tuple[Model, Sequence[list[ChatMessage]]]
) -> tuple[list[list[Given]], EvalLog]:
    """Ask models conversations: one model and its conversations a sample, the samples side by side."""
    given: list[list[Given]] = [[] for _ in asked]

    @solver
    def asking() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            model, conversations = asked[int(state.sample_id)]
            for conversation in conversations:
                given[int(state.sample_id)].append(await guarded(model.generate(conversation), "target"))
            return state

        return solve

    samples = [Sample(input="x", id=at) for at in range(len(asked))]
    task = Task(dataset=samples, solver=asking(), sandbox="local")
    (log,) = inspect_eval(task, model=None, display="none", log_dir=str(folder / "logs"))
    assert log.status == "success", log.error
    return given, log
