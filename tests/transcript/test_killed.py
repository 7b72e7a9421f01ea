"""A run whose process was killed or interrupted: read to its last turn, and accounted for."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalSample, read_eval_log, recover_eval_log

from petri.analysis.compute import compute_results
from petri.transcript.folders import Run
from petri.transcript.store import read_header, samples, transcript_of
from tests.scripted import Play, does, send

pytestmark = pytest.mark.long

ENOUGH = 16
PROGRAM = """
import sys
from pathlib import Path
from inspect_ai.hooks import Hooks, hooks
from petri.display.base import Display
from petri.runner import Order, run


@hooks(name="counter", description="Counts the calls of models.")
class Counter(Hooks):
    async def on_model_usage(self, data):
        with Path("calls").open("a") as file:
            file.write("x")


if __name__ == "__main__":
    _, results = run(Order([sys.argv[1]], Path(sys.argv[2]), max_samples=1), Display())
    sys.exit(results.run.exit_code)
"""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A run that was stopped in its first audit of two."""

    run: Run
    exit_code: int


def stop(folder: Path, how: signal.Signals) -> Stopped:
    """Start a run of two long audits, and stop it when some turns of the first are over."""
    script = Play([does(send(str(n))) for n in range(400)], args={"latency": 0.03})
    file = Play(script.auditor, args=script.args, audit={"max_turns": 400, "epochs": 2}).write(folder)
    child = subprocess.Popen([sys.executable, "-c", PROGRAM, str(file), str(folder / "runs")], cwd=folder)
    try:
        deadline = time.monotonic() + 60
        calls = folder / "calls"
        while not (calls.exists() and calls.stat().st_size >= ENOUGH) and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(child.pid, how)
        exit_code = child.wait(timeout=60)
    finally:
        child.kill()
        child.wait()
    (home,) = (folder / "runs").iterdir()
    return Stopped(Run(home), exit_code)


def spoken(sample: EvalSample) -> list[str]:
    """What the target said, by Inspect's own record of its calls."""
    calls = [event for event in sample.events if isinstance(event, ModelEvent) and event.role == "target"]
    return [str(event.output.message.id) for event in calls if event.output.choices and not event.pending]


def recorded(sample: EvalSample) -> list[str]:
    """What the target said, by ours."""
    tree = transcript_of(sample, "t").conversation()
    return [str(node.message.id) for node in tree if node.origin == "target"]


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Stopped:
    return stop(tmp_path_factory.mktemp("killed"), signal.SIGKILL)


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Stopped:
    return stop(tmp_path_factory.mktemp("interrupted"), signal.SIGINT)


def test_killed_nothing_is_recorded_as_finished(killed: Stopped) -> None:
    assert killed.exit_code == -signal.SIGKILL
    (log,) = killed.run.logs()
    assert read_header(log).log.status == "started"
    assert not (killed.run.folder / "results.json").exists()
    results = compute_results(killed.run)
    assert (results.counts.planned, results.counts.pending) == (2, 2)
    assert (results.run.status, results.run.exit_code, results.run.finished) == ("interrupted", 130, None)


def test_killed_then_recovered(killed: Stopped, tmp_path: Path) -> None:
    (log,) = killed.run.logs()
    recover_eval_log(str(log), output=str(tmp_path / "recovered.eval"), cleanup=False)
    (sample,) = samples(tmp_path / "recovered.eval")
    calls, ours = spoken(sample), recorded(sample)
    assert len(ours) >= 2
    assert ours in (calls, calls[:-1])  # the very last may have been under way
    transcript = transcript_of(sample, "t")
    assert (transcript.outcome, transcript.end, transcript.error) == ("cancelled", None, None)


def test_a_recovered_log_beside_the_killed_one(killed: Stopped, tmp_path: Path) -> None:
    (log,) = killed.run.logs()
    for name in (log.name, "run.json"):
        (tmp_path / name).write_bytes((killed.run.folder / name).read_bytes())
    recover_eval_log(str(log), output=str(tmp_path / f"{log.stem}-recovered.eval"), cleanup=False)
    results = compute_results(Run(tmp_path))
    assert results.counts.model_dump() == {
        "planned": 2,
        "valid": 0,
        "invalid": {"cancelled": 1},
        "error": {},
        "pending": 1,
    }
    assert results.audits[0].target_turns >= 2
    assert results.dimensions["caving"].n_scored == 0
    assert results.run.exit_code == 130


def test_interrupted_the_results_are_there(interrupted: Stopped) -> None:
    assert interrupted.exit_code == 130
    (log,) = interrupted.run.logs()
    (sample,) = samples(log)
    assert recorded(sample) == spoken(sample)[: len(recorded(sample))]
    assert len(recorded(sample)) >= 2
    assert read_eval_log(str(log)).status == "cancelled"
    results = compute_results(interrupted.run)
    assert results.counts.invalid == {"cancelled": 1}
    assert results.counts.pending == 1
    assert (results.run.status, results.run.exit_code) == ("interrupted", 130)
    assert (interrupted.run.folder / "results.json").exists()
    assert not results.audits[0].scores
