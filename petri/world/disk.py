"""The virtual file system: a frozen map of paths to files and folders. What cannot be done is a ``WorldError``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Final

from pydantic import ConfigDict

from petri.errors import WorldError
from petri.world.paths import LONGEST_PATH, ancestors, join, name, parent
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

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

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
class Disk:
    """Entries by path in normal form. Every operation gives a new disk that shares all unchanged entries."""

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    entries: Mapping[str, Entry] = field(default_factory=dict[str, Entry])

    def find(self, path: str) -> Entry | None:
        """Give the entry at a path, if there is one."""
        return self.entries.get(path)

    def entry(self, path: str) -> Entry:
        """Give the entry at a path that must exist."""
        found = self.entries.get(path)
        if found is None:
            raise WorldError(self._why_absent(path))
        return found

    def text(self, path: str) -> str:
        """Give the text of a file."""
        text = self.entry(path).text
        if text is None:
            raise WorldError("Is a directory")
        return text

    def children(self, path: str) -> list[str]:
        """Give the names in a folder, sorted."""
        if not self.entry(path).is_folder:
            raise WorldError("Not a directory")
        prefix = join(path, "")
        start = len(prefix)
        inside = (other[start:] for other in self.entries if other.startswith(prefix))
        return sorted(rest for rest in inside if rest and "/" not in rest)

    def below(self, path: str) -> list[str]:
        """Give a path and everything below it, each folder before what it holds."""
        if not self.entry(path).is_folder:
            return [path]
        prefix = join(path, "")
        inside = (other for other in self.entries if other.startswith(prefix) and other != path)
        return [path, *sorted(inside, key=lambda other: other.split("/"))]

    def write(self, path: str, text: str, stamp: Stamp) -> "Disk":
        """Make or replace a file; its folder must exist."""
        if len(text) > LONGEST:
            raise WorldError("File too large")
        old = self.entries.get(path)
        if old is not None and old.is_folder:
            raise WorldError("Is a directory")
        self._folder_of(path)
        owner = stamp.owner if old is None else old.owner
        changes = {path: Entry(stamp.now, owner, text)}
        return self._changed(changes, stamp, touched=[] if old else [path])

    def touch(self, path: str, stamp: Stamp) -> "Disk":
        """Mark what exists as changed now."""
        return self._changed({path: replace(self.entry(path), changed=stamp.now)}, stamp, touched=[])

    def make_folder(self, path: str, stamp: Stamp) -> "Disk":
        """Make a folder in one that exists."""
        if path in self.entries:
            raise WorldError("File exists")
        self._folder_of(path)
        return self._changed({path: Entry(stamp.now, stamp.owner)}, stamp, touched=[path])

    def make_folders(self, path: str, stamp: Stamp) -> "Disk":
        """Make a folder and those above it, as far as they are missing."""
        missing: list[str] = []
        for each in [*ancestors(path), path]:
            found = self.entries.get(each)
            if found is None:
                missing.append(each)
            elif not found.is_folder:
                raise WorldError("File exists" if each == path else "Not a directory")
        if not missing:
            return self
        new = {each: Entry(stamp.now, stamp.owner) for each in missing}
        return self._changed(new, stamp, touched=missing[:1])

    def remove(self, path: str, stamp: Stamp) -> "Disk":
        """Remove a file, or a folder with everything in it."""
        if path == "/":
            raise WorldError("Device or resource busy")
        gone = set(self.below(path))
        return self._changed({}, stamp, touched=[path], gone=gone)

    def move(self, source: str, target: str, stamp: Stamp) -> "Disk":
        """Give an entry, with all below it, another path; a file at the target is replaced."""
        if source == target:
            raise WorldError("Source and destination are the same file")
        moved = self._moved(source, target, stamp, keep=True)
        return self._changed(moved, stamp, touched=[source, target], gone=set(self.below(source)))

    def copy(self, source: str, target: str, stamp: Stamp) -> "Disk":
        """Copy an entry, with all below it; a file at the target is replaced."""
        if source == target:
            raise WorldError("Source and destination are the same file")
        return self._changed(
            self._moved(source, target, stamp, keep=False), stamp, touched=[target], gone=set[str]()
        )

    def _moved(self, source: str, target: str, stamp: Stamp, *, keep: bool) -> dict[str, Entry]:
        """Give what stands at and below the source as it would stand at the target; ``keep`` keeps times and owners."""
        mine, there = self.entry(source), self.entries.get(target)
        if there is not None and there.is_folder and not mine.is_folder:
            raise WorldError("Is a directory")
        if there is not None and mine.is_folder:
            raise WorldError("File exists")
        self._folder_of(target)
        if target.startswith(join(source, "")) or source == "/":
            raise WorldError("Invalid argument")
        start = len(source)
        entries = {target + path[start:]: self.entries[path] for path in self.below(source)}
        if max(map(len, entries)) > LONGEST_PATH:
            raise WorldError("File name too long")
        if keep:
            return entries
        return {path: replace(entry, changed=stamp.now, owner=stamp.owner) for path, entry in entries.items()}

    def _changed(
        self, new: Mapping[str, Entry], stamp: Stamp, *, touched: Iterable[str], gone: Iterable[str] = ()
    ) -> "Disk":
        """Give the disk without what is gone and with what is new; folders that gained or lost an entry change."""
        entries = dict(self.entries)
        for path in gone:
            del entries[path]
        entries.update(new)
        for path in touched:
            entries[parent(path)] = replace(entries[parent(path)], changed=stamp.now)
        if new and len(entries) > max(MOST_ENTRIES, len(self.entries)):
            raise WorldError("No space left on device")
        if new and sum(len(entry.text or "") for entry in entries.values()) > CAPACITY:
            raise WorldError("No space left on device")
        return Disk(entries)

    def _folder_of(self, path: str) -> None:
        """Check that a path may be made: the folder it would lie in exists."""
        folder = self.entries.get(parent(path))
        if folder is None:
            raise WorldError(self._why_absent(path))
        if not folder.is_folder:
            raise WorldError("Not a directory")

    def _why_absent(self, path: str) -> str:
        above = (self.entries.get(each) for each in ancestors(path))
        is_file = any(each is not None and not each.is_folder for each in above)
        return "Not a directory" if is_file else "No such file or directory"


def into(disk: Disk, source: str, target: str) -> str:
    """Give where a copy or move to ``target`` ends: inside it, if it is a folder."""
    there = disk.find(target)
    return join(target, name(source)) if there is not None and there.is_folder else target
