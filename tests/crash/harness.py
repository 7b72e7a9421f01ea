"""Runs that are stopped at moments of chance and resumed, and a checker that works from the server's own record.

The models stand behind a loopback server, which notes each call before anybody else hears of it. ``petri`` runs in
processes forked from one that has loaded everything, so that a kill costs little to make.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final, Self

import pytest

from petri.analysis.results import Results
from petri.analysis.summary import is_complete
from petri.transcript.store import RESULTS
from tests.clients.players import CHAT, KEYS, NAMES, SPENT, replies_so_far, role_of, scenario_file, verdict
from tests.loopback import Exchange, LoopbackServer, Reply, loopback_server
from tests.loopback.exchange import JsonObject

SOFT: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_CASE: Final = re.compile(r"case-\d+")
_CUT_OFF: Final = "EOF while parsing"
"""What the server says of a request whose sender was killed while it sent."""
_PATIENCE: Final = 120.0
_ZYGOTE: Final = """
import contextlib, importlib, json, os, sys
from petri.cli.main import main

def loaded_by(args):
    read, write = os.pipe()
    if os.fork() == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        main(args)
        with os.fdopen(write, "w") as out:
            out.write(" ".join(sys.modules))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as names:
        return names.read().split()

for name in loaded_by(json.loads(sys.argv[1])):
    with contextlib.suppress(Exception):
        importlib.import_module(name)
print("ready", flush=True)
for line in sys.stdin:
    told = json.loads(line)
    child = os.fork()
    if child == 0:
        os.setsid()
        log = os.open(told["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1), os.dup2(log, 2)
        os._exit(main(told["args"]))
    print(child, flush=True)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""

Call = tuple[str, str, int]
"""Audit, role, and how often the role had spoken before."""


class Book:
    """What the server was asked, in order: the record that nobody else writes."""

    def __init__(self, turns: int, latency: float, seed: int) -> None:
        """Let each audit have so many turns; a reply takes up to ``latency`` seconds."""
        self.turns = turns
        self._latency = latency
        self._chance = random.Random(seed)
        self._calls: list[Call] = []
        self._lock = Lock()

    def calls(self) -> list[Call]:
        """Every call so far."""
        with self._lock:
            return list(self._calls)

    def reply(self, exchange: Exchange) -> Reply:
        """Play every role of every audit."""
        found = _CASE.search(json.dumps(exchange.body))
        if found is None:
            return Reply("Ready.", tuple((name, {"ok": True}) for name in exchange.tools))
        role, step = role_of(exchange), replies_so_far(exchange)
        with self._lock:
            self._calls.append((found[0], role, step))
            wait = self._chance.uniform(0, self._latency)
        time.sleep(wait)
        said = self._said(exchange, found[0], role, step)
        return Reply(said.text, said.tool_calls, usage=SPENT[role])

    def _said(self, exchange: Exchange, case: str, role: str, step: int) -> Reply:
        match role:
            case "auditor" if step < self.turns:
                return Reply(f"Step {step}.", (("send_user_message", {"text": f"{case}: message {step}"}),))
            case "auditor":
                return Reply("Enough.", (("end_audit", {"reason": "It said enough."}),))
            case "judge":
                return Reply(tool_calls=(verdict(exchange),))
            case _:
                return Reply(f"You said: {exchange.turns[-1].text}")


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
            warm = Trial(folder, audits=1).first(server)
            environment = os.environ | {CHAT.key: KEYS[CHAT.key]}
            zygote = subprocess.Popen(
                [sys.executable, "-c", _ZYGOTE, json.dumps(warm)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=environment,
            )
            with zygote:
                petri = cls(zygote)
                assert petri.read() == "ready\n"
                try:
                    yield petri
                finally:
                    zygote.kill()

    def start(self, log: Path, *args: str) -> None:
        """Start a command that writes into a log."""
        assert self._zygote.stdin is not None
        print(json.dumps({"args": args, "log": str(log)}), file=self._zygote.stdin, flush=True)
        self.pid = int(self.read())

    def stop(self, how: signal.Signals) -> bool:
        """Send a signal, and say whether there was a process to get it."""
        if not _is_alive(self.pid):
            return False
        os.kill(self.pid, how)
        return True

    def end(self) -> int:
        """Wait for the command, and give its exit code."""
        return int(self.read())

    def read(self) -> str:
        """Give the next line that it prints."""
        assert self._zygote.stdout is not None
        return self._zygote.stdout.readline()


@dataclass(slots=True)
class Tally:
    """What was found, over all stops."""

    stops: Counter[str] = field(default_factory=Counter[str])
    exits: Counter[int] = field(default_factory=Counter[int])
    lost: list[str] = field(default_factory=list[str])
    """Audits that were complete before a stop, and are not any more."""
    billed_twice: list[Call] = field(default_factory=list[Call])
    """Calls of audits that were complete before."""
    repeated: Counter[int] = field(default_factory=Counter[int])
    """How many calls of its conversation an audit in flight made again after a stop: how often that many."""
    judged_again: int = 0
    """Calls of judges that were made again for audits whose verdict was not recorded."""
    disagreements: list[str] = field(default_factory=list[str])
    """Where the results are not what the server knows."""

    def add(self, other: "Tally") -> None:
        """Take in what was found in another run."""
        self.stops += other.stops
        self.exits += other.exits
        self.lost += other.lost
        self.billed_twice += other.billed_twice
        self.repeated += other.repeated
        self.judged_again += other.judged_again
        self.disagreements += other.disagreements


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
    gap: tuple[int, int] = (5, 120)
    """At least and at most so many calls of models lie between two stops."""
    most_stops: int = 1000

    def perform(self, petri: Petri) -> Tally:
        """Stop and resume the run until it is complete; give what was found."""
        book, tally, marks = Book(self.turns, self.latency, self.seed), Tally(), list[Mark]()
        chance = random.Random(self.seed)
        with loopback_server(book.reply) as server:
            log = self.folder / "petri.log"
            log.touch()
            args = self.first(server)
            for _ in range(self.most_stops):
                petri.start(log, *args)
                self._wait(book, petri, chance.randint(*self.gap))
                how = chance.choice(self.signals)
                stopped = petri.stop(how)
                code = petri.end()
                marks.append(Mark(len(book.calls()), frozenset(_announced(log))))
                if stopped:
                    tally.stops[how.name] += 1
                    tally.exits[code] += 1
                if code not in {-how, 0, 130}:
                    pytest.fail(f"exit code {code} after {how.name}: {_tail(log)}")
                if code == 0:
                    break
                args = self._again(args)
            petri.start(log, *args)
            if code := petri.end():
                pytest.fail(f"exit code {code} at the end: {_tail(log)}")
            tally.exits[code] += 1
            _check_calls(book.calls(), marks, tally)
            _check_end(self._results(), book, tally)
            tally.disagreements += [fault for fault in server.violations if _CUT_OFF not in fault]
        return tally

    def first(self, server: LoopbackServer) -> tuple[str, ...]:
        """Write the scenario file, and give the command that runs it."""
        scenarios = [
            {"id": f"case-{number:04}", "seed": f"This is case-{number:04}."} for number in range(self.audits)
        ]
        models = {role: CHAT.settings(role, server) for role in NAMES}
        file = scenario_file(self.folder, models, scenarios=scenarios)
        out = str(self.folder / "runs")
        return ("audit", str(file), "--out", out, "--max-samples", str(self.at_once), "--json")

    def _again(self, first: tuple[str, ...]) -> tuple[str, ...]:
        """Give the command that goes on: before there is a run, the first one once more."""
        runs = list((self.folder / "runs").glob("*/run.json"))
        return (
            ("resume", str(runs[0].parent), "--max-samples", str(self.at_once), "--json") if runs else first
        )

    def _wait(self, book: Book, petri: Petri, calls: int) -> None:
        """Wait until so many more calls were made, the process has ended, or nothing happens any more."""
        wanted, deadline = len(book.calls()) + calls, time.monotonic() + _PATIENCE
        while len(book.calls()) < wanted and time.monotonic() < deadline and _is_alive(petri.pid):
            time.sleep(0.002)

    def _results(self) -> Results:
        (run,) = (self.folder / "runs").iterdir()
        return Results.model_validate_json((run / RESULTS).read_bytes())


@dataclass(frozen=True, slots=True)
class Mark:
    """What was known when a process had ended: how many calls there were, and which audits it had said are over."""

    calls: int
    over: frozenset[str]


def _announced(log: Path) -> Iterator[str]:
    """Yield the audits that processes said are over and judged: they say so when all is recorded."""
    for line in log.read_text(encoding="utf-8").splitlines():
        if not (line.startswith('{"event": "audit"') and line.endswith("}")):
            continue
        event: JsonObject = json.loads(line)
        if event["audit"]["outcome"] == "completed" and event["audit"]["scores"]:
            yield event["audit"]["scenario"]


def _check_calls(calls: Sequence[Call], marks: Sequence[Mark], tally: Tally) -> None:
    """Look for calls that were made again, after each stop."""
    ends = [mark.calls for mark in marks[1:]] + [len(calls)]
    for mark, end in zip(marks, ends, strict=True):
        before, after = set(calls[: mark.calls]), calls[mark.calls : end]
        tally.billed_twice += [call for call in after if call[0] in mark.over]
        again = Counter(
            case for case, role, step in after if role != "judge" and (case, role, step) in before
        )
        tally.repeated.update(again.values())
        tally.judged_again += sum(call[1] == "judge" and call in before for call in after)


def _check_end(results: Results, book: Book, tally: Tally) -> None:
    """Compare the results of the finished run with what the server was asked."""
    all_made = Counter((case, role) for case, role, _ in book.calls())
    made = Counter(case for case, role, _ in set(book.calls()) if role == "target")
    for audit in results.audits:
        if not is_complete(audit) or audit.outcome != "completed":
            tally.lost.append(f"{audit.scenario}: {audit.outcome}")
        if made[audit.scenario] != book.turns or audit.target_turns != book.turns:
            tally.disagreements.append(
                f"{audit.scenario}: {audit.target_turns} turns, {made[audit.scenario]} asked for"
            )
        for role, least in (("auditor", book.turns + 1), ("target", book.turns), ("judge", 1)):
            counted, most = audit.usage[role].output_tokens, all_made[audit.scenario, role]
            if not least <= counted / SPENT[role].output_tokens <= most:
                tally.disagreements.append(
                    f"{audit.scenario}: {counted} tokens of the {role}'s, {most} calls"
                )


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8")[-1000:]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
