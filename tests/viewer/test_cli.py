"""`petri view` as a process: its one line, its end, what it loads, and that it calls nobody."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from petri.cli.main import main
from petri.datafiles import golden_folder
from petri.transcript.folders import Run
from petri.transcript.locking import locked

URL = re.compile(r"http://127\.0\.0\.1:(\d+)/#token=([A-Za-z0-9_-]{43})\n")
OWN = "a-token-of-some-length"
NOTED = """
import os, sys

def note(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
        told = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
        host = told[0] if isinstance(told, tuple) else told
        if host not in {None, "", "127.0.0.1", "::1", "localhost"}:
            with open(os.environ["CALLS"], "a") as file:
                print(event, host, file=file)
            raise OSError("blocked")

sys.addaudithook(note)
"""
"""What Python runs at its start, in the reader's process as well: calls to elsewhere are noted, and fail."""


class Visitor:
    """Whoever has the address."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers: dict[str, str] = {}

    def enter(self) -> None:
        status, _ = self.send("POST", "/api/session", {"token": self.token})
        assert status == 200

    def send(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        form = {"Content-Type": "application/json", "X-Petri": "1"} if method != "GET" else {}
        data = None if body is None else json.dumps(body)
        self.client.request(method, path, data, self.headers | form)
        answer = self.client.getresponse()
        if cookie := answer.headers["set-cookie"]:
            self.headers = {"Cookie": str(cookie).partition(";")[0]}
        return answer.status, json.loads(answer.read())

    def get(self, path: str) -> Any:
        status, data = self.send("GET", path)
        assert status == 200, (path, data)
        return data


class Started(Visitor):
    """A `petri view` of its own process that has printed its address."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        found = URL.fullmatch(line)
        assert found, (line, process.communicate(timeout=20))
        super().__init__(int(found[1]), found[2])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def served_here(visit: Callable[[Visitor], None], *args: str) -> int:
    """Serve in this process while somebody visits, who ends it as Ctrl-C does; give the exit code."""
    port = free_port()
    faults: list[BaseException] = []

    def come_and_go() -> None:
        visitor = Visitor(port, OWN)
        try:
            until = time.monotonic() + 60
            while not is_open(port) and time.monotonic() < until:
                time.sleep(0.05)
            visitor.enter()
            visit(visitor)
        except BaseException as error:  # noqa: BLE001 -- told in the main thread
            faults.append(error)
        finally:
            visitor.client.close()
            os.kill(os.getpid(), signal.SIGINT)

    guest = threading.Thread(target=come_and_go)
    guest.start()
    try:
        return main(["view", *args, "--port", str(port), "--token", OWN])
    finally:
        guest.join(60)
        if faults:
            raise faults[0]


@contextmanager
def view(*args: str, env: Mapping[str, str] | None = None) -> Generator[Started]:
    with subprocess.Popen(
        [sys.executable, "-m", "petri", "view", *args, "--port", "0", "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    ) as process:
        try:
            started = Started(process)
            yield started
            started.client.close()
        finally:
            if process.poll() is None:
                process.terminate()
            process.communicate(timeout=60)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return Path(shutil.copytree(golden_folder() / "run", tmp_path / "transcripts" / "run"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_serves_until_a_signal_and_frees_its_port(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "transcripts").mkdir()
    with view() as started:
        held = socket.create_connection(("127.0.0.1", started.port), timeout=20)
        started.process.send_signal(number)
        said, told = started.process.communicate(timeout=60)
        held.close()
        assert (started.process.returncode, said) == (0, "")
        assert told == "petri: transcripts is served until Ctrl-C\n"
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", started.port))


def test_nothing_heavy_is_loaded_to_serve() -> None:
    heavy = ["inspect_ai", "openai", "anthropic", "numpy", "scipy", "rich", "pandas"]
    code = f"import sys, petri.cli.view; print([name for name in {heavy} if name in sys.modules])"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout == "[]\n"


def test_it_calls_nobody(run: Path, tmp_path: Path) -> None:
    """Every address of a run is looked at; neither the server nor the process that reads opens a connection."""
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(NOTED, encoding="utf-8")
    env = {"PYTHONPATH": str(tmp_path / "hook"), "CALLS": str(tmp_path / "calls")}
    probe = "import socket; socket.create_connection(('192.0.2.1', 80))"
    tried = subprocess.run(
        [sys.executable, "-c", probe], env={**os.environ, **env}, capture_output=True, check=False
    )
    assert tried.returncode == 1
    assert (tmp_path / "calls").read_text(encoding="utf-8").startswith("socket.")
    (tmp_path / "calls").unlink()
    with view(str(run), env=env) as started:
        started.enter()
        (row,) = started.get("/api/runs")["runs"]
        assert row["id"] == "run"
        started.get(f"/api/runs/{row['key']}")
        listed = started.get(f"/api/audits?run={row['key']}")["audits"]
        assert len(listed) == 25
        for part in ("", "/reading", "/raw"):
            started.get(f"/api/transcripts/{row['key']}/{listed[0]['key']}{part}")
        started.get("/api/search?q=water")
        started.get(f"/api/compare?left={row['key']}&right={row['key']}")
    assert not (tmp_path / "calls").exists()


def test_a_run_is_annotated_through_the_door(run: Path) -> None:
    def annotate(visitor: Visitor) -> None:
        about = visitor.get("/api/about")
        assert (about["mode"], about["title"]) == ("annotate", "reader-1")  # a run's name may tell its target
        assert visitor.send("GET", "/api/runs")[0] == 404
        key = visitor.get("/api/annotate/session")["queue"][0]
        address, drafts = f"/api/annotate/items/{key}", f"/api/annotate/drafts/{key}"
        assert visitor.get(address)["messages"]
        draft: dict[str, Any] = {"key": key, "triage": None, "labels": {}, "note": "half", "seconds": 1}
        assert visitor.send("PUT", drafts, draft) == (200, {"saved": True})
        assert visitor.get(drafts)["note"] == "half"
        assert visitor.send("POST", f"{address}/reveal", {})[0] == 403
        given = draft | {"triage": "clean"}
        assert visitor.send("POST", address, given | {"triage": "?"})[0] == 400
        assert visitor.send("POST", address, given) == (200, {"saved": True})
        status, shown = visitor.send("POST", f"{address}/reveal", {})
        assert (status, shown["target"], shown["own"]["note"]) == (200, None, "half")
        assert visitor.get("/api/annotate/session")["done"] == [key]
        assert visitor.send("GET", f"/api/annotate/items/{'0' * 24}")[0] == 404

    assert served_here(annotate, str(run), "--annotate", "--annotator", "reader-1", "--no-browser") == 0
    assert [path.name for path in (run / "annotations").glob("*.jsonl")] == ["reader-1.jsonl"]


def test_a_run_that_is_being_written_is_not_annotated(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with locked(Run(run)):
        assert main(["view", str(run), "--annotate", "--annotator", "jo", "--no-browser", "--port", "0"]) == 2
    assert capsys.readouterr() == (
        "",
        "petri: run is being written: its queue would be another tomorrow; annotate it when it has ended\n",
    )


def test_a_damaged_run_is_told_without_its_path(run: Path) -> None:
    min(run.glob("*.eval")).write_bytes(b"PK\x03\x04 and no more")

    def look(visitor: Visitor) -> None:
        status, said = visitor.send("GET", "/api/annotate/session")
        assert status == 503
        assert said["problem"].startswith("petri-offline-deceiver.eval: ")
        assert str(run.parent) not in said["problem"]

    assert served_here(look, str(run), "--annotate", "--annotator", "reader-1", "--no-browser") == 0


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["nothing"], 2, "no run 'nothing'"),
        ([], 2, "there is no folder transcripts/ of runs"),
        (["https://example.org/x.eval"], 2, "no local file"),
        (["run", "--host", "192.0.2.1"], 2, "others can reach that address"),
        (["run", "--host", "0.0.0.0"], 2, "every address"),
        (["run", "--host", "0.0.0.0", "--token", OWN], 2, "every address"),
        (["run", "--host", "192.0.2.1", "--token", OWN], 2, "port 0: Cannot assign requested address"),
        (["run", "--token", "short"], 2, "16 letters"),
        (["run", "--port", "70000"], 2, "65535"),
        (["--annotate"], 2, "needs a run"),
        (["run", "--annotate"], 2, "--annotator NAME"),
        (["run", "--annotator", "x"], 2, "are for --annotate"),
        (["run", "--mode", "random"], 2, "are for --annotate"),
        (["run", "--annotate", "--annotator", "../x"], 2, "names no annotator"),
        (["run", "--annotate", "--annotator", "Jo"], 2, "names no annotator"),
        (["run", "--annotate", "--annotator", "a.draft"], 2, "names no annotator"),
        (["run", "--annotate", "--annotator", ""], 2, "names no annotator"),
        (["run", "--annotate", "--annotator", "x" * 33], 2, "names no annotator"),
        (["run", "--annotate", "--annotator", "jo\n"], 2, "names no annotator"),
        (["empty", "--annotate", "--annotator", "jo"], 2, "is no run"),
        (["run", "--annotate", "--annotator", "jo", "--mode", "best"], 2, "best"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], args: list[str], code: int, said: str
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "run" / "a.eval").write_bytes(b"")
    ports = [] if "--port" in args else ["--port", "0"]
    assert main(["view", *args, *ports, "--no-browser"]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in " ".join(captured.err.split())


def test_a_log_on_its_own_can_be_looked_at(run: Path) -> None:
    log = min(run.glob("*.eval"))

    def look(visitor: Visitor) -> None:
        assert visitor.get("/api/about")["title"] == log.name
        assert len(cast("list[object]", visitor.get("/api/runs")["runs"])) == 1

    assert served_here(look, str(log), "--no-browser") == 0


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A browser that says much and opens nothing; the file to which it writes where it was sent."""
    script, sent = tmp_path / "browser", tmp_path / "sent"
    script.write_text(
        f'#!/bin/sh\necho noise; echo noise >&2\nprintf %s "$1" > {sent}.part\nmv {sent}.part {sent}\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{script} %s")
    monkeypatch.setenv("DISPLAY", ":0")
    return sent


def test_the_browser_gets_an_address_that_is_good_once(
    tmp_path: Path, browser: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "transcripts").mkdir()
    statuses: list[int] = []

    def look(visitor: Visitor) -> None:
        until = time.monotonic() + 60
        while not browser.exists() and time.monotonic() < until:
            time.sleep(0.05)
        token = browser.read_text(encoding="utf-8").partition("#token=")[2]
        assert token != OWN
        statuses.extend(visitor.send("POST", "/api/session", {"token": token})[0] for _ in range(2))

    assert served_here(look) == 0
    assert statuses == [200, 403]
    said = capfd.readouterr()
    assert re.fullmatch(rf"http://127\.0\.0\.1:\d+/#token={OWN}\n", said.out)
    assert said.err == "petri: transcripts is served until Ctrl-C\n"


def test_without_a_screen_no_browser_takes_the_terminal(
    tmp_path: Path, browser: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "transcripts").mkdir()
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert served_here(lambda visitor: time.sleep(1)) == 0
    assert not browser.exists()
