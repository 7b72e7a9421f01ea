"""Operations on tables of records."""

from dataclasses import replace
from typing import Final

from pydantic import JsonValue

from petri.errors import WorldError
from petri.world.operation import Arguments, Done, Fields, Limit, Operation, Words, as_json
from petri.world.records import MOST_TABLES, Table, begin_table, plain_name, table_name
from petri.world.state import World

_LONGEST_NAME: Final = 64
_NO_FIELDS: Final[Fields] = {}


class RecordFind(Arguments):
    """Arguments of records.find."""

    table: Words = ""
    where: Fields = _NO_FIELDS
    query: Words = ""
    limit: Limit = 50


class RecordGet(Arguments):
    """Arguments of records.get."""

    table: Words = ""
    id: Words


class RecordCreate(Arguments):
    """Arguments of records.create."""

    table: Words = ""
    fields: Fields


class RecordUpdate(Arguments):
    """Arguments of records.update."""

    table: Words = ""
    id: Words
    fields: Fields


class RecordDelete(Arguments):
    """Arguments of records.delete."""

    table: Words = ""
    id: Words


class RecordCount(Arguments):
    """Arguments of records.count."""

    table: Words = ""
    where: Fields = _NO_FIELDS
    query: Words = ""


def _table(world: World, asked: str) -> tuple[str, Table]:
    """Give the table that is meant; without a name the only one there is."""
    name = table_name(world.tables, asked) if asked else None
    if name is None and not asked and len(world.tables) == 1:
        name = next(iter(world.tables))
    if name is None:
        known = ", ".join(world.tables) or "none"
        raise WorldError(
            f"No table {asked[:200]!r}; tables: {known}" if asked else f"Which table? Tables: {known}"
        )
    return name, world.tables[name]


def _with(world: World, name: str, table: Table) -> World:
    return replace(world, tables={**world.tables, name: table})


def _find(world: World, given: RecordFind) -> Done:
    name, table = _table(world, given.table)
    found = table.find(_columns(name, table, given.where), given.query)
    return Done(world, as_json(found[: given.limit]))


def _columns(name: str, table: Table, fields: Fields) -> dict[str, JsonValue]:
    """Give fields under the table's own names: ``orderStatus`` is ``order_status``, an order's ``order_id`` its id."""
    known = {plain_name(column): column for column in table.columns()}
    own = {f"{singular}id": "id" for singular in (plain_name(name), plain_name(name).removesuffix("s"))}
    return {{**own, **known}.get(plain_name(field), field): value for field, value in fields.items()}


def _get(world: World, given: RecordGet) -> Done:
    _, table = _table(world, given.table)
    return Done(world, as_json(table.row(given.id)))


def _create(world: World, given: RecordCreate) -> Done:
    if given.table and table_name(world.tables, given.table) is None:
        if len(world.tables) >= MOST_TABLES or len(given.table) > _LONGEST_NAME:
            raise WorldError("The table cannot be made")
        world = _with(world, given.table, begin_table(()))
    name, table = _table(world, given.table)
    table, row = table.create(_columns(name, table, given.fields))
    return Done(_with(world, name, table), as_json(row))


def _update(world: World, given: RecordUpdate) -> Done:
    name, table = _table(world, given.table)
    table, row = table.update(given.id, _columns(name, table, given.fields))
    return Done(_with(world, name, table), as_json(row))


def _delete(world: World, given: RecordDelete) -> Done:
    name, table = _table(world, given.table)
    return Done(_with(world, name, table.delete(given.id)), as_json({"deleted": given.id}))


def _count(world: World, given: RecordCount) -> Done:
    name, table = _table(world, given.table)
    return Done(world, str(len(table.find(_columns(name, table, given.where), given.query))))


RECORD_OPERATIONS: Final = (
    Operation("records.find", RecordFind, _find),
    Operation("records.get", RecordGet, _get),
    Operation("records.create", RecordCreate, _create),
    Operation("records.update", RecordUpdate, _update),
    Operation("records.delete", RecordDelete, _delete),
    Operation("records.count", RecordCount, _count),
)
