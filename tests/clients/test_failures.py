"""What a provider's failure becomes: one error of one audit, named and counted, while its neighbours finish."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from tests.clients.leaks import files_with
from tests.clients.players import (
    CHAT,
    CLIENTS,
    HOUSE,
    KEYS,
    MESSAGES,
    NAMES,
    RESPONSES,
    Client,
    Player,
    Ran,
    auditor,
    ensemble,
    judge,
    librarian,
    perform,
    replies_so_far,
    scenario_file,
)
from tests.loopback import Exchange, Reply, Wire, loopback_server
from tests.loopback.exchange import JsonObject

pytestmark = pytest.mark.long

AT_ONCE: Final = {"retry-after-ms": "1"}
"""Makes retries quick."""


@dataclass(frozen=True)
class Fault:
    """What the target's provider answers at its second turn, and what becomes of the audit."""

    reply: Reply
    outcome: str = "error"
    kind: str | None = None
    says: str = ""
    on: Mapping[Wire, Reply] = field(default_factory=dict[Wire, Reply])
    """Replies of the wires where it looks different."""


def error(status: int, message: str, code: str) -> Reply:
    """An error as OpenAI words it, with the code that says what it is about."""
    body: JsonObject = {"error": {"message": message, "type": code, "param": None, "code": code}}
    return Reply(status=status, raw_body=json.dumps(body).encode(), headers=AT_ONCE)


UNREAD: Final = "the reply could not be read"
TOO_LONG: Final = "This model's maximum context length is 128000 tokens."
FAULTS: Final[Mapping[str, Fault]] = {
    "region": Fault(Reply("Country not supported.", status=403), kind="auth", says="Country not supported"),
    "name": Fault(Reply("The model does not exist.", status=404), kind="model_not_found", says="not exist"),
    "request": Fault(Reply("Unsupported value.", status=400), kind="bad_request", says="Unsupported value"),
    "rate": Fault(Reply("Slow down.", status=429, headers=AT_ONCE), kind="rate_limit", says="Slow down"),
    "server": Fault(Reply("Oh no.", status=500, headers=AT_ONCE), kind="server_error", says="Oh no"),
    "html": Fault(Reply(raw_body=b"<html>Welcome to the proxy</html>"), kind="bad_response", says=UNREAD),
    "cut": Fault(Reply(raw_body=b'{"id": "chatcmpl-1", "object": "ch'), kind="bad_response", says=UNREAD),
    "hollow": Fault(Reply(raw_body=b"{}"), kind="bad_response", says=UNREAD),
    "context": Fault(
        error(400, TOO_LONG, "context_length_exceeded"),
        outcome="limit:context",
        on={"messages": Reply("prompt is too long: 210000 tokens > 200000 maximum", status=400)},
    ),
    "hiccup": Fault(Reply("Oh no.", status=500, headers=AT_ONCE), outcome="completed"),
    "none": Fault(Reply("Goodbye."), outcome="completed"),
}


def case_of(exchange: Exchange) -> str:
    """The fault that an audit is about, which its auditor was told and tells the target."""
    told = exchange.turns[0].text
    return json.loads(told)["scenario"]["id"] if told.startswith("{") else told


def caller(exchange: Exchange) -> Reply:
    """An auditor that greets with the name of the fault, and says one thing more."""
    words = [("send_user_message", {"text": case_of(exchange)})], [("send_user_message", {"text": "Go on."})]
    return auditor(*words, [("end_audit", {"reason": "Said."})])(exchange)


def patient() -> Player:
    """A target that greets, then meets the fault; of a hiccup it recovers at the third attempt."""
    attempts: dict[str, int] = {}

    def play(exchange: Exchange) -> Reply:
        case = case_of(exchange)
        attempts[exchange.model + case] = attempts.get(exchange.model + case, 0) + replies_so_far(exchange)
        if replies_so_far(exchange) == 0 or (case == "hiccup" and attempts[exchange.model + case] > 2):
            return Reply("Good morning.")
        return FAULTS[case].on.get(exchange.wire, FAULTS[case].reply)

    return play


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """One run in which every fault meets every provider."""
    folder = tmp_path_factory.mktemp("faults")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, key in KEYS.items():
            patch.setenv(name, key)
        with loopback_server(ensemble(auditor=caller, target=patient(), judge=judge())) as server:
            models = {
                "auditor": HOUSE.settings("auditor", server),
                "target": [client.settings("target", server, max_retries=2) for client in CLIENTS],
                "judge": MESSAGES.settings("judge", server),
            }
            scenarios = [{"id": case, "seed": "Is it polite?"} for case in FAULTS]
            yield perform(server, scenario_file(folder, models, scenarios=scenarios), folder / "out")


@pytest.mark.parametrize("client", CLIENTS, ids=str)
@pytest.mark.parametrize("case", FAULTS)
def test_a_failure_is_named_and_stays_in_its_audit(client: Client, case: str, ran: Ran) -> None:
    fault = FAULTS[case]
    (audit,) = [
        a for a in ran.results.audits if a.scenario == case and a.target.startswith(client.name("target"))
    ]
    assert audit.outcome == fault.outcome
    assert audit.target_turns == (2 if fault.outcome == "completed" else 1)
    if fault.kind is None:
        assert audit.error is None
        assert {score.status for score in audit.scores.values()} == {"scored"}
    else:
        assert audit.error is not None
        assert audit.error.kind == fault.kind
        assert audit.error.message.startswith(f"target ({client.name('target')}): ")
        assert fault.says in audit.error.message


def test_every_audit_is_accounted_for(ran: Ran) -> None:
    assert ran.violations == ()
    kinds = [fault.kind for fault in FAULTS.values() if fault.kind]
    counts = ran.results.counts
    assert (counts.planned, counts.valid) == (len(CLIENTS) * len(FAULTS), len(CLIENTS) * 3)
    assert counts.error == {kind: len(CLIENTS) * kinds.count(kind) for kind in kinds}
    assert (counts.invalid, counts.pending) == ({}, 0)
    assert (ran.results.run.status, ran.results.run.exit_code) == ("incomplete", 3)


@pytest.mark.parametrize(
    ("role", "client"),
    [("auditor", CHAT), ("target", MESSAGES), ("target", RESPONSES), ("judge", HOUSE), ("judge", MESSAGES)],
    ids=str,
)
def test_a_key_that_the_provider_repeats_is_not_repeated_by_us(
    role: str,
    client: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    key = KEYS[client.key]
    monkeypatch.setenv(client.key, key)
    players = {"auditor": caller, "target": librarian, "judge": judge()}
    players[role] = lambda _: Reply(f"Incorrect API key provided: {key}", status=401)
    with loopback_server(ensemble(**players)) as server:
        file = scenario_file(
            tmp_path,
            {name: client.settings(name, server) for name in NAMES},
            scenarios=[{"id": "none", "seed": "Is it polite?"}],
        )
        ran = perform(server, file, tmp_path / "out")
    (audit,) = ran.results.audits
    assert ran.results.run.exit_code == 3
    said = [score.judges[0].reason for score in audit.scores.values()]
    if role == "judge":
        assert audit.outcome == "completed"
        assert {score.status for score in audit.scores.values()} == {"error"}
        assert all(reason.startswith(f"auth: judge ({client.name('judge')}): ") for reason in said)
    else:
        assert audit.error is not None
        assert (audit.outcome, audit.error.kind) == ("error", "auth")
        assert audit.error.message.startswith(f"{role} ({client.name(role)}): ")
        assert "Incorrect API key provided: [removed]" in audit.error.message
    assert [path.suffix for path in files_with(key, ran.folder)] in (
        [],
        [".eval"],
    )  # Inspect's own log may hold it
    assert key not in "".join(capfd.readouterr())
