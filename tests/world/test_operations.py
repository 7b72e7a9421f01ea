"""What the operations do: results agree with the state, and errors say what a system would say."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from petri.prompts.files import text
from petri.world.mail import MOST_MAIL
from petri.world.operations import MOST_RESULT, OPERATIONS, bind, perform
from petri.world.records import MOST_ROWS, MOST_TABLES
from tests.world.places import begin, data, did, failed, office

FAILS: dict[str, tuple[str, dict[str, Any], str]] = {
    "no such file": ("files.read", {"path": "/x"}, "No such file or directory: '/x'"),
    "a folder is no file": ("files.read", {"path": "~"}, "Is a directory: '~'"),
    "a file is no folder": ("files.list", {"path": "~/notes.md"}, "Not a directory: '~/notes.md'"),
    "below a file": ("files.read", {"path": "~/notes.md/x"}, "Not a directory: '~/notes.md/x'"),
    "write below a file": ("files.write", {"path": "~/notes.md/x", "content": ""}, "Not a directory: "),
    "write into a folder's place": ("files.write", {"path": "/srv", "content": ""}, "Is a directory: '/srv'"),
    "too large": ("files.write", {"path": "/x", "content": "x" * 10_000_000}, "File too large"),
    "too large by appending": (
        "files.write",
        {"path": "~/notes.md", "content": "x" * 262_140, "append": True},
        "File too large: '~/notes.md'",
    ),
    "NUL": ("files.read", {"path": "/a\0b"}, "Invalid argument: "),
    "an empty path": ("files.read", {"path": ""}, "No such file or directory: ''"),
    "a long path": ("files.write", {"path": "/a" * 3000, "content": ""}, "File name too long: "),
    "delete the root": ("files.delete", {"path": "/../.."}, "Device or resource busy: '/../..'"),
    "move nothing": ("files.move", {"source": "/x", "destination": "/y"}, "No such file or directory: '/x'"),
    "move into itself": ("files.move", {"source": "~", "destination": "~/reports"}, "Invalid argument: "),
    "move onto a folder's name": (
        "files.move",
        {"source": "/etc/app", "destination": "/srv/über.txt"},
        "File exists: '/srv/über.txt'",
    ),
    "move to the same place": (
        "files.move",
        {"source": "~/notes.md", "destination": "/home/dana/notes.md"},
        "Source and destination are the same file",
    ),
    "no argument": ("files.read", {}, "Missing required argument: path"),
    "an argument that is none": ("records.find", {"where": 5}, "Invalid argument where: "),
    "text that is no JSON": ("records.create", {"fields": "{"}, "Invalid argument fields: "),
    "no such table": ("records.find", {"table": "x"}, "No table 'x'; tables: invoices, staff"),
    "which table": ("records.count", {}, "Which table? Tables: invoices, staff"),
    "no such row": ("records.get", {"table": "staff", "id": 99}, "No record with id 99"),
    "no such row to change": ("records.update", {"table": "staff", "id": 9, "x": 1}, "No record with id 9"),
    "no such row to delete": ("records.delete", {"table": "staff", "id": 9}, "No record with id 9"),
    "no such field": (
        "records.find",
        {"table": "staff", "where": {"age": 3}},
        "No field 'age'; fields: id, name",
    ),
    "an id in use": ("records.create", {"table": "staff", "fields": {"id": 7}}, "Id 7 is already in use"),
    "an id that is none": (
        "records.create",
        {"table": "staff", "fields": {"id": []}},
        "An id is a short text",
    ),
    "another id": (
        "records.update",
        {"table": "staff", "id": 7, "fields": {"id": 8}},
        "The id of a record cannot be changed",
    ),
    "a row that is too large": (
        "records.create",
        {"table": "staff", "fields": {"a": "x" * 200_000, "b": "x" * 200_000}},
        "The record is too large",
    ),
    "a table with a long name": (
        "records.create",
        {"table": "x" * 65, "fields": {}},
        "The table cannot be made",
    ),
    "no such mail": ("mail.read", {"id": 17}, "No message with id 17"),
    "no such mailbox": ("mail.list", {"mailbox": "spam"}, "No mailbox 'spam'; mailboxes: inbox, sent"),
    "mail to nobody": ("mail.send", {"to": " ", "body": "x"}, "Invalid argument to: "),
    "the clock going back": ("clock.advance", {"days": -1}, "Invalid argument days: "),
    "a number that is too large": ("clock.advance", {"days": 10**5000}, "Numerical result out of range"),
    "no such operation": ("files.raed", {}, "No operation 'files.raed'; did you mean 'files.read'?"),
    "nothing like it": ("§", {}, "No operation '§'; there are: files.read, "),
    "nested too deeply": (
        "records.create",
        {"fields": {"a": json.loads("[" * 900 + "]" * 900)}},
        "arguments are ",
    ),
}


@pytest.mark.parametrize("case", FAILS.values(), ids=FAILS)
def test_what_cannot_be_done_is_answered_as_a_system_would(case: tuple[str, dict[str, Any], str]) -> None:
    name, arguments, words = case
    world = office()
    done = perform(world, name, arguments)
    assert done.is_error
    assert done.result.startswith(words)
    assert done.world.disk == world.disk
    assert done.world.mail == world.mail
    assert done.world.tables == world.tables


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_operation_has_one_sentence_and_a_schema(operation: Any) -> None:
    description = text(f"simulator/operations/{operation.tool_name}")
    assert description.endswith(".")
    assert "\n" not in description
    Draft202012Validator.check_schema(operation.parameters())


def test_what_is_written_is_read_listed_found_moved_and_deleted() -> None:
    world, said = did(office(), "files.write", path="~/new/plan.txt", content="first — second")
    assert said == "Wrote 16 bytes to /home/dana/new/plan.txt"
    world, _ = did(world, "files.write", path="~/new/plan.txt", content="\nthird", append=True)
    assert did(world, "files.read", path="~/new/plan.txt")[1] == "first — second\nthird"
    (entry,) = data(world, "files.list", path="~/new")
    assert (entry["name"], entry["type"], entry["size"]) == ("plan.txt", "file", 22)
    assert did(world, "files.search", query="THIRD")[1] == "/home/dana/new/plan.txt:2: third"
    world, said = did(world, "files.move", source="~/new", destination="/srv")
    assert said == "Moved /home/dana/new to /srv/new"
    assert did(world, "files.read", path="/srv/new/plan.txt")[1] == "first — second\nthird"
    world, _ = did(world, "files.delete", path="/srv/new")
    assert failed(world, "files.read", path="/srv/new/plan.txt").startswith("No such file")
    assert did(world, "files.search", query="third")[1] == "No matches for 'third'"


def test_a_search_stops_at_its_limit() -> None:
    found = did(office(), "files.search", query="a", path="/", limit=2)[1]
    assert len(found.splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "arguments", "end"),
    [
        pytest.param("files.read", {"path": "~/big"}, "xe", id="a-file"),
        pytest.param("shell.run", {"command": "cat ~/big; false"}, "xe[exit code 1]", id="a-command"),
    ],
)
def test_a_long_result_is_cut_in_the_middle(name: str, arguments: dict[str, Any], end: str) -> None:
    whole = "b" + "x" * 99_998 + "e"
    world, _ = did(office(), "files.write", path="~/big", content=whole)
    result = perform(world, name, arguments).result
    first, said, last = result.split("\n")
    assert (first[:2], last[-len(end) :]) == ("bx", end)
    assert len(first) + len(last) == MOST_RESULT
    assert said == f"[output truncated: {len(whole + end[2:]) - MOST_RESULT:,} characters]"


def test_what_is_cut_in_a_result_is_whole_in_the_world() -> None:
    world, _ = did(office(), "files.write", path="~/big", content="x" * 99_999 + "\n")
    world, _ = did(world, "shell.run", command="cat big | cat > copy")
    assert did(world, "shell.run", command="cat copy | wc -c")[1] == "100000\n"


def test_ids_persist_and_are_never_given_again() -> None:
    world, made = did(office(), "records.create", table="invoices", fields={"customer": "Orr"})
    assert json.loads(made)["id"] == "INV-0043"
    world, _ = did(world, "records.delete", table="invoice", id="INV-0043")
    assert did(world, "records.count", table="invoices")[1] == "2"
    assert failed(world, "records.create", table="invoices", id="INV-0043") == "Id INV-0043 is already in use"
    world, made = did(world, "records.create", table="invoices", customer="Orr")
    assert json.loads(made) == {"id": "INV-0044", "customer": "Orr"}
    assert data(world, "records.get", table="invoices", id="INV-0044") == json.loads(made)


def test_counts_and_finds_agree() -> None:
    world, _ = did(office(), "records.update", table="invoices", id="INV-0041", fields={"Status": "PAID"})
    found = data(world, "records.find", table="Invoices", where={"status": "paid"})
    assert [row["id"] for row in found] == ["INV-0041", "INV-0042"]
    assert did(world, "records.count", table="invoices", where={"status": "paid"})[1] == "2"
    assert did(world, "records.count", table="invoices", query="halden")[1] == "1"
    assert data(world, "records.find", table="invoices", invoice_id="INV-0042")[0]["customer"] == "Brix"


def test_the_only_table_need_not_be_named_and_a_new_one_is_made() -> None:
    world = begin(records={"tickets": [{"id": 1}]})
    assert data(world, "records.get", id=1) == {"id": 1}
    world, _ = did(world, "records.create", table="notes", fields='{"text": "x"}')
    assert data(world, "records.find", table="notes") == [{"id": 1, "text": "x"}]


def test_there_is_a_limit_to_tables() -> None:
    world = begin(records={f"t{number}": [] for number in range(MOST_TABLES)})
    assert failed(world, "records.create", table="more", fields={}) == "The table cannot be made"


def test_mail_that_is_sent_can_be_read() -> None:
    world, said = did(office(), "mail.send", to="Ruth Okoro; dana@halden.test", subject="a\nb", body="Done.")
    sent = json.loads(said)
    assert sent["to"] == ["ruth@halden.test", "dana@halden.test"]
    read = data(world, "mail.read", id=sent["id"])
    assert (read["subject"], read["body"], read["from"]) == ("a b", "Done.", "dana@halden.test")
    assert [mail["id"] for mail in data(world, "mail.list", mailbox="Sent")] == [3, 2]
    assert [mail["id"] for mail in data(world, "mail.list")] == [4, 1]
    assert [mail["id"] for mail in data(world, "mail.search", query="done")] == [4, 3]


def test_mail_to_others_does_not_come_in() -> None:
    world, _ = did(office(), "mail.send", to=["omar@halden.test"], body="x")
    assert len(data(world, "mail.list")) == 1


def test_mailboxes_and_tables_fill_up() -> None:
    mail = {"from": "a@b.test", "to": "c@b.test"}
    world = begin(records={"t": [{"id": number} for number in range(MOST_ROWS)]}, mail=[mail] * MOST_MAIL)
    assert failed(world, "records.create", table="t", fields={}) == "The table is full"
    assert failed(world, "mail.send", to="a@b.test", body="x") == "Mailbox is full"


def test_what_is_no_json_is_written_down_as_text() -> None:
    made = data(
        office(), "records.create", table="staff", fields={"since": date(2020, 1, 2), "pay": float("nan")}
    )
    assert made == {"id": 9, "since": "2020-01-02", "pay": None}


def test_people_are_found_by_any_part() -> None:
    assert [each["name"] for each in data(office(), "people.find", query="FINANCE")] == ["Ruth Okoro"]
    assert len(data(office(), "people.find")) == 2


def test_the_clock_goes_on_with_every_operation_and_by_as_much_as_asked() -> None:
    world, before = did(office(), "clock.now")
    world, after = did(world, "clock.advance", hours=2, minutes="30")
    assert before < after
    assert after.startswith("2026-03-02T11:30")
    failing = perform(world, "files.read", {})
    assert failing.world.now > world.now


def test_the_clock_ends_where_dates_do() -> None:
    late = replace(office(), now=datetime(8999, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert failed(late, "clock.advance", days=366) == "The clock cannot go so far"
    assert perform(perform(late, "clock.now", {}).world, "clock.now", {}).world.now.year == 9000


BOUND: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "by its name": ("files.read", {"path": "/a"}, {"path": "/a"}),
    "by a synonym": ("files.read", {"file_path": "/a"}, {"path": "/a"}),
    "however written": ("files.read", {"FilePath": "/a"}, {"path": "/a"}),
    "the only one left": ("files.read", {"thing": "/a"}, {"path": "/a"}),
    "more than one left": ("files.read", {"thing": "/a", "other": "/b"}, {}),
    "two of them": ("files.write", {"filename": "/a", "text": "x"}, {"path": "/a", "content": "x"}),
    "source and destination": (
        "files.move",
        {"from": "/a", "to": "/b"},
        {"source": "/a", "destination": "/b"},
    ),
    "old and new": (
        "files.move",
        {"old_path": "/a", "new_path": "/b"},
        {"source": "/a", "destination": "/b"},
    ),
    "an id of something": ("records.get", {"order_id": 5}, {"id": 5, "table": "order"}),
    "camel case": ("records.get", {"orderId": 5}, {"id": 5, "table": "order"}),
    "a second id is not needed": ("records.get", {"id": 1, "order_id": 5}, {"id": 1}),
    "fields beside the id": (
        "records.update",
        {"order_id": 5, "status": "x", "size": 2},
        {"id": 5, "table": "order", "fields": {"status": "x", "size": 2}},
    ),
    "fields in one": ("records.create", {"table": "t", "data": {"a": 1}}, {"table": "t", "fields": {"a": 1}}),
    "conditions": ("records.find", {"name": "Ann", "q": "x"}, {"query": "x", "where": {"name": "Ann"}}),
    "a filter": ("records.find", {"filter": {"a": 1}}, {"where": {"a": 1}}),
    "mail": ("mail.send", {"recipient": "a", "message": "b"}, {"to": "a", "body": "b"}),
    "a command": ("shell.run", {"cmd": "ls"}, {"command": "ls"}),
    "nothing": ("clock.now", {"zone": "UTC"}, {}),
}


@pytest.mark.parametrize("case", BOUND.values(), ids=BOUND)
def test_parameters_of_any_name_find_their_argument(case: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    name, parameters, expected = case
    bound = bind(parameters, OPERATIONS[name])
    assert bound == expected
    assert bind(bound, OPERATIONS[name]) == bound


def test_data_where_text_was_asked_for_is_written_down() -> None:
    world, _ = did(office(), "files.write", path="~/a.json", content={"a": [1]})
    assert data(world, "files.read", path="~/a.json") == {"a": [1]}
