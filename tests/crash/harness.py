"""Runs that are stopped at moments of chance, or at their own writes, and resumed until they are complete.

``petri`` runs in processes forked from one that has loaded everything (``zygote``), so that a kill costs little.
The models stand behind a loopback server that keeps its own record (``book``), which ``checker`` works from.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import pytest

from tests.clients.players import CHAT, KEYS, NAMES, scenario_file
from tests.crash.book import Book
from tests.crash.checker import (
    Mark,
    Tally,
    announced,
    check_calls,
    check_end,
    check_stop,
    planned_run,
    results_in,
)
from tests.crash.writes import WRITES
from tests.loopback import LoopbackServer, loopback_server

SOFT: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ROOT: Final = Path(__file__).parents[2]
_CUT_OFF: Final = "EOF while parsing"
"""What the server says of a request whose sender was killed while it sent."""
_PATIENCE: Final = 120.0

Order = Mapping[str, object]
"""What a process is told of its own death: see ``zygote``."""


@dataclass(slots=True)
class Petri:
    """Forks ``petri`` processes, one at a time."""

    _zygote: subprocess.Popen[str]
    pid: int = 0

    @classmethod
    @contextmanager
    def ready(cls, folder: Path) -> Generator[Self]:
        """Load everything that a run loads, once; ``folder`` is for a run of nothing else."""
        book = Book(turns=1, latency=0, seed=0)
        with loopback_server(book.reply) as server:
            warm = (*Trial(folder, audits=1).first(server), "--json")
            zygote = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.zygote", json.dumps(warm)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env=os.environ | {CHAT.key: KEYS[CHAT.key]},
            )
            with zygote:
                petri = cls(zygote)
                assert petri.read() == "ready\n"
                try:
                    yield petri
                finally:
                    zygote.kill()

    def start(self, log: Path, *args: str, **order: object) -> None:
        """Start a command that writes into a log, and may be ordered to die."""
        assert self._zygote.stdin is not None
        print(json.dumps({"args": args, "log": str(log)} | order), file=self._zygote.stdin, flush=True)
        self.pid = int(self.read())

    def stop(self, how: signal.Signals) -> bool:
        """Send a signal, and say whether there was a process to get it."""
        if not self.is_alive():
            return False
        os.kill(self.pid, how)
        return True

    def is_alive(self) -> bool:
        """Say whether the command still runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def end(self) -> int:
        """Wait for the command, and give its exit code."""
        return int(self.read())

    def read(self) -> str:
        """Give the next line that it prints."""
        assert self._zygote.stdout is not None
        return self._zygote.stdout.readline()


@dataclass(frozen=True, slots=True)
class Trial:
    """One run, stopped again and again until it is complete."""

    folder: Path
    audits: int
    turns: int = 6
    at_once: int = 16
    latency: float = 0.03
    seed: int = 0
    signals: Sequence[signal.Signals] = (signal.SIGKILL,)
    gap: tuple[int, int] = (20, 200)
    """At least and at most so many calls of models lie between two stops."""
    early: float = 0.2
    """How many of the stops come so early that the first call may not have been made."""
    twice: float = 0.0
    """How many of those that are told to stop are told so once more."""
    deaths: Sequence[Order] = ()
    """Instead of signals: how each process in turn is to die."""
    most_stops: int = 1000

    def perform(self, petri: Petri) -> Tally:
        """Stop and resume the run until it is complete; give what was found."""
        book, tally, marks = (
            Book(self.turns, self.latency, self.seed),
            Tally(audits=self.audits),
            list[Mark](),
        )
        chance = random.Random(self.seed)
        with loopback_server(book.reply) as server:
            first = self.first(server)
            self._log.touch()
            for number in range(len(self.deaths) or self.most_stops):
                command = self._command(first)
                over = (
                    self._die(petri, command, self.deaths[number], tally)
                    if self.deaths
                    else self._stop(petri, command, book, chance, tally)
                )
                marks.append(Mark(len(book.calls()), frozenset(announced(self._log))))
                if over:
                    break
            code, said = self._run(petri, self._command(first))
            if code:
                pytest.fail(f"exit code {code} at the end: {said[-1500:]}")
            run = planned_run(self._runs)
            assert run is not None
            check_calls(book.calls(), marks, tally)
            exact = signal.SIGKILL not in self.signals and not self.deaths and not self.twice
            check_end(results_in(run), book, self.audits, tally, exact=exact)
            tally.disagreements += [fault for fault in server.violations if _CUT_OFF not in fault]
            tally.disagreements += _left_behind(run)
        return tally

    @property
    def _log(self) -> Path:
        return self.folder / "petri.log"

    @property
    def _runs(self) -> Path:
        return self.folder / "runs"

    def _die(self, petri: Petri, command: Sequence[str], death: Order, tally: Tally) -> bool:
        """Run a command that is ordered to die; say that there is more to come."""
        code, said = self._run(petri, command, **death)
        if code < 0:
            tally.stops[_name(death)] += 1
            tally.exits[code] += 1
        elif code:
            tally.wrong_ends.append(f"exit code {code} where {death} was ordered: {said[-1500:]}")
        return False

    def _stop(
        self, petri: Petri, command: Sequence[str], book: Book, chance: random.Random, tally: Tally
    ) -> bool:
        """Run a command and stop it; say whether the run is complete."""
        begun = self._log.stat().st_size
        petri.start(self._log, *command)
        self._wait(book, petri, chance)
        told = self._tell(petri, chance)
        code = petri.end()
        said = self._log.read_bytes()[begun:].decode()
        if told:
            tally.stops[" ".join(how.name for how in told)] += 1
            tally.exits[code] += 1
        elif code:
            pytest.fail(f"exit code {code} of its own: {said[-1500:]}")
        hard = signal.SIGKILL in told or (not said and code in {-how for how in told})
        if told and not hard:  # nor before the command's first line, where Python has no handlers yet
            check_stop(code, said, self._runs, book, tally)
        return code == 0

    def _wait(self, book: Book, petri: Petri, chance: random.Random) -> None:
        """Wait for a moment of chance: early, after some calls, or when all has been said and is written down."""
        if chance.random() < self.early:
            time.sleep(chance.uniform(0, 2))
            return
        before, quiet = len(book.calls()), chance.uniform(0.2, 2)
        wanted = before + chance.randint(*self.gap)
        seen, since = before, time.monotonic()
        while seen < wanted and petri.is_alive():
            time.sleep(0.002)
            if len(book.calls()) > seen:
                seen, since = len(book.calls()), time.monotonic()
            if time.monotonic() - since > (quiet if seen > before else _PATIENCE):
                return

    def _tell(self, petri: Petri, chance: random.Random) -> list[signal.Signals]:
        """Send one signal or two; give those for which there was a process."""
        how = [chance.choice(self.signals)]
        if chance.random() < self.twice:
            how.append(chance.choice(self.signals))
        told: list[signal.Signals] = []
        for each in how:
            if petri.stop(each):
                told.append(each)
            time.sleep(chance.uniform(0, 0.3) if len(how) > 1 else 0)
        return told

    def _run(self, petri: Petri, command: Sequence[str], **order: object) -> tuple[int, str]:
        """Run a command to its end; give its exit code and what it said."""
        begun = self._log.stat().st_size
        petri.start(self._log, *command, **order)
        code = petri.end()
        return code, self._log.read_bytes()[begun:].decode()

    def first(self, server: LoopbackServer) -> tuple[str, ...]:
        """Write the scenario file, and give the command that runs it."""
        scenarios = [
            {"id": f"case-{number:04}", "seed": f"This is case-{number:04}."} for number in range(self.audits)
        ]
        models = {role: CHAT.settings(role, server) for role in NAMES}
        file = scenario_file(self.folder, models, scenarios=scenarios)
        return ("audit", str(file), "--out", str(self._runs))

    def _command(self, first: Sequence[str]) -> tuple[str, ...]:
        """Give the command that goes on: before there is a run, the first one."""
        run = planned_run(self._runs)
        chosen = first if run is None else ("resume", str(run))
        return (*chosen, "--max-samples", str(self.at_once), "--json")


def deaths_at_writes(seed: int, audits: int) -> tuple[Order, ...]:
    """Give a death at every kind of write, in an order in which the run gets to each."""
    chance = random.Random(seed)
    last = ("sample buffer removed", "results.json begun", "results.json put in place", "run.lock removed")
    recovery = tuple(kind for kind in WRITES if kind.startswith("recover"))
    at_start = tuple(kind for kind in WRITES if kind not in {*last, *recovery})
    found = [_death(kind, chance, audits) for kind in at_start]
    for kind in recovery:
        found += [_death("sample buffer committed", chance, audits), _death(kind, chance, audits)]
    found += [{"file_size": chance.randint(10_000, 200_000)} for _ in range(2)]
    return (*found, *(_death(kind, chance, audits) for kind in last))


def _death(kind: str, chance: random.Random, audits: int) -> Order:
    """Give a death at one of the first writes of a kind, before or after it."""
    often = {"sample buffer committed": 12 * audits, "log begun": 3, "log put in place": 3}
    # The buffer's first commits, some ten of each audit, come before its first call.
    most = often.get(kind, 1)
    return {"write": kind, "number": chance.randint(1, most), "after": chance.random() < 0.5}


def _name(death: Order) -> str:
    if "write" in death:
        return f"{death['write']}, {'after' if death['after'] else 'before'}"
    return "a file torn"


def _left_behind(run: Path) -> list[str]:
    """Give what should not lie in the folder of a run that is complete."""
    kept = {"run.json", "results.json"}
    return [
        f"{path.name} was left behind"
        for path in run.iterdir()
        if path.name not in kept and (path.suffix != ".eval" or path.name.startswith("."))
    ]
