"""Operations on files, and the shell."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from petri.errors import WorldError
from petri.world.disk import Disk, into
from petri.world.operation import Arguments, Done, Limit, Operation, Words, as_json
from petri.world.paths import join, parent
from petri.world.shell import run_line
from petri.world.state import World

_LONGEST_LINE: Final = 500
_MOST_HITS: Final = 1_000


class FileRead(Arguments):
    """Arguments of files.read."""

    path: Words


class FileWrite(Arguments):
    """Arguments of files.write."""

    path: Words
    content: Words
    append: bool = False


class FileList(Arguments):
    """Arguments of files.list."""

    path: Words = "."


class FileDelete(Arguments):
    """Arguments of files.delete."""

    path: Words


class FileMove(Arguments):
    """Arguments of files.move."""

    source: Words
    destination: Words


class FileSearch(Arguments):
    """Arguments of files.search."""

    query: Words
    path: Words = "."
    limit: Limit = 50


class ShellRun(Arguments):
    """Arguments of shell.run."""

    command: Words


@contextmanager
def _about(path: str) -> Generator[None]:
    """Name the path in an error about it."""
    try:
        yield
    except WorldError as fault:
        raise WorldError(f"{fault}: {path[:500]!r}") from fault


def _read(world: World, given: FileRead) -> Done:
    with _about(given.path):
        return Done(world, world.disk.text(world.resolve(given.path)))


def _write(world: World, given: FileWrite) -> Done:
    with _about(given.path):
        path = world.resolve(given.path)
        disk = world.disk
        if disk.find(parent(path)) is None:
            disk = disk.make_folders(parent(path), world.stamp)
        before = disk.text(path) if given.append and disk.find(path) is not None else ""
        disk = disk.write(path, before + given.content, world.stamp)
    return Done(replace(world, disk=disk), f"Wrote {len(given.content.encode())} bytes to {path}")


def _list(world: World, given: FileList) -> Done:
    with _about(given.path):
        folder = world.resolve(given.path)
        listed = [_entry(world.disk, join(folder, name), name) for name in world.disk.children(folder)]
    return Done(world, as_json(listed))


def _entry(disk: Disk, path: str, name: str) -> dict[str, object]:
    entry = disk.entry(path)
    kind = "directory" if entry.is_folder else "file"
    size = {} if entry.is_folder else {"size": entry.size}
    return {"name": name, "type": kind, **size, "modified": entry.changed.isoformat()}


def _delete(world: World, given: FileDelete) -> Done:
    with _about(given.path):
        path = world.resolve(given.path)
        disk = world.disk.remove(path, world.stamp)
    return Done(replace(world, disk=disk), f"Deleted {path}")


def _move(world: World, given: FileMove) -> Done:
    with _about(given.source):
        source = world.resolve(given.source)
        world.disk.entry(source)
    with _about(given.destination):
        target = into(world.disk, source, world.resolve(given.destination))
        disk = world.disk.move(source, target, world.stamp)
    return Done(replace(world, disk=disk), f"Moved {source} to {target}")


def _search(world: World, given: FileSearch) -> Done:
    wanted = given.query.casefold()
    hits: list[str] = []
    with _about(given.path):
        paths = world.disk.below(world.resolve(given.path))
    for path in paths:
        text = world.disk.entry(path).text or ""
        if wanted not in text.casefold():
            continue
        for number, line in enumerate(text.split("\n"), start=1):
            if wanted in line.casefold():
                hits.append(f"{path}:{number}: {line[:_LONGEST_LINE]}")
            if len(hits) >= min(given.limit, _MOST_HITS):
                return Done(world, "\n".join(hits))
    return Done(world, "\n".join(hits) or f"No matches for {given.query!r}")


def _run(world: World, given: ShellRun) -> Done:
    done = run_line(world, given.command)
    shown = done.err + done.out
    if done.code:
        shown += f"[exit code {done.code}]"
    return Done(done.world, shown, is_error=done.code != 0)


FILE_OPERATIONS: Final = (
    Operation("files.read", FileRead, _read),
    Operation("files.write", FileWrite, _write),
    Operation("files.list", FileList, _list),
    Operation("files.delete", FileDelete, _delete),
    Operation("files.move", FileMove, _move),
    Operation("files.search", FileSearch, _search),
    Operation("shell.run", ShellRun, _run),
)
