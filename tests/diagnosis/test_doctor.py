"""`petri doctor`: each thing it looks at, well and ill; no key's value is ever shown, and nothing is sent unasked."""

import json
import os
import socket
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest

from petri.cli.main import main
from petri.diagnosis.finding import Finding
from petri.diagnosis.machine import machine
from petri.diagnosis.models import keys, models
from petri.order import Order
from tests.clients.players import HOUSE, KEYS
from tests.loopback import Exchange, LoopbackServer, Reply, loopback_server

SECRET: Final = "correct-horse-battery"
READY: Final = Reply(tool_calls=(("ready", {"ok": True}),))


def said(findings: list[Finding], area: str) -> list[tuple[str, str]]:
    return [(one.status, one.said) for one in findings if one.area == area]


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def looked(out: Path = Path("transcripts"), stream: Any = None) -> list[Finding]:
    return list(machine(out, stream or StringIO()))


def scenario(**models_: object) -> Order:
    content = {"petri": 1, "name": "s", "models": models_, "seed": "See."}
    Path("s.yaml").write_text(json.dumps(content), encoding="utf-8")
    return Order(["s.yaml"], Path("transcripts"))


def test_a_healthy_machine_has_no_problem(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    for area in ("versions: petri ", "SDKs: importable: anthropic, openai", "prices: price table", "ports: "):
        assert f"ok       {area}" in out
    assert "0 problems" in out


@pytest.mark.parametrize(
    ("columns", "encoding", "found"),
    [
        ("120", "utf-8", [("ok", "120 columns, colour, utf-8")]),
        ("60", "utf-8", [("warning", "60 columns, colour, utf-8")]),
        (
            "80",
            "ascii",
            [
                ("ok", "80 columns, colour, ascii"),
                ("warning", "the encoding is ascii: quotes are shown escaped"),
            ],
        ),
    ],
)
def test_the_terminal(
    columns: str, encoding: str, found: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Shown(Terminal):
        @property
        def encoding(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] -- as a terminal's
            return encoding

    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert said(looked(stream=Shown()), "terminal") == found


def test_no_colour_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "no colour (NO_COLOR)" in said(looked(stream=Terminal()), "terminal")[0][1]


def test_a_folder_that_is_a_file_is_a_problem() -> None:
    Path("taken").write_text("")
    found = [one for one in looked(Path("taken/runs")) if one.area == "folders"]
    assert (found[0].status, found[0].remedy) == ("problem", "name another with --out or PETRI_OUT")
    assert [one.status for one in found[1:]] == ["ok", "ok"]


def test_settings_of_inspect_and_proxies_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_EVAL_MODEL", SECRET)
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{SECRET}@proxy:1")
    found = looked()
    assert said(found, "Inspect") == [("warning", "set in the environment: INSPECT_EVAL_MODEL")]
    assert "HTTPS_PROXY" in said(found, "network")[0][1]
    assert SECRET not in repr(found)


def test_keys_are_named_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", SECRET)
    monkeypatch.setenv("OPENAI_API_KEY", " ")
    Path(".env").write_text(f"GROQ_API_KEY={SECRET}-too\n")
    Path(".env").chmod(0o644)
    monkeypatch.setenv("GROQ_API_KEY", "")
    monkeypatch.delenv("GROQ_API_KEY")
    try:
        assert main(["doctor", "--json"]) == 0
    finally:
        os.environ.pop("GROQ_API_KEY", None)
    out = capsys.readouterr().out
    findings = [one for one in json.loads(out)["findings"] if one["area"] == "keys"]
    assert [(one["status"], one["said"]) for one in findings] == [
        ("ok", "set: ANTHROPIC_API_KEY, GROQ_API_KEY"),
        ("warning", "set, and empty: OPENAI_API_KEY"),
        ("warning", ".env is read, and other users of this machine can read it too"),
    ]
    assert SECRET not in out


def test_no_key_at_all() -> None:
    Path(".env").write_text("")
    Path(".env").chmod(0o600)
    assert [(one.status, one.said) for one in keys()] == [
        ("warning", "no provider's key is set; only --offline works"),
        ("ok", ".env is read"),
    ]


@pytest.mark.parametrize(
    ("target", "status", "words"),
    [
        ("petri-offline/honest", "ok", "can be made"),
        ("anthropic/claude-x", "problem", "ANTHROPIC_API_KEY"),
        ("nowhere/model", "problem", "nowhere"),
        ("hf/some/model", "ok", "is loaded on this machine"),
        ("no_such_module:bot", "problem", "no_such_module"),
        ({"model": "openai-api/house/x", "base_url": "house:1"}, "problem", "is no address"),
        ({"model": "openai-api/house/x", "base_url": "http://h:x/v1"}, "problem", "is no address: "),
        ({"model": "petri-offline/honest", "base_url": "https://far.example/v1"}, "ok", "can be made"),
    ],
)
def test_a_model(target: object, status: str, words: str) -> None:
    order = scenario(auditor="petri-offline/auditor", target=target, judge="petri-offline/judge")
    first, auditor, found, judge = models(order, connect=False)
    assert (first.said, auditor.status, judge.status) == ("1 read, 1 audits planned", "ok", "ok")
    assert found.status == status
    assert words in found.said
    assert bool(found.remedy) == (status == "problem")


def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        monkeypatch.setenv("HOUSE_API_KEY", SECRET)
        target = {"model": "openai-api/house/x", "base_url": url}
        order = scenario(auditor="petri-offline/auditor", target=target, judge="petri-offline/judge")
        (found,) = [one for one in models(order, connect=False) if one.status == "problem"]
    assert "cannot be reached" in found.said


def test_a_file_with_faults_is_a_problem(capsys: pytest.CaptureFixture[str]) -> None:
    Path("s.yaml").write_text("petri: 1\nname: s\n")
    assert main(["doctor", "s.yaml"]) == 3
    assert "problem  files: s.yaml:" in capsys.readouterr().out


def test_a_file_without_models_is_well_offline() -> None:
    Path("s.yaml").write_text("petri: 1\nname: s\nseed: See.\n")
    assert main(["doctor", "s.yaml"]) == 3
    assert main(["doctor", "s.yaml", "--offline", "--no-judge"]) == 0


def asked(server: LoopbackServer, *, connect: bool = True, **more: object) -> list[Finding]:
    named = {
        role: HOUSE.settings(role, server, max_retries=0, **more) for role in ("auditor", "target", "judge")
    }
    return [one for one in models(scenario(**named), connect=connect) if one.area == "models"]


@pytest.mark.parametrize(
    ("reply", "statuses", "words"),
    [
        (READY, ["ok", "ok", "ok"], "answers"),
        (Reply("Hello."), ["warning", "ok", "warning"], "answers"),
        (
            Reply(f"Wrong key {KEYS['HOUSE_API_KEY']}", status=401),
            ["problem"] * 3,
            "Wrong key [removed] [auth]",
        ),
    ],
    ids=["tools", "no tools", "a wrong key"],
)
def test_connecting(reply: Reply, statuses: list[str], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)

    def player(_: Exchange) -> Reply:
        return reply

    with loopback_server(player) as server:
        unasked = asked(server, connect=False)
        assert server.exchanges == ()
        findings = asked(server)
        assert len(server.exchanges) == 3
    assert [one.status for one in unasked] == ["ok", "ok", "ok"]
    assert [one.status for one in findings] == statuses
    assert all(words in one.said for one in findings)
