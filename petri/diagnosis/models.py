"""Keys and models: which keys are set (names alone), and whether each model of a file can be made, and answers."""

import asyncio
import os
import re
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from inspect_ai.model import Model

from petri.boundary import Failure, guarded
from petri.diagnosis.finding import Finding
from petri.errors import PetriError, UsageError
from petri.order import Order, Settled, settle
from petri.protocol.probe import supports_tools
from petri.roles import as_choices, as_settings, is_ours, make_model, target_label
from petri.scenario.schema import ROLES
from petri.scenario.schema import Model as Choice

_KEY: Final = re.compile(r"_API_KEY$|^AWS_ACCESS_KEY_ID$|^GOOGLE_APPLICATION_CREDENTIALS$|^HF_TOKEN$")
_HERE: Final = frozenset(
    {"hf", "vllm", "vllm-completions", "sglang", "transformer_lens", "nnterp", "llama-cpp-python"}
)
"""Providers of Inspect that load a model or start a server when one is made; that is left to the run."""
_PATIENCE: Final = 3.0
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}


def keys() -> Iterator[Finding]:
    """Yield which keys are set, by name; never their values."""
    found = sorted(name for name, value in os.environ.items() if _KEY.search(name) and value.strip())
    empty = sorted(name for name, value in os.environ.items() if _KEY.search(name) and not value.strip())
    if found:
        yield Finding("keys", "ok", f"set: {', '.join(found)}")
    else:
        remedy = "set the one of your provider, such as ANTHROPIC_API_KEY, or write it into .env"
        yield Finding("keys", "warning", "no provider's key is set; only --offline works", remedy)
    if empty:
        yield Finding("keys", "warning", f"set, and empty: {', '.join(empty)}", "fill them in, or unset them")
    file = Path(".env")
    if file.is_file():
        open_ = os.name == "posix" and file.stat().st_mode & 0o077
        said = ".env is read" + (", and other users of this machine can read it too" if open_ else "")
        yield Finding("keys", "warning" if open_ else "ok", said, "chmod 600 .env" if open_ else "")


def models(order: Order, *, connect: bool) -> Iterator[Finding]:
    """Yield what can be said of the models that an order names; with ``connect`` each is asked for one tiny call."""
    try:
        settled = settle(order)
    except PetriError as error:
        yield from (Finding("files", "problem", line) for line in str(error).splitlines())
        return
    yield Finding("files", "ok", f"{len(settled.files)} read, {len(settled.jobs)} audits planned")
    for role, choice, file in _named(settled, judged=order.judge):
        yield from _model(role, choice, file, connect=connect)


def _named(settled: Settled, *, judged: bool) -> Iterator[tuple[str, Choice, str]]:
    """Yield each role's models once, with the file that names them first."""
    seen: set[tuple[str, str]] = set()
    for file in settled.files:
        for role in ROLES:
            for choice in as_choices(getattr(file.spec.models, role)) if judged or role != "judge" else ():
                if (role, target_label(choice)) not in seen:
                    seen.add((role, target_label(choice)))
                    yield role, choice, file.path


def _model(role: str, choice: Choice, file: str, *, connect: bool) -> Iterator[Finding]:
    name = f"{role} {target_label(choice)} ({file})"
    settings = as_settings(choice)
    unreachable = _unreachable(settings.base_url, connect=connect)
    if unreachable is not None:
        remedy = "start the server, or mend base_url"
        yield Finding("models", "problem", f"{name}: {unreachable}", remedy)
        return
    if settings.model.split("/")[0] in _HERE and settings.base_url is None:
        yield Finding("models", "ok", f"{name}: is loaded on this machine; whether it can be is not tried")
        return
    try:
        made = make_model(choice, role)
    except UsageError as error:
        remedy = "set its key, install its package, or mend the name; petri audit would stop here"
        yield Finding("models", "problem", f"{error} ({file})", remedy)
        return
    if is_ours(settings):
        yield Finding("models", "ok", f"{name}: can be made")
        return
    if not connect:
        yield Finding("models", "ok", f"{name}: can be made; --connect asks it for one tiny call")
        return
    yield _answer(made, role, name, needs_tools=settings.tool_calling == "native" and role != "target")


def _answer(model: Model, role: str, name: str, *, needs_tools: bool) -> Finding:
    """Say whether a model answers, by the call that finds out whether it takes tools."""
    found = asyncio.run(guarded(supports_tools(model), f"{role} ({model})"))
    if isinstance(found, Failure):
        return Finding("models", "problem", f"{found.message} [{found.kind}]", "mend this first")
    if found or not needs_tools:
        return Finding("models", "ok", f"{name}: answers{'' if found else ', without tools'}")
    remedy = "set tool_calling: text beside it, if it is meant"
    return Finding("models", "warning", f"{name}: answers, and made no tool call when asked to", remedy)


def _unreachable(url: str | None, *, connect: bool) -> str | None:
    """Say why the server of a ``base_url`` cannot be reached; only one on this machine is tried without ``connect``."""
    if url is None:
        return None
    parts = urlsplit(url)
    try:
        place = (parts.hostname, parts.port or _PORTS.get(parts.scheme))
    except ValueError as error:
        return f"base_url {url!r} is no address: {error}"
    host, port = place
    if host is None or port is None:
        return f"base_url {url!r} is no address; write http://HOST:PORT/v1"
    if not connect and host not in _LOOPBACK:
        return None
    try:
        socket.create_connection((host, port), timeout=_PATIENCE).close()
    except OSError as error:
        return f"{host}:{port} cannot be reached: {error.strerror or error}"
    return None
