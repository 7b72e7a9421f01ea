"""The index: what the lists show and searching needs, kept in one SQLite file. Disposable; the logs are the truth."""

import json
import os
import sqlite3
import threading
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache as computed_once
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from petri import __version__
from petri.errors import IndexLost
from petri.viewer.discovery import Found
from petri.viewer.filed import FiledAudit, FiledRun

_TABLES: Final = """
create table about (version text not null, root text not null);
create table runs (
    key text primary key, signature text not null, state text not null, row text, detail text, dimensions text,
    apart text, faults text not null
) without rowid;
create table audits (
    number integer primary key autoincrement, run text not null, place integer not null, key text not null,
    id text not null, log text, sample text, epoch integer, row text not null, hit_turn integer, read integer not null,
    fault text, unique (run, key)
);
create index audits_in_order on audits (run, place);
create index audits_to_read on audits (number) where read = 0;
create index audits_lost on audits (number) where fault is not null;
create table records (
    run text not null, log text not null, sample text not null, epoch integer not null, identity text,
    row text not null, primary key (run, log, sample, epoch)
) without rowid;
create table said (
    number integer primary key, label text not null, role text not null, origin text not null
);
create virtual table words using fts5 (text, signs, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
"""
"""``audits.read``: whether its texts were; ``audits.fault``: why they could not be, until they are tried again.
A message's number is that of its audit, shifted, and its place in it.
``words.signs`` holds a text's letters of scripts that have no spaces between words, each on its own."""

SHIFT: Final = 20
"""Bits of a message's number that are its place in its audit."""

_SETTINGS: Final = "pragma journal_mode = wal; pragma synchronous = off;"  # what a crash damages is made anew
_PACKAGE: Final = Path(__file__).parents[1]
_MAKERS: Final = ("analysis", "conversation", "judge", "rubric", "transcript", "viewer")
"""Packages whose code decides what the index holds."""
_UNWRITABLE: Final = frozenset(
    (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
)
"""Kinds of errors that do not pass by themselves, as a lock does."""
_KIND: Final = 0xFF
"""Bits of an error's code that are its kind."""


@computed_once
def version() -> str:
    """Give what changes whenever the tables, petri, or the code that makes what is in them does."""
    made = sha256(_TABLES.encode())
    for path in sorted(path for name in _MAKERS for path in (_PACKAGE / name).glob("*.py")):
        made.update(path.read_bytes())
    return f"petri-index/{__version__}-{made.hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class IndexedRun:
    """What is known of a run."""

    key: str
    signature: str
    state: str
    """``listed``, ``apart`` or ``unreadable``."""
    row: dict[str, Any] | None
    """``RunRow``, but for what its folder says."""
    apart: tuple[str, ...]
    """The logs that are runs of their own."""
    faults: tuple[str, ...]


class Index:
    """The index of one folder; every method is safe to call from any thread."""

    def __init__(self, root: Path, cache: Path | None = None) -> None:
        """Open the index of a folder, or make it: in a file of the folder ``cache``, or in memory."""
        self.fault: str | None = None
        """Why it is in memory although it has a place."""
        self._lock = threading.RLock()
        self._root = str(root)
        name = f"{sha256(self._root.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}.sqlite"
        self._path = None if cache is None else cache / name
        self._db = self._opened()

    def __del__(self) -> None:
        """Close the file where nobody did: a server that was made but never ran has no end."""
        with suppress(AttributeError):  # where it could not be opened
            self._db.close()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Give the connection to read; an index that turns out damaged is made anew, and ``IndexLost`` raised."""
        with self._lock:
            try:
                yield self._db
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError as error:
                self._db.close()
                if self._path is not None:
                    _remove(self._path)
                self._db = self._opened()
                raise IndexLost("the index was damaged and is being made anew; ask again") from error

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """Give the connection to write, all or nothing; waits for another process that writes.

        Where the file cannot be written any more, the index is made anew in memory, and ``IndexLost`` raised.
        """
        with self.reading() as db:
            try:
                with db:
                    db.execute("begin immediate")
                    yield db
            except sqlite3.OperationalError as error:
                if self._path is None or error.sqlite_errorcode & _KIND not in _UNWRITABLE:
                    raise
                db.close()
                self._db = self._in_memory(error)
                raise IndexLost(
                    "the index could not be written and is being made anew in memory; ask again"
                ) from error

    def runs(self) -> dict[str, IndexedRun]:
        """Give what is known of each run, by key."""
        with self.reading() as db:
            rows = db.execute("select key, signature, state, row, apart, faults from runs").fetchall()
        return {columns[0]: _indexed(columns) for columns in rows}

    def faults(self) -> list[str]:
        """Give what could not be read of all runs."""
        with self.reading() as db:
            found = db.execute("select faults from runs where faults <> '[]' order by key").fetchall()
            lost = db.execute("select fault from audits where fault is not null order by number").fetchall()
        return [fault for (faults,) in found for fault in json.loads(faults)] + [fault for (fault,) in lost]

    def put_lost(self, run: str, audit: str, fault: str) -> None:
        """Put down why an audit's texts cannot be read; tried again when its run changes, and at each start."""
        with self.writing() as db:
            where = (run, audit)
            for (number,) in db.execute(
                "select number from audits where run = ? and key = ?", where
            ).fetchall():
                forget_texts(db, number)
            put = "update audits set read = 1, hit_turn = null, fault = ? where run = ? and key = ?"
            db.execute(put, (fault, *where))

    def lost(self) -> int:
        """Give of how many audits the texts could not be read."""
        with self.reading() as db:
            return db.execute("select count(*) from audits where fault is not null").fetchone()[0]

    def recorded(self, run: str) -> frozenset[str]:
        """Give the audits of a run that a log holds which is there."""
        with self.reading() as db:
            found = db.execute("select key from audits where run = ? and log is not null", (run,)).fetchall()
        return frozenset(key for (key,) in found)

    def detail(self, run: str) -> tuple[str, str] | None:
        """Give ``RunDetail`` without its row, and the list's dimensions, as JSON text; None where it is not listed."""
        with self.reading() as db:
            return db.execute(
                "select detail, dimensions from runs where key = ? and state = 'listed'", (run,)
            ).fetchone()

    def rows(self, run: str) -> list[str]:
        """Give ``AuditRow`` of each audit of a run, as JSON text, in order."""
        with self.reading() as db:
            found = db.execute(
                "select row, hit_turn from audits where run = ? order by place", (run,)
            ).fetchall()
        return [row if turn is None else _with_turn(row, turn) for row, turn in found]

    def audit(self, run: FiledRun, key: str) -> FiledAudit | None:
        """Give where an audit is recorded; None where it is not."""
        with self.reading() as db:
            found = db.execute(
                "select id, log, sample, epoch from audits where run = ? and key = ? and log is not null",
                (run.key, key),
            ).fetchone()
        return None if found is None else FiledAudit(run, key, *found)

    def neighbours(self, run: str, key: str) -> tuple[str | None, str | None]:
        """Give the recorded audits before and after one in its run."""
        at = "(select place from audits where run = ?1 and key = ?2)"
        before = (
            f"select key from audits where run = ?1 and log is not null and place < {at} order by place desc"  # noqa: S608 -- no value is in it
        )
        after = f"select key from audits where run = ?1 and log is not null and place > {at} order by place"  # noqa: S608 -- no value is in it
        with self.reading() as db:
            found = [db.execute(f"{query} limit 1", (run, key)).fetchone() for query in (before, after)]
        first, last = (None if row is None else str(row[0]) for row in found)
        return first, last

    def put_run(self, found: Found, document: dict[str, Any]) -> None:
        """Put what ``surveying.summary`` gives of a run in its place; texts of audits that are the same stay."""
        key = found.filed.key
        with self.writing() as db:
            known = db.execute("select number, key, log, row from audits where run = ?", (key,)).fetchall()
            before = {(name, log, row): number for number, name, log, row in known}
            kept: set[int] = set()
            for place, (name, audit, log, sample, epoch, row) in enumerate(document["audits"]):
                number = before.get((name, log, row))
                if number is not None:
                    kept.add(number)
                    db.execute("update audits set place = ? where number = ?", (place, number))
                    db.execute(
                        "update audits set read = 0, fault = null where number = ? and fault is not null",
                        (number,),
                    )
                    continue
                db.execute("delete from audits where run = ? and key = ?", (key, name))
                db.execute(
                    "insert into audits (run, place, key, id, log, sample, epoch, row, read) "
                    "values (?,?,?,?,?,?,?,?,?)",
                    (key, place, name, audit, log, sample, epoch, row, int(log is None)),
                )
            for number in set(before.values()) - kept:
                _forget_audit(db, number)
            put = (key, found.signature, "listed", document["row"], document["detail"])
            more = (f"[{','.join(document['dimensions'])}]", None, json.dumps(document["faults"]))
            db.execute("insert or replace into runs values (?,?,?,?,?,?,?,?)", (*put, *more))

    def put_apart(self, found: Found, logs: Sequence[str]) -> None:
        """Put down that the logs of a folder are runs of their own."""
        self._put_bare(found, "apart", json.dumps(list(logs)), ())

    def put_unreadable(self, found: Found, fault: str) -> None:
        """Put down that a run cannot be read, and why."""
        self._put_bare(found, "unreadable", None, (fault,))

    def forget(self, keys: Iterable[str]) -> None:
        """Take out runs that are there no more."""
        with self.writing() as db:
            for key in keys:
                _forget_audits(db, key)
                db.execute("delete from records where run = ?", (key,))
                db.execute("delete from runs where key = ?", (key,))

    def records(self, run: str) -> dict[tuple[str, str, int], tuple[str | None, str]]:
        """Give the rows of a run's samples that were read, with the samples' own identities."""
        with self.reading() as db:
            found = db.execute(
                "select log, sample, epoch, identity, row from records where run = ?", (run,)
            ).fetchall()
        return {(log, sample, epoch): (identity, row) for log, sample, epoch, identity, row in found}

    def put_records(self, run: str, rows: Sequence[tuple[Sequence[Any], str]]) -> None:
        """Keep rows of samples, so that a run that goes on is not read again from its beginning."""
        with self.writing() as db:
            put = [(run, *sample, row) for sample, row in rows]
            db.executemany("insert or replace into records values (?,?,?,?,?,?)", put)

    def drop_records(self, run: str) -> None:
        """Forget the rows of a run that has results of its own."""
        with self.writing() as db:
            db.execute("delete from records where run = ?", (run,))

    def unread(self, found: Mapping[str, Found], limit: int) -> list[FiledAudit]:
        """Give some audits of one log whose texts were not read, of runs that were ``found``."""
        with self.reading() as db:
            rows = db.execute(
                "select run, key, id, log, sample, epoch from audits where read = 0 and (run, log) = "
                "(select run, log from audits where read = 0 order by number limit 1) order by number limit ?",
                (limit,),
            ).fetchall()
        return [FiledAudit(found[run].filed, *where) for run, *where in rows if run in found]

    def texts_read(self) -> tuple[int, int]:
        """Give how many recorded audits there are, and of how many the texts were read."""
        with self.reading() as db:
            return db.execute("select count(*), sum(read) from audits where log is not null").fetchone()

    def _put_bare(self, found: Found, state: str, apart: str | None, faults: Sequence[str]) -> None:
        key = found.filed.key
        with self.writing() as db:
            _forget_audits(db, key)
            put = (key, found.signature, state, None, None, None, apart, json.dumps(list(faults)))
            db.execute("insert or replace into runs values (?,?,?,?,?,?,?,?)", put)

    def _opened(self) -> sqlite3.Connection:
        if self._path is not None:
            try:
                return _open_file(self._path, self._root)
            except (OSError, sqlite3.OperationalError) as error:
                return self._in_memory(error)
        return self._in_memory()

    def _in_memory(self, error: OSError | sqlite3.Error | None = None) -> sqlite3.Connection:
        """Make an index that is gone with the process; where it has a place, what is wrong with it is told."""
        self._path = None
        if error is not None:
            why = error.strerror if isinstance(error, OSError) else error
            self.fault = f"the index cannot be kept in the cache folder, and is made anew each time: {why}"
        return _made(sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None), self._root)


def forget_texts(db: sqlite3.Connection, audit: int) -> None:
    """Take out what an audit's messages say."""
    span = (audit << SHIFT, (audit + 1) << SHIFT)
    db.execute("delete from words where rowid >= ? and rowid < ?", span)
    db.execute("delete from said where number >= ? and number < ?", span)


def _forget_audit(db: sqlite3.Connection, number: int) -> None:
    forget_texts(db, number)
    db.execute("delete from audits where number = ?", (number,))


def _forget_audits(db: sqlite3.Connection, run: str) -> None:
    for (number,) in db.execute("select number from audits where run = ?", (run,)).fetchall():
        _forget_audit(db, number)


def _open_file(path: Path, root: str) -> sqlite3.Connection:
    """Open an index that can be written; one that is damaged, or of another version, is made anew."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    db = _connected(path)
    try:
        if _is_current(db, root):
            return db
    except sqlite3.OperationalError:  # it is locked, or cannot be written: it may well be whole
        db.close()
        raise
    except sqlite3.DatabaseError:  # it is damaged, and nothing is in it that the logs do not have
        pass
    db.close()
    _remove(path)
    return _made(_connected(path), root)


def _connected(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # what is said in audits is for nobody else
    return sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _is_current(db: sqlite3.Connection, root: str) -> bool:
    """Say whether an index is of this version and folder, and can be written."""
    db.executescript(_SETTINGS)
    if not db.execute("select count(*) from sqlite_master where name = 'about'").fetchone()[0]:
        return False
    current = db.execute("select version, root from about").fetchone() == (version(), root)
    if current:
        db.execute("update about set version = version")
        # What could not be read may be whole now.
        db.execute("update audits set read = 0, fault = null where fault is not null")
    return current


def _made(db: sqlite3.Connection, root: str) -> sqlite3.Connection:
    """Make the tables of a new index."""
    try:
        db.executescript(_SETTINGS + _TABLES)
        db.execute("insert into about values (?, ?)", (version(), root))
    except sqlite3.Error:
        db.close()
        raise
    return db


def _indexed(columns: tuple[str, str, str, str | None, str | None, str]) -> IndexedRun:
    key, signature, state, row, apart, faults = columns
    return IndexedRun(
        key=key,
        signature=signature,
        state=state,
        row=None if row is None else json.loads(row),
        apart=() if apart is None else tuple(json.loads(apart)),
        faults=tuple(json.loads(faults)),
    )


def _with_turn(row: str, turn: int) -> str:
    """Put the turn of a hit in its place; inside a text of the row, the quotation marks would be escaped."""
    return row.replace('"hit_turn":null', f'"hit_turn":{turn}', 1)
