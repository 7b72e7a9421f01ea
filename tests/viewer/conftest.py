"""Runs that the viewer's tests look at."""

import pytest

from tests.viewer.fixtures import Shelf, stocked


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A folder of runs; nobody changes it."""
    return stocked(tmp_path_factory.mktemp("shelf"))
