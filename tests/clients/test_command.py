"""The `petri audit` command against real clients: keys from the environment or `.env`, and never on show."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

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


def petri(*arguments: str, folder: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with this environment on top of the bare one."""
    return subprocess.run(
        [PETRI, *arguments],
        cwd=folder,
        env=os.environ | env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def mixed_file(folder: Path, server: LoopbackServer) -> Path:
    return scenario_file(folder, {role: client.settings(role, server) for role, client in MIXED.items()})


def assert_no_key(folder: Path, done: subprocess.CompletedProcess[str]) -> None:
    """No key in the run's files or in what was printed."""
    (run,) = (folder / "transcripts").iterdir()
    for key in KEYS.values():
        assert files_with(key, run) == []
        assert key not in done.stdout + done.stderr


def dotenv(folder: Path, names: list[str]) -> None:
    lines = [f'{name}="{KEYS[name]}"' for name in names]
    (folder / ".env").write_text("\n".join(lines), encoding="utf-8")


def test_an_audit_with_keys_in_dotenv(tmp_path: Path) -> None:
    dotenv(tmp_path, list(KEYS))
    with loopback_server(ensemble(**PLAYERS)) as server:
        file = mixed_file(tmp_path, server)
        done = petri("audit", file.name, "--json", folder=tmp_path, env={})
        assert done.returncode == 0, done.stderr
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
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events] == ["notice", "started", "audit", "finished"]
    assert events[-1]["counts"]["valid"] == 1
    assert_no_key(tmp_path, done)


def test_models_named_by_flags_need_no_file_of_models(tmp_path: Path) -> None:
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
        done = petri("audit", file.name, *flags, folder=tmp_path, env=KEYS | urls)
        assert done.returncode == 0, done.stderr
        assert server.violations == ()
        assert len(server.exchanges) == 3 + 4
    assert "1 planned = 1 valid" in done.stderr
    assert done.stdout == ""
    assert_no_key(tmp_path, done)


def test_a_missing_key_is_one_line_and_nothing_is_spent(tmp_path: Path) -> None:
    dotenv(tmp_path, ["ANTHROPIC_API_KEY", "OPENAI_API_KEY"])
    with loopback_server(ensemble(**PLAYERS)) as server:
        done = petri("audit", mixed_file(tmp_path, server).name, folder=tmp_path, env={})
        assert server.exchanges == ()
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("petri: judge openai-api/house/joy: ")
    assert "HOUSE_API_KEY" in line
    assert done.stdout == ""
    assert not (tmp_path / "transcripts").exists()


@pytest.mark.parametrize(("flags", "code"), [([], 2), (["--no-preflight"], 3)], ids=["preflight", "without"])
def test_a_refused_key_is_named_by_role_and_model_and_never_shown(
    tmp_path: Path, flags: list[str], code: int
) -> None:
    key = KEYS[RESPONSES.key]
    others = ensemble(**PLAYERS)

    def player(exchange: Exchange) -> Reply:
        refused = Reply(f"Incorrect API key provided: {key}", status=401)
        return refused if role_of(exchange) == "target" else others(exchange)

    with loopback_server(player) as server:
        done = petri("audit", mixed_file(tmp_path, server).name, *flags, folder=tmp_path, env=KEYS)
    assert done.returncode == code
    assert "auth: target (openai/gpt-4.1-tom): " in " ".join(done.stderr.split())
    assert key not in done.stdout + done.stderr
