"""What a run finds out before its first audit: every fault at once, and nothing spent."""

import os
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from petri.display.base import Display
from petri.errors import UsageError
from petri.preflight import LEAST_FREE, folder_faults
from petri.runner import Order, run
from tests.clients.players import (
    CHAT,
    HOUSE,
    KEYS,
    MESSAGES,
    NAMES,
    READY,
    Player,
    auditor,
    is_preflight,
    judge,
    role_of,
    scenario_file,
)
from tests.loopback import Exchange, Reply, loopback_server

CLIENT: Final = {"auditor": HOUSE, "target": CHAT, "judge": MESSAGES}


class Listening(Display):
    """Keeps what it is told of the run."""

    def __init__(self) -> None:
        self.notices: list[str] = []

    def notice(self, text: str) -> None:
        self.notices.append(text)


def _by_role(**players: Player) -> Player:
    """Answer the small calls well, unless a player is given for a role; and play the audit."""
    usual: dict[str, Player] = {
        "auditor": auditor([("send_user_message", {"text": "Hi."})], [("end_audit", {"reason": "Said."})]),
        "target": lambda _: Reply("Good morning."),
        "judge": judge(),
    }

    def reply(exchange: Exchange) -> Reply:
        role = next(role for role, name in NAMES.items() if exchange.model.endswith(name))
        if is_preflight(exchange):
            return players.get(role, lambda _: READY)(exchange)
        return usual[role](exchange)

    return reply


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)


def _run(folder: Path, player: Player, audit: Mapping[str, object]) -> tuple[list[str], list[str]]:
    """Run one audit after a preflight, and give what was said of the run, and who was asked, in order."""
    display = Listening()
    with loopback_server(player) as server:
        models = {role: client.settings(role, server, max_retries=0) for role, client in CLIENT.items()}
        file = scenario_file(folder, models, audit=dict(audit))
        try:
            run(replace(Order([str(file)], folder / "out"), preflight=True), display)
        finally:
            display.notices.append(f"{len(server.exchanges)} calls")
    return display.notices, [exchange.model for exchange in server.exchanges]


@pytest.mark.parametrize("tools", ["simulated", "none"])
def test_each_model_is_called_once_before_the_first_audit(tools: str, tmp_path: Path) -> None:
    notices, asked = _run(tmp_path, _by_role(), {"tools": tools})
    assert notices[0] == "preflight: every model answered (3 small calls, at a price that is not known)"
    assert len(set(asked[:3])) == 3
    assert len(asked) == 7


NO_KEY: Final = Reply("Incorrect API key provided.", status=401)
NO_MODEL: Final = Reply("The model does not exist.", status=404)


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    player = _by_role(auditor=lambda _: NO_KEY, target=lambda _: NO_MODEL, judge=lambda _: NO_KEY)
    with pytest.raises(UsageError) as refused:
        _run(tmp_path, player, {})
    first, second, third = str(refused.value).splitlines()
    assert first.startswith("auth: auditor (openai-api/house/ada): ")
    assert first.endswith(
        "; check HOUSE_API_KEY in the environment or in .env, and whether it may use this model"
    )
    assert second.startswith("model_not_found: target (openai/gpt-4o-tom): ")
    assert third.startswith("auth: judge (anthropic/claude-sonnet-4-6-joy): ")
    assert not (tmp_path / "out").exists()


LASTING: Final = {
    "auth": (NO_KEY, "Incorrect API key provided"),
    "model_not_found": (NO_MODEL, "does not exist"),
    "quota": (Reply("You exceeded your current quota, please check your plan.", status=429), "current quota"),
    "forbidden": (Reply("Country not supported.", status=403), "Country not supported"),
}


@pytest.mark.parametrize("case", LASTING)
def test_what_cannot_pass_is_found_by_one_small_call_of_each_model(case: str, tmp_path: Path) -> None:
    reply, said = LASTING[case]
    display = Listening()
    with loopback_server(_by_role(target=lambda _: reply)) as server:
        models = {role: client.settings(role, server) for role, client in CLIENT.items()}
        file = scenario_file(tmp_path, models, audit={"epochs": 4})
        with pytest.raises(UsageError) as refused:
            run(replace(Order([str(file)], tmp_path / "out"), preflight=True), display)
        assert Counter(map(role_of, server.exchanges)) == dict.fromkeys(CLIENT, 1)
    kind = "auth" if case == "forbidden" else case
    assert str(refused.value).startswith(f"{kind}: target ({CHAT.name('target')}): ")
    assert said in str(refused.value)
    assert refused.value.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_model_that_talks_instead_of_calling_is_a_doubt_and_no_fault(tmp_path: Path) -> None:
    notices, asked = _run(tmp_path, _by_role(judge=lambda _: Reply("Hello!")), {})
    assert notices[1] == (
        "preflight: judge (anthropic/claude-sonnet-4-6-joy) was asked to call a tool, and did not; if it has no tools "
        "of its own, set tool_calling: text beside it"
    )
    assert len(asked) == 7


def test_what_shows_without_a_call_is_said_at_once_and_nobody_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    (tmp_path / "out").write_text("a file")
    models = {
        "auditor": "openai/gpt-5",
        "target": {"model": "anthropic/claude-opus-4-6"},
        "judge": "no-such-provider/some-model",
    }
    file = scenario_file(tmp_path, models, audit={"prefill": True})
    with pytest.raises(UsageError) as refused:
        run(Order([str(file)], tmp_path / "out"))
    said = str(refused.value).splitlines()
    assert len(said) == 4
    assert said[0].endswith(
        f"out: runs cannot be written there: {tmp_path / 'out'} is not a folder; name another with --out"
    )
    assert "OPENAI_API_KEY" in said[1]
    assert "no-such-provider" in said[2]
    assert "audit.prefill is true" in said[3]


def test_simulated_models_are_not_called(tmp_path: Path) -> None:
    display = Listening()
    file = scenario_file(tmp_path, {}, audit={"max_turns": 1})
    _, results = run(Order([str(file)], tmp_path / "out", offline=True, preflight=True), display)
    assert results.counts.valid == 1
    assert not any("preflight" in notice for notice in display.notices)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("runs/deep", None),
        ("", None),
        ("ein Ordner — 日本", None),
        ("file/runs", "is not a folder"),
        ("loop", "is a link that leads nowhere"),
        ("loop/runs", "is a link that leads nowhere"),
        ("x" * 300, "File name too long"),
    ],
    ids=["new", "there", "unicode", "below-a-file", "link-to-itself", "below-such-a-link", "long"],
)
def test_the_folder_for_runs(name: str, said: str | None, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    faults = list(folder_faults(tmp_path / name))
    assert (said is None) == (not faults)
    assert said is None or said in faults[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "may not be written to" in next(folder_faults(tmp_path / "runs"))


def test_a_disk_that_is_almost_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=LEAST_FREE - 1)

    def almost_full(_: Path) -> object:
        return usage

    monkeypatch.setattr(shutil, "disk_usage", almost_full)
    assert "199 MB are free on its disk, and a run needs 200 MB to begin" in next(folder_faults(tmp_path))
