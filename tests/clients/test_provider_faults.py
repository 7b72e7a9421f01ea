"""What providers' servers do on bad days: how often they are asked again, and what becomes of the audit."""

import json
import socket
import struct
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from petri.analysis.results import Audit
from tests.clients.players import (
    CHAT,
    HOUSE,
    KEYS,
    MESSAGES,
    NAMES,
    RESPONSES,
    Client,
    Player,
    Ran,
    Sickly,
    caller,
    case_of,
    ensemble,
    judge,
    librarian,
    perform,
    scenario_file,
)
from tests.loopback import Exchange, LoopbackServer, Reply, Wire, loopback_server
from tests.loopback.exchange import JsonObject
from tests.loopback.server import event_frame

pytestmark = pytest.mark.long

CLIENTS: Final = (CHAT, RESPONSES, MESSAGES)
AT_ONCE: Final = {"retry-after-ms": "1"}
"""Makes retries quick."""
WAIT: Final = 1.0
"""Seconds that a provider asks for."""


def answered(**body: object) -> Reply:
    return Reply(raw_body=json.dumps(body).encode())


def refused(message: str, code: str) -> Reply:
    """A 429 as OpenAI words it where the code says what it is about."""
    body: JsonObject = {"error": {"message": message, "type": code, "param": None, "code": code}}
    return Reply(status=429, raw_body=json.dumps(body).encode(), headers=AT_ONCE)


def half_a_stream() -> Reply:
    """A reply of Anthropic's that breaks off in mid-sentence; where it does, the SDK sees no fault."""
    usage = {"input_tokens": 9, "output_tokens": 1}
    message: JsonObject = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": []}
    frames: list[JsonObject] = [
        {"type": "message_start", "message": message | {"stop_reason": None, "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "I would"}},
    ]
    return Reply(raw_body=b"".join(map(event_frame, frames)))


SLOW_DOWN: Final = Reply("Slow down.", status=429, headers={"retry-after": str(WAIT)})
LIMITED: Final = Reply("Slow down.", status=429, headers=AT_ONCE)
BROKEN: Final = Reply("Oh no.", status=500, headers=AT_ONCE)
OVERLOADED: Final = Reply("Overloaded", status=529, headers=AT_ONCE)
HTML: Final = Reply(raw_body=b"<!doctype html><title>502</title>")
CUT: Final = Reply(raw_body=b'{"id": "chatcmpl-1", "object": "ch')
NOTHING: Final = Reply(raw_body=b"")
NO_CHOICES: Final = answered(id="1", object="chat.completion", created=0, model="m", choices=[])
WRONG_KEY: Final = Reply("Incorrect API key provided.", status=401)
SPENT_UP: Final = refused("You exceeded your current quota.", "insufficient_quota")
BROKE: Final = Reply("Your credit balance is too low to access the Anthropic API.", status=400)


@dataclass(frozen=True, slots=True)
class Fault:
    """What the target's provider answers at the second turn, and what becomes of the audit.

    ``asked`` is how many requests it gets for that turn; ``times``, after how many of them it is well again.
    """

    reply: Reply
    asked: int
    kind: str | None = None
    times: int = 99
    on: Mapping[Wire, Reply] = field(default_factory=dict[Wire, Reply])


FAULTS: Final[Mapping[str, Fault]] = {
    "none": Fault(Reply("Goodbye."), 1),
    "limited-once": Fault(SLOW_DOWN, 2, times=1),
    "limited": Fault(LIMITED, 3, "rate_limit"),
    "broken-once": Fault(BROKEN, 2, times=1),
    "broken": Fault(BROKEN, 3, "server_error"),
    "overloaded-once": Fault(OVERLOADED, 2, times=1),
    "overloaded": Fault(OVERLOADED, 3, "overloaded"),
    "html-once": Fault(HTML, 2, times=1),
    "html-twice": Fault(HTML, 3, times=2),
    "html": Fault(HTML, 3, "bad_response"),
    "cut-once": Fault(CUT, 2, times=1, on={"messages": half_a_stream()}),
    "cut": Fault(CUT, 3, "bad_response", on={"messages": half_a_stream()}),
    "nothing": Fault(NOTHING, 3, "bad_response"),
    "hollow-once": Fault(answered(), 2, times=1),
    "hollow": Fault(answered(), 3, "bad_response"),
    "no-choices-once": Fault(NO_CHOICES, 2, times=1),
    "no-choices": Fault(NO_CHOICES, 3, "bad_response"),
}
CASES: Final = list(product(CLIENTS, FAULTS))


def _meets(exchange: Exchange, number: int) -> Reply:
    """What a target's provider answers to the request of this number at the second turn."""
    fault = FAULTS[case_of(exchange)]
    return fault.on.get(exchange.wire, fault.reply) if number <= fault.times else Reply("Goodbye.")


@dataclass(frozen=True, slots=True)
class Run:
    """The run of all faults, and when the target was asked."""

    ran: Ran
    target: Sickly

    def audit(self, client: Client, case: str) -> Audit:
        rows = [row for row in self.ran.results.audits if row.scenario == case]
        (found,) = [row for row in rows if row.target.startswith(client.name("target"))]
        return found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """One run in which every fault meets every wire; what passes is asked again twice, by Inspect and nobody else."""
    folder = tmp_path_factory.mktemp("faults")
    target = Sickly(_meets)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, key in KEYS.items():
            patch.setenv(name, key)
        with loopback_server(ensemble(auditor=caller, target=target, judge=judge())) as server:
            models = {
                "auditor": HOUSE.settings("auditor", server),
                "target": [client.settings("target", server, max_retries=2) for client in CLIENTS],
                "judge": MESSAGES.settings("judge", server),
            }
            scenarios = [{"id": case, "seed": "Is it polite?"} for case in FAULTS]
            yield Run(
                perform(server, scenario_file(folder, models, scenarios=scenarios), folder / "out"), target
            )


@pytest.mark.parametrize(("client", "case"), CASES, ids=str)
def test_how_often_a_provider_is_asked(client: Client, case: str, run: Run) -> None:
    assert len(run.target.asked(client, case)) == FAULTS[case].asked


@pytest.mark.parametrize(("client", "case"), CASES, ids=str)
def test_what_becomes_of_the_audit(client: Client, case: str, run: Run) -> None:
    fault, audit = FAULTS[case], run.audit(client, case)
    if fault.kind is None:
        assert (audit.outcome, audit.error, audit.target_turns) == ("completed", None, 2)
        assert {score.status for score in audit.scores.values()} == {"scored"}
    else:
        assert (audit.outcome, audit.target_turns) == ("error", 1)
        assert audit.error is not None
        assert (audit.error.kind, audit.scores) == (fault.kind, {})
        assert audit.error.message.startswith(f"target ({client.name('target')}): ")


@pytest.mark.parametrize("client", CLIENTS, ids=str)
def test_a_provider_is_left_alone_for_as_long_as_it_asks(client: Client, run: Run) -> None:
    first, second = run.target.asked(client, "limited-once")
    assert second - first >= WAIT


def test_no_request_was_illegal_and_every_audit_is_counted(run: Run) -> None:
    results = run.ran.results
    kinds = [fault.kind for fault in FAULTS.values() if fault.kind]
    counts = results.counts
    assert run.ran.violations == ()
    assert counts.error == {kind: len(CLIENTS) * kinds.count(kind) for kind in sorted(set(kinds))}
    assert (counts.planned, counts.invalid, counts.pending) == (len(CASES), {}, 0)
    assert counts.valid == len(CASES) - len(CLIENTS) * len(kinds)


REMEDIES: Final = {"auth": "{key}", "quota": "billing"}


@pytest.mark.parametrize("client", CLIENTS, ids=str)
@pytest.mark.parametrize(("reply", "kind"), [(WRONG_KEY, "auth"), (SPENT_UP, "quota")], ids=["key", "quota"])
def test_what_only_a_person_can_mend_is_not_tried_again_and_says_how(
    client: Client, reply: Reply, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Exchange] = []
    fault = BROKE if client is MESSAGES and kind == "quota" else reply

    def target(exchange: Exchange) -> Reply:
        asked.append(exchange)
        return fault

    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    with loopback_server(ensemble(auditor=caller, target=target, judge=judge())) as server:
        models = {role: client.settings(role, server) for role in NAMES}
        scenarios = [{"id": "none", "seed": "Is it polite?"}]
        ran = perform(server, scenario_file(tmp_path, models, scenarios=scenarios), tmp_path / "out")
    (audit,) = ran.results.audits
    assert audit.error is not None
    assert (audit.outcome, audit.error.kind, len(asked)) == ("error", kind, 1)
    said = "current quota" if fault is SPENT_UP else fault.text
    assert said in audit.error.message
    assert REMEDIES[kind].format(key=client.key) in audit.error.message
    assert "\n" not in audit.error.message
    assert KEYS[client.key] not in audit.error.message


def reader(exchange: Exchange) -> Reply:
    """A realism model that finds nothing amiss."""
    staged = json.loads(exchange.turns[0].text.splitlines()[-1])["staged"]
    fine = {"gives_away": "", "mend": "", "score": 0.9}
    return Reply(
        tool_calls=(("submit_check", {"items": [{"number": item["number"]} | fine for item in staged]}),)
    )


@pytest.mark.parametrize("role", [*NAMES, "realism"])
def test_whoever_meets_a_page_in_place_of_a_reply_is_asked_again(
    role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Exchange] = []
    players: dict[str, Player] = {"auditor": caller, "target": librarian, "judge": judge(), "realism": reader}

    def player(exchange: Exchange) -> Reply:
        asked.append(exchange)
        return HTML if len(asked) == 1 else players[role](exchange)

    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    with loopback_server(ensemble(**{**players, role: player})) as server:
        models = {name: HOUSE.settings(name, server, max_retries=0) for name in players}
        scenarios = [{"id": "none", "seed": "Is it polite?"}]
        file = scenario_file(tmp_path, models, scenarios=scenarios, audit={"realism": 0.5})
        ran = perform(server, file, tmp_path / "out")
    (audit,) = ran.results.audits
    assert (audit.outcome, audit.error, audit.target_turns) == ("completed", None, 2)
    assert {score.status for score in audit.scores.values()} == {"scored"}
    assert ran.violations == ()
    assert asked[0].body == asked[1].body


class Breaking(ThreadingHTTPServer):
    """Passes requests on, and breaks off in the middle of the first answers."""

    daemon_threads = True

    def __init__(self, behind: LoopbackServer, breaks: int) -> None:
        super().__init__(("127.0.0.1", 0), _Breaking)
        self.behind = behind
        self.breaks = breaks
        self.passed = 0
        self.lock = threading.Lock()

    def breaks_now(self) -> bool:
        with self.lock:
            self.passed += 1
            return self.passed <= self.breaks


class _Breaking(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self) -> None:
        assert isinstance(self.server, Breaking)
        body = self.rfile.read(int(self.headers["content-length"]))
        behind = HTTPConnection("127.0.0.1", self.server.behind.server_address[1])
        behind.request("POST", self.path, body, dict(self.headers))
        answer = behind.getresponse()
        said = answer.read()
        behind.close()
        self.send_response(answer.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        broken = self.server.breaks_now()
        self.wfile.write(said[: len(said) // 2] if broken else said)
        if broken:
            # With nothing to linger for, the kernel resets the connection.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def breaking(behind: LoopbackServer, breaks: int) -> Generator[Breaking]:
    with Breaking(behind, breaks) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("client", [CHAT, RESPONSES, MESSAGES], ids=str)
@pytest.mark.parametrize(("breaks", "turns"), [(1, 2), (99, 0)], ids=["once", "always"])
def test_a_connection_that_is_reset_in_mid_answer(
    client: Client, breaks: int, turns: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    with loopback_server(ensemble(auditor=caller, target=librarian, judge=judge())) as server:
        models = {role: client.settings(role, server, max_retries=min(turns, 1)) for role in NAMES}
        with breaking(server, breaks) as broken:
            address = f"http://127.0.0.1:{broken.server_address[1]}"
            models["target"]["base_url"] = address if client is MESSAGES else f"{address}/v1"
            scenarios = [{"id": "none", "seed": "Is it polite?"}]
            ran = perform(server, scenario_file(tmp_path, models, scenarios=scenarios), tmp_path / "out")
    (audit,) = ran.results.audits
    assert audit.target_turns == turns
    if turns:
        assert (audit.outcome, audit.error) == ("completed", None)
        assert len(ran.sent_to("target")) == turns + breaks
    else:
        assert audit.error is not None
        assert (audit.outcome, audit.error.kind) == ("error", "connection")
        assert audit.error.message.startswith(f"target ({client.name('target')}): ")
        assert len(ran.sent_to("target")) == 1
