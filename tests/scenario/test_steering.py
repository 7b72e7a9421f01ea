"""What steers the auditor beside the seed, and what surrounds the target: faults in exact words, and what is loaded."""

from pathlib import Path

import pytest

from petri.errors import InvalidFile
from petri.prompts.files import text
from petri.scenario.load import LoadedFile, load_file
from petri.scenario.steering import Skill
from petri.world.operations import OPERATIONS

HEAD = "petri: 1\nname: n\n"
ONE = HEAD + "scenarios:\n  - id: a\n    seed: s\n"


def _write(path: str, content: str | bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content if isinstance(content, bytes) else content.encode())


def _load(content: str) -> LoadedFile:
    _write("f.yaml", content)
    return load_file(Path("f.yaml"))


def _faults(content: str) -> list[str]:
    try:
        _load(content)
    except InvalidFile as error:
        return str(error).split("\n")
    return []


REPAIR = text("auditor/reminder_refused")
TURNS = "{{max_turns}}"


TOOL = "    tools: [{name: t, description: d, backed_by: %s}]\n"


@pytest.mark.parametrize(
    ("audit", "more", "faults"),
    [
        pytest.param("", "    world: {files: {/a: b}}\n" + TOOL % "files.read", [], id="a world and its tool"),
        pytest.param("", TOOL % "files.read", [], id="a tool with an empty world behind it"),
        pytest.param(
            "",
            TOOL % "files.raed",
            [
                "f.yaml:6:50: there is no operation 'files.raed' (did you mean 'files.read'?); "
                f"operations: {', '.join(OPERATIONS)}"
            ],
            id="no such operation",
        ),
        pytest.param(
            "audit: {tools: none}\n",
            "    world: {}\n",
            ["f.yaml:7:5: a world stands behind simulated tools, and audit.tools is none"],
            id="a world behind no tools",
        ),
        pytest.param(
            "audit: {tools: sandbox, sandbox: docker}\n",
            "    world: {}\n",
            ["f.yaml:7:5: a world stands behind simulated tools, and audit.tools is sandbox"],
            id="a world behind real tools",
        ),
        pytest.param(
            "",
            "    world: {files: {a: b}, people: [{name: x}], clock: 5}\n",
            [
                (
                    "f.yaml:6:21: the key 'a' should be an absolute path such as '/srv/app/main.py' or '~/a', "
                    "found 'a'"
                ),
                "f.yaml:6:37: missing key 'email' in 'people' item 1; required there: name, email",
                (
                    "f.yaml:6:49: unknown key 'clock' in 'world'; known keys: now, user, host, home, files, "
                    "records, mail, people"
                ),
            ],
            id="a world of another form",
        ),
        pytest.param(
            "",
            "    continue_from: gone.json\n",
            ["f.yaml:6:20: no such file: 'gone.json'; a path starts at the scenario file"],
            id="nothing to go on from",
        ),
        pytest.param(
            "",
            "    continue_from: {file: gone.json, messages: 0}\n",
            ["f.yaml:6:48: 'messages' should be at least 1, found 0"],
            id="no message to go on from",
        ),
        pytest.param(
            "",
            "    continue_from: {file: f.yaml}\n    system: x\n",
            [
                (
                    "f.yaml:7:5: 'system' and 'continue_from' together; the conversation that is gone on from "
                    "has its own"
                )
            ],
            id="two system prompts",
        ),
        pytest.param("", "    date: 2027-03-31\n", [], id="a date"),
        pytest.param(
            "",
            "    date: tomorrow\n",
            ["f.yaml:6:11: 'date' should be a date such as 2027-03-31, found 'tomorrow'"],
            id="no date",
        ),
        pytest.param(
            "",
            "    date: 20270331\n",
            ["f.yaml:6:11: 'date' should be a date such as 2027-03-31, found 20270331"],
            id="a number for a date",
        ),
    ],
)
def test_the_world_around_the_target(audit: str, more: str, faults: list[str]) -> None:
    assert _faults(HEAD + audit + "scenarios:\n  - id: a\n    seed: s\n" + more) == faults


@pytest.mark.parametrize("key", ["guidance", "stop_when"])
def test_steering_texts_are_filled_like_the_seed(key: str) -> None:
    assert _faults(ONE + f"    {key}: Say {{{{who}}}} and {{{{what}}}}.\n    variables: {{who: [x]}}\n") == [
        f"f.yaml:6:{len(key) + 23}: unknown variable {{{{what}}}}; variables: who"
    ]


def test_a_world_may_use_variables_and_hold_braces_of_its_own() -> None:
    world = '{files: {/a: "{{who}} {{ x }} {{unknown}} ${{ env.CI }}"}}'
    assert _faults(ONE + f"    world: {world}\n    variables: {{who: [x]}}\n") == []


