"""Stopping in good order: who is held, who may finish, and when everything is cancelled."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from petri.errors import DiskFull
from petri.interrupts import SOFT, as_interrupt, handled
from petri.stopping import Stop, cancellable, hold, room_to_write, stoppable

HUGE = 2**62


def run_until_stopped(body: Callable[[Stop], Awaitable[None]], folder: Path, **limits: int) -> list[str]:
    """Run a loop that is expected to be cancelled as by Ctrl-C; give what a person was told."""
    said: list[str] = []

    async def main(stop: Stop) -> None:
        stop.began()
        async with cancellable():
            await body(stop)

    with pytest.raises(KeyboardInterrupt), stoppable(folder, said.append, **limits) as stop:
        asyncio.run(main(stop))
    return said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_holds_the_next_call_and_cancels_when_all_are_held(number: int, tmp_path: Path) -> None:
    done: list[str] = []

    async def audit(stop: Stop) -> None:
        stop.sample_began()
        await hold()
        done.append("first call")
        os.kill(os.getpid(), number)
        await asyncio.sleep(0.05)
        done.append("what was under way")
        await hold()
        done.append("never")

    began = time.monotonic()
    said = run_until_stopped(audit, tmp_path)
    assert done == ["first call", "what was under way"]
    assert said[0].startswith("stopping: nothing new is sent")
    assert time.monotonic() - began < 5
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_it_waits_for_an_audit_that_is_judged(tmp_path: Path) -> None:
    done: list[str] = []

    async def audits(stop: Stop) -> None:
        stop.sample_began()
        stop.sample_began()
        os.kill(os.getpid(), signal.SIGINT)
        held = asyncio.create_task(hold())
        await asyncio.sleep(0.05)
        done.append("judged")
        stop.sample_ended()
        await held

    run_until_stopped(audits, tmp_path)
    assert done == ["judged"]


def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    async def audit(stop: Stop) -> None:
        stop.sample_began()
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(0.01)
        await asyncio.sleep(60)

    began = time.monotonic()
    assert len(run_until_stopped(audit, tmp_path)) == 1
    assert time.monotonic() - began < 5


def test_an_audit_that_is_written_down_is_not_cancelled(tmp_path: Path) -> None:
    done: list[str] = []

    async def audits(stop: Stop) -> None:
        for _ in range(2):  # one is in this block; the other has left it, and is being written down
            stop.sample_began()
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0.05)
        done.append("written")
        stop.sample_ended()
        await asyncio.sleep(60)

    run_until_stopped(audits, tmp_path)
    assert done == ["written"]


def test_no_audit_begins_to_be_written_down_while_all_are_cancelled(tmp_path: Path) -> None:
    done: list[str] = []

    async def audit(stop: Stop) -> None:
        stop.sample_began()
        stop.sample_began()
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0.05)
        async with cancellable():  # the other one is in such a block too, so that nothing keeps both any more
            pass
        done.append("left")

    run_until_stopped(audit, tmp_path)
    assert done == []


def test_a_signal_before_the_run_is_an_interrupt(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), stoppable(tmp_path, print):
        signal.raise_signal(signal.SIGTERM)


def test_an_interrupt_that_breaks_audits_off_is_why_they_ended(tmp_path: Path) -> None:
    with stoppable(tmp_path, print) as stop:
        with stop.audits():
            signal.raise_signal(signal.SIGINT)
        assert stop.why == "interrupted"


def test_a_signal_after_the_last_audit_is_noted_and_another_breaks_off(tmp_path: Path) -> None:
    async def main(stop: Stop) -> None:
        stop.began()
        stop.ended()
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.01)

    with stoppable(tmp_path, print) as stop:
        with stop.audits():
            asyncio.run(main(stop))
        assert stop.why == "interrupted"
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_a_signal_that_comes_too_late_for_the_event_loop_is_noted(tmp_path: Path) -> None:
    with stoppable(tmp_path, print) as stop:
        with stop.audits():
            loop = asyncio.new_event_loop()
            loop.run_until_complete(began(stop))
            loop.close()
            signal.raise_signal(signal.SIGTERM)
        assert stop.why == "interrupted"


async def began(stop: Stop) -> None:
    stop.began()


@pytest.fixture
def background() -> Iterator[None]:
    """As a shell's script starts what is to run in the background, and nohup what is to outlive a terminal."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("background")
def test_in_the_background_only_sigterm_stops(tmp_path: Path) -> None:
    heard: list[str] = []

    async def audit(stop: Stop) -> None:
        stop.sample_began()
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.01)
            heard.append(stop.why or "nothing")
        await hold()

    run_until_stopped(audit, tmp_path)
    assert heard == ["nothing", "nothing", "interrupted"]
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.parametrize("deaf", [False, True], ids=["as ever", "where Ctrl-C is ignored"])
def test_sigterm_does_what_ctrl_c_does(*, deaf: bool) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN) if deaf else None
    try:
        with pytest.raises(KeyboardInterrupt), handled(SOFT, as_interrupt):
            signal.raise_signal(signal.SIGTERM)
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_disk_that_is_almost_full_holds_every_call(tmp_path: Path) -> None:
    reasons: list[str | None] = []

    async def audit(stop: Stop) -> None:
        stop.sample_began()
        try:
            await hold()
        finally:
            reasons.append(stop.why)

    said = run_until_stopped(audit, tmp_path, least_free=HUGE)
    assert said == [
        f"the disk of {tmp_path} is almost full: nothing more is sent, and what runs is written down"
    ]
    assert reasons == ["disk_full"]


def test_where_nobody_can_cancel_a_full_disk_is_an_error(tmp_path: Path) -> None:
    found: list[DiskFull] = []

    def elsewhere() -> None:
        async def main(stop: Stop) -> None:
            stop.began()
            await hold()

        with stoppable(tmp_path, lambda _: None, least_free=HUGE) as stop:
            try:
                asyncio.run(main(stop))
            except DiskFull as error:
                found.append(error)

    thread = Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert found[0].exit_code == 3


def test_a_terminal_that_is_gone_does_not_keep_a_run_from_stopping(tmp_path: Path) -> None:
    def say(_: str) -> None:
        raise OSError("the terminal is gone")

    async def main(stop: Stop) -> None:
        stop.began()
        stop.sample_began()
        os.kill(os.getpid(), signal.SIGHUP)
        async with cancellable():
            await asyncio.sleep(0.01)
            await hold()

    with pytest.raises(KeyboardInterrupt), stoppable(tmp_path, say) as stop:
        asyncio.run(main(stop))


def test_without_a_run_nothing_is_held() -> None:
    async def call() -> None:
        async with cancellable():
            await hold()

    asyncio.run(call())


FULL = OSError(28, "No space left on device")


def test_a_full_disk_is_said_as_such(tmp_path: Path) -> None:
    told = "is full; what was recorded is safe: make room, then petri resume"
    with pytest.raises(DiskFull, match=told), room_to_write(tmp_path):
        raise FULL
    with pytest.raises(PermissionError), room_to_write(tmp_path):
        raise PermissionError(13, "Permission denied")
