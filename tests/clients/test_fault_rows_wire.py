"""Faults of the wire, from F01 to F10: how often a provider is asked again, and what becomes of the audit."""

import json
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final

import pytest

from petri.analysis.results import Audit, Results
from petri.runner import Order, run
from petri.transcript.folders import Run
from petri.transcript.store import samples, transcript_of
from tests.clients.fault_wire import SPOIL, Front, front_of
from tests.clients.players import (
    CHAT,
    HOUSE,
    KEYS,
    MESSAGES,
    Client,
    Sickly,
    caller,
    case_of,
    ensemble,
    judge,
    perform,
    scenario_file,
)
from tests.loopback import Exchange, LoopbackServer, Reply, Wire, loopback_server
from tests.loopback.exchange import JsonObject
from tests.loopback.server import event_frame

pytestmark = pytest.mark.long

CLIENTS: Final = (CHAT, MESSAGES)
"""A provider whose replies come whole, and one whose replies come as a stream."""
BACKOFF: Final = 1.5
"""Seconds that are waited at least where the provider says nothing of use."""
ASKED: Final = 4
"""Seconds until the moment that a provider names."""


def asks(name: str, value: str) -> Reply:
    return Reply("Slow down.", status=429, headers={name: value})


WORDS: Final = "I would rather not say."


def spoilt(way: str, status: int = 200) -> Reply:
    return Reply(WORDS, status=status, headers={SPOIL: way})


def broken(status: int) -> Reply:
    return Reply("Oh no.", status=status, headers={"retry-after-ms": "1"})


def raw(body: JsonObject) -> Reply:
    return Reply(raw_body=json.dumps(body).encode())


def completion(choice: JsonObject, **more: object) -> Reply:
    head = {"id": "1", "object": "chat.completion", "created": 0, "model": "m"}
    return raw({**head, "choices": [{"index": 0} | choice], **more})


SAID: Final[JsonObject] = {"role": "assistant", "content": "Goodbye."}


def stream(*frames: JsonObject) -> Reply:
    return Reply(raw_body=b"".join(map(event_frame, frames)))


def used(given: int, made: int) -> JsonObject:
    return {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}


def begun(*blocks: JsonObject, usage: JsonObject | None = None) -> list[JsonObject]:
    """The beginning of a stream of Anthropic's, with any kinds of blocks."""
    head: JsonObject = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": []}
    told = head | {"stop_reason": None, "usage": usage or {"input_tokens": 9, "output_tokens": 1}}
    frames: list[JsonObject] = [{"type": "message_start", "message": told}]
    for number, block in enumerate(blocks):
        frames += [
            {"type": "content_block_start", "index": number, "content_block": block},
            {"type": "content_block_stop", "index": number},
        ]
    return frames


def message(*blocks: JsonObject, stop: str = "end_turn", usage: JsonObject | None = None) -> Reply:
    """A whole stream."""
    ended: JsonObject = {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}}
    told = {"usage": usage or {"output_tokens": 1}}
    return stream(*begun(*blocks, usage=usage), ended | told, {"type": "message_stop"})


TEXT: Final[JsonObject] = {"type": "text", "text": "Goodbye."}
OVERLOAD: Final[JsonObject] = {
    "type": "error",
    "error": {"type": "overloaded_error", "message": "Overloaded"},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What the target's provider answers at the second turn, ``times`` times, and what becomes of the audit.

    ``asked`` is how many requests it gets for that turn, ``wait`` the least time between the first two of them.
    """

    reply: Reply
    asked: int = 2
    kind: str | None = None
    times: int = 1
    wait: float = 0.0
    says: str = ""
    judged: str = "scored"


FOR_EVER: Final = 99
STUCK: Final[Mapping[str, Fault]] = {
    "f07-drip": Fault(spoilt("drip"), kind="timeout", times=FOR_EVER, says="attempt_timeout '10'"),
    "f07-silence": Fault(spoilt("silence"), kind="timeout", times=FOR_EVER, says="attempt_timeout '10'"),
}
WHOLE: Final[Mapping[str, Fault]] = {
    "f01-date": Fault(asks("retry-after", "DATE"), wait=ASKED - 1),
    "f01-negative": Fault(asks("retry-after", "-5"), wait=BACKOFF),
    "f01-two-headers": Fault(spoilt("two-headers", 429), wait=1),
    "f03-500": Fault(broken(500)),
    "f03-503": Fault(broken(503)),
    "f04-bad-request": Fault(
        Reply("Unsupported value.", status=400), asked=1, kind="bad_request", times=FOR_EVER
    ),
    "f06-in-headers": Fault(spoilt("reset-in-headers")),
    "f06-reset-in-json": Fault(spoilt("reset-at 4")),
    "f06-cut-in-json": Fault(spoilt("cut-at 4")),
    "f07-stalled-json": Fault(
        spoilt("stall-at 4"), kind="timeout", times=FOR_EVER, says="attempt_timeout '10'"
    ),
    "f08-text": Fault(spoilt("as-text"), asked=1),
    "f08-gzip": Fault(spoilt("as-gzip")),
    "f09-null-message": Fault(completion({"message": None, "finish_reason": "stop"})),
    "f09-null-content": Fault(
        completion({"message": SAID | {"content": None}, "finish_reason": "stop"}),
        asked=1,
        judged="unsupported",
    ),
    "f09-unknown-finish": Fault(completion({"message": SAID, "finish_reason": "tired"}), asked=1),
    "f10-none": Fault(completion({"message": SAID, "finish_reason": "stop"}), asked=1),
    "f10-negative": Fault(
        completion({"message": SAID, "finish_reason": "stop"}, usage=used(-5, -7)), asked=1
    ),
    "f10-absurd": Fault(
        completion({"message": SAID, "finish_reason": "stop"}, usage=used(10**15, 7)), asked=1
    ),
    **STUCK,
}
STREAMED: Final[Mapping[str, Fault]] = {
    "f01-seconds": Fault(asks("retry-after", "3.2"), wait=3.2),
    "f01-milliseconds": Fault(asks("retry-after-ms", "3200"), wait=3.2),
    "f01-zero": Fault(asks("retry-after", "0"), wait=BACKOFF),
    "f01-garbage": Fault(asks("retry-after", "soon"), wait=BACKOFF),
    "f03-502": Fault(broken(502)),
    "f03-504": Fault(broken(504)),
    "f03-529": Fault(broken(529)),
    "f03-in-a-stream": Fault(stream(OVERLOAD)),
    "f03-in-mid-stream": Fault(stream(*begun(TEXT), OVERLOAD)),
    "f06-before-headers": Fault(spoilt("reset-before-headers")),
    **{f"f06-reset-at-{number}": Fault(spoilt(f"reset-at {number}")) for number in range(1, 6)},
    **{f"f06-cut-at-{number}": Fault(spoilt(f"cut-at {number}")) for number in range(1, 5)},
    "f07-stalled-stream": Fault(
        spoilt("stall-at 3"), kind="timeout", times=FOR_EVER, says="stream_idle_timeout '5'"
    ),
    "f08-gzip": Fault(spoilt("as-gzip")),
    # What ended for a reason that nobody knows cannot be told from what was cut off.
    "f09-unknown-finish": Fault(message(TEXT, stop="tired"), asked=3, kind="bad_response", times=FOR_EVER),
    "f09-unknown-block": Fault(message({"type": "hologram", "light": 1}, TEXT), asked=1),
    "f10-negative": Fault(message(TEXT, usage={"input_tokens": -5, "output_tokens": -7}), asked=1),
    **STUCK,
}
FAULTS: Final[Mapping[Wire, Mapping[str, Fault]]] = {"chat": WHOLE, "messages": STREAMED}
CASES: Final = [
    pytest.param(client, case, id=f"{case}-{client}") for client in CLIENTS for case in FAULTS[client.wire]
]


def _meets(exchange: Exchange, number: int) -> Reply:
    """What a target's provider answers to the request of this number at the second turn."""
    fault = FAULTS[exchange.wire][case_of(exchange)]
    return _dated(fault.reply) if number <= fault.times else Reply("Goodbye.")


def _dated(reply: Reply) -> Reply:
    """The reply, with a moment that lies ahead where it names one."""
    if reply.headers.get("retry-after") != "DATE":
        return reply
    then = datetime.now(UTC) + timedelta(seconds=ASKED)
    return replace(reply, headers={"retry-after": format_datetime(then, usegmt=True)})


@dataclass(frozen=True, slots=True)
class Ended:
    """The run of all faults, and when the target was asked."""

    run: Run
    results: Results
    target: Sickly
    violations: tuple[str, ...]

    def audit(self, client: Client, case: str) -> Audit:
        rows = [row for row in self.results.audits if row.scenario == case]
        (found,) = [row for row in rows if row.target.startswith(client.name("target"))]
        return found


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    """One run in which every fault meets its kind of provider; each call is repeated once at most."""
    folder = tmp_path_factory.mktemp("faults")
    target = Sickly(_meets)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, key in KEYS.items():
            patch.setenv(name, key)
        players = ensemble(auditor=caller, target=target, judge=judge())
        with loopback_server(players) as server, front_of(server) as front:
            files = [
                _file(folder, client, server, front, slow=slow)
                for client in CLIENTS
                for slow in (True, False)
            ]
            made, results = run(Order(files, folder / "out"))
            yield Ended(made, results, target, server.violations)


def _file(folder: Path, client: Client, server: LoopbackServer, front: Front, *, slow: bool) -> str:
    """A scenario file with the faults of a kind of provider: those that take an attempt's time, or the others."""
    url = front.url if client.wire == "messages" else f"{front.url}/v1"
    more = {"attempt_timeout": 10} if slow else {}
    models = {
        "auditor": HOUSE.settings("auditor", server),
        "target": client.settings("target", server, base_url=url, max_retries=1, **more),
        "judge": MESSAGES.settings("judge", server),
    }
    cases = [case for case, fault in FAULTS[client.wire].items() if (fault.kind == "timeout") is slow]
    place = folder / f"{client.wire}-{slow}"
    place.mkdir()
    return str(
        scenario_file(place, models, scenarios=[{"id": case, "seed": "Is it polite?"} for case in cases])
    )


@pytest.mark.parametrize(("client", "case"), CASES)
def test_a_fault_of_the_wire(client: Client, case: str, ended: Ended) -> None:
    fault, audit = FAULTS[client.wire][case], ended.audit(client, case)
    moments = ended.target.asked(client, case)
    assert len(moments) == fault.asked
    if fault.wait:
        assert moments[1] - moments[0] >= fault.wait
    if fault.kind is None:
        assert (audit.outcome, audit.error, audit.target_turns) == ("completed", None, 2)
        assert {score.status for score in audit.scores.values()} == {fault.judged}
    else:
        assert (audit.outcome, audit.target_turns, audit.scores) == ("error", 1, {})
        assert audit.error is not None
        assert audit.error.kind == fault.kind
        assert audit.error.message.startswith(f"target ({client.name('target')}): ")
        assert fault.says in audit.error.message


def test_every_audit_is_counted_and_no_half_of_a_reply_is_kept(ended: Ended) -> None:
    counts = ended.results.counts
    kinds = Counter(fault.kind for faults in FAULTS.values() for fault in faults.values() if fault.kind)
    assert ended.violations == ()
    assert counts.error == kinds
    assert counts.planned == len(CASES) == counts.valid + kinds.total()
    assert (ended.results.run.status, ended.results.run.exit_code) == ("incomplete", 3)
    said = {
        node.message.text
        for log in ended.run.logs()
        for sample in samples(log)
        for node in transcript_of(sample, "m").conversation()
        if node.origin == "target"
    }
    assert said <= {"Good morning.", "Goodbye.", WORDS, ""}


@pytest.mark.parametrize("case", ["f10-none", "f10-negative", "f10-absurd"])
def test_usage_that_cannot_be_meant_is_not_counted(case: str, ended: Ended) -> None:
    used, fine = (ended.audit(CHAT, each).usage["target"] for each in (case, "f03-500"))
    assert (used.calls, fine.calls) == (2, 2)
    assert (used.input_tokens * 2, used.output_tokens * 2) == (fine.input_tokens, fine.output_tokens)


@pytest.fixture
def lost_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network in which no name below ``.invalid`` is known."""
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.usefixtures("lost_names")
def test_f05_a_server_that_cannot_be_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    players = ensemble(auditor=caller, target=lambda _: Reply("Good morning."), judge=judge())
    with loopback_server(players) as server, front_of(server) as front:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            refused = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        monkeypatch.setenv("HTTP_PROXY", front.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,lost.invalid")
        urls = {
            "refused": refused,
            "name": "http://lost.invalid/v1",
            "tls": front.url.replace("http:", "https:") + "/v1",
            "proxy": "http://proxied.invalid/v1",
        }
        models: JsonObject = {
            "auditor": HOUSE.settings("auditor", server),
            "target": [CHAT.settings("target", server, base_url=url, max_retries=1) for url in urls.values()],
            "judge": MESSAGES.settings("judge", server),
        }
        ran = perform(server, scenario_file(tmp_path, models), tmp_path / "out")
    found = {name: audit for name, url in urls.items() for audit in ran.results.audits if url in audit.target}
    kinds = {name: audit.error and audit.error.kind for name, audit in found.items()}
    assert kinds == {
        "refused": "connection",
        "name": "connection",
        "tls": "connection",
        "proxy": "connection",
    }
    assert all(not audit.scores and audit.target_turns == 0 for audit in found.values())
    assert front.connections == 1
    counts = ran.results.counts
    assert (counts.planned, counts.error, counts.valid) == (4, {"connection": 4}, 0)
    assert ran.results.run.exit_code == 3
