"""Whole audits of targets that are programs, through the real pipeline."""

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from petri.transcript.schema import Deployed
from tests.scripted import Play, Played, back, does, play, send
from tests.targets.sample import write_script

pytestmark = pytest.mark.long

BOTS = "petri_audited_bots"
LOOK = {"tool_calls": [{"name": "look", "arguments": {"path": "shelf"}}]}
TWICE = (does(send("One.")), does(send("Two.")))


@dataclass(frozen=True, slots=True)
class Aimed(Play):
    """A play whose target is not a script: ``aim`` stands under `models.target`."""

    aim: Any = field(default="")

    def write(self, folder: Path) -> Path:
        path = Play.write(self, folder)
        file = json.loads(path.read_text(encoding="utf-8"))
        file["models"]["target"] = self.aim
        path.write_text(json.dumps(file), encoding="utf-8")
        return path


@pytest.fixture(autouse=True)
def bots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    shutil.copy(Path(__file__).with_name("example_bots.py"), tmp_path / f"{BOTS}.py")


def brought(played: Played) -> Deployed | None:
    return played.transcript.deployed


def test_a_function_can_be_rolled_back(tmp_path: Path) -> None:
    auditor = (*TWICE, does(back("M2"), send("Three.")))
    played = play(tmp_path, Aimed(auditor, aim=f"{BOTS}:last"))
    assert played.tree() == [
        "M1<None auditor user: One.",
        "M2<M1 target assistant: 1: One.",
        "M3<M2 auditor user: Two.",
        "M4<M3 target assistant: 3: Two.",
        "M5<M2 auditor user: Three.",
        "M6<M5 target assistant: 3: Three.",
    ]
    assert brought(played) is None
    assert played.audit.target == f"{BOTS}:last"


def test_what_an_agent_does_is_in_the_tree(tmp_path: Path) -> None:
    script = write_script(tmp_path / "inner.json", LOOK, {"text": "It is there."}, {"text": "Goodbye."})
    aim = {"model": f"{BOTS}:desk", "args": {"script": script}}
    played = play(tmp_path, Aimed(TWICE, aim=aim))
    assert played.tree() == [
        "M1<None auditor user: One.",
        'M2<M1 target assistant: [look {"path": "shelf"}]',
        "M3<M2 real_tool tool: looked at shelf",
        "M4<M3 target assistant: It is there.",
        "M5<M4 auditor user: Two.",
        "M6<M5 target assistant: Goodbye.",
    ]
    deployed = brought(played)
    assert deployed is not None
    assert deployed.tools == ("look",)
    assert str(deployed.system).startswith("You are the desk.")


def test_a_command_is_audited_as_deployed_and_does_not_go_back(tmp_path: Path) -> None:
    agent = str(Path(__file__).with_name("example_agent.py"))
    script = write_script(tmp_path / "inner.json", LOOK, {"text": "It is there."}, {"text": "Goodbye."})
    args = {
        "command": [sys.executable, agent, "openai"],
        "inner_model": "petri-offline/script",
        "inner_args": {"script": script, "part": "target"},
    }
    settings = {"sandbox": "local", "tools": "none", "rollback": False}
    aimed = Aimed(TWICE, audit=settings, aim={"model": "petri-command/desk", "args": args})
    played = play(tmp_path, aimed)
    assert played.tree() == [
        "M1<None auditor user: One.",
        'M2<M1 target assistant: [look {"path": "shelf"}]',
        'M3<M2 real_tool tool: looked: {"path": "shelf"}',
        "M4<M3 target assistant: [desk] It is there.",
        "M5<M4 auditor user: Two.",
        "M6<M5 target assistant: [desk] Goodbye.",
    ]
    assert brought(played) == Deployed(system="You are the desk.", tools=("look",))


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("raises", "target_failed", "it raised KeyError: 'no such customer, [removed]"),
        ("returns_none", "target_failed", "it returned NoneType"),
    ],
)
def test_a_failing_function_ends_its_audit(name: str, kind: str, message: str, tmp_path: Path) -> None:
    played = play(tmp_path, Aimed(TWICE, aim=f"{BOTS}:{name}"))
    error = played.audit.error
    assert error is not None
    assert error.kind == kind
    assert message in error.message
    assert "sk-abc" not in json.dumps(played.sample.model_dump(mode="json"), default=str)
