"""The index follows the disk: runs that come, grow, change, are damaged or go; and the reader may die."""

import asyncio
import json
import os
import shutil
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from petri.errors import ReaderDied, UnreadableLog
from petri.transcript.folders import PLAN, RESULTS, Run
from petri.transcript.locking import LOCK, Holder, holder_of, locked
from petri.transcript.store import sample_keys
from petri.viewer.archives import require_bounded
from petri.viewer.indexing import Pace
from petri.viewer.library import Library
from petri.viewer.reader import Reader
from petri.viewer.wire import AuditList, RunList
from petri.viewer.wire_server import Indexing
from tests.viewer.asked import Answers, Asking, ReaderHere
from tests.viewer.fixtures import Shelf

pytestmark = pytest.mark.long


@pytest.fixture
def copied(shelf: Shelf, tmp_path: Path) -> Shelf:
    return shelf.copied(tmp_path / "runs")


def statuses(found: RunList) -> dict[str, str]:
    return {row.id.rpartition("/")[2][-10:]: row.status for row in found.runs}


def test_from_its_logs_a_run_is_what_its_results_say(asked: Asking, copied: Shelf) -> None:
    async def ask(answers: Answers) -> tuple[AuditList, RunList]:
        await answers.texts()
        return await answers.audits(copied.key), await answers.runs()

    with_results = asked(copied.root, ask)
    (copied.run.folder / RESULTS).unlink()
    (copied.verdicts.folder / RESULTS).unlink()
    assert asked(copied.root, ask) == with_results


def test_results_older_than_a_log_or_of_another_version_do_not_count(asked: Asking, copied: Shelf) -> None:
    async def ask(answers: Answers) -> int | None:
        rows = {row.key: row for row in (await answers.runs()).runs}
        return rows[copied.key].hits

    path = copied.run.folder / RESULTS
    results = json.loads(path.read_text())
    results["dimensions"]["caving"]["threshold"] = 9
    path.write_text(json.dumps(results))
    assert asked(copied.root, ask) == 0
    os.utime(path, (1, 1))
    assert asked(copied.root, ask) == 1
    path.write_text(json.dumps(results | {"format": "petri-results/0"}))
    assert asked(copied.root, ask) == 1


def test_what_was_read_is_there_at_once_the_next_time(asked: Asking, copied: Shelf, tmp_path: Path) -> None:
    async def ask(answers: Answers) -> RunList:
        await answers.texts()
        return await answers.runs()

    async def before_reading(answers: Answers) -> tuple[RunList, int, bool]:
        now = answers.indexing()
        return await answers.runs(), now.texts_done, (await answers.search("firm")).complete

    shutil.rmtree(copied.foreign.parent)
    first = asked(copied.root, ask, cache=tmp_path / "cache")
    again, texts, complete = asked(copied.root, before_reading, cache=tmp_path / "cache")
    assert (again, complete) == (first, True)
    assert texts > 0


def test_texts_that_cannot_be_read_are_told_and_tried_again_at_each_start(
    asked: Asking, copied: Shelf, tmp_path: Path
) -> None:
    async def ask(answers: Answers) -> tuple[list[str], bool]:
        now = await answers.texts()
        return [fault for fault in now.unreadable if "two" in fault], (await answers.search("firm")).complete

    for _ in range(2):
        (fault,), complete = asked(copied.root, ask, cache=tmp_path / "cache")
        assert fault.startswith("elsewhere/")
        assert not complete


def test_a_set_of_verdicts_on_its_own_is_searched(asked: Asking, copied: Shelf) -> None:
    async def ask(answers: Answers) -> tuple[int, bool]:
        await answers.texts()
        found = await answers.search("firm")
        return len(found.audits), found.complete

    found, complete = asked(copied.verdicts.folder, ask)
    assert found > 0
    assert complete


def test_a_folder_that_holds_another_programs_log_no_more_is_a_run_again(
    asked: Asking, copied: Shelf
) -> None:
    (copied.run.folder / RESULTS).unlink()
    log, other = copied.run.logs()[0], copied.run.folder / copied.foreign.name
    log.unlink()
    shutil.copy(copied.foreign, other)
    ours = len(copied.run.logs())

    async def ask(answers: Answers) -> list[tuple[int, int]]:
        async def seen() -> tuple[int, int]:
            keys = [row.key for row in (await answers.runs()).runs if row.key == copied.key]
            return len(answers.library.keys_of(copied.run)), len(keys)

        states = [await seen()]
        other.unlink()
        await answers.library.look()
        await answers.library.ready()
        return [*states, await seen(), (0, len((await answers.audits(copied.key)).audits))]

    assert asked(copied.root, ask) == [(ours, 0), (1, 1), (0, 3)]


class Failing(Reader):
    """A reader with a fault that nobody has thought of."""

    async def call(self, name: str, *args: object, **options: object) -> bytes:
        raise ZeroDivisionError(name)


def test_work_that_ends_by_itself_is_told_and_nobody_waits_for_it(copied: Shelf) -> None:
    async def session() -> tuple[str, ...]:
        library = Library(copied.root, reader=Failing())
        await library.start()
        with pytest.raises(UnreadableLog):
            await library.ready()
        with pytest.raises(UnreadableLog):
            await library.audits([copied.key])
        unreadable = Answers(library).indexing().unreadable
        await library.close()
        return unreadable

    assert any(
        "followed no more" in fault and "ZeroDivisionError" in fault for fault in asyncio.run(session())
    )


def test_a_run_that_comes_or_goes_is_told(asked: Asking, copied: Shelf) -> None:
    async def ask(answers: Answers) -> list[dict[str, str]]:
        await answers.texts()
        seen = [statuses(await answers.runs())]
        moved = copied.run.folder.rename(copied.root.parent / copied.run.folder.name)
        await answers.until(lambda now: now.runs == 1)
        seen.append(statuses(await answers.runs()))
        shutil.copytree(moved, copied.run.folder)
        await answers.until(lambda now: now.runs == now.runs_done == 3)
        return [*seen, statuses(await answers.runs())]

    before, without, after = asked(copied.root, ask)
    assert list(without.values()) == ["foreign"]
    assert before == after
    assert len(after) == 3


def test_a_run_that_is_being_written_is_running_and_shows_what_has_ended(
    asked: Asking, copied: Shelf
) -> None:
    async def ask(answers: Answers) -> tuple[str, dict[str, str]]:
        rows = {row.key: row for row in (await answers.runs()).runs}
        listed = await answers.audits(copied.key)
        return rows[copied.key].status, {row.scenario: row.state for row in listed.audits}

    (copied.run.folder / RESULTS).unlink()
    first, *others = copied.run.logs()
    for log in others:
        log.unlink()
    ended = asked(copied.root, ask)
    with locked(copied.run):
        running = asked(copied.root, ask)
    assert ended[0] == "interrupted"
    assert running[0] == "running"
    assert running[1] == ended[1]
    assert sorted(running[1].values()).count("pending") == 2
    assert first.is_file()


def test_a_folder_with_a_plan_and_no_log_is_a_run(asked: Asking, copied: Shelf) -> None:
    for log in copied.run.logs():
        log.unlink()
    (copied.run.folder / RESULTS).unlink()
    shutil.rmtree(copied.run.folder / "verdicts")

    async def ask(answers: Answers) -> list[str]:
        return [row.state for row in (await answers.audits(copied.key)).audits]

    assert asked(copied.root, ask) == ["pending"] * 3


def cut(log: Path) -> None:
    log.write_bytes(log.read_bytes()[:-300])


def no_log(log: Path) -> None:
    log.write_text("no log")


def linked_away(log: Path) -> None:
    away = log.rename(log.parents[2] / "elsewhere.eval")
    log.symlink_to(away)


def enormous(log: Path) -> None:
    """Say in the archive's directory that a sample is of 768 MiB, which it need not be."""
    with ZipFile(log, "w", ZIP_DEFLATED) as archive:
        archive.writestr("samples/x_epoch_1.json", b"0" * 1000)
    data = bytearray(log.read_bytes())
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (768 * 2**20).to_bytes(4, "little")
    log.write_bytes(data)


@pytest.mark.parametrize("damage", [cut, no_log, linked_away, enormous])
def test_a_log_that_cannot_be_read_is_named_and_costs_no_other(
    asked: Asking, copied: Shelf, damage: Callable[[Path], None]
) -> None:
    (copied.run.folder / RESULTS).unlink()
    log = copied.run.logs()[0]
    damage(log)

    async def ask(answers: Answers) -> tuple[tuple[str, ...], list[str]]:
        return answers.indexing().unreadable, [row.state for row in (await answers.audits(copied.key)).audits]

    unreadable, states = asked(copied.root, ask)
    (named,) = (fault for fault in unreadable if fault.startswith(f"{copied.run.id}/{log.name}:"))
    assert str(copied.root) not in named
    assert len(states) == 3
    assert states.count("pending") == 1


def test_a_run_of_which_nothing_can_be_read_says_so(asked: Asking, copied: Shelf) -> None:
    (copied.run.folder / PLAN).write_text("{}")
    (copied.run.folder / RESULTS).unlink()

    async def ask(answers: Answers) -> tuple[str, str | None, int]:
        row = next(row for row in (await answers.runs()).runs if row.key == copied.key)
        detail = await answers.run(copied.key)
        return row.status, row.error, len(detail.dimensions) + len((await answers.audits(copied.key)).audits)

    status, error, shown = asked(copied.root, ask)
    assert (status, shown) == ("unreadable", 0)
    assert error is not None
    assert error.startswith(f"{copied.run.id}/{PLAN}: not a run.json of this version")


def test_folders_that_are_links_are_not_followed_and_hostile_names_are_names(
    asked: Asking, copied: Shelf
) -> None:
    (copied.root / "linked").symlink_to(copied.run.folder, target_is_directory=True)
    copied.run.folder.rename(copied.root / "<b>a\nb\u202e'\"; drop table runs;--")

    async def ask(answers: Answers) -> list[str]:
        found = await answers.runs()
        for row in found.runs:
            await answers.run(row.key)
            await answers.audits(row.key)
        return sorted(row.status for row in found.runs)

    assert asked(copied.root, ask) == ["foreign", "incomplete", "incomplete"]


def test_two_runs_of_one_name_have_two_keys_that_stay(asked: Asking, copied: Shelf) -> None:
    shutil.copytree(copied.run.folder, copied.root / "more" / copied.run.folder.name)

    async def ask(answers: Answers) -> list[str]:
        return [row.key for row in (await answers.runs()).runs if row.id == copied.run.id]

    keys = asked(copied.root, ask)
    assert len(set(keys)) == 2
    assert asked(copied.root, ask) == keys


def test_a_reader_is_replaced_when_it_has_grown_and_started_anew_when_it_is_killed(
    asked: Asking, copied: Shelf
) -> None:
    async def ask(answers: Answers) -> list[int | None]:
        reader = answers.library.reader
        pids = [(await answers.texts(), reader.pid)[1]]
        asking = [answers.raw(copied.key, copied.audit) for _ in range(4)]
        await asyncio.gather(reader.renew(), *asking)
        pids.append(reader.pid)
        assert pids[-1] is not None
        os.kill(pids[-1], signal.SIGKILL)
        with pytest.raises(ReaderDied):
            await answers.library.raw(copied.key, copied.audit)
        await answers.transcript(copied.key, copied.audit)
        return [*pids, reader.pid]

    pids = asked(copied.root, ask, apart=True)
    assert None not in pids
    assert len(set(pids)) == 3


def test_a_call_that_does_not_end_is_broken_off() -> None:
    async def session() -> None:
        reader = Reader(longest=0.01)
        reader.start()
        try:
            with pytest.raises(ReaderDied, match="longer than"):
                await reader.call("surveying.survey", None)
        finally:
            await reader.close()

    asyncio.run(session())


@pytest.mark.long
def test_a_call_that_is_cancelled_is_cancelled_even_where_its_answer_comes_just_then() -> None:
    async def session() -> None:
        reader = Reader()
        try:
            await reader.call("texts.texts", [], again=False)
            answered = 0
            for number in range(300):
                call = asyncio.create_task(reader.call("texts.texts", [], again=False))
                for _ in range(number):
                    await asyncio.sleep(0)
                was_cancelled = call.cancel()
                await asyncio.wait([call])
                assert call.cancelled() is was_cancelled
                answered += not was_cancelled
            assert answered < 300
        finally:
            await reader.close()

    asyncio.run(session())


class Mortal(ReaderHere):
    """Dies of one audit."""

    def __init__(self, deadly: str) -> None:
        super().__init__()
        self.deadly = deadly

    async def call(self, name: str, *args: object, **options: object) -> bytes:
        if name in {"surveying.records", "texts.texts"} and self.deadly in repr(args):
            raise ReaderDied("it was too much")
        return await super().call(name, *args, **options)


def test_a_sample_that_kills_the_reader_is_named_and_costs_no_other(asked: Asking, copied: Shelf) -> None:
    (copied.run.folder / RESULTS).unlink()
    first = next(log for log in copied.run.logs() if sample_keys(log))
    ((sample, _),) = sample_keys(first)

    async def session() -> tuple[Indexing, list[str]]:
        library = Library(copied.root, reader=Mortal(f"'{sample}'"))
        await library.start()
        try:
            await library.ready()
            listed = await Answers(library).audits(copied.key)
            return await Answers(library).texts(), [row.state for row in listed.audits]
        finally:
            await library.close()

    progress, states = asked.runner.run(session())
    assert states.count("pending") == 1
    assert [fault for fault in progress.unreadable if fault.endswith("it was too much")] == [
        f"{first.name}: sample {sample}: it was too much"
    ]


def test_texts_that_kill_the_reader_are_left_out_and_said(asked: Asking, copied: Shelf) -> None:
    async def session() -> tuple[Indexing, list[tuple[str, str, int]], list[tuple[str, str, int]]]:
        library = Library(copied.root, reader=Mortal(f"id='{copied.caves}'"))
        await library.start()
        try:
            answers = Answers(library)
            progress = await answers.texts()
            lost = await answers.search("branch I stand firm", copied.key)
            return (
                progress,
                list(lost.audits),
                list((await answers.search("payment plan", copied.key)).audits),
            )
        finally:
            await library.close()

    progress, lost, found = asked.runner.run(session())
    assert len([fault for fault in progress.unreadable if copied.caves in fault]) == 2
    assert (lost, len(found)) == ([], 1)


def test_whatever_reading_stumbles_over_is_told_as_that(asked: Asking) -> None:
    async def session() -> None:
        with pytest.raises(UnreadableLog, match=r"^cannot be read: .*no attribute 'run'"):
            await asked.reader.call("surveying.survey", None)

    asked.runner.run(session())


@pytest.mark.parametrize(
    ("took", "sizes"),
    [((0.1, 0.1, 0.1), [8, 16, 32]), ((10.0, 10.0), [1, 1]), ((0.0,) * 6, [8, 16, 32, 64, 64, 64])],
)
def test_steps_are_as_long_as_fits(took: tuple[float, ...], sizes: list[int]) -> None:
    pace = Pace()
    seen: list[int] = []
    for seconds in took:
        pace.learn(pace.size, seconds)
        seen.append(pace.size)
    assert seen == sizes


@pytest.mark.parametrize(
    ("pid", "host", "held"),
    [
        (os.getpid(), socket.gethostname(), True),
        (2**22 + 1, socket.gethostname(), False),
        (1, "elsewhere", True),
    ],
    ids=["one that lives", "one that is gone", "one elsewhere"],
)
def test_who_holds_a_run(tmp_path: Path, pid: int, host: str, held: bool) -> None:  # noqa: FBT001 -- a column
    (tmp_path / LOCK).write_text(Holder(pid=pid, host=host, since="now").model_dump_json())
    assert (holder_of(Run(tmp_path)) is not None) == held
    (tmp_path / LOCK).write_text("half of a")
    assert holder_of(Run(tmp_path)) is None
    (tmp_path / LOCK).unlink()
    assert holder_of(Run(tmp_path)) is None


def test_a_log_that_would_fill_the_memory_is_not_opened(tmp_path: Path) -> None:
    log = tmp_path / "bomb.eval"
    enormous(log)
    with pytest.raises(UnreadableLog, match=r"bomb\.eval: is not opened: .* 768 MiB"):
        require_bounded(log)
