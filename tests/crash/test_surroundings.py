"""What happens around a run: its terminal is closed, its disk is full, another process wants the same run."""

import os
import pty
import shutil
import subprocess
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from petri.cli.main import main
from tests.crash.book import Book
from tests.crash.checker import Mark, Tally, announced, check_calls, check_end, planned_run, results_in
from tests.crash.harness import Petri, Trial
from tests.loopback import LoopbackServer, loopback_server

pytestmark = pytest.mark.long

AUDITS, TURNS = 6, 4


Served = tuple[Book, LoopbackServer]


@pytest.fixture
def served() -> Iterator[Served]:
    """The models' server, and its record."""
    with serving(latency=0.05) as served:
        yield served


@contextmanager
def serving(latency: float) -> Generator[Served]:
    book = Book(TURNS, latency=latency, seed=0)
    with loopback_server(book.reply) as server:
        yield book, server


def wait_for(book: Book, calls: int) -> None:
    deadline = time.monotonic() + 60
    while len(book.calls()) < calls and time.monotonic() < deadline:
        time.sleep(0.005)


def finish(petri: Petri, trial: Trial, book: Book, **order: object) -> Tally:
    """Finish the run that was begun, and expect that nothing was lost; say what was called again."""
    log, run = trial.folder / "petri.log", planned_run(trial.folder / "runs")
    assert run is not None
    mark = Mark(len(book.calls()), frozenset(announced(log) if log.exists() else ()))
    petri.start(log, "resume", str(run), **order)
    assert petri.end() == 0, log.read_text()
    tally = Tally()
    check_calls(book.calls(), [mark], tally)
    check_end(results_in(run), book, AUDITS, tally, exact=False)
    assert tally.is_clean(), tally
    return tally


@contextmanager
def a_terminal() -> Generator[str]:
    """Give the name of a terminal that somebody reads in the block, and that is closed then."""
    master, terminal = pty.openpty()
    os.set_blocking(master, False)
    closed = Event()

    def read() -> None:
        while not closed.wait(0.01):
            with suppress(OSError):  # nothing to be read just now
                os.read(master, 65536)

    reader = Thread(target=read)
    reader.start()
    try:
        yield os.ttyname(terminal)
    finally:
        closed.set()
        reader.join()
        os.close(master)
        os.close(terminal)


def test_a_closed_terminal(petri: Petri, tmp_path: Path, served: Served) -> None:
    (book, server), trial = served, Trial(tmp_path, AUDITS, TURNS)
    with a_terminal() as name:
        petri.start(Path(name), *trial.first(server), "--yes", environment={"TERM": "xterm"})
        wait_for(book, 20)
    assert petri.end() == 130
    run = planned_run(tmp_path / "runs")
    assert run is not None
    assert results_in(run).run.status == "interrupted"
    again = finish(petri, trial, book)
    assert not again.repeated  # what was under way was waited for


def test_another_process_is_named(
    petri: Petri, tmp_path: Path, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    (book, server), trial = served, Trial(tmp_path, AUDITS, TURNS)
    petri.start(tmp_path / "petri.log", *trial.first(server))
    wait_for(book, 5)
    run = planned_run(tmp_path / "runs")
    assert main(["resume", str(run)]) == 2
    assert f"is being written by process {petri.pid} on " in capsys.readouterr().err
    assert petri.end() == 0
    assert len(book.calls()) == AUDITS * (2 * TURNS + 2)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, where the system lets the tests have one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=230m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def served_slowly() -> Iterator[Served]:
    """The same, but slow beside the half second between two looks at the disk."""
    with serving(latency=0.6) as served:
        yield served


@pytest.mark.parametrize("holds", ["the run", "Inspect's data"])
def test_a_disk_that_fills_up(
    petri: Petri, tmp_path: Path, served_slowly: Served, disk: Path, holds: str
) -> None:
    (book, server), trial = served_slowly, Trial(disk if holds == "the run" else tmp_path, AUDITS, TURNS)
    order = {"environment": {"XDG_DATA_HOME": str(tmp_path / "data" if holds == "the run" else disk)}}
    log = tmp_path / "log"
    petri.start(log, *trial.first(server), **order)
    wait_for(book, 15)
    fill(disk / "filler")
    calls = len(book.calls())
    assert petri.end() == 3, log.read_text()
    assert len(book.calls()) - calls <= 4 * AUDITS  # those under way, and those until it was noticed
    assert "full" in log.read_text()
    (disk / "filler").unlink()
    finish(petri, trial, book, **order)


def fill(filler: Path) -> None:
    """Leave no room on the disk of a file."""
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(1 << 16)):
            pass
