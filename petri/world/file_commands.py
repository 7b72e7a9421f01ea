"""Commands that make, change, remove and list files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Final

from petri.errors import WorldError
from petri.world.command import Arguments, Output, Program, Tally, count
from petri.world.disk import BLOCK, Disk, Entry, Stamp, into
from petri.world.paths import join, name, parent
from petri.world.state import World

_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_RECENT: Final = timedelta(days=182)
_KIBI: Final = 1024
_FIND_TAKES_VALUE: Final = {"-name", "-iname", "-type", "-maxdepth", "-mindepth"}


def _ls(world: World, given: Arguments, _: str) -> Output:
    tally = Tally("ls", world, failure=2)
    files, folders = list[str](), list[str]()
    for operand in given.operands or ["."]:
        try:
            entry = world.disk.entry(world.resolve(operand))
            (folders if entry.is_folder and not given.has("d") else files).append(operand)
        except WorldError as fault:
            tally.fail(f"cannot access '{operand}': {fault}")
    if files:
        tally.write(*_listed(world, [(each, world.disk.entry(world.resolve(each))) for each in files], given))
    shown = list(_with_inner(tally, folders)) if given.has("R") else folders
    for folder in shown:
        if files or len(given.operands) > 1 or given.has("R"):
            tally.write(f"{'' if tally.is_empty else chr(10)}{folder}:\n")
        tally.write(*_listed(world, _inside(world.disk, world.resolve(folder), given), given, total=True))
    return tally.output()


def _with_inner(tally: Tally, folders: Sequence[str]) -> Iterator[str]:
    """Give each folder and all below it, named from the operand."""
    for folder in folders:
        whole = tally.world.resolve(folder)
        for path in tally.below(whole):
            if tally.world.disk.entry(path).is_folder:
                yield folder.rstrip("/") + path[len(whole.rstrip("/")) :] if path != whole else folder


def _inside(disk: Disk, folder: str, given: Arguments) -> list[tuple[str, Entry]]:
    names = [each for each in disk.children(folder) if given.has("aA") or not each.startswith(".")]
    entries = [(each, disk.entry(join(folder, each))) for each in names]
    if given.has("a"):
        entries = [(".", disk.entry(folder)), ("..", disk.entry(parent(folder))), *entries]
    return entries


def _listed(
    world: World, entries: Sequence[tuple[str, Entry]], given: Arguments, *, total: bool = False
) -> Iterator[str]:
    """Give the lines of a listing."""
    entries = list(entries)
    if given.has("S"):
        entries.sort(key=lambda pair: -pair[1].size)
    if given.has("t"):
        entries.sort(key=lambda pair: pair[1].changed, reverse=True)
    if given.has("r"):
        entries.reverse()
    if not given.has("l"):
        yield from (f"{shown}\n" for shown, _ in entries)
        return
    sizes = [_size(entry.size, human=given.has("h")) for _, entry in entries]
    width, owners = (
        max(map(len, sizes), default=0),
        max((len(entry.owner) for _, entry in entries), default=0),
    )
    if total:
        yield f"total {sum(_blocks(entry) for _, entry in entries)}\n"
    for (shown, entry), size in zip(entries, sizes, strict=True):
        owner = entry.owner.ljust(owners)
        mode = "drwxr-xr-x 2" if entry.is_folder else "-rw-r--r-- 1"
        yield f"{mode} {owner} {owner} {size:>{width}} {_when(entry.changed, world.now)} {shown}\n"


def _when(changed: datetime, now: datetime) -> str:
    day = f"{_MONTHS[changed.month - 1]} {changed.day:>2}"
    return f"{day} {changed:%H:%M}" if now - changed < _RECENT else f"{day}  {changed.year}"


def _blocks(entry: Entry) -> int:
    """Kibibytes on the disk."""
    return -(-entry.size // BLOCK) * BLOCK // _KIBI


def _size(size: int, *, human: bool) -> str:
    if not human or size < _KIBI:
        return str(size)
    in_kibi = size / _KIBI
    return f"{in_kibi:.1f}K" if in_kibi < _KIBI else f"{in_kibi / _KIBI:.1f}M"


def _pwd(world: World, _given: Arguments, _: str) -> Output:
    return Output(world, f"{world.cwd}\n")


def _cd(world: World, given: Arguments, _: str) -> Output:
    if len(given.operands) > 1:
        raise WorldError("too many arguments")
    asked = given.operands[0] if given.operands else "~"
    try:
        path = world.resolve(asked)
        world.disk.children(path)
    except WorldError as fault:
        raise WorldError(f"{asked}: {fault}") from fault
    return Output(replace(world, cwd=path))


def _each(command: str, why: str, change: Callable[[Disk, str, Stamp, Arguments], Disk]) -> Program:
    """Give a command that does the same to each operand; ``why`` begins its errors."""

    def run(world: World, given: Arguments, _: str) -> Output:
        if not given.operands and not given.has("f"):
            raise WorldError("missing operand")
        tally = Tally(command, world)
        for operand in given.operands:
            try:
                disk = change(tally.world.disk, world.resolve(operand), world.stamp, given)
                tally.world = replace(tally.world, disk=disk)
            except WorldError as fault:
                tally.fail(f"{why} '{operand}': {fault}")
        return tally.output()

    flags = {"mkdir": "pv", "rm": "rRfvd", "rmdir": "p", "touch": "acm"}[command]
    return Program(run, flags, long={"--recursive": "r", "--force": "f", "--parents": "p"})


def _mkdir(disk: Disk, path: str, stamp: Stamp, given: Arguments) -> Disk:
    return disk.make_folders(path, stamp) if given.has("p") else disk.make_folder(path, stamp)


def _touch(disk: Disk, path: str, stamp: Stamp, given: Arguments) -> Disk:
    entry = disk.find(path)
    if entry is None:
        return disk if given.has("c") else disk.write(path, "", stamp)
    return disk.touch(path, stamp)


def _rm(disk: Disk, path: str, stamp: Stamp, given: Arguments) -> Disk:
    entry = disk.find(path)
    if entry is None and given.has("f"):
        return disk
    if entry is not None and entry.is_folder and not given.has("rR"):
        raise WorldError("Is a directory")
    return disk.remove(path, stamp)


def _rmdir(disk: Disk, path: str, stamp: Stamp, _: Arguments) -> Disk:
    if disk.children(path):
        raise WorldError("Directory not empty")
    return disk.remove(path, stamp)


def _mv(world: World, given: Arguments, _: str) -> Output:
    return _placed("mv", world, given, Disk.move)


def _cp(world: World, given: Arguments, _: str) -> Output:
    return _placed("cp", world, given, Disk.copy)


def _placed(
    command: str, world: World, given: Arguments, place: Callable[[Disk, str, str, Stamp], Disk]
) -> Output:
    """Move or copy each operand but the last to the last."""
    if not given.operands:
        raise WorldError("missing file operand")
    *sources, target = given.operands
    if not sources:
        raise WorldError(f"missing destination file operand after '{target}'")
    there = world.disk.find(world.resolve(target))
    if len(sources) > 1 and (there is None or not there.is_folder):
        raise WorldError(f"target '{target}' is not a directory")
    tally = Tally(command, world)
    for source in sources:
        disk = tally.world.disk
        try:
            path = world.resolve(source)
            is_folder = disk.entry(path).is_folder
        except WorldError as fault:
            tally.fail(f"cannot stat '{source}': {fault}")
            continue
        if command == "cp" and is_folder and not given.has("rRa"):
            tally.fail(f"-r not specified; omitting directory '{source}'")
            continue
        try:
            disk = place(disk, path, into(disk, path, world.resolve(target)), world.stamp)
            tally.world = replace(tally.world, disk=disk)
        except WorldError as fault:
            tally.fail(f"cannot create '{target}': {fault}")
    return tally.output()


def _stat(world: World, given: Arguments, _: str) -> Output:
    if not given.operands:
        raise WorldError("missing operand")
    tally = Tally("stat", world)
    for operand in given.operands:
        try:
            entry = world.disk.entry(world.resolve(operand))
        except WorldError as fault:
            tally.fail(f"cannot statx '{operand}': {fault}")
            continue
        kind = "directory" if entry.is_folder else "regular file" if entry.size else "regular empty file"
        tally.write(
            f"  File: {operand}\n  Size: {entry.size}\tBlocks: {_blocks(entry) * 2}\tIO Block: {BLOCK}\t{kind}\n"
            f"   Uid: {entry.owner}\tGid: {entry.owner}\nModify: {entry.changed:%Y-%m-%d %H:%M:%S %z}\n"
        )
    return tally.output()


def _du(world: World, given: Arguments, _: str) -> Output:
    tally = Tally("du", world)
    for operand in given.operands or ["."]:
        try:
            whole = world.resolve(operand)
            used = _usage(tally, whole)
        except WorldError as fault:
            tally.fail(f"cannot access '{operand}': {fault}")
            continue
        shown = [whole] if given.has("s") else sorted(used, key=lambda path: path.split("/"), reverse=True)
        for path in shown:
            size = _size(used[path] * _KIBI, human=True) if given.has("h") else str(used[path])
            tally.write(f"{size}\t{operand.rstrip('/') + path[len(whole.rstrip('/')) :]}\n")
    return tally.output()


def _usage(tally: Tally, whole: str) -> dict[str, int]:
    """Give the kibibytes in and below each folder under a path."""
    used: dict[str, int] = {}
    for path in reversed(tally.below(whole)):
        entry = tally.world.disk.entry(path)
        here = used.get(path, 0) + _blocks(entry)
        if entry.is_folder or path == whole:
            used[path] = here
        if path != whole:
            used[parent(path)] = used.get(parent(path), 0) + here
    return used


def _find(world: World, given: Arguments, _: str) -> Output:
    """Look for files; the flags are words and come after the places."""
    places: list[str] = []
    rest = list(given.operands)
    while rest and not rest[0].startswith("-"):
        places.append(rest.pop(0))
    tests: dict[str, str] = {}
    while rest:
        flag = rest.pop(0)
        if flag == "-print":
            continue
        if flag not in _FIND_TAKES_VALUE:
            raise WorldError(f"unknown predicate `{flag}'")
        if not rest:
            raise WorldError(f"missing argument to `{flag}'")
        tests[flag] = rest.pop(0)
    tally = Tally("find", world)
    for place in places or ["."]:
        try:
            for shown in _found(tally, place, tests):
                tally.write(f"{shown}\n")
        except WorldError as fault:
            tally.fail(f"'{place}': {fault}")
    return tally.output()


def _found(tally: Tally, place: str, tests: dict[str, str]) -> Iterator[str]:
    whole = tally.world.resolve(place)
    deepest = count(tests.get("-maxdepth", "1000"), "depth")
    least = count(tests.get("-mindepth", "0"), "depth")
    for path in tally.below(whole):
        rest = path[len(whole.rstrip("/")) :] if path != whole else ""
        named = name(path) if rest or place == "/" else place.rstrip("/").rpartition("/")[2]
        kind = "d" if tally.world.disk.entry(path).is_folder else "f"
        if (
            least <= rest.count("/") <= deepest
            and tests.get("-type", kind) == kind
            and fnmatchcase(named, tests.get("-name", "*"))
            and fnmatchcase(named.lower(), tests.get("-iname", "*").lower())
        ):
            yield place.rstrip("/") + rest if rest else place


FILE_COMMANDS: Final = {
    "ls": Program(_ls, "alA1htrSRdF", long={"--all": "a", "--human-readable": "h"}, failure=2),
    "pwd": Program(_pwd, "LP"),
    "cd": Program(_cd),
    "mkdir": _each("mkdir", "cannot create directory", _mkdir),
    "rm": _each("rm", "cannot remove", _rm),
    "rmdir": _each("rmdir", "failed to remove", _rmdir),
    "touch": _each("touch", "cannot touch", _touch),
    "mv": Program(_mv, "fvn"),
    "cp": Program(_cp, "rRafpv", long={"--recursive": "r"}),
    "stat": Program(_stat),
    "du": Program(_du, "shk"),
    "find": Program(_find, raw=True),
}
