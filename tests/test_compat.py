"""Where we touch what Inspect does not export: each use works, and is still needed."""

from pathlib import Path

import pytest
from inspect_ai import Task
from inspect_ai import eval as inspect_eval  # pyright: ignore[reportUnknownVariableType] -- see below
from inspect_ai.dataset import Sample
from inspect_ai.event import AnchorEvent, Timeline, TimelineEvent, TimelineSpan
from inspect_ai.log import Transcript, read_eval_log_sample, transcript
from inspect_ai.solver import Generate, Solver, TaskState, solver

from petri.compat import emit_anchor
from petri.transcript.folders import Run


@solver
def anchoring() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        anchor = emit_anchor("M4")
        branch = TimelineSpan(id="b", name="b", span_type="branch", branched_from="M4", content=[])
        root = TimelineSpan(id="t", name="t", content=[TimelineEvent(event=anchor)], branches=[branch])
        transcript().add_timeline(Timeline(name="target", description="", root=root))
        return state

    return solve


def test_an_anchor_is_written_and_a_timeline_can_refer_to_it(tmp_path: Path) -> None:
    inspect_eval(  # pyright: ignore[reportUnknownMemberType] -- Inspect leaves one of its parameters untyped
        Task(dataset=[Sample(input="x", id="s")], solver=anchoring()),
        model="petri-offline/honest",
        log_dir=str(tmp_path),
        display="none",
    )
    (log,) = Run(tmp_path).logs()
    sample = read_eval_log_sample(str(log), "s", 1)
    (anchor,) = [event for event in sample.events if isinstance(event, AnchorEvent)]
    assert (anchor.anchor_id, anchor.source) == ("M4", "petri")
    (timeline,) = sample.timelines or []
    (first,) = timeline.root.content
    assert isinstance(first, TimelineEvent)
    assert first.event == anchor


@pytest.mark.parametrize("name", ["anchor", "emit", "event", "add_event", "emit_event"])
def test_inspect_has_no_public_way_to_write_an_anchor(name: str) -> None:
    """When this fails Inspect has grown one: use it, and empty `petri/compat.py`."""
    assert not hasattr(Transcript, name)
