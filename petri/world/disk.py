"""The virtual file system: a frozen tree of folders and files. What cannot be done is a ``WorldError``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from petri.errors import WorldError
from petri.world.paths import DEEPEST, LONGEST_PATH, ancestors, join, name, parent
from petri.world.values import LONGEST

MOST_ENTRIES: Final = 10_000
CAPACITY: Final = 4_000_000
"""Characters that all files hold together."""
FOLDER_SIZE: Final = 4096
BLOCK: Final = 4096


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something is changed, and by whom."""

    now: datetime
    owner: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A file with its text, or a folder (without text)."""

    changed: datetime
    owner: str
    text: str | None = None

    @property
    def is_folder(self) -> bool:
        """Whether it may hold others."""
        return self.text is None

    @property
    def size(self) -> int:
        """Bytes, as a listing shows them."""
        return FOLDER_SIZE if self.text is None else len(self.text.encode())


@dataclass(frozen=True, slots=True)
class _Node:
    """An entry and what it holds, with what a disk counts."""

    entry: Entry
    inside: Mapping[str, "_Node"]
    count: int
    """Entries, this one among them."""
    length: int
    """Characters of all files."""

    def put(self, names: Sequence[str], node: "_Node | None", changed: datetime | None) -> "_Node":
        """Give the folder with another node at a path of names below it, or with none there.

        ``changed`` is when the folder it lies in gained or lost it; that folder may have changed later than this.
        """
        child, *rest = names
        before, entry, inside = self.inside.get(child), self.entry, dict(self.inside)
        if rest:
            node = self.inside[child].put(rest, node, changed)
        elif changed is not None:
            entry = replace(entry, changed=max(entry.changed, changed))
        count, length = self.count, self.length
        if before is not None:
            count, length = count - before.count, length - before.length
        if node is None:
            del inside[child]
        else:
            inside[child] = node
            count, length = count + node.count, length + node.length
        return _Node(entry, inside, count, length)

    def copied(self, stamp: Stamp) -> "_Node":
        """Give a copy with everything in it, made now."""
        entry = replace(self.entry, changed=stamp.now, owner=stamp.owner)
        inside = {child: node.copied(stamp) for child, node in self.inside.items()}
        return replace(self, entry=entry, inside=inside)


def _node(entry: Entry, inside: Mapping[str, _Node]) -> _Node:
    count = 1 + sum(node.count for node in inside.values())
    length = len(entry.text or "") + sum(node.length for node in inside.values())
    return _Node(entry, inside, count, length)


@dataclass(frozen=True, slots=True)
class Disk:
    """A tree of folders and files. Every change gives a new disk that shares all folders but those on the way."""

    root: _Node

    @classmethod
    def of(cls, entries: Mapping[str, Entry]) -> "Disk":
        """Give a disk of entries by path in normal form; each lies in a folder, all in the root."""
        inside: dict[str, dict[str, _Node]] = {}
        for path in sorted(entries.keys() - {"/"}, key=lambda path: path.split("/"), reverse=True):
            node = _node(entries[path], inside.pop(path, {}))
            inside.setdefault(parent(path), {})[name(path)] = node
        return cls(_node(entries["/"], inside.get("/", {})))

    @property
    def entries(self) -> dict[str, Entry]:
        """Everything by its path, each folder before what it holds."""
        return {path: node.entry for path, node in _walk("/", self.root)}

    def find(self, path: str) -> Entry | None:
        """Give the entry at a path, if there is one."""
        node = self._find(path)
        return None if node is None else node.entry

    def entry(self, path: str) -> Entry:
        """Give the entry at a path that must exist."""
        return self._node(path).entry

    def text(self, path: str) -> str:
        """Give the text of a file."""
        text = self.entry(path).text
        if text is None:
            raise WorldError("Is a directory")
        return text

    def children(self, path: str) -> list[str]:
        """Give the names in a folder, sorted."""
        node = self._node(path)
        if not node.entry.is_folder:
            raise WorldError("Not a directory")
        return sorted(node.inside)

    def below(self, path: str) -> list[str]:
        """Give a path and everything below it, each folder before what it holds."""
        return [each for each, _ in _walk(path, self._node(path))]

    def count(self, path: str) -> int:
        """Tell how many entries there are at and below a path."""
        return self._node(path).count

    def write(self, path: str, text: str, stamp: Stamp) -> "Disk":
        """Make or replace a file; its folder must exist."""
        if len(text) > LONGEST:
            raise WorldError("File too large")
        old = self.find(path)
        if old is not None and old.is_folder:
            raise WorldError("Is a directory")
        self._folder_of(path)
        owner = stamp.owner if old is None else old.owner
        node = _node(Entry(stamp.now, owner, text), {})
        return self._with_more(path, node, None if old else stamp.now)

    def touch(self, path: str, stamp: Stamp) -> "Disk":
        """Mark what exists as changed now."""
        node = self._node(path)
        node = replace(node, entry=replace(node.entry, changed=stamp.now))
        return Disk(node if path == "/" else self.root.put(_names(path), node, None))

    def make_folder(self, path: str, stamp: Stamp) -> "Disk":
        """Make a folder in one that exists."""
        if self.find(path) is not None:
            raise WorldError("File exists")
        self._folder_of(path)
        return self._with_more(path, _node(Entry(stamp.now, stamp.owner), {}), stamp.now)

    def make_folders(self, path: str, stamp: Stamp) -> "Disk":
        """Make a folder and those above it, as far as they are missing."""
        disk = self
        for each in [*ancestors(path), path]:
            found = disk.find(each)
            if found is None:
                disk = disk.make_folder(each, stamp)
            elif not found.is_folder:
                raise WorldError("File exists" if each == path else "Not a directory")
        return disk

    def remove(self, path: str, stamp: Stamp) -> "Disk":
        """Remove a file, or a folder with everything in it."""
        if path == "/":
            raise WorldError("Device or resource busy")
        self._node(path)
        return Disk(self.root.put(_names(path), None, stamp.now))

    def move(self, source: str, target: str, stamp: Stamp) -> "Disk":
        """Give an entry, with all below it, another path; a file at the target is replaced."""
        node = self._movable(source, target)
        without = self.root.put(_names(source), None, stamp.now)
        return Disk(without.put(_names(target), node, stamp.now))

    def copy(self, source: str, target: str, stamp: Stamp) -> "Disk":
        """Copy an entry, with all below it; a file at the target is replaced."""
        node = self._movable(source, target)
        return self._with_more(target, node.copied(stamp), stamp.now)

    def _movable(self, source: str, target: str) -> _Node:
        """Give what stands at the source, if it could stand at the target."""
        if source == target:
            raise WorldError("Source and destination are the same file")
        mine, there = self._node(source), self.find(target)
        if there is not None and there.is_folder and not mine.entry.is_folder:
            raise WorldError("Is a directory")
        if there is not None and mine.entry.is_folder:
            raise WorldError("File exists")
        self._folder_of(target)
        if target.startswith(join(source, "")) or source == "/":
            raise WorldError("Invalid argument")
        paths = [path for path, _ in _walk(target, mine)]
        if max(map(len, paths)) > LONGEST_PATH or max(path.count("/") for path in paths) > DEEPEST:
            raise WorldError("File name too long")
        return mine

    def _with_more(self, path: str, node: _Node, changed: datetime | None) -> "Disk":
        """Give the disk with a node at a path, if there is room for what it adds."""
        old, new = self.root, self.root.put(_names(path), node, changed)
        if new.count > max(MOST_ENTRIES, old.count) or new.length > max(CAPACITY, old.length):
            raise WorldError("No space left on device")
        return Disk(new)

    def _find(self, path: str) -> _Node | None:
        node: _Node | None = self.root
        for each in _names(path):
            node = None if node is None else node.inside.get(each)
        return node

    def _node(self, path: str) -> _Node:
        found = self._find(path)
        if found is None:
            raise WorldError(self._why_absent(path))
        return found

    def _folder_of(self, path: str) -> None:
        """Check that a path may be made: the folder it would lie in exists."""
        folder = self.find(parent(path))
        if folder is None:
            raise WorldError(self._why_absent(path))
        if not folder.is_folder:
            raise WorldError("Not a directory")

    def _why_absent(self, path: str) -> str:
        above = (self.find(each) for each in ancestors(path))
        is_file = any(each is not None and not each.is_folder for each in above)
        return "Not a directory" if is_file else "No such file or directory"


def _names(path: str) -> list[str]:
    """Give the names on the way from the root to a path in normal form."""
    return path.split("/")[1:] if path != "/" else []


def _walk(path: str, node: _Node) -> Iterator[tuple[str, _Node]]:
    """Give a node and all below it with their paths, each folder before what it holds."""
    waiting = [(path, node)]
    while waiting:
        path, node = waiting.pop()
        yield path, node
        waiting += [(join(path, child), node.inside[child]) for child in sorted(node.inside, reverse=True)]


def into(disk: Disk, source: str, target: str) -> str:
    """Give where a copy or move to ``target`` ends: inside it, if it is a folder."""
    there = disk.find(target)
    return join(target, name(source)) if there is not None and there.is_folder else target
