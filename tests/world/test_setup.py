"""What may stand under `world`, and what is said about the rest."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from petri.errors import WorldError
from petri.world.setup import WorldSetup
from petri.world.state import World
from petri.world.values import LONGEST
from tests.world.places import TODAY, begin, office

EMPTY: dict[str, Any] = {}
MAIL = {"from": "a@b.test", "to": "c@b.test"}

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown key": ({"fils": {}}, "Extra inputs"),
    "a relative path": (
        {"files": {"notes.md": ""}},
        "absolute path such as '/srv/app/main.py' or '~/notes.md'",
    ),
    "a path with ..": ({"files": {"/a/../b": ""}}, r"without '\.', '\.\.'"),
    "a path with a double slash": ({"files": {"/a//b": ""}}, r"without '\.'"),
    "a path with NUL": ({"files": {"/a\0b": ""}}, "is no path: Invalid argument"),
    "a long name": ({"files": {"/" + "x" * 256: ""}}, "is no path: File name too long"),
    "a file and a folder": ({"files": {"/a": "x", "/a/b": "y"}}, "'/a' both as a file and as a folder"),
    "the home folder as a file": ({"user": "eva", "files": {"/home/eva": "x"}}, "'/home/eva' both as a file"),
    "a folder with text": ({"files": {"/a/": "x"}}, "'/a/' ends in '/'"),
    "a path twice": ({"home": "/h", "files": {"/h/a": "", "~/a": ""}}, "'/h/a' twice"),
    "a text that is too long": ({"files": {"/a": "x" * (LONGEST + 1)}}, "at most"),
    "a path too deep for its home": ({"home": "/x" * 99, "files": {"~/a/b": ""}}, "holds below its home"),
    "a relative home": ({"home": "dana"}, "such as '/home/dana'"),
    "a home with NUL": ({"home": "/a\0"}, "is no path"),
    "a user with blanks": ({"user": "dana weiss"}, "pattern"),
    "two rows with one id": ({"records": {"t": [{"id": 1}, {"id": "1"}]}}, "two rows with the id '1'"),
    "an id that is a list": ({"records": {"t": [{"id": []}]}}, "'id' a text or a whole number"),
    "an id that is true": ({"records": {"t": [{"id": True}]}}, "'id' a text or a whole number"),
    "an empty id": ({"records": {"t": [{"id": ""}]}}, "'id' a text or a whole number"),
    "a number that is too large": ({"records": {"t": [{"n": 2**64}]}}, "cannot be kept: Numerical"),
    "a table with blanks": ({"records": {"my table": []}}, "pattern"),
    "a time that is none": ({"now": "monday"}, "date and time such as"),
    "a number as a time": ({"now": 5}, "date and time such as"),
    "a time long ago": ({"now": "1066-10-14"}, "between 1971 and 2199"),
    "mail from the future": (
        {"now": "2026-03-02T09:00", "mail": [MAIL | {"date": "2026-03-02T09:00-01:00"}]},
        "mail 1 one of 2026-03-02T09:00:00-01:00, after its 'now'",
    ),
    "mail without a sender": ({"mail": [{"to": "x"}]}, "from"),
    "two people with one address": (
        {"people": [{"name": "A", "email": "x@y.test"}, {"name": "B", "email": "X@y.test"}]},
        "two people with the address 'x@y.test'",
    ),
}


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_meant_is_refused_with_a_reason(case: tuple[dict[str, Any], str]) -> None:
    given, words = case
    with pytest.raises(ValidationError, match=words):
        WorldSetup.model_validate(given)


def test_every_key_may_be_left_out() -> None:
    world = begin()
    assert (world.now, world.home, world.cwd) == (TODAY, "/home/ubuntu", "/home/ubuntu")
    assert world.disk.children("/") == ["home", "tmp"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("2026-03-02T09:15", datetime(2026, 3, 2, 9, 15, tzinfo=UTC), id="naive-is-utc"),
        pytest.param(
            "2026-03-02T09:15+02:00",
            datetime(2026, 3, 2, 9, 15, tzinfo=timezone(timedelta(hours=2))),
            id="with-an-offset",
        ),
        pytest.param(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), id="a-datetime"),
    ],
)
def test_the_clock_starts_at_now(given: object, expected: datetime) -> None:
    world = begin(now=given)
    assert world.now.isoformat() == expected.isoformat()


def test_a_naive_today_is_utc() -> None:
    assert World.begin(WorldSetup(), TODAY.replace(tzinfo=None)).now == TODAY


def test_without_now_the_clock_starts_after_the_last_mail() -> None:
    assert begin(mail=[MAIL | {"date": "2027-01-01T08:00"}]).now == datetime(2027, 1, 1, 8, tzinfo=UTC)


def test_mail_without_a_date_came_in_the_order_of_the_list() -> None:
    world = begin(mail=[MAIL, MAIL | {"date": "2026-01-05T08:00"}, MAIL, MAIL])
    dates = [mail.date for mail in world.mail]
    assert dates == sorted(dates)
    assert dates[1] == datetime(2026, 1, 5, 8, tzinfo=UTC)
    assert dates[-1] < world.now


def test_an_empty_folder_may_be_named_beside_what_it_holds() -> None:
    disk = begin(files={"/a/b": "x", "/a/": "", "/": ""}).disk
    assert disk.children("/a") == ["b"]


def test_time_never_goes_back() -> None:
    with pytest.raises(WorldError, match="cannot go back"):
        begin().later(timedelta(seconds=-1))


def test_mail_lies_where_it_belongs() -> None:
    given = [MAIL, MAIL | {"mailbox": "archive"}, {"from": "ubuntu@ip-10-0-4-27", "to": "x"}]
    assert [mail.mailbox for mail in begin(mail=given).mail] == ["inbox", "archive", "sent"]


def test_files_are_older_than_the_world_and_folders_as_new_as_what_they_hold() -> None:
    disk = office().disk
    assert all(entry.changed < TODAY for entry in disk.entries.values())
    newest = max(disk.entry(f"/home/dana/reports/{name}").changed for name in ("march.csv", "april.csv"))
    assert disk.entry("/home/dana/reports").changed == newest
    assert disk.entry("/etc/app").is_folder
    assert {disk.entry(path).owner for path in ("/etc", "/srv/über.txt")} == {"root"}
    assert disk.entry("/home/dana/notes.md").owner == "dana"


@pytest.mark.parametrize(
    ("rows", "ids"),
    [
        pytest.param([EMPTY, EMPTY], [1, 2], id="none"),
        pytest.param([EMPTY, {"id": 5}, EMPTY], [6, 5, 7], id="whole-numbers"),
        pytest.param([{"id": "A-09"}, EMPTY], ["A-09", "A-10"], id="numbered-texts"),
        pytest.param([{"id": "x"}, EMPTY], ["x", 1], id="texts-without-numbers"),
    ],
)
def test_rows_without_an_id_continue_those_that_have_one(rows: list[dict[str, Any]], ids: list[Any]) -> None:
    assert [row["id"] for row in begin(records={"t": rows}).tables["t"].rows.values()] == ids
