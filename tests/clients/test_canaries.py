"""A run full of faults whose providers repeat our keys in every form: no byte that is written or shown holds one.

Two things are not ours: what a provider says with status 200 is the model's words, and stays as it is; and the id that
a provider gives a request is noted by Inspect before anybody can look at it.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from tests.clients.players import (
    CHAT,
    HOUSE,
    MESSAGES,
    NAMES,
    RESPONSES,
    Player,
    auditor,
    ensemble,
    judge,
    librarian,
    scenario_file,
)
from tests.clients.written import places_with
from tests.loopback import Exchange, Reply, loopback_server

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]  # three whole runs in processes of their own

AT_ONCE: Final = {"retry-after-ms": "1"}
KEYS: Final = {
    "OPENAI_API_KEY": 'sk-open+Canary/1="a"&\\b0123456789',
    "ANTHROPIC_API_KEY": 'sk-anth+Canary/2="a"&\\b0123456789',
    "HOUSE_API_KEY": 'house+Canary/3="a"&\\b0123456789',
}
FORMS: Final[Mapping[str, Callable[[str], str]]] = {
    "plain": str,
    "json": lambda key: json.dumps(key)[1:-1],
    "url": lambda key: quote(key, safe=""),
    "base64": lambda key: base64.b64encode(f"user:{key}".encode()).decode(),
    "hex": lambda key: key.encode().hex(),
}
LOOKED_FOR: Final[Mapping[str, Callable[[str], str]]] = {
    **FORMS,
    # What is the same in Base64 wherever in a longer text the key begins.
    "base64 inside": lambda key: base64.b64encode(key.encode()).decode()[:-4],
    "base64 one later": lambda key: base64.b64encode(f" {key}".encode()).decode()[4:-4],
    "base64 two later": lambda key: base64.b64encode(f"  {key}".encode()).decode()[4:-4],
}
SOUGHT: Final = {form(key): f"{name} {how}" for name, key in KEYS.items() for how, form in LOOKED_FOR.items()}
STATUSES: Final = (400, 401, 500)


def key_of(exchange: Exchange) -> str:
    """The key that came with a request."""
    sent = exchange.headers.get("x-api-key") or exchange.headers.get("authorization", "")
    return sent.removeprefix("Bearer ")


def told(key: str) -> str:
    """A text with a key in every form."""
    return " ; ".join(f"{name} {form(key)}" for name, form in FORMS.items())


def fault_of(exchange: Exchange) -> str:
    """The fault that an audit is about, in the words of its task or of its auditor."""
    first = exchange.turns[0].text
    return json.loads(first)["scenario"]["id"] if first.startswith("{") else first


def repeating(exchange: Exchange) -> Reply:
    """A reply that repeats the key: as an error, as a page in place of a reply, or as one that lacks everything."""
    key, case = key_of(exchange), fault_of(exchange)
    said = told(key)
    if case == "page":
        return Reply(raw_body=f"<html>{said}</html>".encode())
    if case == "hollow":
        return Reply(raw_body=json.dumps({"echo": said, "choices": said, "content": said}).encode())
    status = int(case.removeprefix("status-"))
    return Reply(said, status=status, headers=AT_ONCE | {"x-echo": f"Bearer {key}"})


def calling(exchange: Exchange) -> Reply:
    """An auditor that greets with the name of the fault."""
    return auditor([("send_user_message", {"text": fault_of(exchange)})], [("end_audit", {"reason": "x"})])(
        exchange
    )


CASES: Final = ("page", "hollow", *(f"status-{status}" for status in STATUSES))


def is_told(text: str) -> list[str]:
    """The forms in which a key stands in a text."""
    return [how for form, how in SOUGHT.items() if form in text]


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run left behind."""

    home: Path
    out: str
    err: str
    code: int
    during: tuple[str, ...]
    asked: int


def _run(home: Path, role: str) -> Ended:
    """Run `petri audit` as a process of its own, whose role meets every fault, and look at its files all the time."""
    during: dict[str, None] = {}
    players: dict[str, Player] = {"auditor": calling, "target": librarian, "judge": judge()}

    def faulty(exchange: Exchange) -> Reply:
        return repeating(exchange)

    def always(exchange: Exchange) -> Reply:
        reply = Reply(told(key_of(exchange)), status=401)
        return reply if role == "judge" else faulty(exchange)

    players[role] = always
    base = ensemble(**players)

    def watched(exchange: Exchange) -> Reply:
        if exchange.number % 8 == 0:  # to look takes longer than to answer
            during.update(dict.fromkeys(places_with(lambda text: bool(is_told(text)), home)))
        return base(exchange)

    with loopback_server(watched) as server:
        clients = dict.fromkeys(NAMES, HOUSE) | {role: CHAT}
        models: dict[str, object] = {
            name: client.settings(name, server, max_retries=0) for name, client in clients.items()
        }
        if role == "target":
            models["target"] = [
                client.settings("target", server, max_retries=0) for client in (CHAT, RESPONSES, MESSAGES)
            ]
        if role == "judge":
            models["judge"] = [client.settings("judge", server, max_retries=0) for client in (CHAT, MESSAGES)]
        cases = CASES if role != "judge" else ("status-401",)
        file = scenario_file(
            home, models, scenarios=[{"id": case, "seed": "Is it polite?"} for case in cases]
        )
        env = {"PATH": "/usr/bin:/bin", "HOME": str(home), "TMPDIR": str(home / "tmp"), **KEYS}
        env |= {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("DATA", "CACHE", "CONFIG", "STATE")}
        env |= {
            "PETRI_DEBUG": "1",
            "INSPECT_TRACE_LEVEL": "TRACE",
            "GITHUB_STEP_SUMMARY": str(home / "job.md"),
        }
        (home / "tmp").mkdir()
        code = "import sys; from petri.cli.main import main; sys.exit(main())"
        args = ["audit", str(file), "--junit", "junit.xml", "--json", "--yes"]
        ran = subprocess.run(
            [sys.executable, "-c", code, *args],
            cwd=home,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        return Ended(home, ran.stdout, ran.stderr, ran.returncode, tuple(during), len(server.exchanges))


@pytest.fixture(scope="module", params=["target", "auditor", "judge"])
def ended(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    return _run(tmp_path_factory.mktemp(str(request.param)), str(request.param))


def test_the_faults_were_met(ended: Ended) -> None:
    assert ended.code == 3, ended.err
    assert ended.asked > 3
    assert "[removed]" in ended.out
    assert "[removed]" in (ended.home / "junit.xml").read_text(encoding="utf-8") or "judge" in str(ended.home)


def test_no_key_is_shown(ended: Ended) -> None:
    assert is_told(ended.out) == []
    assert is_told(ended.err) == []


def test_no_key_is_in_any_file_afterwards(ended: Ended) -> None:
    assert places_with(lambda text: bool(is_told(text)), ended.home) == []


def test_no_key_is_in_any_file_while_it_goes_on(ended: Ended) -> None:
    assert ended.during == ()
