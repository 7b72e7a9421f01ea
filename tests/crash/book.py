"""The server that plays every model, and its own record of what it was asked: the one that nobody else writes."""

import json
import random
import re
import time
from collections.abc import Sequence
from threading import Lock
from typing import Final

from tests.clients.players import SPENT, replies_so_far, role_of, verdict
from tests.loopback import Exchange, Reply

_CASE: Final = re.compile(r"case-\d+")

Call = tuple[str, str, int]
"""Audit, role, and how often the role had spoken before."""


class Book:
    """What the server was asked, in order."""

    def __init__(self, turns: int, latency: float, seed: int) -> None:
        """Let each audit have so many turns; a reply takes up to ``latency`` seconds."""
        self.turns = turns
        self._latency = latency
        self._chance = random.Random(seed)
        self._calls: list[Call] = []
        self._lock = Lock()

    def calls(self) -> Sequence[Call]:
        """Every call so far."""
        with self._lock:
            return list(self._calls)

    def reply(self, exchange: Exchange) -> Reply:
        """Play every role of every audit; a call is noted before anybody else hears of it."""
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
