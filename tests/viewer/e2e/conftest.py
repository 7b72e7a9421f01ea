"""A browser for each module (its event loop would be in the way of other tests), and folders that all share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.runs import hostile_root
from tests.made_once import made_once
from tests.viewer.e2e.watched import Watched, watched_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Watched]:
    with watched_browser() as started:
        yield started


@pytest.fixture(scope="session")
def hostile_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "hostile", hostile_root) / "runs"
