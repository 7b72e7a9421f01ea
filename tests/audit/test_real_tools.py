"""Inspect's sandboxed tools as the target's: every call is answered once, in order, whatever it asks for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task
from inspect_ai import eval as inspect_eval  # pyright: ignore[reportUnknownVariableType] -- its `**kwargs` is untyped
from inspect_ai.dataset import Sample
from inspect_ai.model import ChatMessageAssistant, ChatMessageTool, ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import ToolCall

from petri.audit.real_tools import REAL_TOOLS, run_real_tools, tool_infos
from petri.errors import UsageError

LONG = "print('x' * 100_000)"


def call(function: str, /, parse_error: str | None = None, **arguments: Any) -> ToolCall:
    return ToolCall("", function, arguments, parse_error=parse_error)


def edit(command: str, **arguments: Any) -> ToolCall:
    return call("text_editor", command=command, **arguments)


CASES: dict[str, Sequence[tuple[ToolCall, str]]] = {
    "bash": [(call("bash", command="echo hello"), "hello")],
    "python": [(call("python", code="print(6 * 7)"), "42")],
    "one-after-the-other": [
        (call("bash", command="sleep 0.3; echo written > note.txt"), ""),
        (call("python", code="print(open('note.txt').read())"), "written"),
        (call("bash", command="ls; rm note.txt"), "note.txt"),
        (call("bash", command="ls note.txt"), "No such file"),
    ],
    "editor": [
        (edit("create", path="{folder}/made.txt", file_text="first line\n"), ""),
        (edit("view", path="{folder}/made.txt"), "first line"),
        (edit("str_replace", path="{folder}/made.txt", old_str="absent", new_str="x"), "! No replacement"),
    ],
    "failing": [(call("bash", command="echo out; echo err >&2; exit 3"), "err\n\nout")],
    "unknown-tool": [
        (call("fly", to="Mars"), "! Tool fly not found"),
        (call("bash", command="echo on"), "on"),
    ],
    "not-json": [
        (call("bash", parse_error="the arguments are not JSON"), "! the arguments are not JSON"),
        (call("bash", command="echo on"), "on"),
    ],
    "wrong-arguments": [
        (call("bash", cmd="ls"), "! "),
        (call("bash", command=["ls"]), "! "),
        (call("bash", command="echo \0"), "! "),
        (call("python", code="print(chr(0xD83D))"), "surrogates not allowed"),
    ],
    "long-output": [(call("python", code=LONG), "too long")],
    "not-text": [(call("bash", command=r"printf '\xff\xfe'"), "")],
    "many": [(call("bash", command=f"echo {number}"), str(number)) for number in range(12)],
    "none": [],
}


def numbered(calls: Sequence[ToolCall], folder: str) -> list[ToolCall]:
    made: list[ToolCall] = []
    for number, each in enumerate(calls):
        arguments: dict[str, Any] = {
            key: value.replace("{folder}", folder) if isinstance(value, str) else value
            for key, value in each.arguments.items()
        }
        made.append(ToolCall(f"call_{number}", each.function, arguments, parse_error=each.parse_error))
    return made


@solver
def all_cases(found: dict[str, list[ChatMessageTool]], folder: str) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        for name, rows in CASES.items():
            calls = numbered([each for each, _ in rows], folder)
            message = ChatMessageAssistant(content="", tool_calls=calls or None)
            found[name] = await run_real_tools(message, REAL_TOOLS, [ChatMessageUser(content="Go on.")])
        return state

    return solve


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[ChatMessageTool]]:
    folder: Path = tmp_path_factory.mktemp("sandbox")
    results: dict[str, list[ChatMessageTool]] = {}
    task = Task(dataset=[Sample(input="Go on.")], solver=all_cases(results, str(folder)), sandbox="local")
    (log,) = inspect_eval(task, model=None, display="none", log_dir=str(folder / "logs"))
    assert log.status == "success", log.error
    return results


@pytest.mark.parametrize("name", CASES)
def test_each_call_is_answered_once_in_order(name: str, found: dict[str, list[ChatMessageTool]]) -> None:
    results = found[name]
    assert [result.tool_call_id for result in results] == [
        f"call_{number}" for number in range(len(CASES[name]))
    ]
    shown = [f"! {result.error.message}" if result.error else result.text for result in results]
    for said, (_, expected) in zip(shown, CASES[name], strict=True):
        assert expected in said
        assert said.startswith("! ") == expected.startswith("! ")


def test_a_long_result_is_cut(found: dict[str, list[ChatMessageTool]]) -> None:
    (result,) = found["long-output"]
    assert len(result.text) < 20_000


def test_the_definitions_are_those_of_the_tools() -> None:
    infos = tool_infos(["bash", "text_editor"])
    assert [info.name for info in infos] == ["bash", "text_editor"]
    assert infos[0].parameters.required == ["command"]
    assert "bash" in infos[0].description
    assert tool_infos([]) == []


def test_an_unknown_name_is_refused_with_the_choices() -> None:
    with pytest.raises(UsageError, match="no real tool 'ruby'; there are: bash, python, text_editor"):
        tool_infos(["bash", "ruby"])
