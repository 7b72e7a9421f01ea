"""The machine: versions, folders and disk, ports, the terminal, and settings in the environment that may surprise."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final, TextIO

from petri.costs.prices import table_source
from petri.diagnosis.finding import Finding

SDKS: Final[Mapping[str, str]] = {
    "anthropic": "anthropic",
    "openai": "openai",
    "google": "google.genai",
    "mistral": "mistralai",
    "groq": "groq",
    "bedrock": "aioboto3",
    "azureai": "azure.ai.inference",
}
"""Packages by the providers of Inspect that need them."""

_LITTLE: Final = 2 << 30
_LEAST: Final = 200 << 20
_NARROW: Final = 80
_PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_OURS: Final = frozenset({"INSPECT_TRACE_LEVEL"})
"""What a run sets itself."""


def machine(out: Path, stream: TextIO) -> Iterator[Finding]:
    """Yield what there is to say; ``out`` is where runs go, ``stream`` where people read."""
    yield from _versions()
    yield Finding("prices", "ok", table_source())
    yield from _folders(out)
    yield _port()
    yield from _terminal(stream)
    yield from _settings()


def _versions() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    said = f"petri {version('petri')}, inspect-ai {version('inspect_ai')}, Python {python}"
    yield Finding("versions", "ok", said)
    there = {provider: _importable(package) for provider, package in SDKS.items()}
    missing = [provider for provider, found in there.items() if not found]
    named = ", ".join(provider for provider, found in there.items() if found) or "none"
    yield Finding("SDKs", "ok", f"importable: {named}; not installed: {', '.join(missing) or 'none'}")


def _importable(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # of the package around it
        return False


def _folders(out: Path) -> Iterator[Finding]:
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    places = {"runs": out, "Inspect's data": data, "temporary files": Path(tempfile.gettempdir())}
    for what, folder in places.items():
        there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
            remedy = "name another with --out or PETRI_OUT" if what == "runs" else "make it writable"
            yield Finding("folders", "problem", f"{what}: {folder} cannot be written", remedy)
            continue
        free = shutil.disk_usage(there).free
        said = f"{what}: {folder}, {free / (1 << 30):.1f} GiB free"
        status = "problem" if free < _LEAST else "warning" if free < _LITTLE else "ok"
        yield Finding("folders", status, said, "" if status == "ok" else "make room: a full disk ends a run")


def _port() -> Finding:
    try:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
    except OSError as error:
        said = f"no port of 127.0.0.1 can be opened: {error.strerror or error}"
        return Finding("ports", "problem", said, "allow it; the viewer and agents under audit need one")
    return Finding("ports", "ok", "ports of 127.0.0.1 can be opened")


def _terminal(stream: TextIO) -> Iterator[Finding]:
    encoding = (stream.encoding or "unknown").lower()
    if not stream.isatty():
        yield Finding("terminal", "ok", f"none: output is plain lines, in {encoding}")
    else:
        width = shutil.get_terminal_size().columns
        colour = "no colour (NO_COLOR)" if os.environ.get("NO_COLOR") else "colour"
        narrow = width < _NARROW
        said = f"{width} columns, {colour}, {encoding}"
        remedy = f"make it {_NARROW} wide or more" if narrow else ""
        yield Finding("terminal", "warning" if narrow else "ok", said, remedy)
    if encoding.replace("-", "") != "utf8":
        remedy = "set PYTHONUTF8=1, or a locale such as C.UTF-8"
        yield Finding("terminal", "warning", f"the encoding is {encoding}: quotes are shown escaped", remedy)


def _settings() -> Iterator[Finding]:
    """Yield the settings of Inspect that are in force for every run, and proxies, by name alone: values may be keys."""
    names = sorted(name for name in os.environ if name.startswith("INSPECT_") and name not in _OURS)
    if names:
        said = f"set in the environment: {', '.join(names)}"
        yield Finding("Inspect", "warning", said, "unset them, unless they are meant for audits too")
    else:
        yield Finding("Inspect", "ok", "no setting of Inspect's in the environment")
    if proxies := [name for name in _PROXIES if os.environ.get(name) or os.environ.get(name.lower())]:
        yield Finding("network", "ok", f"goes through a proxy: {', '.join(proxies)}")
