"""Whatever is done in a world, and with whatever arguments: nothing raises, and the state agrees with itself."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from petri.world.disk import Disk
from petri.world.operations import OPERATIONS, perform
from petri.world.paths import parent
from petri.world.state import World
from petri.world.values import whole
from tests.world.places import begin, data, did, office, run

pytestmark = pytest.mark.long

ANY_TEXT = st.text(st.characters(), max_size=30)  # every code point, lone surrogates too
NAME = st.text(st.sampled_from("ab.~*'é "), min_size=1, max_size=3)
PATH = st.one_of(
    st.lists(st.sampled_from(("a", "b", "..", ".", "~", "notes.md", "reports")), min_size=1, max_size=4).map(
        "/".join
    ),
    st.sampled_from(("/", "~", "/a", "../../etc", "/a\0b", "", "reports/march.csv")),
    ANY_TEXT,
)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | PATH,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=3),
    max_leaves=5,
)
WORDS = """ls cat echo cd mv cp rm mkdir touch head tail wc grep find sort uniq date stat du -r -rf -p -l -n -a -i -name
notes.md reports * .. . / ~ > >> < << | || && ; 2>&1 & $HOME $? 'x' "q" [a ' """
WORD = st.sampled_from(WORDS.split()) | PATH
_SOME_NAMES = sorted({name for operation in OPERATIONS.values() for name in operation.arguments.model_fields})
COMMAND = st.lists(WORD, max_size=8).map(" ".join)
PARAMETERS = st.dictionaries(
    st.sampled_from((*_SOME_NAMES, "x")),
    VALUE | st.sampled_from(("invoices", "staff", 7, "INV-0041")),
    max_size=4,
)


def check(world: World) -> None:
    """The state agrees with itself."""
    entries = world.disk.entries
    assert "/" in entries
    assert world.disk.count("/") == len(entries)
    assert Disk.of(entries) == world.disk
    for path, entry in entries.items():
        assert entries[parent(path)].is_folder
        assert entry.changed <= world.now
    for name, table in world.tables.items():
        assert data(world, "records.count", table=name) == len(table.rows)
        assert not set(table.rows) & set(table.used)
        assert all(str(row["id"]) == key for key, row in table.rows.items())
    assert [mail.id for mail in world.mail] == list(range(1, len(world.mail) + 1))


class Anything(RuleBasedStateMachine):
    """Random operations; each must leave a world that agrees with itself and is later than before."""

    def __init__(self) -> None:
        super().__init__()
        self.world = office()

    def do(self, name: str, arguments: dict[str, Any]) -> None:
        before = deepcopy(self.world)
        done = perform(self.world, name, arguments)
        assert self.world == before
        assert done.world.now > self.world.now
        assert perform(self.world, name, arguments) == done
        self.world = done.world

    @rule(name=st.sampled_from(sorted(OPERATIONS)), arguments=PARAMETERS)
    def perform_any(self, name: str, arguments: dict[str, Any]) -> None:
        self.do(name, arguments)

    @rule(command=COMMAND)
    def run_any(self, command: str) -> None:
        self.do("shell.run", {"command": command})

    @rule(path=PATH, content=ANY_TEXT)
    def write(self, path: str, content: str) -> None:
        self.do("files.write", {"path": path, "content": content})

    @invariant()
    def agrees(self) -> None:
        check(self.world)


Anything.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestAnything = Anything.TestCase


@settings(deadline=None)
@given(st.text(max_size=200), NAME)
def test_what_is_written_is_read(content: str, name: str) -> None:
    path = f"/box/{name}x"
    world, _ = did(begin(), "files.write", path=path, content=content)
    assert did(world, "files.read", path=path)[1] == whole(content)
    (entry,) = data(world, "files.list", path="/box")
    assert entry["size"] == len(whole(content).encode())


@settings(deadline=None)
@given(st.sets(NAME.filter(lambda name: set(name) - {"."} and not name.startswith(".")), max_size=6))
def test_a_listing_names_what_was_made(names: set[str]) -> None:
    world = begin(files={"/box/": ""})
    for name in sorted(names):
        world, _ = did(world, "files.write", path=f"/box/{name}", content="x")
    assert run(world, "ls /box").result.splitlines() == sorted(names)
    assert [entry["name"] for entry in data(world, "files.list", path="/box")] == sorted(names)
    assert run(world, "find /box -type f | wc -l").result.strip() == str(len(names))


@settings(deadline=None)
@given(ANY_TEXT)
def test_no_command_line_raises(command: str) -> None:
    perform(office(), "shell.run", {"command": command})


def test_what_does_not_change_is_shared() -> None:
    world = begin(files={f"/d{number % 40}/f{number}": "x" for number in range(2000)})
    later, _ = did(world, "files.write", path="/d1/new", content="y")
    before, after = world.disk.entries, later.disk.entries
    assert all(after[path] is entry for path, entry in before.items() if path != "/d1")
    assert later.tables is world.tables
