"""What a mode forbids does not exist: no tool for it, and no word of it in what the auditor reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from tests.scripted import JsonObject, Play, Played, call, create, does, end, play_all, send

TOOL: Final[JsonObject] = {
    "name": "look",
    "description": "Looks.",
    "parameters": {"type": "object", "properties": {}},
}
ALL: Final = (
    "set_system_prompt",
    "create_tool",
    "remove_tool",
    "send_user_message",
    "answer_tool_call",
    "roll_back",
    "restart",
    "end_audit",
)
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "set_system_prompt": ("set_system_prompt", "Write the system prompt", "set the system prompt"),
    "create_tool": ("create_tool", "remove_tool", "JSON schema", "give the target the tools"),
    "answer_tool_call": ("answer_tool_call", "tool result", "tool returns", "answer their calls", "M4.1"),
    "roll_back": ("roll_back", "restart", "go back", "rollback", "branches"),
}
"""What the auditor must not read where it cannot do it."""


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode, and the tools that it takes away from the auditor."""

    without: tuple[str, ...]
    audit: JsonObject = field(default_factory=dict[str, Any])
    scenario: JsonObject = field(default_factory=dict[str, Any])


MODES: dict[str, Mode] = {
    "simulated": Mode(()),
    "simulated, straight": Mode(("roll_back", "restart"), {"rollback": False}),
    "simulated, fixed system prompt": Mode(("set_system_prompt",), scenario={"system": "Be kind."}),
    "fixed": Mode(("create_tool", "remove_tool"), {"tools": "fixed"}, {"tools": [TOOL]}),
    "fixed, straight": Mode(
        ("create_tool", "remove_tool", "roll_back", "restart"),
        {"tools": "fixed", "rollback": False},
        {"tools": [TOOL]},
    ),
    "none": Mode(("create_tool", "remove_tool", "answer_tool_call"), {"tools": "none"}),
    "none, straight": Mode(
        ("create_tool", "remove_tool", "answer_tool_call", "roll_back", "restart"),
        {"tools": "none", "rollback": False},
    ),
    "none, straight, fixed system prompt": Mode(
        tuple(name for name in ALL if name not in {"send_user_message", "end_audit"}),
        {"tools": "none", "rollback": False},
        {"system": "Be kind."},
    ),
}


def every_tool(mode: Mode) -> JsonObject:
    """A reply that calls each of the tools that the mode takes away."""
    arguments: dict[str, JsonObject] = {
        "set_system_prompt": {"text": "x"},
        "create_tool": create()["arguments"],
        "remove_tool": {"name": "look"},
        "answer_tool_call": {"call": "M1.1", "result": "x"},
        "roll_back": {"to": "M1"},
        "restart": {},
    }
    return does(*(call(name, **arguments[name]) for name in mode.without), send())


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    plays = {
        name: Play([{"text": "Hm."}, every_tool(mode), does(end())], audit=mode.audit, scenario=mode.scenario)
        for name, mode in MODES.items()
    }
    return play_all(tmp_path_factory.mktemp("modes"), plays)


@pytest.mark.parametrize("name", MODES)
def test_the_tools_of_a_mode(runs: dict[str, Played], name: str) -> None:
    expected = [tool for tool in ALL if tool not in MODES[name].without]
    assert {tuple(tools) for tools in runs[name].tools("auditor")} == {tuple(expected)}


@pytest.mark.parametrize("name", MODES)
def test_what_a_mode_forbids_is_not_spoken_of(runs: dict[str, Played], name: str) -> None:
    played = runs[name]
    first = played.calls("auditor")[0]
    read = [message.text for message in first.input if message.role == "system"]
    read += [tool.description + str(tool.parameters.model_dump(exclude_none=True)) for tool in first.tools]
    read += [told["reminder"] for told in played.told() if "reminder" in told]
    assert len(read) > 3
    forbidden = [word for tool, words in WORDS.items() if tool in MODES[name].without for word in words]
    text = "\n".join(read).lower()
    assert not [word for word in forbidden if word.lower() in text]


@pytest.mark.parametrize("name", MODES)
def test_what_a_mode_forbids_cannot_be_done(runs: dict[str, Played], name: str) -> None:
    mode, played = MODES[name], runs[name]
    errors = [result for result in played.answers() if result.error]
    assert [result.function for result in errors] == list(mode.without)
    for result in errors:
        _, _, offered = result.text.partition("your tools: ")
        assert offered.split(", ") == [tool for tool in ALL if tool not in mode.without]
    system = ["system: Be kind."] if "system" in mode.scenario else []
    assert played.inputs() == [[*system, "user: Hello."]]
    assert played.tools() == [["look"] if "tools" in mode.scenario else []]


@pytest.mark.parametrize("name", MODES)
def test_the_prompt_is_whole(runs: dict[str, Played], name: str) -> None:
    prompt = runs[name].calls("auditor")[0].input[0].text
    assert "{{" not in prompt
    assert "}}" not in prompt
    assert " 20 target turns" in prompt


@pytest.mark.parametrize("name", MODES)
def test_nothing_tells_the_target_that_it_is_audited(runs: dict[str, Played], name: str) -> None:
    (sent,) = runs[name].calls("target")
    text = " ".join([*(message.text for message in sent.input), *(tool.description for tool in sent.tools)])
    assert not [word for word in ("audit", "petri", "judge", "scenario") if word in text.lower()]
