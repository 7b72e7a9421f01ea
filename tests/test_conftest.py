"""The lock on the network holds: also for code that swallows errors, for asyncio, and for child processes."""

import asyncio
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ATTEMPTS

OUTSIDE = "192.0.2.1"  # reserved for documentation (RFC 5737): nobody answers there


def connect() -> None:
    socket.create_connection((OUTSIDE, 80))


def connect_ex() -> None:
    with socket.socket() as client:
        client.connect_ex((OUTSIDE, 80))


def resolve() -> None:
    socket.getaddrinfo("example.com", 443)


def open_asyncio() -> None:
    asyncio.run(asyncio.wait_for(asyncio.open_connection("example.com", 443), timeout=5))


def open_url() -> None:
    urllib.request.urlopen("https://example.com/", timeout=5)


def swallow() -> None:
    try:
        connect()
    except Exception:  # noqa: BLE001 - the point of the test
        return


@pytest.mark.parametrize("reach_out", [connect, connect_ex, resolve, open_asyncio, open_url, swallow])
def test_reaching_out_fails_the_test(reach_out: Callable[[], None]) -> None:
    with pytest.raises(pytest.fail.Exception, match="a test reached for the network"):
        reach_out()
    assert ATTEMPTS
    ATTEMPTS.clear()


def test_loopback_is_open() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_a_child_process_cannot_call_out() -> None:
    code = "import urllib.request; urllib.request.urlopen('http://192.0.2.1/', timeout=5)"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Connection refused" in child.stderr


def test_proxies_leave_loopback_alone() -> None:
    assert urllib.request.proxy_bypass("127.0.0.1")


def test_each_test_has_an_empty_folder(tmp_path: Path) -> None:
    assert Path.cwd() == tmp_path
    assert list(tmp_path.iterdir()) == []
