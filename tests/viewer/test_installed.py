"""What `pip install` of the wheel gives opens the viewer: no Node, no checkout, nothing built on the way."""

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from petri.datafiles import golden_folder

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/#token=([\w-]+)")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as pip unpacks it."""
    home = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(home)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = home.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(home / "site")
    return home / "site"


@pytest.fixture
def environment(installed: Path, tmp_path: Path) -> dict[str, str]:
    """Python finds the wheel before the checkout, and no other program can be started."""
    (tmp_path / "runs" / "golden").mkdir(parents=True)
    shutil.copy(golden_folder() / "run" / "petri-offline-honest.eval", tmp_path / "runs" / "golden")
    return {**os.environ, "PYTHONPATH": str(installed), "PATH": "", "PETRI_OUT": "runs"}


@pytest.fixture
def served(installed: Path, environment: dict[str, str]) -> Iterator[tuple[int, str]]:
    """The port and the token of a server that the wheel started."""
    command = [sys.executable, "-m", "petri", "view", "--port", "0", "--no-browser"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            found = ADDRESS.search(process.stdout.readline() if process.stdout else "")
            assert found is not None
            yield int(found[1]), found[2]
        finally:
            process.terminate()


def test_the_page_of_the_wheel_is_served_and_shows_a_run(installed: Path, served: tuple[int, str]) -> None:
    port, token = served
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def asked(method: str, route: str, body: str | None = None, **headers: str) -> http.client.HTTPResponse:
        origin = f"http://127.0.0.1:{port}"
        connection.request(method, route, body, {"Origin": origin, "Sec-Fetch-Site": "same-origin"} | headers)
        return connection.getresponse()

    static = installed / "petri" / "viewer" / "static"
    for address, name in (("/", "index.html"), ("/app.js", "app.js"), ("/app.css", "app.css")):
        assert asked("GET", address).read() == (static / name).read_bytes()
    entered = asked(
        "POST",
        "/api/session",
        json.dumps({"token": token}),
        **{"Content-Type": "application/json", "X-Petri": "1"},
    )
    entered.read()
    cookie = (entered.getheader("Set-Cookie") or "").partition(";")[0]
    (run,) = json.loads(asked("GET", "/api/runs", Cookie=cookie).read())["runs"]
    audits = json.loads(asked("GET", f"/api/audits?run={run['key']}", Cookie=cookie).read())["audits"]
    view = asked("GET", f"/api/transcripts/{run['key']}/{audits[0]['key']}", Cookie=cookie)
    assert json.loads(view.read())["messages"]
    connection.close()


def test_a_page_is_exported_by_the_wheel(environment: dict[str, str], tmp_path: Path) -> None:
    code = "import sys, petri; from petri.cli.main import main; print(petri.__file__); sys.exit(main(sys.argv[1:]))"
    ended = subprocess.run(
        [sys.executable, "-c", code, "export", "last", "--html", "a.html", "--limit", "1"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr.partition(":")[0]) == (0, "wrote a.html")
    assert ended.stdout.startswith(environment["PYTHONPATH"])
    assert '<div id="app">' in (tmp_path / "a.html").read_text(encoding="utf-8")
