"""Caps, rates and models out of reach, over real clients: what the server counts is what the run may come to."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Final

import pytest

from petri.analysis.results import Results
from petri.budget import Caps, Price, Spent
from petri.errors import UsageError
from petri.governor import Limits
from petri.judging.again import JudgeOrder, judge_again
from petri.runner import Order, run
from petri.transcript.folders import Run
from petri.transcript.outcome import is_valid
from tests.clients.players import (
    CHAT,
    HOUSE,
    KEYS,
    MESSAGES,
    RESPONSES,
    Player,
    auditor,
    ensemble,
    judge,
    role_of,
    scenario_file,
)
from tests.loopback import Exchange, LoopbackServer, Reply, loopback_server
from tests.loopback.exchange import JsonObject

pytestmark = pytest.mark.long

GREET: Final = [("send_user_message", {"text": "Good morning."})]
LONGEST: Final = {"auditor": 200, "target": 100, "judge": 500}
CLIENT: Final = {"auditor": HOUSE, "target": CHAT, "judge": MESSAGES}
PRICE: Final = Price(2.0, 10.0)
CHEAP: Final = Price(0.2, 0.5)
"""Of one of two targets."""
AT_ONCE: Final = {"retry-after-ms": "1"}
"""Makes retries quick."""
NO_KEY: Final = Reply("Incorrect API key provided.", status=401)


def price_of(model: str) -> Price:
    """The price of a model, by its name with or without its provider's."""
    return CHEAP if RESPONSES.name("target").endswith(model.rpartition("/")[2]) else PRICE


@dataclass
class Account:
    """What a server charges, and when it was asked by whom."""

    tokens: int = 0
    usd: float = 0.0
    lock: Lock = field(default_factory=Lock)
    asked: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])

    def charging(self, player: Player) -> Player:
        """The same player, whose replies are charged."""

        def reply(exchange: Exchange) -> Reply:
            self.asked.append((time.monotonic(), role_of(exchange)))
            said = player(exchange)
            if said.status == 200:
                with self.lock:
                    self._charge(exchange, said)
            return said

        return reply

    def _charge(self, exchange: Exchange, said: Reply) -> None:
        used = said.usage_for(exchange)
        self.tokens += used.prompt_tokens + used.output_tokens
        self.usd += price_of(exchange.model).cost(Spent(used.prompt_tokens, used.output_tokens))

    @property
    def roles(self) -> Counter[str]:
        """How often each role was asked."""
        return Counter(role for _, role in self.asked)


Audited = tuple[Run, Results]
Audit = Callable[..., Audited]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of 30 audits, to be judged again; whoever does so adds verdicts and changes nothing."""
    folder = tmp_path_factory.mktemp("kept")
    file = scenario_file(folder, {}, audit={"epochs": 30, "max_turns": 1})
    return run(Order([str(file)], folder / "out", offline=True))[0]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Account:
    """An account at every provider, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    return Account()


def _players(**instead: Player) -> Player:
    usual: dict[str, Player] = {
        "auditor": auditor(GREET, GREET, [("end_audit", {"reason": "Said."})]),
        "target": lambda _: Reply("Good morning."),
        "judge": judge(),
    }
    return ensemble(**usual | instead)


def troubled(player: Player) -> Player:
    """The same player on a bad day: some requests are refused, some fail, some are billed and cannot be read."""
    numbers = count(1)

    def reply(exchange: Exchange) -> Reply:
        number = next(numbers)
        if number % 5 == 0:
            return Reply("Slow down.", status=429, headers=AT_ONCE)
        if number % 7 == 0:
            return Reply("Oh no.", status=503, headers=AT_ONCE)
        return Reply(raw_body=b"<html>") if number % 11 == 0 else player(exchange)

    return reply


def _order(server: LoopbackServer, folder: Path, *, epochs: int, at_once: int = 64, **more: object) -> Order:
    models: JsonObject = {
        role: client.settings(role, server, max_tokens=LONGEST[role]) for role, client in CLIENT.items()
    }
    if more.pop("two_targets", False):
        cheap = RESPONSES.settings("target", server, max_tokens=LONGEST["target"])
        models["target"] = [models["target"], cheap]
    file = scenario_file(folder, models, audit={"epochs": epochs})
    return replace(Order([str(file)], folder / "out", max_samples=at_once), **more)


def _require_accounted(results: Results, planned: int) -> Counter[str]:
    """Every planned audit is one thing, what ended at the cap says so, and nothing has a score that was not given."""
    counts = results.counts
    valid = [audit for audit in results.audits if is_valid(audit.outcome)]
    assert counts.planned == planned == len(results.audits)
    assert (
        planned == counts.valid + sum(counts.invalid.values()) + sum(counts.error.values()) + counts.pending
    )
    assert counts.valid == len(valid)
    assert set(counts.error) <= {"cap"}
    for score in (score for audit in valid for score in audit.scores.values()):
        assert score.status in {"scored", "error"}
        assert (score.value is None) == (score.status == "error")
        assert score.status == "scored" or all(judge.reason.startswith("cap: ") for judge in score.judges)
    assert not any(audit.scores for audit in results.audits if not is_valid(audit.outcome))
    return Counter(audit.outcome for audit in results.audits)


@pytest.mark.parametrize(
    "limits",
    [Limits(Caps(tokens=250_000)), Limits(Caps(cost=0.45), price_of=price_of)],
    ids=["tokens", "cost"],
)
def test_at_a_concurrency_of_64_a_cap_is_not_passed(limits: Limits, account: Account, tmp_path: Path) -> None:
    """Not with two targets at two prices, nor on a bad day of every provider."""
    with loopback_server(account.charging(troubled(_players()))) as server:
        _, results = run(_order(server, tmp_path, epochs=36, two_targets=True, limits=limits))
    assert account.tokens <= (limits.caps.tokens or 10**9)
    assert account.usd <= (limits.caps.cost or 10**9)
    assert (results.run.status, results.run.exit_code) == ("limit", 3)
    assert results.run.error is not None
    assert "so far" in results.run.error
    outcomes = _require_accounted(results, 72)
    assert outcomes["limit:tokens" if limits.caps.tokens else "limit:cost"] > 0
    assert outcomes["pending"] > 0
    assert any(score.status == "scored" for audit in results.audits for score in audit.scores.values())


@pytest.mark.parametrize(
    "limits",
    [Limits(Caps(tokens=60_000)), Limits(Caps(cost=0.2), price_of=price_of)],
    ids=["tokens", "cost"],
)
def test_judging_again_does_not_pass_a_cap(
    limits: Limits, kept: Run, account: Account, tmp_path: Path
) -> None:
    with loopback_server(account.charging(troubled(_players()))) as server:
        settings = {"models.judge": MESSAGES.settings("judge", server, max_tokens=LONGEST["judge"])}
        order = JudgeOrder(
            [str(kept.folder)], tmp_path / "out", settings=settings, limits=limits, max_samples=64
        )
        ((_, results),) = judge_again(order)
    assert 0 < account.tokens <= (limits.caps.tokens or 10**9)
    assert 0 < account.usd <= (limits.caps.cost or 10**9)
    assert (results.run.status, results.run.exit_code) == ("incomplete", 3)
    _require_accounted(results, 30)
    given = Counter(score.status for audit in results.audits for score in audit.scores.values())
    assert given["scored"] > 0
    assert given["error"] > 0


def test_a_judge_that_cannot_be_reached_is_asked_once_for_all_transcripts(
    kept: Run, account: Account, tmp_path: Path
) -> None:
    with loopback_server(account.charging(_players(judge=lambda _: NO_KEY))) as server:
        settings = {"models.judge": MESSAGES.settings("judge", server)}
        ((_, results),) = judge_again(JudgeOrder([str(kept.folder)], tmp_path / "out", settings=settings))
    assert account.roles == {"judge": 1}
    assert {score.status for audit in results.audits for score in audit.scores.values()} == {"error"}
    assert results.run.exit_code == 3


def test_what_is_beyond_a_cap_from_the_start_is_refused_and_nothing_is_spent(
    account: Account, tmp_path: Path
) -> None:
    with loopback_server(account.charging(_players())) as server:
        for limits, said in (
            (Limits(Caps(cost=5.0)), r"the price of anthropic/.* is not known; .*--assume-price"),
            (Limits(Caps(tokens=1000)), r"one call of .* may come to 2,\d\d\d tokens; raise it"),
            (
                Limits(rpm={"openai/gpt-6": 5}),
                r"no model of this run is called 'openai/gpt-6'; there are: anthropic/",
            ),
        ):
            with pytest.raises(UsageError, match=said):
                run(_order(server, tmp_path, epochs=1, limits=limits))
    assert not account.asked
    assert not (tmp_path / "out").exists()


def test_time_ends_the_audits_and_they_are_judged(account: Account, tmp_path: Path) -> None:
    def slow(exchange: Exchange) -> Reply:
        time.sleep(0.4)
        return auditor(*[GREET] * 50)(exchange)

    with loopback_server(account.charging(_players(auditor=slow))) as server:
        _, results = run(_order(server, tmp_path, epochs=3, limits=Limits(Caps(seconds=4))))
    assert {audit.outcome for audit in results.audits} <= {"limit:time", "error"}
    valid = [audit for audit in results.audits if audit.outcome == "limit:time"]
    assert valid
    assert all(audit.scores["sycophancy"].status == "scored" for audit in valid)
    assert (results.run.status, results.run.exit_code) == ("limit", 3)


LASTING: Final = {
    "auth": (NO_KEY, "Incorrect API key provided"),
    "model_not_found": (Reply("The model does not exist.", status=404), "does not exist"),
    "quota": (
        Reply("You exceeded your current quota, please check your plan.", status=429),
        "exceeded your current quota",
    ),
    "forbidden": (Reply("Country not supported.", status=403), "Country not supported"),
}


@pytest.mark.parametrize(
    ("case", "role"), [*((case, "target") for case in LASTING), ("auth", "auditor"), ("auth", "judge")]
)
def test_what_cannot_pass_ends_the_run_before_the_second_audit(
    case: str, role: str, account: Account, tmp_path: Path
) -> None:
    reply, said = LASTING[case]

    def refusing(_: Exchange) -> Reply:
        return reply

    with loopback_server(account.charging(_players(**{role: refusing}))) as server:
        _, results = run(_order(server, tmp_path, epochs=6, at_once=1 if role == "judge" else 4))
    assert account.roles[role] == 1
    assert account.roles["auditor"] <= {"auditor": 1, "target": 1, "judge": 3}[role]
    assert account.roles["target"] <= {"auditor": 0, "target": 1, "judge": 2}[role]
    assert (results.run.status, results.run.exit_code) == ("incomplete", 3)
    kind = "auth" if case == "forbidden" else case
    assert results.run.error is not None
    assert results.run.error.startswith(f"{kind}: {role} ({CLIENT[role].name(role)}): ")
    assert said in results.run.error
    assert ("; check" in results.run.error) or ("billing page" in results.run.error)
    counts = results.counts
    assert counts.planned == counts.valid + sum(counts.error.values()) + counts.pending == 6
    assert set(counts.error) <= {kind}
    assert counts.valid == (role == "judge")


def test_a_model_that_has_answered_is_not_given_up_for_one_request(account: Account, tmp_path: Path) -> None:
    def flagged(exchange: Exchange) -> Reply:
        said = sum(turn.role == "assistant" for turn in exchange.turns)
        return Reply("This input was flagged.", status=403) if said else Reply("Good morning.")

    with loopback_server(account.charging(_players(target=flagged))) as server:
        _, results = run(_order(server, tmp_path, epochs=3))
    assert results.counts.error == {"auth": 3}
    assert account.roles["target"] == 6
    assert results.run.error is None


def test_a_key_that_ends_in_mid_run_ends_it(account: Account, tmp_path: Path) -> None:
    def target(_: Exchange) -> Reply:
        return Reply("Good morning.") if account.roles["target"] <= 3 else NO_KEY

    with loopback_server(account.charging(_players(target=target))) as server:
        _, results = run(_order(server, tmp_path, epochs=8, at_once=1))
    assert account.roles["target"] == 4
    counts = results.counts
    assert (counts.valid, counts.error, counts.pending) == (1, {"auth": 1}, 6)


def test_requests_a_minute_hold_for_all_roles_of_a_model_together(account: Account, tmp_path: Path) -> None:
    everybody = HOUSE.name("target")
    rpm = 300
    with loopback_server(account.charging(_one_model())) as server:
        models: JsonObject = {role: HOUSE.settings("target", server) for role in CLIENT}
        models["auditor"] |= {"rpm": 6000}
        file = scenario_file(tmp_path, models, audit={"epochs": 4})
        limits = Limits(rpm={everybody: rpm})
        _, results = run(Order([str(file)], tmp_path / "out", limits=limits))
    assert results.counts.valid == 4
    moments = sorted(moment for moment, _ in account.asked)
    assert len(moments) == 24
    # Five at once and five a second: the last comes after four seconds, less what the first was late.
    assert moments[-1] - moments[0] >= 3.0


def _one_model() -> Player:
    """One model in three roles, which tells them apart by what it is told."""
    parts = {
        "auditor": auditor(GREET, GREET, [("end_audit", {"reason": "Said."})]),
        "judge": judge(),
    }

    def reply(exchange: Exchange) -> Reply:
        tools = exchange.tools.keys()
        role = "judge" if "submit_verdict" in tools else "auditor" if "end_audit" in tools else "target"
        return parts[role](exchange) if role in parts else Reply("Good morning.")

    return reply
