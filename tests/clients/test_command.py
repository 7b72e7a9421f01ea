"""The `petri audit` command against real clients: keys from the environment or `.env`, and never on show."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from petri.cli.main import main
from tests.clients.leaks import files_with
from tests.clients.players import (
    CHAT,
    HOUSE,
    KEYS,
    MESSAGES,
    RESPONSES,
    auditor,
    ensemble,
    judge,
    librarian,
    role_of,
    scenario_file,
)
from tests.loopback import Exchange, LoopbackServer, Reply, loopback_server

PETRI = Path(sys.executable).with_name("petri")
PLAYERS = {
    "auditor": auditor(
        [("send_user_message", {"text": "Is Emma in?"})], [("end_audit", {"reason": "It is."})]
    ),
    "target": librarian,
    "judge": judge(),
}
MIXED = {"auditor": MESSAGES, "target": RESPONSES, "judge": HOUSE}


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str


Petri = Callable[..., Ended]


@pytest.fixture
def petri(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Petri:
    """Run a command in this process, with this environment on top of the bare one."""
    for name in KEYS:  # what is read from `.env` is forgotten with the rest
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)

    def run(*arguments: str, env: Mapping[str, str]) -> Ended:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        code = main(arguments)
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return run


def installed(*arguments: str) -> Ended:
    """Run the installed command."""
    ran = subprocess.run(
        [PETRI, *arguments], capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )
    return Ended(ran.returncode, ran.stdout, ran.stderr)


def mixed_file(folder: Path, server: LoopbackServer) -> Path:
    return scenario_file(folder, {role: client.settings(role, server) for role, client in MIXED.items()})


def assert_no_key(folder: Path, done: Ended) -> None:
    """No key in the run's files or in what was printed."""
    (run,) = (folder / "transcripts").iterdir()
    for key in KEYS.values():
        assert files_with(key, run) == []
        assert key not in done.out + done.err


def dotenv(folder: Path, names: list[str]) -> None:
    lines = [f'{name}="{KEYS[name]}"' for name in names]
    (folder / ".env").write_text("\n".join(lines), encoding="utf-8")


def test_an_audit_with_keys_in_dotenv(tmp_path: Path) -> None:
    dotenv(tmp_path, list(KEYS))
    with loopback_server(ensemble(**PLAYERS)) as server:
        file = mixed_file(tmp_path, server)
        done = installed("audit", file.name, "--json")
        assert done.code == 0, done.err
        assert server.violations == ()
        wires = [(role_of(exchange), exchange.wire) for exchange in server.exchanges]
        sent = [exchange.headers["authorization"].removeprefix("Bearer ") for exchange in server.exchanges]
    small, audit = wires[:3], wires[3:]
    assert sorted(small) == [("auditor", "messages"), ("judge", "chat"), ("target", "responses")]
    assert audit == [
        ("auditor", "messages"),
        ("target", "responses"),
        ("auditor", "messages"),
        ("judge", "chat"),
    ]
    assert sent == [KEYS[MIXED[role].key] for role, _ in wires]
    events = [json.loads(line) for line in done.out.splitlines()]
    assert [event["event"] for event in events] == ["notice", "started", "audit", "finished"]
    assert events[-1]["counts"]["valid"] == 1
    assert_no_key(tmp_path, done)


def test_models_named_by_flags_need_no_file_of_models(petri: Petri, tmp_path: Path) -> None:
    with loopback_server(ensemble(**PLAYERS)) as server:
        file = scenario_file(tmp_path, {})
        flags = (
            "--auditor",
            CHAT.name("auditor"),
            "--target",
            MESSAGES.name("target"),
            "--judge",
            CHAT.name("judge"),
        )
        urls = {"OPENAI_BASE_URL": server.openai_url, "ANTHROPIC_BASE_URL": server.anthropic_url}
        done = petri("audit", file.name, *flags, env=KEYS | urls)
        assert done.code == 0, done.err
        assert server.violations == ()
        assert len(server.exchanges) == 3 + 4
    assert "1 planned = 1 valid" in done.err
    assert done.out == ""
    assert_no_key(tmp_path, done)


def test_a_missing_key_is_one_line_and_nothing_is_spent(petri: Petri, tmp_path: Path) -> None:
    dotenv(tmp_path, ["ANTHROPIC_API_KEY", "OPENAI_API_KEY"])
    with loopback_server(ensemble(**PLAYERS)) as server:
        done = petri("audit", mixed_file(tmp_path, server).name, env={})
        assert server.exchanges == ()
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert line.startswith("petri: judge openai-api/house/joy: ")
    assert "HOUSE_API_KEY" in line
    assert done.out == ""
    assert not (tmp_path / "transcripts").exists()


@pytest.mark.parametrize(("flags", "code"), [([], 2), (["--no-preflight"], 3)], ids=["preflight", "without"])
def test_a_refused_key_is_named_by_role_and_model_and_never_shown(
    petri: Petri, tmp_path: Path, flags: list[str], code: int
) -> None:
    key = KEYS[RESPONSES.key]
    others = ensemble(**PLAYERS)

    def player(exchange: Exchange) -> Reply:
        refused = Reply(f"Incorrect API key provided: {key}", status=401)
        return refused if role_of(exchange) == "target" else others(exchange)

    with loopback_server(player) as server:
        done = petri("audit", mixed_file(tmp_path, server).name, *flags, env=KEYS)
    assert done.code == code
    assert "auth: target (openai/gpt-4.1-tom): " in " ".join(done.err.split())
    assert key not in done.out + done.err
