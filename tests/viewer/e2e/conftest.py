"""A browser for each module, and folders that all share.

While a browser runs, so does an event loop in this thread, and no audit can be made: folders come first.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.runs import hostile_root
from tests.made_once import made_once
from tests.viewer.e2e.plain import plain_root
from tests.viewer.e2e.watched import Watched, watched_browser


@pytest.fixture(scope="module")
def browser(plain_runs: Path, hostile_runs: Path) -> Iterator[Watched]:
    with watched_browser() as started:
        yield started


@pytest.fixture(scope="session")
def hostile_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "hostile", hostile_root) / "runs"


@pytest.fixture(scope="session")
def plain_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "plain", plain_root) / "runs"
