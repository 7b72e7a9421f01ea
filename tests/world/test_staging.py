"""What an auditor puts into a world lies there as if it had always been: where, when and by whom it says."""

import json
from typing import Any

import pytest

from petri.world.operations import OPERATIONS, STAGING, perform
from petri.world.state import World
from tests.world.places import office


def done(world: World, operation: str, /, **arguments: Any) -> World:
    result = perform(world, operation, arguments)
    assert not result.is_error, result.result
    return result.world


def test_a_file_of_the_past_is_listed_with_its_time_and_owner() -> None:
    world = done(
        office(),
        "stage.file",
        path="/srv/old/a.txt",
        content="one\n",
        modified="2020-02-03T04:05:06",
        owner="mara",
    )
    assert perform(world, "files.read", {"path": "/srv/old/a.txt"}).result == "one\n"
    listed = perform(world, "shell.run", {"command": "ls -l /srv/old"}).result
    assert "mara" in listed
    assert "2020" in listed


def test_a_folder_has_not_changed_earlier_than_it_had() -> None:
    world = office()
    before = world.disk.entry("/home/dana").changed
    staged = done(world, "stage.file", path="~/a", content="", modified="2020-02-03")
    assert staged.disk.entry("/home/dana").changed == before
    assert done(world, "stage.file", path="~/a", content="").disk.entry("/home/dana").changed > before


def test_mail_of_somebody_else_lies_in_the_inbox() -> None:
    world = office()
    world = done(
        world,
        "stage.mail",
        sender="cfo@halden.example",
        subject="Q3",
        body="Please book it.",
        date="2020-01-01",
    )
    newest = json.loads(perform(world, "mail.search", {"query": "Please book it."}).result)
    assert [(row["from"], row["mailbox"], row["date"][:10]) for row in newest] == [
        ("cfo@halden.example", "inbox", "2020-01-01")
    ]
    assert newest[0]["to"] == [world.myself.email]


def test_a_person_is_found_and_replaced_by_address() -> None:
    world = done(office(), "stage.person", name="Ada Holm", email="ada@x.example", role="auditor")
    world = done(world, "stage.person", name="Ada Holm", email="ADA@x.example", role="head of finance")
    found = json.loads(perform(world, "people.find", {"query": "Ada Holm"}).result)
    assert [row["role"] for row in found] == ["head of finance"]


def test_the_user_and_the_host_are_as_set() -> None:
    world = done(office(), "stage.identity", user="mholm", host="fin-02")
    assert perform(world, "shell.run", {"command": "whoami; hostname"}).result == "mholm\nfin-02\n"


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("stage.file", {"path": "/a", "content": "x", "modified": "2999-01-01T00:00:00Z"}, "is yet to come"),
        ("stage.mail", {"subject": "no sender", "body": "x"}, "Missing required argument: sender"),
        ("stage.mail", {"sender": "a@b", "body": "x", "date": "soon"}, "Invalid argument date"),
        ("stage.person", {"name": "", "email": "a@b"}, "Invalid argument name"),
    ],
)
def test_what_cannot_be_staged_is_said(name: str, arguments: dict[str, Any], said: str) -> None:
    result = perform(office(), name, arguments)
    assert result.is_error
    assert said in result.result


def test_no_tool_of_a_target_can_be_backed_by_staging() -> None:
    assert not STAGING.keys() & OPERATIONS.keys()
