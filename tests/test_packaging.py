"""What a user gets: version, wheel and source distribution."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import petri

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]
DATA = {
    path.relative_to(ROOT).as_posix()
    for folder in ("scenarios", "judges", "transcripts/golden")
    for path in (ROOT / folder).rglob("*")
    if path.is_file()
}
SOURCES = {
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "petri").rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
}


def _build(kind: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.iterdir()
    return built


def test_the_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == petri.__version__


def test_the_wheel_ships_package_and_data(tmp_path: Path) -> None:
    with zipfile.ZipFile(_build("wheel", tmp_path)) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == SOURCES | {f"petri/_data/{name.removeprefix('transcripts/')}" for name in DATA}


def test_the_source_distribution_ships_what_the_wheel_is_built_from(tmp_path: Path) -> None:
    with tarfile.open(_build("sdist", tmp_path)) as sdist:
        names = {name.split("/", 1)[1] for name in sdist.getnames()}
    assert SOURCES | DATA | {"LICENSE", "README.md", "Makefile", "requirements.lock"} <= names


@pytest.mark.parametrize("line", (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines())
def test_the_lock_holds_pins_alone(line: str) -> None:
    assert re.fullmatch(r"[a-z0-9.-]+==[\w.]+( ; .+)?", line), (
        f"{line!r}: no address, path or option belongs here"
    )
