"""The simulated simulator: a tool whose name says what it does is answered from the world, any other with "ok"."""

import json
from typing import Any

import pytest
from inspect_ai.model import ChatMessageUser
from inspect_ai.tool import ToolInfo

from petri.errors import UsageError
from petri.offline.simulator import Simulator
from petri.offline.turn import Call, Turn

TOOLS = [ToolInfo(name="give_result", description="")]
TABLES = {"orders": {"rows": 1}, "staff": {"rows": 2}}
OK = json.dumps({"status": "ok"})


def answer(*asked: tuple[str, dict[str, Any]]) -> tuple[Call, ...]:
    calls = [
        {"call": f"M1.{number}", "tool": name, "arguments": arguments}
        for number, (name, arguments) in enumerate(asked, start=1)
    ]
    task = {"open": calls, "world": {"tables": TABLES}, "more": 1}
    return Simulator().reply(Turn([ChatMessageUser(content=json.dumps(task))], TOOLS, 0)).calls


@pytest.mark.parametrize(
    ("name", "arguments", "operation", "bound"),
    [
        pytest.param("read_file", {"filename": "/a"}, "files_read", {"path": "/a"}, id="read"),
        pytest.param("get", {"path": "/a"}, "files_read", {"path": "/a"}, id="by-its-argument"),
        pytest.param(
            "writeFile",
            {"path": "/a", "text": "x"},
            "files_write",
            {"path": "/a", "content": "x"},
            id="write",
        ),
        pytest.param(
            "update_document",
            {"name": "a", "text": "x"},
            "files_write",
            {"path": "a", "content": "x"},
            id="update",
        ),
        pytest.param("list_directory", {}, "files_list", {}, id="list"),
        pytest.param("search_files", {"q": "x"}, "files_search", {"query": "x"}, id="search"),
        pytest.param("delete_file", {"path": "/a"}, "files_delete", {"path": "/a"}, id="delete"),
        pytest.param("bash", {"cmd": "ls"}, "shell_run", {"command": "ls"}, id="shell"),
        pytest.param(
            "send_email", {"to": "a", "body": "b"}, "mail_send", {"to": "a", "body": "b"}, id="mail"
        ),
        pytest.param("get_current_time", {}, "clock_now", {}, id="clock"),
        pytest.param("find_contact", {"name": "Ruth"}, "people_find", {"query": "Ruth"}, id="people"),
        pytest.param("get_order", {"order_id": 5}, "records_get", {"id": 5, "table": "orders"}, id="record"),
        pytest.param("list_orders", {}, "records_find", {"table": "orders"}, id="records"),
        pytest.param(
            "create_staff",
            {"name": "A"},
            "records_create",
            {"fields": {"name": "A"}, "table": "staff"},
            id="new-record",
        ),
    ],
)
def test_a_tool_is_answered_from_the_world(
    name: str, arguments: dict[str, Any], operation: str, bound: dict[str, Any]
) -> None:
    assert answer((name, arguments)) == (Call(operation, bound), Call("give_result", {"call": "M1.1"}))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        pytest.param("frobnicate", {}, id="no-meaning"),
        pytest.param("read_file", {}, id="a-required-argument-is-missing"),
        pytest.param("send_file", {"path": "/a"}, id="no-such-operation"),
    ],
)
def test_any_other_tool_is_answered_with_ok(name: str, arguments: dict[str, Any]) -> None:
    assert answer((name, arguments)) == (Call("give_result", {"call": "M1.1", "result": OK}),)


def test_every_open_call_is_answered_in_one_reply() -> None:
    calls = answer(("read_file", {"path": "/a"}), ("frobnicate", {}))
    assert [call.arguments.get("call") for call in calls if call.name == "give_result"] == ["M1.1", "M1.2"]


def test_in_another_role_it_says_what_it_needs() -> None:
    turn = Turn([ChatMessageUser(content="Hello.")], TOOLS, 0)
    with pytest.raises(UsageError, match="petri-offline/simulator reads the open calls as one JSON object"):
        Simulator().reply(turn)
    with pytest.raises(UsageError, match="answers with the tool 'give_result', which it was not given"):
        Simulator().reply(Turn([], [], 0))
