"""What holds for every test: no network but loopback, no keys, and nothing written outside a temporary folder."""

import gc
import os
import re
import signal
import socket
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile(
    "petri", deadline=None
)  # a busy machine is no fault; what hangs meets pytest's timeout
settings.load_profile("petri")

LOOPBACK = re.compile(r"^(127\.\d+\.\d+\.\d+|::1|localhost|)$")
SECRETS_AND_SETTINGS = re.compile(
    r"_API_KEY$|_TOKEN$|_BASE_URL$|^AWS_|^AZURE|^GOOGLE_|^INSPECT_|^PETRI_|^(HTTPS?|ALL|NO)_PROXY$|^GITHUB_STEP_SUMMARY$",
    re.IGNORECASE,
)
DEAD_PROXY = 9  # the discard port: nothing listens, so whatever goes through the proxy goes nowhere
ATTEMPTS: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    """Look through the installed packages once: Inspect does so in every run, since Petri is installed editable here.

    That takes longer than the rest of a small run. And hear interrupts: whoever starts the tests in the background of a
    shell has them ignore what many of them are about, as do all processes that they start.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    patch = pytest.MonkeyPatch()
    patch.setattr("importlib.metadata.packages_distributions", cache(packages_distributions))
    config.add_cleanup(patch.undo)


def pytest_collection_finish() -> None:
    """Let the collector pass over what stays anyway: tests and packages. It took a sixth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _refuse_unless_loopback(host: object, port: object = None) -> None:
    """Fails the test at once, with an outcome that no `except Exception` on the way can swallow."""
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if LOOPBACK.match(name) and port != DEAD_PROXY:
        return
    ATTEMPTS.append(name)
    pytest.fail(f"a test reached for the network: {name!r}; use the offline models or a loopback server")


@pytest.fixture(scope="session", autouse=True)
def locked_network() -> Iterator[None]:
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(client: socket.socket, address: Any) -> None:
        if client.family == socket.AF_UNIX:
            return
        try:
            _refuse_unless_loopback(*address[:2])
        except pytest.fail.Exception:
            client.close()  # whoever opened it expects an OSError, and would leak it
            raise

    def locked_connect(self: socket.socket, address: Any) -> None:
        check(self, address)
        connect(self, address)

    def locked_connect_ex(self: socket.socket, address: Any) -> int:
        check(self, address)
        return connect_ex(self, address)

    def locked_getaddrinfo(host: bytes | str | None, *args: Any, **kwargs: Any) -> Any:
        _refuse_unless_loopback(host)
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", locked_connect)
        patch.setattr(socket.socket, "connect_ex", locked_connect_ex)
        patch.setattr(socket, "getaddrinfo", locked_getaddrinfo)
        yield


@pytest.fixture(scope="session", autouse=True)
def bare_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No key, no setting and no cache of the person who runs the tests; child processes inherit it."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in filter(SECRETS_AND_SETTINGS.search, list(os.environ)):
            patch.delenv(name)
        for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(home / name.lower()))
        # The lock above ends at this process; a child that calls out meets a closed port.
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            patch.setenv(name, f"http://127.0.0.1:{DEAD_PROXY}")
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        # Nobody is trusted: each client would read all certificates of this machine, and loopback speaks no TLS.
        patch.setenv("SSL_CERT_DIR", str(tmp_path_factory.mktemp("certificates")))
        yield


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test works in an empty folder: what it writes by default lands there, and no `.env` is read by chance."""
    monkeypatch.chdir(tmp_path)
    ATTEMPTS.clear()
    yield
    assert not ATTEMPTS, f"the network was reached for, and the refusal was swallowed: {ATTEMPTS}"
