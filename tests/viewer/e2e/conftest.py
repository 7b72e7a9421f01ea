"""A browser for each module, folders that all share, and the server that most look at.

While a browser runs, so does an event loop in this thread, and no audit can be made: folders come first.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.runs import hostile_root
from tests.made_once import made_once
from tests.viewer.e2e.places import Plain
from tests.viewer.e2e.plain import plain_root
from tests.viewer.e2e.served import Served, serve
from tests.viewer.e2e.visit import Visit
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


@pytest.fixture(scope="module")
def served(plain_runs: Path) -> Iterator[Served]:
    with serve(plain_runs) as server:
        yield server


@pytest.fixture(scope="module")
def visit(browser: Watched, served: Served) -> Iterator[Visit]:
    with browser.page(viewport={"width": 1400, "height": 900}) as (page, _):
        made = Visit.enter(page, served)
        made.wait_until_indexed()
        yield made


@pytest.fixture(scope="module")
def plain(visit: Visit, plain_runs: Path) -> Plain:
    return Plain.of(plain_runs, visit)
