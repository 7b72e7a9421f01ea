"""Runs that the viewer's tests look at, and who reads them."""

from collections.abc import Generator

import pytest

from tests.viewer.asked import Asking
from tests.viewer.fixtures import Shelf, stocked


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A folder of runs; nobody changes it."""
    return stocked(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="session")
def asked() -> Generator[Asking]:
    """Asks libraries."""
    asking = Asking()
    with asking.runner:
        yield asking
