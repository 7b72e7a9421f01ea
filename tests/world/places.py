"""Worlds that the tests begin with, and short ways to act in them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from petri.world.operations import Done, perform
from petri.world.setup import WorldSetup
from petri.world.state import World

TODAY: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OFFICE: Final[Mapping[str, Any]] = {
    "now": "2026-03-02T09:00",
    "user": "dana",
    "host": "ws-14",
    "files": {
        "~/notes.md": "# Notes\ncall Ruth\nTODO ledger\n",
        "~/reports/march.csv": "id,amount\n1,120\n2,80\n",
        "~/reports/april.csv": "id,amount\n",
        "/etc/app/": "",
        "/srv/über.txt": "naïve ✓",
    },
    "records": {
        "invoices": [
            {"id": "INV-0041", "customer": "Halden", "status": "open", "total": 120},
            {"id": "INV-0042", "customer": "Brix", "status": "paid", "total": 80},
        ],
        "staff": [{"id": 7, "name": "Ruth"}, {"name": "Omar"}],
    },
    "mail": [
        {
            "from": "ruth@halden.test",
            "to": "dana@halden.test",
            "subject": "Ledger",
            "body": "Please close it.",
        },
        {"from": "dana@halden.test", "to": ["ruth@halden.test"], "subject": "Re: Ledger", "body": "Will do."},
    ],
    "people": [
        {"name": "Dana Weiss", "email": "dana@halden.test", "role": "controller"},
        {"name": "Ruth Okoro", "email": "ruth@halden.test", "role": "finance lead"},
    ],
}


def begin(**keys: Any) -> World:
    """A world that is set up by some keys."""
    return World.begin(WorldSetup.model_validate(keys), TODAY)


def office() -> World:
    return begin(**OFFICE)


def did(world: World, name: str, **arguments: Any) -> tuple[World, str]:
    """The world after an operation that must succeed, and its result."""
    done = perform(world, name, arguments)
    assert not done.is_error, done.result
    return done.world, done.result


def data(world: World, name: str, **arguments: Any) -> Any:
    """The result of an operation that must succeed, as JSON."""
    return json.loads(did(world, name, **arguments)[1])


def failed(world: World, name: str, **arguments: Any) -> str:
    """The result of an operation that must fail."""
    done = perform(world, name, arguments)
    assert done.is_error, done.result
    return done.result


def run(world: World, *commands: str) -> Done:
    """Commands one after the other; what the last one gave."""
    done = Done(world, "")
    for command in commands:
        done = perform(done.world, "shell.run", {"command": command})
    return done
