"""The state of a simulated world: frozen, plain data. Operations give a new one that shares all that did not change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zlib import crc32

from petri.errors import WorldError
from petri.world.disk import Disk, Entry, Stamp
from petri.world.mail import INBOX, SENT, Draft, Mail, file_mail
from petri.world.paths import ancestors, resolve
from petri.world.records import Table, begin_table
from petri.world.setup import MailSetup, WorldSetup
from petri.world.values import plain

_LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
_SYSTEM: Final = "root"
_OLDEST_DAYS: Final = 60
_TICK: Final = 9
"""Seconds that an operation takes at most."""
_BETWEEN_MAIL: Final = timedelta(hours=5, minutes=23, seconds=41)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known in the world."""

    name: str
    email: str
    role: str


@dataclass(frozen=True, slots=True)
class World:
    """What stands behind a target's simulated tools."""

    now: datetime
    user: str
    host: str
    home: str
    cwd: str
    disk: Disk
    tables: Mapping[str, Table]
    mail: tuple[Mail, ...]
    people: tuple[Person, ...]
    exit_code: int = 0
    """How the last command of the shell ended."""

    @classmethod
    def begin(cls, setup: WorldSetup, today: datetime) -> "World":
        """Give the world as a scenario sets it up; ``today`` is the clock's start where it names none."""
        latest = [mail.date for mail in setup.mail if mail.date is not None]
        start = today if today.tzinfo is not None else today.replace(tzinfo=UTC)
        now = (setup.now or max([start, *latest])).replace(microsecond=0)
        people = tuple(Person(each.name, each.email, each.role) for each in setup.people)
        world = cls(
            now=now,
            user=setup.user,
            host=setup.host,
            home=setup.home_folder,
            cwd=setup.home_folder,
            disk=_begin_disk(setup, now),
            tables={name: begin_table(_copied(rows)) for name, rows in setup.records.items()},
            mail=(),
            people=people,
        )
        return replace(world, mail=_begin_mail(setup.mail, world))

    @property
    def stamp(self) -> Stamp:
        """Who changes what now."""
        return Stamp(self.now, self.user)

    @property
    def myself(self) -> Person:
        """The current user as a person: whose address begins with the login name, or one made from the host."""
        mine = (
            each for each in self.people if each.email.partition("@")[0].casefold() == self.user.casefold()
        )
        return next(mine, Person(self.user, f"{self.user}@{self.host}", ""))

    def resolve(self, path: str) -> str:
        """Give a path as the current user means it, in normal form."""
        return resolve(path, cwd=self.cwd, home=self.home)

    def later(self, passed: timedelta) -> "World":
        """Give the world after a while."""
        if passed < timedelta(0):
            raise WorldError("The clock cannot go back")
        if passed > _LATEST - self.now:
            raise WorldError("The clock cannot go so far")
        return replace(self, now=self.now + passed)

    def ticked(self, cause: str) -> "World":
        """Give the world some seconds later: the same number for the same cause at the same time."""
        seconds = 1 + crc32(f"{cause} {self.now.isoformat()}".encode()) % _TICK
        return self.later(min(timedelta(seconds=seconds), _LATEST - self.now))


def _copied(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: plain(value) for name, value in row.items()} for row in rows]


def _begin_disk(setup: WorldSetup, now: datetime) -> Disk:
    """Place the files, each last changed at some time that follows from its path; a folder as late as what it holds."""
    placed = setup.placed_files()
    entries: dict[str, Entry] = {}
    for path in {setup.home_folder: None, "/tmp": None} | placed:  # noqa: S108 -- of the simulated disk
        changed, owner = _age(path, now), _owner(path, setup)
        for folder in ancestors(path):
            held = entries.get(folder)
            newest = changed if held is None else max(changed, held.changed)
            entries[folder] = Entry(newest, _owner(folder, setup))
        if placed.get(path) is not None or path not in entries:
            entries[path] = Entry(changed, owner, placed.get(path))
    return Disk.of(entries)


def _age(path: str, now: datetime) -> datetime:
    seconds = crc32(path.encode("utf-8", "replace")) % (_OLDEST_DAYS * 86400)
    return now - timedelta(days=1, seconds=seconds)


def _owner(path: str, setup: WorldSetup) -> str:
    mine = path == setup.home_folder or path.startswith(f"{setup.home_folder}/")
    return setup.user if mine else _SYSTEM


def _begin_mail(given: Sequence[MailSetup], world: World) -> tuple[Mail, ...]:
    """File the mail in the order given; what has no date came before the next that has one, else before now."""
    dates: list[datetime] = []
    following = world.now
    for each in reversed(given):
        following = each.date.astimezone(world.now.tzinfo) if each.date else following - _BETWEEN_MAIL
        dates.insert(0, following)
    mail: tuple[Mail, ...] = ()
    for each, date in zip(given, dates, strict=True):
        mine = each.sender.casefold() in {world.myself.email.casefold(), world.myself.name.casefold()}
        to = (each.to,) if isinstance(each.to, str) else each.to
        draft = Draft(each.sender, to, each.subject, each.body)
        mail = file_mail(mail, draft, each.mailbox or (SENT if mine else INBOX), date)
    return mail
